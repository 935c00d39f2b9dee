"""Access follows money that goes back; money that nobody ordered goes back by itself."""

import uuid

from django.db.models import QuerySet

from commerce.actions.change_enrollment_state import move_enrollment
from commerce.actions.refund_surplus import refund_surplus
from commerce.events import ChargebackClosed, ChargebackOpened, PaymentNeedsAttention, RefundSucceeded
from commerce.locks import locked_enrollment
from commerce.models import Chargeback, Enrollment, Order, PaymentAttempt, Refund
from commerce.refunds import line_that_covers
from core.outbox import handles

__all__ = ["close_dispute", "end_access", "return_surplus", "suspend_access"]

State = Enrollment.State


@handles(RefundSucceeded, name="commerce.end_refunded_access")
def end_access(event: RefundSucceeded) -> None:
    """End access to refunded lines, or to everything of an order whose money is all back.

    A course that another paid order gives too goes over to that one. A refund that has come back since is owed to the
    learner all the same, so their access ends as well.
    """
    refund = Refund.objects.select_related("order").filter(public_id=event.refund_key).first()
    if refund is None or refund.is_surplus:
        return
    enrollments = Enrollment.objects.filter(order_line__order=refund.order)
    if refund.order.state != Order.State.REFUNDED:
        enrollments = enrollments.filter(order_line__in=refund.lines.all())
    _cancel(enrollments)


@handles(PaymentNeedsAttention, name="commerce.return_surplus")
def return_surplus(event: PaymentNeedsAttention) -> None:
    """Send back what was paid though the order was paid or over. What is merely too much, staff decide."""
    if event.kind != "surplus" or event.attempt_key is None:
        return
    attempt = PaymentAttempt.objects.filter(public_id=event.attempt_key, is_surplus=True).first()
    if attempt is not None:
        refund_surplus(attempt)


@handles(ChargebackOpened, name="commerce.suspend_disputed_access")
def suspend_access(event: ChargebackOpened) -> None:
    """Suspend access to what is disputed, while the bank decides, and remember what was suspended."""
    chargeback = _locked(event.chargeback_key)
    if chargeback is None or chargeback.attempt.is_surplus or chargeback.state != Chargeback.State.OPEN:
        return
    found = Enrollment.objects.filter(order_line__order=chargeback.order_id, state=State.ACTIVE)
    for pk in found.order_by("pk").values_list("pk", flat=True):
        enrollment = locked_enrollment(pk)
        if enrollment.state == State.ACTIVE and move_enrollment(enrollment, State.SUSPENDED):
            chargeback.suspended = [*chargeback.suspended, str(enrollment.public_id)]
    chargeback.save(update_fields=["suspended"])


@handles(ChargebackClosed, name="commerce.close_disputed_access")
def close_dispute(event: ChargebackClosed) -> None:
    """Give back what the dispute took, or end it for good."""
    chargeback = _locked(event.chargeback_key)
    if chargeback is None or chargeback.attempt.is_surplus:
        return
    if chargeback.state == Chargeback.State.LOST:
        _cancel(Enrollment.objects.filter(order_line__order=chargeback.order_id))
        return
    if Chargeback.objects.filter(order=chargeback.order_id, state=Chargeback.State.OPEN).exists():
        return  # another one still holds it
    found = Enrollment.objects.filter(public_id__in=chargeback.suspended, state=State.SUSPENDED)
    for pk in found.order_by("pk").values_list("pk", flat=True):
        enrollment = locked_enrollment(pk)
        if enrollment.state == State.SUSPENDED:
            move_enrollment(enrollment, State.ACTIVE)


def _locked(key: uuid.UUID) -> Chargeback | None:
    """The chargeback, locked: opening and closing may be handled at once, and the later one sees what the other did."""
    rows = Chargeback.objects.select_for_update(of=("self",), no_key=True).select_related("attempt")
    return rows.filter(public_id=key).first()


def _cancel(enrollments: "QuerySet[Enrollment]") -> None:
    rows = enrollments.filter(state__in=Enrollment.OPEN_STATES).order_by("pk").values_list("pk", flat=True)
    for pk in rows:
        enrollment = locked_enrollment(pk)
        if enrollment.state not in Enrollment.OPEN_STATES:
            continue
        other = line_that_covers(enrollment)
        if other is not None:
            enrollment.order_line = other
            enrollment.save(update_fields=["order_line"])
        else:
            move_enrollment(enrollment, State.CANCELLED)
