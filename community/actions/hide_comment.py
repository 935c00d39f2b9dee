"""Take a comment from sight; with the question goes its thread."""

import uuid
from typing import Any

from django.db import transaction

from community.models import Comment, Thread
from community.moderation import moderated
from community.settling import settle_reports
from community.telling import tell_hidden
from core import audit

__all__ = ["hide_comment"]


def hide_comment(*, actor: Any, comment_id: uuid.UUID, reason: str = "") -> Comment:
    """Hide a comment from everybody but its author and those who look after the course; twice changes nothing.

    Reports about it are settled by this. It is on record, without the words.

    Args:
        reason: one of ``CommentReport.Reason``, for the record; may be empty.

    Raises:
        CommentNotFound: no such comment, or removed, or nothing that this person may see.
        MayNotModerate: somebody who looks after another course, or a learner.
        AuthenticationRequired, NotEnrolled …: neither a moderator nor a reader.
    """
    with transaction.atomic():
        comment, thread = moderated(actor, comment_id)
        settled = settle_reports(comment)
        if comment.state == Comment.State.HIDDEN:
            return comment
        comment.state = Comment.State.HIDDEN
        comment.save(update_fields=["state"])
        if comment.is_opening:
            thread.state = Thread.State.HIDDEN
            thread.save(update_fields=["state"])
        facts = {"course_key": str(thread.course_key), "reason": reason, "reports": settled}
        label = f"{comment._meta.verbose_name} {comment.public_id}"
        audit.record(actor=actor, verb="community.comment_hidden", target=comment, label=label, facts=facts)
        tell_hidden(comment, reason)
    return comment
