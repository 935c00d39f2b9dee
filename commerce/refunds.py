"""Refunds: what can be given back of an order and who decides, the states, and rows as adapters see them.

States: requested → approved → submitting → pending or unknown → succeeded or failed. Beyond that:

- ``approved`` with ``is_by_hand`` waits for a person: the provider gives nothing back (Orange's Web Payment), or not a
  part (Airtel), or isn't configured any more;
- ``submitting`` → ``approved``: certainly not taken, goes out again under the same id; ``unknown`` → ``approved`` only
  where the provider says that it never heard of that id;
- ``succeeded`` → ``failed``: a bank sent the money back (Stripe). The learner is still owed it, so a new refund, by
  hand, takes its place at once (``data["again"]`` of the failed one names it), and access stays ended.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _lazy

from commerce.errors import NotRefundable, ProviderUnavailable
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import Certificate, Chargeback, Enrollment, Order, OrderLine, Payment, PaymentAttempt, Refund
from commerce.payments.adapting import attempt_view
from commerce.policies import can_request_refunds
from commerce.providers import base, registry
from commerce.providers.base import RefundKind
from core import clock
from core.money import Money
from core.policies import is_person

__all__ = [
    "MOVES",
    "RESERVING",
    "Refundable",
    "claim_link",
    "left_to_refund",
    "line_that_covers",
    "locked_refund",
    "needs_a_person",
    "not_refundable",
    "refund_view",
    "refundable",
    "refunded_lines",
    "taken_by_bank",
]

State = Refund.State

#: What the codes of :class:`NotRefundable` say.
_REFUSALS = {
    "not_paid": _lazy("This order isn't paid, so there is nothing to give back."),
    "nothing_left": _lazy("All of it was given back already, or is on its way back."),
    "disputed": _lazy("Your bank is looking into this payment. Wait for its decision."),
    "line_refunded": _lazy("This was given back already, or is on its way back."),
    "refund_requested": _lazy("You have asked for a refund of this order already. We write to you when it is decided."),
}

#: From where to where; data, so that a test reads it.
MOVES: dict[str, frozenset[str]] = {
    State.REQUESTED: frozenset({State.APPROVED, State.REFUSED}),
    State.APPROVED: frozenset({State.SUBMITTING, State.SUCCEEDED, State.FAILED}),
    State.SUBMITTING: frozenset({State.APPROVED, State.PENDING, State.UNKNOWN, State.SUCCEEDED, State.FAILED}),
    State.UNKNOWN: frozenset({State.APPROVED, State.PENDING, State.SUCCEEDED, State.FAILED}),
    State.PENDING: frozenset({State.SUCCEEDED, State.FAILED}),
    State.SUCCEEDED: frozenset({State.FAILED}),
    State.FAILED: frozenset({State.SUCCEEDED}),  # by hand only
    State.REFUSED: frozenset(),
}
#: Their amount is reserved in ``Payment.refunded_minor``.
RESERVING = frozenset(set(State) - {State.REFUSED, State.FAILED})


@dataclass(frozen=True)
class Refundable:
    """What somebody may have given back of an order.

    Attributes:
        amount: at most so much; nothing where nothing can be given back.
        until: the learner decides by themselves until then; later staff do.
        is_self_service: asked for now, it is approved at once.
        why_not: stable code where it is not self-service: ``not_paid``, ``nothing_left``, ``disputed``,
            ``not_yours``, ``window_over``, ``certificate``, ``gift_taken``. With an amount of more than nothing it can
            still be asked for, and staff decide.
    """

    amount: Money
    until: datetime | None
    is_self_service: bool
    why_not: str = ""


def refundable(order: Order, actor: Any) -> Refundable:
    """What ``actor`` may have given back of ``order``: the learner who paid, or staff. ``None`` is the platform."""
    until = order.paid_at + timedelta(days=settings.REFUND_WINDOW_DAYS) if order.paid_at else None
    nothing = Money.zero(order.currency)
    is_own = is_person(actor) and actor.pk == order.learner_id
    if not (actor is None or is_own or can_request_refunds(actor)):
        return Refundable(nothing, until, is_self_service=False, why_not="not_yours")
    payment = Payment.objects.filter(order=order).first()
    if payment is None or not payment.captured_minor or order.state != Order.State.FULFILLED:
        why = "nothing_left" if order.state == Order.State.REFUNDED else "not_paid"
        return Refundable(nothing, until, is_self_service=False, why_not=why)
    if Chargeback.objects.filter(order=order, state=Chargeback.State.OPEN).exists():
        return Refundable(nothing, until, is_self_service=False, why_not="disputed")
    left = left_to_refund(payment)
    if not left.minor:
        return Refundable(nothing, until, is_self_service=False, why_not="nothing_left")
    if not is_own:
        return Refundable(left, until, is_self_service=True)
    why = _needs_staff(order, until)
    return Refundable(left, until, is_self_service=not why, why_not=why)


def not_refundable(code: str) -> NotRefundable:
    """The refusal of that code, with its sentence."""
    return NotRefundable(code, _REFUSALS.get(code))


def left_to_refund(payment: Payment) -> Money:
    """What is neither given back, nor on its way back, nor taken or held by a bank."""
    return Money(max(0, _left(payment)), payment.currency)


def taken_by_bank(refund: Refund) -> str:
    """Why the bank's case leaves nothing for a refund that was asked for before; empty where it can go out."""
    if refund.is_surplus or _left(refund.payment) >= 0:
        return ""
    is_open = Chargeback.objects.filter(order=refund.order_id, state=Chargeback.State.OPEN).exists()
    return "disputed" if is_open else "nothing_left"


