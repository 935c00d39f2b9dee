"""A learner who changes language in the middle of a course keeps what they did: progress, attempt, certificate."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from api.tests.calls import COMPLETE, ENROLL, ME, SAVE, START, SUBMIT, ask, client_of
from commerce.models import Certificate, Enrollment
from courses.facts import refresh_facts
from courses.keys import page_public_id
from courses.models import CoursePage, LessonPage, QuizPage
from courses.tests.factories import add_lesson, add_module, add_quiz, make_course, make_school, translate_page
from courses.tests.questions import question
from learning.models import QuizAttempt
from learning.tests.factories import right_answer
from tests.journeys.school import School
from tests.journeys.steps import answer, attempt_on, log_in, question_on

IN_LANGUAGE = """query ($id: ID!, $locale: String) { course(id: $id, locale: $locale) {
  locale title viewer { isEnrolled progress isCompleted } modules { lessons { id title isCompleted } } } }"""
ATTEMPTS = """query ($id: ID!, $locale: String) { quiz(id: $id, locale: $locale) {
  title attempts { id state score passed } } }"""


@dataclass(frozen=True)
class Bilingual:
    """A course of two lessons and a quiz, in English and in French."""

    courses: dict[str, CoursePage]
    lessons: dict[str, list[LessonPage]]
    quizzes: dict[str, QuizPage]


def make_bilingual() -> Bilingual:
    """Both trees published; the French one shares the keys of the English one."""
    course = make_course("Keeping bees", slug="keeping-bees")
    module = add_module(course, "The hive")
    lessons = [add_lesson(module, title, completion_rule="opened") for title in ("The swarm", "The honey")]
    quiz = add_quiz(module, "Check", slug="check", questions=[question("single_choice"), question("true_false")])
    french = translate_page(course, make_school("fr").courses, "Élever des abeilles")
    french_module = translate_page(module, french, "La ruche")
    french_lessons = [
        translate_page(lesson, french_module, title)
        for lesson, title in zip(lessons, ("L’essaim", "Le miel"), strict=True)
    ]
    french_quiz = translate_page(quiz, french_module, "Vérifiez")
    for page in (course, french):
        refresh_facts(page)
    return Bilingual(
        {"en": course, "fr": french},  # type: ignore[dict-item]
        {"en": lessons, "fr": french_lessons},  # type: ignore[dict-item]
        {"en": quiz, "fr": french_quiz},  # type: ignore[dict-item]
    )


def switch_to(page: Page, name: str) -> None:
    """Press the language in the footer and arrive."""
    page.get_by_role("contentinfo").get_by_role("button", name=name).click()
    page.wait_for_load_state()


@pytest.mark.browser
def test_on_the_website(school: School, page: Page) -> None:
    taught = make_bilingual()
    log_in(page, school, "learner")
    page.goto(school + taught.courses["en"].get_url())
    page.get_by_role("button", name="Enrol for free").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The swarm")
    switch_to(page, "Français")
    expect(page).to_have_url(school + taught.lessons["fr"][0].get_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("L’essaim")
    expect(page.get_by_text("33")).to_be_visible()
    page.get_by_role("navigation", name="Précédent et suivant").locator("[rel=next]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le miel")
    expect(page.get_by_text("66")).to_be_visible()
    page.goto(school + taught.quizzes["fr"].get_url())
    page.locator("form.actions button").click()
    page.wait_for_url("**/fr/quiz/attempts/**")
    attempt = attempt_on(page)
    first, second = attempt.frozen_questions
    answer(question_on(page, first["id"]), first["id"], right_answer(first))
    expect(page.locator("[data-state]")).to_have_attribute("data-state", "saved")
    switch_to(page, "English")
    assert attempt_on(page) == attempt
    expect(page.get_by_text("its questions stay in Français")).to_be_visible()
    expect(page.locator(f"[name=q-{first['id']}]:checked")).to_have_count(1)
    page.locator(f"[name=q-{second['id']}][value={str(right_answer(second)['value']).lower()}]").check()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Passed. Well done!")).to_be_visible()
    for language in ("en", "fr"):
        page.goto(f"{school.url}/{language}/dashboard/")
        expect(page.locator("#certificates").get_by_role("link", name=taught.courses["fr"].title)).to_have_count(1)
    assert (Enrollment.objects.count(), QuizAttempt.objects.count(), Certificate.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
def test_through_graphql() -> None:
    from commerce.tests.factories import make_user
    from core.dispatch import dispatch

    taught = make_bilingual()
    learner = make_user(name="Awa Ndiaye")
    client = client_of(learner)
    enrolled = ask(client, ENROLL, id=page_public_id(taught.courses["en"]))["data"]["enrollInCourse"]
    assert enrolled["errors"] == []
    done = ask(client, COMPLETE, id=page_public_id(taught.lessons["en"][0]))["data"]["completeLesson"]
    again = ask(client, COMPLETE, id=page_public_id(taught.lessons["fr"][0]))["data"]["completeLesson"]
    assert done == again == {"progress": pytest.approx(1 / 3), "errors": []}
    ask(client, COMPLETE, id=page_public_id(taught.lessons["fr"][1]))
    for language, title in (("en", "The honey"), ("fr", "Le miel")):
        found = ask(client, IN_LANGUAGE, id=page_public_id(taught.courses["en"]), locale=language)["data"]["course"]
        assert (found["locale"], found["viewer"]["progress"]) == (language, pytest.approx(2 / 3))
        lessons = found["modules"][0]["lessons"]
        assert [lesson["isCompleted"] for lesson in lessons] == [True, True, False]
        assert lessons[1]["title"] == title
    pass_in_two_languages(client, taught)
    dispatch()
    me = ask(client, ME)["data"]["me"]
    assert (len(me["enrollments"]), me["enrollments"][0]["progress"], len(me["certificates"])) == (1, 1, 1)


def pass_in_two_languages(client: Any, taught: Bilingual) -> None:
    """Start in French, go on in English: the same attempt."""
    started = ask(client, START, id=page_public_id(taught.quizzes["fr"]))["data"]["startQuizAttempt"]["attempt"]
    resumed = ask(client, START, id=page_public_id(taught.quizzes["en"]))["data"]["startQuizAttempt"]["attempt"]
    assert resumed["id"] == started["id"]
    for frozen in QuizAttempt.objects.get().frozen_questions:
        right = right_answer(frozen)
        given = {"optionIds": right["option_ids"]} if "option_ids" in right else right
        saved = ask(client, SAVE, attempt=started["id"], question=frozen["id"], answer=given, sequence=1)
        assert saved["data"]["saveAnswer"]["saved"] is True
    assert ask(client, SUBMIT, id=started["id"])["data"]["submitQuizAttempt"]["attempt"]["passed"] is True
    for language in ("en", "fr"):
        quiz = ask(client, ATTEMPTS, id=page_public_id(taught.quizzes["en"]), locale=language)["data"]["quiz"]
        assert quiz["attempts"] == [{"id": started["id"], "state": "SUBMITTED", "score": 1, "passed": True}]
