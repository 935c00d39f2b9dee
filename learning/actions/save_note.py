"""Write a note about a lesson, or change one."""

import uuid
from typing import Any

from django.db import transaction

from core import clock
from core.texts import plain_text
from learning.errors import NoteEmpty, NoteNotFound, NoteTooLong, TooManyNotes
from learning.models import Note
from learning.models.notes import NOTE_LENGTH
from learning.note_room import check_room, line_up
from learning.open_lesson import check_moment, open_lesson

__all__ = ["save_note"]


def save_note(
    *,
    actor: Any,
    lesson_key: uuid.UUID,
    text: str,
    video_key: uuid.UUID | None = None,
    at_ms: int | None = None,
    note_id: uuid.UUID | None = None,
    language: str | None = None,
) -> Note:
    """Write a note for ``actor`` alone; with ``note_id``, put other words and another moment in its place.

    Raises:
        AuthenticationRequired, LessonNotFound, NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: the
            lesson may not be opened.
        MomentInvalid, MomentTooLate, VideoNotInLesson: no such moment.
        NoteEmpty, NoteTooLong: no words, or too many.
        NoteNotFound: no such note in this lesson, or somebody else's.
        TooManyNotes: no more fit.
    """
    opened = open_lesson(actor, lesson_key, language)
    text = plain_text(text)
    if not text:
        raise NoteEmpty
    if len(text) > NOTE_LENGTH:
        raise NoteTooLong
    check_moment(lesson_key, video_key, at_ms)
    with transaction.atomic():
        line_up(actor)
        if note_id is None:
            check_room(Note, actor, lesson_key, TooManyNotes)
            note = Note(person=actor, course_key=opened.course.translation_key, lesson_key=lesson_key)
        else:
            found = Note.objects.filter(person=actor, lesson_key=lesson_key, public_id=note_id).first()
            if found is None:
                raise NoteNotFound
            note = found
        note.text, note.video_key, note.at_ms, note.changed_at = text, video_key, at_ms, clock.now()
        note.save()
    return note
