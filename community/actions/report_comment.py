"""Tell those who look after a course that a comment should not stand there."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction

from community import limits
from community.errors import AlreadyReported, CommentNotFound, OwnComment, ReasonUnknown, TooManyReports
from community.limits import line_up
from community.models import Comment, CommentReport
from community.place import comment_here
from core import clock

__all__ = ["report_comment"]


def report_comment(*, actor: Any, comment_id: uuid.UUID, reason: str, language: str | None = None) -> CommentReport:
    """Report somebody else's comment, once.

    Raises:
        CommentNotFound: no such comment, hidden or removed.
        OwnComment: one's own.
        ReasonUnknown: not one of ``CommentReport.Reason``.
        AlreadyReported: this person did.
        TooManyReports: more than 30 in an hour.
        AuthenticationRequired, LessonNotFound, NotEnrolled …: the lesson is not theirs to discuss.
    """
    seen, _opened = comment_here(actor, comment_id, language)
    if seen.author_id == actor.pk:
        raise OwnComment
    if reason not in CommentReport.Reason.values:
        raise ReasonUnknown
    with transaction.atomic():
        line_up(actor)
        comment = Comment.objects.select_for_update().get(pk=seen.pk)
        if comment.state != Comment.State.VISIBLE:
            raise CommentNotFound
        mine = CommentReport.objects.filter(person=actor).order_by()
        if mine.filter(comment=comment).exists():
            raise AlreadyReported
        if mine.filter(reported_at__gt=clock.now() - timedelta(hours=1)).count() >= limits.REPORTS_AN_HOUR:
            raise TooManyReports
        report = CommentReport.objects.create(comment=comment, person=actor, reason=reason)
        comment.open_reports += 1
        comment.save(update_fields=["open_reports"])
    return report
