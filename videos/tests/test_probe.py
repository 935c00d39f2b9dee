"""What is seen of a source, and which rungs it gets."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from videos.errors import (
    VideoPictureTooLarge,
    VideoTooLong,
    VideoTooManyFrames,
    VideoUnreadable,
    VideoWithoutContent,
)
from videos.processing.ladder import plan
from videos.processing.probe import Picture, Source, probe
from videos.tests.media import make_clip, run_ffmpeg


class TestProbe:
    def test_a_film(self, tmp_path: Path) -> None:
        source = probe(make_clip(tmp_path / "film.mp4", seconds=2))
        assert source.container == "mov,mp4,m4a,3gp,3g2,mj2"
        assert source.picture == Picture(stream=0, codec="h264", width=320, height=180, fps=15.0)
        assert (source.sound.stream, source.sound.codec, source.sound.channels) == (1, "aac", 1)
        assert 2.0 <= source.seconds < 2.1

    def test_the_name_says_nothing(self, tmp_path: Path) -> None:
        clip = make_clip(tmp_path / "film.mp4")
        assert probe(clip.rename(tmp_path / "film.txt")).picture is not None

    @pytest.mark.parametrize("turn", [90, 270])
    def test_turned_by_a_phone(self, tmp_path: Path, turn: int) -> None:
        picture = probe(make_clip(tmp_path / "film.mp4", rotate=turn)).picture
        assert (picture.width, picture.height) == (180, 320)

    def test_dots_that_are_not_square(self, tmp_path: Path) -> None:
        clip = make_clip(tmp_path / "film.mp4", size="180x180", extra=("-vf", "setsar=16/9"))
        picture = probe(clip).picture
        assert (picture.width, picture.height) == (320, 180)

    @pytest.mark.parametrize("ending", [".mkv", ".mov", ".avi", ".ts", ".flv", ".webm", ".ogv", ".mpg", ".wmv", ".3gp"])
    def test_containers(self, tmp_path: Path, ending: str) -> None:
        extra = {".3gp": ("-an", "-c:v", "mpeg4"), ".ogv": ("-an",)}.get(ending, ())
        rate = 25 if ending == ".mpg" else 15
        source = probe(make_clip(tmp_path / f"film{ending}", seconds=1, rate=rate, extra=extra))
        assert (source.picture.width, source.picture.height, source.picture.fps) == (320, 180, rate)

    @pytest.mark.parametrize("ending", [".mp3", ".wav", ".m4a", ".ogg", ".flac", ".aac", ".aiff"])
    def test_recordings(self, tmp_path: Path, ending: str) -> None:
        source = probe(make_clip(tmp_path / f"talk{ending}", seconds=1, picture=False))
        assert source.picture is None
        assert source.sound is not None

    def test_a_cover_is_no_picture(self, tmp_path: Path) -> None:
        sound = make_clip(tmp_path / "talk.m4a", seconds=1, picture=False)
        cover = tmp_path / "cover.png"
        run_ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x64", "-frames:v", "1", str(cover))
        both = tmp_path / "both.m4a"
        covered = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic")
        run_ffmpeg("-i", str(sound), "-i", str(cover), *covered, str(both))
        assert probe(both).picture is None

    def test_survives_json(self, tmp_path: Path) -> None:
        source = probe(make_clip(tmp_path / "film.mp4"))
        assert Source.from_data(source.to_data()) == source

    def test_a_link_to_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(VideoUnreadable):
            probe(tmp_path / "missing.mp4")


class TestLimits:
    def test_too_long(self, tmp_path: Path, settings: LazySettings) -> None:
        clip = make_clip(tmp_path / "film.mp4", seconds=2)
        settings.VIDEO_MAX_SECONDS = 1
        with pytest.raises(VideoTooLong):
            probe(clip)

    def test_too_large(self, tmp_path: Path, settings: LazySettings) -> None:
        clip = make_clip(tmp_path / "film.mp4")
        settings.VIDEO_MAX_PIXELS = 320 * 180
        assert probe(clip).picture is not None
        settings.VIDEO_MAX_PIXELS -= 1
        with pytest.raises(VideoPictureTooLarge):
            probe(clip)

    def test_too_many_pictures_a_second(self, tmp_path: Path) -> None:
        with pytest.raises(VideoTooManyFrames):
            probe(make_clip(tmp_path / "film.mp4", seconds=0.2, size="16x16", rate=1000))

    def test_neither_picture_nor_sound(self, tmp_path: Path) -> None:
        (tmp_path / "words.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
        run_ffmpeg("-i", str(tmp_path / "words.srt"), str(tmp_path / "words.mkv"))
        with pytest.raises(VideoWithoutContent):
            probe(tmp_path / "words.mkv")


def source(width: int, height: int, fps: float = 30) -> Source:
    """A silent film of that size."""
    return Source("avi", 60, Picture(0, "h264", width, height, fps), None)


class TestLadder:
    def test_a_full_one(self) -> None:
        rungs = plan(source(1920, 1080))
        assert [(rung.name, rung.width, rung.height, rung.fps) for rung in rungs] == [
            ("144p", 256, 144, 10),
            ("240p", 426, 240, 15),
            ("360p", 640, 360, 30),
            ("480p", 854, 480, 30),
            ("720p", 1280, 720, 30),
        ]

    def test_what_lies_above_the_source_is_left_out(self) -> None:
        assert [rung.name for rung in plan(source(640, 360))] == ["144p", "240p", "360p"]

    def test_one_that_is_nearly_as_high_gets_the_rung_in_its_own_size(self) -> None:
        assert [(rung.name, rung.width, rung.height) for rung in plan(source(1270, 712))][-1] == ("720p", 1270, 712)

    def test_a_tiny_one_gets_one_rung_and_is_not_enlarged(self) -> None:
        assert [(rung.name, rung.width, rung.height) for rung in plan(source(160, 90))] == [("144p", 160, 90)]

    def test_portrait_goes_by_its_width(self) -> None:
        assert [(rung.name, rung.width, rung.height) for rung in plan(source(480, 854))] == [
            ("144p", 144, 256),
            ("240p", 240, 428),
            ("360p", 360, 640),
            ("480p", 480, 854),
        ]

    def test_sides_are_even(self) -> None:
        for width, height in ((321, 181), (999, 777), (1081, 1921), (641, 17)):
            assert all(rung.width % 2 == rung.height % 2 == 0 for rung in plan(source(width, height)))

    def test_a_strip_becomes_less_high(self) -> None:
        assert [(rung.width, rung.height) for rung in plan(source(8000, 200))] == [(346, 16)]

    @pytest.mark.parametrize(
        ("given", "shown"), [(24000 / 1001, 24.0), (30000 / 1001, 30.0), (60, 30.0), (12.5, 12.5), (1, 5.0)]
    )
    def test_rates_have_a_picture_at_each_fourth_second(self, given: float, shown: float) -> None:
        assert plan(source(640, 360, given))[-1].fps == shown
        assert shown * 4 == int(shown * 4)

    def test_a_slow_source_stays_slow(self) -> None:
        assert [rung.fps for rung in plan(source(640, 360, 12))] == [10, 12, 12]

    def test_a_recording_has_none(self) -> None:
        assert plan(Source("wav", 60, None, None)) == []
