"""The covers of the demo courses and the school's hero picture, 1200 × 675 pixels each."""

from __future__ import annotations

import math
from collections.abc import Sequence

from demo.drawing.cloth import (
    CLAY,
    CREAM,
    GOLD,
    INDIGO,
    INK,
    LEAF,
    MOSS,
    OCHRE,
    PAPER,
    RUST,
    SKY,
    Cloth,
    Point,
    diamond,
    teeth,
)


def fans(cloth: Cloth, radius: float, fills: Sequence[str]) -> None:
    """Cover the whole cloth with overlapping fans, row over row."""
    rows = range(-1, int(cloth.height / (radius / 2)) + 3)
    for row in rows:
        shift = radius if row % 2 else 0
        for column in range(-1, int(cloth.width / (2 * radius)) + 2):
            cloth.target(column * 2 * radius + shift, row * radius / 2 + radius / 2, radius, fills)


def python_cover() -> None:
    """A snake that winds over a cloth of fans: its body is a repeated half circle, as a loop is a repeated step."""
    cloth = Cloth(1200, 675, INDIGO)
    fans(cloth, 75, [INK, INDIGO, INK, INDIGO, SKY])
    middle, radius, girth = 350, 132, 112
    turns = [(12 + 2 * radius * n, 180, 360) if n % 2 == 0 else (12 + 2 * radius * n, 0, 180) for n in range(4)]
    for width, fill in ((girth + 28, INK), (girth, OCHRE), (girth - 40, CLAY), (girth - 52, OCHRE)):
        for x, start, end in turns:
            cloth.arc(x, middle, radius, start - 0.6, end + 0.6, fill, width)
    for x, start, _end in turns:
        for step in range(1, 8):
            angle = math.radians(start + step * 22.5)
            at = (x + radius * math.cos(angle), middle + radius * math.sin(angle))
            cloth.disc(*at, 17, INK if step % 2 else RUST)
            cloth.disc(*at, 8, CREAM if step % 2 else GOLD)
    x, y = turns[-1][0] + radius, middle - 60
    for grow, fill in ((14, INK), (0, OCHRE)):
        cloth.disc(x, y, 72 + grow, fill)
        cloth.disc(x, y - 44, 52 + grow, fill)
    cloth.polygon([(x - 58, middle + 30), (x - 70, y + 8), (x + 70, y + 8), (x + 52, middle + 30)], OCHRE)
    cloth.line([(x, y - 104), (x, y - 140), (x - 20, y - 166)], CLAY, 9)
    cloth.line([(x, y - 140), (x + 20, y - 166)], CLAY, 9)
    for side in (-1, 1):
        cloth.disc(x + side * 42, y - 26, 21, INK)
        cloth.disc(x + side * 42, y - 26, 15, CREAM)
        diamond(cloth, x + side * 42, y - 26, 10, 26, INK)
        cloth.disc(x + side * 12, y - 76, 4, RUST)
    for w, h, fill in ((64, 72, RUST), (42, 46, GOLD), (20, 22, INK)):
        diamond(cloth, x, y + 26, w, h, fill)
    for y in (0, 675 - 40):
        cloth.box(0, y, 1200, 40, CLAY)
    teeth(cloth, 40, 32, 50, CREAM)
    teeth(cloth, 635, 32, 50, CREAM, down=True)
    cloth.save("courses/python-first-steps/cover.png")


def web_cover() -> None:
    """A telephone with a plain page on it, at the centre of rings that spread like a signal."""
    cloth = Cloth(1200, 675, CLAY)
    for left in range(-700, 1300, 120):
        cloth.polygon([(left, 0), (left + 60, 0), (left + 735, 675), (left + 675, 675)], "#bf4a28")
    cloth.target(600, 330, 620, [RUST, CLAY, RUST, OCHRE, CLAY, OCHRE, GOLD, OCHRE, GOLD, CREAM])
    for ring, count, size in ((527, 44, 15), (403, 34, 13), (280, 24, 11)):
        for step in range(count):
            angle = 2 * math.pi * step / count
            cloth.disc(600 + ring * math.cos(angle), 330 + ring * math.sin(angle), size, CREAM if ring != 403 else INK)
    cloth.box(452, 66, 296, 560, INK, radius=40)
    cloth.box(470, 106, 260, 470, PAPER, radius=10)
    cloth.box(565, 82, 70, 10, SKY, radius=5)
    cloth.disc(600, 601, 13, SKY)
    cloth.box(470, 106, 260, 58, LEAF, radius=10)
    cloth.box(470, 140, 260, 24, LEAF)
    cloth.box(488, 126, 120, 18, CREAM, radius=9)
    for offset in (0, 14, 28):
        cloth.box(686, 122 + offset * 0.8, 28, 5, CREAM, radius=2)
    cloth.box(488, 182, 224, 120, GOLD, radius=8)
    cloth.disc(648, 222, 24, CLAY)
    cloth.polygon([(488, 300), (556, 216), (620, 300)], LEAF)
    cloth.polygon([(570, 300), (634, 248), (690, 300)], MOSS)
    for y, w in ((322, 200), (346, 224), (370, 168)):
        cloth.box(488, y, w, 12, INK, radius=6)
    for x, fill in ((488, CLAY), (566, OCHRE), (644, LEAF)):
        cloth.box(x, 404, 68, 68, fill, radius=8)
        diamond(cloth, x + 34, 438, 40, 40, CREAM)
        diamond(cloth, x + 34, 438, 18, 18, fill)
    cloth.box(488, 500, 224, 48, INDIGO, radius=24)
    cloth.box(550, 518, 100, 12, CREAM, radius=6)
    cloth.save("courses/web-pages-that-load-fast/cover.png")


