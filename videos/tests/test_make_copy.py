"""A worker writes a name into a film: what changes, what doesn't, and what is left when it goes wrong."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageChops

from core import clock
from videos.actions import make_copy as module
from videos.actions.delete_video import delete_video
from videos.actions.make_copy import due_copies, make_copy
from videos.actions.process_video import LEASE, TRIES
from videos.actions.resume_videos import QUEUED
from videos.actions.sweep_copies import sweep_copies
from videos.actions.sweep_work import sweep_work
from videos.copies import drop_copies
from videos.models import MarkedCopy
from videos.processing.boxes import read_index
from videos.processing.running import RunFailed
from videos.processing.work import WorkFolder
from videos.storage import video_storage
from videos.tests.filmed import film, ordered, path_of, picture_at, sound_of
from videos.tests.ready import finished, ready_video
from videos.tests.sources import stored_files
from videos.tests.stores import s3_address, s3_store

__all__ = ["s3_address", "s3_store"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]
State = MarkedCopy.State
HOSTILE = [
    "آمنة بنت محمد",
    "Amina آمنة",
    'O\'Brien "Q" %{pts} %{eif:n:d}',
    "a:b,c;d[e]=f\\n\\",
    "$(touch x) `id` | -f lavfi",
    "two\nlines\tand more",
    "<b>&amp;</b>",
    "አማና 王 😀",
    "W" * 254,
]


def made(copy: MarkedCopy) -> MarkedCopy:
    found = make_copy(copy.pk)
    assert found is not None
    return found


def copies_stored() -> set[str]:
    return {name for name in stored_files() if name.startswith("copies/")}


def works(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "video-work").iterdir())


def marked(copy: MarkedCopy, second: float, folder: Path) -> tuple[int, int, int, int] | None:
    """The part of the picture where the copy is clearly another one."""
    original = Path(video_storage().path(copy.rendition.file))
    one, other = picture_at(original, second, folder), picture_at(path_of(copy), second, folder)
    difference = ImageChops.difference(one, other).convert("L").point([0] * 48 + [255] * 208)
    found: tuple[int, int, int, int] | None = difference.getbbox()
    return found


def test_the_name_moves_over_the_picture_and_nothing_else_changes(tmp_path: Path) -> None:
    # Grey all over: only what is written differs.
    rendition = film(tmp_path, seconds=14, extra=("-vf", "drawbox=c=gray:t=fill"))
    copy = made(ordered(rendition))
    assert (copy.state, copy.progress, copy.failure, copy.lease, copy.tries) == (State.READY, 100, "", None, 0)
    path = path_of(copy)
    assert (copy.bytes, copy.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert copy.sha256 != rendition.sha256
    index = read_index(path)
    assert (copy.init_bytes, copy.segments) == (index.init_bytes, index.segments)
    lengths = [[piece[2] for piece in found] for found in (index.segments, rendition.segments)]
    assert lengths == [[4000, 4000, 4000, 2000]] * 2
    assert index.codecs == rendition.codecs
    assert sound_of(path) == sound_of(Path(video_storage().path(rendition.file)))
    places = [marked(copy, second, tmp_path) for second in (1, 5, 13)]
    assert None not in places
    assert places[0] == pytest.approx(places[1], abs=12)
    assert places[0] != pytest.approx(places[2], abs=12)
    assert works(tmp_path) == []
    assert copies_stored() == {f"{copy.folder}/144p.mp4"}


def test_two_copies_begin_elsewhere(tmp_path: Path) -> None:
    rendition = film(tmp_path)
    one, other = ordered(rendition), ordered(rendition, email="other@example.com")
    for copy, key in ((one, "00000000"), (other, "c000c000")):
        copy.folder = copy.folder[:-8] + key
        copy.save()
    assert marked(made(one), 0.5, tmp_path) != pytest.approx(marked(made(other), 0.5, tmp_path), abs=12)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_name_is_written_and_runs_nothing(text: str, tmp_path: Path) -> None:
    copy = made(ordered(film(tmp_path), text))
    assert (copy.state, copy.failure_detail) == (State.READY, "")
    assert marked(copy, 0.5, tmp_path) is not None
    assert copies_stored() == {f"{copy.folder}/144p.mp4"}


def test_a_name_that_nobody_sees_is_replaced_by_the_address(tmp_path: Path) -> None:
    rendition = film(tmp_path)
    assert marked(made(ordered(rendition, "\u2800\u2800")), 0.5, tmp_path) is not None


def test_a_second_worker_leaves_it_alone(tmp_path: Path) -> None:
    copy = ordered(film(tmp_path))
    MarkedCopy.objects.update(state=State.MAKING, lease=copy.public_id, leased_until=clock.now() + LEASE, tries=1)
    assert made(copy).state == State.MAKING
    assert copies_stored() == set()


def test_made_once_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = made(ordered(film(tmp_path)))
    monkeypatch.setattr(module._Making, "run", lambda _self: pytest.fail("made again"))
    assert made(copy).sha256 == copy.sha256


def test_without_ffmpeg_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = ordered(film(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    copy = made(copy)
    assert (copy.state, copy.failure, copy.bytes) == (State.FAILED, "copy_tools_missing", 0)
    assert (works(tmp_path), copies_stored()) == ([], set())


def test_a_file_that_is_none_fails_and_leaves_nothing(tmp_path: Path) -> None:
    copy = made(ordered(ready_video().renditions.get(name="144p")))
    assert (copy.state, copy.failure) == (State.FAILED, "video_unreadable")
    assert copy.failure_detail
    assert (works(tmp_path), copies_stored()) == ([], set())


def test_a_file_that_is_gone_fails(tmp_path: Path) -> None:
    rendition = film(tmp_path)
    video_storage().delete(rendition.file)
    assert made(ordered(rendition)).failure == "video_original_missing"


def test_a_crash_is_tried_again_and_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = ordered(film(tmp_path))

    def crash(*_arguments: Any, **_more: Any) -> Any:
        raise RunFailed("died", "signal 9")

    monkeypatch.setattr("videos.processors.base.ffmpeg", crash)
    for _number in range(TRIES - 1):
        assert made(copy).state == State.MAKING
        assert due_copies() == []
        MarkedCopy.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    copy = made(copy)
    assert (copy.state, copy.failure) == (State.FAILED, "video_processing_failed")
    assert "signal 9" in copy.failure_detail
    assert (works(tmp_path), copies_stored()) == ([], set())


@pytest.mark.parametrize("place", ["_draw", "put"])
def test_deleted_while_it_is_made_leaves_nothing(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    copy = ordered(film(tmp_path))
    owner = module if place == "put" else module._Making
    done = getattr(owner, place)

    def and_delete(*arguments: Any) -> None:
        done(*arguments)
        with django_capture_on_commit_callbacks(execute=True):
            drop_copies(MarkedCopy.objects.all())

    monkeypatch.setattr(owner, place, and_delete)
    assert make_copy(copy.pk) is None
    assert (works(tmp_path), copies_stored()) == ([], set())


def test_what_another_worker_made_stays_when_a_slow_one_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = ordered(film(tmp_path))

    def finish_first(making: Any, _mark: Any) -> None:
        finished(copy)
        raise module.ProcessingFailed

    monkeypatch.setattr(module._Making, "_draw", finish_first)
    assert made(copy).state == State.READY
    assert copies_stored() == {f"{copy.folder}/144p.mp4"}


def test_nobodys_copies_are_queued_once_a_while() -> None:
    copy = ordered(ready_video().renditions.get(name="144p"))
    assert due_copies() == []
    with clock.travel(timedelta(minutes=2)):
        assert (due_copies(), due_copies()) == ([copy.pk], [])
    with clock.travel(QUEUED + timedelta(minutes=3)):
        assert due_copies() == [copy.pk]


@pytest.mark.django_db(transaction=True)
def test_copies_go_after_their_days(settings: Any) -> None:
    settings.VIDEO_COPY_DAYS = 2
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    copy = finished(ordered(ready_video().renditions.get(name="144p")))
    with clock.travel(timedelta(days=2, seconds=-5)):
        assert sweep_copies() == 0
    assert copies_stored() == {f"{copy.folder}/144p.mp4"}
    with clock.travel(timedelta(days=2, seconds=5)):
        assert sweep_copies() == 1
    assert (MarkedCopy.objects.count(), copies_stored()) == (0, set())


def test_one_that_is_being_made_is_not_swept(settings: Any) -> None:
    copy = ordered(ready_video().renditions.get(name="144p"))
    now = clock.now()
    MarkedCopy.objects.update(state=State.MAKING, lease=copy.public_id, leased_until=now + LEASE, expires_at=now)
    assert sweep_copies() == 0
    MarkedCopy.objects.update(leased_until=now - timedelta(seconds=1))
    assert sweep_copies() == 1


@pytest.mark.parametrize("owner", ["person", "rendition"])
def test_files_go_with_their_person_and_when_the_video_is_made_anew(owner: str) -> None:
    rendition = ready_video().renditions.get(name="144p")
    copy = finished(ordered(rendition))
    kept = finished(ordered(ready_video().renditions.get(name="144p"), email="b@example.com"))
    copy.user.delete() if owner == "person" else rendition.delete()
    assert sweep_copies() == 1
    assert copies_stored() == {f"{kept.folder}/144p.mp4"}


def test_files_go_with_the_video() -> None:
    video = ready_video()
    video.uploaded_by = ordered(video.renditions.get(name="144p")).user
    video.uploaded_by.is_superuser = True
    video.save()
    finished(ordered(video.renditions.get(name="360p")))
    delete_video(actor=video.uploaded_by, video=video)
    assert (MarkedCopy.objects.count(), stored_files()) == (0, set())


def test_the_work_of_a_copy_is_kept_as_long_as_it_is_under_way(tmp_path: Path) -> None:
    copy = ordered(ready_video().renditions.get(name="144p"))
    work = WorkFolder(copy.rendition.video.public_id, copy.key)
    work.open()
    old = clock.now().timestamp() - 7200
    os.utime(work.path, (old, old))
    assert sweep_work() == 0
    MarkedCopy.objects.update(state=State.READY)
    assert sweep_work() == 1
    assert works(tmp_path) == []


def test_in_a_store_elsewhere(s3_store: Any, tmp_path: Path) -> None:
    copy = made(ordered(film(tmp_path)))
    assert copy.state == State.READY
    assert [item.size for item in s3_store.objects.filter(Prefix="videos/copies/")] == [copy.bytes]
    assert sweep_copies() == 0
    MarkedCopy.objects.all().delete()
    assert sweep_copies() == 1
    assert list(s3_store.objects.filter(Prefix="videos/copies/")) == []
    assert works(tmp_path) == []
