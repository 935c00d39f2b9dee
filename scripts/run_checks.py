"""Every check of the house, in order, with a table at the end: ``make test``; the quick ones alone: ``make lint``.

    python3 scripts/run_checks.py [--lint] [--no-skip] [--only NAME ...]

``--no-skip``, or BAOBAB_NO_SKIP=1: what would be skipped counts as failed.
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from bootstrap import bootstrap
from browser_code import build
from house import BIN, ROOT, SetupError, environment, say, var_dir
from services import Postgres, Redis
from system_packages import chromium, has_library, postgres_binaries

MANAGE = [BIN / "python", "manage.py"]
# Work is stolen: who is done first takes half of what the other still has, so both end together.
PYTEST = [BIN / "pytest", "-q", "-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider"]
#: What a school behind HTTPS sets; the key is made for the occasion.
PRODUCTION = {
    "BAOBAB_ENV": "production",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "ALLOWED_HOSTS": "school.example.com",
    "SITE_URL": "https://school.example.com",
    "DEBUG": "false",
}


@dataclass
class Check:
    """One line of the table."""

    name: str
    command: list
    env: dict = field(default_factory=dict)
    #: Reason why this machine can't do it; empty when it can.
    obstacle: str = ""
    state: str = "not run"
    seconds: float = 0.0

    def environment(self):
        """State of its own below ``var/test-…``, so that checks beside each other and a running school don't meet."""
        folder = var_dir() / f"test-{self.name.replace(' ', '-').lower()}"
        own = {"VAR_DIR": folder, "BAOBAB_ENV": "test", "DATABASE_URL": "", "REDIS_URL": "", **self.env}
        # A dozen processes here import the same thousand modules; compiling them costs twice what importing them does.
        # Empty means: may write byte code, whatever the machine's habit is.
        return environment(**{"PYTHONDONTWRITEBYTECODE": "", **own})


