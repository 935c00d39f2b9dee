"""Take back what one said: the words go for good, the place stays."""

import uuid
from typing import Any, NoReturn

from django.db import transaction

from community.errors import CommentNotFound, NotYourComment
from community.models import Comment, Thread
from community.place import comment_here
from community.settling import settle_reports
from core.policies import is_person
from learning.errors import AuthenticationRequired

__all__ = ["remove_comment"]


def remove_comment(*, actor: Any, comment_id: uuid.UUID) -> Comment:
    """Remove a comment of one's own, whether or not its lesson may still be opened, hidden or not.

    A thread whose answer is removed is open again.

    Raises:
        AuthenticationRequired: a visitor.
        CommentNotFound: no such comment, removed before, or nothing that this person may see.
        NotYourComment: somebody else's.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    with transaction.atomic():
        found = Comment.objects.filter(public_id=comment_id, author=actor).exclude(state=Comment.State.REMOVED)
        thread = Thread.objects.select_for_update(of=("self",)).filter(comments__in=found).first()
        comment = found.select_for_update(of=("self",)).select_related("thread").first()
        if thread is None or comment is None:
            _refuse(actor, comment_id)
        comment.text, comment.state = "", Comment.State.REMOVED
        comment.save(update_fields=["text", "state"])
        settle_reports(comment)
        if thread.answer_id == comment.pk:
            thread.answer = thread.answered_at = None
            if thread.state == Thread.State.ANSWERED:
                thread.state = Thread.State.OPEN
            thread.save(update_fields=["answer", "answered_at", "state"])
    return comment


def _refuse(actor: Any, comment_id: uuid.UUID) -> NoReturn:
    comment, _opened = comment_here(actor, comment_id)
    raise CommentNotFound if comment.author_id == actor.pk else NotYourComment
