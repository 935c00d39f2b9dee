"""Who is told what, when something happens; the mails are read as they went out."""

from email import message_from_string, policy
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import ADMINISTRATOR
from accounts.tests.factories import make_person, make_superuser
from core.money import Money
from core.outbox import handler_named
from notifications.actions.set_preference import set_preference
from notifications.models import MailDelivery, Notification
from notifications.tests.factories import GIFT_KEY, happen, make_event, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def awa():
    person = make_person("awa@example.com", name="Awa Ndiaye", language="en")
    person.time_zone = "Africa/Douala"
    person.save()
    return person


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """Let an event happen, and everything that follows its commit."""

    def tell(event):
        with django_capture_on_commit_callbacks(execute=True):
            happen(event)

    return tell


def kinds_for(person):
    return list(Notification.objects.filter(person=person).order_by("kind").values_list("kind", flat=True))


def test_a_receipt_by_mail_and_on_the_website(awa, told) -> None:
    event = paid(awa)
    told(event)
    notice = Notification.objects.get()
    assert (notice.person, notice.kind, notice.event_key) == (awa, "order_paid", event.public_id)
    assert (notice.read_at, notice.created_at) == (None, event.occurred_at)
    (sent,) = mail.outbox
    assert sent.to == ["awa@example.com"]
    assert sent.subject == "Your receipt for order BO-2026-000017"
    assert sent.body.startswith(
        "Hello Awa,\n\nWe have received 25\u202f000\u00a0FCFA for Farming with data and Soil. Thank you!\n\n"
    )
    assert "Order number: BO-2026-000017\nWhat you ordered: Farming with data and Soil\n" in sent.body
    assert "Date: 2 November 2026, 13:00 (West Africa Standard Time)\n" in sent.body
    assert "List-Unsubscribe" not in sent.extra_headers
    row = MailDelivery.objects.get()
    assert (row.state, row.attempts, row.data, row.person) == ("sent", 1, {}, awa)
    assert row.message_id == sent.extra_headers["Message-ID"] == f"<{row.public_id}@127.0.0.1>"


def test_in_the_readers_language_from_right_to_left(awa, told) -> None:
    awa.language = "ar"
    awa.save()
    told(paid(awa))
    html = mail.outbox[0].alternatives[0].content
    assert '<html lang="ar" dir="rtl">' in html
    assert "\u206625" in html or "\u206725" in html  # an amount that keeps its order


def test_without_a_language_of_their_own_in_that_of_the_event(awa, told) -> None:
    awa.language = ""
    awa.save()
    told(paid(awa, language="fr"))
    assert mail.outbox[0].extra_headers["Content-Language"] == "fr"


def test_the_same_event_twice_is_told_once(awa, told) -> None:
    event = paid(awa)
    told(event)
    handler_named("notifications.tell_OrderPaid").run(event)
    assert (len(mail.outbox), Notification.objects.count(), MailDelivery.objects.count()) == (1, 1, 1)


def test_nothing_owed_needs_no_receipt(awa, told) -> None:
    told(paid(awa, amount=Money(0, "XAF")))
    assert (mail.outbox, Notification.objects.exists()) == ([], False)


def test_deactivated_people_are_told_nothing(awa, told) -> None:
    awa.is_active = False
    awa.save()
    told(paid(awa))
    assert (mail.outbox, Notification.objects.exists(), MailDelivery.objects.exists()) == ([], False, False)


def test_whoever_cancels_their_own_order_is_told_nothing(awa, told) -> None:
    told(make_event("OrderCancelled", awa, reason="by_learner"))
    assert not Notification.objects.exists()


class TestChoices:
    @pytest.mark.parametrize(
        ("off", "mails", "notices"), [((), 1, 1), (("mail",), 0, 1), (("website",), 1, 0), (("mail", "website"), 0, 0)]
    )
    def test_are_kept(self, awa, told, off, mails, notices) -> None:
        for channel in off:
            set_preference(actor=awa, person=awa, category="payment_reminders", channel=channel, is_on=False)
        told(make_event("PaymentReminderDue", awa))
        assert (len(mail.outbox), Notification.objects.count()) == (mails, notices)

    def test_for_one_category_say_nothing_of_another(self, awa, told) -> None:
        set_preference(actor=awa, person=awa, category="payment_reminders", channel="mail", is_on=False)
        told(make_event("SubscriptionPaused", awa))
        assert len(mail.outbox) == 1

    def test_reminders_carry_the_way_out(self, awa, told) -> None:
        told(make_event("PaymentReminderDue", awa))
        (sent,) = mail.outbox
        url = sent.extra_headers["List-Unsubscribe"].strip("<>")
        assert url.startswith("http://127.0.0.1:8000/en/unsubscribe/")
        assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"Stop these mails: {url}" in sent.body
        assert f'href="{url}"' in sent.alternatives[0].content


