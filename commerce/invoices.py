"""Invoices and credit notes: their numbers, their facts, their PDF.

A number is a series (``INV-2026``, ``CN-2026``) and a serial without gaps. The series' row is locked in the transaction
that writes the document, so a transaction that comes to nothing takes its number back with it. Facts are frozen when
the document is written; the PDF is drawn from them alone, and always the same.
"""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, override
from PIL import ImageFile

from accounts.choices import country_name
from commerce.models import Invoice, NumberSeries, Order, PaymentAttempt, Refund
from commerce.provider_names import provider_name
from core import clock, formats
from core.money import Money, allocate

__all__ = [
    "credited_tax",
    "facts_of_order",
    "facts_of_refund",
    "invoice_file_name",
    "invoices_of",
    "locked_series",
    "next_number",
    "pdf_of",
    "render_html",
    "series_of",
    "tax_of_refund",
    "today",
]

#: How numbers of each kind begin.
PREFIXES = {Invoice.Kind.INVOICE: "INV", Invoice.Kind.CREDIT_NOTE: "CN"}
#: Digits of a serial; a longer one simply is longer.
SERIAL_DIGITS = 6


def invoices_of(user: Any) -> "QuerySet[Invoice]":
    """Invoices and credit notes of what ``user`` bought, newest first."""
    return Invoice.objects.filter(order__learner=user).select_related("order")


def today() -> date:
    """The day that a document is dated: the school's, not the visitor's."""
    return formats.local_date(clock.now(), ZoneInfo(settings.TIME_ZONE))


def series_of(kind: str, day: date) -> str:
    """Return the series of a document: ``INV-2026``."""
    return f"{PREFIXES[Invoice.Kind(kind)]}-{day.year}"


def locked_series(code: str) -> NumberSeries:
    """Return a series, locked until the transaction ends: who has it decides which document is the next.

    Raises:
        RuntimeError: no transaction is open, so that a gap could come about.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Take a number inside transaction.atomic().")
    NumberSeries.objects.get_or_create(code=code)
    return NumberSeries.objects.select_for_update(of=("self",), no_key=True).get(code=code)


def next_number(series: NumberSeries) -> tuple[int, str]:
    """Take the next number of a locked series: the serial, and how it is written."""
    series.last_number += 1
    series.save(update_fields=["last_number"])
    return series.last_number, f"{series.code}-{series.last_number:0{SERIAL_DIGITS}d}"


# Facts


def facts_of_order(order: Order, day: date) -> dict[str, Any]:
    """What is printed on the invoice of a paid order; amounts are minor units of the order's currency."""
    lines = [
        {
            "title": line.title,
            "price": line.price_minor,
            "discount": line.discount_minor,
            "tax": line.tax_minor,
            "amount": line.amount_minor,
            "gift_for": line.recipient_email,
        }
        for line in order.lines.order_by("pk")
    ]
    accepted = PaymentAttempt.objects.filter(accepted_for__order=order).first()
    return {
        **_parties(order),
        "dated": day.isoformat(),
        "lines": lines,
        "subtotal": order.subtotal_minor,
        "discount": order.discount_minor,
        "tax": order.tax_minor,
        "tax_rate": dict(order.tax),
        "total": order.total_minor,
        "order": order.number,
        "paid": _how(accepted, order),
    }


def facts_of_refund(refund: Refund, invoice: Invoice, day: date) -> dict[str, Any]:
    """What is printed on the credit note of a refund: the lines it is for, with negative amounts that add up to it.

    A refund of part of a line's price is spread over its lines by what was paid for each.
    """
    order, amount = refund.order, Money(refund.amount_minor, refund.currency)
    lines = [line for line in refund.lines.order_by("pk") if line.amount_minor]
    if sum(line.amount_minor for line in lines) < amount.minor:
        # An amount only, or more than the lines whose access ends: then it is for the order as a whole.
        lines = [line for line in order.lines.order_by("pk") if line.amount_minor]
    parts = allocate(-amount, [line.amount_minor for line in lines])
    tax = tax_of_refund(order, amount)
    return {
        **_parties(order),
        "dated": day.isoformat(),
        "lines": [
            {"title": line.title, "amount": part.minor, "gift_for": line.recipient_email}
            for line, part in zip(lines, parts, strict=True)
            if part.minor
        ],
        "tax": -tax.minor,
        "tax_rate": dict(order.tax),
        "total": -amount.minor,
        "order": order.number,
        "invoice": invoice.number,
        "invoice_dated": invoice.facts["dated"],
        "paid": _how(refund.attempt, order)
        | {"receipt": refund.receipt or refund.provider_ref, "by_hand": refund.is_by_hand},
    }


def credited_tax(order: Order) -> int:
    """Tax that credit notes of an order have taken back so far, in minor units."""
    notes = Invoice.objects.filter(order=order, kind=Invoice.Kind.CREDIT_NOTE)
    return -(notes.aggregate(all=Sum("tax_minor"))["all"] or 0)


