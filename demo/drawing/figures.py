"""The figures inside lessons: diagrams, a chart, a map. Words in them are given by the caller."""

from __future__ import annotations

from collections.abc import Sequence

from demo.drawing.cloth import CLAY, CREAM, GOLD, INDIGO, INK, LEAF, OCHRE, PAPER, SKY, Cloth, Point, diamond


def program_steps(words: Sequence[str], names: Sequence[str], *, mirrored: bool = False) -> None:
    """Boxes joined by arrows: what goes in, the instructions in order, what comes out."""
    cloth = Cloth(900, 330, CREAM, mirrored=mirrored)
    title_in, title_middle, title_out, *labels = words
    for x, w, title, fill in ((30, 210, title_in, OCHRE), (315, 270, title_middle, LEAF), (660, 210, title_out, CLAY)):
        cloth.box(x, 40, w, 250, PAPER, radius=18, edge=fill)
        cloth.box(x, 40, w, 56, fill, radius=18)
        cloth.box(x, 70, w, 26, fill)
        cloth.text(x + w / 2, 68, title, 24, INK if fill == OCHRE else PAPER)
    cloth.text(135, 190, labels[0], 23, face="Regular")
    for step, label in enumerate(labels[1:4]):
        y = 134 + step * 54
        cloth.disc(348, y, 18, INK)
        cloth.text(348, y, str(step + 1), 20, PAPER)
        cloth.text(376, y, label, 21, anchor="lm", face="Regular")
    cloth.text(765, 190, labels[4], 23, face="Regular")
    cloth.arrow((246, 190), (309, 190))
    cloth.arrow((591, 190), (654, 190))
    cloth.save(*names)


def variable_boxes(labels: Sequence[str], caption: str, names: Sequence[str]) -> None:
    """Three labelled boxes, each holding one value."""
    cloth = Cloth(900, 320, CREAM)
    for number, (label, value, fill) in enumerate(zip(labels, ("350", "4", "1400"), (OCHRE, LEAF, CLAY), strict=True)):
        x = 26 + number * 302
        cloth.polygon([(x, 110), (x + 24, 88), (x + 224, 88), (x + 200, 110)], INK)
        cloth.polygon([(x + 200, 110), (x + 224, 88), (x + 224, 228), (x + 200, 250)], INDIGO)
        cloth.box(x, 110, 200, 140, fill)
        cloth.box(x + 30, 140, 140, 80, PAPER, radius=10)
        cloth.text(x + 100, 180, value, 40)
        cloth.box(x + 20, 34, 180, 42, PAPER, radius=21, edge=INK)
        cloth.text(x + 110, 54, label, 23)
    for x, sign in ((289, "×"), (591, "=")):
        cloth.text(x, 176, sign, 46)
    cloth.text(450, 288, caption, 22, face="Regular")
    cloth.save(*names)


def fee_decision(words: Sequence[str], names: Sequence[str], *, mirrored: bool = False) -> None:
    """A flow of two questions that ends in one of three fees."""
    cloth = Cloth(900, 480, CREAM, mirrored=mirrored)
    yes, no, first, second, *fees = words
    for x, question in ((150, first), (450, second)):
        diamond(cloth, x, 140, 240, 170, INK)
        diamond(cloth, x, 140, 228, 162, GOLD)
        cloth.text(x, 140, question, 22)
    for x, fee, fill in ((150, fees[0], LEAF), (450, fees[1], OCHRE), (740, fees[2], CLAY)):
        cloth.box(x - 110, 340, 220, 90, fill, radius=18)
        cloth.text(x, 385, fee, 25, INK if fill == OCHRE else PAPER)
    cloth.arrow((268, 140), (330, 140))
    for x in (150, 450):
        cloth.arrow((x, 226), (x, 334))
        cloth.text(x + 14, 280, yes, 22, anchor="lm")
    cloth.line([(568, 140), (740, 140)], INK, 4)
    cloth.arrow((740, 138), (740, 334))
    cloth.text(650, 116, no, 22)
    cloth.text(298, 112, no, 22)
    cloth.save(*names)


