"""Which renditions a source gets: size, pictures a second, rates."""

from dataclasses import dataclass

from videos.processing.probe import Picture, Source

__all__ = ["AUDIO_KBPS", "LADDER", "SEGMENT_SECONDS", "PlannedRung", "Rung", "plan"]

#: Every rung has a key frame there, so players change rungs at each.
SEGMENT_SECONDS = 4
#: Kilobits a second of the file with sound alone.
AUDIO_KBPS = 24
#: Up to so many times as long as it is high; longer pictures become less high, or a strip would cost as much as 8K.
_LONGEST_RATIO = 2.4
#: A source that is so near below a rung gets it, in its own size: one of 712 lines is not shown with 480.
_NEAR_ENOUGH = 0.9
_LEAST_FPS = 5.0


@dataclass(frozen=True)
class Rung:
    """A step of the ladder. ``short`` is the shorter side of the picture: portrait ones are as wide as others high."""

    name: str
    short: int
    fps: int
    #: Highest rate of the picture, and rate of the sound, kilobits a second.
    video_kbps: int
    audio_kbps: int
    preset: str
    crf: int


#: Measured: see the lines `make bench-video` prints. x264 works hard where bytes count most.
LADDER = (
    Rung("144p", 144, 10, 60, 24, "medium", 27),
    Rung("240p", 240, 15, 150, 32, "medium", 26),
    Rung("360p", 360, 30, 350, 48, "medium", 26),
    Rung("480p", 480, 30, 700, 64, "veryfast", 25),
    Rung("720p", 720, 30, 1500, 96, "veryfast", 24),
)


@dataclass(frozen=True)
class PlannedRung:
    """A rung for one source."""

    rung: Rung
    width: int
    height: int
    fps: float

    @property
    def name(self) -> str:
        """Of the rendition."""
        return self.rung.name


def plan(source: Source) -> list[PlannedRung]:
    """Return the rungs of a source, the smallest first; none for a recording.

    What lies above the source is left out, and nothing is enlarged; there is one rung at least.
    """
    picture = source.picture
    if picture is None:
        return []
    short = min(picture.width, picture.height)
    rungs = [rung for rung in LADDER if rung.short * _NEAR_ENOUGH <= short] or [LADDER[0]]
    return [PlannedRung(rung, *_size(picture, rung), _fps(picture.fps, rung.fps)) for rung in rungs]


def _size(picture: Picture, rung: Rung) -> tuple[int, int]:
    """Even numbers: the colours of a picture have half as many dots each way."""
    short, long = sorted((picture.width, picture.height))
    factor = min(1.0, rung.short / short, rung.short * _LONGEST_RATIO / long)
    return _even(picture.width * factor), _even(picture.height * factor)


def _even(length: float) -> int:
    return max(16, 2 * round(length / 2))


def _fps(source: float, most: int) -> float:
    """As near to the source as quarters get: so a key frame falls on each fourth second exactly (29.97 becomes 30)."""
    return min(float(most), max(_LEAST_FPS, round(source * 4) / 4))
