import threading
import time
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.cache.backends.dummy import DummyCache
from django.db import DatabaseError

from core import clock, health
from core.models import OutboxDelivery, OutboxEvent


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """Time for checks on a machine that is busy with other tests: how quick they are is looked at where a test says so.

    Afterwards those end that a test gave up on. While one hangs, the next test's is not asked and counts as down.
    """
    monkeypatch.setattr(health, "TIMEOUT", 60)
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("health-"):
            thread.join(30)


@pytest.mark.django_db
def test_all_is_well():
    results = health.check_all()
    assert [(result.name, result.ok, result.error) for result in results] == [
        ("database", True, ""),
        ("cache", True, ""),
        ("broker", True, ""),
        ("outbox", True, ""),
        ("payments", True, ""),  # commerce's own
        ("refunds and payouts", True, ""),
    ]


def test_a_failure_is_named_without_its_text(monkeypatch):
    def fail():
        raise DatabaseError("password of db.example.com is wrong")

    monkeypatch.setattr(health, "_ask_database", fail)
    result = health.check_database()
    assert (result.ok, result.error) == (False, "DatabaseError")


def test_a_cache_that_forgets_is_down(monkeypatch):
    monkeypatch.setattr(health, "cache", DummyCache("none", {}))
    result = health.check_cache()
    assert (result.ok, result.error) == (False, "ConnectionError")


def test_a_check_leaves_nothing_in_the_cache():
    health.check_cache()
    assert not getattr(cache, "_cache", {})


def test_a_silent_neighbour_costs_two_seconds_once(monkeypatch):
    answered = Event()
    monkeypatch.setattr(health, "_ask_broker", lambda: answered.wait(30))
    monkeypatch.setattr(health, "TIMEOUT", 0.2)
    try:
        started = time.perf_counter()
        first, second = health.check_broker(), health.check_broker()
        assert time.perf_counter() - started < 15  # not the neighbour's thirty
        assert [(first.ok, first.error), (second.ok, second.error)] == [(False, "timeout"), (False, "timeout")]
        assert first.milliseconds >= 200
        assert second.milliseconds == 0  # no second thread waits beside the first
    finally:
        answered.set()


def test_an_unreachable_redis_broker_is_reported_in_time(monkeypatch):
    from celery import Celery

    monkeypatch.setattr(health, "TIMEOUT", 2)
    # Port 1 is refused at once; 192.0.2.1 (RFC 5737) would never answer.
    monkeypatch.setattr(health, "current_app", Celery(broker="redis://127.0.0.1:1/0", set_as_current=False))
    started = time.perf_counter()
    result = health.check_broker()
    assert not result.ok
    assert result.error in ("OperationalError", "ConnectionError", "timeout")
    assert time.perf_counter() - started < health.TIMEOUT + 10


def test_a_queue_folder_that_is_gone_is_reported(monkeypatch, tmp_path):
    from celery import Celery

    app = Celery(broker="filesystem://", set_as_current=False)
    app.conf.broker_transport_options = {"data_folder_out": str(tmp_path / "gone")}
    monkeypatch.setattr(health, "current_app", app)
    assert health.check_broker().error == "PermissionError"


@pytest.mark.django_db(transaction=True)
class TestOutbox:
    """The check runs in a thread of its own, so what it reads must be committed."""

    @pytest.fixture(autouse=True)
    def _alone(self, monkeypatch):
        """What other rooms have to say of themselves is theirs to test."""
        monkeypatch.setattr(health, "_of_rooms", [])

    def deliver(self, seconds, **fields):
        now = clock.now()
        event = OutboxEvent.objects.create(
            public_id=uuid4(), name="core.Rang", payload={}, occurred_at=now, plan="none"
        )
        due_at = now - timedelta(seconds=seconds)
        return OutboxDelivery.objects.create(event=event, handler="core.nobody", due_at=due_at, **fields)

    def test_an_event_that_waits_too_long_is_an_alarm_that_stops_nobody(self, settings, client, caplog):
        settings.OUTBOX_ALARM_SECONDS = 60
        late = self.deliver(61)
        result = health.check_outbox()
        assert (result.ok, result.error, result.is_vital) == (False, "Backlog", False)
        assert "Is a worker running?" in caplog.text
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        checks = {check["name"]: (check["ok"], check["vital"]) for check in answer.json()["checks"]}
        assert checks["outbox"] == (False, False)
        assert checks["database"] == (True, True)
        OutboxDelivery.objects.filter(pk=late.pk).update(state=OutboxDelivery.State.DELIVERED)
        assert client.get("/readyz").json()["status"] == "ready"

    def test_what_is_on_its_way_or_was_set_aside_is_none(self, settings):
        settings.OUTBOX_ALARM_SECONDS = 60
        self.deliver(30)
        self.deliver(-3600)  # a retry later
        self.deliver(600, state=OutboxDelivery.State.SET_ASIDE)
        self.deliver(600, state=OutboxDelivery.State.DELIVERED)
        assert health.check_outbox().ok
