"""A provider's receipt is of one try to pay alone."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from commerce.actions.settle_attempt import record_status
from commerce.models import AttemptMove, Fulfilment, Order, PaymentAttempt
from commerce.payments import applying
from commerce.providers.base import ProviderState, ProviderStatus
from commerce.tests.payments.shop import begin, new_order, told
from commerce.tests.simulated import SimulatedProviders
from core import clock

State = PaymentAttempt.State
pytestmark = pytest.mark.django_db


def test_the_database_refuses_a_second_try_with_a_receipt(simulators: SimulatedProviders) -> None:
    first, second = begin(new_order()), begin(new_order("orange_cm"), "orange_cm")
    PaymentAttempt.objects.filter(pk=first.pk).update(receipt="R1")
    # Another provider numbers its own, and none is no receipt.
    PaymentAttempt.objects.filter(pk=second.pk).update(receipt="R1")
    third = begin(new_order())
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentAttempt.objects.filter(pk=third.pk).update(receipt="R1")


def test_a_rival_with_the_same_receipt_leaves_a_mismatch(
    simulators: SimulatedProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ask whether the receipt is free before either has stored it; the one that stores it second asks again."""
    rival, attempt = begin(new_order()), begin(new_order())
    PaymentAttempt.objects.filter(pk=rival.pk).update(receipt="R1")
    ask, asked = applying._is_taken, []

    def ask_too_early(one: PaymentAttempt, **what: str) -> bool:
        asked.append(one.pk)
        return len(asked) > 1 and ask(one, **what)

    monkeypatch.setattr(applying, "_is_taken", ask_too_early)
    status = ProviderStatus(ProviderState.SUCCEEDED, attempt.provider_ref or "", "R1", attempt.amount)
    settled = record_status(attempt, status, trigger="poll", asked_at=clock.now())
    attempt.refresh_from_db()
    assert (settled.state, attempt.state, attempt.reason) == (State.MISMATCH, State.MISMATCH, "receipt_taken")
    assert asked == [attempt.pk, attempt.pk]
    assert attempt.order.state == Order.State.PLACED
    assert not Fulfilment.objects.filter(order=attempt.order).exists()
    assert len(told("PaymentNeedsAttention", kind="mismatch")) == 1


def test_the_migration_leaves_a_receipt_to_who_was_paid_first(simulators: SimulatedProviders) -> None:
    later, first, unpaid, other = (begin(new_order()) for _number in range(4))
    now = clock.now()
    _index("DROP")
    for attempt, at in ((later, now), (first, now - timedelta(hours=1)), (unpaid, None)):
        PaymentAttempt.objects.filter(pk=attempt.pk).update(receipt="R1", succeeded_at=at)
    PaymentAttempt.objects.filter(pk=other.pk).update(receipt="R2")
    moves = AttemptMove.objects.count()
    editor: Any = SimpleNamespace(connection=connection)
    import_module("commerce.migrations.0013_receipt_once").free(apps, editor)
    _index("CREATE")
    receipts = dict(PaymentAttempt.objects.values_list("pk", "receipt"))
    assert receipts == {later.pk: "", first.pk: "R1", unpaid.pk: "", other.pk: "R2"}
    later.refresh_from_db()
    assert later.data["receipt_taken"] == "R1"
    noted = AttemptMove.objects.filter(note="receipt_taken R1", trigger="alarm").values_list("attempt", flat=True)
    assert set(noted) == {later.pk, unpaid.pk}
    assert AttemptMove.objects.count() == moves + 2


def _index(what: str) -> None:
    """Drop or make the constraint's index, within the transaction of the test."""
    with connection.cursor() as cursor:
        if what == "DROP":
            cursor.execute("DROP INDEX commerce_attempt_receipt_once")
        else:
            cursor.execute(
                "CREATE UNIQUE INDEX commerce_attempt_receipt_once ON commerce_paymentattempt (provider, receipt) "
                "WHERE NOT (receipt = '')"
            )
