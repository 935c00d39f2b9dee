"""Reads for the website, the API and the back office. Each takes what was decided about the reader; none asks again."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from community.models import Comment, CommentReport, Thread
from community.policies import visible_threads

__all__ = ["SHOWN_COMMENTS", "Talk", "comments_in", "reported_by", "talks", "threads_at"]

#: Comments of a thread in a list, the question among them; the rest is on the page of the thread.
SHOWN_COMMENTS = 6


@dataclass(frozen=True)
class Talk:
    """A thread with the comments that are shown of it."""

    thread: Thread
    comments: tuple[Comment, ...]
    #: Of the whole thread.
    count: int

    @property
    def more(self) -> int:
        """How many are not shown here."""
        return self.count - len(self.comments)


def threads_at(
    user: Any,
    item_key: uuid.UUID,
    *,
    sees_hidden: bool,
    video_key: uuid.UUID | None = None,
    around_ms: int | None = None,
) -> "QuerySet[Thread]":
    """The threads at a lesson that ``user``, who may discuss it, sees: by moment, those about the whole lesson first.

    Args:
        video_key: of this video alone.
        around_ms: those nearest to this moment first; the ones without a moment last.
    """
    rows = visible_threads(user, Thread.objects.filter(item_key=item_key), sees_hidden=sees_hidden)
    if video_key is not None:
        rows = rows.filter(video_key=video_key)
    if around_ms is not None:
        distance = Func(F("at_ms") - around_ms, function="ABS", output_field=IntegerField())
        rows = rows.annotate(distance=distance).order_by(F("distance").asc(nulls_last=True), "pk")
    return rows


def comments_in(threads: Iterable[Thread], *, most: int | None = SHOWN_COMMENTS) -> dict[int, list[Comment]]:
    """The comments of ``threads`` with their authors, by the thread's pk, the question first; one query.

    Args:
        most: of each thread, from its beginning; all of them when None.
    """
    rows = Comment.objects.filter(thread__in=[thread.pk for thread in threads]).select_related("author")
    if most is not None:
        place = Window(RowNumber(), partition_by="thread_id", order_by="pk")
        rows = rows.annotate(place=place).filter(place__lte=most)
    found: dict[int, list[Comment]] = {}
    for comment in rows.order_by("pk"):
        found.setdefault(comment.thread_id, []).append(comment)
    return found


def talks(threads: Iterable[Thread], user: Any, *, sees_hidden: bool, most: int | None = SHOWN_COMMENTS) -> list[Talk]:
    """``threads`` with their comments as ``user`` sees them; two queries however many.

    Of hidden comments the place is shown and the text is empty, except to their author and to moderators.
    """
    threads = list(threads)
    comments = comments_in(threads, most=most) if threads else {}
    counts: dict[int, int] = {}
    if most is not None and any(len(found) >= most for found in comments.values()):
        full = [pk for pk, found in comments.items() if len(found) >= most]
        rows = Comment.objects.filter(thread__in=full).order_by().values_list("thread").annotate(count=Count("pk"))
        counts = dict(rows)
    found = []
    for thread in threads:
        shown = [seen_by(user, comment, sees_hidden=sees_hidden) for comment in comments.get(thread.pk, [])]
        found.append(Talk(thread, tuple(shown), counts.get(thread.pk, len(shown))))
    return found


def seen_by(user: Any, comment: Comment, *, sees_hidden: bool) -> Comment:
    """``comment`` with its words taken out where ``user`` may not read them."""
    if comment.state == Comment.State.HIDDEN and not sees_hidden and comment.author_id != user.pk:
        comment.text = ""
    return comment


def reported_by(user: Any, comments: Iterable[Comment]) -> set[int]:
    """Which of ``comments`` this person has reported, by pk; one query."""
    rows = CommentReport.objects.filter(Q(person=user), comment__in=[comment.pk for comment in comments])
    return set(rows.values_list("comment_id", flat=True))
