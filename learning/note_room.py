"""How much one person may keep. Counted behind a lock on the person, so that twenty requests at once can't slip by."""

import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model

from core.errors import DomainError

__all__ = ["MOST_IN_ALL", "MOST_IN_A_LESSON", "check_room", "line_up"]

MOST_IN_A_LESSON, MOST_IN_ALL = 200, 10_000


def line_up(actor: Any) -> None:
    """Wait until no other request of ``actor`` adds something; inside a transaction."""
    # No key is changed: rows that refer to the person are written meanwhile.
    get_user_model().objects.select_for_update(no_key=True).only("pk").get(pk=actor.pk)


def check_room(model: type[Model], actor: Any, lesson_key: uuid.UUID, error: type[DomainError]) -> None:
    """Go on only if one more fits.

    Raises:
        error: there are as many as are kept, in the lesson or in all.
    """
    rows = model._default_manager.filter(person=actor).order_by()
    if rows.filter(lesson_key=lesson_key)[:MOST_IN_A_LESSON].count() >= MOST_IN_A_LESSON:
        raise error
    if rows[:MOST_IN_ALL].count() >= MOST_IN_ALL:
        raise error
