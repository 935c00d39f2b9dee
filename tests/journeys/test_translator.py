"""A translator brings a course into French, a reviewer publishes it, and the original moves on."""

import re
from pathlib import Path
from typing import Any

import polib
import pytest
from playwright.sync_api import Locator, Page, expect

from commerce.actions.enroll import enroll
from core.dispatch import dispatch
from courses.models import CoursePage, LessonPage
from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import log_in, log_in_to_admin
from translation.models import CourseTranslationJob, PageTranslation

pytestmark = pytest.mark.browser

#: Stands before what was translated, so that a text says by itself where it comes from.
FRENCH = "En français : "


def test_a_course_into_french_and_out_of_date(school: School, open_context: OpenContext, tmp_path: Path) -> None:
    page = open_context().new_page()
    log_in_to_admin(page, school, "translator")
    submit_in_one_go(page, school)
    translate_a_lesson_by_keyboard(page, school)
    translate_the_quiz_without_script(open_context(java_script_enabled=False).new_page(), school)
    import_another_lesson(page, school, tmp_path)
    send_to_review(page, school)
    approve(open_context().new_page(), school)
    learner = open_context().new_page()
    read_in_french(learner, school)
    change_the_original(school)
    be_told_at_the_desk(page, school)
    be_told_at_the_lesson(learner, school)


def desk(school: School) -> str:
    return school + f"/admin/translations/courses/{school.course_key}/fr/"


def lesson(school: School, number: int, language: str = "en") -> LessonPage:
    """A lesson of the imported course by its place."""
    key = LessonPage.objects.get(title=school.lessons[number], locale__language_code="en").translation_key
    return LessonPage.objects.get(translation_key=key, locale__language_code=language)


def submit_in_one_go(page: Page, school: School) -> None:
    card = page.locator(".tr-course", has=page.get_by_role("link", name=school.course_title, exact=True))
    card.get_by_role("link", name="Submit for translation").click()
    expect(page.get_by_role("heading", level=2, name=school.course_title)).to_be_visible()
    page.get_by_label("Arabic").uncheck()
    expect(page.get_by_label("French")).to_be_checked()
    page.get_by_role("button", name="Submit for translation").click()
    expect(page.get_by_text("The course is being prepared for translation: French.")).to_be_visible()
    job = CourseTranslationJob.objects.get()
    assert (job.state, job.error, job.done) == ("done", "", job.total)
    assert PageTranslation.objects.filter(course_key=school.course_key).count() == job.total
    page.get_by_role("main").get_by_role("link", name="French").click()
    expect(page).to_have_url(desk(school))
    expect(page.locator(".tr-page")).to_have_count(job.total)


def translate_a_lesson_by_keyboard(page: Page, school: School) -> None:
    """Every text, one after another with Ctrl+Enter; each is saved before the page is left."""
    page.get_by_role("link", name=school.lessons[0]).click()
    expect(page.get_by_role("heading", level=2, name=school.lessons[0])).to_be_visible()
    strings = page.locator("[data-string]")
    count = strings.count()
    assert count > 10
    strings.first.locator("textarea").focus()
    for number in range(count):
        string = strings.nth(number)
        expect(string.locator("textarea")).to_be_focused()
        if not is_address(string):
            page.keyboard.insert_text(FRENCH + source_of(string))
        page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Save all").last).to_be_focused()
    expect(page.locator("[data-state=saved]")).to_have_count(count - 1)
    expect(page.locator("[data-error]:visible")).to_have_count(0)
    expect(page.locator("[data-bar-words]")).to_have_text(f"{count - 1} of {count - 1} texts translated")
    page.reload()
    expect(page.locator("[data-string].is-translated")).to_have_count(count - 1)
    assert standing(lesson(school, 0)) == (count - 1, count - 1)


def translate_the_quiz_without_script(page: Page, school: School) -> None:
    log_in_to_admin(page, school, "translator")
    page.goto(desk(school))
    page.get_by_role("link", name=school.quiz.title).click()
    expect(page.get_by_role("heading", level=2, name=school.quiz.title)).to_be_visible()
    strings = page.locator("[data-string]")
    for string in strings.all():
        if not is_address(string):
            string.locator("textarea").fill(FRENCH + source_of(string))
    prompt = strings.filter(has=page.get_by_role("heading", name="True or false · Text")).locator("textarea")
    said = prompt.input_value()
    prompt.fill("<div>")
    page.get_by_role("button", name="Save all").last.click()
    expect(page.get_by_text("1 text could not be saved. It stands below as you typed it.")).to_be_visible()
    expect(prompt).to_have_value("<div>")
    prompt.fill(said)
    page.get_by_role("button", name="Save all").last.click()
    expect(page.get_by_text("1 text is saved.")).to_be_visible()
    translated, total = standing(school.quiz)
    assert translated == total == strings.count() - 1