def _left(payment: Payment) -> int:
    taken = Chargeback.objects.filter(
        order=payment.order_id, attempt__is_surplus=False, state__in=(Chargeback.State.OPEN, Chargeback.State.LOST)
    ).aggregate(sum=Sum("amount_minor"))["sum"]
    return payment.captured_minor - payment.refunded_minor - (taken or 0)


def _needs_staff(order: Order, until: datetime | None) -> str:
    """Why the learner can't decide this by themselves; empty when they can."""
    if until is None or clock.now() >= until:
        return "window_over"
    lines = OrderLine.objects.filter(order=order)
    if lines.filter(claimed_at__isnull=False).exists():
        return "gift_taken"
    certificates = Certificate.objects.filter(revoked_at=None, enrollment__order_line__order=order)
    # Also of an enrolment that was there before: what was bought is what the certificate is of.
    same_course = Certificate.objects.filter(
        revoked_at=None,
        enrollment__learner=order.learner_id,
        enrollment__enrolled_at__gte=order.placed_at,
        course_key__in=lines.filter(recipient_email="").values("courses__course_key"),
    )
    return "certificate" if certificates.exists() or same_course.exists() else ""


def refunded_lines(order: Order) -> set[int]:
    """Primary keys of the lines whose access is over or about to be: refunded, or on their way back."""
    if order.state == Order.State.REFUNDED:
        return set(order.lines.values_list("pk", flat=True))
    rows = Refund.objects.filter(order=order, state__in=RESERVING, is_surplus=False)
    return set(rows.filter(lines__isnull=False).values_list("lines", flat=True))


def claim_link(refund: Refund, actor: Any) -> str:
    """Where the buyer fetches the money, of providers that can't send it by themselves (BTCPay); empty elsewhere.

    Whoever has the address gets the money, so it is for the buyer alone.
    """
    is_open = refund.state in (State.PENDING, State.UNKNOWN, State.SUBMITTING)
    if not is_open or not is_person(actor) or actor.pk != refund.order.learner_id:
        return ""
    link = str(refund.data.get("link", ""))
    return link if link.startswith(("https://", "http://")) else ""


def line_that_covers(enrollment: Enrollment) -> OrderLine | None:
    """Another paid line that gives the enrolment's learner the same course, if there is one."""
    lines = (
        OrderLine.objects.filter(order__state=Order.State.FULFILLED, courses__course_key=enrollment.course_key)
        .filter(
            Q(order__learner=enrollment.learner_id, recipient_email="")
            | Q(recipient=enrollment.learner_id, claimed_at__isnull=False)
        )
        .exclude(pk=enrollment.order_line_id or 0)
        .exclude(refunds__state__in=RESERVING)
        .exclude(order__chargebacks__state__in=(Chargeback.State.OPEN, Chargeback.State.LOST))
    )
    return lines.order_by("pk").first()


def needs_a_person(refund: Refund) -> str:
    """Why no provider can be asked to give this back; empty when one can."""
    if refund.is_by_hand:
        return "by_hand"
    if why := taken_by_bank(refund):
        return why
    attempt = refund.attempt
    try:
        kind = registry.capabilities(attempt.provider, attempt.country).refunds
    except ProviderUnavailable:
        return "not_configured"
    if kind is RefundKind.NONE:
        return "no_refunds"
    return "only_whole" if kind is RefundKind.FULL and refund.amount != _paid(attempt) else ""


def _paid(attempt: PaymentAttempt) -> Money:
    minor = attempt.amount_minor if attempt.paid_minor is None else attempt.paid_minor
    return Money(minor, attempt.paid_currency or attempt.currency)


def refund_view(refund: Refund) -> base.Refund:
    """``refund`` as an adapter sees it; its attempt's amount is what was really paid."""
    return base.Refund(
        id=refund.public_id,
        attempt=replace(attempt_view(refund.attempt), amount=_paid(refund.attempt)),
        amount=refund.amount,
        reason="",
        receipt=refund.attempt.receipt,
        provider_ref=refund.provider_ref,
        data=refund.data,
    )


def locked_refund(pk: int) -> Refund:
    """Lock order, payment, attempt and refund, in this order, and return the refund as it is now, with the others.

    Raises:
        RuntimeError: no transaction is open.
    """
    order_pk, attempt_pk = Refund.objects.values_list("order_id", "attempt_id").get(pk=pk)
    order = locked_order(order_pk)
    payment = locked_payment(order)
    attempt = locked_attempt(attempt_pk)
    refund = Refund.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    attempt.order, attempt.payment = order, payment
    refund.order, refund.payment, refund.attempt = order, payment, attempt
    return refund
