"""Who is at work in a folder, by what the kernel says of processes."""

import time
from pathlib import Path

__all__ = ["at_work_in", "none_left_in"]

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
