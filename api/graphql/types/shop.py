"""What is sold and how it is paid: offers, ways to pay, orders, payments with their next step, invoices, refunds."""

import uuid
from typing import Any

import graphene
from commerce.payments.reasons import failure_sentence
from django.urls import reverse

from api.graphql.connections import PageInfo
from api.graphql.context import context_of
from api.graphql.types.common import MoneyType, money
from commerce.methods import Method, method_name
from commerce.models import Invoice, Order, OrderLine, PaymentAttempt, Refund
from commerce.payments.next_steps import next_step
from commerce.pricing import Quote
from core.money import Money


def amount(minor: int | None, currency: str, info: Any) -> MoneyType | None:
    """An amount of a row's two columns."""
    return None if minor is None else money(Money(minor, currency), context_of(info).language)


class OfferKind(graphene.Enum):
    """What an offer sells."""

    COURSE = "course"
    PATH = "path"
    BUNDLE = "bundle"
    PLAN = "plan"


class OfferType(graphene.ObjectType):
    """Something that can be bought, with its price for the person who asks."""

    class Meta:
        name = "Offer"

    id = graphene.ID(required=True)
    kind = graphene.Field(OfferKind, required=True)
    title = graphene.String(required=True)
    price = graphene.Field(MoneyType, required=True, description="What is charged, before coupons.")
    list_price = graphene.Field(MoneyType, required=True, description="Without the discount in force.")
    discount_label = graphene.String(description="Null without a discount.")
    discount_ends_at = graphene.DateTime()
    is_pay_what_you_can = graphene.Boolean(required=True)
    minimum = graphene.Field(MoneyType, description="The least that may be chosen, where the buyer chooses.")

    @staticmethod
    def resolve_id(quote: Quote, info: Any) -> str:
        return str(quote.offer.public_id)

    @staticmethod
    def resolve_kind(quote: Quote, info: Any) -> str:
        return quote.offer.kind

    @staticmethod
    def resolve_title(quote: Quote, info: Any) -> str:
        return title_of(quote.offer, context_of(info).language)

    @staticmethod
    def resolve_price(quote: Quote, info: Any) -> MoneyType:
        return money(quote.price, context_of(info).language)

    @staticmethod
    def resolve_list_price(quote: Quote, info: Any) -> MoneyType:
        return money(quote.list_price, context_of(info).language)

    @staticmethod
    def resolve_discount_label(quote: Quote, info: Any) -> str | None:
        return quote.discount_label or None

    @staticmethod
    def resolve_is_pay_what_you_can(quote: Quote, info: Any) -> bool:
        return quote.suggested is not None

    @staticmethod
    def resolve_minimum(quote: Quote, info: Any) -> MoneyType | None:
        return money(quote.minimum, context_of(info).language) if quote.minimum else None


def title_of(offer: Any, language: str) -> str:
    """An offer's title in a language."""
    return str(offer.titles.get(language) or offer.title)


class PaymentMethodType(graphene.ObjectType):
    """A way to pay, or why it isn't one here."""

    class Meta:
        name = "PaymentMethod"

    provider = graphene.String(required=True, description="What `payOrder` takes.")
    name = graphene.String(required=True)
    flow = graphene.String(description="`push`, `redirect`, `manual` or `invoice`: what the customer will do.")
    needs_phone = graphene.Boolean(required=True)
    phone_hint = graphene.String(description="How a number of the country looks, where one is asked for.")
    is_available = graphene.Boolean(required=True)
    is_suggested = graphene.Boolean(required=True, description="Whether the phone number points to it.")
    reason = graphene.String(description="Stable name of why it isn't available.")
    message = graphene.String(description="The reason as a sentence.")

    @staticmethod
    def resolve_provider(method: Method, info: Any) -> str:
        return method.code

    @staticmethod
    def resolve_flow(method: Method, info: Any) -> str | None:
        return str(method.flow) if method.flow else None

    @staticmethod
    def resolve_phone_hint(method: Method, info: Any) -> str | None:
        return method.phone_hint or None

    @staticmethod
    def resolve_is_suggested(method: Method, info: Any) -> bool:
        return method.is_guess

    @staticmethod
    def resolve_reason(method: Method, info: Any) -> str | None:
        return method.reason or None

    @staticmethod
    def resolve_message(method: Method, info: Any) -> str | None:
        return method.message or None


class PushStep(graphene.ObjectType):
    """A prompt is on the phone; the customer confirms there."""

    expires_at = graphene.DateTime(required=True)
    dial = graphene.String(description="What to dial where the prompt doesn't show.")

    @staticmethod
    def resolve_dial(step: dict[str, Any], info: Any) -> str | None:
        return step.get("dial") or None


