"""``manage.py dispatch_outbox``."""

from io import StringIO

import pytest
from django.core.management import call_command

from core import clock
from core.models import AuditEntry, OutboxDelivery
from core.tests.factories import AuditEntryFactory, handler, publish

pytestmark = pytest.mark.django_db


def run(*options):
    out = StringIO()
    call_command("dispatch_outbox", *options, stdout=out)
    return out.getvalue()


def test_once_delivers_what_is_due_and_ends():
    with handler(lambda event: AuditEntryFactory()):
        publish()
        publish()
        assert run("--once") == "2 delivered, 0 to retry, 0 set aside\n"
    assert AuditEntry.objects.count() == 2


def test_retry_puts_back_what_was_set_aside():
    with handler(lambda event: AuditEntryFactory()):
        publish()
        OutboxDelivery.objects.update(state=OutboxDelivery.State.SET_ASIDE, set_aside_at=clock.now())
        assert run("--once").startswith("0 delivered")
        assert run("--once", "--retry") == "1 put back\n1 delivered, 0 to retry, 0 set aside\n"


def test_without_once_it_looks_again_until_stopped(monkeypatch):
    looks = []

    def sleep(seconds):
        looks.append(seconds)
        if len(looks) == 2:
            raise KeyboardInterrupt
        publish()

    monkeypatch.setattr("core.management.commands.dispatch_outbox.time.sleep", sleep)
    with handler(lambda event: AuditEntryFactory()), pytest.raises(KeyboardInterrupt):
        run("--interval", "3")
    assert looks == [3.0, 3.0]
    assert AuditEntry.objects.count() == 1
