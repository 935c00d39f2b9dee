"""Playlists: as HLS wants them, and as another program reads them."""

import m3u8
import pytest

from videos.models import Rendition, Video
from videos.playlists import master_playlist, media_playlist, rates


def rendition(name: str = "360p", **facts: object) -> Rendition:
    """One that was never stored."""
    given = {
        "name": name,
        "kind": Rendition.Kind.VIDEO,
        "width": 640,
        "height": 360,
        "fps": 29.5,
        "codecs": "avc1.64001e,mp4a.40.2",
        "bandwidth": 300_000,
        "average_bandwidth": 200_000,
        "init_bytes": 1300,
        "segments": [[1400, 100_000, 4000], [101_400, 50_000, 4000], [151_400, 10_000, 1234]],
    }
    return Rendition(**{**given, **facts})


class TestMaster:
    def test_lists_the_lightest_first(self) -> None:
        heavy = rendition("720p", bandwidth=900_000, average_bandwidth=800_000, width=1280, height=720)
        text = master_playlist(
            Video(height=720), [heavy, rendition("144p", bandwidth=60_000, average_bandwidth=50_000)]
        )

        read = m3u8.loads(text)
        assert read.is_variant
        assert read.is_independent_segments
        assert [playlist.uri for playlist in read.playlists] == ["144p.m3u8", "720p.m3u8"]
        light, full = (playlist.stream_info for playlist in read.playlists)
        assert (light.bandwidth, light.average_bandwidth) == (60_000, 50_000)
        assert (full.resolution, full.codecs, full.frame_rate) == ((1280, 720), "avc1.64001e,mp4a.40.2", 29.5)

    def test_sound_alone_is_no_rung_of_a_film(self) -> None:
        audio = rendition("audio", kind=Rendition.Kind.AUDIO, bandwidth=26_000)
        read = m3u8.loads(master_playlist(Video(height=360), [audio, rendition()]))
        assert [playlist.uri for playlist in read.playlists] == ["360p.m3u8"]

    def test_a_recording_is_its_sound(self) -> None:
        audio = rendition("audio", kind=Rendition.Kind.AUDIO, width=0, height=0, fps=0, codecs="mp4a.40.2")
        text = master_playlist(Video(height=0), [audio])
        (only,) = m3u8.loads(text).playlists
        assert (only.uri, only.stream_info.codecs, only.stream_info.resolution) == ("audio.m3u8", "mp4a.40.2", None)
        assert "FRAME-RATE" not in text


class TestMedia:
    def test_segments_are_byte_ranges_of_one_file(self) -> None:
        read = m3u8.loads(media_playlist(rendition()))
        assert (read.is_endlist, read.playlist_type, read.target_duration) == (True, "vod", 4)
        assert (read.segment_map[0].uri, read.segment_map[0].byterange) == ("360p.mp4", "1300@0")
        assert [segment.byterange for segment in read.segments] == ["100000@1400", "50000", "10000"]
        assert [segment.duration for segment in read.segments] == [4.0, 4.0, 1.234]
        assert {segment.uri for segment in read.segments} == {"360p.mp4"}

    def test_a_gap_is_said(self) -> None:
        read = m3u8.loads(media_playlist(rendition(segments=[[10, 5, 4000], [20, 5, 4000]])))
        assert [segment.byterange for segment in read.segments] == ["5@10", "5@20"]

    def test_an_address_elsewhere(self) -> None:
        read = m3u8.loads(media_playlist(rendition(), "https://cdn.example.com/360p.mp4?key=a%20b"))
        assert {segment.uri for segment in read.segments} == {"https://cdn.example.com/360p.mp4?key=a%20b"}

    @pytest.mark.parametrize(("longest", "target"), [(4000, 4), (4499, 4), (4500, 5), (300, 1)])
    def test_target_is_the_longest_rounded(self, longest: int, target: int) -> None:
        assert f"#EXT-X-TARGETDURATION:{target}\n" in media_playlist(rendition(segments=[[0, 9, longest]]))


class TestRates:
    def test_highest_and_average(self) -> None:
        assert rates([[0, 1000, 4000], [0, 3000, 4000], [0, 500, 4000]]) == (6000, 3000)

    def test_a_last_moment_says_nothing_alone(self) -> None:
        assert rates([[0, 1000, 4000], [0, 900, 100]]) == (-(-1900 * 8000 // 4100), -(-1900 * 8000 // 4100))

    def test_short_ones_count_together(self) -> None:
        peak, _average = rates([[0, 1000, 4000], [0, 1000, 1000], [0, 1500, 1000], [0, 100, 4000]])
        assert peak == 2500 * 8000 // 2000

    def test_nothing_has_no_rate(self) -> None:
        assert rates([]) == (0, 0)
