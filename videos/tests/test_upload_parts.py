"""Files whose parts go to the store directly: the sender has addresses, the store has the last word."""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from videos import uploads_parts
from videos.actions.cancel_upload import cancel_upload
from videos.actions.finish_upload import finish_upload
from videos.actions.hand_in_upload import hand_in_upload
from videos.actions.sweep_uploads import sweep_uploads
from videos.errors import HashMismatch, PartsMissing, UploadExpired, UploadNotPossible, VideoUnreadable
from videos.models import Upload, Video
from videos.storage import video_storage
from videos.tests.sending import a_clip, begin, instructor, send, sha256
from videos.tests.stores import s3_address, s3_store
from videos.uploads_parts import parts_of, put_together, signed

__all__ = ["s3_address", "s3_store"]

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024


@pytest.fixture
def _small_parts(monkeypatch) -> None:
    """Parts of 5 MiB, the least that a store takes."""
    monkeypatch.setattr(uploads_parts, "SMALLEST", 5 * MIB)


@pytest.fixture
def clip(video_folders: Path) -> bytes:
    """A film of 12 MiB: behind its end may stand anything."""
    film = a_clip(video_folders)
    return film + b"\0\0\0\0free".rjust(8, b"\0") + bytes(12 * MIB - len(film) - 8)


def put(url: str, content: bytes) -> str:
    """Send one part as a browser does; returns the etag."""
    headers = {"Content-Type": "application/octet-stream"}  # urllib would call it a form
    request = urllib.request.Request(url, data=content, method="PUT", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.headers["ETag"])


def cut(content: bytes, upload: Upload, number: int) -> bytes:
    size = upload.store["part_size"]
    return content[(number - 1) * size : number * size]


def put_all(upload: Upload, content: bytes, numbers: Any = (1, 2, 3)) -> dict[int, str]:
    addresses = signed(upload, numbers)
    return {number: put(addresses[number], cut(content, upload, number)) for number in numbers}


@pytest.mark.usefixtures("_small_parts")
def test_parts_in_any_order_and_after_a_break(s3_store: Any, clip: bytes) -> None:
    upload = begin(instructor(), clip, way="multipart", sha256=sha256(clip))
    put_all(upload, clip, [3])
    # The browser was closed; another one asks what is there.
    upload = Upload.objects.get(pk=upload.pk)
    parts = parts_of(upload)
    assert (parts.size, parts.count, sorted(parts.arrived)) == (5 * MIB, 3, [3])
    with pytest.raises(PartsMissing) as missing:
        put_together(upload)
    assert missing.value.numbers == (1, 2)
    told = put_all(upload, clip, [1, 2])
    done = hand_in_upload(actor=upload.owner, upload=upload, parts=told)
    assert (done.state, done.offset) == ("done", len(clip))
    video = Video.objects.get()
    assert video.original == f"originals/{upload.public_id.hex}.mp4"
    assert (video.sha256, video.original_bytes) == (sha256(clip), len(clip))
    assert [item.key for item in s3_store.objects.all()] == [f"videos/{video.original}"]
    assert hand_in_upload(actor=upload.owner, upload=done, parts=told).video == video


@pytest.mark.usefixtures("_small_parts")
def test_what_the_sender_says_of_parts_is_compared(s3_store: Any, clip: bytes) -> None:
    upload = begin(instructor(), clip, way="multipart")
    told = put_all(upload, clip)
    with pytest.raises(PartsMissing) as wrong:
        put_together(upload, {**told, 2: '"0123"', 7: told[1]})
    assert wrong.value.numbers == (2, 7)
    assert put_together(upload, {1: told[1].strip('"')}).offset == len(clip)


@pytest.mark.usefixtures("_small_parts")
def test_a_part_of_another_length_does_not_count(s3_store: Any, clip: bytes) -> None:
    upload = begin(instructor(), clip, way="multipart")
    put_all(upload, clip)
    client, where = uploads_parts._store(upload)
    client.upload_part(**where, UploadId=upload.store["upload_id"], PartNumber=2, Body=b"short")
    assert sorted(parts_of(upload).arrived) == [1, 3]
    with pytest.raises(PartsMissing):
        put_together(upload)


def test_addresses_are_for_one_part_of_its_length(s3_store: Any) -> None:
    upload = begin(instructor(), 20 * MIB, way="multipart")
    parts = parts_of(upload)
    assert (parts.size, parts.count) == (8 * MIB, 3)
    address = signed(upload, [3])[3]
    assert "partNumber=3" in address
    assert "content-length" in address.split("X-Amz-SignedHeaders=")[1].split("&")[0]
    for numbers in ([0], [4], [-1], range(1, 102)):
        with pytest.raises(UploadNotPossible):
            signed(upload, numbers)


