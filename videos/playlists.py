"""HLS playlists (RFC 8216) over single files: each segment is a byte range of a rendition."""

from collections.abc import Iterable, Sequence

from videos.models import Rendition, Video

__all__ = ["master_playlist", "media_playlist", "rates"]

#: fMP4 with ``EXT-X-MAP`` in a playlist of normal segments needs 6, and players are told 7 by everybody.
_VERSION = 7


def master_playlist(video: Video, renditions: Iterable[Rendition]) -> str:
    """List the rungs of a video, the lightest first; of a recording without picture its sound.

    Addresses are relative: ``360p.m3u8`` beside this list. "Audio only" of a video with a picture is no rung: a player
    that measures badly would take the picture away.
    """
    rungs = sorted(renditions, key=lambda rendition: rendition.bandwidth)
    if video.has_picture:
        rungs = [rendition for rendition in rungs if rendition.kind == Rendition.Kind.VIDEO]
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{_VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rendition in rungs:
        lines += [f"#EXT-X-STREAM-INF:{_attributes(rendition)}", f"{rendition.name}.m3u8"]
    return "\n".join([*lines, ""])


def media_playlist(rendition: Rendition, address: str = "") -> str:
    """List the segments of a rendition as byte ranges of one file.

    A segment that follows the one before says only its length; the list of a long lesson is loaded on slow lines.

    Args:
        address: of the file; beside the list when left out.
    """
    uri = address or f"{rendition.name}.mp4"
    longest = max((milliseconds for _offset, _length, milliseconds in rendition.segments), default=1000)
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{_VERSION}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXT-X-TARGETDURATION:{max(1, (longest + 500) // 1000)}",
        f'#EXT-X-MAP:URI="{uri}",BYTERANGE="{rendition.init_bytes}@0"',
    ]
    position = None
    for offset, length, milliseconds in rendition.segments:
        place = "" if offset == position else f"@{offset}"
        lines += [f"#EXTINF:{_seconds(milliseconds)},", f"#EXT-X-BYTERANGE:{length}{place}", uri]
        position = offset + length
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def rates(segments: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Return the highest and the average rate of segments in bits a second.

    The highest is that of any run of segments between a half and one and a half times as long as the longest
    (RFC 8216, 4.3.4.2): the last one, of a frame or two, says nothing about the line that is needed.

    Args:
        segments: ``[offset, length, milliseconds]`` each.
    """
    total = sum(segment[2] for segment in segments)
    if not total:
        return 0, 0
    average = _rate(sum(segment[1] for segment in segments), total)
    target = max(segment[2] for segment in segments)
    peak = average
    for first in range(len(segments)):
        length = milliseconds = 0
        for segment in segments[first:]:
            length += segment[1]
            milliseconds += segment[2]
            if milliseconds > 1.5 * target:
                break
            if milliseconds >= 0.5 * target:
                peak = max(peak, _rate(length, milliseconds))
    return peak, average


def _rate(length: int, milliseconds: int) -> int:
    return -(-length * 8000 // milliseconds)


def _attributes(rendition: Rendition) -> str:
    facts = [f"BANDWIDTH={rendition.bandwidth}", f"AVERAGE-BANDWIDTH={rendition.average_bandwidth}"]
    if rendition.kind == Rendition.Kind.VIDEO:
        facts.append(f"RESOLUTION={rendition.width}x{rendition.height}")
    facts.append(f'CODECS="{rendition.codecs}"')
    if rendition.kind == Rendition.Kind.VIDEO:
        facts.append(f"FRAME-RATE={rendition.fps:.3f}")
    return ",".join(facts)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".")
