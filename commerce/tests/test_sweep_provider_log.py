"""What was said to and by providers is kept for a while, and as long as it is needed."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from commerce.actions import sweep_provider_log as sweeping
from commerce.actions.sweep_provider_log import sweep_provider_log
from commerce.models import (
    Chargeback,
    Discrepancy,
    Fulfilment,
    Payout,
    PayoutRun,
    ProviderEventRecord,
    ProviderExchange,
    ReconciliationRun,
)
from commerce.tasks import sweep_provider_log as task
from commerce.tests.factories import make_user
from commerce.tests.paid_orders import make_attempt, make_order, make_paid_order, make_refund
from core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _days(settings: Any) -> None:
    settings.PROVIDER_LOG_DAYS = 100


def ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


def said(about: uuid.UUID | None, days: int = 101) -> ProviderExchange:
    return ProviderExchange.objects.create(
        operation=about or uuid.uuid4(), provider="mtn", method="GET", url="https://mtn.example.com/", at=ago(days)
    )


def message(about: uuid.UUID | None, days: int = 101, **fields: Any) -> ProviderEventRecord:
    values = {"provider": "mtn", "key": str(uuid.uuid4()), "state": "done", "received_at": ago(days), **fields}
    return ProviderEventRecord.objects.create(operation=about, **values)


def left() -> tuple[set[int], set[int]]:
    return (
        set(ProviderExchange.objects.values_list("pk", flat=True)),
        set(ProviderEventRecord.objects.values_list("pk", flat=True)),
    )


def test_what_is_old_and_settled_goes() -> None:
    attempt = make_paid_order(attempt={"created_at": ago(102)}).payment.accepted_attempt
    said(attempt.public_id)
    said(None)
    message(attempt.public_id)
    message(None, state="ignored", provider_ref="of nobody here")
    young = said(attempt.public_id, 99), message(attempt.public_id, 99)
    assert task() == {"exchanges": 2, "messages": 2}
    assert left() == ({young[0].pk}, {young[1].pk})
    assert sweep_provider_log() == {"exchanges": 0, "messages": 0}


@pytest.mark.parametrize("state", ["stored", "failed"])
def test_a_message_that_nobody_could_process_stays(state: str) -> None:
    kept = message(None, state=state)
    sweep_provider_log()
    assert left() == (set(), {kept.pk})


def test_where_catching_up_goes_on_from_stays() -> None:
    kept = message(None, state="ignored", kind="cursor")
    sweep_provider_log()
    assert left() == (set(), {kept.pk})


def _attempt(state: str, **fields: Any) -> uuid.UUID:
    return make_attempt(make_order(), state=state, created_at=ago(102), **fields).public_id


def _paid() -> Any:
    return make_paid_order(attempt={"created_at": ago(102)})


def _refund(**fields: Any) -> uuid.UUID:
    return make_refund(_paid(), created_at=ago(102), **fields).public_id


def _payout(**fields: Any) -> uuid.UUID:
    instructor = make_user()
    run = PayoutRun.objects.create(currency="XAF", created_by=instructor)
    values = {"provider": "mtn", "destination": {}, "currency": "XAF", "amount_minor": 5, "created_at": ago(102)}
    return Payout.objects.create(run=run, instructor=instructor, **{**values, **fields}).public_id


def _disputed() -> uuid.UUID:
    order = _paid()
    attempt = order.payment.accepted_attempt
    Chargeback.objects.create(order=order, attempt=attempt, currency="XAF", amount_minor=5, provider_ref="dp")
    return attempt.public_id


def _differs() -> uuid.UUID:
    attempt = _paid().payment.accepted_attempt
    run = ReconciliationRun.objects.create(provider="mtn", day=ago(101).date(), theirs=1)
    Discrepancy.objects.create(run=run, kind="amount", attempt=attempt, currency="XAF", provider_ref="x")
    return attempt.public_id


def _not_given() -> uuid.UUID:
    order = _paid()
    Fulfilment.objects.create(order=order, attempt=order.payment.accepted_attempt, created_at=ago(101))
    return order.payment.accepted_attempt.public_id


def _paid_with_open_refund() -> uuid.UUID:
    order = _paid()
    make_refund(order, state="pending", created_at=ago(1))
    return order.payment.accepted_attempt.public_id


@pytest.mark.parametrize(
    "make",
    [
        lambda: _attempt("pending"),
        lambda: _attempt("unknown"),
        lambda: _attempt("mismatch"),
        lambda: _attempt("disputed"),
        lambda: _attempt("succeeded", is_surplus=True),
        lambda: _attempt("expired", next_check_at=ago(0)),
        lambda: _refund(state="approved", is_by_hand=True),
        lambda: _refund(state="failed", failure="sent_after_all"),
        lambda: _payout(state="unknown"),
        lambda: _payout(state="failed", failure="sent_after_all"),
        _disputed,
        _differs,
        _not_given,
        _paid_with_open_refund,
    ],
)
def test_what_is_not_settled_stays(make: Any) -> None:
    about = make()
    kept = said(about), message(about)
    said(None)
    assert sweep_provider_log() == {"exchanges": 1, "messages": 0}
    assert left() == ({kept[0].pk}, {kept[1].pk})


def test_a_message_that_names_a_mismatch_by_the_providers_reference_stays() -> None:
    _attempt("mismatch", provider_ref="TX 1", receipt="R 1")
    kept = {message(None, provider_ref=ref).pk for ref in ("TX 1", "R 1")}
    message(None, provider_ref="TX 2")
    assert sweep_provider_log()["messages"] == 1
    assert left() == (set(), kept)


def test_it_works_in_batches_and_goes_on_behind_what_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_BATCH", 2)
    about = _attempt("mismatch")
    kept = {said(about).pk for _number in range(3)}
    for _number in range(4):
        said(None)
    young = said(None, 1)
    assert sweep_provider_log()["exchanges"] == 4
    assert left()[0] == kept | {young.pk}
    monkeypatch.setattr(sweeping, "_MOST_BATCHES", 3)
    for _number in range(9):
        said(None)
    assert sweep_provider_log()["exchanges"] < 9
