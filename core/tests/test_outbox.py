"""Publishing, delivering, retrying, setting aside. Rivals are in ``test_outbox_rivals.py``."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from core import clock, dispatch, outbox
from core.dispatch import LEASE, MAX_ATTEMPTS
from core.models import AuditEntry, OutboxDelivery, OutboxEvent
from core.tests.factories import AuditEntryFactory, BellRang, handler, publish

State = OutboxDelivery.State
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def write_entry(event):
    AuditEntryFactory(verb=f"core.{event.label}")


def entries():
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


@transaction.atomic
def publish_then_fail():
    outbox.publish(BellRang("noon"))
    raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_publishing_needs_a_transaction():
    with pytest.raises(outbox.OutsideTransaction):
        outbox.publish(BellRang("noon"))
    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_goes_with_its_change(settings):
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    with handler(write_entry):
        with pytest.raises(ZeroDivisionError):
            publish_then_fail()
        assert not OutboxEvent.objects.exists()
        assert dispatch.dispatch().delivered == 0
    assert entries() == []


@pytest.mark.django_db(transaction=True)
def test_commit_nudges_the_worker_once_for_all_events(monkeypatch):
    nudges = []
    monkeypatch.setattr("core.tasks.dispatch_outbox.apply_async", lambda **options: nudges.append(options))
    with handler(write_entry):
        with transaction.atomic():
            outbox.publish(BellRang("noon"))
            with transaction.atomic():
                outbox.publish(BellRang("evening"))
            assert nudges == []
        assert len(nudges) == 1


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_savepoint_does_not_take_the_nudge_along(monkeypatch):
    nudges = []
    monkeypatch.setattr("core.tasks.dispatch_outbox.apply_async", lambda **options: nudges.append(options))
    with handler(write_entry), transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            publish_then_fail()
        outbox.publish(BellRang("evening"))
    assert len(nudges) == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_fail_the_request(monkeypatch, caplog):
    asked = []

    def refuse(**options):
        asked.append(options)
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("core.tasks.dispatch_outbox.apply_async", refuse)
    monkeypatch.setattr(outbox, "_quiet_until", 0.0)
    with handler(write_entry):
        delivery = publish()
        publish("evening")
        assert "no broker" in caplog.text
        assert len(asked) == 1  # the second request does not wait for the same timeout
        monkeypatch.setattr(outbox, "_quiet_until", 0.0)
        outbox.nudge()
        assert len(asked) == 2
        assert delivery.state == State.WAITING
        assert dispatch.dispatch().delivered == 2
    assert entries() == ["core.noon", "core.evening"]


@pytest.mark.django_db(transaction=True)
def test_the_nudged_task_delivers():
    with handler(write_entry):  # the test settings run tasks at once
        publish()
    assert entries() == ["core.noon"]


@pytest.mark.django_db
class TestDispatch:
    def test_every_handler_gets_the_event_once(self):
        seen = []
        first = handler(lambda event: seen.append(("a", event)), name="core.a")
        second = handler(lambda event: seen.append(("b", event)), name="core.b")
        with first, second:
            publish(times=3)
            assert dispatch.dispatch().delivered == 2
            assert dispatch.dispatch().delivered == 0
        assert [(name, event.label, event.times) for name, event in seen] == [("a", "noon", 3), ("b", "noon", 3)]
        stored = OutboxEvent.objects.get()
        assert {event.public_id for _, event in seen} == {stored.public_id}
        assert stored.settled_at is not None

    def test_a_handler_registered_later_gets_open_events(self):
        with handler(write_entry, name="core.first"):
            publish()
        with handler(write_entry, name="core.first"), handler(write_entry, name="core.second"):
            assert dispatch.dispatch().delivered == 2
        assert entries() == ["core.noon", "core.noon"]

    def test_a_handler_registered_later_gets_what_nobody_handled_yet(self):
        assert publish() is None
        with handler(write_entry):
            assert dispatch.dispatch().delivered == 1

    def test_a_settled_event_is_not_delivered_to_handlers_of_tomorrow(self):
        with handler(write_entry, name="core.first"):
            publish()
            dispatch.dispatch()
        with handler(write_entry, name="core.first"), handler(write_entry, name="core.second"):
            assert dispatch.dispatch().delivered == 0
        assert entries() == ["core.noon"]

    def test_events_of_newer_code_are_left_alone(self):
        OutboxEvent.objects.create(
            public_id="8f6ff9e4-5f52-4c1c-a6d3-b4ef8e1cf0c1", name="core.Future", payload={}, occurred_at=NOON, plan="x"
        )
        dispatch.dispatch()
        assert OutboxEvent.objects.get().settled_at is None

    def test_events_published_by_a_handler_are_delivered_in_the_same_run(self):
        def echo(event):
            write_entry(event)
            if event.times:
                outbox.publish(BellRang("echo", times=event.times - 1))

        with handler(echo):
            publish(times=2)
            assert dispatch.dispatch().delivered == 3
        assert entries() == ["core.noon", "core.echo", "core.echo"]

    def test_due_ones_go_in_order_and_the_limit_holds(self):
        with handler(write_entry):
            for label in ("one", "two", "three"):
                publish(label)
            assert dispatch.dispatch(limit=2).delivered == 2
            assert entries() == ["core.one", "core.two"]
            assert dispatch.dispatch().delivered == 1

    def test_a_failing_handler_is_rolled_back_and_tried_again_later(self):
        broken = [True]

        def stumble(event):
            write_entry(event)
            if broken:
                raise RuntimeError("lamp out")

        with handler(stumble), clock.frozen(NOON) as standing:
            delivery = publish()
            report = dispatch.dispatch()
            assert (report.delivered, report.retried, report.set_aside) == (0, 1, 0)
            assert entries() == []
            delivery.refresh_from_db()
            assert (delivery.state, delivery.attempts, delivery.claimed_until) == (State.WAITING, 1, None)
            assert "RuntimeError: lamp out" in delivery.error
            assert timedelta(seconds=15) <= delivery.due_at - NOON <= timedelta(seconds=30)
            broken.clear()
            assert dispatch.dispatch().delivered == 0  # not due yet
            standing.move(timedelta(seconds=31))
            assert dispatch.dispatch().delivered == 1
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts, delivery.error) == (State.DELIVERED, 2, "")
        assert entries() == ["core.noon"]

    def test_one_handlers_failure_leaves_the_others_alone(self):
        def stumble(event):
            raise RuntimeError

        with handler(stumble, name="core.a"), handler(write_entry, name="core.b"):
            publish()
            report = dispatch.dispatch()
        assert (report.delivered, report.retried) == (1, 1)
        assert entries() == ["core.noon"]

    def test_what_never_works_is_set_aside_with_its_reason(self):
        runs = []

        def stumble(event):
            runs.append(event)
            raise RuntimeError("x" * 10_000)

        with handler(stumble), clock.frozen(NOON) as standing:
            delivery = publish()
            for _ in range(MAX_ATTEMPTS + 3):
                dispatch.dispatch()
                standing.move(timedelta(hours=7))
            assert len(runs) == MAX_ATTEMPTS
            delivery.refresh_from_db()
            assert delivery.state == State.SET_ASIDE
            assert delivery.set_aside_at == NOON + (MAX_ATTEMPTS - 1) * timedelta(hours=7)
            assert len(delivery.error) == 4000
            assert OutboxEvent.objects.get().settled_at is None

    def test_a_delivery_set_aside_can_be_retried(self):
        with handler(write_entry):
            delivery = publish()
            OutboxDelivery.objects.update(state=State.SET_ASIDE, attempts=MAX_ATTEMPTS, set_aside_at=clock.now())
            assert dispatch.dispatch().delivered == 0
            assert dispatch.retry(delivery) is True
            assert dispatch.retry(delivery) is False
            assert dispatch.dispatch().delivered == 1
        assert entries() == ["core.noon"]

    def test_a_payload_that_can_not_be_read_counts_as_failure(self):
        with handler(write_entry):
            delivery = publish()
            OutboxEvent.objects.update(payload={})
            assert dispatch.dispatch().retried == 1
        delivery.refresh_from_db()
        assert "TypeError" in delivery.error

    def test_a_delivery_without_its_handlers_code_waits_then_is_set_aside(self):
        with clock.frozen(NOON) as standing:
            with handler(write_entry):
                delivery = publish()
            standing.move(timedelta(days=6))
            assert dispatch.dispatch().delivered == 0
            assert dispatch.set_aside_orphans() == 0
            standing.move(timedelta(days=2))
            assert dispatch.set_aside_orphans() == 1
        delivery.refresh_from_db()
        assert (delivery.state, delivery.error) == (State.SET_ASIDE, "No handler of this name.")


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


@pytest.mark.django_db
class TestKilledWorker:
    def kill(self, event):
        write_entry(event)
        raise Killed

    def test_killed_in_the_handler_leaves_nothing_and_is_retaken_after_the_lease(self):
        with clock.frozen(NOON) as standing:
            with handler(self.kill):
                delivery = publish()
                with pytest.raises(Killed), transaction.atomic():
                    dispatch.dispatch()
            # The outer savepoint took the claim back with it; claim again as a worker that died after claiming.
            assert entries() == []
            with handler(write_entry):
                assert dispatch._claim().pk == delivery.pk
                assert dispatch.dispatch().delivered == 0
                standing.move(LEASE)
                assert dispatch.dispatch().delivered == 1
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == (State.DELIVERED, 2)
        assert entries() == ["core.noon"]

    def test_a_worker_that_lost_its_claim_neither_handles_nor_marks(self):
        with handler(write_entry), clock.frozen(NOON) as standing:
            publish()
            slow = dispatch._claim()
            standing.move(LEASE)
            assert dispatch.dispatch().delivered == 1
            assert dispatch._handle(slow) is False
            assert dispatch._record_failure(slow, RuntimeError()) is False
        delivery = OutboxDelivery.objects.get()
        assert (delivery.state, delivery.error) == (State.DELIVERED, "")
        assert entries() == ["core.noon"]

    def test_an_event_that_kills_every_worker_is_set_aside(self):
        with handler(write_entry), clock.frozen(NOON) as standing:
            delivery = publish()
            for _ in range(MAX_ATTEMPTS):
                assert dispatch._claim() is not None
                standing.move(LEASE)
            assert dispatch.dispatch().set_aside == 1
        delivery.refresh_from_db()
        assert delivery.state == State.SET_ASIDE
        assert delivery.error == "The worker died at every attempt."
        assert entries() == []


def test_waiting_doubles_up_to_six_hours_with_jitter():
    for attempts, longest in ((1, 30), (2, 60), (5, 480), (20, 21_600)):
        waits = [dispatch.backoff(attempts).total_seconds() for _ in range(200)]
        assert longest / 2 <= min(waits) < max(waits) <= longest


def test_handler_names_are_unique():
    with handler(write_entry), pytest.raises(ValueError):
        outbox.handles(BellRang, name="core.test_bell")(lambda event: None)
