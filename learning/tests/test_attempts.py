"""Starting, saving and handing in: repeats, late arrivals, deadlines, other people."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.models import Enrollment
from commerce.tests.factories import NOON, make_user
from core.clock import frozen
from core.errors import DomainError
from core.models import OutboxEvent
from courses.models import ModulePage
from courses.tests.factories import add_quiz, make_course
from courses.tests.questions import question
from learning import queries
from learning.actions import save_answer, start_attempt, submit_attempt, submit_overdue_attempts
from learning.models import AttemptAnswer, LessonProgress, QuizAttempt
from learning.tests.factories import answer_all, enrolled_learner, passed_attempt, right_answer, wrong_answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course(modules=1)


@pytest.fixture
def quiz(course):
    return add_quiz(ModulePage.objects.child_of(course).get(), attempts_allowed=2, time_limit_minutes=10)


@pytest.fixture
def enrollment(course):
    return enrolled_learner(course)


@pytest.fixture
def learner(enrollment):
    return enrollment.learner


def start(actor, quiz):
    return start_attempt(actor=actor, quiz_key=quiz.translation_key, language="en")


def save(actor, attempt, *, sequence, right=True, index=0, answer=None):
    raw = attempt.frozen_questions[index]
    answer = answer or (right_answer(raw) if right else wrong_answer(raw))
    return save_answer(
        actor=actor, attempt_id=attempt.public_id, question_key=raw["id"], answer=answer, sequence=sequence
    )


def code_of(call, *args, **kwargs):
    with pytest.raises(DomainError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def rows():
    return tuple(model.objects.count() for model in (QuizAttempt, AttemptAnswer, LessonProgress, OutboxEvent))


def test_starting_twice_returns_the_open_attempt(quiz, learner):
    first = start(learner, quiz)
    assert start(learner, quiz) == first
    assert queries.attempts_left(learner, quiz) == 1


def test_the_attempt_keeps_its_questions_when_the_quiz_changes(quiz, learner):
    attempt = start(learner, quiz)
    answer_all(learner, attempt)
    quiz.questions = []
    quiz.pass_mark = 100
    quiz.save()
    submitted = submit_attempt(actor=learner, attempt_id=attempt.public_id)
    assert (submitted.score, submitted.points, submitted.points_possible) == (1, 8, 8)


def test_draws_as_many_as_asked(quiz, learner):
    quiz.draw_count = 3
    quiz.shuffle_questions = True
    quiz.save()
    keys = {raw["id"] for raw in start(learner, quiz).frozen_questions}
    assert len(keys) == 3
    assert keys < {child.id for child in quiz.questions}


def test_no_attempt_is_left_after_the_last(quiz, learner):
    for _time in range(2):
        submit_attempt(actor=learner, attempt_id=start(learner, quiz).public_id)
    before = rows()
    assert code_of(start, learner, quiz) == "attempts_used_up"
    assert queries.attempts_left(learner, quiz) == 0
    assert rows() == before


def test_an_empty_quiz_is_not_started(course, learner):
    quiz = add_quiz(ModulePage.objects.child_of(course).get(), questions=[])
    before = rows()
    assert code_of(start, learner, quiz) == "quiz_empty"
    assert rows() == before


def test_a_newer_answer_replaces_and_an_older_never_does(quiz, learner):
    attempt = start(learner, quiz)
    assert save(learner, attempt, sequence=5).saved
    late = save(learner, attempt, sequence=4, right=False)
    assert (late.saved, late.sequence) == (False, 5)
    stored = AttemptAnswer.objects.get()
    assert (stored.sequence, stored.value) == (5, right_answer(attempt.frozen_questions[0]))
    assert save(learner, attempt, sequence=6, right=False).saved
    assert AttemptAnswer.objects.get().value == wrong_answer(attempt.frozen_questions[0])


def test_a_repeat_is_acknowledged_and_a_rival_tab_is_not(quiz, learner):
    attempt = start(learner, quiz)
    save(learner, attempt, sequence=1)
    again = save(learner, attempt, sequence=1)
    rival = save(learner, attempt, sequence=1, right=False)
    assert (again.saved, rival.saved, rival.sequence) == (True, False, 1)
    assert AttemptAnswer.objects.get().value == right_answer(attempt.frozen_questions[0])


def test_handing_in_twice_grades_once(quiz, learner):
    attempt = start(learner, quiz)
    answer_all(learner, attempt)
    first = submit_attempt(actor=learner, attempt_id=attempt.public_id)
    before = rows()
    again = submit_attempt(actor=learner, attempt_id=attempt.public_id)
    assert (again.submitted_at, again.score) == (first.submitted_at, 1)
    assert rows() == before


def test_partial_score_is_exact_and_compared_before_rounding(course, learner):
    quiz = add_quiz(ModulePage.objects.child_of(course).get(), pass_mark=67, questions=[question("matching", points=1)])
    attempt = start(learner, quiz)
    matches = dict(list(right_answer(attempt.frozen_questions[0])["matches"].items())[:2])
    save(learner, attempt, sequence=1, answer={"matches": matches})
    submitted = submit_attempt(actor=learner, attempt_id=attempt.public_id)
    assert (str(submitted.score), submitted.passed) == ("0.666667", False)
    quiz.pass_mark = 66
    quiz.save()
    attempt = start(learner, quiz)
    save(learner, attempt, sequence=1, answer={"matches": matches})
    assert submit_attempt(actor=learner, attempt_id=attempt.public_id).passed is True


@pytest.mark.parametrize("attempt_id", ["", "junk", None, 5, uuid.uuid4()])
def test_ids_that_name_no_attempt(learner, attempt_id):
    assert code_of(submit_attempt, actor=learner, attempt_id=attempt_id) == "attempt_not_found"


def test_points_weigh(course, learner):
    questions = [question("true_false", points=3), question("short_text", points=1)]
    quiz = add_quiz(ModulePage.objects.child_of(course).get(), questions=questions, pass_mark=75)
    attempt = start(learner, quiz)
    save(learner, attempt, sequence=1, index=0)
    submitted = submit_attempt(actor=learner, attempt_id=attempt.public_id)
    assert (submitted.points, submitted.points_possible, str(submitted.score)) == (3, 4, "0.750000")
    assert submitted.passed


def test_answers_count_until_the_grace_after_the_deadline_ends(quiz, learner):
    with frozen(NOON) as clock:
        attempt = start(learner, quiz)
        assert attempt.deadline == NOON + timedelta(minutes=10)
        clock.move(timedelta(minutes=10, seconds=30))
        assert save(learner, attempt, sequence=1).saved
        clock.move(timedelta(seconds=1))
        assert code_of(save, learner, attempt, sequence=2, right=False) == "deadline_passed"
        submitted = submit_attempt(actor=learner, attempt_id=attempt.public_id)
    assert submitted.points == 1


def test_nothing_is_saved_after_handing_in(quiz, learner):
    attempt = start(learner, quiz)
    save(learner, attempt, sequence=1)
    submit_attempt(actor=learner, attempt_id=attempt.public_id)
    before = rows()
    assert code_of(save, learner, attempt, sequence=2, right=False) == "deadline_passed"
    assert rows() == before
    assert AttemptAnswer.objects.get().sequence == 1


def test_what_a_lost_connection_saved_is_handed_in_by_the_clock(quiz, learner):
    with frozen(NOON) as clock:
        attempt = start(learner, quiz)
        answer_all(learner, attempt)
        clock.move(timedelta(minutes=10, seconds=30))
        assert submit_overdue_attempts() == 0
        clock.move(timedelta(seconds=1))
        assert submit_overdue_attempts() == 1
        assert submit_overdue_attempts() == 0
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score, attempt.passed) == ("submitted", 1, True)
    assert LessonProgress.objects.get(lesson_key=quiz.translation_key).completed_at is not None


def test_one_broken_attempt_holds_up_no_other(quiz, course, learner):
    with frozen(NOON) as clock:
        broken = start(learner, quiz)
        QuizAttempt.objects.filter(pk=broken.pk).update(frozen_rules={})
        start(enrolled_learner(course).learner, quiz)
        clock.move(timedelta(hours=1))
        assert submit_overdue_attempts() == 1
    broken.refresh_from_db()
    assert broken.state == "open"


def test_starting_after_the_deadline_hands_the_old_attempt_in(quiz, learner):
    with frozen(NOON) as clock:
        old = start(learner, quiz)
        clock.move(timedelta(hours=1))
        new = start(learner, quiz)
    old.refresh_from_db()
    assert (old.state, new.number, new.state) == ("submitted", 2, "open")


def test_without_a_time_limit_nothing_is_overdue(course, learner):
    quiz = add_quiz(ModulePage.objects.child_of(course).get())
    with frozen(NOON) as clock:
        attempt = start(learner, quiz)
        clock.move(timedelta(days=400))
        assert submit_overdue_attempts() == 0
        assert save(learner, attempt, sequence=1).saved


def test_strangers_and_visitors_reach_no_attempt(quiz, course, learner):
    attempt = start(learner, quiz)
    before = rows()
    for actor, expected in (
        (enrolled_learner(course).learner, "attempt_not_found"),
        (make_user(), "attempt_not_found"),
    ):
        assert code_of(save, actor, attempt, sequence=1) == expected
        assert code_of(submit_attempt, actor=actor, attempt_id=attempt.public_id) == expected
        assert queries.attempt_for(actor, attempt.public_id) is None
    for visitor in (AnonymousUser(), None):
        assert code_of(save, visitor, attempt, sequence=1) == "authentication_required"
        assert code_of(submit_attempt, actor=visitor, attempt_id=attempt.public_id) == "authentication_required"
        assert code_of(start, visitor, quiz) == "authentication_required"
    assert code_of(start, make_user(), quiz) == "not_enrolled"
    assert rows() == before
    assert queries.attempt_for(learner, attempt.public_id) == attempt


def test_a_suspended_learner_saves_and_submits_nothing(quiz, enrollment, learner):
    with frozen(NOON) as clock:
        attempt = start(learner, quiz)
        Enrollment.objects.update(state=Enrollment.State.SUSPENDED)
        before = rows()
        assert code_of(save, learner, attempt, sequence=1) == "enrollment_suspended"
        assert code_of(submit_attempt, actor=learner, attempt_id=attempt.public_id) == "enrollment_suspended"
        assert code_of(start, learner, quiz) == "enrollment_suspended"
        clock.move(timedelta(days=1))
        assert submit_overdue_attempts() == 0
        assert rows() == before
        Enrollment.objects.update(state=Enrollment.State.ACTIVE)
        assert submit_overdue_attempts() == 1


@pytest.mark.parametrize("sequence", [-1, True, "1", 1.5, None, 2**53])
def test_a_sequence_is_a_whole_number(quiz, learner, sequence):
    attempt = start(learner, quiz)
    assert code_of(save, learner, attempt, sequence=sequence) == "invalid_sequence"
    assert not AttemptAnswer.objects.exists()


@pytest.mark.parametrize("key", [uuid.uuid4(), "", None, "x" * 1000, 5, {}])
def test_an_unknown_question_is_refused(quiz, learner, key):
    attempt = start(learner, quiz)
    call = {"actor": learner, "attempt_id": attempt.public_id, "question_key": key, "answer": {}, "sequence": 1}
    assert code_of(save_answer, **call) == "question_not_found"
    assert not AttemptAnswer.objects.exists()


def test_unpublished_quizzes_are_not_found(quiz, learner):
    quiz.unpublish()
    assert code_of(start, learner, quiz) == "quiz_not_found"


def test_an_attempt_is_handed_in_though_the_quiz_is_gone(quiz, learner):
    attempt = start(learner, quiz)
    answer_all(learner, attempt)
    quiz.delete()
    assert submit_attempt(actor=learner, attempt_id=attempt.public_id).passed


def test_passing_again_changes_nothing_of_progress(quiz, learner):
    passed_attempt(learner, quiz)
    stamp = LessonProgress.objects.get().completed_at
    passed_attempt(learner, quiz)
    assert LessonProgress.objects.get().completed_at == stamp
