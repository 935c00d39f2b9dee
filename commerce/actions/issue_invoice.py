"""Write the invoice of a paid order."""

from typing import Any

from django.db import transaction

from commerce.events import InvoiceIssued
from commerce.invoices import facts_of_order, locked_series, next_number, series_of, today
from commerce.models import Invoice, Order, Refund
from core import outbox
from core.money import Money

__all__ = ["issue_invoice", "write_document"]


def issue_invoice(order: Order) -> Invoice | None:
    """Write the invoice of a paid order with the next number; asked again, return the one that exists.

    None for an order of nothing owed, and for one that nobody has paid. Internal: called when an order is paid.
    """
    if not order.total_minor or order.paid_at is None:
        return None
    found = _existing(order)
    if found is not None:
        return found
    with transaction.atomic():
        day = today()
        series = locked_series(series_of(Invoice.Kind.INVOICE, day))
        # Whoever wrote one in the meantime has let go of the series only now.
        found = _existing(order)
        if found is not None:
            return found
        number = next_number(series)
        return write_document(Invoice.Kind.INVOICE, order, series.code, number, facts_of_order(order, day))


def write_document(
    kind: str, order: Order, series: str, number: tuple[int, str], facts: dict[str, Any], refund: Refund | None = None
) -> Invoice:
    """Store a document under a number just taken, and publish it."""
    document = Invoice.objects.create(
        kind=kind,
        series=series,
        serial=number[0],
        number=number[1],
        order=order,
        refund=refund,
        language=order.language,
        currency=order.currency,
        total_minor=facts["total"],
        tax_minor=facts["tax"],
        facts=facts,
    )
    outbox.publish(
        InvoiceIssued(
            order_key=order.public_id,
            learner_key=order.learner.public_id,
            order_number=order.number,
            amount=Money(document.total_minor, document.currency),
            titles=tuple(row["title"] for row in facts["lines"]),
            language=order.language,
            number=document.number,
            kind=str(document.kind),
        )
    )
    return document


def _existing(order: Order) -> Invoice | None:
    return Invoice.objects.filter(order=order, kind=Invoice.Kind.INVOICE).first()
