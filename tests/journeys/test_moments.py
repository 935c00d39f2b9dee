"""Notes and questions below a lesson: in step with the video, sent while it plays on; by plain forms without script."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from community.models import Comment, Thread
from community.tests.factories import ask, make_talkers
from learning.models import Bookmark, Note
from learning.tests.factories import lesson_with_video
from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import bring_in
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("media_root")]


@dataclass(frozen=True)
class Place:
    """A lesson with a video, and somebody before it."""

    context: BrowserContext
    url: str
    video: str
    here: object

    def open(self, query: str = "") -> Page:
        page = self.context.new_page()
        page.goto(self.url + query)
        return page


def place_for(school: School, context: BrowserContext) -> Place:
    video = ready_video(duration_ms=3_600_000)
    here = make_talkers(lesson_with_video(video))
    bring_in(context, school.url, here.learner)
    return Place(context, school + here.lesson.get_url(), str(video.public_id), here)


def tell_time(page: Page, place: Place, seconds: int) -> None:
    """What the player says as time goes on."""
    page.evaluate(
        """([video, at_ms]) => document.querySelector("lesson-video")
            .dispatchEvent(new CustomEvent("video-time", { bubbles: true, detail: { video, at_ms } }))""",
        [place.video, seconds * 1000],
    )


def test_in_step_with_the_video(school: School, open_context: OpenContext) -> None:
    place = place_for(school, open_context())
    near = ask(place.here.other, place.here.lesson, "Near?", video_key=place.video, at_ms=750_000)
    far = ask(place.here.other, place.here.lesson, "Far?", video_key=place.video, at_ms=900_000)
    page = place.open("?notes=1&questions=1")
    page.evaluate("window.stillHere = true")
    tell_time(page, place, 754)
    notes, questions = page.locator("#notes"), page.locator("#questions")
    expect(notes.locator("#note-at")).to_have_value("12:34")
    expect(page.locator(f"#thread-{near.public_id}")).to_have_class("thread near")
    expect(page.locator(f"#thread-{far.public_id}")).to_have_class("thread")
    notes.get_by_label("New note").fill("Look again.")
    tell_time(page, place, 800)  # whoever writes keeps the moment that they began at
    expect(notes.locator("#note-at")).to_have_value("12:34")
    notes.get_by_role("button", name="Keep the note").click()
    expect(notes.locator(".said > p").get_by_text("Look again.")).to_be_visible()
    assert Note.objects.get().at_ms == 754_000
    questions.get_by_label("Ask everybody").fill("Why rows?")
    questions.locator("#ask-at").fill("99:99")
    questions.get_by_role("button", name="Ask", exact=True).click()
    expect(questions.get_by_role("alert")).to_be_visible()
    expect(questions.get_by_label("Ask everybody")).to_have_value("Why rows?")
    questions.locator("#ask-at").fill("0:09")
    questions.get_by_role("button", name="Ask", exact=True).click()
    expect(questions.locator(".thread .said > p").get_by_text("Why rows?")).to_be_visible()
    assert Thread.objects.get(opened_by=place.here.learner).at_ms == 9000
    assert page.evaluate("window.stillHere") is True


def test_times_lead_to_the_moment_and_the_players_button_keeps_one(school: School, open_context: OpenContext) -> None:
    place = place_for(school, open_context())
    page = place.open()
    page.evaluate(
        """([video]) => {
            const player = document.querySelector("lesson-video");
            player.start = () => {};
            player.addEventListener("video-seek", (event) => (window.sought = event.detail.at_ms));
            const detail = { video, at_ms: 65_400 };
            player.dispatchEvent(new CustomEvent("video-bookmark", { bubbles: true, detail }));
        }""",
        [place.video],
    )
    mark = page.locator("#notes .marks").get_by_role("link", name="1:05")
    expect(mark).to_be_visible()
    assert Bookmark.objects.get().at_ms == 65_000
    mark.click()
    page.wait_for_function("window.sought === 65000")
    assert page.url == place.url


def test_without_a_script(school: School, open_context: OpenContext) -> None:
    place = place_for(school, open_context(java_script_enabled=False))
    page = place.open()
    page.locator("#questions summary").first.click()
    page.get_by_label("Ask everybody").fill("Why rows?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#questions").get_by_text("Why rows?")).to_be_visible()
    page.locator("#questions").get_by_role("link", name="Remove").click()
    page.locator("#questions form.tool").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Removed by who wrote it.")).to_be_visible()
    assert Comment.objects.get().text == ""
    page.locator("#notes summary").first.click()
    page.get_by_label("Name of the bookmark").fill("The row")
    page.locator("#bookmark-at").fill("1:05")
    page.get_by_role("button", name="Bookmark", exact=True).click()
    expect(page.locator("#notes .marks").get_by_text("The row")).to_be_visible()
