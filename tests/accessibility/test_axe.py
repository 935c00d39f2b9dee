"""axe-core finds nothing on any page, light or dark; nothing needs to be scrolled sideways on a small phone."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.accessibility.rooms import Rooms

pytestmark = pytest.mark.browser

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
PHONE = 360

VISITORS = """home home-french catalogue empty-search course free-preview closed-lesson-403 learning-paths learning-path
    instructor certificate-valid certificate-revoked certificate-unknown certificate-search log-in sign-up reset
    reset-sent reset-link-used-up verify-first verify-link-used-up unsubscribe 404 course-for-sale bundle cart-empty
    plans gift gift-unknown course-search-in-vain""".split()
LEARNERS = """course-begun course-finished lesson real-lesson quiz quiz-taking review-failed review-partly-right
    learning-path-begun dashboard profile notices notices-choices e-mail password password-again second-factor
    second-factor-set-up log-out 403 course-to-buy cart checkout pay waiting-for-prompt waiting-for-page
    waiting-for-transfer waiting-for-wallet payment-failed order-unpaid order-paid orders refund subscriptions
    subscription earnings wishlist video-watched video-unwatched course-videos my-notes lesson-talked-about
    lesson-comment-changed lesson-comment-reported course-search""".split()
#: Those that stand in Arabic too, from right to left.
VISITORS += [f"arabic-{name}" for name in VISITORS if name not in ("home-french", "course-for-sale")]
LEARNERS += [
    f"arabic-{name}" for name in LEARNERS if name not in ("course-finished", "course-to-buy", "real-lesson", "403")
]
every_page = pytest.mark.parametrize(
    ("who", "name"), [*(("visitor", name) for name in VISITORS), *(("learner", name) for name in LEARNERS)]
)
both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


def violations(page: Page) -> list[str]:
    """What axe finds on a page, one line an element: rule, place, why."""
    page.evaluate(AXE.read_text(encoding="utf-8"))  # not as a script element: the site's CSP would refuse that
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run(document)).violations")
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def test_every_page_is_looked_at(rooms: Rooms) -> None:
    assert sorted(VISITORS) == sorted(rooms.gallery.visitor)
    assert sorted(LEARNERS) == sorted(rooms.gallery.learner)


@both_schemes
@every_page
def test_axe_finds_nothing(rooms: Rooms, who: str, name: str, scheme: str) -> None:
    page = rooms.open(name, who, scheme)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    assert violations(page) == []


@every_page
def test_language_and_direction_are_the_pages_own(rooms: Rooms, who: str, name: str) -> None:
    page = rooms.open(name, who)
    language, direction = page.evaluate("[document.documentElement.lang, getComputedStyle(document.body).direction]")
    expected = ("ar", "rtl") if name.startswith("arabic-") else ("fr" if name == "home-french" else "en", "ltr")
    assert (language, direction) == expected


@every_page
def test_no_sideways_scrolling_on_a_small_phone(rooms: Rooms, who: str, name: str) -> None:
    page = rooms.open(name, who, width=PHONE)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE, too_wide(page)


def too_wide(page: Page) -> list[str]:
    """Elements that stand out of the window, innermost last."""
    return page.evaluate(
        """(width) => [...document.querySelectorAll("main *, header *, footer *")]
            .filter((element) => {
                const box = element.getBoundingClientRect();
                return box.right > width + 1 || box.left < -1;
            })
            .map((element) => `${element.localName}.${element.className}`)""",
        PHONE,
    )


@both_schemes
@pytest.mark.parametrize(
    "name",
    ["form-with-errors", "expired-form", "open-menu", "open-lessons", "answered-check", "player", "player-on-a-phone"],
)
def test_axe_finds_nothing_in_states_of_a_page(rooms: Rooms, name: str, scheme: str) -> None:
    assert violations(STATES[name](rooms, scheme)) == []


def form_with_errors(rooms: Rooms, scheme: str) -> Page:
    page = rooms.open("sign-up", "visitor", scheme)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    page.wait_for_selector(".errorlist")
    return page


def expired_form(rooms: Rooms, scheme: str) -> Page:
    page = rooms.open("log-in", "visitor", scheme)
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').remove()")
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="This form has expired").wait_for()
    return page


def open_menu(rooms: Rooms, scheme: str) -> Page:
    page = rooms.page("visitor", scheme, PHONE)
    page.goto(rooms.gallery.school + "/en/")
    page.get_by_role("button", name="Menu", exact=True).click()
    page.locator("#menu").get_by_role("link", name="Courses").wait_for()
    return page


def open_lessons(rooms: Rooms, scheme: str) -> Page:
    page = rooms.open("lesson", "learner", scheme, PHONE)
    page.get_by_role("button", name="Lessons").click()
    page.locator("#lessons").get_by_role("link").first.wait_for()
    return page


def answered_check(rooms: Rooms, scheme: str) -> Page:
    page = rooms.open("lesson", "learner", scheme)
    place = page.locator("self-check").first
    place.get_by_role("radio").first.check()
    place.get_by_role("button", name="Check").click()
    place.locator(".verdict").wait_for()
    return page


def player(rooms: Rooms, scheme: str, width: int = 1280) -> Page:
    """The player with its settings open, and what it says when it can't play."""
    page = rooms.open("lesson", "learner", scheme, width)
    page.locator(".v-start").click()
    stage = page.locator(".v-stage.v-ready")
    stage.get_by_role("alert").wait_for()
    stage.get_by_role("button", name="Settings").click()
    stage.get_by_role("radio", name="Automatic").wait_for()
    return page


def player_on_a_phone(rooms: Rooms, scheme: str) -> Page:
    return player(rooms, scheme, PHONE)


STATES = {
    "player": player,
    "player-on-a-phone": player_on_a_phone,
    "form-with-errors": form_with_errors,
    "expired-form": expired_form,
    "open-menu": open_menu,
    "open-lessons": open_lessons,
    "answered-check": answered_check,
}
