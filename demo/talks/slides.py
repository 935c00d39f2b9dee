"""Draws the slides of a talk, one picture for each sentence."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from demo.drawing.cloth import CLAY, CREAM, GOLD, INDIGO, INK, OCHRE, PAPER
from demo.talks.script import Slide, Talk

__all__ = ["SIZE", "draw"]

SIZE = (1280, 720)
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts")


def draw(talk: Talk, slide: Slide, number: int, shown: int) -> Image.Image:
    """Return slide ``number`` (from 1) with its first ``shown`` lines uncovered."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    _border(pen)
    pen.text((96, 70), talk.title, font=_font(26), fill=CLAY)
    pen.text((96, 112), slide.title, font=_font(58, bold=True), fill=INK)
    box = (96, 240, 1184, 590)
    if slide.is_code:
        pen.rounded_rectangle(box, 18, fill=INK)
    for index, line in enumerate(slide.lines[:shown]):
        top = 275 + index * 96
        is_new = index == shown - 1
        if slide.is_code:
            pen.text((136, top), line, font=_font(36, mono=True), fill=GOLD if is_new else CREAM)
        else:
            pen.ellipse((100, top + 14, 128, top + 42), fill=CLAY if is_new else OCHRE)
            pen.text((156, top), line, font=_font(44, bold=is_new), fill=INDIGO)
    part = 1088 * (number - 1 + shown / max(len(slide.lines), 1)) / len(talk.slides)
    pen.rounded_rectangle((96, 640, 1184, 652), 6, fill=CREAM)
    pen.rounded_rectangle((96, 640, 96 + max(part, 12), 652), 6, fill=CLAY)
    return image


def _border(pen: ImageDraw.ImageDraw) -> None:
    """Triangles down the left edge, as on the covers."""
    for index in range(12):
        top = index * 60
        pen.polygon([(0, top), (56, top + 30), (0, top + 60)], fill=(INDIGO, OCHRE, CLAY)[index % 3])


@cache
def _font(size: int, *, bold: bool = False, mono: bool = False) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    names = ["NotoSansMono-Regular.ttf", "DejaVuSansMono.ttf"] if mono else []
    names += ["NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf"] if bold else ["NotoSans-Regular.ttf", "DejaVuSans.ttf"]
    for name in names:
        for folder in _FONTS:
            found = next(Path(folder).rglob(name), None) if Path(folder).is_dir() else None
            if found:
                return ImageFont.truetype(str(found), size)
    return ImageFont.load_default(size)
