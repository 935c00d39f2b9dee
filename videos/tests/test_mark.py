"""Names as pictures: every script, and signs that mean something to programs, are drawn as they are."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from videos.processing import mark
from videos.processing.mark import MarkNotPossible, draw_mark

ZWNJ = "\u200c"


def drawn(folder: Path, text: str, width: int = 640, height: int = 360) -> Image.Image:
    """The picture of a text."""
    path = folder / "mark.png"
    assert draw_mark(text, width, height, path) is True
    with Image.open(path) as opened:
        return opened.convert("RGBA")


def is_same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox(alpha_only=False) is None


def test_letters_are_light_with_dark_edges_and_let_the_film_through(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "Amina Kouyaté")
    seen = {picture.getpixel((x, y)) for x in range(picture.width) for y in range(picture.height)}
    assert (255, 255, 255, 107) in seen
    assert any(sum(rgb) == 0 and alpha == 107 for *rgb, alpha in seen)  # type: ignore[misc]
    assert max(alpha for *_rgb, alpha in seen) == 107  # type: ignore[misc]
    assert picture.getpixel((0, 0)) == (0, 0, 0, 0)
    assert (picture.width % 2, picture.height % 2) == (0, 0)


def test_arabic_letters_are_joined(tmp_path: Path) -> None:
    name = "محمد"
    joined, apart = drawn(tmp_path, name), drawn(tmp_path, ZWNJ.join(name))
    assert joined.width < apart.width


def test_arabic_goes_from_right_to_left_beside_latin(tmp_path: Path) -> None:
    # The same letters typed in the other order are another picture; their sum is as wide.
    assert not is_same(drawn(tmp_path, "آمنة طاهر"), drawn(tmp_path, "طاهر آمنة"))
    first = drawn(tmp_path, "ا ل")  # alef, the narrow one, is read first and so stands at the right
    half = first.width // 2
    ink = [first.crop(box).getchannel("A").getbbox() for box in ((0, 0, half, first.height), (half, 0, *first.size))]
    assert ink[0] is not None
    assert ink[1] is not None
    assert ink[0][2] - ink[0][0] > ink[1][2] - ink[1][0]


@pytest.mark.parametrize("name", ["አማና", "ߞߏ", "ⵣⵉⵔⵉ", "Нина", "Ελένη", "𞤀𞤣𞤤𞤢𞤥"])
def test_other_scripts_have_letters_and_no_boxes(name: str, tmp_path: Path) -> None:
    boxes = drawn(tmp_path, "\U0010fffd" * len(name))
    assert not is_same(drawn(tmp_path, name), boxes)


@pytest.mark.parametrize(
    "text",
    "%{pts} %{localtime} {\\an8} a\\nb a:b=c,d;e[f] ' \" <b>bold</b> &amp; $(id) \\ -i".split(),
)
def test_signs_that_mean_something_to_programs_are_drawn(text: str, tmp_path: Path) -> None:
    longer, shorter = drawn(tmp_path, f"x{text}x"), drawn(tmp_path, f"x{text[1:]}x")
    assert longer.width > shorter.width


def test_markup_changes_nothing(tmp_path: Path) -> None:
    # Were it read as markup, there would be one letter in another font, and no brackets.
    assert drawn(tmp_path, "<b>x</b>").width > 4 * drawn(tmp_path, "x").width


def test_line_breaks_are_spaces(tmp_path: Path) -> None:
    assert is_same(drawn(tmp_path, "Amina\nBello\t\r\n"), drawn(tmp_path, "Amina Bello"))


@pytest.mark.parametrize(("width", "height"), [(256, 144), (144, 256), (1280, 720), (16, 16)])
def test_a_long_name_goes_on_in_other_lines_and_leaves_half_of_the_picture(
    width: int, height: int, tmp_path: Path
) -> None:
    picture = drawn(tmp_path, "W" * 120, width, height)
    assert picture.width <= width * 0.9 + 6
    if height >= 144:
        assert picture.height <= height * 0.5 + 6


def test_what_leaves_no_ink_is_said(tmp_path: Path) -> None:
    for nothing in ("", "   ", "\u200b\u200b", "\u2800"):
        assert draw_mark(nothing, 640, 360, tmp_path / "mark.png") is False
    assert list(tmp_path.iterdir()) == []


def test_without_pango_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark._libraries.cache_clear()
    monkeypatch.setattr(mark.ctypes, "CDLL", lambda _name: (_ for _ in ()).throw(OSError("no such library")))
    with pytest.raises(MarkNotPossible):
        draw_mark("Amina", 640, 360, tmp_path / "mark.png")
    mark._libraries.cache_clear()
