"""Say something to a question."""

import uuid
from typing import Any

from django.db import transaction

from community import limits
from community.answers import answer_with
from community.errors import ThreadFull, ThreadNotFound, TooManyComments
from community.limits import checked_text, last_hour, line_up, said_just_now
from community.models import Comment, Thread
from community.place import thread_here
from community.telling import tell_posted

__all__ = ["reply"]


def reply(*, actor: Any, thread_id: uuid.UUID, text: str, language: str | None = None) -> Comment:
    """Add ``text`` to a thread; the same again within two minutes is the same comment.

    What somebody who teaches the course says to another's question answers it.

    Raises:
        ThreadNotFound: no such thread, or hidden.
        AuthenticationRequired, LessonNotFound, NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: the
            lesson is not theirs to discuss.
        CommentEmpty, CommentTooLong: it says nothing, or too much.
        TooManyComments: a learner writes more than 40 comments in an hour.
        ThreadFull: it has 200.
    """
    seen, opened = thread_here(actor, thread_id, language)
    text = checked_text(text)
    with transaction.atomic():
        line_up(actor)
        thread = Thread.objects.select_for_update(of=("self",)).select_related("opened_by").get(pk=seen.pk)
        if thread.state == Thread.State.HIDDEN:
            raise ThreadNotFound
        if same := said_just_now(actor, text, thread=thread):
            return same
        is_teaching = opened.access.is_author
        if not is_teaching and last_hour(actor).count() >= limits.COMMENTS_AN_HOUR:
            raise TooManyComments
        if thread.comments.count() >= limits.MOST_COMMENTS:
            raise ThreadFull
        comment = Comment.objects.create(thread=thread, author=actor, text=text, is_teaching=is_teaching)
        tell_posted(comment, opened)
        if is_teaching and thread.opened_by_id != actor.pk and thread.answered_at is None:
            answer_with(thread, comment, opened)
    return comment
