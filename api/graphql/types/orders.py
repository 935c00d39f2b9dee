"""Orders with their lines, invoices, refunds, and what can still be given back."""

import uuid
from typing import Any

import graphene
from django.urls import reverse

from api.graphql.connections import PageInfo
from api.graphql.context import context_of
from api.graphql.types.common import MoneyType, amount, money
from api.graphql.types.offers import OfferKind
from api.graphql.types.payments import PaymentType
from commerce.models import Invoice, Order, OrderLine, PaymentAttempt, Refund
from commerce.refunds import Refundable


class OrderState(graphene.Enum):
    """Where an order stands."""

    PLACED = "placed"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class OrderLineType(graphene.ObjectType):
    """One offer in an order, with its amounts as they were."""

    class Meta:
        name = "OrderLine"

    id = graphene.ID(required=True)
    kind = graphene.Field(OfferKind, required=True)
    title = graphene.String(required=True)
    price = graphene.Field(MoneyType, required=True)
    discount = graphene.Field(MoneyType, required=True)
    amount = graphene.Field(MoneyType, required=True, description="What is owed for it, tax included.")
    recipient_email = graphene.String(description="Of a gift.")

    @staticmethod
    def resolve_id(line: OrderLine, info: Any) -> str:
        return str(line.public_id)

    @staticmethod
    def resolve_kind(line: OrderLine, info: Any) -> str:
        return str(line.kind)

    @staticmethod
    def resolve_price(line: OrderLine, info: Any) -> MoneyType | None:
        return amount(line.price_minor, line.order.currency, info)

    @staticmethod
    def resolve_discount(line: OrderLine, info: Any) -> MoneyType | None:
        return amount(line.discount_minor, line.order.currency, info)

    @staticmethod
    def resolve_amount(line: OrderLine, info: Any) -> MoneyType | None:
        return amount(line.amount_minor, line.order.currency, info)

    @staticmethod
    def resolve_recipient_email(line: OrderLine, info: Any) -> str | None:
        return line.recipient_email or None


class InvoiceType(graphene.ObjectType):
    """An invoice, or the credit note of a refund."""

    class Meta:
        name = "Invoice"

    number = graphene.String(required=True)
    is_credit_note = graphene.Boolean(required=True)
    total = graphene.Field(MoneyType, required=True)
    issued_at = graphene.DateTime(required=True)
    pdf_url = graphene.String(required=True, description="For the person whose invoice it is.")

    @staticmethod
    def resolve_is_credit_note(invoice: Invoice, info: Any) -> bool:
        return invoice.kind == Invoice.Kind.CREDIT_NOTE

    @staticmethod
    def resolve_total(invoice: Invoice, info: Any) -> MoneyType | None:
        return amount(invoice.total_minor, invoice.currency, info)

    @staticmethod
    def resolve_pdf_url(invoice: Invoice, info: Any) -> str | None:
        return context_of(info).url(reverse("invoice_pdf", args=[invoice.public_id]))


