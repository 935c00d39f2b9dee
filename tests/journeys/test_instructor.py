"""An instructor writes a course in the admin, a reviewer approves it, and it is on the website."""

import re

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.roles import authors_collection
from courses.tests.authoring import draft_course
from tests.conftest import OpenContext
from tests.journeys.editor import add_block, choose_picture, save_draft, title, write
from tests.journeys.school import School
from tests.journeys.steps import log_in, log_in_to_admin

pytestmark = pytest.mark.browser


def test_from_an_empty_page_to_the_website(school: School, open_context: OpenContext, settings: LazySettings) -> None:
    # A test types faster than people pause, and a save in the middle closes choosers.
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0
    get_image_model().objects.create(
        title="Top-bar hive", file=get_test_image_file("hive.png"), collection=authors_collection()
    )
    page = open_context().new_page()
    log_in_to_admin(page, school, "instructor")
    start_a_course(page)
    course = CoursePage.objects.get(title="Beekeeping")
    overview = school + f"/admin/courses/{course.pk}/"
    write_a_module(page, overview)
    write_a_lesson(page, overview)
    look_at_the_preview(page)
    write_a_quiz(page, overview)
    be_told_of_the_picture_without_words(page, overview)
    send_to_review(page, overview)
    assert not CoursePage.objects.get(pk=course.pk).live
    approve(open_context().new_page(), school)
    read_on_the_website(open_context().new_page(), school)


def start_a_course(page: Page) -> None:
    page.get_by_role("link", name="New course").first.click()
    page.get_by_label("Title").fill("Beekeeping")
    page.get_by_role("button", name="Start the course").click()
    expect(page.get_by_text("“Beekeeping” is yours. Add its first module.")).to_be_visible()
    page.get_by_role("link", name="Course page").click()
    page.locator("[name=summary]").fill("Keep bees near a village. For anyone with a tree.")
    save_draft(page)


def write_a_module(page: Page, overview: str) -> None:
    page.goto(overview)
    page.get_by_role("link", name="Add module").click()
    title(page, "The hive")
    save_draft(page)
    assert ModulePage.objects.get(title="The hive").live is False


def write_a_lesson(page: Page, overview: str) -> None:
    """Five kinds of blocks, one of them a picture that nobody has described."""
    page.goto(overview)
    page.get_by_role("link", name=re.compile("Add lesson ?: The hive")).click()
    title(page, "Frames and bars")
    heading = add_block(page, "body", "Heading")
    page.locator(f'[name="{heading}-text"]').fill("What bees build")
    write(page, add_block(page, "body", "Text"), "Bees hang their combs from bars.")
    code = add_block(page, "body", "Code")
    page.locator(f'[name="{code}-code"]').fill("for bar in hive:\n    print(bar)")
    callout = add_block(page, "body", "Callout")
    page.locator(f'[name="{callout}-kind"]').select_option("tip")
    write(page, add_block(page, f"{callout}-body", "Text"), "Wear a veil.")
    picture = add_block(page, "body", "Picture")
    choose_picture(page, f"{picture}-image", "Top-bar hive")
    save_draft(page)
    stored = LessonPage.objects.get(title="Frames and bars").get_latest_revision_as_object()
    assert [block.block_type for block in stored.body] == ["heading", "rich_text", "code", "callout", "image"]
    assert stored.body[2].value["code"] == "for bar in hive:\n    print(bar)"


def look_at_the_preview(page: Page) -> None:
    """Beside the form, as a learner will see it."""
    page.get_by_role("button", name="Toggle preview").click()
    frame = page.frame_locator("#w-preview-iframe")
    expect(frame.get_by_role("heading", name="What bees build")).to_be_visible()
    expect(frame.get_by_text("Bees hang their combs from bars.")).to_be_visible()
    expect(frame.get_by_text("Draft preview: nothing you do here is recorded.")).to_be_visible()


def write_a_quiz(page: Page, overview: str) -> None:
    page.goto(overview)
    page.get_by_role("link", name=re.compile("Add quiz ?: The hive")).click()
    title(page, "What do bees need")
    question = add_block(page, "questions", "True or false")
    write(page, add_block(page, f"{question}-prompt", "Text"), "Bees need flowers.")
    page.locator(f'[name="{question}-answer"]').select_option("true")
    save_draft(page)
    stored = QuizPage.objects.get(title="What do bees need").get_latest_revision_as_object()
    assert stored.questions[0].value["answer"] == "true"


