"""Learners in courses, and right and wrong answers to frozen questions, for tests."""

import uuid
from collections.abc import Callable
from typing import Any

from commerce.models import Enrollment
from commerce.tests.factories import make_enrollment, make_user
from courses.models import CoursePage, LessonPage, QuizPage
from courses.tests.factories import add_lesson, add_module, make_course
from learning.actions import save_answer, start_attempt, submit_attempt
from learning.grading import read_question
from learning.models import QuizAttempt

__all__ = ["answer_all", "enrolled_learner", "lesson_with_video", "passed_attempt", "right_answer", "wrong_answer"]


def enrolled_learner(course: CoursePage, **fields: Any) -> Enrollment:
    """A fresh learner's enrolment in a course; ``fields`` are the enrolment's."""
    return make_enrollment(make_user(), course.translation_key, course_title=course.title, **fields)


def right_answer(source: Any) -> dict[str, Any]:
    """The answer that earns all points of a raw or frozen question."""
    question = read_question(source)
    by_kind: dict[str, Callable[[], dict[str, Any]]] = {
        "single_choice": lambda: {"option_ids": [option.id for option in question.options if option.is_correct]},
        "multiple_choice": lambda: {"option_ids": [option.id for option in question.options if option.is_correct]},
        "true_false": lambda: {"value": question.answer == "true"},
        "numeric": lambda: {"number": question.answer},
        "short_text": lambda: {"text": question.accepted[0]},
        "ordering": lambda: {"order": [item.id for item in question.items]},
        "matching": lambda: {
            "matches": {left.id: right.id for left, right in zip(question.lefts, question.rights, strict=False)}
        },
        "fill_blanks": lambda: {
            "blanks": {str(number): answers[0] for number, answers in enumerate(question.blanks, start=1)}
        },
    }
    return by_kind[question.kind]()


def wrong_answer(source: Any) -> dict[str, Any]:
    """An answer that earns nothing."""
    question = read_question(source)
    wrong = [option.id for option in question.options if not option.is_correct]
    items = [item.id for item in question.items]
    rights = [right.id for right in question.rights]
    by_kind: dict[str, Callable[[], dict[str, Any]]] = {
        "single_choice": lambda: {"option_ids": wrong[:1]},
        "multiple_choice": lambda: {"option_ids": wrong[:1]},
        "true_false": lambda: {"value": question.answer != "true"},
        "numeric": lambda: {"number": "999999"},
        "short_text": lambda: {"text": "no such word"},
        "ordering": lambda: {"order": [*items[1:], items[0]]},
        "matching": lambda: {"matches": {left.id: rights[-1] for left in question.lefts}},
        "fill_blanks": lambda: {"blanks": {str(number + 1): "no" for number in range(len(question.blanks))}},
    }
    return by_kind[question.kind]()


def answer_all(actor: Any, attempt: QuizAttempt, *, right: bool = True, sequence: int = 1) -> None:
    """Save an answer to each question of an attempt."""
    for frozen in attempt.frozen_questions:
        answer = right_answer(frozen) if right else wrong_answer(frozen)
        save_answer(
            actor=actor,
            attempt_id=attempt.public_id,
            question_key=frozen["id"],
            answer=answer,
            sequence=sequence,
        )


def passed_attempt(actor: Any, quiz: QuizPage) -> QuizAttempt:
    """Take a quiz and pass it."""
    attempt = start_attempt(actor=actor, quiz_key=quiz.translation_key, language=quiz.locale.language_code)
    answer_all(actor, attempt)
    return submit_attempt(actor=actor, attempt_id=attempt.public_id)


def lesson_with_video(video: Any, course: CoursePage | None = None, **fields: Any) -> LessonPage:
    """A lesson that shows a video, in a course of its own unless one is given."""
    block = {"type": "video", "value": {"video": video.pk, "caption": "", "questions": []}, "id": str(uuid.uuid4())}
    return add_lesson(add_module(course or make_course()), body=[block], **fields)
