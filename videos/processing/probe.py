"""Looks at a file with ffprobe and believes its content, never its name; says what of it would be shown and heard."""

import json
import math
import os
import tempfile
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from videos.errors import (
    VideoBeyondLimits,
    VideoCodecRefused,
    VideoPictureTooLarge,
    VideoTooLong,
    VideoTooManyFrames,
    VideoTooManyStreams,
    VideoUnreadable,
    VideoWithoutContent,
)
from videos.processing.running import FORMATS, INPUT, Limits, RunFailed, run

__all__ = ["Picture", "Sound", "Source", "probe"]

_ENTRIES = (
    "format=format_name,duration,nb_streams"
    ":stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,avg_frame_rate,r_frame_rate,duration,nb_frames,"
    "field_order,color_transfer,channels,sample_rate"
    ":stream_disposition=attached_pic,default"
    ":stream_side_data=rotation"
)
_PICTURES = frozenset(
    "h264 hevc vp8 vp9 av1 mpeg4 msmpeg4v2 msmpeg4v3 wmv1 wmv2 wmv3 vc1 mpeg1video mpeg2video h263 flv1 theora mjpeg"
    " prores dnxhd dvvideo vp6 vp6f svq3 cinepak rv40 qtrle png".split()
)
_SOUNDS = frozenset(
    "aac mp3 mp2 ac3 eac3 opus vorbis flac alac amrnb amr_nb amrwb amr_wb wmav1 wmav2 wmapro adpcm_ms adpcm_ima_wav"
    " adpcm_ima_qt pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be pcm_f32le pcm_f32be pcm_f64le pcm_u8"
    " pcm_s8 pcm_mulaw pcm_alaw nellymoser speex gsm_ms qdm2 mp1".split()
)
_INTERLACED = frozenset(("tt", "bb", "tb", "bt"))
#: Streams of one file: cameras write half a dozen.
_MOST_STREAMS = 24
#: Pictures a second; slow motion of phones is 240.
_MOST_FRAMES = 300
#: Either side: what H.264 can say at its highest level.
_LONGEST_SIDE = 8192
#: Seconds and bytes that a look may take.
_LIMITS = Limits(seconds=60, cpu=30, memory=2 * 1024**3, file_bytes=0)


@dataclass(frozen=True)
class Picture:
    """The stream that is shown."""

    stream: int
    codec: str
    #: As shown: after turning, with square pixels.
    width: int
    height: int
    #: Pictures a second.
    fps: float
    is_interlaced: bool = False
    #: Brighter than screens of phones show without help (HLG, PQ).
    is_hdr: bool = False


@dataclass(frozen=True)
class Sound:
    """The stream that is heard."""

    stream: int
    codec: str
    channels: int


