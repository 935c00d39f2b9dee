"""Files that want to read what is not theirs, fill the disk, run for ever, or only to crash: made here, by name.

Each maker gets an empty folder, an address that must never be called and a file that must never be read, and returns
the file to upload. ``REFUSED`` says with which code each is turned away; ``CONTAINED`` become videos, and small ones.
"""

import random
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from videos.tests.media import make_clip, run_ffmpeg

__all__ = ["CONTAINED", "REFUSED", "Trap"]


@dataclass(frozen=True)
class Trap:
    """What a hostile file would like to reach."""

    folder: Path
    #: Nobody may call it.
    url: str
    #: Nobody may read it.
    secret: Path

    def write(self, name: str, content: bytes | str) -> Path:
        """A file of ours."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


Maker = Callable[[Trap], Path]


# ── Not what they say they are ────────────────────────────────────────────────


def empty(trap: Trap) -> Path:
    return trap.write("empty.mp4", b"")


def noise(trap: Trap) -> Path:
    return trap.write("noise.mp4", random.Random(1).randbytes(200_000))


def text(trap: Trap) -> Path:
    return trap.write("letter.mp4", "Dear learners,\n" * 2000)


def zipped(trap: Trap) -> Path:
    path = trap.folder / "lesson.mp4"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(20_000_000))
    return path


def drawing(trap: Trap) -> Path:
    return trap.write(
        "drawing.mp4",
        f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file://{trap.secret}">]>'
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64">'
        f'<text>&x;</text><image xlink:href="{trap.url}/a.png" width="64" height="64"/></svg>',
    )


def still(trap: Trap) -> Path:
    """A picture with the name of a sequence of pictures."""
    path = trap.folder / "still%03d.mp4"
    run_ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x64", "-frames:v", "1", "-f", "image2", "-update", "1", str(path))
    return path


def playing_card(trap: Trap) -> Path:
    """An animation that isn't taken: GIF says nothing of its length."""
    path = trap.folder / "card.gif"
    run_ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x64:duration=1", str(path))
    return path.rename(trap.folder / "card.mp4")


# ── Lists that name other files and addresses ─────────────────────────────────


def playlist_of_a_file(trap: Trap) -> Path:
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:10", "#EXTINF:10,", f"file://{trap.secret}", "#EXTINF:10,"]
    return trap.write("list.mp4", "\n".join([*lines, "/etc/passwd", "#EXT-X-ENDLIST", ""]))


def playlist_of_an_address(trap: Trap) -> Path:
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:10", f'#EXT-X-KEY:METHOD=AES-128,URI="{trap.url}/key"']
    return trap.write("list.m3u8", "\n".join([*lines, "#EXTINF:10,", f"{trap.url}/a.ts", "#EXT-X-ENDLIST", ""]))


def concat_script(trap: Trap) -> Path:
    return trap.write("script.mp4", f"ffconcat version 1.0\nfile '{trap.secret}'\nfile '{trap.url}/a.mp4'\n")


def dash_manifest(trap: Trap) -> Path:
    return trap.write(
        "manifest.mp4",
        f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><BaseURL>{trap.url}/</BaseURL>'
        '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>a.mp4</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>",
    )


def session_description(trap: Trap) -> Path:
    return trap.write(
        "session.mp4",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    )


def data_elsewhere(trap: Trap) -> Path:
    """A QuickTime film whose samples lie in another file: ``dref`` says which."""
    data = make_clip(trap.folder / "clip.mov", seconds=1, audio=False).read_bytes()
    address = f"file://{trap.secret}".encode() + b"\0"
    entry = struct.pack(">I4sI", 12 + len(address), b"url ", 0) + address
    position = data.index(b"dref") + 4
    # The entry that is there says "in this file" in twelve bytes; boxes around it grow with the new one.
    position = position + 8
    old = struct.unpack_from(">I", data, position)[0]
    grown = data[:position] + entry + data[position + old :]
    return trap.write("elsewhere.mov", _widen(grown, position, len(entry) - old))


def _widen(data: bytes, position: int, by: int) -> bytes:
    """Add to the lengths of all boxes that hold ``position``."""
    grown = bytearray(data)
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        found = data.rindex(kind, 0, position)
        length = struct.unpack_from(">I", data, found - 4)[0]
        struct.pack_into(">I", grown, found - 4, length + by)
    return bytes(grown)


# ── Too much of something ─────────────────────────────────────────────────────