def tax_of_refund(order: Order, amount: Money) -> Money:
    """The tax in ``amount``, which is about to be credited.

    By what is credited in all, so that the parts of several refunds add up to the order's tax to the last unit.
    """
    notes = Invoice.objects.filter(order=order, kind=Invoice.Kind.CREDIT_NOTE)
    before = -(notes.aggregate(all=Sum("total_minor"))["all"] or 0)
    credited = min(before + amount.minor, order.total_minor)
    # Half up, in whole numbers.
    tax = (2 * order.tax_minor * credited + order.total_minor) // (2 * order.total_minor)
    return Money(tax - credited_tax(order), order.currency)


def _parties(order: Order) -> dict[str, Any]:
    buyer = {name: str(value) for name, value in order.billing.items() if value not in (None, "")}
    return {
        "seller": {
            "name": settings.SELLER_NAME,
            "address": settings.SELLER_ADDRESS,
            "tax_number": settings.SELLER_TAX_NUMBER,
        },
        "buyer": {
            "name": order.learner.get_full_name(),
            "country": order.country,
            **buyer,
            "email": order.learner.email,
        },
    }


def _how(attempt: PaymentAttempt | None, order: Order) -> dict[str, Any]:
    if attempt is None:
        return {}
    zone = ZoneInfo(settings.TIME_ZONE)
    on = attempt.succeeded_at or order.paid_at
    return {
        "provider": attempt.provider,
        "receipt": attempt.receipt or attempt.provider_ref or "",
        "on": formats.local_date(on, zone).isoformat() if on else "",
    }


# The document


def invoice_file_name(invoice: Invoice) -> str:
    """Return what the file is called when somebody saves it."""
    return f"{invoice.number}.pdf"


def pdf_of(invoice: Invoice) -> bytes:
    """Return the PDF of a document, tagged for screen readers; the same bytes whenever it is asked for."""
    from weasyprint import HTML  # its native libraries cost half a second, which no other request should pay

    # WeasyPrint tells Pillow, for the whole process, to accept pictures that end too early. Uploads must not.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    page = HTML(string=render_html(invoice), url_fetcher=_fetch_nothing)
    return page.write_pdf(pdf_tags=True, pdf_identifier=str(invoice.public_id).encode())


def render_html(invoice: Invoice) -> str:
    """Return the page that becomes the PDF, in the document's own language."""
    with override(invoice.language):
        return render_to_string("commerce/invoice.html", _context(invoice))


def _context(invoice: Invoice) -> dict[str, Any]:
    facts, currency = invoice.facts, invoice.currency

    def shown(name: str, row: dict[str, Any] = facts) -> Money:
        return Money(int(row.get(name) or 0), currency)

    is_rtl = get_language_bidi()
    seller, buyer = facts.get("seller") or {}, facts.get("buyer") or {}
    rate = facts.get("tax_rate") or {}
    paid = facts.get("paid") or {}
    return {
        "invoice": invoice,
        "is_credit_note": invoice.kind == Invoice.Kind.CREDIT_NOTE,
        "language": invoice.language,
        "direction": "rtl" if is_rtl else "ltr",
        "number": _left_to_right(invoice.number, is_rtl),
        "order": _left_to_right(facts.get("order", ""), is_rtl),
        "reverses": _left_to_right(facts.get("invoice", ""), is_rtl),
        "reverses_dated": _day(facts.get("invoice_dated")),
        "dated": _day(facts.get("dated")),
        "seller": seller,
        "seller_address": _lines(seller.get("address", ""), is_rtl),
        "buyer": buyer,
        "buyer_address": _lines(buyer.get("address", ""), is_rtl),
        "buyer_country": country_name(buyer.get("country", "")),
        "lines": [
            {
                "title": row.get("title", ""),
                "gift_for": row.get("gift_for", ""),
                **{name: shown(name, row) for name in ("price", "discount", "tax", "amount")},
            }
            for row in facts.get("lines") or []
        ],
        "subtotal": shown("subtotal"),
        "discount": shown("discount"),
        "minus_discount": -shown("discount"),
        "tax": shown("tax"),
        "tax_name": rate.get("name", ""),
        "tax_percent": _left_to_right(_percent(rate.get("percent")), is_rtl),
        "tax_is_inclusive": bool(rate.get("is_inclusive", True)),
        "total": shown("total"),
        "provider": provider_name(paid["provider"]) if paid.get("provider") else "",
        "by_hand": bool(paid.get("by_hand")),
        "paid_on": _day(paid.get("on")),
        "receipt": _left_to_right(paid.get("receipt", ""), is_rtl),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _percent(text: object) -> str:
    """Per cent as people write them: ``19.25 %``; empty where there are none."""
    try:
        exact = Decimal(str(text))
    except InvalidOperation:
        return ""
    return f"{formats.number(exact)}\u00a0%"


def _left_to_right(text: str, is_rtl: bool) -> str:
    """Isolate a text for Pango, which reads control characters where WeasyPrint passes over ``dir`` and ``bdi``."""
    return f"\u2066{text}\u2069" if text and is_rtl else text


def _lines(text: str, is_rtl: bool) -> list[str]:
    """Lines of an address, each with its own direction, for which Pango wants a first-strong isolate."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [f"\u2068{line}\u2069" for line in lines] if is_rtl else lines


def _fetch_nothing(url: str, *args: Any, **kwargs: Any) -> NoReturn:
    raise ValueError("an invoice refers to nothing outside itself")
