"""A file that is here becomes a video."""

import hashlib
from pathlib import Path

import pytest

from accounts.tests.factories import make_person
from core.models import OutboxEvent
from core.tests.rivals import race
from videos.actions.create_video import create_video
from videos.models import Video
from videos.originals import clean_filename, original_name, title_of
from videos.storage import video_storage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path: Path) -> None:
    options = {"location": str(tmp_path / "videos")}
    settings.STORAGES = {**settings.STORAGES, "videos": {**settings.STORAGES["videos"], "OPTIONS": options}}


def a_file(tmp_path: Path, content: bytes = b"moving pictures") -> Path:
    path = tmp_path / "arrived"
    path.write_bytes(content)
    return path


def test_moves_the_file_and_tells(tmp_path: Path) -> None:
    owner = make_person()
    video = create_video(
        owner=owner, path_or_storage_name=a_file(tmp_path), filename="C:\\films\\02_Loops.MP4", title=""
    )
    assert not (tmp_path / "arrived").exists()
    assert video.original == f"originals/{video.public_id.hex}.mp4"
    with video_storage().open(video.original) as kept:
        assert kept.read() == b"moving pictures"
    assert (video.title, video.original_name, video.original_bytes) == ("02 Loops", "02_Loops.MP4", 15)
    assert video.sha256 == hashlib.sha256(b"moving pictures").hexdigest()
    assert (video.state, video.uploaded_by, video.keeps_original) == ("waiting", owner, True)
    event = OutboxEvent.objects.get(name="videos.VideoUploaded")
    assert event.payload["video_key"] == str(video.public_id)


def test_the_same_file_again_is_the_same_video(tmp_path: Path) -> None:
    owner = make_person()
    first = create_video(owner=owner, path_or_storage_name=a_file(tmp_path), filename="a.mp4", title="A")
    again = create_video(owner=owner, path_or_storage_name=a_file(tmp_path), filename="b.mp4", title="B")
    assert again == first
    assert video_storage().listdir("originals")[1] == [f"{first.public_id.hex}.mp4"]
    other = create_video(owner=make_person(), path_or_storage_name=a_file(tmp_path), filename="a.mp4", title="A")
    assert other != first
    Video.objects.filter(pk=first.pk).update(state="failed")
    assert create_video(owner=owner, path_or_storage_name=a_file(tmp_path), filename="a.mp4", title="A") != first


def test_killed_between_moving_and_writing_it_goes_on(tmp_path: Path, monkeypatch) -> None:
    owner, path = make_person(), a_file(tmp_path)
    key = make_person().public_id  # any UUID

    def killed(event: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("videos.actions.create_video.publish", killed)
        with pytest.raises(SystemExit):
            create_video(owner=owner, path_or_storage_name=path, filename="a.mp4", title="A", key=key)
    assert not path.exists()
    assert not Video.objects.exists()
    video = create_video(owner=owner, path_or_storage_name=path, filename="a.mp4", title="A", key=key)
    assert video.public_id == key
    assert video.original_bytes == 15
    assert create_video(owner=owner, path_or_storage_name=path, filename="a.mp4", title="A", key=key) == video


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        create_video(owner=None, path_or_storage_name=tmp_path / "nothing", filename="a.mp4", title="A")
    assert not Video.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rivals_with_one_key_make_one_video(tmp_path: Path) -> None:
    owner, path, key = make_person(), a_file(tmp_path), make_person().public_id
    results = race(
        6, lambda _n: create_video(owner=owner, path_or_storage_name=path, filename="a.mp4", title="A", key=key).pk
    )
    assert len(set(results)) == 1
    assert Video.objects.count() == 1
    assert video_storage().listdir("originals")[1] == [f"{key.hex}.mp4"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\x00b\n.mp4", "ab.mp4"),
        ("", "video"),
        ("x" * 300 + ".mp4", "x" * 251 + ".mp4"),
        ("درس.mp4", "درس.mp4"),
    ],
)
def test_names_are_for_people(sent: str, kept: str) -> None:
    assert clean_filename(sent) == kept


def test_unknown_endings_stay_out_of_the_store() -> None:
    key = make_person().public_id
    assert original_name(key, "film.php") == f"originals/{key.hex}"
    assert original_name(key, "film.mp4/../x.WEBM") == f"originals/{key.hex}.webm"
    assert title_of("02_Loops.mp4") == "02 Loops"
