"""Files that arrive in pieces: order, rivals, crashes, quotas, ends."""

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from accounts.tests.factories import make_person
from core import clock
from core.errors import NotAllowed
from core.tests.rivals import race
from videos import uploads_disk
from videos.actions import append_piece as append_module
from videos.actions.append_piece import Checksum
from videos.actions.cancel_upload import cancel_upload
from videos.errors import (
    ChecksumMismatch,
    DiskFull,
    FileTooLarge,
    PieceTooLong,
    QuotaUsedUp,
    TooManyUploads,
    UploadExpired,
    UploadNotFound,
    UploadNotOpen,
    UploadNotPossible,
    VideoAlreadyHere,
    WrongOffset,
)
from videos.models import Upload, Video
from videos.tests.ready import ready_video
from videos.tests.sending import begin, instructor, send, sha256
from videos.uploads import own_upload, quota_left
from videos.uploads_disk import bytes_here, piece_path

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]

CONTENT = bytes(range(256)) * 40


class Line(io.BytesIO):
    """A body of which only some arrives before the line breaks."""

    def __init__(self, content: bytes, breaks_after: int) -> None:
        super().__init__(content[:breaks_after])

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() == len(self.getvalue()):
            raise ConnectionResetError
        return super().read(size)


def arrived(upload: Upload) -> bytes:
    upload.refresh_from_db()
    return piece_path(upload).read_bytes()[: upload.offset]


def test_pieces_add_up() -> None:
    upload = begin(instructor(), CONTENT)
    for start in range(0, len(CONTENT), 1000):
        upload = send(upload, CONTENT[start : start + 1000], start)
        assert upload.offset == min(start + 1000, len(CONTENT))
    assert arrived(upload) == CONTENT


def test_what_was_said_is_kept_clean() -> None:
    upload = begin(instructor(), 5, filename="../x/Lesson\x00_1.mp4", title=" \n", language="fr", sha256="A" * 64)
    assert (upload.filename, upload.title, upload.language) == ("Lesson_1.mp4", "Lesson 1", "fr")
    assert upload.sha256 == "a" * 64


def test_a_broken_line_keeps_what_came() -> None:
    upload = begin(instructor(), CONTENT)
    upload = append_module.append_piece(
        actor=upload.owner, upload=upload, offset=0, content=Line(CONTENT, 3000), length=len(CONTENT)
    )
    assert upload.offset == 3000
    assert send(upload, CONTENT[3000:], 3000).offset == len(CONTENT)
    assert arrived(upload) == CONTENT


def test_a_lie_about_the_length_counts_what_came() -> None:
    upload = begin(instructor(), CONTENT)
    upload = send(upload, CONTENT[:100], length=5000)
    assert upload.offset == 100
    assert send(upload, CONTENT[100:], 100, length=50).offset == 150
    assert arrived(upload) == CONTENT[:150]


def test_a_long_piece_is_counted_as_it_comes(monkeypatch) -> None:
    monkeypatch.setattr(append_module, "COUNT_BYTES", 2000)
    monkeypatch.setattr(append_module, "READ_BYTES", 500)
    upload, seen = begin(instructor(), CONTENT), []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            seen.append(Upload.objects.get(pk=upload.pk).offset)
            return super().read(size)

    append_module.append_piece(
        actor=upload.owner, upload=upload, offset=0, content=Watched(CONTENT), length=len(CONTENT)
    )
    assert sorted(set(seen)) == [0, 2000, 4000, 6000, 8000, 10_000]
    assert arrived(upload) == CONTENT


@pytest.mark.parametrize("offset", [1, 999, 1001, len(CONTENT)])
def test_wrong_place_says_the_right_one(offset: int) -> None:
    upload = send(begin(instructor(), CONTENT), CONTENT[:1000])
    with pytest.raises(WrongOffset) as refused:
        send(upload, b"x", offset)
    assert refused.value.offset == 1000
    assert arrived(upload) == CONTENT[:1000]


def test_more_than_is_missing_is_refused_whole() -> None:
    upload = send(begin(instructor(), 1000), CONTENT[:990])
    with pytest.raises(PieceTooLong):
        send(upload, b"x" * 11, 990)
    assert arrived(upload) == CONTENT[:990]


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_damaged_piece_does_not_count(algorithm: str) -> None:
    upload = begin(instructor(), CONTENT)
    right = Checksum(algorithm, hashlib.new(algorithm, CONTENT[:500]).digest())
    with pytest.raises(ChecksumMismatch):
        send(upload, b"!" + CONTENT[1:500], checksum=right)
    with pytest.raises(ChecksumMismatch):  # half of it
        send(upload, CONTENT[:250], length=500, checksum=right)
    assert arrived_nothing(upload)
    assert send(upload, CONTENT[:500], checksum=right).offset == 500
    assert arrived(upload) == CONTENT[:500]


