"""Becomes another program that may take so much and no more: ``python limited.py <parent> <limits> <program> …``.

Run by path in an interpreter of its own, so it imports nothing of the house. A function between fork and exec
(``preexec_fn``) would do the same, and can hang in a process with threads.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Limit this process, then become the program. Limits: CPU seconds, bytes of memory, bytes of one file."""
    parent, cpu, memory, file_bytes = (int(value) for value in sys.argv[1:5])
    # A worker that is killed takes its ffmpeg along: nobody would stop it, and the next worker starts another. The
    # signal comes when the thread that started us ends; it waits for us, so it ends with its process only. A worker
    # that died before this line is not our parent any more.
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("The worker is gone.")
    # The soft limit says what it was (SIGXCPU), the hard one is for whoever doesn't listen.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
    # Pages and payments come first.
    os.nice(10)
    try:
        os.execvpe(sys.argv[5], sys.argv[5:], os.environ)  # noqa: S606  what our own code names
    except FileNotFoundError:
        sys.stderr.write(f"There is no {sys.argv[5]} on this machine.")
        sys.exit(127)  # as shells say it


if __name__ == "__main__":
    main()
