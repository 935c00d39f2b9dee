"""Mail servers that are down, workers that die, people who change their mind while a mail waits."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core import mail

from accounts.tests.factories import make_person, make_superuser
from core import clock
from notifications import tasks
from notifications.actions.send_mail import LEASE, MOST_ATTEMPTS, send_mail
from notifications.actions.set_preference import set_preference
from notifications.actions.sweep import MAIL_RETENTION, NOTICE_RETENTION, sweep
from notifications.models import MailDelivery, Notification
from notifications.tests.factories import NOON, happen, make_event, make_notification, paid

pytestmark = pytest.mark.django_db
BACKENDS = "notifications.tests.backends"


@pytest.fixture(autouse=True)
def time():
    with clock.frozen(NOON) as standing:
        yield standing


@pytest.fixture
def awa():
    return make_person("awa@example.com", language="en")


@pytest.fixture
def waiting(awa):
    """A mail that was written; the worker was killed after the commit, before it could send it."""
    happen(make_event("PaymentReminderDue", awa))
    return MailDelivery.objects.get()


def test_killed_before_sending_the_sweep_sends(waiting) -> None:
    assert (waiting.state, mail.outbox) == ("waiting", [])
    assert tasks.send_waiting_mails() == 1
    assert tasks.send_waiting_mails() == 0
    assert len(mail.outbox) == 1


def test_a_broker_that_is_down_loses_nothing(awa, monkeypatch, caplog, django_capture_on_commit_callbacks) -> None:
    def refuse(*args, **options):
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("notifications.tasks.send_mail.apply_async", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        happen(paid(awa))
    assert "no broker" in caplog.text
    assert tasks.send_waiting_mails() == 1


def test_killed_after_the_server_took_it_the_same_mail_goes_out_once_more(
    waiting, time, settings: LazySettings
) -> None:
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{BACKENDS}.DiesAfterwards"
    with pytest.raises(SystemExit):
        send_mail(waiting.pk)
    settings.EMAIL_BACKEND = usual
    assert tasks.send_waiting_mails() == 0  # the claim stands: its worker may be alive
    time.move(LEASE)
    assert tasks.send_waiting_mails() == 1
    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second


def test_a_worker_that_dies_each_time_ends(waiting, time, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}.DiesAfterwards"
    for _attempt in range(MOST_ATTEMPTS):
        with pytest.raises(SystemExit):
            send_mail(waiting.pk)
        time.move(LEASE)
    assert send_mail(waiting.pk) is False
    waiting.refresh_from_db()
    assert waiting.state == "failed"


def test_a_server_that_is_down_is_asked_again_later(waiting, time, settings: LazySettings) -> None:
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{BACKENDS}.Down"
    assert tasks.send_waiting_mails() == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.claimed_until) == ("waiting", 1, None)
    assert timedelta(seconds=15) <= waiting.due_at - NOON <= timedelta(seconds=30)
    assert waiting.error == "SMTPServerDisconnected: Connection unexpectedly closed"
    settings.EMAIL_BACKEND = usual
    assert tasks.send_waiting_mails() == 0
    time.move(timedelta(seconds=30))
    assert tasks.send_waiting_mails() == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error, waiting.sent_at) == ("sent", "", NOON + timedelta(seconds=30))


def test_after_the_last_attempt_it_is_given_up(waiting, time, caplog, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}.Down"
    for _attempt in range(MOST_ATTEMPTS):
        send_mail(waiting.pk)
        time.move(timedelta(hours=6))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == ("failed", MOST_ATTEMPTS)
    assert "was given up after 18 attempts" in caplog.text


@pytest.mark.parametrize(("backend", "state"), [("NoSuchMailbox", "failed"), ("Busy", "waiting")])
def test_a_refused_address(waiting, settings: LazySettings, backend: str, state: str) -> None:
    settings.EMAIL_BACKEND = f"{BACKENDS}.{backend}"
    send_mail(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == (state, 1)


def test_whoever_claimed_it_sends_it_alone(waiting) -> None:
    MailDelivery.objects.update(attempts=1, claimed_until=NOON + LEASE)
    assert send_mail(waiting.pk) is False
    assert mail.outbox == []


@pytest.mark.parametrize("what", ["deactivated", "switched off"])
def test_what_changed_while_it_waited_counts(awa, waiting, what: str) -> None:
    if what == "deactivated":
        awa.is_active = False
        awa.save()
    else:
        set_preference(actor=awa, person=awa, category="payment_reminders", channel="mail", is_on=False)
    assert tasks.send_waiting_mails() == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.data, mail.outbox) == ("skipped", {}, [])


def test_no_alarm_goes_to_whoever_lost_the_permission(awa) -> None:
    root = make_superuser()
    happen(make_event("PaymentNeedsAttention", awa))
    type(root).objects.filter(pk=root.pk).update(is_superuser=False)
    assert tasks.send_waiting_mails() == 0
    assert MailDelivery.objects.get().state == "skipped"


def test_a_changed_address_gets_it(awa, waiting) -> None:
    awa.email = "awa.n@example.com"
    awa.save()
    assert tasks.send_waiting_mails() == 1
    assert mail.outbox[0].to == ["awa.n@example.com"]


def test_old_rows_go(awa, time) -> None:
    happen(paid(awa))
    tasks.send_waiting_mails()
    happen(paid(awa))
    kept = Notification.objects.first()
    read = make_notification(awa, read_at=NOON)
    time.move(MAIL_RETENTION + timedelta(seconds=1))
    assert sweep() == {"mails": 1, "notifications": 0}
    assert list(MailDelivery.objects.values_list("state", flat=True)) == ["waiting"]
    time.move(NOTICE_RETENTION)
    assert tasks.sweep() == {"mails": 0, "notifications": 1}
    assert not Notification.objects.filter(pk=read.pk).exists()
    assert Notification.objects.filter(pk=kept.pk).exists()