def import_another_lesson(page: Page, school: School, folder: Path) -> None:
    """Export, translate elsewhere, import; one entry is wrong and is named by its line."""
    page.goto(desk(school))
    page.get_by_role("link", name=school.lessons[1]).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export PO").click()
    po = polib.pofile(download.value.path().read_text(encoding="utf-8"))
    for entry in po:
        if not entry.msgctxt.endswith("slug"):
            entry.msgstr = FRENCH + entry.msgid
    po[-1].msgstr = "<div>nothing of the kind</div>"
    file = folder / "lesson.po"
    po.save(str(file))
    page.get_by_label("PO file, 5 MB at most").set_input_files(file)
    page.get_by_role("button", name="Import PO").click()
    expect(page.locator(".tr-problems li")).to_have_count(1)
    expect(page.locator(".tr-problems li")).to_contain_text(re.compile(r"Line \d+"))
    page.get_by_role("link", name="Back to the translation").click()
    expect(page.get_by_role("link", name="Untranslated (1)")).to_be_visible()
    translated, total = standing(lesson(school, 1))
    assert translated == total - 1


def send_to_review(page: Page, school: School) -> None:
    page.goto(desk(school))
    page.get_by_role("button", name="Send to review").click()
    named = page.locator(".tr-problems")
    expect(named).to_contain_text(school.lessons[2])
    expect(named).not_to_contain_text(school.lessons[0])
    expect(named).not_to_contain_text(school.lessons[1])
    page.get_by_role("button", name="Send to review as it is").click()
    expect(page).to_have_url(desk(school))
    expect(page.get_by_text("pages were sent to review.")).to_be_visible()


def approve(page: Page, school: School) -> None:
    log_in_to_admin(page, school, "reviewer")
    page.get_by_role("link", name=re.compile(r"Review \d+ pages")).click()
    panel = page.get_by_role("region", name="Translation")
    expect(panel).to_contain_text(re.compile(r"\d+% of the texts are translated from: English."))
    expect(panel).to_contain_text(school.lessons[2])
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text("pages are approved and published.")).to_be_visible()
    assert CoursePage.objects.get(translation_key=school.course_key, locale__language_code="fr").live


def read_in_french(page: Page, school: School) -> None:
    """The translated lesson is French throughout; the untranslated one says that it is not."""
    learner = school.people["learner"]
    enroll(actor=learner, learner=learner, course_key=school.course_key)
    log_in(page, school, "learner")
    page.goto(school + lesson(school, 0, "fr").get_url())
    expect(page.get_by_role("heading", level=1)).to_have_text(FRENCH + school.lessons[0])
    expect(page.get_by_role("main")).to_contain_text(FRENCH + "We'll start by exploring how version control")
    expect(page.locator(".translation-note")).to_have_count(0)
    page.goto(school + lesson(school, 2, "fr").get_url())
    expect(page.get_by_role("heading", level=1)).to_have_text(school.lessons[2])
    expect(page.locator(".translation-note")).to_be_visible()


def change_the_original(school: School) -> None:
    """An author rewrites a paragraph, and it is published."""
    original = lesson(school, 0)
    for block in original.body:
        if block.block_type == "rich_text" and "start by exploring" in block.value.source:
            block.value.source = block.value.source.replace("start by exploring", "begin with")
            break
    else:
        raise AssertionError("the lesson has no such paragraph")
    original.save_revision().publish()
    dispatch()


def be_told_at_the_desk(page: Page, school: School) -> None:
    page.goto(desk(school))
    row = page.locator(".tr-page", has=page.get_by_role("link", name=school.lessons[0]))
    expect(row.locator(".tr-state")).to_have_text("Stale")
    expect(row).to_contain_text("stale since")
    expect(page.get_by_role("region", name="The original changed")).to_be_visible()
    row.get_by_role("link", name="1 text changed").click()
    change = page.locator(".tr-changed")
    expect(change.locator("del")).to_contain_text(["start"])
    expect(change.locator("ins")).to_contain_text(["begin"])


def be_told_at_the_lesson(page: Page, school: School) -> None:
    page.goto(school + lesson(school, 0, "fr").get_url())
    expect(page.get_by_role("main")).to_contain_text(FRENCH + "We'll start by exploring how version control")
    expect(page.locator(".translation-note")).to_be_visible()


def standing(page: Any) -> tuple[int, int]:
    """Translated strings of all strings."""
    row = PageTranslation.objects.get(page_key=page.translation_key, locale__language_code="fr")
    return row.translated, row.total


def source_of(string: Locator) -> str:
    """The source as the translator reads it, markup included."""
    return string.locator(".tr-source").text_content() or ""


def is_address(string: Locator) -> bool:
    """Whether a string is the page's address, which may stay as it is."""
    return "Slug" in (string.locator("h3").text_content() or "")
