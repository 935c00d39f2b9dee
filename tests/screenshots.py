"""Pictures of the ten main pages, narrow and wide, light and dark, in English and Arabic, into ``var/screenshots``.

``python -m tests.screenshots [ADDRESS] [LANGUAGE ...]``: without an address it starts the school with its demo courses
itself, on a free port and in a folder of its own, and stops it again.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("VAR_DIR") or ROOT / "var") / "screenshots"
WIDTHS = {360: 740, 1280: 800}
SCHEMES = ("light", "dark")
LANGUAGES = ("en", "ar")
#: Set only by what loads the demo school; no secret.
LEARNER = ("learner@example.com", "baobab-demo")
STARTUP = 120  # seconds


def main(address: str | None, languages: Sequence[str] = LANGUAGES) -> None:
    """Take every picture and say where they are."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    with _school(address) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        for language in languages:
            learner = browser.new_context(locale=language)
            pages = addresses(learner, base, language)
            state = learner.storage_state()
            for scheme in SCHEMES:
                for width, height in WIDTHS.items():
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,
                        reduced_motion="reduce",
                        locale=language,
                        storage_state=state,
                    )
                    for name, url in pages.items():
                        room = context if name != "log-in" else _visitor(browser, width, height, scheme, language)
                        _take(room, f"{name}-{language}", url)
                    context.close()
            learner.close()
        browser.close()
    print(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET}")


def addresses(context: BrowserContext, base: str, language: str) -> dict[str, str]:
    """Log the demo learner in, enrol them, start a quiz; returns the ten pages by name."""
    base = f"{base}/{language}"
    page = context.new_page()
    page.goto(f"{base}/account/login/")
    page.fill("[name=login]", LEARNER[0])
    page.fill("[name=password]", LEARNER[1])
    page.click("main button")
    page.wait_for_url("**/dashboard/")
    page.goto(f"{base}/courses/")
    course = _first(page, ".card a")
    page.goto(course)
    if button := page.query_selector(".enroll form button"):
        button.click()
        page.wait_for_load_state()
        page.goto(course)
    items = page.eval_on_selector_all("a.outline-item", "links => links.map(link => link.href)")
    quiz = next((item for item in items if _is_quiz(page, item)), items[-1])
    page.goto(quiz)
    page.click("article form button")
    page.wait_for_url("**/attempts/**")
    attempt = page.url
    page.goto(f"{base}/paths/")
    path = _first(page, ".card a")
    page.close()
    return {
        "home": f"{base}/",
        "catalogue": f"{base}/courses/",
        "course": course,
        "lesson": items[0],
        "quiz": quiz,
        "attempt": attempt,
        "path": path,
        "dashboard": f"{base}/dashboard/",
        "profile": f"{base}/profile/",
        "log-in": f"{base}/account/login/",
    }


def _is_quiz(page: Page, url: str) -> bool:
    page.goto(url)
    return page.query_selector("dl.facts") is not None


def _first(page: Page, selector: str) -> str:
    link = page.query_selector(selector)
    if not link:
        raise SystemExit(f"{page.url} has nothing to show: is the demo school there?")
    return str(link.evaluate("link => link.href"))


def _visitor(browser: Browser, width: int, height: int, scheme: str, language: str) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        locale=language,
    )


def _take(context: BrowserContext, name: str, url: str) -> None:
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    size = page.viewport_size or {"width": 0}
    scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    page.screenshot(path=TARGET / f"{name}-{size['width']}-{scheme}.png", full_page=True)
    page.close()


@contextmanager
def _school(address: str | None) -> Iterator[str]:
    """A running school: the one at ``address``, or one of our own that is stopped afterwards."""
    if address:
        yield address.rstrip("/")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "VAR_DIR": folder,
            "PORT": str(port),
            "BAOBAB_ENV": "development",
            "DEBUG": "true",  # Django itself serves the pictures
            "DEMO_SCHOOL": "true",
        }
        manage = [sys.executable, str(ROOT / "manage.py")]
        for command in (["migrate", "--verbosity=0"], ["load_demo"]):
            subprocess.run([*manage, *command], env=environment, cwd=ROOT, check=True)
        server = subprocess.Popen(
            [*manage, "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/robots.txt")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(url: str) -> None:
    until = time.monotonic() + STARTUP
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit(f"Nothing answers at {url}.")


if __name__ == "__main__":
    given = sys.argv[1:]
    school = given.pop(0) if given and given[0].startswith("http") else None
    main(school, given or LANGUAGES)
