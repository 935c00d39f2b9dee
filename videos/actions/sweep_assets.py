"""Remove at Cloudinary what is needed no more: of videos that were deleted, given another source, or given up."""

import logging
from datetime import timedelta

from django.conf import settings

from core import clock
from videos.cloudinary.account import Account, asset_name
from videos.cloudinary.client import Client, Refused, Trouble
from videos.errors import VideoServiceNotConfigured
from videos.models import Video

__all__ = ["sweep_assets"]

logger = logging.getLogger(__name__)

#: What is younger stays: it may be of a row that we read too early.
_YOUNG = timedelta(hours=1)


def sweep_assets() -> int:
    """Destroy what lies below our folder there and belongs to no processing under way; returns how many.

    Asks nobody where no account is configured, and gives up until the next time where they don't answer.
    """
    if not settings.CLOUDINARY_URL:
        return 0
    now = clock.now()
    removed = 0
    try:
        with Client(Account.from_settings()) as client:
            found = list(client.all_below(f"{settings.CLOUDINARY_FOLDER}/"))
            # Read after the list: what is sent from here on isn't in it.
            needed = _needed()
            for asset in found:
                is_ours = asset.name.startswith(f"{settings.CLOUDINARY_FOLDER}/")
                is_old = asset.created_at is not None and now - asset.created_at > _YOUNG
                if is_ours and is_old and asset.name not in needed:
                    client.destroy(asset.name)
                    removed += 1
    except (Trouble, Refused, VideoServiceNotConfigured) as error:
        logger.warning("Cloudinary could not be swept: %s", error)
    return removed


def _needed() -> set[str]:
    rows = Video.objects.filter(
        state__in=[Video.State.WAITING, Video.State.PROCESSING], processor=Video.Processor.CLOUDINARY
    ).values_list("public_id", "processor_data")
    return {asset_name(key, data["processing"]) for key, data in rows if data.get("processing")}
