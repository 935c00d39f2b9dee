"""Take what Cloudinary says about a video as a reason to go and look."""

import json
from functools import partial
from uuid import UUID

from django.core.cache import cache
from django.db import DatabaseError, transaction

from core import clock
from videos.actions.resume_videos import QUEUED
from videos.cloudinary.account import Account, read_asset_name
from videos.cloudinary.signatures import is_notice_signature
from videos.models import Video
from videos.tasks import start

__all__ = ["ForgedNotice", "receive_notice"]

#: Seconds after which a signature is worth nothing, as their own libraries have it; and what clocks may differ by.
_OLDEST, _EARLY = 7200, 300


class ForgedNotice(Exception):
    """It isn't from them, or is too old to tell."""


def receive_notice(*, body: bytes, signature: str, timestamp: str) -> bool:
    """Wake the worker of the video that a notice is about; returns whether there was one to wake.

    Nothing in it is believed but the name: the worker asks how things stand. One that comes twice wakes once, and one
    about what isn't ours, or doesn't wait, wakes nobody; neither is an error, they would only send it again.

    Args:
        signature: header ``X-Cld-Signature``, in hex.
        timestamp: header ``X-Cld-Timestamp``, seconds since 1970.

    Raises:
        ForgedNotice: it was not signed with our secret within the last two hours.
        VideoServiceNotConfigured: we have no account.
        DatabaseError: trouble of ours; it may come again.
    """
    account = Account.from_settings()
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise ForgedNotice("no time")
    age = clock.now().timestamp() - int(timestamp)
    if not -_EARLY <= age <= _OLDEST:
        raise ForgedNotice(f"{round(age)} seconds old")
    if not is_notice_signature(signature, body, timestamp, account.secret):
        raise ForgedNotice("the signature is wrong")
    # A cache that is down tells nothing; being woken twice costs a question.
    known = f"cloudinary.notice:{signature.lower()}"
    if not cache.add(known, 1, timeout=_OLDEST + _EARLY):
        return False
    try:
        found = read_asset_name(_subject(body))
        return found is not None and _wake(*found)
    except DatabaseError:
        cache.delete(known)  # they send it again
        raise


def _subject(body: bytes) -> str:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    name = data.get("public_id") if isinstance(data, dict) else None
    return name if isinstance(name, str) else ""


def _wake(video_key: UUID, processing: str) -> bool:
    waiting = Video.objects.filter(
        public_id=video_key,
        state=Video.State.PROCESSING,
        processor=Video.Processor.CLOUDINARY,
        processor_data__processing=processing,
        lease=None,
    )
    pk = waiting.values_list("pk", flat=True).first()
    # Counted as queued, as the periodic run does it.
    if pk is None or not waiting.filter(pk=pk).update(leased_until=clock.now() + QUEUED):
        return False
    transaction.on_commit(partial(start, pk), robust=True)
    return True