def woven_cell(cloth: Cloth, x: float, y: float, size: float, kind: int, light: str, dark: str) -> None:
    """One square of the strip-woven cloth; ``kind`` picks its motif."""
    cloth.box(x, y, size, size, dark)
    middle = (x + size / 2, y + size / 2)
    if kind == 0:
        for stripe in range(3):
            cloth.box(x + size * (0.1 + 0.3 * stripe), y, size * 0.16, size, light)
    elif kind == 1:
        diamond(cloth, *middle, size, size, light)
        diamond(cloth, *middle, size * 0.5, size * 0.5, dark)
    elif kind == 2:
        cloth.polygon([(x, y), (x + size, y), middle], light)
        cloth.polygon([(x, y + size), (x + size, y + size), middle], light)
    else:
        for stripe in range(3):
            cloth.box(x, y + size * (0.1 + 0.3 * stripe), size, size * 0.16, light)


def data_cover() -> None:
    """A woven cloth read as a table: one row and one column stand out, and meet in one cell."""
    cloth = Cloth(1200, 675, MOSS)
    size, row_at, column_at = 75, 3, 10
    for row in range(9):
        for column in range(16):
            light, dark = (LEAF, MOSS) if (row + column) % 2 else ("#2f8577", LEAF)
            if row == row_at:
                light, dark = (GOLD, OCHRE)
            if column == column_at:
                light, dark = (OCHRE, CLAY)
            kind = (0, 1, 3, 2)[(row + 2 * column) % 4] if (row + column) % 2 else (row % 2) * 3
            if row == row_at or column == column_at:
                kind = (1, 2)[(row + column) % 2]
            woven_cell(cloth, column * size, row * size, size, kind, light, dark)
    for at in range(17):
        cloth.box(at * size - 2, 0, 4, 675, INK)
    for at in range(10):
        cloth.box(0, at * size - 2, 1200, 4, INK)
    x, y = (column_at + 0.5) * size, (row_at + 0.5) * size
    cloth.target(x, y, 118, [INK, CREAM, INK, CLAY, GOLD, CREAM])
    for step in range(12):
        angle = 2 * math.pi * step / 12
        cloth.disc(x + 88 * math.cos(angle), y + 88 * math.sin(angle), 7, CLAY)
    diamond(cloth, x, y, 30, 30, INK)
    cloth.save("courses/data-with-sqlite/cover.png")


def branch(cloth: Cloth, at: Point, angle: float, length: float, width: float, tips: list[Point]) -> None:
    """Draw a branch that forks until it is thin, and collect where its twigs end."""
    end = (at[0] + length * math.cos(angle), at[1] + length * math.sin(angle))
    cloth.line([at, end], INK, width)
    cloth.disc(*end, width / 2, INK)
    if width < 9:
        tips.append(end)
        return
    for turn in (-0.48, 0.42):
        branch(cloth, end, angle + turn, length * 0.74, width * 0.62, tips)


def school_hero() -> None:
    """A baobab before a low sun, over bands of printed cloth."""
    cloth = Cloth(1200, 675, GOLD)
    cloth.target(600, 420, 900, [OCHRE, GOLD, OCHRE, GOLD, "#efb856", GOLD, OCHRE, CLAY, OCHRE, CREAM])
    tips: list[Point] = []
    cloth.polygon([(476, 520), (512, 450), (508, 330), (540, 296), (660, 296), (692, 330), (688, 450), (724, 520)], INK)
    for x, angle, length, width in (
        (534, -2.72, 112, 50),
        (576, -1.92, 88, 48),
        (624, -1.22, 88, 48),
        (666, -0.42, 112, 50),
    ):
        branch(cloth, (x, 322), angle, length, width, tips)
    for number, tip in enumerate(tips):
        cloth.target(*tip, 25, ([MOSS, LEAF, GOLD], [LEAF, MOSS, CREAM], [MOSS, LEAF, CLAY])[number % 3])
    for top, fill in ((508, LEAF), (556, CLAY), (612, INDIGO)):
        cloth.box(0, top, 1200, 170, fill)
    teeth(cloth, 556, 30, 60, MOSS)
    for x in range(30, 1200, 60):
        diamond(cloth, x, 584, 44, 36, GOLD)
        diamond(cloth, x, 584, 20, 16, RUST)
    teeth(cloth, 612, 24, 40, SKY, down=True)
    for x in range(20, 1200, 40):
        cloth.disc(x, 656, 8, CREAM)
    cloth.save("images/hero.png")
