"""Mark a lesson as done: its end was reached, or the learner says so."""

import uuid
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from commerce.access import gives_access
from commerce.locks import locked_enrollment
from commerce.models import Enrollment
from core import clock
from core.formats import listed
from courses.queries.outline import CourseOutline, OutlineItem
from learning.access import CourseAccess
from learning.errors import QuizRequired, VideosNotWatched, WatchedTooSoon, refusal
from learning.models import LessonProgress
from learning.open_lesson import find_lesson
from learning.progress import deciding_quiz, record
from learning.watching import ToWatch, left_to_watch, seconds_needed
from videos.moments import moment_text

__all__ = ["complete_lesson"]


def complete_lesson(
    *, actor: Any, lesson_key: uuid.UUID, language: str | None = None, says_watched: bool = False
) -> CourseAccess:
    """Complete a lesson for ``actor``; done twice, it changes nothing.

    Authors who aren't enrolled may call it and leave no trace.

    Args:
        language: of the lesson being read; the present one when left out. It decides which translation's outline
            the course is measured by.
        says_watched: where watching completes it: the learner has watched without a player that counts seconds. Their
            word is taken once there was time for it since the lesson was opened and gave them its videos; the watch
            data learns nothing of it.

    Returns:
        The access as it is afterwards, with ``fraction``.

    Raises:
        AuthenticationRequired: a visitor.
        LessonNotFound: not published, or a quiz.
        NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: it may not be opened.
        QuizRequired: passing the next quiz is what completes it.
        VideosNotWatched: watching its videos is; the message says how much is missing.
        WatchedTooSoon: the word comes too soon; the message says how long to wait, and that is counted from now at the
            latest.
    """
    found = find_lesson(actor, lesson_key, language)
    lesson, outline, item, access = found.page, found.outline, found.item, found.access
    # Reading a free preview needs no enrolment; progress does.
    reason = access.lock_reason(item) or ("" if access.has_access or access.is_author else access.enrollment_reason)
    if reason:
        raise refusal(reason)
    if access.enrollment is None or not access.has_access:
        return access
    quiz = deciding_quiz(outline, item)
    if quiz is not None and quiz.key not in access.completed and item.key not in access.completed:
        raise QuizRequired
    if item.key in access.completed:
        return access
    needed = seconds_needed(lesson)
    left = left_to_watch(actor, needed)
    if left and not says_watched:
        raise VideosNotWatched(listed(_in_words(video) for video in left))
    if left:
        _require_time(access.enrollment, outline, item, sum(seconds for _title, seconds in needed.values()))
    with transaction.atomic():
        enrollment = locked_enrollment(access.enrollment.pk)
        if not gives_access(enrollment):
            raise refusal("not_enrolled")
        recorded = record(enrollment, outline, opened=item.key, done=[item.key], is_claimed=bool(left))
    return replace(
        access,
        enrollment=enrollment,
        opened=recorded.opened,
        completed=recorded.completed,
        progress=recorded.progress,
    )


def _require_time(enrollment: Enrollment, outline: CourseOutline, item: OutlineItem, seconds: int) -> None:
    """Go on only if ``seconds`` have passed since the learner first opened the lesson; who never did has now."""
    opened = LessonProgress.objects.filter(enrollment=enrollment, lesson_key=item.key)
    opened_at = opened.values_list("opened_at", flat=True).first()
    if opened_at is None:
        with transaction.atomic():
            record(locked_enrollment(enrollment.pk), outline, opened=item.key)
    passed = int((clock.now() - opened_at).total_seconds()) if opened_at else 0
    if passed < seconds:
        raise WatchedTooSoon(moment_text((seconds - passed) * 1000))


def _in_words(left: ToWatch) -> str:
    return _("%(length)s of “%(title)s”") % {"length": moment_text(left.seconds * 1000), "title": left.title}
