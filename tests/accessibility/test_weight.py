"""A course page without its picture costs a learner at most 25 KB, with styles and scripts, compressed as served.

The two screens of the checkout and the page that waits for the money cost at most 20 KB each.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser

from tests.accessibility.gallery import Gallery
from tests.journeys.steps import bring_in

pytestmark = pytest.mark.browser

LIMIT = 25 * 1024  # bytes
CHECKOUT_LIMIT = 20 * 1024


class NoStaticHandler:
    """In the place of Django's handler of static files: WhiteNoise answers for them, as in production."""

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.application(environ, start_response)


@pytest.fixture(scope="module")
def served(gallery: Gallery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the school with its static files collected and compressed."""
    root: Path = tmp_path_factory.mktemp("static")
    media = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    files = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(
        STATIC_ROOT=root,
        STORAGES={"default": media, "staticfiles": files},
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],  # the website's, not the admin's
        WHITENOISE_USE_FINDERS=False,
        WHITENOISE_AUTOREFRESH=False,
    ):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["graphiql"])
        server = LiveServerThread("localhost", NoStaticHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        assert server.error is None
        yield f"http://localhost:{server.port}"
        server.terminate()


@pytest.mark.parametrize("name", ["real course", "course with everything"])
def test_course_page_is_light(gallery: Gallery, served: str, browser: Browser, name: str) -> None:
    path = gallery.school.course_path if name == "real course" else gallery.visitor["course"]
    sizes = transferred(browser, served + path)
    counted = {url: size for url, size in sizes.items() if "/media/" not in url}
    assert any(url.endswith(".css") for url in counted)
    assert sum(counted.values()) <= LIMIT, counted


@pytest.mark.parametrize("name", ["checkout", "pay", "waiting-for-prompt"])
def test_checkout_is_light(gallery: Gallery, served: str, browser: Browser, name: str) -> None:
    sizes = transferred(browser, served + gallery.learner[name], gallery.school.people["learner"])
    assert any(url.endswith(".css") for url in sizes)
    assert sum(sizes.values()) <= CHECKOUT_LIMIT, sizes


def transferred(browser: Browser, url: str, person: Any = None) -> dict[str, int]:
    """Bytes over the network for each address that a first visit loads, headers included; as ``person`` if given."""
    context = browser.new_context()
    if person is not None:
        bring_in(context, url, person)
    page = context.new_page()
    session = context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    encodings: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def received(event: dict[str, Any]) -> None:
        answered = event["response"]
        addresses[event["requestId"]] = answered["url"]
        headers = {name.lower(): value for name, value in answered["headers"].items()}
        encodings[answered["url"]] = headers.get("content-encoding", "")

    def finished(event: dict[str, Any]) -> None:
        sizes[addresses[event["requestId"]]] = int(event["encodedDataLength"])

    session.on("Network.responseReceived", received)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    page.goto(url, wait_until="networkidle")
    context.close()
    assert encodings[url] == "gzip"
    return sizes