def be_told_of_the_picture_without_words(page: Page, overview: str) -> None:
    page.goto(overview)
    expect(page.get_by_role("button", name="Send course to review")).to_be_disabled()
    message = "Picture 1: describe it for people who can't see it, or mark it as decoration."
    problem = page.locator("#problems").get_by_text(message)
    expect(problem).to_be_visible()
    page.locator("#problems").get_by_role("link", name="Frames and bars").click()
    page.locator('[name="body-4-value-alt"]').fill("A long wooden box with bars across its top.")
    save_draft(page)


def send_to_review(page: Page, overview: str) -> None:
    page.goto(overview)
    page.get_by_role("button", name="Send course to review").click()
    expect(page.get_by_text("4 pages were sent to review.")).to_be_visible()
    expect(page.get_by_text("4 pages are with the reviewers.")).to_be_visible()


def approve(page: Page, school: School) -> None:
    log_in_to_admin(page, school, "reviewer")
    page.get_by_role("link", name="Review 4 pages").click()
    page.get_by_label("Comment for the authors").fill("Clear and short.")
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text("4 pages are approved and published.")).to_be_visible()


def read_on_the_website(page: Page, school: School) -> None:
    """As a learner who has enrolled."""
    log_in(page, school, "learner")
    page.goto(school + "/en/courses/?q=beekeeping")
    page.get_by_role("link", name="Beekeeping").click()
    page.get_by_role("button", name="Enrol for free").click()
    expect(page.get_by_role("heading", name="What bees build")).to_be_visible()
    picture = page.get_by_role("img", name="A long wooden box with bars across its top.")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    expect(page.get_by_text("Wear a veil.")).to_be_visible()


def test_other_instructor_is_kept_out(school: School, page: Page) -> None:
    course = draft_course(school.people["instructor"], "Private plans")
    lesson = LessonPage.objects.descendant_of(course).first()
    log_in_to_admin(page, school, "other_instructor")
    expect(page.get_by_text("Private plans")).to_have_count(0)
    for path in (f"/admin/pages/{lesson.pk}/edit/", f"/admin/courses/{course.pk}/", f"/admin/pages/{course.pk}/edit/"):
        page.goto(school + path)
        expect(page).to_have_url(school + "/admin/")
        expect(page.get_by_text("you do not have permission to access this area")).to_be_visible()
        expect(page.get_by_text("Private plans")).to_have_count(0)


def test_lessons_are_reordered_by_keyboard(school: School, page: Page) -> None:
    course = draft_course(school.people["instructor"], "Order matters", modules=2)
    log_in_to_admin(page, school, "instructor")
    page.goto(school + f"/admin/courses/{course.pk}/")
    assert titles(course) == [["Lesson 1.1", "Lesson 1.2", "Quiz 1"], ["Lesson 2.1", "Lesson 2.2", "Quiz 2"]]
    page.get_by_role("button", name="Move “Lesson 1.2” up").press("Enter")
    said = page.locator("course-outline [role=status]")
    expect(said).to_have_text("“Lesson 1.2” is now number 1 of 3 in “Module 1”.")
    expect(page.get_by_role("button", name="Move “Lesson 1.2” up")).to_be_focused()
    page.get_by_role("button", name="Move “Quiz 1” down").press("Space")
    expect(said).to_have_text("“Quiz 1” is now number 1 of 4 in “Module 2”.")
    page.get_by_role("button", name="Move “Module 2” up").press("Enter")
    page.get_by_role("button", name="Save the order").press("Enter")
    expect(page.get_by_text("The new order is saved.")).to_be_visible()
    assert titles(course) == [["Quiz 1", "Lesson 2.1", "Lesson 2.2", "Quiz 2"], ["Lesson 1.2", "Lesson 1.1"]]


def titles(course: CoursePage) -> list[list[str]]:
    """Titles of lessons and quizzes, a list for each module."""
    return [
        [page.title for page in module.get_children().order_by("path")]
        for module in ModulePage.objects.child_of(course).order_by("path")
    ]


def test_lessons_are_reordered_without_script(school: School, open_context: OpenContext) -> None:
    course = draft_course(school.people["instructor"], "Order matters")
    page = open_context(java_script_enabled=False).new_page()
    log_in_to_admin(page, school, "instructor")
    page.goto(school + f"/admin/courses/{course.pk}/")
    page.get_by_role("button", name=re.compile("Move “Lesson 1.1” down")).click()
    page.wait_for_load_state()
    assert titles(course) == [["Lesson 1.2", "Lesson 1.1", "Quiz 1"]]