class RefundState(graphene.Enum):
    """Where a refund stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"


class RefundType(graphene.ObjectType):
    """Money that goes back."""

    class Meta:
        name = "Refund"

    id = graphene.ID(required=True)
    state = graphene.Field(RefundState, required=True)
    amount = graphene.Field(MoneyType, required=True)
    is_surplus = graphene.Boolean(required=True, description="Of what was paid twice or too much.")
    reply = graphene.String(description="What the school says to a request.")
    created_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_id(refund: Refund, info: Any) -> str:
        return str(refund.public_id)

    @staticmethod
    def resolve_state(refund: Refund, info: Any) -> str:
        return str(refund.state)

    @staticmethod
    def resolve_amount(refund: Refund, info: Any) -> MoneyType | None:
        return amount(refund.amount_minor, refund.currency, info)

    @staticmethod
    def resolve_reply(refund: Refund, info: Any) -> str | None:
        return refund.answer or None


class RefundableType(graphene.ObjectType):
    """What can be given back of an order."""

    class Meta:
        name = "Refundable"

    amount = graphene.Field(MoneyType, required=True, description="At most so much; nothing where nothing can be.")
    until = graphene.DateTime(description="Until then it is approved at once; later people decide.")
    is_self_service = graphene.Boolean(required=True, description="Whether `requestRefund` is approved at once now.")
    why_not = graphene.String(
        description="Stable name of why it isn't: `not_paid`, `nothing_left`, `disputed`, `window_over`, "
        "`certificate`, `gift_taken`. With an amount it can be asked for all the same, and people decide."
    )

    @staticmethod
    def resolve_amount(found: Refundable, info: Any) -> MoneyType:
        return money(found.amount, context_of(info).language)

    @staticmethod
    def resolve_why_not(found: Refundable, info: Any) -> str | None:
        return found.why_not or None


class OrderType(graphene.ObjectType):
    """What somebody bought or is about to, with frozen amounts."""

    class Meta:
        name = "Order"

    id = graphene.ID(required=True)
    number = graphene.String(required=True, description="For people.")
    state = graphene.Field(OrderState, required=True)
    is_granted = graphene.Boolean(required=True, description="Whether everything that was bought is given by now.")
    lines = graphene.List(graphene.NonNull(OrderLineType), required=True)
    subtotal = graphene.Field(MoneyType, required=True)
    discount = graphene.Field(MoneyType, required=True)
    tax = graphene.Field(MoneyType, required=True)
    tax_name = graphene.String(description="Null where no tax is owed.")
    total = graphene.Field(MoneyType, required=True)
    payments = graphene.List(graphene.NonNull(PaymentType), required=True, description="Attempts, newest first.")
    invoices = graphene.List(graphene.NonNull(InvoiceType), required=True)
    refunds = graphene.List(graphene.NonNull(RefundType), required=True)
    placed_at = graphene.DateTime(required=True)
    expires_at = graphene.DateTime(description="Until when it can be paid.")
    paid_at = graphene.DateTime()

    @staticmethod
    def resolve_id(order: Order, info: Any) -> str:
        return str(order.public_id)

    @staticmethod
    def resolve_state(order: Order, info: Any) -> str:
        return str(order.state)

    @staticmethod
    def resolve_is_granted(order: Order, info: Any) -> bool:
        fulfilment = getattr(order, "fulfilment", None)
        return bool(fulfilment and fulfilment.granted_at)

    @staticmethod
    def resolve_lines(order: Order, info: Any) -> list[OrderLine]:
        return list(order.lines.all())

    @staticmethod
    def resolve_subtotal(order: Order, info: Any) -> MoneyType | None:
        return amount(order.subtotal_minor, order.currency, info)

    @staticmethod
    def resolve_discount(order: Order, info: Any) -> MoneyType | None:
        return amount(order.discount_minor, order.currency, info)

    @staticmethod
    def resolve_tax(order: Order, info: Any) -> MoneyType | None:
        return amount(order.tax_minor, order.currency, info)

    @staticmethod
    def resolve_tax_name(order: Order, info: Any) -> str | None:
        return order.tax.get("name")

    @staticmethod
    def resolve_total(order: Order, info: Any) -> MoneyType | None:
        return amount(order.total_minor, order.currency, info)

    @staticmethod
    def resolve_payments(order: Order, info: Any) -> list[PaymentAttempt]:
        return list(order.attempts.all())

    @staticmethod
    def resolve_invoices(order: Order, info: Any) -> list[Invoice]:
        return list(order.invoices.all())

    @staticmethod
    def resolve_refunds(order: Order, info: Any) -> list[Refund]:
        return list(order.refunds.all())


class OrderEdge(graphene.ObjectType):
    """An order in a list."""

    node = graphene.Field(OrderType, required=True)
    cursor = graphene.String(required=True)


class OrderConnection(graphene.ObjectType):
    """A page of orders, newest first."""

    edges = graphene.List(graphene.NonNull(OrderEdge), required=True)
    page_info = graphene.Field(PageInfo, required=True)
    total_count = graphene.Int(required=True)

    @staticmethod
    def resolve_total_count(connection: dict[str, Any], info: Any) -> int:
        return connection["total"]()


def order_rows(rows: Any) -> Any:
    """Orders with everything that their fields may ask for: a fixed number of queries."""
    return rows.select_related("fulfilment").prefetch_related("lines__order", "attempts", "invoices", "refunds")


def order_again(key: uuid.UUID) -> Order:
    """An order again, as it is now, with what its fields need."""
    return order_rows(Order.objects.filter(public_id=key)).get()
