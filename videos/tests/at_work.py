"""Workers in processes of their own: killed at a place, and who is at work in a folder by what the kernel says."""

import os
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

__all__ = ["at_work_in", "kill_when_reached", "none_left_in"]

#: Seconds in which the kernel has to take away who was killed: on a busy machine it does so when there is time.
_REAPED = 30


def at_work_in(folder: Path) -> list[str]:
    """Commands of processes that work in a folder, or below it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("cwd").readlink().is_relative_to(folder):
                found.append(process.joinpath("cmdline").read_text())
        except OSError:
            continue
    return [command for command in found if command]


def none_left_in(folder: Path) -> bool:
    """Whether all who worked there are gone, or go within seconds.

    What they do has to take longer than that by itself, or this is true of anybody.
    """
    until = time.monotonic() + _REAPED
    while at_work_in(folder):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def kill_when_reached(*arguments: str, **environment: str) -> None:
    """Run Python with ``arguments`` until it prints ``reached``, and kill it there."""
    worker = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "reached\n"
    finally:
        worker.kill()
        worker.communicate()
