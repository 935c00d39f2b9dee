"""Is what we lean on there? Each check answers within two seconds, whatever its neighbour does."""

import logging
import math
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from core import clock
from core.models import OutboxDelivery

__all__ = [
    "TIMEOUT",
    "CheckResult",
    "check_all",
    "check_broker",
    "check_cache",
    "check_database",
    "check_outbox",
    "register",
    "timed",
]

logger = logging.getLogger(__name__)

#: Seconds until a silent neighbour counts as down.
TIMEOUT = 2.0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Outcome of one check; ``error`` names the kind of failure only, since the answer may be public.

    What is not vital is an alarm for the operator: this process serves visitors all the same.
    """

    name: str
    ok: bool
    milliseconds: float
    error: str = ""
    is_vital: bool = True


class Backlog(RuntimeError):
    """Events wait longer than they should: no worker runs, or too few."""


def check_database() -> CheckResult:
    """Ask the database for a row."""
    return _timed("database", _ask_database)


def check_cache() -> CheckResult:
    """Write to the cache and read back."""
    return _timed("cache", _ask_cache)


def check_broker() -> CheckResult:
    """Connect to the task queue's broker (for queues in files: can we write there?)."""
    return _timed("broker", _ask_broker)


def check_outbox() -> CheckResult:
    """Ask whether an event has waited for its handler longer than ``OUTBOX_ALARM_SECONDS``; not vital.

    Events that were set aside for a person don't count: no worker will take them up.
    """
    return replace(_timed("outbox", _ask_outbox), is_vital=False)


def check_all() -> list[CheckResult]:
    """Run every check, one after another; those of other rooms last."""
    return [check_database(), check_cache(), check_broker(), check_outbox(), *(check() for check in _of_rooms)]


#: What rooms above this one want watched.
_of_rooms: list[Callable[[], CheckResult]] = []


def register(check: Callable[[], CheckResult]) -> None:
    """Have :func:`check_all` run a room's own check, made with :func:`timed`."""
    if check not in _of_rooms:
        _of_rooms.append(check)


def timed(name: str, ask: Callable[[], None], *, is_vital: bool = True) -> CheckResult:
    """The outcome of ``ask``, which raises when something is wrong; its database connection is closed afterwards."""

    def ask_and_close() -> None:
        try:
            ask()
        finally:
            connection.close()  # this thread's own, not the request's

    return replace(_timed(name, ask_and_close), is_vital=is_vital)


#: Checks still hanging from an earlier call: no second thread is spent on them.
_hanging: set[str] = set()
_lock = threading.Lock()


def _timed(name: str, ask: Callable[[], None]) -> CheckResult:
    """Run ``ask`` in a thread of its own, so that a connection that never answers can't hold the caller."""
    started = time.perf_counter()
    with _lock:
        if name in _hanging:
            return CheckResult(name, False, 0.0, "timeout")
        _hanging.add(name)
    failures: list[Exception] = []

    def work() -> None:
        try:
            ask()
        except Exception as error:  # any failure of a neighbour is the answer, not our fault
            failures.append(error)
        finally:
            with _lock:
                _hanging.discard(name)

    thread = threading.Thread(target=work, name=f"health-{name}", daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    if thread.is_alive():
        logger.warning("Health check of the %s did not answer in %s seconds", name, TIMEOUT)
        return CheckResult(name, False, milliseconds, "timeout")
    if failures:
        logger.warning("Health check of the %s failed: %s", name, failures[0])
        return CheckResult(name, False, milliseconds, type(failures[0]).__name__)
    return CheckResult(name, True, milliseconds)


def _ask_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    finally:
        connection.close()  # this thread's own, not the request's


def _ask_outbox() -> None:
    latest = clock.now() - timedelta(seconds=settings.OUTBOX_ALARM_SECONDS)
    try:
        # One row by the index of what is due, however many wait.
        waiting = OutboxDelivery.objects.filter(state=OutboxDelivery.State.WAITING, due_at__lt=latest)
        oldest = waiting.order_by("due_at", "id").values_list("due_at", flat=True).first()
    finally:
        connection.close()  # this thread's own, not the request's
    if oldest is not None:
        raise Backlog(f"An event has been due since {oldest:%Y-%m-%d %H:%M:%S} UTC. Is a worker running?")


def _ask_cache() -> None:
    key, value = f"health:{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, 10)
    found = cache.get(key)
    cache.delete(key)
    if found != value:  # django-redis hides a server that is down
        raise ConnectionError("The cache forgot a value at once.")


def _ask_broker() -> None:
    with current_app.connection_for_write(connect_timeout=TIMEOUT) as broker:
        if broker.transport.driver_type == "filesystem":
            folder = str((broker.transport_options or {})["data_folder_out"])
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError("The queue's folder can't be written.")
            return
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=math.ceil(TIMEOUT))
