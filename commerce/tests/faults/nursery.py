"""Worker processes, born quickly: one process that has loaded everything forks a child for each job.

It talks in lines of JSON: a job comes in by standard input, its exit code goes out by standard output; a child that
was killed has a negative one. Run as ``python -m commerce.tests.faults.nursery``.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

__all__ = ["Nursery"]


class Nursery:
    """Starts the forking process and hands jobs to it; safe to use from several threads."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[int]] = {}
        self._count = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "commerce.tests.faults.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(env),
            text=True,
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise SystemExit("The worker process did not start.")
        threading.Thread(target=self._listen, daemon=True).start()

    def start(self, job: str, **facts: Any) -> "Future[int]":
        """Begin a job; its exit code comes later."""
        with self._lock:
            self._count += 1
            future = self._waiting[self._count] = Future()
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps({"id": self._count, "job": job, **facts}) + "\n")
            self._process.stdin.flush()
        return future

    def run(self, job: str, **facts: Any) -> int:
        """Do a job and return its exit code."""
        return self.start(job, **facts).result(timeout=60)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            with self._lock:
                future = self._waiting.pop(told["id"])
            future.set_result(told["code"])


def _serve(do: Callable[[dict[str, Any]], None]) -> None:
    children: dict[int, int] = {}
    buffer = b""
    is_open = True
    while is_open or children:
        readable = is_open and select.select([0], [], [], 0.01 if children else 0.5)[0]
        if not is_open:
            select.select([], [], [], 0.01)
        if readable:
            chunk = os.read(0, 65536)
            is_open = bool(chunk)
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                job = json.loads(line)
                children[_fork(do, job)] = job["id"]
        for pid in list(children):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                answer = {"id": children.pop(pid), "code": os.waitstatus_to_exitcode(status)}
                sys.stdout.write(json.dumps(answer) + "\n")
                sys.stdout.flush()


def _fork(do: Callable[[dict[str, Any]], None], job: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.close(0)
        do(job)
        code = 0
    except BaseException as error:  # reported by its exit code and this line; never back into the parent's loop
        sys.stderr.write(f"{job['job']} ({job.get('provider')}): {type(error).__name__}: {error}\n")
    finally:
        sys.stderr.flush()
        os._exit(code)


def _main() -> None:
    import django

    django.setup()
    import django.urls

    from commerce.providers import registry
    from commerce.tests.faults.jobs import do
    from commerce.tests.faults.steps import hurry

    hurry()  # before the adapters are made
    # Once, not in each child: the addresses with everything behind them, and the adapters (none has called anybody).
    django.urls.get_resolver().url_patterns  # noqa: B018
    registry.providers()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("ready", flush=True)
    _serve(do)


if __name__ == "__main__":
    _main()
