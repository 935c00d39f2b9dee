"""Write the credit note of a refund."""

from django.db import transaction

from commerce.actions.issue_invoice import issue_invoice, write_document
from commerce.invoices import facts_of_refund, locked_series, next_number, series_of, today
from commerce.models import Invoice, Refund

__all__ = ["issue_credit_note"]


def issue_credit_note(refund: Refund) -> Invoice | None:
    """Write the credit note of money that was given back; asked again, return the one that exists.

    None for a refund that did not succeed, and for what was paid twice or too much: no invoice ever said that money.
    One that took the place of a refund which came back from the bank has that one's note: it is the same money.
    Internal: called when a refund has succeeded.
    """
    if refund.is_surplus or refund.state != Refund.State.SUCCEEDED:
        return None
    found = _existing(refund)
    if found is not None:
        return found
    with transaction.atomic():
        # Events overtake each other: the order's invoice comes first, whoever is faster.
        invoice = issue_invoice(refund.order)
        if invoice is None:
            return None
        day = today()
        series = locked_series(series_of(Invoice.Kind.CREDIT_NOTE, day))
        found = _existing(refund)
        if found is not None:
            return found
        number = next_number(series)
        facts = facts_of_refund(refund, invoice, day)
        return write_document(Invoice.Kind.CREDIT_NOTE, refund.order, series.code, number, facts, refund)


def _existing(refund: Refund) -> Invoice | None:
    """The note of a refund, or of the one it repeats (``data["again"]`` of that names it), however often."""
    seen: Refund | None = refund
    while seen is not None:
        note = Invoice.objects.filter(refund=seen).first()
        if note is not None:
            return note
        seen = Refund.objects.filter(order=refund.order_id, data__again=str(seen.public_id)).first()
    return None
