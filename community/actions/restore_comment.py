"""Let a comment stand: bring it back to sight, or settle what was reported about it."""

import uuid
from typing import Any

from django.db import transaction

from community.models import Comment, Thread
from community.moderation import moderated
from community.settling import settle_reports
from core import audit

__all__ = ["restore_comment"]


def restore_comment(*, actor: Any, comment_id: uuid.UUID) -> Comment:
    """Show a hidden comment again; of one that was only reported, say that it may stay. Both settle its reports.

    Raises:
        CommentNotFound: no such comment, or removed, or nothing that this person may see.
        MayNotModerate: somebody who looks after another course, or a learner.
        AuthenticationRequired, NotEnrolled …: neither a moderator nor a reader.
    """
    with transaction.atomic():
        comment, thread = moderated(actor, comment_id)
        settled = settle_reports(comment)
        was_hidden = comment.state == Comment.State.HIDDEN
        if was_hidden:
            comment.state = Comment.State.VISIBLE
            comment.save(update_fields=["state"])
        if comment.is_opening and thread.state == Thread.State.HIDDEN:
            thread.state = thread.shown_state
            thread.save(update_fields=["state"])
        if was_hidden or settled:
            facts = {"course_key": str(thread.course_key), "was_hidden": was_hidden, "reports": settled}
            label = f"{comment._meta.verbose_name} {comment.public_id}"
            audit.record(actor=actor, verb="community.comment_restored", target=comment, label=label, facts=facts)
    return comment
