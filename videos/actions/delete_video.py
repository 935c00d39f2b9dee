"""Delete a video and every file of it."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Page, ReferenceIndex

from core import audit
from core.errors import NotAllowed
from videos.actions.cancel_upload import drop_files
from videos.drafts import drafts_showing
from videos.errors import VideoInUse
from videos.locks import lock_person, locked_video
from videos.models import COPIES, Upload, Video
from videos.originals import drop_file
from videos.policies import can_delete
from videos.storage import video_storage

__all__ = ["delete_video", "places_of"]


def delete_video(*, actor: Any, video: Video) -> None:
    """Delete ``video`` with its renditions, learners' copies, captions and what was watched; nothing brings it back.

    Raises:
        NotAllowed: somebody else's.
        VideoInUse: pages show it, or will once their draft is published.
        VideoNotFound: it is deleted already.
    """
    if not can_delete(actor, video):
        raise NotAllowed
    with transaction.atomic():
        lock_person(video.uploaded_by)
        locked = locked_video(video.pk)
        if count := places_of(locked):
            raise VideoInUse(count)
        sources = list(Upload.objects.filter(replaces=locked, state=Upload.State.OPEN))
        audit.record(actor=actor, verb="videos.video_deleted", target=locked)
        original, folder = locked.original, locked.public_id.hex
        locked.delete()
    # After the commit: rows without files would be a broken video, files without rows are swept.
    drop_file(original)
    _drop_folder(folder)
    _drop_folder(f"{COPIES}/{folder}")
    for upload in sources:
        drop_files(upload)


def places_of(video: Video) -> int:
    """How many pages, published or in their newest draft, and other things that show videos, show this one."""
    references = ReferenceIndex.get_references_to(video).values_list("base_content_type_id", "object_id").distinct()
    page_type = ContentType.objects.get_for_model(Page).pk
    return len({*references, *((page_type, str(pk)) for pk in drafts_showing(video))})


def _drop_folder(name: str) -> None:
    """Remove a folder of the storage with all that is below."""
    storage = video_storage()
    try:
        folders, files = storage.listdir(name)
    except FileNotFoundError:
        return
    for file in files:
        storage.delete(f"{name}/{file}")
    for folder in folders:
        _drop_folder(f"{name}/{folder}")
    storage.delete(name)
