"""The transcript speaks the language of the captions, or the one that is chosen beside it; without a script, too."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import OpenContext
from tests.journeys.films import SAID, SAID_IN_ARABIC, lesson_with, make_film
from tests.journeys.school import School
from tests.journeys.steps import bring_in
from videos.models import Video

pytestmark = pytest.mark.browser

Device = Callable[..., Page]


@pytest.fixture
def film(school: School) -> Video:
    """With captions in English and Arabic."""
    return make_film(school.people["instructor"])


@pytest.fixture
def device(school: School, film: Video, open_context: OpenContext) -> Device:
    """Opens a browser of its own in which the learner is logged in, at the lesson."""
    lesson = lesson_with(film, school.people["learner"])

    def open_lesson(**options: Any) -> Page:
        context = open_context(**options)
        bring_in(context, school.url, school.people["learner"])
        page = context.new_page()
        page.goto(school + lesson.get_url())
        return page

    return open_lesson


def test_follows_the_captions_and_can_be_chosen_by_itself(device: Device) -> None:
    page = device()
    page.locator("lesson-video").evaluate("one => one.load(true)")
    lines = page.locator(".v-lines")
    expect(lines).to_contain_text(SAID[0])
    stage = page.locator(".v-stage")
    stage.hover()
    stage.get_by_role("button", name="Captions", exact=True).click()
    stage.get_by_role("radio", name="العربيّة").check()
    expect(lines).to_contain_text(SAID_IN_ARABIC[0])
    expect(lines).to_have_attribute("dir", "rtl")
    page.locator(".v-transcript").get_by_role("searchbox").fill("النحل")
    expect(page.locator(".v-transcript mark")).to_have_text("النحل")
    page.locator(".v-languages").get_by_role("link", name="English").click()
    expect(lines).to_contain_text(SAID[0])
    expect(lines).to_have_attribute("lang", "en")
    page.locator(".v-transcript").get_by_role("searchbox").fill("")
    lines.get_by_text(SAID[2]).click()
    page.wait_for_function("() => document.querySelector('video').currentTime >= 8")


def test_closed_one_speaks_it_when_it_is_opened(device: Device) -> None:
    page = device(viewport={"width": 360, "height": 740})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("lesson-video").evaluate("one => one.load(true)")
    page.locator(".v-stage.v-ready").wait_for()
    stage = page.locator(".v-stage")
    stage.hover()
    stage.get_by_role("button", name="Captions", exact=True).click()
    stage.get_by_role("radio", name="العربيّة").check()
    assert not [url for url in asked if "captions=ar" in url]
    # The press closes the panel and does what it was for, though the page moves when the panel goes.
    page.get_by_text("Transcript", exact=True).click()
    expect(page.locator(".v-lines")).to_contain_text(SAID_IN_ARABIC[1])
    expect(stage.get_by_role("group", name="Captions", exact=True)).to_be_hidden()


def test_without_a_script_a_link_leads_to_it(device: Device) -> None:
    page = device(java_script_enabled=False)
    page.get_by_text("Transcript", exact=True).click()
    page.locator(".v-languages").get_by_role("link", name="العربيّة").click()
    expect(page.locator(".v-lines")).to_contain_text(SAID_IN_ARABIC[2])
    expect(page.locator(".v-lines")).to_be_visible()
