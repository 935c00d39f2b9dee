"""Runs ffmpeg and ffprobe on files of strangers: no network, no terminal, no environment, and within limits."""

import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

__all__ = ["FORMATS", "INPUT", "Limits", "RunFailed", "ffmpeg", "limits_for", "run"]

#: Containers that are read (names of ffmpeg's demuxers). None of them opens another file or an address: no playlists
#: (hls, dash, concat, imf), no pictures by pattern (image2), no devices.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "avi",
    "mpegts",
    "mpeg",
    "flv",
    "asf",
    "ogg",
    "wav",
    "mp3",
    "flac",
    "aac",
    "amr",
    "aiff",
)
#: Before every ``-i``.
INPUT = ("-protocol_whitelist", "file,pipe", "-format_whitelist", ",".join(FORMATS))

_LIMITED = Path(__file__).with_name("limited.py")
#: Seconds between looks at the clock, the folder and the disk.
_TICK = 0.5
#: Seconds of CPU by which the kernel's two ways of counting may differ.
_CPU_MARGIN = 0.5
_LAST_WORDS = 8_000
#: What ffmpeg, x264 and the loader of libraries say when the address space is used up.
_NO_MEMORY = ("Cannot allocate memory", "malloc of size", "failed to map segment")
#: Bytes of the disk that processing leaves to the rest of the house.
_LEAVE_FREE = 512 * 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one run may take."""

    #: Seconds by the clock, and of CPU.
    seconds: float = 60
    cpu: int = 60
    #: Address space, one file that is written, and the whole folder: bytes.
    memory: int = 1024**3
    file_bytes: int = 64 * 1024**2
    folder_bytes: int = 256 * 1024**2
    #: Of what is printed, in bytes.
    output_bytes: int = 1_000_000


class RunFailed(Exception):
    """A run that did not end well.

    Attributes:
        reason: ``exit`` (it said no), ``time``, ``memory``, ``size``, ``disk``, ``died`` (crashed or was killed),
            ``missing`` (there is no such program).
        words: the end of what it said.
    """

    def __init__(self, reason: str, words: str = "") -> None:
        self.reason = reason
        self.words = words
        super().__init__(f"{reason}: {words}" if words else reason)

    @property
    def is_limit(self) -> bool:
        """Whether it took more than it may."""
        return self.reason in ("time", "memory", "size")


def limits_for(seconds: float, output_bytes: int) -> Limits:
    """Return what working on a source of so many seconds may take, to write so many bytes at most.

    A minute of 720p takes some 40 CPU seconds, one of 4K with a modern codec some minutes.
    """
    budget = output_bytes + 64 * 1024**2
    return Limits(
        seconds=settings.VIDEO_PROCESS_SECONDS,
        cpu=min(int(120 + seconds * 20), settings.VIDEO_PROCESS_SECONDS * (os.cpu_count() or 1)),
        memory=settings.VIDEO_MEMORY_BYTES,
        file_bytes=budget,
        folder_bytes=budget,
    )


def ffmpeg(
    arguments: Sequence[str],
    *,
    folder: Path,
    limits: Limits,
    progress: Callable[[float], None] | None = None,
    level: str = "error",
) -> tuple[str, float]:
    """Run ffmpeg in ``folder``; returns the end of what it said on its error stream, and how many seconds it wrote.

    Args:
        progress: called with the seconds of the source that are done, at least every half second; may raise to stop
            the run.
        level: of what it says.

    Raises:
        RunFailed: it did not end well, or was stopped.
    """
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-y", "-v", level, "-nostats"]
    command += ["-progress", "pipe:1", "-stats_period", str(_TICK), *arguments]
    follower = _Progress(progress or (lambda _seconds: None))
    _printed, words = run(command, folder=folder, limits=limits, watch=follower)
    return words, follower.seconds


class _Progress:
    """Reads ``out_time_us=`` of ``-progress``."""

    def __init__(self, tell: Callable[[float], None]) -> None:
        self.tell = tell
        self.rest = b""
        self.seconds = 0.0

    def __call__(self, printed: bytes) -> None:
        lines = (self.rest + printed).split(b"\n")
        self.rest = lines.pop()[-1000:]
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.strip().isdigit():
                self.seconds = int(value) / 1_000_000
        self.tell(self.seconds)


def run(
    command: Sequence[str], *, folder: Path, limits: Limits, watch: Callable[[bytes], None] | None = None
) -> tuple[bytes, str]:
    """Run a program within limits, in a session of its own that ends with it; returns what it printed.

    Args:
        folder: where it works, and what is weighed while it does.
        watch: gets what was printed since the last call, maybe nothing, at least every half second; what it gets isn't
            returned. What it raises stops the program.

    Returns:
        Output, and the end of what came on the error stream.

    Raises:
        RunFailed: it ended with an error, or was stopped.
    """
    limited = [str(os.getpid()), str(limits.cpu), str(limits.memory), str(limits.file_bytes)]
    process = subprocess.Popen(  # noqa: S603  no shell; names of files are given as file:<path>
        [sys.executable, "-I", "-S", str(_LIMITED), *limited, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        start_new_session=True,
    )
    guard = _Guard(process, folder, limits, watch)
    try:
        stopped = guard.follow()
    finally:
        _end(process)
    words = bytes(guard.words).decode("utf-8", "replace").strip()
    reason = stopped or _reason(process.returncode, words)
    if reason:
        raise RunFailed(reason, words)
    return bytes(guard.printed), words


class _Guard:
    """Reads what a process says until it ends, and stops it at its limits."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        folder: Path,
        limits: Limits,
        watch: Callable[[bytes], None] | None,
    ) -> None:
        self.process = process
        self.folder = folder
        self.limits = limits
        self.watch = watch
        self.printed = bytearray()
        self.words = bytearray()

    def follow(self) -> str:
        """Return why it was stopped; empty when it ended by itself."""
        deadline = time.monotonic() + self.limits.seconds
        look_at = 0.0
        with selectors.DefaultSelector() as streams:
            for stream in filter(None, (self.process.stdout, self.process.stderr)):
                streams.register(stream, selectors.EVENT_READ)
            while streams.get_map():
                for key, _events in streams.select(timeout=_TICK):
                    if not self._read(key.fileobj):  # type: ignore[arg-type]
                        streams.unregister(key.fileobj)
                if len(self.printed) > self.limits.output_bytes:
                    return "size"
                now = time.monotonic()
                if now > deadline:
                    return "time"
                if now >= look_at:
                    look_at = now + _TICK
                    if self.watch:
                        self.watch(b"")
                    if reason := self._room():
                        return reason
        return self._ending(deadline)

    def _ending(self, deadline: float) -> str:
        """Wait for the end of a process that says nothing any more; returns why it was stopped, if it was.

        ffmpeg takes SIGXCPU for a wish to end and leaves as if it had been refused something, so its CPU time tells.
        """
        while True:
            pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                return "time"
            time.sleep(0.01)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        is_used_up = used.ru_utime + used.ru_stime >= self.limits.cpu - _CPU_MARGIN
        return "time" if status and is_used_up else ""

    def _read(self, stream: IO[bytes]) -> bool:
        """Take what is there; says whether more may come."""
        piece = os.read(stream.fileno(), 65_536)
        if stream is self.process.stderr:
            self.words += piece
            del self.words[:-_LAST_WORDS]
        elif self.watch:
            self.watch(piece)
        else:
            self.printed += piece
        return bool(piece)

    def _room(self) -> str:
        if shutil.disk_usage(self.folder).free < _LEAVE_FREE:
            return "disk"
        return "size" if _weight(self.folder.iterdir()) > self.limits.folder_bytes else ""


def _weight(files: Iterable[Path]) -> int:
    total = 0
    for file in files:
        try:
            total += file.lstat().st_size
        except FileNotFoundError:
            continue
    return total


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of its session stays."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _reason(code: int, words: str) -> str:
    # What doesn't fit any more when ffmpeg closes a file is told, and forgotten in how it ends.
    if code == 0 and "Error closing file" not in words:
        return ""
    if code == -signal.SIGXCPU:
        return "time"
    if code == -signal.SIGXFSZ or "File too large" in words:
        return "size"
    if "No space left on device" in words:
        return "disk"
    if any(sign in words for sign in _NO_MEMORY):
        return "memory"
    if code == 127:
        return "missing"
    return "exit" if code >= 0 else "died"
