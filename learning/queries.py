"""Reads that the faces use."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from commerce.models import Enrollment
from commerce.queries import held_enrollments, one_for_each_course
from core.policies import is_person
from courses.models import CoursePage, QuizPage
from courses.queries import pages
from courses.queries.outline import CourseOutline, outlines_for
from learning.access import CourseAccess, course_accesses
from learning.models import QuizAttempt

__all__ = [
    "DashboardEntry",
    "SavedAnswer",
    "attempt_for",
    "attempts_left",
    "attempts_of",
    "dashboard",
    "saved_answers",
]


@dataclass(frozen=True)
class DashboardEntry:
    """A course on the learner's dashboard."""

    course: CoursePage
    outline: CourseOutline
    access: CourseAccess


@dataclass(frozen=True)
class SavedAnswer:
    """What the server holds of one question; the client counts on from ``sequence``."""

    value: dict[str, Any]
    sequence: int


def dashboard(user: Any, language: str) -> list[DashboardEntry]:
    """The learner's courses, the one worked on last first; the same number of queries however many.

    Courses whose time is over stay on it: what was learnt in them is the learner's.

    Courses that were taken off the site since are left out; one without a translation comes in another language.
    """
    if not is_person(user):
        return []
    keys = list(one_for_each_course(held_enrollments(user)))
    courses = pages.courses_by_keys(keys, language)
    found = [courses[key] for key in keys if key in courses]
    outlines = outlines_for(found)
    accesses = course_accesses(user, found, outlines)
    entries = [DashboardEntry(course, outlines[course.pk], accesses[course.pk]) for course in found]
    return sorted(entries, key=_last_active, reverse=True)


def attempts_of(user: Any, quiz_key: uuid.UUID) -> "QuerySet[QuizAttempt]":
    """The learner's attempts at a quiz in their open enrolment, newest first."""
    if not is_person(user):
        return QuizAttempt.objects.none()
    return QuizAttempt.objects.filter(
        enrollment__learner=user, enrollment__state__in=Enrollment.OPEN_STATES, quiz_key=quiz_key
    ).order_by("-number")


def attempts_left(user: Any, quiz: QuizPage) -> int | None:
    """How many attempts the learner may still start; None where there is no limit. An open one counts as used."""
    if quiz.attempts_allowed is None:
        return None
    return max(0, quiz.attempts_allowed - attempts_of(user, quiz.translation_key).count())


def attempt_for(user: Any, public_id: uuid.UUID) -> QuizAttempt | None:
    """The learner's own attempt, of any enrolment; None when there is none or it is somebody else's."""
    if not is_person(user):
        return None
    return (
        QuizAttempt.objects.filter(public_id=public_id, enrollment__learner=user).select_related("enrollment").first()
    )


def saved_answers(attempt: QuizAttempt) -> dict[uuid.UUID, SavedAnswer]:
    """What was saved so far, by question; nothing of how it is judged."""
    rows = attempt.answers.order_by().values_list("question_key", "value", "sequence")
    return {key: SavedAnswer(value, sequence) for key, value, sequence in rows}


def _last_active(entry: DashboardEntry) -> Any:
    enrollment, progress = entry.access.enrollment, entry.access.progress
    if enrollment is None:  # cancelled between the two queries
        return (0.0, 0)
    moment = progress.last_active_at if progress and progress.last_active_at else enrollment.enrolled_at
    return (moment.timestamp(), enrollment.pk)
