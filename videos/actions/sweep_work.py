"""Remove what processing left on this machine's disk."""

import shutil
import time
from contextlib import suppress

from videos.models import MarkedCopy, Video
from videos.processing.work import work_folders

__all__ = ["sweep_work"]

#: Seconds that a folder stays untouched: it may be younger than the row that we read.
_YOUNG = 3600


def sweep_work() -> int:
    """Delete work folders whose video (or copy) is gone, done or given up, or has another name; returns how many."""
    needed = {
        (key, data.get("processing", ""))
        for key, data in Video.objects.filter(state__in=[Video.State.WAITING, Video.State.PROCESSING]).values_list(
            "public_id", "processor_data"
        )
    }
    copies = MarkedCopy.objects.filter(state__in=MarkedCopy.OPEN_STATES)
    needed |= {
        (key, folder.rpartition("/")[2]) for key, folder in copies.values_list("rendition__video__public_id", "folder")
    }
    removed = 0
    for key, processing, path in list(work_folders()):
        if (key, processing) in needed:
            continue
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime < _YOUNG:
                continue
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
            removed += 1
            if processing:
                with suppress(OSError):
                    path.parent.rmdir()
    return removed
