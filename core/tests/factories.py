"""Rows and events for the core's tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import factory
from django.contrib.auth import get_user_model
from django.db import transaction

from core import outbox
from core.events import Event
from core.models import AuditEntry, OutboxDelivery


@dataclass(frozen=True)
class BellRang(Event):
    """An event of no room: what the tests publish."""

    label: str
    times: int = 1


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = get_user_model()

    email = factory.Sequence(lambda number: f"person{number}@example.com")


class AuditEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuditEntry

    verb = "core.bell_rung"


@contextmanager
def handler(run: Any, *, name: str = "core.test_bell", event: type[Event] = BellRang) -> Iterator[str]:
    """Register ``run`` as a handler for the block."""
    outbox.handles(event, name=name)(run)
    try:
        yield name
    finally:
        outbox.unregister(name)


def publish(label: str = "noon", **fields: Any) -> OutboxDelivery | None:
    """Publish a bell in a transaction of its own; return its first delivery."""
    with transaction.atomic():
        stored = outbox.publish(BellRang(label, **fields))
    return stored.deliveries.order_by("handler").first()
