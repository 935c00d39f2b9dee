"""How much one person may say. Counted in rows behind a lock on the person: exact however many ask at once."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from community.errors import CommentEmpty, CommentTooLong
from community.models import Comment
from community.models.comment import COMMENT_LENGTH
from core import clock
from core.texts import plain_text

__all__ = [
    "COMMENTS_AN_HOUR",
    "MOST_COMMENTS",
    "REPORTS_AN_HOUR",
    "THREADS_AN_HOUR",
    "checked_text",
    "last_hour",
    "line_up",
    "said_just_now",
]

#: Of learners; who teaches answers as many as there are.
THREADS_AN_HOUR, COMMENTS_AN_HOUR, REPORTS_AN_HOUR = 10, 40, 30
#: In one thread.
MOST_COMMENTS = 200
#: The same words again within this time are the same comment: a button pressed twice, a request sent again.
_SAME = timedelta(minutes=2)


def line_up(actor: Any) -> None:
    """Wait until no other request of ``actor`` writes here; inside a transaction, before any other lock."""
    # No key is changed: rows that refer to the person are written meanwhile.
    get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=actor.pk)


def checked_text(text: str) -> str:
    """``text`` as it is kept.

    Raises:
        CommentEmpty, CommentTooLong: it says nothing, or too much.
    """
    text = plain_text(text)
    if not text:
        raise CommentEmpty
    if len(text) > COMMENT_LENGTH:
        raise CommentTooLong
    return text


def last_hour(actor: Any) -> "QuerySet[Comment]":
    """What ``actor`` has written in the last hour, removed or not."""
    return Comment.objects.filter(author=actor, written_at__gt=clock.now() - timedelta(hours=1)).order_by()


def said_just_now(actor: Any, text: str, **place: Any) -> Comment | None:
    """The comment that says exactly this at the same place, if it is fresh."""
    rows = Comment.objects.filter(author=actor, text=text, written_at__gt=clock.now() - _SAME, **place)
    return rows.select_related("thread").order_by("-pk").first()
