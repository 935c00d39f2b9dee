"""Progress, attempts and certificates belong to the course, not to its translation."""

import pytest
from wagtail.models import Page

from commerce.models import Certificate, Enrollment
from commerce.tests.factories import make_user
from core.dispatch import dispatch
from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.queries.outline import outline_of
from courses.tests.factories import add_lesson, add_quiz, make_course, make_school
from courses.tests.questions import question
from learning.access import CourseAccess, course_access
from learning.actions import complete_lesson, save_answer, start_attempt, submit_attempt
from learning.models import LessonProgress, QuizAttempt
from learning.tests.factories import answer_all
from translation.tests.factories import say, send_and_approve, submit, target

pytestmark = pytest.mark.django_db


def enrolled() -> tuple[CoursePage, Enrollment]:
    """A learner in a course of two lessons and a quiz whose French is live."""
    from commerce.actions.enroll import enroll

    make_school("fr")
    course = make_course(modules=1, lessons=2)
    module = ModulePage.objects.child_of(course).get()
    quiz = add_quiz(module, questions=[question("short_text", accepted="cow"), question("single_choice")])
    submit(course)
    say(quiz, {"cow": "vache\nla vache", "goat": "chèvre"})
    send_and_approve(course)
    learner = make_user()
    enroll(actor=learner, learner=learner, course_key=course.translation_key, language="en")
    return CoursePage.objects.get(pk=course.pk), Enrollment.objects.get(learner=learner)


def access(enrollment: Enrollment, page: Page) -> CourseAccess:
    course = CoursePage.objects.select_related("locale").get(pk=page.pk)
    return course_access(enrollment.learner, course, outline_of(course))


def test_progress_is_the_same_in_both_trees() -> None:
    course, enrollment = enrolled()
    first, _second = LessonPage.objects.filter(locale__language_code="en").order_by("path")
    complete_lesson(actor=enrollment.learner, lesson_key=first.translation_key, language="en")
    english, french = access(enrollment, course), access(enrollment, target(course))
    assert english.fraction == french.fraction > 0
    assert english.next_item.key == french.next_item.key
    assert (english.outline.language, french.outline.language) == ("en", "fr")
    assert outline_of(target(course)).version == outline_of(course).version
    complete_lesson(actor=enrollment.learner, lesson_key=first.translation_key, language="fr")
    assert LessonProgress.objects.filter(enrollment=enrollment, completed_at__isnull=False).count() == 1


def test_attempts_count_together_and_are_graded_in_their_language() -> None:
    _course, enrollment = enrolled()
    quiz = QuizPage.objects.get(locale__language_code="en")
    attempt = start_attempt(actor=enrollment.learner, quiz_key=quiz.translation_key, language="fr")
    assert (attempt.language, attempt.number) == ("fr", 1)
    [key] = [raw["id"] for raw in attempt.frozen_questions if raw["type"] == "short_text"]
    again = start_attempt(actor=enrollment.learner, quiz_key=quiz.translation_key, language="en")
    assert (again.pk, again.language) == (attempt.pk, "fr"), "the open one, as it was begun"
    save_answer(
        actor=enrollment.learner,
        attempt_id=attempt.public_id,
        question_key=key,
        answer={"text": "La Vache"},
        sequence=1,
    )
    submit_attempt(actor=enrollment.learner, attempt_id=attempt.public_id)
    attempt.refresh_from_db()
    assert attempt.points == 1, "accepted in French only"
    second = start_attempt(actor=enrollment.learner, quiz_key=quiz.translation_key, language="en")
    assert (second.language, second.number) == ("en", 2)
    save_answer(
        actor=enrollment.learner, attempt_id=second.public_id, question_key=key, answer={"text": "vache"}, sequence=1
    )
    submit_attempt(actor=enrollment.learner, attempt_id=second.public_id)
    second.refresh_from_db()
    assert second.points == 0, "a French word in an English question"
    assert QuizAttempt.objects.filter(enrollment=enrollment).count() == 2


def test_half_in_english_half_in_french_is_one_certificate() -> None:
    course, enrollment = enrolled()
    lessons = LessonPage.objects.filter(locale__language_code="en").order_by("path")
    for lesson, language in zip(lessons, ("en", "fr"), strict=True):
        complete_lesson(actor=enrollment.learner, lesson_key=lesson.translation_key, language=language)
    quiz = QuizPage.objects.get(locale__language_code="en")
    attempt = start_attempt(actor=enrollment.learner, quiz_key=quiz.translation_key, language="fr")
    answer_all(enrollment.learner, attempt)
    submit_attempt(actor=enrollment.learner, attempt_id=attempt.public_id)
    dispatch()
    for page in (course, target(course)):
        assert access(enrollment, page).fraction == 1
    assert Certificate.objects.count() == 1


def test_lesson_that_comes_along_is_new_content_in_both_languages() -> None:
    from translation.tests.factories import publish_source

    course, enrollment = enrolled()
    new = add_lesson(ModulePage.objects.get(locale__language_code="en"), live=False)
    publish_source(new)
    keys = {
        language: {item.key for item in access(enrollment, page).outline.items}
        for language, page in (("en", course), ("fr", target(course)))
    }
    assert keys["en"] == keys["fr"]
    assert new.translation_key in keys["fr"]
