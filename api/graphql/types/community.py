"""Questions at a lesson and what is said to them, for those who may discuss it."""

from dataclasses import dataclass
from typing import Any

import graphene

from api.graphql.connections import PageInfo, connection_of
from api.graphql.context import context_of
from api.graphql.ids import uuid_of
from community.actions.edit_comment import can_edit
from community.models import Comment, CommentReport, Thread
from community.policies import may_discuss
from community.queries import Talk, talks, threads_at
from learning.open_lesson import LATEST_MS

__all__ = ["CommentType", "LessonTalk", "ReportReason", "ThreadType", "comment_node", "thread_node"]

ThreadState = graphene.Enum(
    "ThreadState", [(name.upper(), name) for name in Thread.State.values], description="Hidden ones are one's own."
)
CommentState = graphene.Enum(
    "CommentState",
    [(name.upper(), name) for name in Comment.State.values],
    description="What is hidden or removed keeps its place; its text is empty for those who may not read it.",
)
ReportReason = graphene.Enum(
    "ReportReason",
    [(name.upper(), name) for name in CommentReport.Reason.values],
    description="What is wrong with a comment.",
)


@dataclass(frozen=True)
class CommentNode:
    """A comment for the person who asks."""

    row: Comment
    thread: Thread
    user: Any


@dataclass(frozen=True)
class ThreadNode:
    """A thread for the person who asks."""

    talk: Talk
    user: Any


class CommentType(graphene.ObjectType):
    """What one person says in a thread."""

    class Meta:
        name = "Comment"

    id = graphene.ID(required=True)
    text = graphene.String(required=True, description="Plain text; empty when it is hidden from you, or removed.")
    author_name = graphene.String(description="Null where no name is given, or the account is gone.")
    state = graphene.Field(CommentState, required=True)
    is_teaching = graphene.Boolean(required=True, description="By somebody who teaches the course.")
    is_mine = graphene.Boolean(required=True)
    is_answer = graphene.Boolean(required=True)
    can_edit = graphene.Boolean(required=True, description="One's own, for 15 minutes.")
    written_at = graphene.DateTime(required=True)
    edited_at = graphene.DateTime()

    @staticmethod
    def resolve_id(node: CommentNode, info: Any) -> str:
        return str(node.row.public_id)

    @staticmethod
    def resolve_text(node: CommentNode, info: Any) -> str:
        return node.row.text

    @staticmethod
    def resolve_author_name(node: CommentNode, info: Any) -> str | None:
        # Not get_full_name(): where no name is given, it tells a part of the e-mail address.
        return (node.row.author.name or None) if node.row.author else None

    @staticmethod
    def resolve_state(node: CommentNode, info: Any) -> str:
        return str(node.row.state)

    @staticmethod
    def resolve_is_teaching(node: CommentNode, info: Any) -> bool:
        return node.row.is_teaching

    @staticmethod
    def resolve_is_mine(node: CommentNode, info: Any) -> bool:
        return node.row.author_id == node.user.pk

    @staticmethod
    def resolve_is_answer(node: CommentNode, info: Any) -> bool:
        return node.row.pk == node.thread.answer_id

    @staticmethod
    def resolve_can_edit(node: CommentNode, info: Any) -> bool:
        return can_edit(node.user, node.row)

    @staticmethod
    def resolve_written_at(node: CommentNode, info: Any) -> Any:
        return node.row.written_at

    @staticmethod
    def resolve_edited_at(node: CommentNode, info: Any) -> Any:
        return node.row.edited_at


