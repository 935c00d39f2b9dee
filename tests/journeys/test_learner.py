"""The main job: a visitor finds a course, learns, passes and holds a certificate that anyone can verify."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.tests.factories import PASSWORD
from commerce.actions.enroll import enroll
from commerce.models import Certificate
from courses.models import LessonPage
from learning.models import LessonProgress, QuizAttempt
from learning.tests.factories import right_answer, wrong_answer
from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import answer, link_in_mail_to, log_in, question_on, start_quiz

pytestmark = pytest.mark.browser

with_and_without_java_script = pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
ADDRESS = "thandi@example.com"


@with_and_without_java_script
def test_from_search_to_certificate(school: School, open_context: OpenContext, java_script: bool) -> None:
    page = open_context(java_script_enabled=java_script).new_page()
    find_the_course(page, school)
    sign_up(page, school)
    enroll_on_the_course_page(page, school)
    read_lessons(page, school, java_script)
    take_the_quiz(page, school, java_script)
    number = hold_the_certificate(page, school)
    verify_as_a_stranger(open_context(java_script_enabled=java_script).new_page(), school, number)


def find_the_course(page: Page, school: School) -> None:
    page.goto(school + "/")
    expect(page).to_have_url(school + "/en/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Courses").click()
    search = page.locator("#q")  # its role changes with the script that suggests
    search.fill("quagga")
    search.press("Enter")
    expect(page.get_by_role("heading", name="No course fits.")).to_be_visible()
    search.fill("version control")
    search.press("Enter")
    expect(page.get_by_role("status").filter(has_text="1 course")).to_be_visible()
    page.get_by_role("link", name=school.course_title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(school.course_title)
    assert page.locator(".outline-item").count() == len(school.lessons) + 1


def sign_up(page: Page, school: School) -> None:
    page.get_by_role("link", name="Sign up and enrol").click()
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Name").fill("Thandi Nkosi")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/confirm-email/")
    page.goto(link_in_mail_to(ADDRESS))
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("link", name="My learning")).to_be_visible()


def enroll_on_the_course_page(page: Page, school: School) -> None:
    page.goto(school + school.course_path)
    page.get_by_role("button", name="Enrol for free").click()
    expect(page.get_by_text("You are enrolled.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(school.lessons[0])


def read_lessons(page: Page, school: School, java_script: bool) -> None:
    """Every lesson in turn: the first two by scrolling where a script sees it, the others by the button."""
    for done, title in enumerate(school.lessons, start=1):
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        answer_self_checks(page, title)
        if java_script and done <= 2:
            page.locator("#end").scroll_into_view_if_needed()
        else:
            page.get_by_role("button", name="Mark as done").click()
        expect(page.get_by_text("You have done this lesson.")).to_be_visible()
        percent = 100 * done // (len(school.lessons) + 1)
        expect(page.get_by_text(f"{percent}% of the course done")).to_be_visible()
        page.get_by_role("navigation", name="Previous and next").locator("[rel=next]").click()
        page.wait_for_load_state()
    assert LessonProgress.objects.filter(completed_at__isnull=False).count() == len(school.lessons)


def answer_self_checks(page: Page, title: str) -> None:
    """Wrong first, then right; nothing of the key is on the page before."""
    for block in LessonPage.objects.get(title=title).body.raw_data:
        if block["type"] != "single_choice":
            continue
        place = page.locator(f"#check-{block['id']}")
        expect(place.get_by_role("status")).to_have_count(0)
        for given, words in ((wrong_answer(block), "Not right."), (right_answer(block), "Right.")):
            answer(place, block["id"], given)
            place.get_by_role("button", name="Check").click()
            expect(place.get_by_role("status").get_by_text(words, exact=True)).to_be_visible()


def take_the_quiz(page: Page, school: School, java_script: bool) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(school.quiz.title)
    page.get_by_role("button", name="Start the quiz").click()
    page.wait_for_url("**/quiz/attempts/**")
    attempt = QuizAttempt.objects.get()
    for frozen in attempt.frozen_questions:
        answer(question_on(page, frozen["id"]), frozen["id"], right_answer(frozen))
    if java_script:
        expect(page.locator("[data-state]")).to_have_text("Saved")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Passed. Well done!")).to_be_visible()
    expect(page.get_by_text("100%")).to_be_visible()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.passed) == (QuizAttempt.State.SUBMITTED, True)


def hold_the_certificate(page: Page, school: School) -> str:
    page.goto(school + school.course_path)
    expect(page.get_by_text("You finished this course.")).to_be_visible()
    page.get_by_role("link", name="My learning").click()
    certificate = Certificate.objects.get()
    assert (certificate.learner_name, certificate.course_title) == ("Thandi Nkosi", school.course_title)
    link = page.locator("#certificates").get_by_role("link", name=school.course_title)
    expect(link).to_have_attribute("href", f"/certificates/{certificate.number}/")
    return certificate.number


def verify_as_a_stranger(page: Page, school: School, number: str) -> None:
    page.goto(school + "/certificates/")
    page.get_by_label("Number of the certificate").fill(f" {number[:4].lower()}-{number[4:]} ")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("This certificate is valid.")).to_be_visible()
    expect(page.get_by_text("Thandi Nkosi")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(school.course_title)
    path = page.get_by_role("link", name="Download as PDF").get_attribute("href")
    answered = page.request.get(school + str(path))
    assert (answered.status, answered.headers["content-type"]) == (200, "application/pdf")
    assert answered.body().startswith(b"%PDF-")


@with_and_without_java_script
@pytest.mark.parametrize("is_right", [True, False], ids=["right", "wrong"])
def test_quiz_of_all_eight_types(school: School, open_context: OpenContext, java_script: bool, is_right: bool) -> None:
    learner = school.people["learner"]
    enroll(actor=learner, learner=learner, course_key=school.long_course_key)
    page = open_context(java_script_enabled=java_script).new_page()
    log_in(page, school, "learner")
    attempt = start_quiz(page, school, school.long_quiz)
    assert len(attempt.frozen_questions) == 8
    chosen: dict[str, Any] = {
        frozen["id"]: right_answer(frozen) if is_right else wrong_answer(frozen) for frozen in attempt.frozen_questions
    }
    for key, given in chosen.items():
        answer(question_on(page, key), key, given)
    if not java_script:
        page.get_by_role("button", name="Save").click()
        page.wait_for_load_state()
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_selector(".score")
    verdicts = page.locator(".verdict > p:first-child").all_inner_texts()
    assert verdicts == ["Right." if is_right else "Not right."] * 8
    expect(page.locator(".score")).to_have_text("100%" if is_right else "0%")
    attempt.refresh_from_db()
    assert attempt.passed is is_right
    assert {str(row.question_key): in_any_order(row.value) for row in attempt.answers.all()} == {
        key: in_any_order(given) for key, given in chosen.items()
    }


def in_any_order(given: dict[str, Any]) -> dict[str, Any]:
    """An answer whose ticked options come in the order of the page."""
    return {"option_ids": sorted(given["option_ids"])} if "option_ids" in given else given
