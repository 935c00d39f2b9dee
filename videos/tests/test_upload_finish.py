"""Everything has arrived: what is a video becomes one, once, whatever dies in between; the rest is refused."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.models import OutboxEvent
from core.tests.rivals import race
from videos import uploads_check
from videos.actions import finish_upload as finish_module
from videos.actions import hand_in_upload as hand_in_module
from videos.actions.cancel_upload import cancel_upload
from videos.actions.create_video import create_video
from videos.actions.finish_upload import finish_upload
from videos.actions.hand_in_upload import hand_in_upload
from videos.actions.sweep_uploads import sweep_originals, sweep_uploads
from videos.errors import HashMismatch, UploadExpired, UploadIncomplete, UploadNotFound, VideoRefused, VideoUnreadable
from videos.models import Upload, Video
from videos.storage import video_storage
from videos.tests.ready import ready_video
from videos.tests.sending import a_clip, begin, instructor, send, sha256
from videos.tests.stores import any_store, s3_address, s3_store
from videos.uploads_disk import piece_path

__all__ = ["any_store", "s3_address", "s3_store"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]


def sent(content: bytes, owner: Any = None, **told: Any) -> Upload:
    """A complete upload that nobody has looked at."""
    return send(begin(owner or instructor(), content, **told), content)


def stored(name: str) -> bytes:
    with video_storage().open(name) as file:
        return bytes(file.read())


def originals() -> list[str]:
    try:
        return sorted(video_storage().listdir("originals")[1])
    except FileNotFoundError:
        return []


def pieces(folders: Path) -> list[str]:
    return sorted(path.name for path in (folders / "uploads").iterdir())


@pytest.mark.usefixtures("any_store")
def test_becomes_a_video(video_folders: Path) -> None:
    clip = a_clip(video_folders)
    upload = sent(clip, filename="Loops.exe", title="Loops", language="fr", sha256=sha256(clip))
    upload = finish_upload(upload)
    video = upload.video
    assert upload.state == "done"
    assert (video.title, video.language, video.sha256) == ("Loops", "fr", sha256(clip))
    assert (video.original_name, video.original_bytes) == ("Loops.exe", len(clip))
    assert stored(video.original) == clip
    assert (originals(), pieces(video_folders)) == ([upload.public_id.hex], [])
    assert finish_upload(upload).video == video
    assert Video.objects.count() == 1
    assert OutboxEvent.objects.filter(name="videos.VideoUploaded").count() == 1


@pytest.mark.usefixtures("any_store")
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ" + bytes(5000), "film.mp4"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "film.m3u8"),
        (b"<html>" * 900, "film.mp4"),
    ],
)
def test_what_is_no_video_is_refused_whatever_its_name(content: bytes, name: str, video_folders: Path) -> None:
    upload = sent(content, filename=name)
    with pytest.raises(VideoRefused):
        finish_upload(upload)
    upload.refresh_from_db()
    assert (upload.state, upload.video) == ("refused", None)
    assert (originals(), pieces(video_folders)) == ([], [])
    assert not Video.objects.exists()
    with pytest.raises(VideoRefused) as again:
        finish_upload(upload)
    assert again.value.code == upload.failure


@pytest.mark.usefixtures("any_store")
def test_another_file_than_was_said_is_refused(video_folders: Path) -> None:
    clip = a_clip(video_folders)
    upload = sent(clip, sha256=sha256(clip[:-1] + b"!"))
    with pytest.raises(HashMismatch):
        finish_upload(upload)
    upload.refresh_from_db()
    assert (upload.state, upload.failure) == ("refused", "hash_mismatch")
    assert (originals(), pieces(video_folders), Video.objects.count()) == ([], [], 0)


def test_half_a_file_is_not_looked_at(video_folders: Path) -> None:
    upload = begin(instructor(), 100)
    with pytest.raises(UploadIncomplete):
        finish_upload(send(upload, b"x" * 99))
    upload.refresh_from_db()
    assert (upload.state, upload.offset) == ("open", 99)


def test_the_disk_lost_it(video_folders: Path) -> None:
    clip = a_clip(video_folders)
    upload = sent(clip)
    piece_path(upload).unlink()
    with pytest.raises(UploadIncomplete):
        finish_upload(upload)
    upload.refresh_from_db()
    assert (upload.state, upload.offset) == ("open", 0)
    assert finish_upload(send(upload, clip)).state == "done"


@pytest.mark.usefixtures("any_store")
def test_the_same_file_again_uses_the_video_that_is_there(video_folders: Path) -> None:
    clip, owner = a_clip(video_folders), instructor()
    first = finish_upload(sent(clip, owner))
    second = finish_upload(sent(clip, owner))
    assert second.video == first.video
    assert (second.state, originals(), pieces(video_folders)) == ("done", [f"{first.public_id.hex}.mp4"], [])


@pytest.mark.usefixtures("any_store")
@pytest.mark.parametrize("stage", ["before", "moved", "written"])
def test_killed_at_any_stage_it_becomes_one_video(stage: str, video_folders: Path, monkeypatch) -> None:
    clip = a_clip(video_folders)
    upload = sent(clip)

    def killed(*_a: object, **_k: object) -> None:
        raise SystemExit

    target = {
        "before": (finish_module, "create_video"),
        "moved": ("videos.actions.create_video", "publish"),
        "written": (finish_module, "_done"),
    }[stage]
    with monkeypatch.context() as patch:
        if stage == "written":  # the video is there, and nothing says so yet
            patch.setattr(finish_module, "_done", lambda _upload: killed)
            patch.setattr(
                finish_module, "create_video", lambda then, **rest: (create_video(then=None, **rest), then(None))
            )
        elif isinstance(target[0], str):
            patch.setattr(f"{target[0]}.{target[1]}", killed)
        else:
            patch.setattr(*target, killed)
        with pytest.raises(SystemExit):
            finish_upload(upload)
    upload.refresh_from_db()
    assert upload.state == "open"
    with clock.travel(timedelta(minutes=21)):
        assert sweep_uploads() == 1
    upload.refresh_from_db()
    assert (upload.state, Video.objects.count()) == ("done", 1)
    assert stored(upload.video.original) == clip
    assert (originals(), pieces(video_folders)) == ([f"{upload.public_id.hex}.mp4"], [])


@pytest.mark.django_db(transaction=True)
def test_rivals_make_one_video(settings, video_folders: Path) -> None:
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    clip = a_clip(video_folders)
    upload = sent(clip)
    results = race(6, lambda _number: finish_upload(Upload.objects.get(pk=upload.pk)).video_id)
    assert len(set(results)) == 1, results
    assert (Video.objects.count(), originals()) == (1, [f"{upload.public_id.hex}.mp4"])
    assert stored(Video.objects.get().original) == clip


def test_a_rival_moves_it_between_two_looks(video_folders: Path, monkeypatch) -> None:
    upload = sent(a_clip(video_folders))
    look = uploads_check.probe
    others: list[Any] = []

    def overtaken(path: Path) -> object:
        if not others:
            others.append("comes")
            others.append(finish_upload(upload).video)
        return look(path)

    monkeypatch.setattr(uploads_check, "probe", overtaken)
    assert finish_upload(upload).video == others[1] == Video.objects.get()


@pytest.mark.usefixtures("any_store")
def test_cancelled_while_it_is_looked_at(video_folders: Path, monkeypatch) -> None:
    upload = sent(a_clip(video_folders))
    looked = finish_module.checked_digest

    def cancelled(now: Upload) -> str:
        digest = looked(now)
        cancel_upload(actor=upload.owner, upload=upload)
        return digest

    # The piece has gone, or, where it went a moment later, the row has.
    monkeypatch.setattr(finish_module, "checked_digest", cancelled)
    with pytest.raises(UploadNotFound):
        finish_upload(upload)
    assert (Video.objects.count(), originals(), pieces(video_folders)) == (0, [], [])


@pytest.mark.usefixtures("any_store")
def test_a_new_source_takes_the_place_of_the_old(video_folders: Path) -> None:
    owner = instructor()
    first, second = a_clip(video_folders), a_clip(video_folders, seconds=3)
    video = finish_upload(sent(first, owner, title="Loops")).video
    Video.objects.filter(pk=video.pk).update(state="ready", folder="f", failure="x", tries=3)
    upload = finish_upload(sent(second, owner, title="Other", filename="new.mov", replaces=video))
    video.refresh_from_db()
    assert upload.video == video
    assert (video.title, video.original_name, video.sha256) == ("Loops", "new.mov", sha256(second))
    assert (video.state, video.folder, video.failure, video.tries) == ("waiting", "f", "", 0)
    assert originals() == [f"{upload.public_id.hex}.mov"]
    assert stored(video.original) == second
    assert OutboxEvent.objects.filter(name="videos.VideoUploaded").count() == 2
    assert finish_upload(upload).video == video
    assert OutboxEvent.objects.filter(name="videos.VideoUploaded").count() == 2


def test_a_large_file_is_a_workers(video_folders: Path, monkeypatch) -> None:
    monkeypatch.setattr(hand_in_module, "LOOK_AT_ONCE", 1000)
    given: list[int] = []
    monkeypatch.setattr("videos.tasks.finish_upload_later.delay", given.append)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda run, **_k: run())
    upload = sent(a_clip(video_folders))
    for _asked in range(3):
        upload = hand_in_upload(actor=upload.owner, upload=upload)
        assert upload.state == "open"
    assert given == [upload.pk]  # once for all who ask
    with clock.travel(timedelta(minutes=16)):
        hand_in_upload(actor=upload.owner, upload=upload)
    assert given == [upload.pk] * 2  # the worker died
    from videos.tasks import finish_upload_later

    finish_upload_later(upload.pk)
    finish_upload_later(upload.pk)
    upload.refresh_from_db()
    assert hand_in_upload(actor=upload.owner, upload=upload).video == Video.objects.get()


def test_a_worker_that_refuses_says_so_in_the_row(video_folders: Path, monkeypatch) -> None:
    from videos.tasks import finish_upload_later

    monkeypatch.setattr(hand_in_module, "LOOK_AT_ONCE", 1000)
    upload = sent(bytes(5000))
    finish_upload_later(upload.pk)
    finish_upload_later(0)
    upload.refresh_from_db()
    with pytest.raises(VideoUnreadable):
        hand_in_upload(actor=upload.owner, upload=upload)


@pytest.mark.usefixtures("any_store")
def test_sweeping_ends_and_forgets_and_keeps_the_rest(settings, video_folders: Path) -> None:
    settings.VIDEO_UPLOAD_HOURS = 2
    owner = instructor()
    left = send(begin(owner, 100), b"x" * 50)
    folder = video_folders / "uploads"
    (folder / ("0" * 32)).write_bytes(b"of a row that is gone")
    (folder / "scratch-killed").write_bytes(b"copy")
    (folder / "somebody's").write_bytes(b"file")
    for path in folder.iterdir():
        if path.name != left.public_id.hex:
            os.utime(path, (1, 1))
    assert sweep_uploads() == 2
    assert pieces(video_folders) == sorted([left.public_id.hex, "somebody's"])
    with clock.travel(timedelta(hours=3)):
        fresh = send(begin(owner, 100), b"x" * 50)
        assert sweep_uploads() == 1
        assert sweep_uploads() == 0
        left.refresh_from_db()
        assert (left.state, left.failure) == ("refused", "upload_expired")
        with pytest.raises(UploadExpired):
            send(left, b"x", 50)
    assert pieces(video_folders) == sorted([fresh.public_id.hex, "somebody's"])
    with clock.travel(timedelta(days=31)):
        sweep_uploads()
        assert not Upload.objects.filter(pk=left.pk).exists()


@pytest.mark.usefixtures("any_store")
def test_originals_that_nobody_has_go_after_a_day(video_folders: Path) -> None:
    clip = a_clip(video_folders)
    upload = finish_upload(sent(clip))
    under_way = begin(instructor(), 10)
    from django.core.files.base import ContentFile

    stray = f"originals/{ready_video().public_id.hex}.mp4"
    for name in (stray, f"originals/{under_way.public_id.hex}.mp4"):
        video_storage().save(name, ContentFile(b"x"))
    assert sweep_originals() == 0
    with clock.travel(timedelta(days=2)):
        assert sweep_originals() == 1
    assert originals() == sorted([f"{upload.public_id.hex}.mp4", f"{under_way.public_id.hex}.mp4"])
    assert piece_path(upload).exists() is False
