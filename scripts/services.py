"""A PostgreSQL and a Redis of our own for one test run: free ports, state in a temporary folder, gone afterwards.

The machine's own servers are left alone: their data, their passwords and their load are none of our business.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from house import SetupError
from system_packages import postgres_binaries

START_SECONDS = 30


def free_port():
    """A TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """A server process with a folder; use it as a context manager, then read ``url``."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="baobab-"))
        self.port = free_port()
        self.process = None
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        if self.process:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_until(self, is_ready, name):
        """Wait for the server to answer.

        Raises:
            SetupError: it ended, or said nothing within ``START_SECONDS``.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if is_ready():
                return
            time.sleep(0.1)
        log = self.folder / "log"
        raise SetupError(f"{name} did not start: {log.read_text(errors='replace')[-2000:] if log.exists() else ''}")


class Postgres(Service):
    """A PostgreSQL cluster that trades durability for speed."""

    stop_signal = 2  # SIGINT: "fast shutdown", ends sessions instead of waiting for them

    def start(self):
        """Make a cluster and serve it."""
        binaries = postgres_binaries()
        # The server refuses to run as root, so Debian's user for it takes over.
        owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if owner:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        data = self.folder / "data"
        made = subprocess.run(
            [
                *(binaries / "initdb", "-D", data, "-U", "baobab"),
                *("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            **owner,
        )
        if made.returncode:
            raise SetupError(f"initdb failed: {made.stdout[-2000:]}")
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "100",
            "shared_buffers": "256MB",
        }
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    binaries / "postgres",
                    "-D",
                    data,
                    "-p",
                    str(self.port),
                    *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
                **owner,
            )
        ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "baobab"]
        self.wait_until(lambda: subprocess.run(ready).returncode == 0, "PostgreSQL")
        self.url = f"postgres://baobab@127.0.0.1:{self.port}/postgres"


class Redis(Service):
    """A Redis that keeps nothing on disk."""

    stop_signal = 15

    def start(self):
        """Serve an empty store."""
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
                    *("--save", "", "--appendonly", "no", "--dir", str(self.folder)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_until(self.answers, "Redis")
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def answers(self):
        """Whether the server replies to a PING."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
