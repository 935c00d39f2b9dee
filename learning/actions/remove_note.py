"""Throw a note away."""

import uuid
from typing import Any

from core.policies import is_person
from learning.errors import AuthenticationRequired, NoteNotFound
from learning.models import Note

__all__ = ["remove_note"]


def remove_note(*, actor: Any, note_id: uuid.UUID) -> None:
    """Remove a note of one's own, whether or not its lesson may still be opened.

    Raises:
        AuthenticationRequired: a visitor.
        NoteNotFound: there is none, or it is somebody else's.
    """
    if not is_person(actor):
        raise AuthenticationRequired
    deleted, _by_model = Note.objects.filter(person=actor, public_id=note_id).delete()
    if not deleted:
        raise NoteNotFound
