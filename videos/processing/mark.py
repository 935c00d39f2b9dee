"""Writes who a copy is for as a picture, to be laid over a film: any script, any signs, as they are.

Pango shapes and orders the words (Arabic joined and from right to left, a Latin name beside it the other way) and
takes each letter from a font that has it, as for certificates. ffmpeg's own ``drawtext`` knows one font, and a language
of its own in what it is given; here a text is never anything but a text.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter, ImageOps

__all__ = ["MarkNotPossible", "draw_mark"]

_FONT = b"Noto Sans, DejaVu Sans, sans-serif Bold"
#: Height of the letters as a share of the picture's shorter side; no smaller than can be read, if there is room.
_LETTERS = 0.055
_LEAST_LETTERS, _TINIEST = 11, 6
#: Shares of the picture that a mark takes at most: longer words go on in another line, then become smaller.
_WIDEST, _HIGHEST = 0.9, 0.5
#: How much of a mark is seen: enough to read, too little to disturb.
_OPACITY = 0.42
_PANGO_SCALE = 1024
_WRAP_WORD_CHAR = 2
_GRAY = 2  #: FT_PIXEL_MODE_GRAY
_CREATED_BY_US = (
    ("pangoft2", "pango_ft2_font_map_new", ctypes.c_void_p, ()),
    ("pango", "pango_font_map_create_context", ctypes.c_void_p, (ctypes.c_void_p,)),
    ("pango", "pango_layout_new", ctypes.c_void_p, (ctypes.c_void_p,)),
)


class MarkNotPossible(Exception):
    """Pango is not on this machine."""


class _Rectangle(ctypes.Structure):
    """``PangoRectangle``."""

    _fields_ = tuple((name, ctypes.c_int) for name in ("x", "y", "width", "height"))


class _Bitmap(ctypes.Structure):
    """``FT_Bitmap``."""

    _fields_ = (
        ("rows", ctypes.c_uint),
        ("width", ctypes.c_uint),
        ("pitch", ctypes.c_int),
        ("buffer", ctypes.c_void_p),
        ("num_grays", ctypes.c_ushort),
        ("pixel_mode", ctypes.c_ubyte),
        ("palette_mode", ctypes.c_ubyte),
        ("palette", ctypes.c_void_p),
    )


def draw_mark(text: str, width: int, height: int, target: Path) -> bool:
    """Write ``text`` as a PNG with a see-through ground, for a film of so many dots; says whether there is any ink.

    White letters with dark edges, so that they show on snow and at night.

    Raises:
        MarkNotPossible: Pango is missing.
    """
    line = " ".join(text.split())
    letters = max(_LEAST_LETTERS, round(min(width, height) * _LETTERS))
    ink = _drawn(line, letters, round(width * _WIDEST))
    while ink is not None and ink.height > height * _HIGHEST and letters > _TINIEST:
        letters -= 1
        ink = _drawn(line, letters, round(width * _WIDEST))
    if ink is None:
        return False
    edge = 2 if letters > 24 else 1
    mask = ImageOps.expand(ink, edge + 1)
    dark = mask.filter(ImageFilter.MaxFilter(2 * edge + 1))
    seen = dark.point([round(value * _OPACITY) for value in range(256)])
    # Overlaid where colours have half as many dots: even sides.
    picture = Image.merge("RGBA", (mask, mask, mask, seen))
    even = (mask.width + mask.width % 2, mask.height + mask.height % 2)
    sheet = Image.new("RGBA", even)
    sheet.paste(picture)
    sheet.save(target, "PNG")
    return True


def _drawn(line: str, letters: int, widest: int) -> Image.Image | None:
    """The letters as light on dark, cut to what is drawn; None where nothing is."""
    with _layout() as (pango, pangoft2, layout):
        font = pango.pango_font_description_from_string(_FONT)
        pango.pango_font_description_set_absolute_size(font, float(letters * _PANGO_SCALE))
        pango.pango_layout_set_font_description(layout, font)
        pango.pango_font_description_free(font)
        pango.pango_layout_set_width(layout, widest * _PANGO_SCALE)
        pango.pango_layout_set_wrap(layout, _WRAP_WORD_CHAR)
        data = line.encode("utf-8", "replace")
        pango.pango_layout_set_text(layout, data, len(data))
        ink, logical = _Rectangle(), _Rectangle()
        pango.pango_layout_get_pixel_extents(layout, ctypes.byref(ink), ctypes.byref(logical))
        if ink.width < 1 or ink.height < 1:
            return None
        dots = (ctypes.c_ubyte * (ink.width * ink.height))()
        bitmap = _Bitmap(ink.height, ink.width, ink.width, ctypes.cast(dots, ctypes.c_void_p), 256, _GRAY, 0, None)
        pangoft2.pango_ft2_render_layout(ctypes.byref(bitmap), layout, -ink.x, -ink.y)
    found = Image.frombytes("L", (ink.width, ink.height), bytes(dots))
    return found if found.getbbox() else None


@contextmanager
def _layout() -> Iterator[tuple[Any, Any, Any]]:
    libraries = _libraries()
    made: list[Any] = []
    try:
        for library, name, _result, takes in _CREATED_BY_US:
            made.append(getattr(libraries[library], name)(*made[-1:] if takes else ()))
        libraries["pangoft2"].pango_ft2_font_map_set_resolution(made[0], 72.0, 72.0)
        yield libraries["pango"], libraries["pangoft2"], made[-1]
    finally:
        for thing in reversed(made):
            libraries["gobject"].g_object_unref(thing)


@lru_cache(maxsize=1)
def _libraries() -> dict[str, Any]:
    """Pango as C programs see it, with what its functions take and give.

    Raises:
        MarkNotPossible: it isn't here.
    """
    pointer, number, real = ctypes.c_void_p, ctypes.c_int, ctypes.c_double
    rectangle = ctypes.POINTER(_Rectangle)
    functions = (
        *_CREATED_BY_US,
        ("gobject", "g_object_unref", None, (pointer,)),
        ("pangoft2", "pango_ft2_font_map_set_resolution", None, (pointer, real, real)),
        ("pangoft2", "pango_ft2_render_layout", None, (ctypes.POINTER(_Bitmap), pointer, number, number)),
        ("pango", "pango_font_description_from_string", pointer, (ctypes.c_char_p,)),
        ("pango", "pango_font_description_set_absolute_size", None, (pointer, real)),
        ("pango", "pango_font_description_free", None, (pointer,)),
        ("pango", "pango_layout_set_font_description", None, (pointer, pointer)),
        ("pango", "pango_layout_set_width", None, (pointer, number)),
        ("pango", "pango_layout_set_wrap", None, (pointer, number)),
        ("pango", "pango_layout_set_text", None, (pointer, ctypes.c_char_p, number)),
        ("pango", "pango_layout_get_pixel_extents", None, (pointer, rectangle, rectangle)),
    )
    libraries = {name: _library(name) for name in ("gobject", "pango", "pangoft2")}
    try:
        for library, name, gives, takes in functions:
            function = getattr(libraries[library], name)
            function.restype, function.argtypes = gives, takes
    except AttributeError as error:
        raise MarkNotPossible(str(error)) from error
    return libraries


def _library(name: str) -> ctypes.CDLL:
    """A library by the name that Debian gives it, else by whatever the linker knows."""
    version = "2.0" if name == "gobject" else "1.0"
    for found in (f"lib{name}-{version}.so.0", find_library(f"{name}-{version}")):
        try:
            if found:
                return ctypes.CDLL(found)
        except OSError:
            continue
    raise MarkNotPossible(f"{name} is missing")
