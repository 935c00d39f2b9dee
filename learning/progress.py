"""Writing down how far a learner is. Everything here runs under the enrolment's lock."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from commerce.models import Enrollment
from core import clock, outbox
from courses.models import LessonPage
from courses.queries.outline import CourseOutline, OutlineItem
from learning.events import CourseCompleted, LessonCompleted
from learning.models import CourseProgress, LessonProgress

__all__ = ["Recorded", "deciding_quiz", "is_done_by_opening", "lessons_decided_by", "record"]

Rule = LessonPage.Completion


@dataclass(frozen=True)
class Recorded:
    """The state after :func:`record`."""

    progress: CourseProgress
    opened: frozenset[uuid.UUID]
    completed: frozenset[uuid.UUID]


def deciding_quiz(outline: CourseOutline, item: OutlineItem) -> OutlineItem | None:
    """The quiz that decides whether a lesson of the rule ``quiz`` is done: the next one of its module.

    None for other rules, and where no quiz follows: such a lesson is done when it is marked so, or nobody could ever
    finish the course.
    """
    if item.kind != "lesson" or item.completion_rule != Rule.QUIZ:
        return None
    module = next(module for module in outline.modules if module.key == item.module_key)
    behind = module.items[module.items.index(item) + 1 :]
    return next((other for other in behind if other.kind == "quiz"), None)


def lessons_decided_by(outline: CourseOutline, quiz_key: uuid.UUID) -> list[uuid.UUID]:
    """Lessons that passing a quiz completes."""
    deciders = {item.key: deciding_quiz(outline, item) for item in outline.items}
    return [key for key, quiz in deciders.items() if quiz is not None and quiz.key == quiz_key]


def is_done_by_opening(outline: CourseOutline, item: OutlineItem, completed: Iterable[uuid.UUID]) -> bool:
    """Whether opening ``item`` completes it: by its rule, or because its quiz was passed before."""
    if item.kind == "lesson" and item.completion_rule == Rule.OPENED:
        return True
    quiz = deciding_quiz(outline, item)
    return quiz is not None and quiz.key in completed


def record(
    enrollment: Enrollment,
    outline: CourseOutline | None,
    *,
    opened: uuid.UUID | None = None,
    done: Iterable[uuid.UUID] = (),
    is_claimed: bool = False,
) -> Recorded:
    """Note what was opened and what is done, and finish the course when nothing is left.

    Args:
        enrollment: locked by ``commerce.locks.locked_enrollment``.
        outline: the course as it is published now; None when it isn't, and then nothing can be finished.
        opened: the item to resume at.
        done: lessons and quizzes that count as done from now on.
        is_claimed: they do on the learner's word.
    """
    now = clock.now()
    progress, _created = CourseProgress.objects.select_for_update(of=("self",)).get_or_create(enrollment=enrollment)
    rows = {row.lesson_key: row for row in LessonProgress.objects.filter(enrollment=enrollment).order_by()}
    done = list(dict.fromkeys(done))
    missing = [key for key in dict.fromkeys([*([opened] if opened else []), *done]) if key not in rows]
    created = LessonProgress.objects.bulk_create(
        [LessonProgress(enrollment=enrollment, lesson_key=key, opened_at=now) for key in missing]
    )
    rows.update({row.lesson_key: row for row in created})
    fresh = [key for key in done if rows[key].completed_at is None]
    if fresh:
        LessonProgress.objects.filter(enrollment=enrollment, lesson_key__in=fresh).update(
            completed_at=now, is_claimed=is_claimed
        )
    for key in fresh:
        rows[key].completed_at = now
        outbox.publish(
            LessonCompleted(
                enrollment_key=enrollment.public_id,
                learner_key=enrollment.learner.public_id,
                course_key=enrollment.course_key,
                lesson_key=key,
            )
        )
    completed = frozenset(key for key, row in rows.items() if row.completed_at is not None)
    if opened:
        progress.last_item_key = opened
    progress.last_active_at = now
    if outline is not None and outline.items and all(item.key in completed for item in outline.items):
        _finish(enrollment, progress, outline)
    progress.save()
    return Recorded(progress, frozenset(rows), completed)


def _finish(enrollment: Enrollment, progress: CourseProgress, outline: CourseOutline) -> None:
    """Stamp the version; the date and the event are of the first time."""
    progress.completed_version = outline.version
    if progress.completed_at is not None:
        return
    progress.completed_at = clock.now()
    outbox.publish(
        CourseCompleted(
            enrollment_key=enrollment.public_id,
            learner_key=enrollment.learner.public_id,
            course_key=enrollment.course_key,
            outline_version=outline.version,
            language=outline.language,
        )
    )