def arrived_nothing(upload: Upload) -> bool:
    upload.refresh_from_db()
    return upload.offset == 0 and bytes_here(upload) == 0


def test_a_checked_piece_has_a_longest(settings) -> None:
    settings.VIDEO_PIECE_BYTES = 100
    upload = begin(instructor(), CONTENT)
    with pytest.raises(PieceTooLong):
        send(upload, CONTENT[:101], checksum=Checksum("sha256", b""))
    assert arrived_nothing(upload)


def test_killed_after_writing_the_rest_is_cut_off(monkeypatch) -> None:
    upload = send(begin(instructor(), CONTENT), CONTENT[:1000])

    def killed(*_a: object, **_k: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Upload, "save", killed)
        with pytest.raises(SystemExit), transaction.atomic():
            send(upload, b"wrong bytes that nobody counted", 1000)
    assert piece_path(upload).stat().st_size == 1031
    assert bytes_here(upload) == 1000
    upload = send(upload, CONTENT[1000:1010], 1000)
    assert piece_path(upload).stat().st_size == 1010
    assert arrived(upload) == CONTENT[:1010]


def test_power_cut_takes_the_count_back_to_what_is_there() -> None:
    upload = send(begin(instructor(), CONTENT), CONTENT[:1000])
    os.truncate(piece_path(upload), 600)
    with pytest.raises(WrongOffset) as refused:
        send(upload, CONTENT[1000:], 1000)
    assert refused.value.offset == 600
    assert send(upload, CONTENT[600:], 600).offset == len(CONTENT)
    assert arrived(upload) == CONTENT


def test_full_disk_counts_nothing(monkeypatch) -> None:
    upload = send(begin(instructor(), CONTENT), CONTENT[:1000])

    def full(*_a: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(DiskFull):
            send(upload, CONTENT[1000:], 1000)
    assert arrived(upload) == CONTENT[:1000]
    monkeypatch.setattr(uploads_disk, "RESERVE", 2**60)
    with pytest.raises(DiskFull):
        begin(upload.owner, 10)


@pytest.mark.django_db(transaction=True)
def test_rivals_for_one_place_one_wins(settings) -> None:
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    upload = begin(instructor(), 20_000)
    pieces = [bytes([number]) * 1000 for number in range(20)]
    results = race(20, lambda number: send(upload, pieces[number]))
    won = [number for number, result in enumerate(results) if not isinstance(result, Exception)]
    assert len(won) == 1
    lost = [result for result in results if isinstance(result, Exception)]
    assert [(type(error), error.offset) for error in lost] == [(WrongOffset, 1000)] * 19
    assert arrived(upload) == pieces[won[0]]
    assert piece_path(upload).stat().st_size == 1000


@pytest.mark.django_db(transaction=True)
def test_a_line_nobody_noticed_break_is_overtaken(settings, monkeypatch) -> None:
    """The old request counts 2,000 bytes, hangs, and comes back when its sender has gone on over another line."""
    monkeypatch.setattr(append_module, "COUNT_BYTES", 2000)
    monkeypatch.setattr(append_module, "READ_BYTES", 1000)
    upload = begin(instructor(), CONTENT)

    class Hanging(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() == 3000:
                send(Upload.objects.get(pk=upload.pk), CONTENT[2000:7000], 2000)
            return super().read(size)

    with pytest.raises(WrongOffset) as refused:
        append_module.append_piece(
            actor=upload.owner, upload=upload, offset=0, content=Hanging(CONTENT), length=len(CONTENT)
        )
    assert refused.value.offset == 7000
    assert arrived(upload) == CONTENT[:7000]


def test_only_those_who_may() -> None:
    learner = make_person()
    with pytest.raises(NotAllowed):
        begin(learner, 10)
    upload = begin(instructor(), 10)
    with pytest.raises(UploadNotFound):
        own_upload(instructor(), upload.public_id)
    with pytest.raises(NotAllowed):
        own_upload(learner, upload.public_id)
    with pytest.raises(NotAllowed):
        begin(instructor(), 10, replaces=ready_video(uploaded_by=instructor()))
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"size": 0}, "size"),
        ({"size": -1}, "size"),
        ({"sha256": "abc"}, "sha256"),
        ({"language": "x" * 13}, "language"),
        ({"language": "../"}, "language"),
        ({"way": "multipart"}, "way"),
    ],
)
def test_nonsense_is_named(told: dict[str, object], field: str) -> None:
    from videos.actions.start_upload import start_upload

    with pytest.raises(UploadNotPossible) as refused:
        start_upload(**{"actor": instructor(), "filename": "x.mp4", "size": 5, **told})
    assert refused.value.field == field
    assert not Upload.objects.exists()


