"""Ask for a rendition with somebody's name in its picture; made by a worker, once however often it is asked for."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from core import clock
from core.outbox import publish
from videos.copies import drop_copies, kept_until, make_room
from videos.errors import CopyFailed
from videos.events import CopyOrdered
from videos.locks import lock_person
from videos.models import MarkedCopy, Rendition

__all__ = ["order_copy"]

#: What went wrong is not tried again sooner.
_PAUSE: Final = timedelta(minutes=5)


def order_copy(*, person: Any, rendition: Rendition, text: str, right: uuid.UUID | None = None) -> MarkedCopy:
    """Return ``person``'s copy of ``rendition`` with ``text`` in it: the one there is, or one that is to be made.

    Whether they may have it, the caller has looked. Asking keeps it for some days more. Copies of the same with
    another text are let go.

    Args:
        text: one line; at most 254 characters count.
        right: ``public_id`` of what they have it by.

    Raises:
        TooManyCopies: others are to be ready first.
        NoRoomForCopies: the school, or the person, keeps too much already.
        CopyFailed: it went wrong a moment ago.
    """
    text = " ".join(text.split())[:254]
    with transaction.atomic():
        lock_person(person)
        copy = MarkedCopy.objects.filter(user=person, rendition=rendition, text=text).first()
        if copy is not None and copy.state != MarkedCopy.State.FAILED:
            copy.asked_at, copy.expires_at, copy.right = clock.now(), kept_until(), right
            copy.save(update_fields=["asked_at", "expires_at", "right"])
            return copy
        if copy is not None and copy.done_at is not None and copy.done_at > clock.now() - _PAUSE:
            raise CopyFailed(copy.failure)
        drop_copies(MarkedCopy.objects.filter(user=person, rendition=rendition))
        make_room(person, rendition.bytes)
        copy = MarkedCopy.objects.create(
            user=person,
            rendition=rendition,
            text=text,
            right=right,
            bytes=rendition.bytes,
            folder=MarkedCopy.new_folder(rendition.video.public_id),
            created_at=clock.now(),
            asked_at=clock.now(),
            expires_at=kept_until(),
        )
        publish(CopyOrdered(copy.public_id))
    return copy
