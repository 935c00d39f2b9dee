"""A file that comes in one request, from a form without script."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from videos.actions.upload_whole import upload_whole
from videos.errors import QuotaUsedUp, UploadNotPossible, VideoUnreadable
from videos.models import Upload, Video
from videos.tests.sending import a_clip, instructor, sha256

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]


def test_becomes_a_video_and_replaces_one(video_folders: Path) -> None:
    owner, clip, other = instructor(), a_clip(video_folders), a_clip(video_folders, seconds=3)
    video = upload_whole(actor=owner, file=SimpleUploadedFile("Loops_1.mp4", clip), language="fr")
    assert (video.title, video.language, video.sha256) == ("Loops 1", "fr", sha256(clip))
    replaced = upload_whole(actor=owner, file=SimpleUploadedFile("x.mp4", other), replaces=video)
    assert (replaced.pk, replaced.sha256, replaced.title) == (video.pk, sha256(other), "Loops 1")


def test_refused_nothing_is_left(video_folders: Path, settings) -> None:
    owner = instructor()
    with pytest.raises(VideoUnreadable):
        upload_whole(actor=owner, file=SimpleUploadedFile("x.mp4", bytes(3000)))
    with pytest.raises(UploadNotPossible):
        upload_whole(actor=owner, file=SimpleUploadedFile("x.mp4", b""))
    settings.VIDEO_QUOTA_BYTES = 10
    with pytest.raises(QuotaUsedUp):
        upload_whole(actor=owner, file=SimpleUploadedFile("x.mp4", bytes(3000)))
    assert (Upload.objects.count(), Video.objects.count()) == (0, 0)
    assert list((video_folders / "uploads").iterdir()) == []
