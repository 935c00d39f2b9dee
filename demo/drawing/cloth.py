"""The canvas that covers and figures are drawn on: its colours, its shapes and how it is saved."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

DEMO = Path(__file__).resolve().parent.parent
SCALE = 2
MAX_BYTES = 60_000

INK, INDIGO, SKY = "#1c2148", "#2b3472", "#4a5aa8"
CLAY, RUST = "#c9522e", "#9c3a20"
OCHRE, GOLD = "#e7a534", "#f4cf7c"
CREAM, PAPER = "#fbf1de", "#fffaf0"
LEAF, MOSS = "#1f6f63", "#154f48"

Point = tuple[float, float]
ARABIC = re.compile(r"[\u0600-\u06ff]")


class Cloth:
    """A canvas whose coordinates are those of the finished picture, in pixels.

    Args:
        mirrored: left and right change places, for words that are read from right to left. Arcs stay as they are.
    """

    def __init__(self, width: int, height: int, ground: str, *, mirrored: bool = False) -> None:
        self.width, self.height = width, height
        self.mirrored = mirrored
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self.draw = ImageDraw.Draw(self.image)

    def _x(self, x: float) -> float:
        return self.width - x if self.mirrored else x

    def polygon(self, points: Sequence[Point], fill: str) -> None:
        """Fill the shape through ``points``."""
        self.draw.polygon([(self._x(x) * SCALE, y * SCALE) for x, y in points], fill=fill)

    def box(
        self, x: float, y: float, w: float, h: float, fill: str, *, radius: float = 0, edge: str | None = None
    ) -> None:
        """Fill a rectangle with its corner at (x, y), rounded by ``radius``, edged in ``edge``."""
        left, right = sorted((self._x(x), self._x(x + w)))
        corners = [left * SCALE, y * SCALE, right * SCALE, (y + h) * SCALE]
        self.draw.rounded_rectangle(corners, radius * SCALE, fill=fill, outline=edge, width=3 * SCALE if edge else 0)

    def disc(self, x: float, y: float, r: float, fill: str) -> None:
        """Fill a circle round (x, y)."""
        x = self._x(x)
        self.draw.ellipse([(x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE], fill=fill)

    def target(self, x: float, y: float, r: float, fills: Sequence[str]) -> None:
        """Fill concentric circles, the outermost first, in equal steps."""
        for step, fill in enumerate(fills):
            self.disc(x, y, r * (len(fills) - step) / len(fills), fill)

    def arc(self, x: float, y: float, r: float, start: float, end: float, fill: str, width: float) -> None:
        """Stroke part of a circle: degrees clockwise from three o'clock, ``r`` to the middle of the stroke."""
        outer = r + width / 2
        corners = [(x - outer) * SCALE, (y - outer) * SCALE, (x + outer) * SCALE, (y + outer) * SCALE]
        self.draw.arc(corners, start, end, fill=fill, width=round(width * SCALE))

    def line(self, points: Sequence[Point], fill: str, width: float) -> None:
        """Stroke a broken line with round joints."""
        scaled = [(self._x(x) * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, fill=fill, width=round(width * SCALE), joint="curve")

    def arrow(self, start: Point, end: Point, fill: str = INK, width: float = 4) -> None:
        """Stroke a line that ends in a filled head."""
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        back = (end[0] - 16 * math.cos(angle), end[1] - 16 * math.sin(angle))
        self.line([start, back], fill, width)
        side = (9 * math.sin(angle), -9 * math.cos(angle))
        self.polygon([end, (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])], fill)

    def text(
        self, x: float, y: float, words: str, size: float, fill: str = INK, anchor: str = "mm", face: str = "Bold"
    ) -> None:
        """Write ``words``; ``anchor`` is Pillow's, by default centred on (x, y)."""
        if self.mirrored:
            anchor = anchor.translate(str.maketrans("lr", "rl"))
        self.draw.text(
            (self._x(x) * SCALE, y * SCALE),
            words,
            fill=fill,
            font=font(face, size * SCALE, is_arabic=bool(ARABIC.search(words))),
            anchor=anchor,
            spacing=6 * SCALE,
            align="center",
        )

    def save(self, *names: str) -> None:
        """Scale down, reduce the palette and write the picture under ``demo/`` at each of ``names``."""
        small = self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        small = small.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        for name in names:
            path = DEMO / name
            path.parent.mkdir(parents=True, exist_ok=True)
            small.save(path, optimize=True)
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise SystemExit(f"{name} weighs {size} bytes, more than {MAX_BYTES}")
            print(f"{size:>6}  {name}")


def font(face: str, size: float, *, is_arabic: bool = False) -> ImageFont.FreeTypeFont:
    """A system sans serif with accented letters, in ``face`` Regular or Bold; Arabic needs Pillow with Raqm."""
    if is_arabic and not features.check("raqm"):
        raise SystemExit("Install Pillow with Raqm to draw Arabic: without it, letters are not joined.")
    dejavu = "DejaVuSans-Bold.ttf" if face == "Bold" else "DejaVuSans.ttf"
    for name in (dejavu,) if is_arabic else (f"NotoSans-{face}.ttf", dejavu):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    raise SystemExit("Install Noto Sans or DejaVu Sans to draw the pictures.")


def diamond(cloth: Cloth, x: float, y: float, w: float, h: float, fill: str) -> None:
    """Fill a diamond of width ``w`` and height ``h`` round (x, y)."""
    cloth.polygon([(x, y - h / 2), (x + w / 2, y), (x, y + h / 2), (x - w / 2, y)], fill)


def teeth(cloth: Cloth, y: float, height: float, step: float, fill: str, *, down: bool = False) -> None:
    """A border of triangles across the cloth, standing on ``y`` or hanging from it."""
    tip = y + height if down else y - height
    for left in range(0, cloth.width + int(step), int(step)):
        cloth.polygon([(left - step / 2, y), (left, tip), (left + step / 2, y)], fill)