class ThreadType(graphene.ObjectType):
    """A question and what is said to it, at a moment of a video or at the lesson as a whole."""

    class Meta:
        name = "Thread"

    id = graphene.ID(required=True)
    state = graphene.Field(ThreadState, required=True)
    video_id = graphene.ID(description="Null for a question about the whole lesson.")
    at_ms = graphene.Int()
    opened_at = graphene.DateTime(required=True)
    answered_at = graphene.DateTime()
    is_mine = graphene.Boolean(required=True)
    comments = graphene.List(
        graphene.NonNull(CommentType), required=True, description="The question, and the first replies."
    )
    comment_count = graphene.Int(required=True, description="Of all; `thread` of the lesson gives them.")

    @staticmethod
    def resolve_id(node: ThreadNode, info: Any) -> str:
        return str(node.talk.thread.public_id)

    @staticmethod
    def resolve_state(node: ThreadNode, info: Any) -> str:
        return str(node.talk.thread.state)

    @staticmethod
    def resolve_video_id(node: ThreadNode, info: Any) -> str | None:
        key = node.talk.thread.video_key
        return str(key) if key else None

    @staticmethod
    def resolve_at_ms(node: ThreadNode, info: Any) -> int | None:
        return node.talk.thread.at_ms

    @staticmethod
    def resolve_opened_at(node: ThreadNode, info: Any) -> Any:
        return node.talk.thread.opened_at

    @staticmethod
    def resolve_answered_at(node: ThreadNode, info: Any) -> Any:
        return node.talk.thread.answered_at

    @staticmethod
    def resolve_is_mine(node: ThreadNode, info: Any) -> bool:
        return node.talk.thread.opened_by_id == node.user.pk

    @staticmethod
    def resolve_comments(node: ThreadNode, info: Any) -> list[CommentNode]:
        return [CommentNode(row, node.talk.thread, node.user) for row in node.talk.comments]

    @staticmethod
    def resolve_comment_count(node: ThreadNode, info: Any) -> int:
        return node.talk.count


class ThreadEdge(graphene.ObjectType):
    """A thread in a list."""

    node = graphene.Field(ThreadType, required=True)
    cursor = graphene.String(required=True)


class ThreadConnection(graphene.ObjectType):
    """A page of a list of threads."""

    edges = graphene.List(graphene.NonNull(ThreadEdge), required=True)
    page_info = graphene.Field(PageInfo, required=True)
    total_count = graphene.Int(required=True)

    @staticmethod
    def resolve_total_count(connection: dict[str, Any], info: Any) -> int:
        return connection["total"]()


class LessonTalk(graphene.ObjectType):
    """Part of ``Lesson``. Null for those who may not discuss it: a free preview opens to all, its questions don't."""

    threads = graphene.Field(
        ThreadConnection,
        first=graphene.Int(),
        after=graphene.String(),
        video=graphene.ID(description="Of this video alone."),
        around=graphene.Int(description="Milliseconds: those nearest to this moment first. Else by moment."),
    )
    thread = graphene.Field(ThreadType, id=graphene.ID(required=True), description="One, with all its comments.")

    @staticmethod
    def resolve_threads(
        node: Any,
        info: Any,
        first: int | None = None,
        after: str | None = None,
        video: str | None = None,
        around: int | None = None,
    ) -> dict[str, Any] | None:
        user, access = context_of(info).user, node.course.access
        if not may_discuss(access, node.item):
            return None
        rows = threads_at(
            user,
            node.page.translation_key,
            sees_hidden=access.is_author,
            video_key=uuid_of(video, "video") if video is not None else None,
            around_ms=min(max(around, 0), LATEST_MS) if around is not None else None,
        )

        def nodes(threads: list[Any]) -> list[ThreadNode]:
            return [ThreadNode(talk, user) for talk in talks(threads, user, sees_hidden=access.is_author)]

        return connection_of(rows, first=first, after=after, nodes=nodes)

    @staticmethod
    def resolve_thread(node: Any, info: Any, id: str) -> ThreadNode | None:
        user, access = context_of(info).user, node.course.access
        if not may_discuss(access, node.item):
            return None
        rows = threads_at(user, node.page.translation_key, sees_hidden=access.is_author)
        found = talks(rows.filter(public_id=uuid_of(id, "id")), user, sees_hidden=access.is_author, most=None)
        return ThreadNode(found[0], user) if found else None


def thread_node(thread: Thread, user: Any) -> ThreadNode:
    """A thread that ``user`` has just written in."""
    return ThreadNode(talks([thread], user, sees_hidden=False)[0], user)


def comment_node(comment: Comment, user: Any, *, sees_hidden: bool = False) -> CommentNode:
    """A comment that ``user`` has just written, changed or looked after."""
    if comment.state == Comment.State.HIDDEN and not sees_hidden and comment.author_id != user.pk:
        comment.text = ""
    return CommentNode(comment, comment.thread, user)
