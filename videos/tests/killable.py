"""Processes one video in a process of its own, and waits for ever at a place where it is to be killed.

``python -m videos.tests.killable <pk> <stage> <place>``; says ``reached`` there. ``VIDEO_TEST`` in the environment
tells the test's database and folders, and other settings, as JSON.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import django

__all__ = ["main", "set_up", "wait_for_ever"]


def main() -> None:
    """Set up Django on the test's own database and folders, then process."""
    pk, stage, place = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    set_up()
    _lay(stage, place)
    from videos.actions.process_video import process_video

    process_video(pk)


def set_up() -> None:
    """Set up Django on the test's own database, folders and other settings."""
    given = json.loads(os.environ["VIDEO_TEST"])
    django.setup()
    from django.conf import settings
    from django.db import connection

    connection.settings_dict["NAME"] = given["database"]
    settings.STORAGES["videos"]["OPTIONS"]["location"] = given["videos"]
    settings.VIDEO_WORK_FOLDER = Path(given["work"])
    for name, value in given.get("settings", {}).items():
        setattr(settings, name, value)


def _lay(stage: str, place: str) -> None:
    """Put the trap where it was asked for: as the stage begins, while it is at work, when it is done and not noted."""
    from videos.actions.process_video import _Processing
    from videos.processing.work import WorkFolder

    def is_there(processing: Any) -> bool:
        return processing.stage is not None and processing.stage.name == stage

    if stage == "change over":
        _trap(_Processing, "_change_over", place)
    elif stage == "tidy":
        _trap(WorkFolder, "delete", place)
    elif place == "before":
        _trap(_Processing, "_enter", "after", when=is_there)
    elif place == "during":
        _trap(_Processing, "_tell", "before", when=is_there)
    else:
        finish = WorkFolder.finish

        def finished(work: WorkFolder, name: str, result: Any) -> None:
            if name == stage:
                wait_for_ever()
            finish(work, name, result)

        WorkFolder.finish = finished  # type: ignore[method-assign,assignment]


def _trap(owner: Any, name: str, place: str, when: Any = lambda _self: True) -> None:
    function = getattr(owner, name)

    def trapped(self: Any, *arguments: Any) -> Any:
        if place == "before" and when(self):
            wait_for_ever()
        result = function(self, *arguments)
        if place == "after" and when(self):
            wait_for_ever()
        return result

    setattr(owner, name, trapped)


def wait_for_ever() -> NoReturn:
    """Say that the place is reached."""
    print("reached", flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
