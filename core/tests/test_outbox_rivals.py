"""Many dispatchers at once, and a worker process that is really killed."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection

from core import clock, dispatch
from core.dispatch import LEASE
from core.models import AuditEntry, OutboxDelivery
from core.tests.factories import AuditEntryFactory, handler, publish
from core.tests.rivals import race

State = OutboxDelivery.State


def write_entry(event):
    AuditEntryFactory(verb=f"core.{event.label}")


@pytest.fixture(autouse=True)
def _no_nudge(settings):
    settings.OUTBOX_DISPATCH_ON_COMMIT = False


@pytest.mark.django_db(transaction=True)
def test_rival_dispatchers_deliver_each_event_once():
    labels = [f"bell{number}" for number in range(40)]
    with handler(write_entry):
        for label in labels:
            publish(label)
        reports = race(6, lambda number: dispatch.dispatch())
        assert sum(report.delivered for report in reports) == len(labels)
        dispatch.dispatch()
    assert sorted(AuditEntry.objects.values_list("verb", flat=True)) == sorted(f"core.{label}" for label in labels)
    assert set(OutboxDelivery.objects.values_list("state", "attempts")) == {(State.DELIVERED, 1)}
    assert OutboxDelivery.objects.filter(event__settled_at=None).count() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_slow_handler_does_not_hold_up_rivals_nor_lose_its_row():
    rival_reports = []

    def slow(event):
        if event.label == "slow":
            # While this row is locked and its lease long over, a rival works on and leaves it alone.
            with clock.travel(LEASE * 2, all_threads=True):
                rival_reports.extend(race(1, lambda number: dispatch.dispatch()))
        write_entry(event)

    with handler(slow):
        publish("slow")
        publish("quick")
        dispatch.dispatch()
    assert [report.delivered for report in rival_reports] == [1]
    assert sorted(AuditEntry.objects.values_list("verb", flat=True)) == ["core.quick", "core.slow"]
    assert set(OutboxDelivery.objects.values_list("state", "attempts")) == {(State.DELIVERED, 1)}


WORKER = """
import os, signal
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from core import dispatch, outbox
from core.tests.factories import AuditEntryFactory, BellRang

@outbox.handles(BellRang, name="core.test_bell")
def die(event):
    AuditEntryFactory(verb="core.half_done")
    os.kill(os.getpid(), signal.SIGKILL)

dispatch.dispatch()
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_claim_and_completion():
    with handler(write_entry):
        delivery = publish()
        connection.close()
        worker = subprocess.run(
            [sys.executable, "-c", WORKER],
            cwd=django_settings.BASE_DIR,
            env={**os.environ, "TEST_DATABASE": str(connection.settings_dict["NAME"])},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert worker.returncode == -signal.SIGKILL, worker.stderr.decode()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == (State.WAITING, 1)
        assert not AuditEntry.objects.exists()
        assert dispatch.dispatch().delivered == 0  # still the dead worker's
        with clock.travel(LEASE + timedelta(seconds=1)):
            assert dispatch.dispatch().delivered == 1
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["core.noon"]