def rainfall_bars(months: Sequence[str], names: Sequence[str]) -> None:
    """Rain in millimetres for the twelve months used in the lesson, under a short name of each month."""
    cloth = Cloth(900, 420, CREAM)
    rain = (0, 2, 10, 35, 80, 130, 190, 240, 150, 60, 8, 0)
    for value in (0, 50, 100, 150, 200, 250):
        y = 350 - value * 1.2
        cloth.box(80, y - 1, 790, 2, "#e3d3b4")
        cloth.text(68, y, str(value), 18, anchor="rm", face="Regular")
    for month, (value, initial) in enumerate(zip(rain, months, strict=True)):
        x = 96 + month * 65
        height = value * 1.2
        cloth.box(x, 350 - height, 44, height + 1, LEAF if value < 100 else INDIGO)
        cloth.text(x + 22, 378, initial, 22)
        if value:
            cloth.text(x + 22, 350 - height - 14, str(value), 17)
    cloth.box(80, 349, 790, 3, INK)
    cloth.text(34, 30, "mm", 20, anchor="lm")
    cloth.save(*names)


def water_map(school: str, north: str, names: Sequence[str]) -> None:
    """The map of the last Python project: a grid of 100 m, a school at (0, 0) and five water points."""
    cloth = Cloth(900, 600, "#f3e6c6")
    left, floor, step = 120, 500, 75

    def place(x: float, y: float) -> Point:
        return left + x / 100 * step, floor - y / 100 * step

    for at in range(10):
        cloth.box(left + at * step - 1, 40, 2, floor - 40, "#dcc99c")
        cloth.text(left + at * step, floor + 26, str(at * 100), 17, face="Regular")
    for at in range(7):
        cloth.box(left, floor - at * step - 1, 9 * step, 2, "#dcc99c")
        if at:
            cloth.text(left - 16, floor - at * step, str(at * 100), 17, anchor="rm", face="Regular")
    cloth.line([place(0, 380), place(250, 340), place(480, 420), place(700, 560), place(760, 600)], "#8fb7cf", 16)
    cloth.line([place(0, 0), place(300, 140), place(620, 180), place(900, 260)], "#d3a66b", 10)
    for letter, east, north_of, works in (
        ("A", 300, 400, True),
        ("B", 120, 160, False),
        ("C", 600, 250, True),
        ("D", 400, 80, True),
        ("E", 800, 500, False),
    ):
        x, y = place(east, north_of)
        # Broken points differ in shape too, for those who can't tell red from green.
        if works:
            cloth.disc(x, y, 22, INK)
            cloth.disc(x, y, 18, LEAF)
        else:
            cloth.box(x - 21, y - 21, 42, 42, INK)
            cloth.box(x - 17, y - 17, 34, 34, CLAY)
        cloth.text(x, y - 1, letter, 22, PAPER)
    x, y = place(0, 0)
    cloth.polygon([(x - 26, y - 12), (x, y - 40), (x + 26, y - 12)], CLAY)
    cloth.box(x - 20, y - 12, 40, 28, INK)
    cloth.text(x + 22, y - 54, school, 21, anchor="lm")
    cloth.arrow((852, 110), (852, 50))
    cloth.text(852, 128, north, 20)
    cloth.text(left + 4.5 * step, floor + 62, "x (m)", 19)
    cloth.text(44, 250, "y (m)", 19)
    cloth.save(*names)


def waterfall(picture: str, waiting: str, downloading: str, names: Sequence[str]) -> None:
    """When each file of a small page starts and ends: files wait for the page that names them.

    Args:
        picture: name of the largest file.
    """
    cloth = Cloth(900, 400, CREAM)
    for second in range(9):
        x = 220 + second * 80
        cloth.box(x, 50, 2, 290, "#e3d3b4")
        cloth.text(x, 366, f"{second} s", 18, face="Regular")
    rows = (
        ("index.html", 0.0, 1.2, 1.6),
        ("style.css", 1.6, 2.2, 3.0),
        ("menu.js", 1.6, 2.2, 4.6),
        (picture, 1.6, 2.2, 7.8),
    )
    for number, (name, start, answer, end) in enumerate(rows):
        y = 66 + number * 70
        cloth.text(204, y + 20, name, 20, anchor="rm")
        cloth.box(220 + start * 80, y, (answer - start) * 80, 40, GOLD)
        cloth.box(220 + answer * 80, y, (end - answer) * 80, 40, (LEAF, INDIGO, OCHRE, CLAY)[number])
    cloth.box(640, 62, 24, 18, GOLD)
    cloth.text(674, 71, waiting, 18, anchor="lm", face="Regular")
    for step, fill in enumerate((LEAF, INDIGO, OCHRE, CLAY)):
        cloth.box(640 + step * 6, 92, 6, 18, fill)
    cloth.text(674, 101, downloading, 18, anchor="lm", face="Regular")
    cloth.save(*names)


