"""What stands below a lesson for those who may: their own notes and bookmarks, and the questions of everybody.

Made ready for templates in the same number of queries however much there is.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from community.actions.edit_comment import can_edit
from community.models import Comment, CommentReport, Thread
from community.policies import may_discuss
from community.queries import Talk, reported_by, talks, threads_at
from core.policies import is_person
from home.item_page import ItemPage
from home.reading import videos_in
from home.shown_video import PageVideos
from home.talk_text import as_html
from learning.errors import MomentInvalid
from learning.models import Bookmark, Note
from learning.notes import bookmarks_of, notes_of
from videos.models import Video
from videos.moments import moment_text, read_moment

__all__ = ["Moments", "Typed", "moments_of", "place_in", "started_at"]

THREADS_ON_A_PAGE = 20
#: Shown at once; ``?notes=all`` shows the rest.
_FEW_NOTES, _FEW_BOOKMARKS = 30, 100


@dataclass(frozen=True)
class Typed:
    """A form that was sent and refused, so that nothing typed is lost."""

    do: str
    error: str
    target: str = ""
    values: dict[str, str] = field(default_factory=dict)

    @property
    def is_note(self) -> bool:
        """Whether it belongs to one's own notes, rather than to the questions."""
        return self.do in ("bookmark", "unbookmark", "note", "unnote")


@dataclass(frozen=True)
class Spot:
    """A moment of a video as templates need it."""

    at_ms: int
    video_key: uuid.UUID

    @property
    def seconds(self) -> int:
        """For the address."""
        return self.at_ms // 1000

    @property
    def text(self) -> str:
        """``12:34``."""
        return moment_text(self.at_ms)


@dataclass(frozen=True)
class NotesBox:
    """Somebody's own bookmarks and notes of one lesson."""

    course_key: uuid.UUID
    bookmarks: tuple[tuple[Bookmark, Spot], ...]
    notes: tuple[tuple[Note, Spot | None], ...]
    count: int
    is_cut: bool


@dataclass(frozen=True)
class Said:
    """A comment for one reader."""

    comment: Comment
    html: SafeString
    name: str
    is_answer: bool
    #: What the reader may do with it.
    tools: frozenset[str]
    #: Which of them is spread out: its form stands here.
    tool: str = ""


@dataclass(frozen=True)
class Discussion:
    """A thread for one reader."""

    talk: Talk
    spot: Spot | None
    comments: tuple[Said, ...]
    may_reply: bool

    @property
    def key(self) -> uuid.UUID:
        """Of the thread."""
        return self.talk.thread.public_id


@dataclass(frozen=True)
class TalkBox:
    """The questions of one lesson."""

    discussions: tuple[Discussion, ...]
    count: int
    #: None where one thread is shown alone.
    result: Page | None
    is_single: bool
    reasons: tuple[tuple[str, Any], ...] = tuple(CommentReport.Reason.choices)


@dataclass(frozen=True)
class Moments:
    """Both; None for those who have no business with it."""

    notes: NotesBox | None = None
    talk: TalkBox | None = None
    videos: tuple[Video, ...] = ()
    typed: Typed | None = None
    shows_notes: bool = False
    shows_talk: bool = False


def moments_of(request: HttpRequest, here: ItemPage, *, preview: bool = False, typed: Typed | None = None) -> Moments:
    """What stands below the lesson for this visitor, who may open it; a preview has none of it."""
    if preview or here.item is None or not is_person(request.user):
        return Moments()
    asked = request.GET
    return Moments(
        notes=_notes_box(request.user, here, shows_all=asked.get("notes") == "all"),
        talk=_talk_box(request, here) if may_discuss(here.access, here.item) else None,
        videos=tuple({video.pk: video for video in videos_in(here.page.body) if video.is_ready}.values()),
        typed=typed,
        shows_notes="notes" in asked or bool(typed and typed.is_note),
        shows_talk=bool({"thread", "talk", "questions"} & set(asked)) or bool(typed and not typed.is_note),
    )


def started_at(request: HttpRequest, videos: PageVideos) -> PageVideos:
    """``videos``, the one that a link with ``?t=`` (and ``?v=``, its key) leads to beginning there, script or not."""
    seconds = request.GET.get("t", "")
    if not videos or not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 6):
        return videos
    wanted = request.GET.get("v", "")
    shown = next((one for one in videos.by_pk.values() if one.video.public_id.hex == wanted.replace("-", "")), None)
    shown = shown or next(iter(videos.by_pk.values()))
    at_ms = int(seconds) * 1000
    if not shown.is_ready or (shown.video.duration_ms and at_ms >= shown.video.duration_ms):
        return videos
    # What would be fetched first was chosen for another place.
    config = {**shown.config, "resume": at_ms, "warm": None}
    started = replace(shown, resume_ms=at_ms, config=config)
    return replace(videos, by_pk={**videos.by_pk, shown.video.pk: started})


