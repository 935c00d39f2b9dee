from datetime import UTC, datetime, timedelta

import pytest

from core import clock, dispatch, sweep
from core.idempotency import run_once
from core.models import IdempotencyKey, OutboxDelivery, OutboxEvent
from core.sweep import EVENT_RETENTION
from core.tasks import sweep_tables
from core.tests.factories import handler, publish

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_old_delivered_events_go_and_others_stay(monkeypatch):
    monkeypatch.setattr(sweep, "_BATCH", 2)

    def refuse_bad(event):
        if event.label == "bad":
            raise RuntimeError

    with handler(refuse_bad), clock.frozen(NOON) as standing:
        for label in ("a", "b", "c", "d", "e", "bad"):
            publish(label)
        dispatch.dispatch()
        standing.move(timedelta(days=1))
        publish("young")
        dispatch.dispatch()
        standing.move(EVENT_RETENTION - timedelta(days=1))
        assert sweep.sweep()["events"] == 0
        standing.move(timedelta(seconds=1))
        assert sweep.sweep()["events"] == 5
    left = OutboxEvent.objects.order_by("id")
    assert [event.payload["label"] for event in left] == ["bad", "young"]
    assert OutboxDelivery.objects.count() == 2


def test_expired_keys_go():
    with clock.frozen(NOON) as standing:
        for hours in (1, 1, 3):
            run_once(
                scope="s",
                key=f"k{IdempotencyKey.objects.count()}",
                fingerprint=1,
                action=lambda: 1,
                lifetime=timedelta(hours=hours),
            )
        standing.move(timedelta(hours=2))
        assert sweep_tables() == {"orphans": 0, "events": 0, "idempotency_keys": 2}
    assert IdempotencyKey.objects.get().key == "k2"
