"""What is shown after submission, as a table; and reviews keep to it."""

import itertools

import pytest

from courses.models import ModulePage
from courses.tests.factories import add_quiz, make_course
from learning.actions import start_attempt, submit_attempt
from learning.questions import review_of, what_shows
from learning.tests.factories import answer_all, enrolled_learner, passed_attempt

#: show_when → (passed, used up) → whether it is due.
DUE = {
    "submission": {(False, False): True, (False, True): True, (True, False): True, (True, True): True},
    "passed": {(False, False): False, (False, True): False, (True, False): True, (True, True): True},
    "attempts_used": {(False, False): False, (False, True): True, (True, False): True, (True, True): True},
}


@pytest.mark.parametrize("show_after", ["nothing", "score", "answers"])
@pytest.mark.parametrize("show_when", list(DUE))
def test_table(show_after, show_when):
    for is_submitted, (state, is_due) in itertools.product((False, True), DUE[show_when].items()):
        passed, used_up = state
        assert what_shows(
            show_after=show_after,
            show_when=show_when,
            is_submitted=is_submitted,
            has_passed=passed,
            attempts_are_used_up=used_up,
        ) == (show_after if is_submitted and is_due else "nothing")


def test_unknown_settings_show_nothing():
    for after, when in (("everything", "submission"), ("answers", "tomorrow")):
        shown = what_shows(
            show_after=after, show_when=when, is_submitted=True, has_passed=True, attempts_are_used_up=True
        )
        assert shown == "nothing"


def _taken(*, right=False, **rules):
    course = make_course(modules=1)
    quiz = add_quiz(ModulePage.objects.child_of(course).get(), **rules)
    learner = enrolled_learner(course).learner
    return learner, quiz, _attempt(learner, quiz, right=right)


def _attempt(learner, quiz, *, right):
    attempt = start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")
    answer_all(learner, attempt, right=right)
    return submit_attempt(actor=learner, attempt_id=attempt.public_id)


@pytest.mark.django_db
def test_answers_come_with_explanations_and_right_answers():
    _learner, _quiz, attempt = _taken(show_after="answers", show_when="submission")
    review = review_of(attempt)
    assert (review.shows, review.score, review.passed, len(review.questions)) == ("answers", 0, False, 8)
    for reviewed in review.questions:
        right = reviewed.right_answer
        assert not reviewed.is_correct
        assert "because" in reviewed.explanation
        assert right.texts or right.pairs
    by_kind = {reviewed.question.kind: reviewed.right_answer for reviewed in review.questions}
    assert by_kind["numeric"].texts == ("3.14 ± 0.01 km",)
    assert by_kind["true_false"].is_true is True
    assert by_kind["ordering"].texts == ("sow", "weed", "harvest", "thresh")
    assert by_kind["matching"].pairs[1] == ("Togo", "Lomé")


@pytest.mark.django_db
def test_score_alone_shows_no_question():
    _learner, _quiz, attempt = _taken(show_after="score", show_when="submission")
    review = review_of(attempt)
    assert (review.shows, review.score, review.questions) == ("score", 0, ())


@pytest.mark.django_db
def test_an_open_attempt_shows_nothing():
    course = make_course(modules=1)
    quiz = add_quiz(ModulePage.objects.child_of(course).get())
    learner = enrolled_learner(course).learner
    review = review_of(start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en"))
    assert (review.shows, review.score, review.passed, review.questions) == ("nothing", None, None, ())


@pytest.mark.django_db
def test_a_failed_attempt_is_shown_once_another_passed():
    learner, quiz, failed = _taken(show_when="passed")
    assert review_of(failed).shows == "nothing"
    passed_attempt(learner, quiz)
    assert review_of(failed).shows == "answers"


@pytest.mark.django_db
def test_answers_wait_until_the_last_attempt_is_handed_in():
    learner, quiz, first = _taken(show_when="attempts_used", attempts_allowed=2)
    assert review_of(first).shows == "nothing"
    second = start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")
    assert review_of(first).shows == "nothing"
    submit_attempt(actor=learner, attempt_id=second.public_id)
    assert review_of(first).shows == "answers"
