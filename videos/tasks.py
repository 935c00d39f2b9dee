"""Background work: thin wrappers, safe to run twice and side by side."""

import logging
from contextlib import suppress
from typing import Any

from celery import shared_task
from django.conf import settings

from core.errors import DomainError
from videos.actions.finish_upload import finish_upload
from videos.actions.fold_quality import fold_quality as count_quality
from videos.actions.fold_watch import fold_watch as count_reports
from videos.actions.make_copy import due_copies
from videos.actions.make_copy import make_copy as make
from videos.actions.process_video import process_video as process
from videos.actions.resume_videos import QUEUED, due_videos
from videos.actions.sweep_assets import sweep_assets as sweep_service
from videos.actions.sweep_copies import sweep_copies as sweep_marked
from videos.actions.sweep_uploads import sweep_originals as sweep_files
from videos.actions.sweep_uploads import sweep_uploads as sweep_pieces
from videos.actions.sweep_watch import sweep_watch as sweep_showings
from videos.actions.sweep_work import sweep_work as sweep_folders
from videos.errors import VideoNotFound
from videos.models import Upload

__all__ = [
    "finish_upload_later",
    "fold_quality",
    "fold_watch",
    "make_copy",
    "process_video",
    "resume_copies",
    "resume_videos",
    "start",
    "start_copy",
    "sweep_assets",
    "sweep_copies",
    "sweep_originals",
    "sweep_uploads",
    "sweep_watch",
    "sweep_work",
]

logger = logging.getLogger(__name__)


@shared_task(name="videos.fold_watch")
def fold_watch() -> int:
    """Add players' reports to what all viewers did; runs every quarter of a minute. Returns how many."""
    return count_reports()


@shared_task(name="videos.fold_quality")
def fold_quality() -> int:
    """Add how showings went, once they are over, to the figures of their day. Returns how many."""
    return count_quality()


@shared_task(name="videos.sweep_watch")
def sweep_watch() -> int:
    """Let go of single showings after their days; runs once a day. Returns how many."""
    return sweep_showings()


@shared_task(name="videos.finish_upload", time_limit=3600)
def finish_upload_later(upload_pk: int) -> None:
    """Look at a large file whose sender has handed it in, and make a video of it."""
    upload = Upload.objects.filter(pk=upload_pk).first()
    if upload is None:
        return
    with suppress(DomainError):  # stands in the row, where the sender reads it
        finish_upload(upload)


@shared_task(name="videos.sweep_uploads", time_limit=3600)
def sweep_uploads() -> int:
    """Finish, end and forget what its sender left in the middle; runs every ten minutes. Returns how many."""
    return sweep_pieces()


@shared_task(name="videos.sweep_originals")
def sweep_originals() -> int:
    """Remove originals that no video has; runs once a day. Returns how many."""
    return sweep_files()


# The action itself ends in time; this is for a worker that hangs altogether.
@shared_task(name="videos.process_video", time_limit=settings.VIDEO_PROCESS_SECONDS + 1800)
def process_video(video_pk: int) -> str:
    """Go on with a video; returns its state. Runs in a queue of its own, so that nothing else waits for it."""
    try:
        return process(video_pk).state
    except VideoNotFound:  # deleted while it waited
        return ""


@shared_task(name="videos.resume_videos")
def resume_videos() -> int:
    """Queue videos whose worker died, whose message was lost, or whose pause is over; runs every minute."""
    due = due_videos()
    for video_pk in due:
        start(video_pk)
    return len(due)


@shared_task(name="videos.make_copy", time_limit=settings.VIDEO_PROCESS_SECONDS + 1800)
def make_copy(copy_pk: int) -> str:
    """Make somebody's copy; returns its state, empty when it is gone. Runs where videos are processed."""
    copy = make(copy_pk)
    return copy.state if copy else ""


@shared_task(name="videos.resume_copies")
def resume_copies() -> int:
    """Queue copies whose worker died, whose message was lost, or whose pause is over; runs every minute."""
    due = due_copies()
    for copy_pk in due:
        start_copy(copy_pk)
    return len(due)


@shared_task(name="videos.sweep_copies", time_limit=3600)
def sweep_copies() -> int:
    """Remove copies that nobody asks for any more, and files without a row; runs every hour. Returns how many."""
    return sweep_marked()


@shared_task(name="videos.sweep_work")
def sweep_work() -> int:
    """Remove work folders that no video needs any more; runs every hour. Returns how many."""
    return sweep_folders()


@shared_task(name="videos.sweep_assets")
def sweep_assets() -> int:
    """Remove at Cloudinary what no processing needs any more; runs every hour. Returns how many."""
    return sweep_service()


def start(video_pk: int) -> None:
    """Ask a worker for a video. A broker that is down costs a warning: the periodic run finds the video."""
    _ask_for(process_video, video_pk)


def start_copy(copy_pk: int) -> None:
    """Ask a worker for somebody's copy, as for a video."""
    _ask_for(make_copy, copy_pk)


def _ask_for(task: Any, pk: int) -> None:
    try:
        task.apply_async((pk,), retry=False, ignore_result=True, expires=QUEUED.total_seconds())
    except Exception as error:  # whatever the broker's client raises, what asked for it has succeeded
        logger.warning("The task queue did not take %s: %s", task.name, error)
