"""Reads the boxes of a fragmented MP4 (ISO/IEC 14496-12): where each segment lies and what it is coded with.

Only what our own encoder writes is understood: one file, ``moov`` first, an index (``sidx``) of the whole, fragments
one after the other. Sample data is never read.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

__all__ = ["Index", "NotIndexed", "read_index"]

#: A header that is larger is none of ours; four hours of segments take 100 KB.
_LARGEST_HEADER = 16 * 1024 * 1024
#: Boxes that hold boxes, with the bytes before the first of them.
_CONTAINERS = {b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"stbl": 0, b"stsd": 8, b"avc1": 78, b"mp4a": 28}


class NotIndexed(ValueError):
    """The file is not as our encoder writes it."""


@dataclass(frozen=True)
class Index:
    """What a player has to know of a file before it loads a piece of it."""

    #: Bytes of ``ftyp`` and ``moov``: all that a player needs before a segment. ``sidx`` lies behind them, for those
    #: who play the file as a whole.
    init_bytes: int
    #: ``[offset, length, milliseconds]`` each; together as long as the file.
    segments: list[list[int]]
    #: As RFC 6381 writes them, the picture's first.
    codecs: str

    @property
    def milliseconds(self) -> int:
        """Length of the whole."""
        return sum(segment[2] for segment in self.segments)


def read_index(path: Path) -> Index:
    """Read the index of a fragmented MP4.

    Raises:
        NotIndexed: it is something else, was cut off, or holds nothing to play.
    """
    try:
        with path.open("rb") as file:
            return _read(file, path.stat().st_size)
    except (struct.error, IndexError) as error:
        raise NotIndexed(f"{path.name} ends within a box") from error


def _read(file: BinaryIO, size: int) -> Index:
    tracks: dict[int, str] = {}
    init_bytes = 0
    indexes: dict[int, list[tuple[int, int, int]]] = {}
    fragments: list[int] = []
    end = 0
    for kind, start, header, length in _boxes_of_file(file, size):
        if kind in (b"moov", b"sidx") and length > _LARGEST_HEADER:
            raise NotIndexed(f"{kind.decode()} of {length} bytes")
        if kind == b"moov":
            tracks = _tracks(file.read(length - header))
            init_bytes = start + length
        elif kind == b"sidx":
            track, entries = _index_entries(file.read(length - header), start + length)
            indexes[track] = entries
        elif kind == b"moof":
            fragments.append(start)
        elif kind == b"mdat":
            end = start + length
    if not tracks or not indexes or not fragments:
        raise NotIndexed("no tracks, no index or nothing to play")
    picture_first = sorted(tracks, key=lambda track: not tracks[track].startswith("avc1"))
    leading = next((track for track in picture_first if track in indexes), None)
    if leading is None:
        raise NotIndexed("the index is of no track")
    segments = [[offset, length, milliseconds] for offset, length, milliseconds in indexes[leading]]
    if [segment[0] for segment in segments] != fragments or sum(segments[-1][:2]) != end:
        raise NotIndexed("the index does not fit the fragments")
    return Index(init_bytes, segments, ",".join(tracks[track] for track in picture_first))


def _boxes_of_file(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Kind, start, bytes of the header and length of each box; the file stands behind the header."""
    position = 0
    while position < size:
        file.seek(position)
        length, kind = struct.unpack(">I4s", file.read(8))
        header = 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            header = 16
        if length < header or position + length > size:
            raise NotIndexed(f"a box of {length} bytes at {position} of {size}")
        yield kind, position, header, length
        position += length


def _children(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if length < 8 or position + length > len(data):
            return
        yield kind, data[position + 8 : position + length]
        position += length


def _find(data: bytes, *kinds: bytes) -> list[bytes]:
    """Contents of all boxes of the last kind that lie in boxes of the kinds before."""
    found = [data]
    for kind in kinds:
        found = [content[_CONTAINERS.get(kind, 0) :] for outer in found for k, content in _children(outer) if k == kind]
    return found


def _tracks(moov: bytes) -> dict[int, str]:
    """Codecs of each track by its number."""
    tracks = {}
    for track in _find(moov, b"trak"):
        header = _find(track, b"tkhd")[0]
        (number,) = struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)
        tables = (b"mdia", b"minf", b"stbl", b"stsd")
        if pictures := _find(track, *tables, b"avc1", b"avcC"):
            tracks[number] = f"avc1.{pictures[0][1:4].hex()}"
        elif sounds := _find(track, *tables, b"mp4a", b"esds"):
            tracks[number] = _aac(sounds[0])
        else:
            raise NotIndexed("a track is neither H.264 nor AAC")
    return tracks


def _aac(esds: bytes) -> str:
    """``mp4a.40.<object type>``: descriptors 3 (stream), 4 (decoder) and 5 (its configuration), ISO/IEC 14496-1."""
    position = 4
    kind, position = _descriptor(esds, position)
    if kind == 3:
        position += 3
        kind, position = _descriptor(esds, position)
    if kind != 4:
        raise NotIndexed("sound without a decoder's configuration")
    object_type = esds[position]
    kind, position = _descriptor(esds, position + 13)
    if object_type != 0x40 or kind != 5:
        raise NotIndexed("sound that is not AAC")
    return f"mp4a.40.{esds[position] >> 3}"


def _descriptor(data: bytes, position: int) -> tuple[int, int]:
    """Kind of a descriptor and where its content begins: lengths take one to four bytes."""
    kind = data[position]
    position += 1
    while data[position] & 0x80:
        position += 1
    return kind, position + 1


def _index_entries(sidx: bytes, end: int) -> tuple[int, list[tuple[int, int, int]]]:
    """Track, and offset, length and milliseconds of each piece. ``end``: where the box ends in the file."""
    version = sidx[0]
    track, timescale = struct.unpack_from(">II", sidx, 4)
    if version == 0:
        (offset,) = struct.unpack_from(">I", sidx, 16)
        position = 20
    else:
        (offset,) = struct.unpack_from(">Q", sidx, 20)
        position = 28
    (count,) = struct.unpack_from(">H", sidx, position + 2)
    position += 4
    if not timescale or not count:
        raise NotIndexed("an empty index")
    entries = []
    place, ticks, before = end + offset, 0, 0
    for _number in range(count):
        length, duration, _access = struct.unpack_from(">III", sidx, position)
        if length & 0x80000000:
            raise NotIndexed("an index of indexes")
        position += 12
        ticks += duration
        # From the beginning, or roundings add up over hours.
        now = round(ticks * 1000 / timescale)
        entries.append((place, length, now - before))
        place, before = place + length, now
    return track, entries
