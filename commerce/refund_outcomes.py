"""What follows when a refund succeeds, fails, comes back or needs a person: order, payment, attempt, books, events.

All in the caller's transaction, with order, payment, attempt and refund locked
(:func:`commerce.refunds.locked_refund`). Access ends in another one, by the handler of ``RefundSucceeded``.
"""

from typing import Any

from django.db.models import Sum

from commerce.bookkeeping import surplus_of
from commerce.events import PaymentNeedsAttention, RefundFailed, RefundSucceeded
from commerce.models import Chargeback, Order, Payment, PaymentAttempt, Refund
from commerce.outgoing import Outgoing
from commerce.outgoing import move as move_thing
from commerce.payments import states
from commerce.payments.telling import order_facts
from commerce.places import release_places
from commerce.refunds import MOVES, locked_refund, needs_a_person, refund_view
from commerce.returns import record_refund, reverse_refund
from core import clock, outbox

__all__ = ["REFUNDS", "fail", "move", "set_standing", "succeed"]

State = Refund.State


def move(refund: Refund, after: str) -> bool:
    """Move a locked refund; False where no move leads there."""
    return move_thing(REFUNDS, refund, after)


def succeed(refund: Refund, *, actor: Any = None) -> None:
    """The money is back with who paid."""
    if not move(refund, State.SUCCEEDED):
        return
    release_places(refund.order, refund.lines.all())
    record_refund(refund)
    if refund.is_surplus:
        attempt = refund.attempt
        is_all_back = attempt.is_surplus and surplus_of(attempt).minor <= 0
        if is_all_back and attempt.state != states.State.REFUNDED:
            states.move(attempt, states.State.REFUNDED, trigger="refund", actor=actor)
    else:
        set_standing(refund.order, refund.payment, refund.attempt, actor=actor)
    outbox.publish(
        RefundSucceeded(
            **order_facts(refund.order),
            refund_key=refund.public_id,
            refund_amount=refund.amount,
            provider="" if refund.is_by_hand else refund.attempt.provider,
        )
    )


def fail(refund: Refund) -> None:
    """Nothing went back; the amount may be refunded anew."""
    if not move(refund, State.FAILED):
        return
    _release(refund)
    _tell_failed(refund)


def _came_back(refund: Refund) -> None:
    """The money went out and a bank sent it back. The learner is still owed it: by hand, since the way there failed."""
    if not move(refund, State.FAILED):
        return
    reverse_refund(refund)
    again = Refund.objects.create(
        order=refund.order,
        payment=refund.payment,
        attempt=refund.attempt,
        state=State.APPROVED,
        currency=refund.currency,
        amount_minor=refund.amount_minor,
        reason=refund.reason,
        note=refund.note,
        answer=refund.answer,
        is_surplus=refund.is_surplus,
        requested_by=refund.requested_by,
        decided_by=refund.decided_by,
        is_by_hand=True,
        # What is reserved of the payment goes over to it.
        idempotency_key=f"again:{refund.public_id}",
        created_at=clock.now(),
        state_changed_at=clock.now(),
    )
    again.lines.set(refund.lines.all())
    refund.data = {**refund.data, "again": str(again.public_id)}
    refund.save(update_fields=["data"])
    if not refund.is_surplus:
        set_standing(refund.order, refund.payment, refund.attempt)
    _tell_failed(refund)


def _by_hand(refund: Refund, why: str) -> None:
    """No provider can be asked (any more): a person gives the money back, or looks up what became of it."""
    # What a provider may have taken stays the provider's: only what was never sent is given back by other means.
    refund.is_by_hand = refund.state == State.APPROVED
    refund.failure, refund.next_check_at = why[:60], None
    refund.save(update_fields=["is_by_hand", "failure", "next_check_at"])
    outbox.publish(
        PaymentNeedsAttention(
            **order_facts(refund.order),
            kind="refund_by_hand",
            attempt_key=refund.attempt.public_id,
            provider=refund.attempt.provider,
        )
    )


def set_standing(order: Order, payment: Payment, attempt: PaymentAttempt, *, actor: Any = None) -> None:
    """Bring payment, attempt and order to what was given back so far.

    An order is refunded when all its money is gone, by refunds or by lost chargebacks, and stays so: what comes back
    afterwards is owed to the learner by another refund.
    """
    given = _sum(Refund.objects.filter(payment=payment, state=State.SUCCEEDED, is_surplus=False))
    lost = _sum(Chargeback.objects.filter(order=order, state=Chargeback.State.LOST, attempt__is_surplus=False))
    gone = given + lost
    all_of_it, some, none = Payment.State.REFUNDED, Payment.State.PARTIALLY_REFUNDED, Payment.State.PAID
    payment.state = all_of_it if gone >= payment.captured_minor else some if gone else none
    payment.save(update_fields=["state"])
    refundable = {states.State.SUCCEEDED, states.State.PARTIALLY_REFUNDED, states.State.REFUNDED}
    target = (
        states.State.REFUNDED
        if given >= payment.captured_minor
        else states.State.PARTIALLY_REFUNDED
        if given
        else states.State.SUCCEEDED
    )
    if attempt.state in refundable and attempt.state != target:
        states.move(attempt, target, trigger="refund", actor=actor)
    if payment.state == all_of_it and order.state == Order.State.FULFILLED:
        order.state = Order.State.REFUNDED
        order.save(update_fields=["state"])
        release_places(order)


def _sum(rows: Any) -> int:
    return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def _release(refund: Refund) -> None:
    if not refund.is_surplus:
        refund.payment.refunded_minor -= refund.amount_minor
        refund.payment.save(update_fields=["refunded_minor"])


def _tell_failed(refund: Refund) -> None:
    outbox.publish(
        RefundFailed(
            **order_facts(refund.order),
            refund_key=refund.public_id,
            refund_amount=refund.amount,
            reason=refund.failure,
        )
    )


#: How refunds travel.
REFUNDS: Outgoing[Refund] = Outgoing(
    name="refund",
    read=lambda pk: Refund.objects.select_related("order__learner", "payment", "attempt__order").get(pk=pk),
    locked=locked_refund,
    view=refund_view,
    provider=lambda refund: refund.attempt.provider,
    moves=MOVES,
    call=lambda adapter, view: adapter.refund(view),
    fetch=lambda adapter, view: adapter.fetch_refund(view),
    hindrance=needs_a_person,
    by_hand=_by_hand,
    succeeded=succeed,
    failed=fail,
    came_back=_came_back,
)
