"""Payouts against the imitated providers: two people, one payment, whatever goes wrong."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from commerce import ledger
from commerce.actions.approve_payout_run import approve_payout_run
from commerce.actions.cancel_payout_run import cancel_payout_run
from commerce.actions.create_payout_run import create_payout_run
from commerce.actions.save_payout_account import save_payout_account
from commerce.actions.send_payout import send_payout
from commerce.actions.settle_payout import settle_due_payouts, settle_payout
from commerce.actions.settle_payout_by_hand import settle_payout_by_hand
from commerce.books_check import check_books
from commerce.earnings import bank_transfers_csv, earnings_of
from commerce.errors import (
    FourEyesNeeded,
    InvalidPayoutAccount,
    InvalidPhone,
    NothingToPayOut,
    PayoutNotOpen,
    ReceiptRequired,
)
from commerce.events import PayoutFailed, PayoutSent
from commerce.ledger import Account, Entry, Kind, post
from commerce.models import CourseShare, LedgerTransaction, Payout, PayoutAccount, PayoutRun
from commerce.payout_outcomes import PAYOUTS
from commerce.payouts import MOVES, is_iban, masked_destination, payable, sendable
from commerce.policies import view_payout
from commerce.providers import registry
from commerce.tests.factories import make_user
from commerce.tests.simulated import SimulatedProviders
from core import clock
from core.errors import NotAllowed
from core.models.outbox import OutboxEvent
from core.money import Money
from core.tests.rivals import race

pytestmark = pytest.mark.django_db

State = Payout.State
PREPARES, APPROVES = "commerce.add_payoutrun", "commerce.change_payoutrun"


@pytest.fixture(autouse=True)
def _least(settings: Any) -> None:
    settings.PAYOUT_MINIMUM = {"XAF": 10_000, "NGN": 20_000_00}


def earn(minor: int, currency: str = "XAF", who: Any = None, *, held: bool = False) -> Any:
    """An instructor to whom so much is owed."""
    who = who or make_user()
    CourseShare.objects.get_or_create(course_key=uuid.uuid4(), author=who)
    amount = Money(minor, currency)
    at = clock.now() + timedelta(days=30 if held else -1)
    post(
        kind=Kind.CORRECTION,
        reference=uuid.uuid4(),
        currency=currency,
        entries=[
            Entry(Account.CLEARING, amount, detail="mtn"),
            Entry(Account.INSTRUCTOR_PAYABLE, -amount, who, uuid.uuid4(), available_at=at),
        ],
    )
    return who


def wallet(who: Any, phone: str = "+237670000099", **more: Any) -> PayoutAccount:
    """An account with MTN in Cameroon."""
    values = {"currency": "XAF", "method": "mobile", "provider": "mtn", "country": "CM", "holder": "Kofi Mensah"}
    return save_payout_account(actor=who, **{**values, "phone": phone, **more})


def bank(who: Any, **more: Any) -> PayoutAccount:
    """An account that staff transfer to."""
    values: dict[str, Any] = {"currency": "XAF", "method": "bank", "provider": "bank", "country": "CM"}
    values |= {"holder": "=Kofi Mensah", "bank": "Ecobank", "account_number": "10005 00017 0123456789 25"}
    return save_payout_account(actor=who, **{**values, **more})


def approved(currency: str = "XAF") -> list[Payout]:
    """Payouts of a run that two people made, in the order of their instructors."""
    run = create_payout_run(actor=make_user(permissions=(PREPARES,)), currency=currency)
    approve_payout_run(actor=make_user(permissions=(APPROVES,)), run=run)
    return list(run.payouts.order_by("pk"))


def owed(who: Any, currency: str = "XAF") -> int:
    """What the books say is owed."""
    return ledger.owed(Account.INSTRUCTOR_PAYABLE, currency, party=who).minor


def published(event: type) -> list[OutboxEvent]:
    """Events of a kind."""
    return list(OutboxEvent.objects.filter(name=event.event_name).order_by("pk"))


def transfers(simulators: SimulatedProviders) -> list[Any]:
    """Requests to transfer that MTN got."""
    return [call for call in simulators["mtn"].calls if call.path.endswith("/transfer") and call.method == "POST"]


def test_an_instructor_is_paid(simulators: SimulatedProviders) -> None:
    kofi = earn(30_003)
    wallet(kofi)
    earn(5_000, who=kofi, held=True)
    (payout,) = approved()
    # MTN takes multiples of five; the rest stays owed.
    assert (payout.state, payout.amount) == (State.APPROVED, Money(30_000, "XAF"))
    assert owed(kofi) == 5_003
    assert send_payout(payout.pk).state == State.PENDING
    payout = settle_payout(payout.public_id)
    assert payout.state == State.SUCCEEDED
    assert payout.run.state == PayoutRun.State.DONE
    assert ledger.balance(Account.PAYOUT_CLEARING, "XAF") == Money(0, "XAF")
    assert ledger.balance(Account.CLEARING, "XAF", detail="mtn") == Money(5_003, "XAF")
    (event,) = published(PayoutSent)
    assert event.payload["destination"] == "+237 6•• ••• •99"
    (earned,) = earnings_of(kofi)
    assert (earned.pending.minor, earned.available.minor, earned.paid.minor) == (5_000, 3, 30_000)
    assert check_books() == []


def test_sent_and_asked_again_nothing_more_happens(simulators: SimulatedProviders) -> None:
    wallet(earn(30_000))
    (payout,) = approved()
    for _time in range(3):
        send_payout(payout.pk)
        settle_payout(payout.public_id)
    assert len(transfers(simulators)) == 1
    assert len(published(PayoutSent)) == 1
    with pytest.raises(NothingToPayOut):
        approved()


def test_who_may(simulators: SimulatedProviders) -> None:
    kofi = earn(30_000)
    wallet(kofi)
    for nobody in (None, kofi, make_user(permissions=(APPROVES,))):
        with pytest.raises(NotAllowed):
            create_payout_run(actor=nobody, currency="XAF")
    both = make_user(permissions=(PREPARES, APPROVES))
    run = create_payout_run(actor=both, currency="XAF")
    for nobody in (None, kofi, make_user(permissions=(PREPARES,))):
        with pytest.raises(NotAllowed):
            approve_payout_run(actor=nobody, run=run)
        with pytest.raises(NotAllowed):
            cancel_payout_run(actor=nobody, run=run)
    with pytest.raises(FourEyesNeeded):
        approve_payout_run(actor=both, run=run)
    run.refresh_from_db()
    assert (run.state, owed(kofi)) == (PayoutRun.State.DRAFT, 30_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutRun.objects.filter(pk=run.pk).update(state="approved", approved_by=both)
    assert send_payout(run.payouts.get().pk).state == State.REQUESTED
    assert not simulators["mtn"].operations


def test_who_sees_a_payout(simulators: SimulatedProviders) -> None:
    kofi, awa = earn(30_000), earn(30_000)
    for number, who in enumerate((kofi, awa)):
        wallet(who, f"+23767000009{number}")
    first, second = approved()
    clerk = make_user(permissions=("commerce.view_payout",))
    seen = {who: list(view_payout.filter(who, Payout.objects.order_by("pk"))) for who in (kofi, awa, clerk)}
    assert list(seen.values()) == [[first], [second], [first, second]]
    assert list(view_payout.filter(make_user())) == []
    assert list(view_payout.filter(None)) == []


def test_a_draft_given_up_leaves_everything_for_the_next(simulators: SimulatedProviders) -> None:
    wallet(earn(30_000))
    clerk = make_user(permissions=(PREPARES,))
    run = create_payout_run(actor=clerk, currency="XAF")
    with pytest.raises(NothingToPayOut):
        create_payout_run(actor=clerk, currency="XAF")
    cancel_payout_run(actor=clerk, run=run)
    with pytest.raises(PayoutNotOpen):
        cancel_payout_run(actor=clerk, run=run)
    with pytest.raises(PayoutNotOpen):
        approve_payout_run(actor=make_user(permissions=(APPROVES,)), run=run)
    assert len(approved()) == 1


@pytest.mark.parametrize(
    ("minor", "has_account", "held"), [(9_999, True, False), (30_000, False, False), (30_000, True, True)]
)
def test_who_is_not_in_a_run(simulators: SimulatedProviders, minor: int, has_account: bool, held: bool) -> None:
    kofi = earn(minor, held=held)
    if has_account:
        wallet(kofi)
    with pytest.raises(NothingToPayOut):
        approved()


def test_what_is_owed_back_and_still_held_counts_against_it() -> None:
    kofi = earn(30_000)
    earn(-12_000, who=kofi, held=True)
    assert payable("XAF") == {kofi.pk: 18_000}
    earn(-20_000, who=kofi)
    assert payable("XAF") == {}


def test_what_changed_since_the_draft_is_left_out(simulators: SimulatedProviders) -> None:
    kofi, awa, ama, efua = (earn(30_000) for _who in range(4))
    for number, who in enumerate((kofi, awa, ama, efua)):
        wallet(who, f"+23767000009{number}")
    run = create_payout_run(actor=make_user(permissions=(PREPARES,)), currency="XAF")
    earn(-1, who=kofi)
    wallet(awa, "+237670000077")
    ama.is_active = False
    ama.save()
    approve_payout_run(actor=make_user(permissions=(APPROVES,)), run=run)
    states = {payout.instructor_id: (payout.state, payout.failure) for payout in run.payouts.all()}
    assert states == {
        kofi.pk: ("cancelled", "not_owed"),
        awa.pk: ("cancelled", "account_changed"),
        ama.pk: ("cancelled", "account_closed"),
        efua.pk: ("approved", ""),
    }
    assert [owed(who) for who in (kofi, awa, ama, efua)] == [29_999, 30_000, 30_000, 0]
    assert check_books() == []


def test_an_unknown_payout_blocks_the_next_and_is_never_sent_anew(simulators: SimulatedProviders) -> None:
    kofi = earn(30_000)
    wallet(kofi)
    (payout,) = approved()
    _void(simulators, payout)
    earn(40_000, who=kofi)
    with pytest.raises(NothingToPayOut):
        approved()
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.create(
            run=payout.run, instructor=kofi, currency="XAF", amount_minor=5, provider="mtn", destination={}
        )
    send_payout(payout.pk)
    assert len(transfers(simulators)) == 1
    settle_payout(payout.public_id)
    assert Payout.objects.get().state == State.SUCCEEDED
    assert len(approved()) == 1


def test_what_the_provider_never_heard_of_goes_out_under_the_same_id(simulators: SimulatedProviders) -> None:
    wallet(earn(30_000))
    (payout,) = approved()
    _void(simulators, payout)
    simulators["mtn"].operations.clear()
    settle_payout(payout.public_id)
    assert Payout.objects.get().state == State.UNKNOWN
    with clock.travel(timedelta(minutes=11)):
        settle_payout(payout.public_id)
        settle_due_payouts()
        settle_payout(payout.public_id)
    assert Payout.objects.get().state == State.SUCCEEDED
    assert [call.headers["X-Reference-Id"] for call in transfers(simulators)] == [str(payout.public_id)] * 2


def _void(simulators: SimulatedProviders, payout: Payout) -> None:
    """Send it so that nobody knows whether it was taken."""
    PAYOUTS.fetch(registry.provider("mtn"), PAYOUTS.view(payout))  # so that the fault doesn't meet the token
    simulators.faults("mtn").http_500 = 1
    assert send_payout(payout.pk).state == State.UNKNOWN


def test_a_worker_that_dies_after_the_call_pays_once(
    simulators: SimulatedProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet(earn(30_000))
    (payout,) = approved()

    class Killed(BaseException):
        pass

    def die(*_args: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("commerce.outgoing._record", die)
        with pytest.raises(Killed):
            send_payout(payout.pk)
    assert Payout.objects.get().state == State.SUBMITTING
    send_payout(payout.pk)
    with clock.travel(timedelta(minutes=3)):
        assert settle_due_payouts() == 1
    assert Payout.objects.get().state == State.SUCCEEDED
    assert len(transfers(simulators)) == 1


def test_a_failed_payout_is_owed_again(simulators: SimulatedProviders) -> None:
    kofi = earn(30_000)
    wallet(kofi)
    (payout,) = approved()
    simulators["mtn"].holds_payouts = True
    send_payout(payout.pk)
    simulators.reject("mtn", str(payout.public_id))
    payout = settle_payout(payout.public_id)
    assert (payout.state, payout.run.state, owed(kofi)) == (State.FAILED, PayoutRun.State.DONE, 30_000)
    (event,) = published(PayoutFailed)
    assert event.payload["reason"] == payout.failure != ""
    assert check_books() == []
    (again,) = approved()
    assert again.public_id != payout.public_id


def test_a_transfer_that_comes_back_is_owed_again(simulators: SimulatedProviders) -> None:
    kofi = earn(50_000_00, "NGN")
    bank(kofi, currency="NGN", provider="paystack", country="NG", account_number="0123456789", bank_code="058")
    (payout,) = approved("NGN")
    send_payout(payout.pk)
    simulators.approve("paystack", str(payout.public_id))
    assert settle_payout(payout.public_id).state == State.SUCCEEDED
    simulators["paystack"].reverse_transfer(str(payout.public_id))
    with clock.travel(timedelta(days=1, minutes=1)):
        assert settle_due_payouts() == 1
    payout.refresh_from_db()
    assert (payout.state, owed(kofi, "NGN")) == (State.REVERSED, 50_000_00)
    assert LedgerTransaction.objects.filter(reference=payout.public_id).count() == 3
    assert len(published(PayoutFailed)) == 1
    assert check_books() == []


def test_bank_transfers_are_made_and_noted_by_people(simulators: SimulatedProviders) -> None:
    kofi = earn(30_003)
    bank(kofi)
    (payout,) = approved()
    payout = send_payout(payout.pk)
    assert payout.state in (State.PENDING, State.APPROVED)
    table = bank_transfers_csv(payout.run)
    assert table.startswith("\ufeffreference,holder,bank,")
    assert ",'=Kofi Mensah,Ecobank,,10005000170123456789" in table
    assert table.endswith(",CM,30003,XAF\r\n")
    clerk = make_user(permissions=(APPROVES,))
    with pytest.raises(ReceiptRequired):
        settle_payout_by_hand(actor=clerk, payout=payout)
    for nobody in (None, kofi, make_user(permissions=(PREPARES,))):
        with pytest.raises(NotAllowed):
            settle_payout_by_hand(actor=nobody, payout=payout, receipt="T 1")
    payout = settle_payout_by_hand(actor=clerk, payout=payout, receipt="T 1")
    assert (payout.state, payout.receipt) == (State.SUCCEEDED, "T 1")
    with pytest.raises(PayoutNotOpen):
        settle_payout_by_hand(actor=clerk, payout=payout, is_paid=False)
    assert ledger.balance(Account.CLEARING, "XAF", detail="bank") == Money(-30_003, "XAF")
    assert check_books() == []


def test_what_staff_did_not_transfer_is_owed_again(simulators: SimulatedProviders) -> None:
    kofi = earn(30_003)
    bank(kofi)
    (payout,) = approved()
    send_payout(payout.pk)
    payout = settle_payout_by_hand(
        actor=make_user(permissions=(APPROVES,)), payout=payout, is_paid=False, reason="account closed"
    )
    assert (payout.state, payout.failure, owed(kofi)) == (State.FAILED, "account closed", 30_003)


def test_a_provider_that_is_gone_needs_a_person(simulators: SimulatedProviders, settings: Any) -> None:
    wallet(earn(30_000))
    (payout,) = approved()
    settings.PAYMENT_SIMULATOR_URL = ""
    registry.reset()
    payout = send_payout(payout.pk)
    assert (payout.state, payout.failure) == (State.APPROVED, "not_configured")
    clerk = make_user(permissions=(APPROVES,))
    assert settle_payout_by_hand(actor=clerk, payout=payout, is_paid=False).state == State.FAILED


def test_accounts(simulators: SimulatedProviders) -> None:
    kofi = earn(1)
    with pytest.raises(NotAllowed):
        wallet(make_user())
    assert wallet(kofi, "6 70 00 00 01").phone == "+237670000001"
    with pytest.raises(InvalidPhone):
        wallet(kofi, "+2348031234567")
    for wrong, field in (
        ({"provider": "stripe"}, "provider"),
        ({"provider": "airtel"}, "provider"),
        ({"country": ""}, "country"),
        ({"method": "cash"}, "method"),
        ({"holder": " "}, "holder"),
    ):
        with pytest.raises(InvalidPayoutAccount) as refused:
            wallet(kofi, **wrong)
        assert refused.value.field == field
    for wrong, field in (
        ({"account_number": "GB82 WEST 1234 5698 7654 33"}, "account_number"),
        ({"currency": "EUR", "country": "FR", "account_number": "12345678"}, "account_number"),
        ({"account_number": "12;DROP"}, "account_number"),
        ({"bank": ""}, "bank"),
        (
            {"currency": "NGN", "country": "NG", "provider": "paystack", "account_number": "0123456789"},
            "bank_code",
        ),
    ):
        with pytest.raises(InvalidPayoutAccount) as refused:
            bank(kofi, **wrong)
        assert refused.value.field == field
    saved = bank(kofi, account_number="gb82 west 1234 5698 7654 32")
    assert saved.account_number == "GB82WEST12345698765432"
    assert (PayoutAccount.objects.count(), saved.phone) == (1, "")


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("GB82WEST12345698765432", True),
        ("FR1420041010050500013M02606", True),
        ("CM2110003001000500000605306", True),
        ("GB82WEST12345698765433", False),
        ("GB28WEST12345698765432", False),
        ("", False),
        ("GB82", False),
        ("gb82west12345698765432", False),
    ],
)
def test_ibans(text: str, is_right: bool) -> None:
    assert is_iban(text) is is_right


def test_destinations_are_masked() -> None:
    assert masked_destination({"phone": "+237670000099"}) == "+237 6•• ••• •99"
    assert masked_destination({"bank": "Ecobank", "account_number": "0123456789"}) == "Ecobank •••• 6789"
    assert masked_destination({"bank": "Ecobank", "account_number": "12345678"}) == "Ecobank ••••"


def test_amounts_beyond_what_a_provider_carries(simulators: SimulatedProviders) -> None:
    account = PayoutAccount(provider="mtn", country="CM", currency="XAF")
    assert sendable(Money(700_003, "XAF"), account) == Money(500_000, "XAF")
    assert sendable(Money(499, "XAF"), account) == Money(0, "XAF")
    assert sendable(Money(499, "XAF"), PayoutAccount(provider="bank")) == Money(499, "XAF")


def test_moves_lead_to_states_that_there_are() -> None:
    assert set(MOVES) == set(State)
    assert all(after in State for afters in MOVES.values() for after in afters)


@pytest.mark.django_db(transaction=True)
def test_rivals_put_nobody_into_two_drafts(simulators: SimulatedProviders) -> None:
    for number in range(3):
        wallet(earn(30_000), f"+23767000009{number}")
    clerks = [make_user(permissions=(PREPARES,)) for _number in range(4)]
    results = race(4, lambda number: create_payout_run(actor=clerks[number], currency="XAF"))
    assert sorted(isinstance(result, NothingToPayOut) for result in results) == [False, True, True, True]
    assert Payout.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_rivals_approve_and_send_once(simulators: SimulatedProviders) -> None:
    kofi = earn(30_000)
    wallet(kofi)
    run = create_payout_run(actor=make_user(permissions=(PREPARES,)), currency="XAF")
    clerks = [make_user(permissions=(APPROVES,)) for _number in range(3)]
    results = race(3, lambda number: approve_payout_run(actor=clerks[number], run=run))
    assert sorted(isinstance(result, PayoutNotOpen) for result in results) == [False, True, True]
    payout = run.payouts.get()
    race(3, lambda _number: send_payout(payout.pk))
    race(3, lambda _number: settle_payout(payout.public_id))
    assert Payout.objects.get().state == State.SUCCEEDED
    assert len(transfers(simulators)) == 1
    assert owed(kofi) == 0
    assert check_books() == []
