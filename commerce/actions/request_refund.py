"""Ask for money back."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.send_refund import send_soon
from commerce.errors import RefundAmountRefused
from commerce.events import RefundRequested
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import Order, OrderLine, Payment, Refund
from commerce.payments.telling import order_facts
from commerce.refunds import left_to_refund, not_refundable, refundable, refunded_lines
from commerce.returns import held_of_lines
from core import audit, clock, outbox
from core.errors import InvalidInput, NotAllowed
from core.idempotency import InvalidKey
from core.money import Money
from core.policies import is_person

__all__ = ["request_refund"]

State = Refund.State

#: How keys begin that ``refund_surplus`` and a refund that came back make: taken by somebody, they would be stuck.
_OWN_KEYS = ("surplus:", "again:")


def request_refund(
    *,
    actor: Any,
    order: Order,
    lines: Sequence[OrderLine] | None = None,
    amount: Money | None = None,
    reason: str = Refund.Reason.OTHER,
    note: str = "",
    idempotency_key: str,
    by_hand: bool = False,
) -> Refund:
    """Ask for all of an order's money back, for what some lines brought, or for an amount; repeated, it is one refund.

    Within what the school allows (:func:`commerce.refunds.refundable`), and for those who decide, it is approved and
    sent at once; otherwise staff decide. Its amount is reserved from now on, so that all refunds together never exceed
    what was paid. Access to refunded lines, or to all of a wholly refunded order, ends when the money is back.

    Args:
        actor: who paid, staff, or None for the platform.
        lines: of the order; without an amount, what is left of theirs.
        amount: for staff only.
        idempotency_key: the caller's, 1 to 255 characters.
        note: what the learner says, at most 500 characters are kept.
        by_hand: staff give it back by other means; no provider is asked.

    Raises:
        NotAllowed: somebody else's order.
        NotRefundable: nothing is left, or a line is refunded already; the code says what (``not_paid`` …).
        RefundAmountRefused: more than is left, another currency, or an amount named by a learner.
        InvalidKey: no key, a longer one, or one of those that the platform makes itself.
    """
    if not 1 <= len(idempotency_key) <= 255 or idempotency_key.startswith(_OWN_KEYS):
        raise InvalidKey
    is_own = is_person(actor) and actor.pk == order.learner_id
    if not (actor is None or is_own or policies.can_request_refunds(actor)):
        raise NotAllowed
    if reason not in Refund.Reason.values:
        raise InvalidInput("reason", field="reason")
    if is_own and (amount is not None or by_hand):
        raise RefundAmountRefused
    decides = actor is None or (not is_own and policies.can_decide_refunds(actor))
    if by_hand and not decides:
        raise NotAllowed
    with transaction.atomic():
        order = locked_order(order.pk)
        payment = locked_payment(order)
        known = Refund.objects.filter(payment=payment, idempotency_key=idempotency_key).first()
        if known is not None:
            return known
        allowed = refundable(order, actor)
        if not allowed.amount.minor:
            raise not_refundable(allowed.why_not)
        if is_own and Refund.objects.filter(order=order, state=State.REQUESTED).exists():
            raise not_refundable("refund_requested")
        chosen = _lines(order, lines)
        asked = _amount(order, payment, chosen if lines is not None else None, amount)
        if lines is None and asked == left_to_refund(payment):
            chosen = [line for line in order.lines.all() if line.pk not in refunded_lines(order)]
        elif lines is None:
            chosen = []
        is_approved = decides or (is_own and allowed.is_self_service)
        refund = _write(
            order,
            payment,
            asked,
            chosen,
            state=State.APPROVED if is_approved else State.REQUESTED,
            reason=reason,
            note=note.strip()[:500],
            idempotency_key=idempotency_key,
            is_by_hand=by_hand,
            requested_by=actor,
            decided_by=actor if decides else None,
        )
        _tell(refund, actor, is_approved=is_approved, by_hand=by_hand)
    return refund


def _lines(order: Order, lines: Sequence[OrderLine] | None) -> list[OrderLine]:
    if lines is None:
        return []
    own = {line.pk: line for line in order.lines.all()}
    chosen = [own[line.pk] for line in lines if line.pk in own]
    if not chosen or len(chosen) != len({line.pk for line in lines}):
        raise InvalidInput("lines", field="lines")
    if refunded_lines(order) & {line.pk for line in chosen}:
        raise not_refundable("line_refunded")
    return chosen


def _amount(order: Order, payment: Payment, lines: list[OrderLine] | None, amount: Money | None) -> Money:
    left = left_to_refund(payment)
    most = left
    if lines is not None:
        most = Money(min(left.minor, held_of_lines(order, (line.pk for line in lines)).minor), left.currency)
    if amount is None:
        if not most.minor:
            raise not_refundable("nothing_left")
        return most
    if amount.currency != left.currency or not 0 < amount.minor <= most.minor:
        raise RefundAmountRefused
    return amount


def _write(order: Order, payment: Payment, amount: Money, lines: list[OrderLine], **fields: Any) -> Refund:
    assert payment.accepted_attempt_id is not None  # noqa: S101 (a constraint says so where something was captured)
    attempt = locked_attempt(payment.accepted_attempt_id)
    now = clock.now()
    is_due = fields["state"] == State.APPROVED and not fields["is_by_hand"]
    refund = Refund.objects.create(
        order=order,
        payment=payment,
        attempt=attempt,
        currency=amount.currency,
        amount_minor=amount.minor,
        created_at=now,
        state_changed_at=now,
        next_check_at=now if is_due else None,
        **fields,
    )
    refund.lines.set(lines)
    payment.refunded_minor += amount.minor
    payment.save(update_fields=["refunded_minor"])
    return refund


def _tell(refund: Refund, actor: Any, *, is_approved: bool, by_hand: bool) -> None:
    audit.record(
        actor=actor,
        verb="commerce.refund_approved" if is_approved else "commerce.refund_requested",
        target=refund,
        label=refund.order.number,
        facts={"minor": refund.amount_minor, "currency": refund.currency, "reason": refund.reason},
    )
    if not is_approved:
        outbox.publish(
            RefundRequested(**order_facts(refund.order), refund_key=refund.public_id, refund_amount=refund.amount)
        )
    elif not by_hand:
        transaction.on_commit(partial(send_soon, refund.pk), robust=True)
