"""Check an answer to a self-check question in a lesson. Nothing is stored."""

import uuid
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString

from courses.blocks import self_checks_in
from courses.models import LessonPage
from courses.queries import pages
from courses.queries.outline import outline_of
from learning.access import course_access
from learning.errors import LessonNotFound, QuestionNotFound, refusal
from learning.grading import clean_answer, grade, read_question
from learning.questions.learner import RightAnswer, rich_html, right_answer_of

__all__ = ["CheckResult", "check_self_check"]


@dataclass(frozen=True)
class CheckResult:
    """How an answer was judged, with explanation and right answer: a self-check is for learning."""

    is_correct: bool
    fraction: Fraction
    feedback: tuple[str, ...]  #: plain text
    explanation: SafeString  #: HTML
    right_answer: RightAnswer
    parts: dict[str, bool]


def check_self_check(
    *, actor: Any, lesson_key: uuid.UUID, question_key: Any, answer: Any, language: str
) -> CheckResult:
    """Judge an answer of anybody who may open the lesson, visitors of a free preview included.

    Raises:
        LessonNotFound: not published.
        NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: the lesson may not be opened.
        QuestionNotFound: no such question in the lesson in this language.
        InvalidAnswer: the answer doesn't fit the question.
    """
    lesson = pages.item_by_key(lesson_key, language)
    if not isinstance(lesson, LessonPage):
        raise LessonNotFound
    course = pages.course_of(lesson)
    outline = outline_of(course)
    item = outline.by_key.get(lesson_key)
    if item is None:
        raise LessonNotFound
    reason = course_access(actor, course, outline).lock_reason(item)
    if reason:
        raise refusal(reason)
    question = _question(lesson, str(question_key))
    judged = grade(question, clean_answer(question, answer))
    return CheckResult(
        is_correct=judged.is_correct,
        fraction=judged.fraction,
        feedback=judged.feedback,
        explanation=rich_html(question.explanation),
        right_answer=right_answer_of(question),
        parts=judged.parts,
    )


def _question(lesson: LessonPage, key: str) -> Any:
    for raw in self_checks_in(lesson.body.get_prep_value()):
        if raw.get("id") == key:
            try:
                return read_question(raw)
            except ValueError:
                break
    raise QuestionNotFound
