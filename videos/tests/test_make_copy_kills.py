"""A worker killed while it writes a name into a film: the next one finishes it, once, and nothing is left over."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.db import connection

from core import clock
from core.tests.rivals import race
from videos.actions import make_copy as module
from videos.actions.make_copy import due_copies, make_copy
from videos.actions.process_video import LEASE
from videos.actions.sweep_copies import sweep_copies
from videos.actions.sweep_work import sweep_work
from videos.models import MarkedCopy
from videos.processing.files import put
from videos.tests.at_work import kill_when_reached, none_left_in
from videos.tests.filmed import film, ordered, path_of
from videos.tests.sources import stored_files

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("video_folders")]
State = MarkedCopy.State


@pytest.fixture(autouse=True)
def _only_our_workers(settings: LazySettings) -> None:
    """Nothing is made by the commit that orders it."""
    settings.OUTBOX_DISPATCH_ON_COMMIT = False


def kill(copy: MarkedCopy, place: str, tmp_path: Path) -> None:
    """Have another process begin, and kill it there."""
    given = {
        "database": str(connection.settings_dict["NAME"]),
        "videos": str(tmp_path / "videos"),
        "work": str(django_settings.VIDEO_WORK_FOLDER),
    }
    kill_when_reached("-m", "videos.tests.killable_copy", str(copy.pk), place, VIDEO_TEST=json.dumps(given))


def copies_stored() -> set[str]:
    return {name for name in stored_files() if name.startswith("copies/")}


@pytest.mark.parametrize(("place", "burns"), [("begun", 1), ("burning", 1), ("burnt", 1), ("noted", 0), ("stored", 0)])
def test_killed(place: str, burns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = ordered(film(tmp_path))
    connection.close()

    kill(copy, place, tmp_path)

    assert none_left_in(tmp_path / "video-work")
    copy.refresh_from_db()
    assert copy.state == State.MAKING
    assert copies_stored() == ({f"{copy.folder}/144p.mp4"} if place == "stored" else set())
    found = make_copy(copy.pk)
    assert found is not None
    assert (due_copies(), found.state) == ([], State.MAKING)  # still the dead worker's
    done: list[str] = []
    burn = module._Making._burn

    def noted(self: Any) -> Any:
        done.append("burnt")
        return burn(self)

    monkeypatch.setattr(module._Making, "_burn", noted)
    with clock.travel(LEASE + timedelta(seconds=1)):
        assert due_copies() == [copy.pk]
        found = make_copy(copy.pk)
    assert found is not None
    assert (found.state, found.progress, len(done)) == (State.READY, 100, burns)
    assert path_of(found).stat().st_size == found.bytes
    assert copies_stored() == {f"{copy.folder}/144p.mp4"}
    assert list((tmp_path / "video-work").iterdir()) == []


def test_killed_when_it_was_ready_leaves_work_to_the_sweep(tmp_path: Path) -> None:
    copy = ordered(film(tmp_path))
    connection.close()
    kill(copy, "ready", tmp_path)
    copy.refresh_from_db()
    assert copy.state == State.READY
    old = clock.now().timestamp() - 7200
    os.utime(tmp_path / "video-work" / copy.rendition.video.public_id.hex / copy.key, (old, old))
    assert sweep_work() == 1
    assert list((tmp_path / "video-work").iterdir()) == []


def test_killed_and_forgotten_leaves_no_file(tmp_path: Path) -> None:
    copy = ordered(film(tmp_path))
    connection.close()
    kill(copy, "stored", tmp_path)
    copy.user.delete()
    assert copies_stored() == {f"{copy.folder}/144p.mp4"}
    assert sweep_copies() == 1
    assert copies_stored() == set()


def test_of_three_workers_one_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = ordered(film(tmp_path))
    stored: list[str] = []

    def counted(path: Path, name: str) -> None:
        stored.append(name)
        put(path, name)

    monkeypatch.setattr(module, "put", counted)
    race(3, lambda _number: make_copy(copy.pk))
    copy.refresh_from_db()
    assert (copy.state, stored) == (State.READY, [f"{copy.folder}/144p.mp4"])
    assert list((tmp_path / "video-work").iterdir()) == []