def test_limits_are_said(settings) -> None:
    settings.VIDEO_MAX_BYTES, settings.VIDEO_QUOTA_BYTES, settings.VIDEO_OPEN_UPLOADS = 5_000_000, 8_000_000, 3
    owner = instructor()
    with pytest.raises(FileTooLarge) as large:
        begin(owner, 5_000_001)
    assert str(large.value).replace("\xa0", " ").replace("\u202f", " ") == (
        "This file has 5.0 MB; the largest that can be uploaded has 5.0 MB."
    )
    begin(owner, 5_000_000)
    assert quota_left(owner) == 3_000_000
    with pytest.raises(QuotaUsedUp) as used:
        begin(owner, 3_000_001)
    assert "3.0" in str(used.value)
    assert "8.0" in str(used.value)
    begin(owner, 1)
    begin(owner, 1)
    with pytest.raises(TooManyUploads, match="3"):
        begin(owner, 1)
    assert begin(instructor(), 5_000_000).size == 5_000_000


def test_what_is_stored_counts(settings) -> None:
    settings.VIDEO_QUOTA_BYTES = 1_000_000
    owner = instructor()
    video = ready_video(uploaded_by=owner, original="originals/x", original_bytes=300_000)
    made = sum(video.renditions.values_list("bytes", flat=True))
    assert quota_left(owner) == 700_000 - made
    Video.objects.filter(pk=video.pk).update(original="")
    assert quota_left(owner) == 1_000_000 - made
    settings.VIDEO_QUOTA_BYTES = 10
    assert quota_left(owner) == 0


@pytest.mark.django_db(transaction=True)
def test_rivals_for_the_last_room_one_gets_it(settings) -> None:
    settings.VIDEO_QUOTA_BYTES = 1000
    owner = instructor()
    results = race(12, lambda _number: begin(owner, 600))
    assert sum(isinstance(result, Upload) for result in results) == 1
    assert {type(result) for result in results} == {Upload, QuotaUsedUp}
    assert quota_left(owner) == 400


def test_the_same_file_need_not_be_sent_again() -> None:
    owner = instructor()
    ready_video(uploaded_by=owner, title="Loops", sha256=sha256(CONTENT))
    with pytest.raises(VideoAlreadyHere, match="Loops"):
        begin(owner, CONTENT, sha256=sha256(CONTENT))
    assert begin(instructor(), CONTENT, sha256=sha256(CONTENT)).pk


def test_left_for_too_long_it_ends(settings) -> None:
    settings.VIDEO_UPLOAD_HOURS = 2
    upload = begin(instructor(), CONTENT)
    with clock.travel(timedelta(hours=1)):
        upload = send(upload, CONTENT[:1000])  # each piece gives it as long again
    with clock.travel(timedelta(hours=2, minutes=59)):
        upload = send(upload, CONTENT[1000:1001], 1000)
    with clock.travel(timedelta(hours=5)), pytest.raises(UploadExpired):
        send(upload, CONTENT[1001:], 1001)
    assert arrived(upload) == CONTENT[:1001]


def test_cancelled_nothing_is_left(video_folders: Path) -> None:
    upload = send(begin(instructor(), CONTENT), CONTENT[:1000])
    cancel_upload(actor=upload.owner, upload=upload)
    cancel_upload(actor=upload.owner, upload=upload)
    assert not Upload.objects.exists()
    assert list((video_folders / "uploads").iterdir()) == []


def test_cancelled_while_a_piece_comes_in(video_folders: Path) -> None:
    upload = begin(instructor(), CONTENT)

    class Cancelling(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            cancel_upload(actor=upload.owner, upload=upload)
            return super().read(size)

    with pytest.raises(UploadNotFound):
        append_module.append_piece(
            actor=upload.owner, upload=upload, offset=0, content=Cancelling(CONTENT), length=len(CONTENT)
        )
    assert list((video_folders / "uploads").iterdir()) == []


def test_done_is_not_cancelled() -> None:
    upload = begin(instructor(), CONTENT)
    Upload.objects.filter(pk=upload.pk).update(state="done")
    with pytest.raises(UploadNotOpen):
        cancel_upload(actor=upload.owner, upload=upload)
    upload.refresh_from_db()
    with pytest.raises(UploadNotOpen):
        send(upload, CONTENT)
