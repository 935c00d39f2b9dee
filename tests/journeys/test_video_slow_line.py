"""Watching on a slow line: what is needed first comes first, and nobody waits for a script to see a picture."""

import json
import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.conftest import PATIENCE
from tests.journeys.films import lesson_with, make_film
from tests.journeys.school import School
from tests.journeys.watching import (
    Device,
    device,
    film,
    learner_of,
    operate,
    pieces,
    player,
    ready,
    throttle,
    wait_for_time,
)
from videos.models import Video

__all__ = ["device", "film"]

pytestmark = pytest.mark.browser

#: Longer than what is fetched ahead, with two rungs.
MINUTE = (60, "426x240")


class Script:
    """hls.js on its way: asked for, and held until it may come."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.held: list[Route] = []
        page.route("**/player/hls*.js", self.hold)

    def hold(self, route: Route) -> None:
        if self.is_it(route.request):
            self.held.append(route)
        else:
            route.continue_()

    @staticmethod
    def is_it(request: Request) -> bool:
        """Whether the browser has it already is asked of the browser alone, by a ``fetch``."""
        return request.resource_type == "script" and "/player/hls" in request.url

    def wait(self) -> None:
        """Until it was asked for."""
        for _look in range(PATIENCE // 50):
            if self.held:
                return
            self.page.wait_for_timeout(50)
        pytest.fail("hls.js was never asked for")

    def come(self) -> None:
        for route in self.held:
            route.continue_()

    def stay_away(self) -> None:
        for route in self.held:
            route.abort()


def first_visit(school: School, device: Device) -> Page:
    """A lesson on a line that is too slow to fetch anything before it is wanted."""
    lesson = lesson_with(make_film(school.people["instructor"], *MINUTE), learner_of(school))
    page = device(lesson, lambda page: throttle(page, bits=1_000_000, milliseconds=20))
    page.evaluate(
        """() => {
            window.events = [];
            const video = document.querySelector("video");
            for (const name of ["playing", "emptied", "seeking", "pause"])
                video.addEventListener(name, () => window.events.push(name));
        }"""
    )
    return page


def press_play(page: Page) -> None:
    page.get_by_role("button", name="Play How a hive works").click()


def ranges(page: Page) -> list[str]:
    """Which bytes of files are asked for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith(".mp4"):
            asked.append(f"{request.url.rpartition('/')[2]} {request.headers.get('range', '')}")

    page.on("request", note)
    return asked


def test_first_picture_comes_before_the_script_which_goes_on_with_it(school: School, device: Device) -> None:
    page = first_visit(school, device)
    asked, bytes_asked, script = pieces(page), ranges(page), Script(page)
    press_play(page)
    wait_for_time(page, 1)
    assert set(asked) == {"144p.m3u8", "144p.mp4"}
    expect(player(page)).to_have_attribute("data-rung", "144p")
    script.wait()
    wait_for_time(page, 3)
    with page.expect_request(lambda request: request.resource_type == "xhr"):  # so hls.js asks, and nothing else
        script.come()
    wait_for_time(page, 5)
    events = page.evaluate("window.events")
    assert set(events[events.index("playing") :]) == {"playing"}  # nothing jumped, was emptied or paused
    assert sorted(set(bytes_asked)) == sorted(bytes_asked)  # nor asked for twice


def test_quality_is_chosen_before_the_script_is_there(school: School, device: Device) -> None:
    page = first_visit(school, device)
    script = Script(page)
    press_play(page)
    wait_for_time(page, 1)
    operate(page, "Settings").get_by_role("radio", name=re.compile("^240p")).check()
    script.wait()
    script.come()
    expect(player(page)).to_have_attribute("data-rung", "240p")


def test_script_that_never_comes_leaves_the_smallest_rung(school: School, device: Device) -> None:
    page = first_visit(school, device)
    script = Script(page)
    page.locator(".v-chapters summary").click()
    page.locator(".v-chapters a").nth(1).click()
    wait_for_time(page, 8.5)
    script.wait()
    script.stay_away()
    page.keyboard.press("5")
    wait_for_time(page, 31)
    expect(player(page)).to_have_attribute("data-rung", "144p")
    expect(page.locator("video")).to_have_js_property("error", None)
    page.keyboard.press("9")
    page.wait_for_function("() => document.querySelector('video').ended")


def test_refused_before_the_script_is_there_gets_a_new_link(school: School, device: Device) -> None:
    page = first_visit(school, device)
    Script(page)
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.fallback()
        else:
            refused.append(route.request.url)
            route.fulfill(status=403, body=json.dumps({"code": "link_expired"}))

    page.route("**/144p.mp4", refuse_once)
    press_play(page)
    wait_for_time(page, 1)
    assert len(refused) == 1


def test_slow_line_starts_small_and_does_not_stall(school: School, film: Video, device: Device) -> None:
    page = device(lesson_with(film, learner_of(school)))
    ready(page)
    asked = pieces(page)
    throttle(page, bits=250_000, milliseconds=100)
    # A stall is a wait with nothing in store; a busy machine that decodes slowly waits, too.
    page.evaluate(
        """() => {
            window.events = [];
            const video = document.querySelector("video");
            const store = () => (video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0);
            video.addEventListener("playing", () => window.events.push("playing"));
            video.addEventListener("waiting", () => {
                if (store() - video.currentTime < 0.5) window.events.push("stall");
            });
        }"""
    )
    page.get_by_role("button", name="Play How a hive works").click()
    wait_for_time(page, 12)
    events = page.evaluate("window.events")
    assert "stall" not in events[events.index("playing") :], asked
    assert next(name for name in asked if name.endswith(".mp4")) == "144p.mp4"
