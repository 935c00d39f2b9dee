"""The same thing in many threads at once: one winner, and everyone told the truth."""

import pytest

from commerce.actions.enroll import enroll
from commerce.actions.issue_certificate import issue_certificate
from commerce.models import Certificate, Enrollment, Order
from commerce.tests.factories import make_user
from core.dispatch import dispatch
from core.models import OutboxEvent
from core.tests.rivals import race
from courses.models import ModulePage
from courses.queries.outline import outline_of
from courses.tests.factories import add_quiz, make_course
from learning.actions import complete_lesson, save_answer, start_attempt, submit_attempt, submit_overdue_attempts
from learning.errors import AttemptsUsedUp
from learning.models import AttemptAnswer, CourseProgress, LessonProgress, QuizAttempt
from learning.tests.factories import answer_all, enrolled_learner, right_answer

pytestmark = pytest.mark.django_db(transaction=True)

#: Pages are made anew for each of these tests, so they hold as few as they need.
RIVALS = 20


def events(name):
    return OutboxEvent.objects.filter(name=name).count()


def start(learner, quiz):
    return start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")


@pytest.fixture
def course():
    return make_course(modules=1)


@pytest.fixture
def quiz(course):
    return add_quiz(ModulePage.objects.child_of(course).get(), attempts_allowed=1, time_limit_minutes=10)


@pytest.fixture
def learner(course):
    return enrolled_learner(course).learner


def test_twenty_enrolments_are_one(course):
    learner = make_user()
    results = race(RIVALS, lambda _n: enroll(actor=learner, learner=learner, course_key=course.translation_key))
    assert len({enrollment.pk for enrollment in results}) == 1
    assert (Enrollment.objects.count(), Order.objects.count()) == (1, 1)
    assert events("commerce.LearnerEnrolled") == 1


def test_twenty_starts_are_one_attempt(quiz, learner):
    results = race(RIVALS, lambda _n: start(learner, quiz))
    assert len({attempt.pk for attempt in results}) == 1
    assert QuizAttempt.objects.count() == 1


def test_the_last_attempt_has_one_winner(quiz, learner):
    submit = start(learner, quiz)
    submit_attempt(actor=learner, attempt_id=submit.public_id)
    QuizAttempt.objects.update(number=1)
    quiz.attempts_allowed = 2
    quiz.save()

    def start_and_submit(_number):
        attempt = start(learner, quiz)
        return submit_attempt(actor=learner, attempt_id=attempt.public_id)

    results = race(8, start_and_submit)
    won = [result for result in results if isinstance(result, QuizAttempt)]
    assert {attempt.number for attempt in won} == {2}
    assert all(isinstance(result, QuizAttempt | AttemptsUsedUp) for result in results)
    assert QuizAttempt.objects.count() == 2


def test_handing_in_twenty_times_grades_once(quiz, learner):
    attempt = start(learner, quiz)
    answer_all(learner, attempt)
    results = race(RIVALS, lambda _n: submit_attempt(actor=learner, attempt_id=attempt.public_id))
    assert {(result.state, result.score, result.submitted_at) for result in results} == {
        ("submitted", 1, results[0].submitted_at)
    }
    assert events("learning.QuizAttemptSubmitted") == 1
    assert events("learning.CourseCompleted") == 1


def test_the_clock_and_the_learner_hand_in_at_once(quiz, learner):
    attempt = start(learner, quiz)
    answer_all(learner, attempt)
    QuizAttempt.objects.update(deadline="2020-01-01T00:00:00Z")
    results = race(
        6,
        lambda number: (
            submit_overdue_attempts() if number % 2 else submit_attempt(actor=learner, attempt_id=attempt.public_id)
        ),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    assert events("learning.QuizAttemptSubmitted") == 1


def test_of_answers_at_once_the_highest_sequence_stays(quiz, learner):
    attempt = start(learner, quiz)
    raw = next(raw for raw in attempt.frozen_questions if raw["type"] == "short_text")

    def save(number):
        answer = {"text": f"answer {number}"}
        call = {"attempt_id": attempt.public_id, "question_key": raw["id"], "answer": answer, "sequence": number}
        return save_answer(actor=learner, **call)

    results = race(12, save)
    stored = AttemptAnswer.objects.get()
    assert (stored.sequence, stored.value) == (11, {"text": "answer 11"})
    assert results[11].saved
    assert all(result.saved or result.sequence > number for number, result in enumerate(results))


def test_an_answer_acknowledged_while_handing_in_is_graded(quiz, learner):
    attempt = start(learner, quiz)
    questions = attempt.frozen_questions

    def act(number):
        if number == len(questions):
            return submit_attempt(actor=learner, attempt_id=attempt.public_id)
        raw = questions[number]
        call = {"question_key": raw["id"], "answer": right_answer(raw), "sequence": 1}
        return save_answer(actor=learner, attempt_id=attempt.public_id, **call)

    results = race(len(questions) + 1, act)
    saved = sum(getattr(result, "saved", False) for result in results)
    attempt.refresh_from_db()
    assert attempt.points == saved == AttemptAnswer.objects.count()


def test_twenty_certificates_are_one(course):
    enrollment = enrolled_learner(course)
    results = race(
        RIVALS,
        lambda _n: issue_certificate(
            enrollment=enrollment, learner_name="Awa", course_title="Loops", language="en", facts={}
        ),
    )
    assert len({certificate.number for certificate in results}) == 1
    assert Certificate.objects.count() == 1
    assert events("commerce.CertificateIssued") == 1


def test_finishing_in_twenty_tabs_gives_one_certificate():
    course = make_course(modules=1, lessons=2)
    learner = enrolled_learner(course).learner
    keys = [item.key for item in outline_of(course).items]
    results = race(
        RIVALS, lambda number: complete_lesson(actor=learner, lesson_key=keys[number % 2], language="en").fraction
    )
    assert set(results) <= {0.5, 1.0}
    assert (LessonProgress.objects.count(), CourseProgress.objects.count()) == (2, 1)
    assert events("learning.LessonCompleted") == 2
    race(4, lambda _n: dispatch())
    assert events("learning.CourseCompleted") == 1
    assert Certificate.objects.count() == 1
