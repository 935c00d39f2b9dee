"""One's own bookmarks and notes; nobody's else."""

from typing import Any

import graphene

from api.graphql.context import context_of
from api.graphql.ids import page_key
from core.policies import is_person
from learning.actions.export_notes import export_notes
from learning.models import Bookmark, Note
from learning.notes import bookmarks_of, notes_of

__all__ = ["BookmarkType", "LessonNotes", "NoteQueries", "NoteType"]


class BookmarkType(graphene.ObjectType):
    """A moment of a video that the person who asks wants to find again."""

    class Meta:
        name = "Bookmark"

    id = graphene.ID(required=True)
    video_id = graphene.ID(required=True)
    at_ms = graphene.Int(required=True, description="Milliseconds; a whole second.")
    label = graphene.String(required=True, description="May be empty.")
    created_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_id(row: Bookmark, info: Any) -> str:
        return str(row.public_id)

    @staticmethod
    def resolve_video_id(row: Bookmark, info: Any) -> str:
        return str(row.video_key)


class NoteType(graphene.ObjectType):
    """What the person who asks has written about a lesson, or about a moment of a video in it."""

    class Meta:
        name = "Note"

    id = graphene.ID(required=True)
    text = graphene.String(required=True, description="Plain text.")
    video_id = graphene.ID(description="Null for a note about the whole lesson.")
    at_ms = graphene.Int()
    created_at = graphene.DateTime(required=True)
    changed_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_id(row: Note, info: Any) -> str:
        return str(row.public_id)

    @staticmethod
    def resolve_video_id(row: Note, info: Any) -> str | None:
        return str(row.video_key) if row.video_key else None


class LessonNotes(graphene.ObjectType):
    """Part of ``Lesson``."""

    bookmarks = graphene.List(
        graphene.NonNull(BookmarkType), description="One's own, by time, also when the lesson is locked by now."
    )
    notes = graphene.List(
        graphene.NonNull(NoteType), description="One's own, also when the lesson is locked by now; null for visitors."
    )

    @staticmethod
    def resolve_bookmarks(node: Any, info: Any) -> list[Bookmark] | None:
        user = context_of(info).user
        return list(bookmarks_of(user, node.page.translation_key)) if is_person(user) else None

    @staticmethod
    def resolve_notes(node: Any, info: Any) -> list[Note] | None:
        user = context_of(info).user
        return list(notes_of(user, node.page.translation_key)) if is_person(user) else None


class NoteQueries(graphene.ObjectType):
    """Part of ``Query``."""

    notes_markdown = graphene.String(
        course_id=graphene.ID(),
        description="One's own bookmarks and notes as Markdown, of one course or of all, also of those that are over.",
    )

    @staticmethod
    def resolve_notes_markdown(root: Any, info: Any, course_id: str | None = None) -> str:
        context = context_of(info)
        key = page_key(course_id, "courseId") if course_id is not None else None
        return export_notes(actor=context.person, course_key=key, language=context.language)
