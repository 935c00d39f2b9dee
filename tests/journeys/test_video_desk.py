"""An instructor looks after videos in the admin: bars that move, captions beside the video, a film into a lesson."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import BrowserContext, Page, expect

from courses.models import LessonPage
from courses.tests.authoring import draft_course
from tests.accessibility.test_axe import violations
from tests.conftest import OpenContext
from tests.journeys.editor import add_block, save_draft
from tests.journeys.school import School
from tests.journeys.steps import log_in
from videos.models import Caption, Chapter, Video
from videos.tests.conftest import video_folders
from videos.tests.media import make_clip
from videos.tests.ready import ready_video
from videos.webvtt import parse

__all__ = ["video_folders"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("video_folders")]

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0\nHello\n\n00:00:03.000 --> 00:00:04.000\nGoodbye\n"


@pytest.fixture
def context(school: School, open_context: OpenContext, settings: LazySettings) -> BrowserContext:
    """The browser of an instructor who is logged in; nothing is processed here."""
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0
    context = open_context()
    log_in(context.new_page(), school, "instructor")
    return context


def test_bars_move_until_all_is_done(context: BrowserContext, school: School) -> None:
    video = Video.objects.create(title="Loops", uploaded_by=school.people["instructor"])
    page = context.new_page()
    page.clock.install()
    page.goto(school + "/admin/videos/")
    row = page.locator(f"[data-video='{video.pk}']")
    expect(row).to_contain_text("Waiting to be processed")
    Video.objects.filter(pk=video.pk).update(state=Video.State.PROCESSING, progress=41)
    page.clock.run_for(3500)
    expect(row).to_contain_text("41%")
    assert row.locator("progress").evaluate("bar => bar.value") == 41
    Video.objects.filter(pk=video.pk).update(state=Video.State.READY, duration_ms=65_000)
    page.clock.run_for(3500)
    # Loaded anew for what only the page tells.
    expect(row).to_contain_text("1:05")


def test_captions_are_corrected_beside_the_video(context: BrowserContext, school: School) -> None:
    video = ready_video(title="Loops", uploaded_by=school.people["instructor"])
    Caption.objects.create(video=video, language="en", vtt=VTT)
    page = context.new_page()
    page.goto(school + f"/admin/videos/{video.pk}/captions/en/")
    rows = page.locator(".cue")
    expect(rows).to_have_count(2)
    expect(page.get_by_label("Captions as WebVTT")).to_have_count(0)
    rows.nth(0).get_by_label("Text").fill("Hello <b>you</b>")
    rows.nth(0).get_by_role("button", name="Add after").click()
    expect(rows).to_have_count(3)
    expect(rows.nth(1).get_by_label("Starts", exact=True)).to_have_value("0:02.000")
    page.keyboard.type("In between")
    rows.nth(1).get_by_label("Ends", exact=True).fill("0:01")
    page.get_by_role("button", name="Save captions").click()
    expect(rows.nth(1).get_by_role("alert")).to_be_visible()
    rows.nth(1).get_by_label("Ends", exact=True).fill("0:02.5")
    rows.nth(2).get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Save captions").click()
    expect(page.get_by_text("The captions are saved.")).to_be_visible()
    assert [(cue.start_ms, cue.end_ms, cue.text, cue.settings) for cue in parse(Caption.objects.get().vtt)] == [
        (1000, 2000, "Hello <b>you</b>", "line:0"),
        (2000, 2500, "In between", ""),
    ]


def test_a_film_is_chosen_and_another_uploaded_in_the_editor(
    context: BrowserContext, school: School, tmp_path: Path
) -> None:
    owner = school.people["instructor"]
    lesson = LessonPage.objects.descendant_of(draft_course(owner, "Filmed")).first()
    ready_video(title="Loops", uploaded_by=owner)
    ready_video(title="Somebody else's")
    page = context.new_page()
    page.goto(school + f"/admin/pages/{lesson.pk}/edit/")
    add_block(page, "body", "Video")
    page.get_by_role("button", name="Choose a video").locator("visible=true").last.click()
    dialogue = page.locator(".modal.in")
    expect(dialogue.get_by_text("Somebody else's")).to_have_count(0)
    dialogue.get_by_role("link", name="Loops").click()
    expect(dialogue).to_have_count(0)
    add_block(page, "body", "Video")
    page.get_by_role("button", name="Choose a video").locator("visible=true").last.click()
    dialogue.get_by_role("tab", name="Upload").click()
    dialogue.locator("[data-choose]").set_input_files(make_clip(tmp_path / "New_film.mp4"))
    expect(dialogue).to_have_count(0)
    save_draft(page)
    assert shown(lesson) == ["Loops", "New film"]


def shown(lesson: LessonPage) -> list[str]:
    draft = LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object()
    return [block.value["video"].title for block in draft.body if block.block_type == "video"]


@pytest.mark.parametrize("width", [1280, 360])
def test_screens_can_be_used_by_everybody(context: BrowserContext, school: School, width: int) -> None:
    owner = school.people["instructor"]
    course = draft_course(owner, "Filmed")
    video = ready_video(title="Loops", uploaded_by=owner)
    Video.objects.create(title="Broken", uploaded_by=owner, state=Video.State.FAILED, failure="video_unreadable")
    Video.objects.create(title="New", uploaded_by=owner, state=Video.State.PROCESSING, progress=12)
    Caption.objects.create(video=video, language="en", vtt=VTT)
    Chapter.objects.create(video=video, language="en", start_ms=0, title="Start")
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    found = {}
    for path in (
        "/admin/videos/",
        "/admin/videos/upload/",
        f"/admin/videos/{video.pk}/",
        f"/admin/videos/{video.pk}/captions/en/",
        f"/admin/courses/{course.pk}/videos/",
    ):
        page.goto(school + path)
        page.evaluate("document.querySelectorAll('main details').forEach((fold) => (fold.open = true))")
        found[path] = [line for line in violations(page) if is_ours(page, line)]
    assert {path: lines for path, lines in found.items() if lines} == {}


def is_ours(page: Page, line: str) -> bool:
    """Whether what axe found stands in our part of the page: Wagtail's frame is Wagtail's."""
    _rule, place, _why = line.split(": ", 2)
    return bool(page.evaluate("place => Boolean(document.querySelector(place)?.closest('main .nice-padding'))", place))