class TestGifts:
    def test_to_an_address_without_account(self, awa, told) -> None:
        told(make_event("GiftSent", awa))
        (sent,) = mail.outbox
        assert sent.to == ["kofi@example.com"]
        assert sent.subject == "A gift for you: Farming with data and Soil"
        assert sent.body.startswith("Hello,\n\nAwa Ndiaye gives you Farming with data and Soil.\n\n> Happy birthday!\n")
        assert "25" not in sent.body.partition("-- \n")[0]  # nobody tells what a gift has cost
        assert "<blockquote" in sent.alternatives[0].content
        assert kinds_for(awa) == ["gift_sent"]
        row = MailDelivery.objects.get()
        assert (row.person, row.data) == (None, {})
        assert GIFT_KEY not in str(Notification.objects.get().data)

    def test_what_the_giver_writes_is_no_markup_and_no_header(self, awa, told) -> None:
        told(make_event("GiftSent", awa, giver_name="<b>Bank</b>", titles=("Soil\nBcc: x@example.com",)))
        (sent,) = mail.outbox
        assert sent.subject == "A gift for you: Soil Bcc: x@example.com"
        assert "<b>Bank" not in sent.alternatives[0].content
        assert "&lt;b&gt;Bank&lt;/b&gt;" in sent.alternatives[0].content
        assert "<b>Bank</b> gives you" in sent.body

    def test_to_somebody_with_an_account_also_on_the_website(self, awa, told) -> None:
        kofi = make_person("kofi@example.com")
        told(make_event("GiftSent", awa))
        assert kinds_for(kofi) == ["gift_received"]
        assert len(mail.outbox) == 1

    def test_an_address_that_nobody_has_verified_shows_it_in_no_list(self, awa, told) -> None:
        kofi = make_person("kofi@example.com", is_verified=False)
        told(make_event("GiftSent", awa))
        assert kinds_for(kofi) == []
        assert [sent.to for sent in mail.outbox] == [["kofi@example.com"]]


class TestStaff:
    def test_those_who_look_after_payments(self, awa, told) -> None:
        root = make_superuser()
        admin = make_person("admin@example.com", roles=(ADMINISTRATOR,))
        gone = make_superuser("gone@example.com")
        gone.is_active = False
        gone.save()
        told(make_event("PaymentNeedsAttention", awa))
        assert {tuple(sent.to) for sent in mail.outbox} == {(root.email,), (admin.email,)}
        assert [kinds_for(person) for person in (root, admin, gone, awa)] == [["staff_payment"]] * 2 + [[]] * 2
        assert "the amount paid is not the amount owed" in mail.outbox[0].body

    def test_staff_who_owe_a_second_factor_are_not_staff_yet(self, awa, told, settings: LazySettings) -> None:
        settings.REQUIRE_STAFF_MFA = True
        make_superuser()
        told(make_event("PaymentNeedsAttention", awa))
        assert not Notification.objects.exists()

    def test_an_alarm_without_mail_stands_on_the_website(self, awa, told) -> None:
        root = make_superuser()
        set_preference(actor=root, person=root, category="staff", channel="mail", is_on=False)
        told(make_event("PaymentNeedsAttention", awa))
        assert (mail.outbox, kinds_for(root)) == ([], ["staff_payment"])

    def test_learner_and_staff_are_told_of_the_same_refund(self, awa, told) -> None:
        root = make_superuser()
        told(make_event("RefundRequested", awa))
        assert (kinds_for(awa), kinds_for(root)) == (["refund_requested"], ["staff_refund_requested"])


def test_instructors_get_payouts(told) -> None:
    teacher = make_person("teacher@example.com")
    told(make_event("PayoutSent", teacher))
    assert mail.outbox[0].subject == "We have sent you 25\u202f000\u00a0FCFA"
    assert "Sent to: •••• 4417\nSent on: 2 November 2026\n" in mail.outbox[0].body


def test_a_mail_as_a_file(awa, told, settings: LazySettings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    told(make_event("PaymentReminderDue", awa))
    (file,) = tmp_path.glob("*.log")
    message = message_from_string(
        file.read_text(encoding="utf-8").rpartition("\n" + "-" * 79)[0], policy=policy.default
    )
    assert message["Subject"] == "Order BO-2026-000017 waits for your payment"
    assert message["To"] == "awa@example.com"
    assert "".join(str(message["List-Unsubscribe"]).split()).startswith("<http://127.0.0.1:8000/en/unsubscribe/")
    text, html = (part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
    assert "Please pay by 5 November 2026, 13:00 (West Africa Standard Time)." in text
    assert "Please pay by 5 November 2026, 13:00 (West Africa Standard Time)." in html


def test_queries_of_an_alarm_to_nobody_are_few(awa) -> None:
    with CaptureQueriesContext(connection) as queries:
        handler_named("notifications.tell_PaymentNeedsAttention").run(make_event("PaymentNeedsAttention", awa))
    assert len(queries) <= 2
