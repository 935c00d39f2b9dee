"""Asking, replying, reporting, looking after. Each mutation calls the action that the website's form calls."""

from collections.abc import Callable
from typing import Any

import graphene

from api.graphql.ids import page_key, text_of, uuid_of
from api.graphql.mutations.base import Answer, Payload, perform
from api.graphql.mutations.learning import language_of_page
from api.graphql.mutations.notes import moment_of
from api.graphql.types.community import CommentType, ReportReason, ThreadType, comment_node, thread_node
from community.actions import (
    edit_comment,
    hide_comment,
    mark_answered,
    open_thread,
    remove_comment,
    reply,
    report_comment,
    restore_comment,
)

__all__ = ["CommunityMutations"]

#: Longer than anything that is kept, so that what is too long is refused rather than cut.
_LONGEST = 20_000


class OpenThreadInput(graphene.InputObjectType):
    """A question about a lesson, or about a moment of a video in it."""

    lesson_id = graphene.ID(required=True)
    text = graphene.String(required=True, description="Plain text, up to 3,000 characters.")
    video_id = graphene.ID()
    at_ms = graphene.Int()


class ThreadPayload(Payload):
    """The thread."""

    thread = graphene.Field(ThreadType)


class ReplyToThreadInput(graphene.InputObjectType):
    """What is said to a question."""

    thread_id = graphene.ID(required=True)
    text = graphene.String(required=True, description="Plain text, up to 3,000 characters.")


class CommentPayload(Payload):
    """The comment as it is now."""

    comment = graphene.Field(CommentType)


class EditCommentInput(graphene.InputObjectType):
    """Other words for one's own comment."""

    comment_id = graphene.ID(required=True)
    text = graphene.String(required=True)


class CommentInput(graphene.InputObjectType):
    """Which comment."""

    comment_id = graphene.ID(required=True)


class ReportCommentInput(graphene.InputObjectType):
    """What is wrong with which comment."""

    comment_id = graphene.ID(required=True)
    reason = graphene.Field(ReportReason, required=True)


class HideCommentInput(graphene.InputObjectType):
    """Which comment, and why, for the record."""

    comment_id = graphene.ID(required=True)
    reason = graphene.Field(ReportReason)


class ReportPayload(Payload):
    """Whether somebody will look at it."""

    is_reported = graphene.Boolean(required=True)


class CommunityMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

    open_thread = graphene.Field(
        ThreadPayload,
        required=True,
        input=OpenThreadInput(required=True),
        description="Ask. The same again within two minutes is the same thread.",
    )
    reply_to_thread = graphene.Field(
        CommentPayload,
        required=True,
        input=ReplyToThreadInput(required=True),
        description="What somebody who teaches the course says to another's question answers it.",
    )
    edit_comment = graphene.Field(
        CommentPayload,
        required=True,
        input=EditCommentInput(required=True),
        description="One's own, up to 15 minutes after it was written.",
    )
    remove_comment = graphene.Field(
        CommentPayload,
        required=True,
        input=CommentInput(required=True),
        description="One's own: the words go for good, the place stays.",
    )
    report_comment = graphene.Field(ReportPayload, required=True, input=ReportCommentInput(required=True))
    hide_comment = graphene.Field(
        CommentPayload,
        required=True,
        input=HideCommentInput(required=True),
        description="For those who teach the course, and staff who look after comments.",
    )
    restore_comment = graphene.Field(
        CommentPayload,
        required=True,
        input=CommentInput(required=True),
        description="Show it again, or let a reported one stand; for the same people.",
    )
    mark_answered = graphene.Field(
        ThreadPayload,
        required=True,
        input=CommentInput(required=True),
        description="This comment answers its thread; for those who teach the course.",
    )

    @staticmethod
    def resolve_open_thread(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            thread = open_thread(
                actor=person,
                item_key=page_key(input["lesson_id"], "lessonId"),
                text=text_of(input["text"], _LONGEST, "text"),
                language=language_of_page(input["lesson_id"], info),
                **moment_of(input),
            )
            return {"thread": thread_node(thread, person)}

        return perform(info, action)

    @staticmethod
    def resolve_reply_to_thread(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            text = text_of(input["text"], _LONGEST, "text")
            comment = reply(actor=person, thread_id=uuid_of(input["thread_id"], "threadId"), text=text)
            return {"comment": comment_node(comment, person)}

        return perform(info, action)

    @staticmethod
    def resolve_edit_comment(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        text = input["text"]
        return _on_comment(info, input, lambda **who: edit_comment(**who, text=text_of(text, _LONGEST, "text")))

    @staticmethod
    def resolve_remove_comment(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        return _on_comment(info, input, remove_comment)

    @staticmethod
    def resolve_report_comment(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            key = uuid_of(input["comment_id"], "commentId")
            report_comment(actor=person, comment_id=key, reason=_word(input["reason"]))
            return {"is_reported": True}

        answer = perform(info, action)
        answer.__dict__.setdefault("is_reported", False)
        return answer

    @staticmethod
    def resolve_hide_comment(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        reason = _word(input.get("reason") or "")
        return _on_comment(info, input, lambda **who: hide_comment(**who, reason=reason), sees_hidden=True)

    @staticmethod
    def resolve_restore_comment(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        return _on_comment(info, input, restore_comment, sees_hidden=True)

    @staticmethod
    def resolve_mark_answered(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            thread = mark_answered(actor=person, comment_id=uuid_of(input["comment_id"], "commentId"))
            return {"thread": thread_node(thread, person)}

        return perform(info, action)


def _on_comment(info: Any, input: dict[str, Any], act: Callable[..., Any], *, sees_hidden: bool = False) -> Answer:
    def action(person: Any) -> dict[str, Any]:
        comment = act(actor=person, comment_id=uuid_of(input["comment_id"], "commentId"))
        return {"comment": comment_node(comment, person, sees_hidden=sees_hidden)}

    return perform(info, action)


def _word(value: Any) -> str:
    """An enumeration's value, whether or not the library has unpacked it."""
    return str(getattr(value, "value", value))
