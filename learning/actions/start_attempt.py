"""Start a quiz."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from commerce.access import gives_access
from commerce.locks import locked_enrollment
from core import clock
from core.policies import is_person
from courses.queries import pages
from courses.queries.outline import outline_of
from learning.access import course_access
from learning.actions.submit_attempt import close
from learning.attempts import draw_questions, is_over_time, rules_of
from learning.errors import AttemptsUsedUp, AuthenticationRequired, NotEnrolled, QuizEmpty, QuizNotFound, refusal
from learning.models import QuizAttempt

__all__ = ["start_attempt"]


def start_attempt(*, actor: Any, quiz_key: uuid.UUID, language: str) -> QuizAttempt:
    """Start an attempt, or return the open one: a second tab and a repeated request get the same.

    Questions are drawn, ordered and frozen with their keys. An open attempt whose time is over is handed in first.

    Args:
        language: which translation of the quiz to ask in.

    Raises:
        AuthenticationRequired: a visitor.
        QuizNotFound: not published.
        NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: it may not be opened.
        AttemptsUsedUp: none is left.
        QuizEmpty: it has no questions.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    quiz = pages.quiz_by_key(quiz_key, language)
    if quiz is None:
        raise QuizNotFound
    course = pages.course_of(quiz)
    outline = outline_of(course)
    item = outline.by_key.get(quiz_key)
    if item is None:
        raise QuizNotFound
    access = course_access(actor, course, outline)
    reason = access.lock_reason(item)
    if reason:
        raise refusal(reason)
    if access.enrollment is None or not access.has_access:
        raise NotEnrolled  # an author: attempts hang off an enrolment
    with transaction.atomic():
        enrollment = locked_enrollment(access.enrollment.pk)
        if not gives_access(enrollment):
            raise NotEnrolled
        attempts = QuizAttempt.objects.filter(enrollment=enrollment, quiz_key=quiz_key)
        running = attempts.filter(state=QuizAttempt.State.OPEN).select_for_update(of=("self",), no_key=True).first()
        if running is not None and not is_over_time(running):
            return running
        if running is not None:
            running.enrollment = enrollment
            close(running)
        used = attempts.aggregate(last=Max("number"))["last"] or 0
        if quiz.attempts_allowed is not None and used >= quiz.attempts_allowed:
            raise AttemptsUsedUp
        questions = draw_questions(quiz)
        if not questions:
            raise QuizEmpty
        now = clock.now()
        limit = quiz.time_limit_minutes
        return QuizAttempt.objects.create(
            enrollment=enrollment,
            quiz_key=quiz_key,
            number=used + 1,
            frozen_questions=questions,
            frozen_rules=rules_of(quiz),
            language=quiz.locale.language_code,
            started_at=now,
            deadline=now + timedelta(minutes=limit) if limit else None,
        )
