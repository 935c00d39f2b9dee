"""Copies with somebody's name in them: which there are, and how much room is left for others."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum

from core import clock
from videos.errors import NoRoomForCopies, TooManyCopies
from videos.models import MarkedCopy
from videos.processing.files import delete_folder
from videos.signing import Link

__all__ = ["LINKS_LAST", "copies_of", "copy_behind", "drop_copies", "drop_copies_of_right", "kept_until", "make_room"]

#: Links to downloads live no longer: on a slow line an hour of video takes a night.
LINKS_LAST: Final = timedelta(days=1)


def copies_of(person: Any, renditions: Iterable[int], text: str) -> dict[int, MarkedCopy]:
    """What there is, or will be, of renditions for ``person`` with ``text``, by the rendition's pk. One query."""
    rows = MarkedCopy.objects.filter(user=person, rendition__in=list(renditions), text=text).defer("segments")
    return {copy.rendition_id: copy for copy in rows}


def copy_behind(link: Link) -> MarkedCopy | None:
    """The copy that a link leads to, as long as it is there and that person's."""
    if not link.is_copy or link.viewer is None:
        return None
    rows = MarkedCopy.objects.filter(
        folder=link.folder, user__public_id=link.viewer, state=MarkedCopy.State.READY, expires_at__gt=clock.now()
    )
    return rows.select_related("rendition").defer("segments", "rendition__segments").first()


def kept_until() -> datetime:
    """Until when a copy that is asked for now is kept: longer than the links that are given for it."""
    return clock.now() + max(timedelta(days=settings.VIDEO_COPY_DAYS), LINKS_LAST)


def make_room(person: Any, size: int) -> None:
    """See that another copy of ``size`` bytes may be made for ``person``, who is locked.

    Copies that no link leads to any more make room. The sum of all is taken without a lock: whoever asks at the same
    moment may pass it by one copy each.

    Raises:
        TooManyCopies: others are to be ready first.
        NoRoomForCopies: beyond what one person, or the school, keeps of them.
    """
    everybodys = MarkedCopy.objects.all()
    theirs = everybodys.filter(user=person)
    if theirs.filter(state__in=MarkedCopy.OPEN_STATES).count() >= settings.VIDEO_COPIES:
        raise TooManyCopies
    for rows, limit in ((theirs, settings.VIDEO_COPY_PERSON_BYTES), (everybodys, settings.VIDEO_COPY_BYTES)):
        too_much = (rows.aggregate(total=Sum("bytes"))["total"] or 0) + size - limit
        if too_much > 0 and not _let_go(rows, too_much):
            raise NoRoomForCopies


def drop_copies(rows: QuerySet[MarkedCopy]) -> int:
    """Delete copies, their files after the commit; returns how many. A worker that is at one notices."""
    with transaction.atomic():
        found = list(rows.values_list("pk", "folder"))
        MarkedCopy.objects.filter(pk__in=[pk for pk, _folder in found]).delete()
        for _pk, folder in found:
            transaction.on_commit(partial(delete_folder, folder), robust=True)
    return len(found)


def drop_copies_of_right(right: uuid.UUID) -> int:
    """Delete the copies that somebody has by a right (an enrolment) which they lost; returns how many."""
    return drop_copies(MarkedCopy.objects.filter(right=right))


def _let_go(rows: QuerySet[MarkedCopy], needed: int) -> bool:
    """Delete copies whose links are over, those asked for longest ago first, if that is enough."""
    idle = rows.filter(state=MarkedCopy.State.READY, asked_at__lt=clock.now() - LINKS_LAST)
    chosen, freed = [], 0
    for pk, size in idle.order_by("asked_at", "pk").values_list("pk", "bytes"):
        if freed >= needed:
            break
        chosen.append(pk)
        freed += size
    if freed < needed:
        return False
    drop_copies(MarkedCopy.objects.filter(pk__in=chosen))
    return True
