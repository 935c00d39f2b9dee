"""Run all cases: ``python -m commerce.tests.faults [provider …]``, with DATABASE_URL of a PostgreSQL.

``FAULTS_ONLY`` names a part of the cases' names, for whoever looks for a mistake.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from contextlib import ExitStack
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "commerce.tests.faults.settings"
os.environ["BAOBAB_ENV"] = "test"

import django


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


SITE_PORT = _free_port()
os.environ["FAULTS_SITE_URL"] = f"http://127.0.0.1:{SITE_PORT}"
SIMULATOR_PORT = _free_port()
os.environ["FAULTS_SIMULATOR_URL"] = f"http://127.0.0.1:{SIMULATOR_PORT}"
django.setup()

import httpx  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from commerce.books_check import check_books  # noqa: E402
from commerce.providers import registry  # noqa: E402
from commerce.simulators.core import SimulatorServer  # noqa: E402
from commerce.simulators.school import all_simulators, point_to  # noqa: E402
from commerce.tests.faults.cases import cases_of  # noqa: E402
from commerce.tests.faults.nursery import Nursery  # noqa: E402
from commerce.tests.faults.stage import Stage, Verdict, next_call  # noqa: E402
from commerce.tests.faults.steps import hurry  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
_SHORT = {True: "ok", False: "FAIL"}


def main() -> int:
    """Set the stage, try everything, print what came of it; 0 when nothing was lost, given twice or otherwise wrong."""
    if connection.vendor != "postgresql":
        print("The faults are tried out on PostgreSQL: set DATABASE_URL, or run `make faults`.")
        return 2
    # Ended from outside, it ends what it started too.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(143))
    chosen = sys.argv[1:] or list(registry.CODES)
    started = time.monotonic()
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    env = {**os.environ, "FAULTS_DATABASE": name}
    verdicts: list[Verdict] = []
    with ExitStack() as stack:
        stack.callback(connection.creation.destroy_test_db, name, verbosity=0)
        simulators = all_simulators()
        stack.enter_context(SimulatorServer(simulators, port=SIMULATOR_PORT))
        point_to(simulators, settings.SITE_URL)
        hurry()
        next_call.install()
        registry.providers()
        _serve(stack, env)
        nursery = Nursery(env)
        stack.callback(nursery.close)
        print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)
        threads = []
        for code in chosen:
            simulator = next(one for one in simulators if one.code == code)
            stage = Stage(code, simulator, nursery, settings.SITE_URL)
            threads.append(threading.Thread(target=_try_all, args=(stage, verdicts)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        faults = _books()
    _print(verdicts, chosen)
    return _sum_up(verdicts, faults, time.monotonic() - started)


def _serve(stack: ExitStack, env: dict[str, str]) -> None:
    """A real web server, as in production, with two processes."""
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "cms.wsgi", "--bind", f"127.0.0.1:{SITE_PORT}"),
            *("--workers", "2", "--threads", "4", "--log-level", "error"),
        ],
        cwd=ROOT,
        env=env,
    )
    stack.callback(server.wait, 20)
    stack.callback(server.terminate)
    for _try in range(300):
        try:
            if httpx.get(f"{settings.SITE_URL}/healthz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise SystemExit("The web server did not start.")


def _try_all(stage: Stage, verdicts: list[Verdict]) -> None:
    try:
        for name, case in cases_of(stage.provider).items():
            if os.environ.get("FAULTS_ONLY", "") not in name:
                continue
            stage.begin_case(name)
            try:
                case(stage)
            except Exception:  # a case that breaks is a fault of its own; the others go on
                stage.verdict.wrong.append(traceback.format_exc(limit=-4))
            verdicts.append(stage.verdict)
            if not stage.verdict.is_well:
                print(f"{stage.provider}, {name}: FAIL", flush=True)
    finally:
        connection.close()


def _books() -> list[str]:
    """What is wrong with the books after all that."""
    return [str(fault) for fault in check_books()]


def _print(verdicts: list[Verdict], providers: list[str]) -> None:
    found = {(one.provider, one.case): one for one in verdicts}
    names = list(dict.fromkeys(one.case for one in verdicts))
    width = max(len(name) for name in names) + 2
    print("\n" + " " * width + "".join(f"{code:>13}" for code in providers))
    for name in names:
        cells = [found.get((code, name)) for code in providers]
        print(f"{name:{width}}" + "".join(f"{_SHORT[one.is_well] if one else '–':>13}" for one in cells))
    for one in verdicts:
        for kind in ("lost", "double", "wrong"):
            for text in getattr(one, kind):
                print(f"\n{one.provider}, {one.case}: {kind}: {text}")


def _sum_up(verdicts: list[Verdict], books: list[str], seconds: float) -> int:
    lost = sum(bool(one.lost) for one in verdicts)
    double = sum(bool(one.double) for one in verdicts)
    wrong = sum(bool(one.wrong) for one in verdicts)
    print(f"\nbooks: {'; '.join(books) or 'clean'}; otherwise wrong: {wrong}; {seconds:.0f} s")
    print(f"cases {len(verdicts)}, lost {lost}, double {double}")
    return 1 if lost or double or wrong or books or not verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
