"""Videos where little data may be used, or no script runs: what is watched counts, and so does one's word."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock
from courses.models import LessonPage
from learning.models import LessonProgress
from tests.conftest import OpenContext
from tests.journeys.films import lesson_with, make_film
from tests.journeys.school import School
from tests.journeys.steps import bring_in
from videos.models import Video, Viewer

pytestmark = pytest.mark.browser

Device = Callable[..., Page]


@pytest.fixture
def film(school: School) -> Video:
    """24 seconds."""
    return make_film(school.people["instructor"])


@pytest.fixture
def lesson(school: School, film: Video) -> LessonPage:
    """Done when a twelfth of its video is watched: two seconds."""
    page = lesson_with(film, school.people["learner"])
    LessonPage.objects.filter(pk=page.pk).update(completion_rule=LessonPage.Completion.WATCHED, watched_percent=8)
    page.refresh_from_db()
    return page


@pytest.fixture
def device(school: School, lesson: LessonPage, open_context: OpenContext) -> Device:
    """Opens a browser of its own in which the learner is logged in, at the lesson."""

    def open_lesson(**options: Any) -> Page:
        context = open_context(**options)
        bring_in(context, school.url, school.people["learner"])
        page = context.new_page()
        page.goto(school + lesson.get_url())
        return page

    return open_lesson


def test_browser_that_saves_data_reports_what_it_plays(film: Video, device: Device) -> None:
    page = device(extra_http_headers={"Save-Data": "on"})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    expect(page.get_by_role("button", name="I have watched it")).to_be_hidden()
    page.locator("video").evaluate("video => { video.muted = true; video.play(); }")
    page.wait_for_function("() => document.querySelector('video').currentTime >= 3")
    with page.expect_response("**/watched/") as answer:
        page.locator("video").evaluate("video => video.pause()")
    assert answer.value.json()["is_lesson_completed"] is True
    expect(page.locator("lesson-end")).to_contain_text("You have done this lesson.")
    viewer = Viewer.objects.get(video=film)
    assert 3 <= viewer.seen_seconds <= 5
    assert LessonProgress.objects.get().is_claimed is False
    assert not [url for url in asked if "/player/player" in url or "/player/hls" in url]


def test_moments_are_played_where_one_is_in_a_browser_that_saves_data(device: Device) -> None:
    page = device(extra_http_headers={"Save-Data": "on"})
    before = page.url
    page.locator("video").evaluate("video => { video.muted = true; }")
    page.locator(".v-chapters summary").click()
    page.locator(".v-chapters a").nth(1).click()
    page.wait_for_function("() => document.querySelector('video').currentTime >= 8")
    assert page.url == before


def test_without_a_script_ones_word_is_taken_when_it_is_time(device: Device) -> None:
    page = device(java_script_enabled=False)
    LessonProgress.objects.update(opened_at=clock.now() + timedelta(seconds=58))
    button = page.get_by_role("button", name="I have watched it")
    button.click()
    expect(page.locator(".note.error")).to_contain_text("Watch them to the end, and say so again in ")
    LessonProgress.objects.update(opened_at=clock.now() - timedelta(seconds=2))
    button.click()
    expect(page.locator(".lesson-end")).to_contain_text("You have done this lesson.")
    assert LessonProgress.objects.get().is_claimed is True
    assert not Viewer.objects.exists()


def test_word_is_asked_for_when_the_player_does_not_come(device: Device) -> None:
    page = device()
    button = page.get_by_role("button", name="I have watched it")
    expect(button).to_be_hidden()
    page.route("**/player/player*.js", lambda route: route.abort())
    page.reload()
    page.get_by_role("button", name="Play How a hive works").click()
    expect(button).to_be_visible()


def rung(page: Page) -> str | None:
    """What plays, after a second of it."""
    page.get_by_role("button", name="Play How a hive works").click()
    page.wait_for_function("() => document.querySelector('video').currentTime >= 1")
    return page.locator(".v-stage").get_attribute("data-rung")


def switch_saver(page: Page) -> None:
    page.locator(".v-stage").hover()
    page.locator(".v-stage").get_by_role("button", name="Settings", exact=True).click()
    page.get_by_role("checkbox", name="Data saver").click()


def test_data_saver_goes_along_to_other_devices_and_each_may_differ(school: School, device: Device) -> None:
    phone = device()
    assert rung(phone) != "saver"
    with phone.expect_response("**/preferences/"):
        switch_saver(phone)
    learner = school.people["learner"]
    learner.refresh_from_db()
    assert learner.saves_data is True
    laptop = device()
    assert rung(laptop) == "saver"
    with laptop.expect_response("**/preferences/"):
        switch_saver(laptop)
    phone.reload()
    assert rung(phone) == "saver"  # chosen there
    laptop.reload()
    assert rung(laptop) != "saver"


def test_what_was_watched_without_a_line_is_sent_before_play_is_pressed(film: Video, device: Device) -> None:
    page = device()
    page.context.route("**/watched/", lambda route: route.abort())
    page.get_by_role("button", name="Play How a hive works").click()
    page.wait_for_function("() => document.querySelector('video').currentTime >= 3")
    with page.expect_event("requestfailed", lambda request: "/watched/" in request.url):
        page.locator("video").evaluate("video => video.pause()")
    lesson = page.url
    page.goto("about:blank")
    page.context.unroute("**/watched/")
    assert not Viewer.objects.filter(video=film, seen_seconds__gt=0).exists()
    with page.expect_response("**/watched/") as answer:
        page.goto(lesson)
    assert answer.value.status == 200
    assert Viewer.objects.get(video=film).seen_seconds >= 3
