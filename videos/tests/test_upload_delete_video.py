"""A video goes with every file of it, unless pages show it."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, ReferenceIndex

from accounts.tests.factories import make_person
from core.errors import NotAllowed
from core.models import AuditEntry
from videos.actions.delete_video import delete_video, places_of
from videos.actions.finish_upload import finish_upload
from videos.errors import VideoInUse, VideoNotFound
from videos.models import Rendition, Upload, Video
from videos.storage import video_storage
from videos.tests.ready import ready_video
from videos.tests.sending import a_clip, begin, instructor, send
from videos.tests.stores import any_store, s3_address, s3_store

__all__ = ["any_store", "s3_address", "s3_store"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]


def files(name: str = "") -> list[str]:
    """Every file of the storage."""
    try:
        folders, found = video_storage().listdir(name)
    except FileNotFoundError:
        return []
    prefix = f"{name}/" if name else ""
    return sorted(
        [*(f"{prefix}{file}" for file in found), *(file for folder in folders for file in files(prefix + folder))]
    )


def shown_on(video: Video, page: Page, path: str = "body.item") -> None:
    """Write that a page shows it, as Wagtail does on saving."""
    page_type = ContentType.objects.get_for_model(Page)
    ReferenceIndex.objects.create(
        base_content_type=page_type,
        content_type=page_type,
        object_id=str(page.pk),
        to_content_type=ContentType.objects.get_for_model(Video),
        to_object_id=str(video.pk),
        model_path=path,
        content_path=path,
        content_path_hash=f"00000000-0000-0000-0000-{abs(hash(path)) % 10**12:012d}",
    )


@pytest.mark.usefixtures("any_store")
def test_nothing_is_left(video_folders: Path) -> None:
    owner = instructor()
    other = ready_video(uploaded_by=owner)
    kept = files()
    video = finish_upload(send(begin(owner, clip := a_clip(video_folders)), clip)).video
    folder = f"{video.public_id.hex}/00000001"
    made = ready_video(uploaded_by=owner)
    Rendition.objects.filter(video=made).update(video=video)
    for name in files(made.public_id.hex):
        with video_storage().open(name) as content:
            video_storage().save(f"{folder}/{name.rpartition('/')[2]}", content)
    delete_video(actor=owner, video=made)
    assert len(files(video.public_id.hex)) > 3
    upload = send(begin(owner, 100, replaces=video), b"x" * 50)
    delete_video(actor=owner, video=video)
    assert files() == kept
    assert list(Video.objects.all()) == [other]
    assert Rendition.objects.filter(video=video.pk).count() == 0
    assert not Upload.objects.filter(pk=upload.pk).exists()
    assert list((video_folders / "uploads").iterdir()) == []
    assert AuditEntry.objects.filter(verb="videos.video_deleted", target_key=str(video.public_id)).count() == 1
    with pytest.raises(VideoNotFound):
        delete_video(actor=owner, video=_again(video))


def _again(video: Video) -> Any:
    video.pk = 10**9
    return video


def test_pages_that_show_it_keep_it() -> None:
    owner = instructor()
    video = ready_video(uploaded_by=owner)
    before = files()
    root = Page.objects.get(depth=1)
    shown_on(video, root)
    shown_on(video, root, "trailer")  # twice on one page is one page
    with pytest.raises(VideoInUse, match="1 page shows") as one:
        delete_video(actor=owner, video=video)
    assert one.value.count == 1
    shown_on(video, Page.objects.filter(depth=2).first() or root.add_child(title="Home", slug="home-x"))
    with pytest.raises(VideoInUse, match="2 pages show"):
        delete_video(actor=owner, video=video)
    assert (files(), places_of(video)) == (before, 2)
    assert Video.objects.filter(pk=video.pk).exists()


def test_only_whose_it_is_and_administrators() -> None:
    video = ready_video(uploaded_by=instructor())
    for person in (make_person(), instructor()):
        with pytest.raises(NotAllowed):
            delete_video(actor=person, video=video)
    assert (Video.objects.count(), AuditEntry.objects.filter(verb="videos.video_deleted").count()) == (1, 0)
    delete_video(actor=make_person(roles=("administrator",)), video=video)
    assert files() == []
