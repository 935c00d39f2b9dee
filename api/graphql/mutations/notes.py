"""Keeping moments and notes. Each mutation calls the action that the website's form calls."""

from typing import Any

import graphene

from api.graphql.ids import page_key, text_of, uuid_of
from api.graphql.mutations.base import Answer, Payload, perform
from api.graphql.mutations.learning import language_of_page
from api.graphql.types.notes import BookmarkType, NoteType
from learning.actions.add_bookmark import add_bookmark
from learning.actions.remove_bookmark import remove_bookmark
from learning.actions.remove_note import remove_note
from learning.actions.save_note import save_note

__all__ = ["NoteMutations", "moment_of"]

#: Longer than anything that is kept, so that what is too long is refused rather than cut.
_LONGEST = 20_000


class AddBookmarkInput(graphene.InputObjectType):
    """A moment of a video in a lesson."""

    lesson_id = graphene.ID(required=True)
    video_id = graphene.ID(required=True)
    at_ms = graphene.Int(required=True, description="Rounded down to a whole second.")
    label = graphene.String(description="Up to 120 characters.")


class AddBookmarkPayload(Payload):
    """The bookmark; the one that is there already for this second."""

    bookmark = graphene.Field(BookmarkType)


class RemoveBookmarkInput(graphene.InputObjectType):
    """Which bookmark."""

    bookmark_id = graphene.ID(required=True)


class SaveNoteInput(graphene.InputObjectType):
    """A note about a lesson, or about a moment of a video in it. With ``noteId`` it takes the place of that one."""

    lesson_id = graphene.ID(required=True)
    text = graphene.String(required=True, description="Plain text, up to 5,000 characters.")
    video_id = graphene.ID()
    at_ms = graphene.Int()
    note_id = graphene.ID()


class SaveNotePayload(Payload):
    """The note."""

    note = graphene.Field(NoteType)


class RemoveNoteInput(graphene.InputObjectType):
    """Which note."""

    note_id = graphene.ID(required=True)


class RemovedPayload(Payload):
    """Whether it is gone."""

    is_removed = graphene.Boolean(required=True)


class NoteMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

    add_bookmark = graphene.Field(AddBookmarkPayload, required=True, input=AddBookmarkInput(required=True))
    remove_bookmark = graphene.Field(RemovedPayload, required=True, input=RemoveBookmarkInput(required=True))
    save_note = graphene.Field(SaveNotePayload, required=True, input=SaveNoteInput(required=True))
    remove_note = graphene.Field(RemovedPayload, required=True, input=RemoveNoteInput(required=True))

    @staticmethod
    def resolve_add_bookmark(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            bookmark = add_bookmark(
                actor=person,
                lesson_key=page_key(input["lesson_id"], "lessonId"),
                video_key=uuid_of(input["video_id"], "videoId"),
                at_ms=input["at_ms"],
                label=text_of(input.get("label"), _LONGEST, "label"),
                language=language_of_page(input["lesson_id"], info),
            )
            return {"bookmark": bookmark}

        return perform(info, action)

    @staticmethod
    def resolve_remove_bookmark(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            remove_bookmark(actor=person, bookmark_id=uuid_of(input["bookmark_id"], "bookmarkId"))
            return {"is_removed": True}

        return _whether(perform(info, action))

    @staticmethod
    def resolve_save_note(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            note_id = input.get("note_id")
            note = save_note(
                actor=person,
                lesson_key=page_key(input["lesson_id"], "lessonId"),
                text=text_of(input["text"], _LONGEST, "text"),
                note_id=uuid_of(note_id, "noteId") if note_id is not None else None,
                language=language_of_page(input["lesson_id"], info),
                **moment_of(input),
            )
            return {"note": note}

        return perform(info, action)

    @staticmethod
    def resolve_remove_note(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            remove_note(actor=person, note_id=uuid_of(input["note_id"], "noteId"))
            return {"is_removed": True}

        return _whether(perform(info, action))


def moment_of(input: dict[str, Any]) -> dict[str, Any]:
    """The moment of a video that an input names, for an action; nothing where it names none."""
    video_id = input.get("video_id")
    return {
        "video_key": uuid_of(video_id, "videoId") if video_id is not None else None,
        "at_ms": input.get("at_ms"),
    }


def _whether(answer: Answer) -> Answer:
    answer.__dict__.setdefault("is_removed", False)
    return answer
