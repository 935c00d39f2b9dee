"""Let go of copies that nobody asks for any more, and of files whose row is gone."""

from django.db.models import Q

from core import clock
from videos.copies import drop_copies
from videos.models import COPIES, MarkedCopy
from videos.processing.files import delete_folder
from videos.storage import video_storage

__all__ = ["sweep_copies"]


def sweep_copies() -> int:
    """Delete copies after their days, and files in no row (its person or rendition is gone); returns how many."""
    now = clock.now()
    over = MarkedCopy.objects.filter(expires_at__lte=now)
    # What a worker has in hand is let go when it is done with it.
    return drop_copies(over.filter(Q(leased_until=None) | Q(leased_until__lt=now))) + _remove_strays()


def _remove_strays() -> int:
    """Rows are read after the folders: each has its row before there is anything in it."""
    folders = [f"{COPIES}/{video}/{key}" for video in _folders(COPIES) for key in _folders(f"{COPIES}/{video}")]
    known = set(MarkedCopy.objects.values_list("folder", flat=True))
    strays = [folder for folder in folders if folder not in known]
    for folder in strays:
        delete_folder(folder)
    return len(strays)


def _folders(name: str) -> list[str]:
    try:
        return sorted(video_storage().listdir(name)[0])
    except FileNotFoundError:
        return []
