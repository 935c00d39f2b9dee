"""What tests of the running school share: one Chromium a session, one school that every test finds as it was built."""

import os
import re
import shutil
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.database import Snapshot
from tests.journeys.school import School, build_school

ROOT = Path(__file__).resolve().parent.parent
#: Screenshot and page of what failed.
EVIDENCE = ROOT / "var" / "journeys"
#: Milliseconds that a condition may take: generous, for a machine with other work; what is true at once waits for none.
PATIENCE = 20_000

OpenContext = Callable[..., BrowserContext]

_outcome = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Tell fixtures whether their test failed."""
    report = yield
    if report.when == "call":
        item.stash[_outcome] = report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium; each test has contexts of its own in it."""
    if not (ROOT / "static" / "dist" / "site.css").is_file():
        pytest.fail("static/dist is empty: run `npm run build` first.", pytrace=False)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome"),
            args=[
                "--no-sandbox",
                "--headless",
                "--disable-background-networking",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_context(request: pytest.FixtureRequest, browser: Browser, school: School) -> Iterator[OpenContext]:
    """Open a person's browser; ``open_context(java_script_enabled=False)`` …, any option of a Playwright context.

    They close before the school does, which waits for what they asked last.
    """
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "reduced_motion": "reduce", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield open_one
    if request.node.stash.get(_outcome, False):
        keep_evidence(request.node.nodeid, contexts)
    for context in contexts:
        context.close()


def keep_evidence(test: str, contexts: list[BrowserContext]) -> None:
    """Save what each open page of a failed test showed."""
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", test).strip("-")
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, start=1):
        page.screenshot(path=EVIDENCE / f"{name}-{number}.png", full_page=True)
        (EVIDENCE / f"{name}-{number}.html").write_text(f"<!-- {page.url} -->\n{page.content()}", encoding="utf-8")


@pytest.fixture
def page(open_context: OpenContext) -> Page:
    """A page in a browser of its own."""
    return open_context().new_page()


@pytest.fixture(scope="session")
def built_school(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> tuple[School, Snapshot]:
    """The school, built once, and what the database held then; afterwards the database is as before."""
    with django_db_blocker.unblock():
        before = Snapshot()
        try:
            school = build_school()
            return school, Snapshot()
        finally:
            before.restore()


class RequestsInFlight:
    """How many requests the live server is answering: the database is put back only when there are none."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Condition()

    def started(self, **_facts: Any) -> None:
        with self.changed:
            self.count += 1

    def finished(self, **_facts: Any) -> None:
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def wait_for_none(self) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.count <= 0, timeout=PATIENCE / 1000)


@pytest.fixture
def school(
    built_school: tuple[School, Snapshot],
    live_server: LiveServer,
    transactional_db: None,
    settings: LazySettings,
) -> Iterator[School]:
    """The school at the live server's address, as it was built; what a test changes is undone after it."""
    found, snapshot = built_school
    settings.SITE_URL = live_server.url
    snapshot.restore()
    found.url = live_server.url
    requests = RequestsInFlight()
    request_started.connect(requests.started)
    request_finished.connect(requests.finished)
    yield found
    requests.wait_for_none()
    request_started.disconnect(requests.started)
    request_finished.disconnect(requests.finished)


def pytest_configure() -> None:
    """Failures of an earlier run are no evidence of this one."""
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        shutil.rmtree(EVIDENCE, ignore_errors=True)
