"""Put other words in the place of one's own."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction

from community.errors import CommentNotFound, EditingOver, NotYourComment
from community.limits import checked_text
from community.models import Comment
from community.place import comment_here
from core import clock

__all__ = ["EDITABLE_FOR", "can_edit", "edit_comment"]

EDITABLE_FOR = timedelta(minutes=15)


def can_edit(actor: Any, comment: Comment) -> bool:
    """Whether ``actor`` may still change ``comment``."""
    return (
        comment.author_id == actor.pk
        and comment.state == Comment.State.VISIBLE
        and clock.now() - comment.written_at <= EDITABLE_FOR
    )


def edit_comment(*, actor: Any, comment_id: uuid.UUID, text: str, language: str | None = None) -> Comment:
    """Change a comment of one's own, up to 15 minutes after it was written.

    Raises:
        CommentNotFound: no such comment, hidden or removed.
        NotYourComment: somebody else's.
        EditingOver: too late.
        CommentEmpty, CommentTooLong: it says nothing, or too much.
        AuthenticationRequired, LessonNotFound, NotEnrolled …: the lesson is not theirs to discuss any more.
    """
    seen, _opened = comment_here(actor, comment_id, language)
    if seen.author_id != actor.pk:
        raise NotYourComment
    text = checked_text(text)
    with transaction.atomic():
        comment = Comment.objects.select_for_update(of=("self",)).select_related("thread").get(pk=seen.pk)
        if comment.state != Comment.State.VISIBLE:
            raise CommentNotFound
        if not can_edit(actor, comment):
            raise EditingOver
        if text != comment.text:
            comment.text, comment.edited_at = text, clock.now()
            comment.save(update_fields=["text", "edited_at"])
    return comment