@dataclass(frozen=True)
class Source:
    """What a file holds."""

    #: ffmpeg's name of the container.
    container: str
    #: Seconds as the file says; zero where it doesn't (recorded in a browser).
    seconds: float
    picture: Picture | None
    sound: Sound | None

    def to_data(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """What :meth:`to_data` made."""
        picture, sound = data["picture"], data["sound"]
        return cls(
            **{**data, "picture": Picture(**picture) if picture else None, "sound": Sound(**sound) if sound else None}
        )


def probe(path: Path) -> Source:
    """Look at a file.

    Raises:
        VideoRefused: one of its kinds says what is wrong.
        RunFailed: ffprobe itself died, or is not there.
    """
    data = _look(path)
    container = data.get("format", {}).get("format_name", "")
    streams = data.get("streams", [])
    if container not in FORMATS:
        raise VideoUnreadable
    if max(len(streams), _whole(data["format"].get("nb_streams"))) > _MOST_STREAMS:
        raise VideoTooManyStreams
    seconds = _number(data["format"].get("duration"))
    picture = _picture(streams)
    sound = _sound(streams)
    if picture is None and sound is None:
        raise VideoWithoutContent
    seconds = max([seconds, *(_number(stream.get("duration")) for stream in streams)])
    if seconds > settings.VIDEO_MAX_SECONDS:
        raise VideoTooLong
    return Source(container, seconds, picture, sound)


def _look(path: Path) -> dict[str, Any]:
    """Run ffprobe on a link without a name of its own: extensions count for nothing, nor do signs in names."""
    if not path.is_file() or path.stat().st_size == 0:
        raise VideoUnreadable
    with tempfile.TemporaryDirectory(prefix="probe-") as folder:
        source = Path(folder) / "source"
        os.symlink(path.resolve(), source)
        command = ["ffprobe", "-hide_banner", "-v", "error", *INPUT, "-of", "json", "-show_entries", _ENTRIES]
        try:
            printed, _words = run([*command, "-i", f"file:{source}"], folder=Path(folder), limits=_LIMITS)
        except RunFailed as failure:
            if failure.is_limit:
                raise VideoBeyondLimits from failure
            if failure.reason in ("exit", "died"):
                raise VideoUnreadable from failure
            raise
    try:
        data = json.loads(printed)
    except ValueError as error:
        raise VideoUnreadable from error
    return data if isinstance(data, dict) else {}


def _picture(streams: list[dict[str, Any]]) -> Picture | None:
    """The first moving picture; covers of recordings are none."""
    for stream in streams:
        if stream.get("codec_type") != "video" or stream.get("disposition", {}).get("attached_pic"):
            continue
        if stream.get("codec_name") not in _PICTURES:
            raise VideoCodecRefused
        width, height = _whole(stream.get("width")), _whole(stream.get("height"))
        if width < 2 or height < 2:
            raise VideoUnreadable
        if max(width, height) > _LONGEST_SIDE or width * height > settings.VIDEO_MAX_PIXELS:
            raise VideoPictureTooLarge
        fps = _rate(stream)
        if fps > _MOST_FRAMES or _whole(stream.get("nb_frames")) > settings.VIDEO_MAX_SECONDS * _MOST_FRAMES:
            raise VideoTooManyFrames
        width, height = _shown(stream, width, height)
        return Picture(
            stream=_whole(stream.get("index")),
            codec=stream["codec_name"],
            width=width,
            height=height,
            fps=fps,
            is_interlaced=stream.get("field_order") in _INTERLACED,
            is_hdr=stream.get("color_transfer") in ("smpte2084", "arib-std-b67"),
        )
    return None


def _sound(streams: list[dict[str, Any]]) -> Sound | None:
    """The sound marked as the usual one, or the first."""
    sounds = [stream for stream in streams if stream.get("codec_type") == "audio"]
    sounds.sort(key=lambda stream: not stream.get("disposition", {}).get("default"))
    for stream in sounds:
        if stream.get("codec_name") not in _SOUNDS:
            raise VideoCodecRefused
        channels = _whole(stream.get("channels"))
        if not 1 <= channels <= 16 or not 4000 <= _whole(stream.get("sample_rate")) <= 384_000:
            raise VideoCodecRefused
        return Sound(_whole(stream.get("index")), stream["codec_name"], channels)
    return None


def _shown(stream: dict[str, Any], width: int, height: int) -> tuple[int, int]:
    """Size with square pixels, upright."""
    ratio = _fraction(stream.get("sample_aspect_ratio"))
    if ratio and Fraction(1, 8) <= ratio <= 8:
        if ratio > 1:
            width = round(width * ratio)
        else:
            height = round(height / ratio)
    for side in stream.get("side_data_list", []):
        if abs(_number(side.get("rotation"), least=-360)) % 180 == 90:
            return height, width
    return width, height


def _rate(stream: dict[str, Any]) -> float:
    """Pictures a second: the usual ones, or, where the rate varies, the most that a camera would make."""
    average = _fraction(stream.get("avg_frame_rate"))
    base = _fraction(stream.get("r_frame_rate"))
    if not average:
        # A browser's recording says neither how many nor how fast, only that it counts in milliseconds.
        return float(base) if base and base <= 60 else 30.0
    if base and average < base <= 60:
        return float(base)
    return float(average)


def _fraction(value: Any) -> Fraction | None:
    try:
        top, _, bottom = str(value).replace(":", "/").partition("/")
        fraction = Fraction(int(top), int(bottom or 1))
    except (ValueError, ZeroDivisionError):
        return None
    return fraction if fraction > 0 else None


def _number(value: Any, least: float = 0.0) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) and number >= least else 0.0


def _whole(value: Any) -> int:
    return int(_number(value))
