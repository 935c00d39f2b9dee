"""In Arabic the page runs from right to left, and what is no Arabic keeps its own way inside it."""

import pytest
from playwright.sync_api import Page

from tests.accessibility.rooms import Rooms

pytestmark = pytest.mark.browser

#: Distance of an element's middle from the left edge, as a share of the window's width.
PLACE = """selector => {
    const box = document.querySelector(selector).getBoundingClientRect();
    return (box.left + box.width / 2) / window.innerWidth;
}"""


def directions(page: Page, selector: str) -> set[str]:
    """The directions of all elements that a selector finds; fails when there are none."""
    found = page.eval_on_selector_all(selector, "all => all.map((one) => getComputedStyle(one).direction)")
    assert found, selector
    return set(found)


@pytest.mark.parametrize("selector", ["pre", "code", "math", "kbd", "input[inputmode=decimal]"])
def test_code_formulas_and_numbers_stay_left_to_right(rooms: Rooms, selector: str) -> None:
    page = rooms.open("arabic-lesson", "learner")
    assert directions(page, f"article {selector}") == {"ltr"}


@pytest.mark.parametrize(("name", "selector"), [("log-in", "[type=email]"), ("certificate-search", "main #number")])
def test_fields_for_addresses_and_numbers_too(rooms: Rooms, name: str, selector: str) -> None:
    page = rooms.open(f"arabic-{name}", "visitor")
    assert directions(page, selector) == {"ltr"}
    assert page.eval_on_selector(selector, "field => getComputedStyle(field).textAlign") == "end"


def test_the_page_is_mirrored(rooms: Rooms) -> None:
    english = rooms.open("lesson", "learner")
    places = {selector: english.evaluate(PLACE, selector) for selector in (".brand", ".drawer", ".menu .end")}
    arabic = rooms.open("arabic-lesson", "learner")
    for selector, place in places.items():
        assert arabic.evaluate(PLACE, selector) == pytest.approx(1 - place, abs=0.05), selector


def test_arrows_point_onwards(rooms: Rooms) -> None:
    turned = "one => getComputedStyle(one).transform"
    assert rooms.open("course-begun", "learner").eval_on_selector("main .icon-turns", turned) == "none"
    page = rooms.open("arabic-course-begun", "learner")
    assert page.eval_on_selector("main .icon-turns", turned) == "matrix(-1, 0, 0, 1, 0, 0)"


def test_arrow_keys_go_where_they_point(rooms: Rooms) -> None:
    page = rooms.open("arabic-lesson", "learner")
    following = page.locator('.neighbours a[rel="next"]').get_attribute("href")
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**{following}")


def test_arabic_letters_get_room_and_no_slant(rooms: Rooms) -> None:
    page = rooms.open("arabic-lesson", "learner")
    body = page.evaluate(
        "[parseFloat(getComputedStyle(document.body).lineHeight), parseFloat(getComputedStyle(document.body).fontSize)]"
    )
    assert body[0] / body[1] == pytest.approx(1.8, abs=0.01)
    assert page.eval_on_selector(".prose i", "one => getComputedStyle(one).fontStyle") == "normal"
    fonts = page.evaluate("getComputedStyle(document.body).fontFamily")
    assert "Noto Naskh Arabic" in fonts
    assert page.evaluate("[...document.fonts].length") == 0  # no web font