def place_in(request: HttpRequest) -> dict[str, Any]:
    """The moment that a form names, for an action; nothing where the field was left empty.

    Raises:
        MomentInvalid: no time, or no video.
    """
    text = request.POST.get("at", "").strip()
    if not text:
        return {"video_key": None, "at_ms": None}
    try:
        return {"video_key": uuid.UUID(request.POST.get("video", "")), "at_ms": read_moment(text)}
    except ValueError as error:
        raise MomentInvalid from error


def _notes_box(user: Any, here: ItemPage, *, shows_all: bool) -> NotesBox:
    bookmarks = list(bookmarks_of(user, here.page.translation_key))
    notes = list(notes_of(user, here.page.translation_key))
    few = (bookmarks[:_FEW_BOOKMARKS], notes[:_FEW_NOTES]) if not shows_all else (bookmarks, notes)
    return NotesBox(
        course_key=here.course.translation_key,
        bookmarks=tuple((row, Spot(row.at_ms, row.video_key)) for row in few[0]),
        notes=tuple((row, _spot(row)) for row in few[1]),
        count=len(bookmarks) + len(notes),
        is_cut=(len(few[0]), len(few[1])) != (len(bookmarks), len(notes)),
    )


def _spot(row: Note | Thread) -> Spot | None:
    return Spot(row.at_ms, row.video_key) if row.at_ms is not None and row.video_key is not None else None


def _talk_box(request: HttpRequest, here: ItemPage) -> TalkBox:
    user = request.user
    rows = threads_at(user, here.page.translation_key, sees_hidden=here.access.is_author)
    single = _uuid(request.GET.get("thread", ""))
    result = None
    threads: Iterable[Thread]
    if single:
        threads = rows.filter(public_id=single)
        count = rows.count()
    else:
        result = Paginator(rows, THREADS_ON_A_PAGE).get_page(request.GET.get("questions"))
        threads, count = result.object_list, result.paginator.count
    shown = talks(threads, user, sees_hidden=here.access.is_author, **({"most": None} if single else {}))
    comments = [comment for talk in shown for comment in talk.comments]
    reported = reported_by(user, comments) if comments else set()
    do, _colon, target = request.GET.get("talk", "").partition(":")
    discussions = tuple(_discussion(talk, user, here, reported, (do, _uuid(target))) for talk in shown)
    return TalkBox(discussions, count, result, is_single=bool(single and discussions))


def _discussion(
    talk: Talk, user: Any, here: ItemPage, reported: set[int], wanted: tuple[str, uuid.UUID | None]
) -> Discussion:
    found = []
    for comment in talk.comments:
        tools = _tools(comment, talk.thread, user, here.access.is_author, comment.pk in reported)
        tool = wanted[0] if comment.public_id == wanted[1] and wanted[0] in tools else ""
        is_answer = comment.pk == talk.thread.answer_id and comment.state == Comment.State.VISIBLE
        found.append(Said(comment, as_html(comment.text), _name(comment), is_answer, tools, tool))
    return Discussion(talk, _spot(talk.thread), tuple(found), talk.thread.state != Thread.State.HIDDEN)


def _tools(comment: Comment, thread: Thread, user: Any, is_author: bool, is_reported: bool) -> frozenset[str]:
    is_mine, is_visible = comment.author_id == user.pk, comment.state == Comment.State.VISIBLE
    if comment.state == Comment.State.REMOVED:
        return frozenset()
    possible = {
        "edit": can_edit(user, comment),
        "remove": is_mine,
        "report": not is_mine and is_visible and not is_reported and not is_author,
        "hide": is_author and is_visible and not is_mine,
        "restore": is_author and (not is_visible or comment.open_reports > 0),
        "answer": is_author and is_visible and not comment.is_opening and thread.answer_id != comment.pk,
    }
    return frozenset(name for name, holds in possible.items() if holds)


def _name(comment: Comment) -> str:
    if comment.author is None:
        return _("Somebody who has left")
    # Not get_full_name(): where no name is given, it tells a part of the e-mail address.
    return comment.author.name or _("A learner")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