def test_large_files_have_larger_parts() -> None:
    assert uploads_parts._part_size(1) == 8 * MIB
    assert uploads_parts._part_size(8 * MIB * 9000) == 8 * MIB
    assert uploads_parts._part_size(8 * MIB * 9000 + 1) == 9 * MIB
    assert -(-(5 * 1024**4) // uploads_parts._part_size(5 * 1024**4)) <= 10_000


@pytest.mark.usefixtures("_small_parts")
def test_what_is_no_video_is_refused_and_removed(s3_store: Any) -> None:
    content = bytes(6 * MIB)
    upload = begin(instructor(), content, way="multipart")
    put_all(upload, content, [1, 2])
    with pytest.raises(VideoUnreadable):
        hand_in_upload(actor=upload.owner, upload=upload)
    upload.refresh_from_db()
    assert (upload.state, upload.failure) == ("refused", "video_unreadable")
    assert list(s3_store.objects.all()) == []


@pytest.mark.usefixtures("_small_parts")
def test_hash_is_of_the_whole(s3_store: Any, clip: bytes) -> None:
    upload = begin(instructor(), clip, way="multipart", sha256=sha256(clip[:-1] + b"x"))
    put_all(upload, clip)
    with pytest.raises(HashMismatch):
        hand_in_upload(actor=upload.owner, upload=upload)
    assert list(s3_store.objects.all()) == []


@pytest.mark.usefixtures("_small_parts")
def test_killed_after_putting_together(s3_store: Any, clip: bytes, monkeypatch) -> None:
    upload = begin(instructor(), clip, way="multipart")
    told = put_all(upload, clip)

    def killed(_pk: int) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(uploads_parts, "locked_upload", killed)
        with pytest.raises(SystemExit):
            put_together(upload, told)
    upload.refresh_from_db()
    assert upload.offset == 0
    assert hand_in_upload(actor=upload.owner, upload=upload, parts=told).state == "done"
    assert Video.objects.get().sha256 == sha256(clip)


@pytest.mark.usefixtures("_small_parts")
def test_cancelled_the_store_forgets(s3_store: Any, clip: bytes) -> None:
    upload = begin(instructor(), clip, way="multipart")
    address = signed(upload, [1])[1]
    put_all(upload, clip, [2])
    cancel_upload(actor=upload.owner, upload=upload)
    assert list(s3_store.multipart_uploads.all()) == []
    with pytest.raises(urllib.error.HTTPError):
        put(address, cut(clip, upload, 1))


def test_left_for_too_long_the_store_forgets(settings, s3_store: Any) -> None:
    settings.VIDEO_UPLOAD_HOURS = 2
    upload = begin(instructor(), 10 * MIB, way="multipart")
    with clock.travel(timedelta(hours=3)):
        assert sweep_uploads() == 1
        upload.refresh_from_db()
        with pytest.raises(UploadExpired):
            signed(upload, [1])
    assert list(s3_store.multipart_uploads.all()) == []


def test_the_store_forgot_first(s3_store: Any) -> None:
    upload = begin(instructor(), 10 * MIB, way="multipart")
    for found in s3_store.multipart_uploads.all():
        found.abort()
    with pytest.raises(UploadExpired):
        parts_of(upload)
    cancel_upload(actor=upload.owner, upload=upload)


def test_parts_without_a_row_are_forgotten(s3_store: Any) -> None:
    wanted, stray = (begin(instructor(), 10 * MIB, way="multipart") for _number in range(2))
    Upload.objects.filter(pk=stray.pk).delete()  # as with its owner
    assert uploads_parts.abort_strays(datetime(2000, 1, 1, tzinfo=UTC)) == 0
    assert uploads_parts.abort_strays(clock.now() + timedelta(days=36_500)) == 1
    assert [found.id for found in s3_store.multipart_uploads.all()] == [wanted.store["upload_id"]]


def test_begun_twice_is_begun_once(s3_store: Any) -> None:
    upload = begin(instructor(), 10 * MIB, way="multipart")
    first = upload.store["upload_id"]
    uploads_parts.begin(upload)
    assert upload.store["upload_id"] == first
    assert [found.id for found in s3_store.multipart_uploads.all()] == [first]
    # Killed before the store was asked: it is asked when parts are.
    Upload.objects.filter(pk=upload.pk).update(store={})
    assert parts_of(Upload.objects.get(pk=upload.pk)).count == 2


def test_pieces_and_parts_are_not_mixed(s3_store: Any) -> None:
    by_parts = begin(instructor(), 100, way="multipart")
    with pytest.raises(UploadNotPossible):
        send(by_parts, b"x")
    by_pieces = begin(instructor(), 100)
    with pytest.raises(UploadNotPossible):
        parts_of(by_pieces)


def test_the_copy_that_is_looked_at_is_removed(s3_store: Any, video_folders: Path) -> None:
    clip = a_clip(video_folders)
    upload = begin(instructor(), clip, way="multipart")
    put_all(upload, clip, [1])
    finish_upload(put_together(upload))
    assert list((video_folders / "uploads").iterdir()) == []
    assert video_storage().exists(Video.objects.get().original)
