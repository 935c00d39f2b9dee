"""Say which comment answers a question."""

import uuid
from typing import Any

from django.db import transaction

from community.answers import answer_with
from community.errors import CommentNotFound, MayNotModerate
from community.models import Comment, Thread
from community.place import comment_here

__all__ = ["mark_answered"]


def mark_answered(*, actor: Any, comment_id: uuid.UUID, language: str | None = None) -> Thread:
    """Mark a reply as the answer to its thread, by somebody who teaches the course; another one before it gives way.

    Raises:
        CommentNotFound: no such comment, hidden, removed, or the question itself.
        MayNotModerate: a learner.
        AuthenticationRequired, LessonNotFound, NotEnrolled …: the lesson is not theirs to discuss.
    """
    comment, opened = comment_here(actor, comment_id, language)
    if not opened.access.is_author:
        raise MayNotModerate
    with transaction.atomic():
        thread = Thread.objects.select_for_update(of=("self",)).select_related("opened_by").get(pk=comment.thread_id)
        found = Comment.objects.filter(pk=comment.pk, state=Comment.State.VISIBLE, is_opening=False)
        answer = found.select_related("thread", "author").first()
        if answer is None:
            raise CommentNotFound
        if thread.answer_id != answer.pk:
            answer_with(thread, answer, opened)
    return thread
