"""An attempt as its learner may see it: while it runs, and after it was handed in."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.safestring import SafeString

from learning.grading import grade, read_question
from learning.models import QuizAttempt
from learning.questions.learner import LearnerQuestion, RightAnswer, learner_questions, rich_html, right_answer_of
from learning.questions.visibility import Shows, what_shows

__all__ = ["AttemptReview", "ReviewedQuestion", "attempt_questions", "review_of"]


@dataclass(frozen=True)
class ReviewedQuestion:
    """A question with the learner's answer, how it was judged, and what would have been right."""

    question: LearnerQuestion
    answer: dict[str, Any] | None  #: as saved; None when none was given
    fraction: Decimal  #: share of the points, in [0, 1]
    is_correct: bool
    feedback: tuple[str, ...]  #: plain text
    explanation: SafeString  #: HTML
    right_answer: RightAnswer
    parts: dict[str, bool]  #: right or wrong by option, item, left side or gap


@dataclass(frozen=True)
class AttemptReview:
    """What of an attempt its learner may see now; ``questions`` are there only where ``shows`` is ``answers``."""

    attempt: QuizAttempt
    shows: Shows
    score: Decimal | None = None
    passed: bool | None = None
    questions: tuple[ReviewedQuestion, ...] = ()


def attempt_questions(attempt: QuizAttempt) -> tuple[LearnerQuestion, ...]:
    """The questions drawn for an attempt, in its order, without their keys."""
    return learner_questions(attempt.frozen_questions, seed=attempt.public_id.hex)


def review_of(attempt: QuizAttempt) -> AttemptReview:
    """What the learner may see of ``attempt`` now, by the rules that were in force when it began."""
    shows = _shows(attempt)
    if shows == "nothing":
        return AttemptReview(attempt, shows)
    questions = _reviewed(attempt) if shows == "answers" else ()
    return AttemptReview(attempt, shows, attempt.score, attempt.passed, questions)


def _shows(attempt: QuizAttempt) -> Shows:
    rules = attempt.frozen_rules
    is_submitted = attempt.state == QuizAttempt.State.SUBMITTED
    siblings = {"passed": 0, "all": 0, "open": 0}
    if is_submitted and rules.get("show_when") != "submission":
        siblings = QuizAttempt.objects.filter(enrollment=attempt.enrollment_id, quiz_key=attempt.quiz_key).aggregate(
            passed=Count("pk", filter=Q(passed=True)),
            open=Count("pk", filter=Q(state=QuizAttempt.State.OPEN)),
            all=Count("pk"),
        )
    allowed = rules.get("attempts_allowed")
    return what_shows(
        show_after=rules.get("show_after", "nothing"),
        show_when=rules.get("show_when", ""),
        is_submitted=is_submitted,
        has_passed=siblings["passed"] > 0,
        # While the last attempt still runs, the answers of an earlier one would give it away.
        attempts_are_used_up=allowed is not None and siblings["all"] >= allowed and not siblings["open"],
    )


def _reviewed(attempt: QuizAttempt) -> tuple[ReviewedQuestion, ...]:
    answers = {str(answer.question_key): answer.value for answer in attempt.answers.all()}
    reviewed = []
    for frozen, question in zip(attempt.frozen_questions, attempt_questions(attempt), strict=True):
        keyed = read_question(frozen)
        answer = answers.get(keyed.key)
        judged = grade(keyed, answer)
        reviewed.append(
            ReviewedQuestion(
                question=question,
                answer=answer,
                fraction=Decimal(judged.fraction.numerator) / Decimal(judged.fraction.denominator),
                is_correct=judged.is_correct,
                feedback=judged.feedback,
                explanation=rich_html(keyed.explanation),
                right_answer=right_answer_of(keyed),
                parts=judged.parts,
            )
        )
    return tuple(reviewed)