def weight_bars(parts: Sequence[tuple[str, int]], unit: str, names: Sequence[str]) -> None:
    """What a page weighs, part by part, in kilobytes; ``unit`` is their short name."""
    top = max(weight for _label, weight in parts)
    cloth = Cloth(900, 100 + 62 * len(parts), CREAM)
    for number, (label, weight) in enumerate(parts):
        y = 50 + number * 62
        cloth.text(216, y + 20, label, 21, anchor="rm")
        cloth.box(232, y, max(4, 520 * weight / top), 40, (LEAF, INDIGO, OCHRE, CLAY, SKY)[number % 5], radius=4)
        cloth.text(244 + 520 * weight / top, y + 20, f"{weight} {unit}", 20, anchor="lm", face="Regular")
    cloth.save(*names)


def table_parts(
    title: str, head: Sequence[str], goods: Sequence[str], row: str, column: str, names: Sequence[str]
) -> None:
    """A table with one row and one column marked.

    Args:
        goods: three products.
        row: the word for a row; ``column`` the one for a column.
    """
    cloth = Cloth(900, 400, CREAM)
    widths, left, top = (90, 170, 190, 120, 170), 40, 70
    tomato, onion, cassava = goods
    rows = (
        ("1", "2026-03-02", tomato, "40", "550"),
        ("2", "2026-03-02", onion, "25", "450"),
        ("3", "2026-03-02", cassava, "60", "200"),
        ("4", "2026-03-03", tomato, "35", "600"),
    )
    for number, cells in enumerate((head, *rows)):
        x = left
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            ground = INDIGO if number == 0 else GOLD if number == 2 else "#f0b9a2" if place == 2 else PAPER
            cloth.box(x, top + number * 52, width - 4, 48, ground)
            cloth.text(
                x + width / 2 - 2,
                top + number * 52 + 24,
                cell,
                20,
                PAPER if number == 0 else INK,
                face="Bold" if number == 0 else "Regular",
            )
            x += width
    cloth.arrow((830, top + 128), (784, top + 128))
    cloth.text(866, top + 128, row, 22)
    cloth.arrow((395, 370), (395, 336))
    cloth.text(395, 384, column, 22)
    cloth.text(40, 36, title, 26, anchor="lm")
    cloth.save(*names)


def join_lines(
    titles: Sequence[str], heads: Sequence[Sequence[str]], goods: Sequence[tuple[str, str]], names: Sequence[str]
) -> None:
    """Two tables and the lines along which a join pairs their rows.

    Args:
        titles: of both tables; ``heads`` their columns.
        goods: three products with their families; the first two are sold.
    """
    cloth = Cloth(900, 380, CREAM)
    tomato, onion = goods[0][0], goods[1][0]
    sales = (("1", tomato, "40"), ("2", onion, "25"), ("4", tomato, "35"))
    for title, x, widths, head, rows in (
        (titles[0], 30, (60, 150, 90), heads[0], sales),
        (titles[1], 520, (160, 190), heads[1], goods),
    ):
        cloth.text(x, 40, title, 26, anchor="lm")
        for number, cells in enumerate((head, *rows)):
            at = x
            for cell, width in zip(cells, widths, strict=True):
                cloth.box(
                    at, 70 + number * 66, width - 4, 58, INDIGO if number == 0 else GOLD if cell == tomato else PAPER
                )
                cloth.text(
                    at + width / 2 - 2,
                    99 + number * 66,
                    cell,
                    21,
                    PAPER if number == 0 else INK,
                    face="Bold" if number == 0 else "Regular",
                )
                at += width
    for start, end, fill in ((1, 1, CLAY), (2, 2, LEAF), (3, 1, CLAY)):
        cloth.line([(332, 99 + start * 66), (512, 99 + end * 66)], fill, 5)
        cloth.disc(332, 99 + start * 66, 9, fill)
        cloth.disc(512, 99 + end * 66, 9, fill)
    cloth.save(*names)