class RedirectStep(graphene.ObjectType):
    """Open this page; it comes back to the `returnUrl` of the school's website."""

    url = graphene.String(required=True)


class InstructionLine(graphene.ObjectType):
    """One line of what to transfer where, exactly as it is to be typed."""

    code = graphene.String(required=True)
    label = graphene.String(required=True)
    value = graphene.String(required=True)


class InstructionsStep(graphene.ObjectType):
    """Make a transfer by yourself, with the reference."""

    lines = graphene.List(graphene.NonNull(InstructionLine), required=True)
    reference = graphene.String(required=True)
    expires_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_lines(step: dict[str, Any], info: Any) -> list[InstructionLine]:
        return [InstructionLine(code=code, label=label, value=value) for code, label, value in step["lines"]]


class PaymentUri(graphene.ObjectType):
    """An address to pay; make a QR code of `uri`."""

    method = graphene.String(required=True)
    uri = graphene.String(required=True)
    address = graphene.String(required=True)
    amount = graphene.String(required=True)


class UriStep(graphene.ObjectType):
    """Pay one of these addresses."""

    uris = graphene.List(graphene.NonNull(PaymentUri), required=True)
    page = graphene.String(description="The provider's own page, where it has one.")
    expires_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_uris(step: dict[str, Any], info: Any) -> list[PaymentUri]:
        return [PaymentUri(**uri) for uri in step["uris"]]

    @staticmethod
    def resolve_page(step: dict[str, Any], info: Any) -> str | None:
        return step.get("page") or None


_STEPS = {"push": PushStep, "redirect": RedirectStep, "instructions": InstructionsStep, "uris": UriStep}


class NextStep(graphene.Union):
    """What the customer does next."""

    class Meta:
        types = (PushStep, RedirectStep, InstructionsStep, UriStep)

    @classmethod
    def resolve_type(cls, instance: dict[str, Any], info: Any) -> Any:
        return _STEPS[instance["kind"]]


class PaymentState(graphene.Enum):
    """Where an attempt to pay stands."""

    CREATED = "created"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    AWAITING_CUSTOMER = "awaiting_customer"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    SUCCEEDED = "succeeded"
    MISMATCH = "mismatch"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    REVERSED = "reversed"


class PaymentType(graphene.ObjectType):
    """One attempt to pay an order."""

    class Meta:
        name = "Payment"

    id = graphene.ID(required=True)
    provider = graphene.String(required=True)
    method_name = graphene.String(required=True, description="What people call this way to pay.")
    state = graphene.Field(PaymentState, required=True)
    amount = graphene.Field(MoneyType, required=True)
    next_step = graphene.Field(NextStep, description="Null once there is nothing to do.")
    reason = graphene.String(description="Stable name of why it failed.")
    message = graphene.String(description="Why it failed, and what to do, as a sentence.")
    created_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_id(attempt: PaymentAttempt, info: Any) -> str:
        return str(attempt.public_id)

    @staticmethod
    def resolve_method_name(attempt: PaymentAttempt, info: Any) -> str:
        return method_name(attempt.provider)

    @staticmethod
    def resolve_amount(attempt: PaymentAttempt, info: Any) -> MoneyType | None:
        return amount(attempt.amount_minor, attempt.currency, info)

    @staticmethod
    def resolve_next_step(attempt: PaymentAttempt, info: Any) -> dict[str, Any] | None:
        step = next_step(attempt)
        return None if step["kind"] == "none" else step

    @staticmethod
    def resolve_reason(attempt: PaymentAttempt, info: Any) -> str | None:
        return attempt.reason or None

    @staticmethod
    def resolve_message(attempt: PaymentAttempt, info: Any) -> str | None:
        state = PaymentAttempt.State
        has_ended_badly = attempt.state in (state.FAILED, state.CANCELED, state.EXPIRED, state.MISMATCH)
        return failure_sentence(attempt) if has_ended_badly else None


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
    answer = graphene.String(description="What the school says to a request.")
    created_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_id(refund: Refund, info: Any) -> str:
        return str(refund.public_id)

    @staticmethod
    def resolve_amount(refund: Refund, info: Any) -> MoneyType | None:
        return amount(refund.amount_minor, refund.currency, info)

    @staticmethod
    def resolve_answer(refund: Refund, info: Any) -> str | None:
        return refund.answer or None


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


def order_of(key: uuid.UUID) -> Order:
    """An order again, as it is now, with what its fields need."""
    return order_rows(Order.objects.filter(public_id=key)).get()
