"""Films as people have them, from the uploaded file to what learners see: size, shape, way up, length, sound."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import m3u8
import pytest
from django.conf import LazySettings
from PIL import Image

from videos.actions.process_video import process_video
from videos.models import Rendition, Video
from videos.playlists import master_playlist, media_playlist
from videos.storage import video_storage
from videos.tests.films import SILENT, TONE, draw, turned
from videos.tests.media import make_clip, probed, run_ffmpeg
from videos.tests.sources import make_source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders"), pytest.mark.one_database]

RED, BLUE = (255, 0, 0), (0, 0, 255)
#: Which colour is where: above, below, left, right; None where both are.
UPRIGHT = (RED, BLUE, None, None)
UPSIDE_DOWN = (BLUE, RED, None, None)
RED_RIGHT = (None, None, BLUE, RED)
RED_LEFT = (None, None, RED, BLUE)
X265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-tag:v", "hvc1")
TEN_BITS = (*X265, "-pix_fmt", "yuv420p10le")
#: Half of what PQ can say is what screens show as their brightest.
DIM = ("0x900000", "0x000090")
HDR = ("-color_primaries", "bt2020", "-colorspace", "bt2020nc")


@dataclass(frozen=True)
class Film:
    """A source, and what is to come of it."""

    make: Callable[[Path], Path]
    #: As shown.
    size: tuple[int, int]
    #: Name, width, height, pictures a second.
    rungs: tuple[tuple[str, int, int, float], ...]
    milliseconds: int = 1000
    has_audio: bool = True
    colours: tuple[Any, ...] = UPRIGHT
    #: By which colours may be off, of 255: bright film is made dark by taste.
    tolerance: int = 40


def small(width: int = 256, height: int = 144) -> tuple[tuple[str, int, int, float], ...]:
    """The smallest rung alone."""
    return (("144p", width, height, 10.0),)


def later(name: str) -> Callable[[Path], Path]:
    """Sound, or picture, that begins half a second after the other."""

    def make(folder: Path) -> Path:
        film = draw(folder / "both.mp4", seconds=2)
        path = folder / "later.mp4"
        maps = ("-map", "0:v", "-map", "1:a") if name == "sound" else ("-map", "1:v", "-map", "0:a")
        run_ffmpeg("-i", str(film), "-itsoffset", "0.5", "-i", str(film), *maps, "-c", "copy", str(path))
        return path

    return make


FILMS = {
    "landscape": Film(lambda f: draw(f / "a.mp4"), (320, 180), small()),
    "portrait": Film(lambda f: draw(f / "a.mp4", "180x320"), (180, 320), small(144, 256)),
    "square": Film(
        lambda f: draw(f / "a.webm", "300x300", coded=("-c:v", "libvpx")),
        (300, 300),
        (("144p", 144, 144, 10), ("240p", 240, 240, 10)),
    ),
    "odd sides": Film(
        lambda f: draw(f / "a.mkv", "854x480", filters="format=yuv444p,scale=853:479", coded=("-c:v", "libx264")),
        (853, 479),
        (("144p", 256, 144, 10), ("240p", 428, 240, 10), ("360p", 642, 360, 10), ("480p", 852, 480, 10)),
    ),
    "more than is shown": Film(
        lambda f: draw(f / "a.mp4", "1920x1080", rate=50),
        (1920, 1080),
        (
            ("144p", 256, 144, 10),
            ("240p", 426, 240, 15),
            ("360p", 640, 360, 30),
            ("480p", 854, 480, 30),
            ("720p", 1280, 720, 30),
        ),
    ),
    "smaller than the smallest": Film(lambda f: draw(f / "a.mp4", "96x54"), (96, 54), small(96, 54)),
    "tiny": Film(lambda f: draw(f / "a.mp4", "16x16"), (16, 16), small(16, 16)),
    "a strip": Film(lambda f: draw(f / "a.mp4", "1600x100"), (1600, 100), small(346, 22)),
    "no sound": Film(lambda f: draw(f / "a.mp4", sound=SILENT), (320, 180), small(), has_audio=False),
    "turned by 90": Film(lambda f: turned(draw(f / "a.mp4"), 90), (180, 320), small(144, 256), colours=RED_RIGHT),
    "turned by 180": Film(lambda f: turned(draw(f / "a.mp4"), 180), (320, 180), small(), colours=UPSIDE_DOWN),
    "turned by 270": Film(lambda f: turned(draw(f / "a.mov"), 270), (180, 320), small(144, 256), colours=RED_LEFT),
    "wide dots": Film(lambda f: draw(f / "a.mp4", "240x180", filters="setsar=4/3"), (320, 180), small()),
    "high dots": Film(lambda f: draw(f / "a.mp4", "320x90", filters="setsar=1/2"), (320, 180), small()),
    "wide dots, turned": Film(
        lambda f: turned(draw(f / "a.mp4", "240x180", filters="setsar=4/3"), 90),
        (180, 320),
        small(144, 256),
        colours=RED_RIGHT,
    ),
    "varying rate": Film(
        lambda f: draw(
            f / "a.mp4", extra=("-fps_mode", "vfr"), seconds=4, rate=30, filters="select='lt(t,1)+not(mod(n,10))'"
        ),
        (320, 180),
        small(),
        milliseconds=4000,
    ),
    "NTSC": Film(
        lambda f: draw(f / "a.mp4", "640x360", rate=29.97, seconds=5),
        (640, 360),
        (("144p", 256, 144, 10), ("240p", 426, 240, 15), ("360p", 640, 360, 30)),
        milliseconds=5000,
    ),
    "slow slides": Film(
        lambda f: draw(f / "a.mp4", rate=0.5, seconds=6), (320, 180), (("144p", 256, 144, 5),), milliseconds=6000
    ),
    "interlaced": Film(
        lambda f: draw(
            f / "a.mpg",
            "720x576",
            rate=50,
            filters="setsar=16/15,interlace",
            coded=("-c:v", "mpeg2video", "-flags", "+ilme+ildct", "-b:v", "2M"),
        ),
        (768, 576),
        (("144p", 192, 144, 10), ("240p", 320, 240, 15), ("360p", 480, 360, 25), ("480p", 640, 480, 25)),
    ),
    "one channel": Film(lambda f: draw(f / "a.mp4", extra=("-ac", "1")), (320, 180), small()),
    "six channels": Film(lambda f: draw(f / "a.mp4", extra=("-ac", "6")), (320, 180), small()),
    "ten bits": Film(lambda f: draw(f / "a.mp4", coded=TEN_BITS), (320, 180), small()),
    "HDR10": Film(
        lambda f: draw(f / "a.mp4", extra=(*HDR, "-color_trc", "smpte2084"), coded=TEN_BITS, colours=DIM),
        (320, 180),
        small(),
        tolerance=130,
    ),
    "HLG": Film(
        lambda f: draw(f / "a.mp4", extra=(*HDR, "-color_trc", "arib-std-b67"), coded=TEN_BITS, colours=DIM),
        (320, 180),
        small(),
        tolerance=130,
    ),
    "HDR that says no more": Film(
        lambda f: draw(f / "a.mp4", extra=("-color_trc", "smpte2084"), coded=TEN_BITS, colours=DIM),
        (320, 180),
        small(),
        tolerance=130,
    ),
    "every value": Film(
        lambda f: draw(f / "a.avi", coded=("-c:v", "mjpeg", "-pix_fmt", "yuvj420p")), (320, 180), small()
    ),
    "see-through": Film(lambda f: draw(f / "a.mov", coded=("-c:v", "qtrle", "-pix_fmt", "argb")), (320, 180), small()),
    "three tenths of a second": Film(lambda f: draw(f / "a.mp4", seconds=0.3), (320, 180), small(), milliseconds=300),
    "one picture": Film(
        lambda f: draw(f / "a.mp4", seconds=0.04, rate=25, sound=SILENT),
        (320, 180),
        small(),
        milliseconds=100,
        has_audio=False,
    ),
    "sound begins later": Film(later("sound"), (320, 180), small(), milliseconds=2500),
    "picture begins later": Film(later("picture"), (320, 180), small(), milliseconds=2500),
    "recorded in a browser": Film(
        lambda f: draw(f / "a.webm", extra=("-f", "webm", "-live", "1"), coded=("-c:v", "libvpx")), (320, 180), small()
    ),
}


@pytest.fixture(autouse=True)
def _nobody_else_is_at_work(settings: LazySettings) -> None:
    settings.OUTBOX_DISPATCH_ON_COMMIT = False


@pytest.mark.parametrize("film", FILMS.values(), ids=FILMS)
def test_film(film: Film, tmp_path: Path) -> None:
    video = process_video(make_source(film.make(tmp_path)).pk)

    assert (video.state, video.failure, video.failure_detail) == (Video.State.READY, "", "")
    assert (video.width, video.height, video.has_audio) == (*film.size, film.has_audio)
    assert abs(video.duration_ms - film.milliseconds) <= 100
    rungs = list(video.renditions.filter(kind=Rendition.Kind.VIDEO).order_by("width", "height"))
    assert [(rung.name, rung.width, rung.height, rung.fps) for rung in rungs] == list(film.rungs)
    assert video.renditions.filter(name="audio").exists() is film.has_audio
    for rung in rungs:
        check_rung(rung, video)
    check_key_frames(rungs)
    check_playlists(video)
    check_stills(video, film)


def check_rung(rung: Rendition, video: Video) -> None:
    """What the file is, is what its row says: square dots, upright, of a kind that every phone plays."""
    streams = {stream["codec_type"]: stream for stream in probed(path_of(rung.file), "-show_streams")["streams"]}
    picture = streams["video"]
    assert (picture["width"], picture["height"]) == (rung.width, rung.height)
    assert picture.get("sample_aspect_ratio", "1:1") == "1:1"
    assert "side_data_list" not in picture
    assert (picture["codec_name"], picture["profile"], picture["pix_fmt"]) == ("h264", "High", "yuv420p")
    assert Fraction(picture["avg_frame_rate"]) == Fraction(rung.fps)
    assert picture.get("color_transfer") not in ("smpte2084", "arib-std-b67")
    assert ("audio" in streams) is video.has_audio
    if video.has_audio:
        assert (streams["audio"]["codec_name"], streams["audio"]["channels"]) == ("aac", 2 if rung.height >= 480 else 1)
    # The same shape, but for sides being even.
    assert abs(rung.width * video.height - rung.height * video.width) <= 2 * max(video.width, video.height)


def check_key_frames(rungs: list[Rendition]) -> None:
    """Players change rungs at any segment: all begin with a key frame at the same moment."""
    found = {tuple(key_frames(path_of(rung.file))) for rung in rungs}
    (times,) = found
    assert times == tuple(range(0, 4 * len(times), 4))
    for rung in rungs:
        assert [segment[2] for segment in rung.segments[:-1]] == [4000] * (len(times) - 1)
        assert len(rung.segments) == len(times)


def key_frames(path: Path) -> list[float]:
    """When they are shown, in seconds."""
    packets = probed(path, "-select_streams", "v", "-show_entries", "packet=pts_time,flags")["packets"]
    return [float(packet["pts_time"]) for packet in packets if packet["flags"].startswith("K")]


def check_playlists(video: Video) -> None:
    """Another program reads them, and they are as long as the video."""
    renditions = list(video.renditions.all())
    master = m3u8.loads(master_playlist(video, renditions))
    by_name = {f"{rendition.name}.m3u8": rendition for rendition in renditions}
    assert len(master.playlists) == max(1, len(renditions) - video.has_audio)
    for listed in master.playlists:
        rendition = by_name[listed.uri]
        if video.has_picture:
            assert listed.stream_info.resolution == (rendition.width, rendition.height)
        media = m3u8.loads(media_playlist(rendition))
        # A picture of 10 a second is longer than one of 30.
        assert abs(sum(segment.duration for segment in media.segments) * 1000 - video.duration_ms) <= 100
        assert sum(int(segment.byterange.partition("@")[0]) for segment in media.segments) <= rendition.bytes


def check_stills(video: Video, film: Film) -> None:
    """Poster and storyboard have the video's shape and are the right way up."""
    width, height = film.size
    for name in (video.poster, video.poster_avif):
        with Image.open(path_of(name)) as poster:
            largest = film.rungs[-1]
            scale = min(1, 640 / max(largest[1:3]))
            assert abs(poster.width - largest[1] * scale) <= 1
            assert abs(poster.height - largest[2] * scale) <= 1
            check_colours(poster.convert("RGB"), film)
    grid = video.storyboard_grid
    with Image.open(path_of(video.storyboard)) as sheet:
        assert sheet.size == (grid["columns"] * grid["tile_width"], grid["rows"] * grid["tile_height"])
        check_colours(sheet.convert("RGB").crop((0, 0, grid["tile_width"], grid["tile_height"])), film)
    assert grid["count"] == max(1, -(-video.duration_ms // 4000))
    assert abs(grid["tile_width"] * height - grid["tile_height"] * width) <= 2 * max(width, height)


def check_colours(picture: Image.Image, film: Film) -> None:
    """Whether red and blue are where they belong, in the middle of each half."""
    places = [(0.5, 0.2), (0.5, 0.8), (0.2, 0.5), (0.8, 0.5)]
    for (across, down), wanted in zip(places, film.colours, strict=True):
        if wanted is None:
            continue
        seen = picture.getpixel((int(picture.width * across), int(picture.height * down)))
        assert isinstance(seen, tuple)
        assert max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) <= film.tolerance, (seen, wanted)


def path_of(name: str) -> Path:
    """Where a stored file lies."""
    return Path(video_storage().path(name))


@pytest.mark.parametrize("ending", ["m4a", "mp3", "wav", "ogg", "flac", "aac"])
def test_recording(ending: str, tmp_path: Path) -> None:
    """Sound alone: one rendition, no pictures, and a list of its own."""
    video = process_video(make_source(make_clip(tmp_path / f"talk.{ending}", seconds=6, picture=False)).pk)

    assert (video.state, video.failure_detail) == (Video.State.READY, "")
    assert (video.width, video.height, video.has_audio, video.has_picture) == (0, 0, True, False)
    assert (video.poster, video.poster_avif, video.storyboard, video.storyboard_grid) == ("", "", "", {})
    (audio,) = video.renditions.all()
    assert (audio.name, audio.kind, audio.codecs, audio.fps) == ("audio", Rendition.Kind.AUDIO, "mp4a.40.2", 0)
    assert abs(video.duration_ms - 6000) <= 100
    assert len(audio.segments) == 2
    check_playlists(video)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_sound_is_equally_loud(channels: int, tmp_path: Path) -> None:
    tone = (*TONE[:-1], "sine=frequency=440:sample_rate=44100,volume=-10dB")
    film = draw(tmp_path / "film.mp4", extra=("-ac", str(channels)), seconds=3, sound=tone)
    video = process_video(make_source(film).pk)
    for rendition in video.renditions.all():
        assert loudness(path_of(rendition.file)) == pytest.approx(-16, abs=2)


def loudness(path: Path) -> float:
    """In LUFS, as ffmpeg's own meter says."""
    command = [
        "ffmpeg",
        "-hide_banner",
        "-nostats",
        "-i",
        str(path),
        "-map",
        "0:a",
        "-af",
        "ebur128",
        "-f",
        "null",
        "-",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
