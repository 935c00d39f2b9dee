"""Where segments lie: as ffprobe finds them, and never taken from a file that is otherwise."""

from pathlib import Path

import pytest

from videos.processing.boxes import NotIndexed, read_index
from videos.tests.media import make_clip, probed, run_ffmpeg

FLAGS = "+frag_keyframe+empty_moov+delay_moov+default_base_moof+global_sidx"


@pytest.fixture
def fragmented(tmp_path: Path) -> Path:
    """Five seconds in fragments of two."""
    clip = make_clip(tmp_path / "clip.mp4", seconds=5)
    path = tmp_path / "fragmented.mp4"
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-c:a", "aac")
    run_ffmpeg("-i", str(clip), *coded, "-movflags", FLAGS, str(path))
    return path


class TestIndex:
    def test_agrees_with_ffprobe(self, fragmented: Path) -> None:
        index = read_index(fragmented)
        packets = probed(fragmented, "-select_streams", "v", "-show_entries", "packet=pts_time,pos,flags")["packets"]
        keys = [packet for packet in packets if packet["flags"].startswith("K")]
        assert [segment[2] for segment in index.segments] == [2000, 2000, 1000]
        assert [round(float(packet["pts_time"]) * 1000) for packet in keys] == [0, 2000, 4000]
        for (offset, length, _ms), packet in zip(index.segments, keys, strict=True):
            assert offset < int(packet["pos"]) < offset + length

    def test_init_is_enough_to_begin_with_any_segment(self, fragmented: Path, tmp_path: Path) -> None:
        index = read_index(fragmented)
        data = fragmented.read_bytes()
        for number, (offset, length, milliseconds) in enumerate(index.segments):
            piece = tmp_path / f"{number}.mp4"
            piece.write_bytes(data[: index.init_bytes] + data[offset : offset + length])
            counted = probed(piece, "-select_streams", "v", "-count_frames", "-show_entries", "stream=nb_read_frames")
            assert int(counted["streams"][0]["nb_read_frames"]) == 15 * milliseconds // 1000

    def test_codecs_are_named_as_browsers_ask(self, fragmented: Path) -> None:
        assert read_index(fragmented).codecs == "avc1.42c00c,mp4a.40.2"

    def test_lengths_add_up_over_hours(self, tmp_path: Path) -> None:
        clip = make_clip(tmp_path / "sound.m4a", seconds=5, picture=False)
        path = tmp_path / "sound.mp4"
        flags = FLAGS.replace("+frag_keyframe", "")
        run_ffmpeg("-i", str(clip), "-c", "copy", "-frag_duration", "100000", "-movflags", flags, str(path))
        index = read_index(path)
        assert len(index.segments) > 30
        assert abs(index.milliseconds - 5000) < 30


class TestOthers:
    def test_a_file_without_fragments(self, tmp_path: Path) -> None:
        with pytest.raises(NotIndexed):
            read_index(make_clip(tmp_path / "clip.mp4"))

    @pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
    def test_cut_off(self, fragmented: Path, share: float) -> None:
        data = fragmented.read_bytes()
        fragmented.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(NotIndexed):
            read_index(fragmented)

    def test_codecs_that_are_not_ours(self, tmp_path: Path) -> None:
        clip = make_clip(tmp_path / "clip.mp4", audio=False)
        path = tmp_path / "other.mp4"
        run_ffmpeg("-i", str(clip), "-c:v", "mpeg4", "-movflags", FLAGS, str(path))
        with pytest.raises(NotIndexed, match=r"neither H\.264 nor AAC"):
            read_index(path)

    @pytest.mark.parametrize("data", [b"", b"x", b"\0\0\0\0moov", b"\0\0\0\x10moov\0\0\0\x08trak", b"\xff" * 64])
    def test_nonsense(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "nonsense"
        path.write_bytes(data)
        with pytest.raises(NotIndexed):
            read_index(path)
