"""The player in ``make bench-video``: from pressing play to the first picture on slow lines, and how it goes on.

Chromium's own throttling: so many bits a second for everything together, and so long until an answer begins. Handshakes
cost nothing there; a real line adds two or three round trips to a first visit. ``tests/journeys`` assert the order of
things, and no times.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.tests.factories import make_person
from courses.roles import prepare
from tests.accessibility.test_weight import NoStaticHandler
from tests.journeys.films import lesson_with
from tests.journeys.steps import bring_in

if TYPE_CHECKING:
    from tests.bench_video import Film

__all__ = ["LINES", "Line", "player"]

WATCHED = 60  #: seconds


@dataclass(frozen=True)
class Line:
    """A connection, how the video is asked for on it, and what has to be."""

    name: str
    bits: int  #: a second
    latency: int  #: ms until an answer begins
    #: The plain smallest file, as by the data saver.
    is_lite: bool = False
    #: Nothing is in the browser's store: neither the page's styles nor what plays.
    is_first_visit: bool = False
    #: Whether a minute is watched.
    is_watched: bool = True
    #: Most seconds until the first picture; None where we only look.
    most: float | None = None
    most_stalls: int | None = None


LINES = (
    Line("250 kb/s", 250_000, 300, most=3.5, most_stalls=0),
    Line("250 kb/s, first visit", 250_000, 300, is_first_visit=True, most_stalls=0),
    Line("1 Mb/s", 1_000_000, 150, most_stalls=0),
    Line("50 kb/s, data saver", 50_000, 400, is_lite=True, is_watched=False, most=10),
)


def player(films: "Sequence[Film]") -> bool:
    """The first picture, what it costs, and a minute of watching, on each kind of line."""
    prepare()
    is_good = True
    with _school() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--headless", "--disable-background-networking", "--disable-gpu", "--mute-audio"],
        )
        for film in films:
            for line in LINES:
                # One learner each: who comes again goes on where they were.
                learner = make_person()
                showing = _Showing(browser, address + (lesson_with(film.video, learner).get_url() or ""), line)
                bring_in(showing.context, address, learner)
                is_good &= showing.measure(film.name)
        browser.close()
    return is_good


class _Showing:
    """One learner on one line."""

    def __init__(self, browser: Browser, url: str, line: Line) -> None:
        self.line = line
        self.url = url
        self.context: BrowserContext = browser.new_context(viewport={"width": 360, "height": 740}, locale="en")
        self.page = self.context.new_page()

    def measure(self, film: str) -> bool:
        """Print a line; returns whether it is as it has to be."""
        line, page = self.line, self.page
        if line.is_first_visit:
            self._throttle()
            page.goto(self.url, wait_until="networkidle", timeout=120_000)
        else:
            page.goto(self.url)
            # From now on it is in the browser's store.
            page.evaluate("([one, other]) => Promise.all([import(one), import(other)])", _scripts(page))
            if line.is_lite:
                page.evaluate("localStorage.setItem('baobab-video', JSON.stringify({saver: true}))")
            self._throttle()
            page.reload(wait_until="networkidle", timeout=120_000)
        page.evaluate(_WATCH)
        received = _Received(page)
        page.locator(".v-start").click()
        page.wait_for_function("() => window.seen.first", timeout=120_000)
        requests, size = received.requests, received.bytes
        if line.is_watched:
            page.wait_for_function(
                "at => document.querySelector('video').currentTime >= at", arg=WATCHED, timeout=300_000
            )
        return self._tell(film, page.evaluate("window.seen"), requests, size, received.bytes)

    def _tell(self, film: str, seen: dict[str, Any], requests: int, size: int, all_bytes: int) -> bool:
        line = self.line
        text = f"player {film:8} {line.name:22} first picture {seen['first'] / 1000:5.2f} s"
        text += f" (at most {line.most} s)" if line.most else ""
        text += f"   requests {requests}, {size} bytes"
        if line.is_watched:
            rung = self.page.locator(".v-stage").get_attribute("data-rung")
            text += (
                f"   a minute: stalls {seen['stalls']} ({seen['stalled'] / 1000:.1f} s), {all_bytes} bytes, on {rung}"
            )
        print(text, flush=True)
        self.context.close()
        is_soon = line.most is None or seen["first"] <= line.most * 1000
        return is_soon and (line.most_stalls is None or seen["stalls"] <= line.most_stalls)

    def _throttle(self) -> None:
        rate = self.line.bits / 8
        told = {"offline": False, "latency": self.line.latency, "downloadThroughput": rate, "uploadThroughput": rate}
        self.context.new_cdp_session(self.page).send("Network.emulateNetworkConditions", told)


#: Notes when the first picture was shown, and stalls after it: waiting with nothing in store.
_WATCH = """() => {
    const video = document.querySelector("video");
    const seen = (window.seen = { first: 0, stalls: 0, stalled: 0 });
    let pressed = 0, since = 0;
    const button = document.querySelector(".v-start");
    button.addEventListener("click", () => (pressed = performance.now()), { capture: true });
    video.requestVideoFrameCallback(() => (seen.first = performance.now() - pressed));
    video.addEventListener("waiting", () => { if (seen.first && !video.seeking) since = performance.now(); });
    video.addEventListener("playing", () => {
        if (!since) return;
        seen.stalls += 1;
        seen.stalled += performance.now() - since;
        since = 0;
    });
}"""


class _Received:
    """What comes over the line: answers, and their bytes with headers; not what the browser had."""

    def __init__(self, page: Page) -> None:
        self.requests = self.bytes = 0
        self._kept: set[str] = set()
        session = page.context.new_cdp_session(page)
        session.on("Network.requestServedFromCache", lambda event: self._kept.add(event["requestId"]))
        session.on("Network.responseReceived", self._answered)
        session.on("Network.dataReceived", lambda event: self._add(event["encodedDataLength"]))
        session.send("Network.enable")

    def _answered(self, event: dict[str, Any]) -> None:
        answer = event["response"]
        if event["requestId"] in self._kept or answer.get("fromDiskCache") or not answer["url"].startswith("http"):
            return
        self.requests += 1
        self._add(answer["encodedDataLength"])

    def _add(self, size: float) -> None:
        self.bytes += int(size)


def _scripts(page: Page) -> list[str]:
    found: list[str] = page.locator("lesson-video").evaluate("one => [one.dataset.player, one.dataset.hls]")
    return found


@contextmanager
def _school() -> Iterator[str]:
    """Address of the school with its static files as in production: compressed, and kept by browsers."""
    with TemporaryDirectory() as folder:
        storages = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
        with override_settings(
            STATIC_ROOT=Path(folder),
            STORAGES=settings.STORAGES | storages,
            STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
            WHITENOISE_USE_FINDERS=False,
            WHITENOISE_AUTOREFRESH=False,
            ALLOWED_HOSTS=["localhost", "testserver"],
        ):
            call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["graphiql"])
            server = LiveServerThread("localhost", NoStaticHandler)
            server.daemon = True
            server.start()
            server.is_ready.wait()
            if server.error:
                raise server.error
            try:
                yield f"http://localhost:{server.port}"
            finally:
                server.terminate()