class Runner:
    """Runs checks, prints what they print, remembers how they ended."""

    def __init__(self, no_skip):
        self.no_skip = no_skip
        self.checks = []
        self.children = set()
        self.is_stopped = False
        self.printing = threading.Lock()

    def run(self, check, is_live=False):
        """Run one check.

        Args:
            is_live: show its output while it runs; else in one piece afterwards, for checks beside each other.
        """
        if self.is_stopped:
            return
        self.checks.append(check)
        if check.obstacle:
            check.state = "FAILED" if self.no_skip else "skipped"
            return
        if is_live:
            self.headline(check)
        started = time.monotonic()
        child = subprocess.Popen(
            [str(part) for part in check.command],
            cwd=ROOT,
            env=check.environment(),
            stdin=subprocess.DEVNULL,
            stdout=None if is_live else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.children.add(child)
        output, _ = child.communicate()
        self.children.discard(child)
        check.seconds = time.monotonic() - started
        check.state = "passed" if child.returncode == 0 else "FAILED"
        if not is_live:
            with self.printing:
                self.headline(check)
                say(output.rstrip())

    def headline(self, check):
        """Name the check whose output follows."""
        say(f"\n──── {check.name} ────")

    def run_lanes(self, *lanes):
        """Run lists of checks beside each other, one thread a list."""
        threads = [threading.Thread(target=lambda lane=lane: [self.run(check) for check in lane]) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def stop_children(self):
        """End what still runs, with all its own children, and start nothing more."""
        self.is_stopped = True
        for child in list(self.children):
            try:
                os.killpg(child.pid, signal.SIGTERM)
            except ProcessLookupError:
                continue

    def summary(self):
        """Print the table; True when nothing failed."""
        say("\n" + "─" * 78)
        for check in self.checks:
            note = f"  {check.obstacle}" if check.obstacle else ""
            say(f"{check.state:8} {check.seconds:7.1f} s  {check.name}{note}")
        total = {state: sum(check.state == state for check in self.checks) for state in ("passed", "FAILED", "skipped")}
        say(f"{total['passed']} checks passed, {total['FAILED']} failed, {total['skipped']} skipped.")
        return total["FAILED"] == 0


def static_checks():
    """Two lists of checks that need no service, of about equal length."""
    types = [Check("types", [BIN / "mypy", "."])]
    quick = [
        Check("ruff", [BIN / "ruff", "check", "."]),
        Check("format", [BIN / "ruff", "format", "--check", "."]),
        Check("floors", [BIN / "lint-imports"]),
        Check("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
        Check("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], env=PRODUCTION),
        Check("schemas", [*MANAGE, "export_schema", "--check"]),
        Check("languages", [*MANAGE, "check_messages"]),
    ]
    return types, quick


def without_library():
    """Why certificates can't be made here, or nothing."""
    return "" if has_library("pango-1.0") else "pango is not installed"


def run_tests(runner, only):
    """The three test runs: on SQLite, on PostgreSQL with Redis, in a browser."""
    if "sqlite" in only:
        marks = "not browser and not postgres and not redis"
        if "postgresql" in only and postgres_binaries() and has_program("redis-server"):
            marks += " and not one_database"
        runner.run(Check("sqlite", [*PYTEST, "-m", marks], obstacle=without_library()), is_live=True)
    if "postgresql" in only:
        with ExitStack() as services:
            check = Check("postgresql", [*PYTEST, "-m", "not browser and not sqlite"], obstacle=without_library())
            try:
                # Its programs, too: the tests keep a dump of the migrated database (see tests/database.py).
                programs = f"{postgres_binaries()}{os.pathsep}{environment()['PATH']}"
                check.env = {**start_services(services), "PATH": programs}
            except SetupError as error:
                check.obstacle = str(error)
            runner.run(check, is_live=True)
    if "browser" in only:
        obstacle = without_library() or ("" if chromium() else "Chromium is not installed")
        runner.run(Check("browser", [*PYTEST, "-m", "browser"], obstacle=obstacle), is_live=True)


def start_services(services):
    """Start PostgreSQL and Redis until ``services`` closes.

    Returns:
        The variables that point Baobab at them.

    Raises:
        SetupError: one of them is not installed, or did not start.
    """
    if not postgres_binaries():
        raise SetupError("PostgreSQL is not installed")
    if not has_program("redis-server"):
        raise SetupError("Redis is not installed")
    return {
        "DATABASE_URL": services.enter_context(Postgres()).url,
        "REDIS_URL": services.enter_context(Redis()).url,
    }


def has_program(name):
    """Whether a program is on the search path."""
    return any(os.access(os.path.join(folder, name), os.X_OK) for folder in environment()["PATH"].split(os.pathsep))


def run_build(runner):
    """Bundle the browser code afresh, as a line of the table."""
    check = Check("browser code", [])
    runner.checks.append(check)
    runner.headline(check)
    started = time.monotonic()
    try:
        build()
        check.state = "passed"
    except SetupError as error:
        say(str(error))
        check.state = "FAILED"
    check.seconds = time.monotonic() - started


def arguments():
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Run the checks of the house.")
    parser.add_argument("--lint", action="store_true", help="only what needs no test run")
    parser.add_argument("--no-skip", action="store_true", help="a skipped check or test is a failure")
    parser.add_argument("--only", nargs="+", choices=["static", "sqlite", "postgresql", "browser"], help="these alone")
    return parser.parse_args()


def stop(_number, _frame):
    """Leave through the same door as Ctrl-C, so that services end too."""
    raise KeyboardInterrupt


def main():
    """Set up, check, and say how it went."""
    options = arguments()
    no_skip = options.no_skip or os.environ.get("BAOBAB_NO_SKIP", "") not in ("", "0")
    if no_skip:
        os.environ["BAOBAB_NO_SKIP"] = "1"
    only = ["static"] if options.lint else options.only or ["static", "sqlite", "postgresql", "browser"]
    signal.signal(signal.SIGTERM, stop)
    runner = Runner(no_skip)
    started = time.monotonic()
    try:
        bootstrap("run" if only == ["static"] else "test", development=True)
        if "static" in only:
            run_build(runner)
            runner.run_lanes(*static_checks())
        run_tests(runner, only)
    except SetupError as error:
        say(f"Baobab: {error}")
        return 1
    except KeyboardInterrupt:
        runner.stop_children()
        say("Stopped.")
        return 130
    is_good = runner.summary()
    say(f"{'All is well' if is_good else 'Not well'} after {time.monotonic() - started:.0f} s.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
