"""Refunds and payouts that count as not given, and of which the provider says later that they went."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from commerce import ledger
from commerce.actions.process_provider_event import process_provider_event
from commerce.actions.request_refund import request_refund
from commerce.actions.send_payout import send_payout
from commerce.actions.send_refund import send_refund
from commerce.actions.settle_payout import settle_due_payouts, settle_payout
from commerce.actions.settle_payout_by_hand import settle_payout_by_hand
from commerce.actions.settle_refund import settle_due_refunds, settle_refund
from commerce.actions.settle_refund_by_hand import settle_refund_by_hand
from commerce.back_office.base import sheet_url
from commerce.books_check import check_books
from commerce.errors import NotRefundable, PayoutNotOpen, RefundNotOpen
from commerce.ledger import Account, Kind
from commerce.models import LedgerTransaction, Payment, Payout, ProviderEventRecord, Refund
from commerce.outgoing_alarms import MoneyOutTrouble, look
from commerce.payout_outcomes import PAYOUTS
from commerce.providers import registry
from commerce.refund_outcomes import REFUNDS
from commerce.tests.factories import make_user
from commerce.tests.payments.shop import told
from commerce.tests.simulated import SimulatedProviders
from commerce.tests.test_payouts import approved, earn, owed, wallet
from commerce.tests.test_refunds import ask, pay
from commerce.waiting import QUEUES
from core import clock
from core.money import Money

pytestmark = pytest.mark.django_db


def clerk(*permissions: str) -> User:
    return make_user(permissions=permissions or ("commerce.change_refund", "commerce.change_payoutrun"))


def unknown(simulators: SimulatedProviders, kind: Any, thing: Any) -> None:
    """Send it so that nobody knows whether it was taken; it was."""
    # The adapter has its token, so that the fault meets the call itself.
    kind.fetch(registry.provider("mtn"), kind.view(kind.read(thing.pk)))
    simulators.faults("mtn").http_500 = 1
    sent = send_refund(thing.pk) if isinstance(thing, Refund) else send_payout(thing.pk)
    assert sent.state == "unknown"


def refund_not_given(simulators: SimulatedProviders, by: User) -> Refund:
    refund = ask(pay(simulators))
    unknown(simulators, REFUNDS, refund)
    return settle_refund_by_hand(actor=by, refund=refund, is_given=False)


def payout_not_paid(simulators: SimulatedProviders, by: User) -> tuple[Any, Payout]:
    kofi = earn(30_000)
    wallet(kofi)
    (payout,) = approved()
    unknown(simulators, PAYOUTS, payout)
    return kofi, settle_payout_by_hand(actor=by, payout=payout, is_paid=False)


def waiting(name: str) -> list[Any]:
    (queue,) = [one for one in QUEUES if one.name == name]
    return list(queue.rows())


def alarms() -> list[dict[str, Any]]:
    return told("PaymentNeedsAttention", kind="reconciliation")


def test_a_refund_that_went_after_all_is_an_alarm_once(simulators: SimulatedProviders) -> None:
    refund = refund_not_given(simulators, clerk())
    assert (refund.state, alarms()) == ("failed", [])
    look()
    for _time in range(2):
        settle_refund(refund.public_id, trigger="webhook")
    refund.refresh_from_db()
    assert (refund.state, refund.failure) == ("failed", "sent_after_all")
    (alarm,) = alarms()
    assert (alarm["order_number"], alarm["provider"]) == (refund.order.number, "mtn")
    assert not LedgerTransaction.objects.filter(kind=Kind.REFUND).exists()
    assert Payment.objects.get().refunded_minor == 0
    assert waiting("refunds_sent") == [refund]
    assert waiting("refunds_by_hand") == []
    with pytest.raises(MoneyOutTrouble, match="1 refunds sent after all"):
        look()


def test_a_message_that_names_it_is_enough(simulators: SimulatedProviders) -> None:
    refund = refund_not_given(simulators, clerk())
    record = ProviderEventRecord.objects.create(
        provider="mtn", key="m1", kind="refund", operation=refund.public_id, hint="refunded"
    )
    process_provider_event(record.pk)
    record.refresh_from_db()
    assert (record.state, len(alarms())) == ("done", 1)


def test_a_message_that_names_the_payment_only_finds_it(simulators: SimulatedProviders) -> None:
    refund = refund_not_given(simulators, clerk())
    record = ProviderEventRecord.objects.create(
        provider="mtn", key="m1", kind="refund", provider_ref=refund.attempt.provider_ref or ""
    )
    process_provider_event(record.pk)
    assert len(alarms()) == 1


def test_without_a_message_it_is_asked_about_for_weeks(simulators: SimulatedProviders) -> None:
    refund = refund_not_given(simulators, clerk())
    operation = simulators["mtn"].operations.pop(str(refund.public_id))
    with clock.travel(timedelta(days=1, minutes=1)):
        assert settle_due_refunds() == 1
        assert alarms() == []
    simulators["mtn"].operations[str(refund.public_id)] = operation
    with clock.travel(timedelta(days=7, minutes=1)):
        assert settle_due_refunds() == 1
        assert len(alarms()) == 1
    with clock.travel(timedelta(days=30)):
        assert settle_due_refunds() == 1
        assert settle_due_refunds() == 0
    assert len(alarms()) == 1


def test_staff_book_the_refund_that_went(simulators: SimulatedProviders) -> None:
    by = clerk()
    refund = refund_not_given(simulators, by)
    settle_refund(refund.public_id)
    refund = settle_refund_by_hand(actor=by, refund=refund, receipt="MTN 1")
    assert (refund.state, refund.is_by_hand, refund.failure) == ("succeeded", False, "")
    # It is the provider's money that is gone.
    assert ledger.balance(Account.CLEARING, "XAF", detail="mtn") == Money(0, "XAF")
    assert Payment.objects.get().refunded_minor == 25_000
    assert waiting("refunds_sent") == check_books() == []
    look()


def test_staff_leave_a_refund_aside_that_went_twice(simulators: SimulatedProviders) -> None:
    by = clerk()
    refund = refund_not_given(simulators, by)
    other = request_refund(
        actor=clerk("commerce.add_refund", "commerce.change_refund"),
        order=refund.order,
        by_hand=True,
        idempotency_key="other",
    )
    settle_refund_by_hand(actor=by, refund=other, receipt="CASH 1")
    settle_refund(refund.public_id)
    assert len(alarms()) == 1
    with pytest.raises(NotRefundable):
        settle_refund_by_hand(actor=by, refund=refund, receipt="MTN 1")
    refund = settle_refund_by_hand(actor=by, refund=refund, is_given=False)
    assert (refund.state, refund.failure) == ("failed", "not_given")
    assert waiting("refunds_sent") == check_books() == []
    settle_refund(refund.public_id)
    assert len(alarms()) == 1
    with pytest.raises(RefundNotOpen):
        settle_refund_by_hand(actor=by, refund=refund, is_given=False)


def test_what_was_given_by_hand_and_went_too_is_an_alarm(simulators: SimulatedProviders) -> None:
    by = clerk()
    refund = refund_not_given(simulators, by)
    refund = settle_refund_by_hand(actor=by, refund=refund, receipt="CASH 1")
    assert (refund.state, refund.is_by_hand) == ("succeeded", True)
    settle_refund(refund.public_id)
    refund.refresh_from_db()
    assert (refund.state, refund.receipt, len(alarms())) == ("succeeded", "CASH 1", 1)
    assert LedgerTransaction.objects.filter(kind=Kind.REFUND).count() == 1


def test_what_was_given_by_hand_does_not_come_back_when_the_provider_refuses_it(
    simulators: SimulatedProviders,
) -> None:
    by = clerk()
    refund = refund_not_given(simulators, by)
    refund = settle_refund_by_hand(actor=by, refund=refund, receipt="CASH 1")
    simulators["mtn"].operations[str(refund.public_id)].status = "FAILED"
    settle_refund(refund.public_id, trigger="webhook")
    assert list(Refund.objects.values_list("state", "receipt")) == [("succeeded", "CASH 1")]
    assert (alarms(), check_books()) == ([], [])


def test_a_payout_that_went_after_all_is_an_alarm_once(simulators: SimulatedProviders) -> None:
    kofi, payout = payout_not_paid(simulators, clerk())
    assert (payout.state, owed(kofi)) == ("failed", 30_000)
    look()
    with clock.travel(timedelta(days=1, minutes=1)):
        assert settle_due_payouts() == 1
    settle_payout(payout.public_id, trigger="webhook")
    payout.refresh_from_db()
    assert (payout.state, payout.failure, owed(kofi)) == ("failed", "sent_after_all", 30_000)
    (alarm,) = alarms()
    assert alarm["amount"] == {"minor": 30_000, "currency": "XAF"}
    assert waiting("payouts_sent") == [payout]
    with pytest.raises(MoneyOutTrouble, match="1 payouts sent after all"):
        look()


def test_staff_book_the_payout_that_went(simulators: SimulatedProviders) -> None:
    by = clerk()
    kofi, payout = payout_not_paid(simulators, by)
    with pytest.raises(PayoutNotOpen):
        settle_payout_by_hand(actor=by, payout=payout, receipt="MTN 1")
    settle_payout(payout.public_id)
    payout = settle_payout_by_hand(actor=by, payout=payout, receipt="MTN 1")
    assert (payout.state, payout.failure, owed(kofi)) == ("succeeded", "", 0)
    # What came in for the course has gone out again.
    assert ledger.balance(Account.CLEARING, "XAF", detail="mtn") == Money(0, "XAF")
    assert ledger.balance(Account.PAYOUT_CLEARING, "XAF") == Money(0, "XAF")
    assert waiting("payouts_sent") == check_books() == []


def test_staff_leave_a_payout_aside(simulators: SimulatedProviders) -> None:
    by = clerk()
    kofi, payout = payout_not_paid(simulators, by)
    settle_payout(payout.public_id)
    payout = settle_payout_by_hand(actor=by, payout=payout, is_paid=False, reason="went back by cheque")
    assert (payout.state, payout.failure, owed(kofi)) == ("failed", "went back by cheque", 30_000)
    assert waiting("payouts_sent") == check_books() == []


def test_a_second_return_is_not_booked_silently(simulators: SimulatedProviders, caplog: Any) -> None:
    by = clerk()
    kofi, payout = payout_not_paid(simulators, by)
    settle_payout(payout.public_id)
    settle_payout_by_hand(actor=by, payout=payout, receipt="MTN 1")
    simulators["mtn"].operations[str(payout.public_id)].status = "FAILED"
    settle_payout(payout.public_id)
    payout.refresh_from_db()
    assert (payout.state, owed(kofi)) == ("succeeded", 0)
    assert "has come back a second time" in caplog.text
    assert check_books() == []


def test_the_back_office_shows_both(client: Client, simulators: SimulatedProviders) -> None:
    by = clerk(
        "wagtailadmin.access_admin",
        "commerce.view_refund",
        "commerce.change_refund",
        "commerce.view_payoutrun",
        "commerce.change_payoutrun",
    )
    refund = refund_not_given(simulators, by)
    kofi, payout = payout_not_paid(simulators, by)
    settle_refund(refund.public_id)
    settle_payout(payout.public_id)
    client.force_login(by)
    html = client.get(reverse("commerce_money:queue")).content.decode()
    assert "Refunds that went after all" in html
    assert f"MTN MoMo · {kofi.get_full_name()}" in html
    html = client.get(sheet_url(refund)).content.decode()
    assert "the provider says that the money went" in html
    assert reverse("commerce_back_office:refund_not_given", args=[refund.pk]) in html
    assert reverse("commerce_back_office:refund_given", args=[refund.pk]) in html
    html = client.get(sheet_url(payout)).content.decode()
    assert "the provider says that the money went" in html
    assert reverse("commerce_back_office:payout_paid", args=[payout.pk]) in html
