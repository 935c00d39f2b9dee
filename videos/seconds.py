"""Seconds of a video as bits of a whole number, least significant first, and as runs ``[start, end]``, end excluded.

A viewer's seconds are kept as bits, because adding what was seen again must change nothing. Reports are runs. The same
form of runs, but with the last one included, tells which numbered reports have arrived.
"""

from collections.abc import Iterable, Sequence

__all__ = [
    "MAX_GAPS",
    "Run",
    "add_number",
    "bits_of",
    "bytes_of",
    "has_number",
    "runs_of",
    "spread",
    "whole_seconds",
]

Run = tuple[int, int]

#: Gaps between reports that arrived. With more the oldest is closed: what was lost for so long doesn't come any more.
MAX_GAPS = 64


def whole_seconds(duration_ms: int) -> int:
    """How many seconds a video has to watch: a rest of less than one is not among them, unless it is all there is."""
    return max(1, duration_ms // 1000) if duration_ms > 0 else 0


def bits_of(runs: Iterable[Sequence[int]]) -> int:
    """The bits of all seconds in ``runs``."""
    bits = 0
    for start, end in runs:
        bits |= ((1 << (end - start)) - 1) << start
    return bits


def runs_of(bits: int) -> list[Run]:
    """The bits that are set as runs, in order, as few as possible."""
    runs = []
    at = 0
    while bits:
        unset = (bits & -bits).bit_length() - 1
        bits >>= unset
        ones = (~bits & (bits + 1)).bit_length() - 1
        bits >>= ones
        runs.append((at + unset, at + unset + ones))
        at += unset + ones
    return runs


def bytes_of(bits: int) -> bytes:
    """As the database keeps them: no longer than the last bit set needs."""
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def spread(runs: Iterable[Sequence[int]], width: int, counts: list[int]) -> None:
    """Add the seconds of ``runs`` to ``counts``, one number for each ``width`` seconds; it grows where it must."""
    for start, end in runs:
        last = (end - 1) // width
        counts.extend([0] * (last + 1 - len(counts)))
        for bucket in range(start // width, last + 1):
            counts[bucket] += min(end, (bucket + 1) * width) - max(start, bucket * width)


def has_number(ranges: Iterable[Sequence[int]], number: int) -> bool:
    """Whether ``number`` lies in one of ``ranges``, each ``[first, last]``."""
    return any(first <= number <= last for first, last in ranges)


def add_number(ranges: Iterable[Sequence[int]], number: int) -> list[list[int]]:
    """``ranges`` with ``number`` in them: sorted, joined where they touch, with at most :data:`MAX_GAPS` gaps."""
    joined: list[list[int]] = []
    for first, last in sorted([*map(list, ranges), [number, number]]):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    while len(joined) > MAX_GAPS + 1:
        joined[:2] = [[joined[0][0], joined[1][1]]]
    return joined
