"""Invoices follow payments, credit notes follow refunds."""

from commerce.actions.issue_credit_note import issue_credit_note
from commerce.actions.issue_invoice import issue_invoice
from commerce.events import OrderPaid, RefundSucceeded
from commerce.models import Order, Refund
from core.outbox import handles

__all__ = ["credit", "invoice"]


@handles(OrderPaid, name="commerce.issue_invoice")
def invoice(event: OrderPaid) -> None:
    """Write the invoice, if anything was owed."""
    order = Order.objects.select_related("learner").filter(public_id=event.order_key).first()
    if order is not None:
        issue_invoice(order)


@handles(RefundSucceeded, name="commerce.issue_credit_note")
def credit(event: RefundSucceeded) -> None:
    """Write the credit note, if an invoice said the money."""
    found = Refund.objects.select_related("order__learner", "attempt").filter(public_id=event.refund_key).first()
    if found is not None:
        issue_credit_note(found)
