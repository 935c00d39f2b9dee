"""The transactional outbox: events commit with the change they tell of and reach every handler at least once.

An action calls :func:`publish` inside its transaction; a handler is a function under :func:`handles`, in a room's
``handlers.py``. ``core.dispatch`` runs handlers after the commit, in a worker.

What a handler may rely on, and what not:

- It runs in a transaction that also marks the delivery as done. Rows it writes are therefore written exactly once,
  even if the worker is killed in between. Effects elsewhere (a mail, a provider call) may happen twice: write a row
  that says so, or pass ``event.public_id`` on as the idempotency key.
- It holds a transaction, on SQLite the only write lock: it is quick. Slow work goes to a Celery task on commit.
- Order is by due time, but several workers and retries overtake each other: a handler reads the present state
  instead of trusting that an earlier event came first.
- Raising means "try again later"; after ``core.dispatch.MAX_ATTEMPTS`` the delivery is set aside for a person.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction

from core import clock
from core.events import Event
from core.models.outbox import OutboxDelivery, OutboxEvent

__all__ = ["Handler", "OutsideTransaction", "handler_named", "handlers_of", "handles", "nudge", "plan_of", "publish"]

logger = logging.getLogger(__name__)
E = TypeVar("E", bound=Event)

#: True while this thread dispatches: its loop sees new events without being nudged.
dispatching: ContextVar[bool] = ContextVar("core_outbox_dispatching", default=False)


class OutsideTransaction(RuntimeError):
    """An event was published where it could not commit together with its change."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that reacts to one kind of event, under a name that stays the same when code moves."""

    name: str
    event: type[Event]
    run: Callable[..., object]


_handlers: dict[str, Handler] = {}


def handles(event: type[E], *, name: str) -> Callable[[Callable[[E], object]], Callable[[E], object]]:
    """Register a function as a handler of ``event``.

    Args:
        event: the exact class; subclasses are other events.
        name: unique and never changed, ``<room>.<what it does>``: stored deliveries are found by it.

    Raises:
        ValueError: another function has the name.
    """

    def register(run: Callable[[E], object]) -> Callable[[E], object]:
        other = _handlers.get(name)
        if other and (other.run.__module__, other.run.__qualname__) != (run.__module__, run.__qualname__):
            raise ValueError(f"Two handlers are called {name!r}: {other.run!r} and {run!r}.")
        _handlers[name] = Handler(name, event, run)
        plan_of.cache_clear()
        return run

    return register


def unregister(name: str) -> None:
    """Forget a handler (tests register some of their own)."""
    _handlers.pop(name, None)
    plan_of.cache_clear()


def handler_named(name: str) -> Handler | None:
    """Return the handler of that name, or None if this process has none."""
    return _handlers.get(name)


def handlers_of(event_name: str) -> list[str]:
    """Return the names of the handlers of an event, in alphabetical order."""
    return sorted(handler.name for handler in _handlers.values() if handler.event.event_name == event_name)


def handler_names() -> list[str]:
    """Return the names of all handlers of this process."""
    return sorted(_handlers)


@cache
def plan_of(event_name: str) -> str:
    """Return a fingerprint of the handlers of an event: it changes when one is added."""
    return hashlib.sha256("\n".join([event_name, *handlers_of(event_name)]).encode()).hexdigest()[:16]


def publish(event: Event) -> OutboxEvent:
    """Store ``event`` with its deliveries in the current transaction; they are handled after its commit.

    Raises:
        OutsideTransaction: no transaction is open.
        TypeError: the event holds something that doesn't survive JSON.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{event.event_name} must be published inside transaction.atomic().")
    stored = OutboxEvent.objects.create(
        public_id=event.public_id,
        name=event.event_name,
        payload=event.to_payload(),
        occurred_at=event.occurred_at,
        plan=plan_of(event.event_name),
    )
    names = handlers_of(event.event_name)
    if names:
        due_at = clock.now()
        OutboxDelivery.objects.bulk_create(
            [OutboxDelivery(event=stored, handler=name, due_at=due_at) for name in names]
        )
        _nudge_on_commit()
    return stored


def _nudge_on_commit() -> None:
    """Ask for one nudge after the commit, however many events the transaction publishes."""
    if not settings.OUTBOX_DISPATCH_ON_COMMIT or dispatching.get():
        return
    # One already registered serves us too, unless a savepoint that we are not in could still roll it back.
    savepoints = set(connection.savepoint_ids)
    if any(entry[1] is nudge and entry[0] <= savepoints for entry in connection.run_on_commit):
        return
    transaction.on_commit(nudge, robust=True)


#: After a nudge that failed, this process leaves the broker alone for a while (seconds), so that requests don't
#: queue up behind connection timeouts; the periodic run covers for it.
_QUIET_SECONDS = 10.0
_quiet_until = 0.0


def nudge() -> None:
    """Ask a worker to dispatch now. A broker that is down costs a warning: the periodic run finds the events."""
    from core.tasks import dispatch_outbox

    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        dispatch_outbox.apply_async(retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises, the request has succeeded
        _quiet_until = time.monotonic() + _QUIET_SECONDS
        logger.warning("The task queue did not take the outbox nudge: %s", error)
