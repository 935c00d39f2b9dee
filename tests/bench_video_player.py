"""The player in ``make bench-video``: from pressing play to the first picture on slow lines, and how it goes on.

Chromium's own throttling, without handshakes: 100 ms until an answer begins, and so many bits a second. Figures are
printed; nothing here asserts a time (``tests/journeys/test_video.py`` asserts the order of things).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.tests.factories import make_person
from courses.roles import prepare
from tests.accessibility.test_weight import NoStaticHandler
from tests.journeys.films import lesson_with, make_film
from tests.journeys.steps import bring_in

__all__ = ["Line", "sections"]

#: Longer than what is watched, so that the line is busy all the time.
SECONDS, SIZE = 75, "1280x720"
WATCHED = 60
LATENCY = 100  #: ms


@dataclass(frozen=True)
class Line:
    """A connection, and how the video is asked for on it."""

    name: str
    bits: int
    #: The plain smallest file, as by the data saver.
    is_lite: bool = False


LINES = (Line("250 kb/s", 250_000), Line("1 Mb/s", 1_000_000), Line("50 kb/s, data saver", 50_000, is_lite=True))


def sections(say: Callable[[str], Any] = print) -> None:
    """Print a line for each kind of connection. A test database is set up."""
    prepare()
    owner, learner = make_person("maker@example.com"), make_person("viewer@example.com")
    lesson = lesson_with(make_film(owner, SECONDS, SIZE), learner)
    with _school() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--headless", "--disable-background-networking", "--mute-audio"],
        )
        for line in LINES:
            _measure(browser, address, lesson.get_url() or "", learner, line, say)
        browser.close()


def _measure(browser: Browser, address: str, path: str, learner: Any, line: Line, say: Callable[[str], Any]) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en")
    bring_in(context, address, learner)
    page = context.new_page()
    page.goto(address + path)
    if line.is_lite:
        page.evaluate("localStorage.setItem('baobab-video', JSON.stringify({saver: true}))")
    page.evaluate("([one, other]) => Promise.all([import(one), import(other)])", _scripts(page))  # cached from now on
    page.reload(wait_until="networkidle")
    asked = _Asked(page)
    session = context.new_cdp_session(page)
    rate = line.bits / 8
    told = {"offline": False, "latency": LATENCY, "downloadThroughput": rate, "uploadThroughput": rate}
    session.send("Network.emulateNetworkConditions", told)
    page.evaluate(_WATCH)
    page.locator(".v-start").click()
    page.wait_for_function("window.seen.first", timeout=120_000)
    requests, received = len(asked.files), asked.bytes
    page.wait_for_function(f"document.querySelector('video').currentTime >= {WATCHED}", timeout=300_000)
    seen = page.evaluate("window.seen")
    say(
        f"player, {line.name:22} first picture {seen['first'] / 1000:5.2f} s   requests {requests}   "
        f"bytes {received:7}   stalls in a minute {seen['stalls']} ({seen['stalled'] / 1000:.1f} s)   "
        f"bytes in a minute {asked.bytes:8}   ends on {page.locator('.v-stage').get_attribute('data-rung')}"
    )
    context.close()


#: Notes when the first picture was shown, and stalls after it.
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


class _Asked:
    """What is fetched of a video: names, and bytes that came over the line."""

    def __init__(self, page: Page) -> None:
        self.files: list[str] = []
        self.bytes = 0
        self._of_video: set[str] = set()
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.dataReceived", self._received)
        session.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        if "/watch/" in (url := event["request"]["url"]) and "/poster/" not in url:
            self.files.append(url.rpartition("/")[2])
            self._of_video.add(event["requestId"])

    def _received(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._of_video:
            self.bytes += event["encodedDataLength"] or 0


def _scripts(page: Page) -> list[str]:
    found: list[str] = page.locator("lesson-video").evaluate("one => [one.dataset.player, one.dataset.hls]")
    return found


@contextmanager
def _school() -> Iterator[str]:
    """Address of the school with its static files as in production: compressed, and kept by browsers."""
    with TemporaryDirectory() as folder:
        storages = {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
        }
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