def wide_bomb(trap: Trap) -> Path:
    """64 million dots in some kilobytes."""
    source = "color=black:size=8000x8000:rate=1:duration=1"
    path = trap.folder / "wide.mp4"
    run_ffmpeg("-f", "lavfi", "-i", source, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-f", "mov", str(path))
    return path


def long_side(trap: Trap) -> Path:
    path = trap.folder / "strip.mkv"
    source = "color=black:size=16384x16:rate=1:duration=1"
    run_ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path))
    return path


def frame_bomb(trap: Trap) -> Path:
    """20,000 pictures of 16 dots in two seconds."""
    path = trap.folder / "frames.mp4"
    source = "color=black:size=16x16:rate=10000:duration=2"
    run_ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path))
    return path


def hundred_streams(trap: Trap) -> Path:
    clip = make_clip(trap.folder / "tone.wav", seconds=0.2, picture=False)
    path = trap.folder / "streams.mkv"
    run_ffmpeg("-i", str(clip), *["-map", "0"] * 100, "-c", "copy", str(path))
    return path


def endless_claim(trap: Trap) -> Path:
    """Four seconds that say they are a hundred and thirty years."""
    data = bytearray(make_clip(trap.folder / "clip.mp4", seconds=1).read_bytes())
    for kind in (b"mvhd", b"mdhd"):
        position = data.find(kind)
        while position != -1:
            # Ticks a second are one, and there are as many as fit.
            struct.pack_into(">II", data, position + 16, 1, 0xFFFFFFF0)
            position = data.find(kind, position + 4)
    return trap.write("endless.mp4", bytes(data))


def endless_really(trap: Trap) -> Path:
    """A film that jumps ahead by a day: the header of its container says nothing of that."""
    start = make_clip(trap.folder / "start.ts", seconds=1)
    end = trap.folder / "end.mkv"
    path = trap.folder / "jumps.mkv"
    run_ffmpeg("-i", str(start), "-c", "copy", "-output_ts_offset", "90000", str(end))
    first, second = trap.folder / "first.mkv", end
    run_ffmpeg("-i", str(start), "-c", "copy", str(first))
    script = trap.write("both.txt", f"ffconcat version 1.0\nfile '{first}'\nduration 86400\nfile '{second}'\n")
    run_ffmpeg("-f", "concat", "-safe", "0", "-i", str(script), "-map", "0:v", "-c", "copy", str(path))
    return _without_duration(path, trap)


def _without_duration(path: Path, trap: Trap) -> Path:
    """A Matroska file that says zero of its length (Segment Info, element 0x4489, a float of eight bytes)."""
    data = bytearray(path.read_bytes())
    position = data.index(b"\x44\x89\x88")
    data[position + 3 : position + 11] = struct.pack(">d", 0.0)
    return trap.write(f"mute-{path.name}", bytes(data))


# ── Nothing to play ───────────────────────────────────────────────────────────


