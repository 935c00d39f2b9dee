"""A course page without its picture costs a learner at most 25 KB, with styles and scripts, compressed as served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser

from tests.accessibility.gallery import Gallery

pytestmark = pytest.mark.browser

LIMIT = 25 * 1024  # bytes


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


def transferred(browser: Browser, url: str) -> dict[str, int]:
    """Bytes over the network for each address that a first visit loads, headers included."""
    context = browser.new_context()
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
