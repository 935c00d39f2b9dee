"""An instructor uploads videos over a bad line: what arrived is not sent again, and what is wrong is said in words."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import log_in
from videos.models import Upload, Video
from videos.storage import video_storage
from videos.tests.conftest import video_folders
from videos.tests.media import make_clip
from videos.tests.stores import open_to, s3_address, s3_store

__all__ = ["s3_address", "s3_store", "video_folders"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("video_folders")]


PIECES = "**/api/v1/uploads/*-*/"


@pytest.fixture
def context(school: School, open_context: OpenContext, settings: LazySettings) -> Iterator[BrowserContext]:
    """The browser of an instructor who is logged in; nothing is processed here."""
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    context = open_context()
    log_in(context.new_page(), school, "instructor")
    yield context
    context.set_offline(False)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film of 3 MB: some pieces long."""
    path = make_clip(tmp_path / "Loops_and_lists.mp4")
    with path.open("ab") as file:
        file.write(b"\0\0\0\0free")
        file.truncate(3_000_000)
    return path


def uploader(context: BrowserContext, school: School) -> Page:
    page = context.new_page()
    page.goto(f"{school.url}/admin/videos/upload/")
    page.evaluate(
        "() => { window.done = []; document.addEventListener('upload-done', (e) => window.done.push(e.detail)); }"
    )
    return page


def choose(page: Page, *files: Path) -> None:
    page.locator("[data-choose]").set_input_files([str(path) for path in files])


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Files").get_by_role("listitem").filter(has_text=name)


def is_stored(video: Video, path: Path) -> bool:
    with video_storage().open(video.original) as file:
        return hashlib.sha256(file.read()).digest() == hashlib.sha256(path.read_bytes()).digest()


class Sent:
    """Bytes of pieces that this page sends, and a gate that holds them after some."""

    def __init__(self, page: Page, hold_after: int = 10**9) -> None:
        self.bytes = self.checked = 0
        self.hold_after = hold_after
        self.waiting: list[Route] = []
        page.route(PIECES, self.pass_on)

    def pass_on(self, route: Route) -> None:
        request = route.request
        if request.method != "PATCH":
            route.continue_()
            return
        if self.bytes >= self.hold_after:
            self.waiting.append(route)
            return
        self.bytes += int(request.headers.get("content-length") or len(request.post_data_buffer or b""))
        self.checked += "upload-checksum" in request.headers
        route.continue_()


def test_a_lost_line_goes_on_where_it_was(context: BrowserContext, school: School, film: Path) -> None:
    page = uploader(context, school)
    sent = Sent(page, hold_after=1_000_000)
    choose(page, film)
    row = row_of(page, film.name)
    expect(row.locator("[data-said]")).to_contain_text(re.compile(r"\d+% uploaded"))
    expect(page.locator("video-upload")).to_have_attribute("data-uploading", "")
    page.wait_for_function("() => document.querySelector('[data-bar]').value > 1000000")
    context.set_offline(True)
    for route in sent.waiting:
        route.abort("internetdisconnected")
    arrived = Upload.objects.get().offset
    assert arrived >= 1_000_000
    sent.hold_after = 10**9
    context.set_offline(False)
    expect(row.locator("[data-said]")).to_have_text("Uploaded; it is being prepared")
    video = Video.objects.get()
    assert is_stored(video, film)
    assert video.title == "Loops and lists"
    assert page.evaluate("window.done") == [
        {"id": str(Upload.objects.get().public_id), "videoId": str(video.public_id), "title": "Loops and lists"}
    ]
    assert Upload.objects.count() == 1
    assert sent.bytes == 3_000_000  # what had arrived was not sent again
    assert sent.checked >= 3
    assert page.locator("video-upload").get_attribute("data-uploading") is None


def test_after_the_browser_was_closed(context: BrowserContext, school: School, film: Path) -> None:
    page = uploader(context, school)
    Sent(page, hold_after=1_000_000)
    choose(page, film)
    page.wait_for_function("() => document.querySelector('[data-bar]').value > 1000000")
    pause = row_of(page, film.name).get_by_role("button", name=f"Pause: {film.name}")
    pause.press("Enter")
    expect(row_of(page, film.name).locator("[data-said]")).to_have_text("Paused")
    expect(row_of(page, film.name).get_by_role("button", name=f"Go on: {film.name}")).to_be_focused()
    page.close()
    arrived = Upload.objects.get().offset
    assert 1_000_000 <= arrived < 3_000_000
    page = uploader(context, school)
    expect(page.locator("[data-unfinished]")).to_contain_text(film.name)
    sent = Sent(page)
    choose(page, film)
    expect(row_of(page, film.name).locator("[data-said]")).to_have_text("Uploaded; it is being prepared")
    assert (sent.bytes, Upload.objects.count()) == (3_000_000 - arrived, 1)
    assert is_stored(Video.objects.get(), film)


def test_several_in_turn_and_what_is_wrong_is_said(
    context: BrowserContext, school: School, film: Path, tmp_path: Path, settings: LazySettings
) -> None:
    settings.VIDEO_MAX_BYTES = 4_000_000
    text, large, other = tmp_path / "notes.mp4", tmp_path / "large.mp4", tmp_path / "other.mp4"
    text.write_bytes(b"no film at all" * 100)
    large.write_bytes(bytes(4_000_001))
    make_clip(other, seconds=3)
    page = uploader(context, school)
    expect(page.locator("#upload-limits")).to_contain_text("4.0 MB")
    choose(page, large, text, film, other)
    expect(row_of(page, "large.mp4").locator("[data-error]")).to_contain_text("too large")
    expect(row_of(page, "notes.mp4").locator("[data-error]")).to_contain_text("not a video or a recording")
    for name in (film.name, "other.mp4"):
        expect(row_of(page, name).locator("[data-said]")).to_have_text("Uploaded; it is being prepared")
    assert sorted(Video.objects.values_list("title", flat=True)) == ["Loops and lists", "other"]
    assert not Upload.objects.filter(filename="large.mp4").exists()
    # The same one again is not kept twice.
    choose(page, other)
    expect(row_of(page, "other.mp4").last.locator("[data-said]")).to_contain_text("uploaded this file before: “other”")
    assert Video.objects.count() == 2


def test_discarded(context: BrowserContext, school: School, film: Path, video_folders: Path) -> None:
    page = uploader(context, school)
    Sent(page, hold_after=1_000_000)
    choose(page, film)
    page.wait_for_function("() => document.querySelector('[data-bar]').value > 1000000")
    row_of(page, film.name).get_by_role("button", name=f"Discard: {film.name}").press("Enter")
    expect(row_of(page, film.name)).to_have_count(0)
    expect(page.locator("[data-status]")).to_contain_text("Discarded")
    expect(page.locator("[data-choose]")).to_be_focused()
    assert not Upload.objects.exists()
    assert list((video_folders / "uploads").iterdir()) == []


def test_in_parts_to_the_store(context: BrowserContext, school: School, film: Path, s3_store: Any) -> None:
    open_to(s3_store, school.url)
    page = uploader(context, school)
    choose(page, film)
    expect(row_of(page, film.name).locator("[data-said]")).to_have_text("Uploaded; it is being prepared")
    upload = Upload.objects.get()
    assert (upload.way, upload.state) == ("multipart", "done")
    assert is_stored(Video.objects.get(), film)
