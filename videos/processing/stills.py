"""Pictures that stand for a video: a poster, and a sheet of small ones to find a place by."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image, ImageStat

from videos.processing.boxes import Index
from videos.processing.running import INPUT, ffmpeg, limits_for

__all__ = ["Grid", "best_moment", "make_poster", "make_storyboard"]

#: Most small pictures on one sheet, how many side by side, and the longer side of each: a sheet is 1 to 100 KB.
_MOST_TILES = 100
_COLUMNS = 10
_TILE = 160
#: Longer side of a poster in pixels, and bytes that a slow line should not wait for.
_POSTER = 640
_POSTER_BYTES = 14_000
_QUALITIES = (72, 60, 48, 36, 26)


@dataclass(frozen=True)
class Grid:
    """How a sheet of small pictures is read: rows of ``columns``, one picture each ``interval_ms``."""

    columns: int
    rows: int
    tile_width: int
    tile_height: int
    interval_ms: int
    count: int

    def to_data(self) -> dict[str, int]:
        """As :attr:`videos.models.Video.storyboard_grid` keeps it."""
        return asdict(self)


def make_storyboard(rendition: Path, index: Index, target: Path) -> tuple[Grid, float]:
    """Write the sheet of a rendition's key frames; returns how to read it, and the second that shows most.

    Only key frames are decoded. Of a long video each second, third … one is taken.

    Raises:
        RunFailed: the rendition can't be decoded.
    """
    step = math.ceil(len(index.segments) / _MOST_TILES)
    interval = step * max(segment[2] for segment in index.segments[: max(1, len(index.segments) - 1)])
    seconds = index.milliseconds / 1000
    pattern = "tile-%05d.png"
    arguments = [*INPUT, "-f", "mov", "-skip_frame", "nokey", "-i", f"file:{rendition}", "-map", "0:v:0"]
    arguments += ["-vf", f"select='not(mod(n,{step}))',{_fitting(_TILE)}", "-fps_mode", "passthrough", pattern]
    for old in target.parent.glob("tile-*.png"):
        old.unlink()
    ffmpeg(arguments, folder=target.parent, limits=limits_for(seconds, 64 * 1024**2))
    files = sorted(target.parent.glob("tile-*.png"))[:_MOST_TILES]
    with Image.open(files[0]) as first:
        width, height = first.size
    columns = min(_COLUMNS, len(files))
    grid = Grid(columns, math.ceil(len(files) / columns), width, height, interval, len(files))
    sheet = Image.new("RGB", (columns * width, grid.rows * height))
    scores = []
    for number, tile in enumerate(_pictures(files)):
        sheet.paste(tile, (number % columns * width, number // columns * height))
        scores.append(_worth(tile))
    sheet.save(target, "WEBP", quality=50, method=5)
    for file in files:
        file.unlink()
    return grid, best_moment(scores) * interval / 1000


def best_moment(scores: list[float]) -> int:
    """Return which picture of the first quarter stands for the whole; the first of equals.

    What comes later gives away how it ends; the very first are often black, or a title that fades in.
    """
    first = scores[: max(3, math.ceil(len(scores) / 4))]
    return max(range(len(first)), key=lambda number: (first[number], -number))


def make_poster(rendition: Path, second: float, webp: Path, avif: Path) -> None:
    """Write one picture of a rendition as WebP and AVIF.

    Raises:
        RunFailed: the rendition can't be decoded.
    """
    picture = webp.parent / "poster.png"
    arguments = [*INPUT, "-f", "mov", "-ss", f"{second:.3f}", "-i", f"file:{rendition}", "-map", "0:v:0"]
    arguments += ["-frames:v", "1", "-vf", _fitting(_POSTER), "-update", "1", "poster.png"]
    ffmpeg(arguments, folder=webp.parent, limits=limits_for(60, 64 * 1024**2))
    with Image.open(picture) as opened:
        image = opened.convert("RGB")
    _save(image, webp, "WEBP", method=6)
    _save(image, avif, "AVIF", speed=6)
    picture.unlink()


def _save(image: Image.Image, target: Path, kind: str, **options: int) -> None:
    """As good as its size allows."""
    for quality in _QUALITIES:
        image.save(target, kind, quality=quality, **options)
        if target.stat().st_size <= _POSTER_BYTES:
            return


def _fitting(side: int) -> str:
    """A filter: the longer side at most so long, never enlarged, even numbers."""
    fits = f"min(1,{side}/max(iw,ih))"
    return f"scale='max(2,2*round(iw*{fits}/2))':'max(2,2*round(ih*{fits}/2))'".replace(",", "\\,")


def _pictures(files: list[Path]) -> Iterator[Image.Image]:
    for file in files:
        with Image.open(file) as opened:
            yield opened.convert("RGB")


def _worth(picture: Image.Image) -> float:
    """How much there is to see: how far dots differ from each other."""
    return float(ImageStat.Stat(picture.convert("L")).stddev[0])