def truncated(trap: Trap) -> Path:
    """The end is missing, where this container has its table."""
    data = make_clip(trap.folder / "clip.mp4", seconds=2).read_bytes()
    return trap.write("half.mp4", data[: len(data) // 2])


def words_only(trap: Trap) -> Path:
    words = trap.write("words.srt", "1\n00:00:00,000 --> 00:00:02,000\nHello\n")
    path = trap.folder / "words.mkv"
    run_ffmpeg("-i", str(words), str(path))
    return path


def cover_only(trap: Trap) -> Path:
    path = trap.folder / "cover.mkv"
    picture = trap.folder / "cover.png"
    run_ffmpeg("-f", "lavfi", "-i", "testsrc2=size=64x64", "-frames:v", "1", str(picture))
    words = trap.write("words.srt", "1\n00:00:00,000 --> 00:00:02,000\nHello\n")
    run_ffmpeg("-i", str(words), "-attach", str(picture), "-metadata:s:t", "mimetype=image/png", str(path))
    return path


def broken_pictures(trap: Trap) -> Path:
    """A good header before rubbish."""
    path = make_clip(trap.folder / "clip.mkv", seconds=2, audio=False)
    data = bytearray(path.read_bytes())
    start = data.index(b"\x1f\x43\xb6\x75") + 40
    data[start:] = random.Random(2).randbytes(len(data) - start)
    return trap.write("broken.mkv", bytes(data))


# ── Strange, and fit to be shown ──────────────────────────────────────────────


def nan_duration(trap: Trap) -> Path:
    data = bytearray(make_clip(trap.folder / "clip.mkv", seconds=1).read_bytes())
    position = data.index(b"\x44\x89\x88")
    data[position + 3 : position + 11] = struct.pack(">d", float("nan"))
    return trap.write("nan.mkv", bytes(data))


def infinite_duration(trap: Trap) -> Path:
    data = bytearray(make_clip(trap.folder / "clip.mkv", seconds=1).read_bytes())
    position = data.index(b"\x44\x89\x88")
    data[position + 3 : position + 11] = struct.pack(">d", float("inf"))
    return trap.write("infinite.mkv", bytes(data))


def negative_times(trap: Trap) -> Path:
    clip = make_clip(trap.folder / "clip.ts", seconds=1)
    path = trap.folder / "before.nut.mkv"
    run_ffmpeg("-i", str(clip), "-c", "copy", "-output_ts_offset", "-0.5", "-avoid_negative_ts", "disabled", str(path))
    return path


def attachments(trap: Trap) -> Path:
    """A film that carries a program along."""
    clip = make_clip(trap.folder / "clip.mkv", seconds=1)
    program = trap.write("program.sh", "#!/bin/sh\nATTACHED-PROGRAM\n" * 50)
    path = trap.folder / "carries.mkv"
    kind = ("-metadata:s:t", "mimetype=application/x-sh")
    run_ffmpeg("-i", str(clip), "-c", "copy", "-attach", str(program), *kind, str(path))
    return path


def strange_name(trap: Trap) -> Path:
    return make_clip(trap.folder / "clip.mp4", seconds=1).rename(trap.folder / "-i %03d\n;$(touch x)'\".mp4")


def covered_sound(trap: Trap) -> Path:
    sound = make_clip(trap.folder / "talk.m4a", seconds=1, picture=False)
    cover = trap.folder / "cover.png"
    run_ffmpeg("-f", "lavfi", "-i", "testsrc2=size=3000x3000", "-frames:v", "1", str(cover))
    path = trap.folder / "covered.m4a"
    kept = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic")
    run_ffmpeg("-i", str(sound), "-i", str(cover), *kept, str(path))
    return path


def huge_claim_of_sound(trap: Trap) -> Path:
    """A header of four gigabytes before a second of sound."""
    data = bytearray(make_clip(trap.folder / "tone.wav", seconds=1, picture=False).read_bytes())
    struct.pack_into("<I", data, 4, 0xFFFFFFFF)
    struct.pack_into("<I", data, data.index(b"data") + 4, 0xFFFFFFF0)
    return trap.write("claims.wav", bytes(data))


def cut_off(trap: Trap) -> Path:
    """An upload that lost its end, of a kind that can be shown as far as it goes."""
    data = make_clip(trap.folder / "clip.mkv", seconds=4).read_bytes()
    return trap.write("cut.mkv", data[: int(len(data) * 0.6)])


def growing_picture(trap: Trap) -> Path:
    """A broadcast whose picture becomes a hundred times as large in the middle."""
    small = make_clip(trap.folder / "small.ts", seconds=1, size="64x36", extra=("-c:v", "mpeg2video"), rate=25)
    large = make_clip(trap.folder / "large.ts", seconds=0.4, size="1920x1080", extra=("-c:v", "mpeg2video"), rate=25)
    return trap.write("grows.ts", small.read_bytes() + large.read_bytes())


#: With the code that each is refused with.
REFUSED: dict[Maker, str] = {
    empty: "video_unreadable",
    noise: "video_unreadable",
    text: "video_unreadable",
    zipped: "video_unreadable",
    drawing: "video_unreadable",
    still: "video_unreadable",
    playing_card: "video_unreadable",
    playlist_of_a_file: "video_unreadable",
    playlist_of_an_address: "video_unreadable",
    concat_script: "video_unreadable",
    dash_manifest: "video_unreadable",
    session_description: "video_unreadable",
    wide_bomb: "video_picture_too_large",
    long_side: "video_picture_too_large",
    frame_bomb: "video_too_many_frames",
    hundred_streams: "video_too_many_streams",
    endless_claim: "video_too_long",
    truncated: "video_unreadable",
    words_only: "video_without_content",
    cover_only: "video_without_content",
    broken_pictures: "video_unreadable",
}

#: With the longest that what becomes of each may last, in milliseconds.
CONTAINED: dict[Maker, int] = {
    data_elsewhere: 1100,
    endless_really: 1200,
    nan_duration: 1100,
    infinite_duration: 1100,
    negative_times: 1600,
    attachments: 1100,
    strange_name: 1100,
    covered_sound: 1100,
    huge_claim_of_sound: 1100,
    cut_off: 4000,
    growing_picture: 2600,
}
