"""A comment for somebody who looks after it."""

import uuid
from typing import Any

from community.errors import CommentNotFound, MayNotModerate
from community.models import Comment, Thread
from community.place import comment_here
from community.policies import can_moderate
from core.policies import is_person
from learning.errors import AuthenticationRequired

__all__ = ["moderated"]


def moderated(actor: Any, comment_id: uuid.UUID) -> tuple[Comment, Thread]:
    """A comment and its thread, both locked, if ``actor`` looks after them; inside a transaction.

    Raises:
        AuthenticationRequired: a visitor.
        CommentNotFound: no such comment, or removed.
        MayNotModerate: a reader; who may not even read gets the reading's refusal.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    thread = Thread.objects.select_for_update(of=("self",)).filter(comments__public_id=comment_id).first()
    rows = Comment.objects.select_for_update(of=("self",)).select_related("author").filter(public_id=comment_id)
    comment = rows.first()
    if thread is None or comment is None:
        raise CommentNotFound
    if not can_moderate(actor, thread.course_key):
        comment_here(actor, comment_id)
        raise MayNotModerate
    if comment.state == Comment.State.REMOVED:
        raise CommentNotFound
    comment.thread = thread
    return comment, thread
