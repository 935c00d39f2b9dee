"""Watching videos in journeys: a film, a learner's device at a lesson, what is pressed and read in the player."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request

from courses.models import LessonPage
from tests.conftest import OpenContext
from tests.journeys.films import make_film
from tests.journeys.school import School
from tests.journeys.steps import bring_in
from videos.models import Video

__all__ = [
    "Device",
    "device",
    "film",
    "learner_of",
    "operate",
    "pieces",
    "player",
    "ready",
    "start",
    "state",
    "throttle",
    "wait_for_time",
]

Device = Callable[..., Page]
STATE = "video => ({time: video.currentTime, paused: video.paused, rate: video.playbackRate})"


@pytest.fixture
def film(school: School) -> Video:
    """24 seconds with three rungs, sound, captions and chapters."""
    return make_film(school.people["instructor"])


@pytest.fixture
def device(school: School, open_context: OpenContext) -> Device:
    """Opens a browser of its own in which the learner is logged in, at a lesson; ``before`` gets its empty page."""

    def open_lesson(lesson: LessonPage, before: Callable[[Page], None] | None = None, **options: Any) -> Page:
        context = open_context(**options)
        bring_in(context, school.url, school.people["learner"])
        page = context.new_page()
        if before:
            before(page)
        page.goto(school + lesson.get_url())
        return page

    return open_lesson


def learner_of(school: School) -> Any:
    return school.people["learner"]


def player(page: Page) -> Locator:
    return page.locator(".v-stage")


def start(page: Page) -> None:
    """Press play, and wait until a second was played."""
    page.get_by_role("button", name=re.compile("^Play How a hive works$|^شغّل|How a hive works$")).first.click()
    wait_for_time(page, 1)


def ready(page: Page) -> None:
    """Have the player there before anybody asks, as on a good line."""
    page.locator("lesson-video").evaluate("one => one.load(true)")
    page.locator(".v-stage.v-ready").wait_for()


def wait_for_time(page: Page, seconds: float) -> None:
    page.wait_for_function("at => document.querySelector('video').currentTime >= at", arg=seconds)


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.locator("video").evaluate(STATE)
    return found


def pieces(page: Page) -> list[str]:
    """Names of the files that are asked for from now on, in order."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if found := re.search(r"/watch/.*/((?:\d+p|audio)\.(?:mp4|m3u8)|master\.m3u8)", request.url):
            asked.append(found[1])

    page.on("request", note)
    return asked


def operate(page: Page, panel: str) -> Locator:
    """Open a panel of the bar."""
    player(page).hover()
    player(page).get_by_role("button", name=panel, exact=True).click()
    return player(page).get_by_role("group", name=panel, exact=True)


def throttle(page: Page, *, bits: int, milliseconds: int) -> None:
    """Let the browser have a line of so many bits a second, and answers that take so long to come."""
    line = {"offline": False, "latency": milliseconds, "downloadThroughput": bits / 8, "uploadThroughput": bits / 8}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
