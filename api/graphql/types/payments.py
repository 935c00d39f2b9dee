"""How an order is paid: ways to pay, attempts to pay with what the customer does next."""

from typing import Any

import graphene

from api.graphql.types.common import MoneyType, amount
from commerce.methods import Method, method_name
from commerce.models import PaymentAttempt
from commerce.payments.next_steps import next_step
from commerce.payments.reasons import failure_sentence


class PaymentFlow(graphene.Enum):
    """What the customer will do."""

    PUSH = "push"
    REDIRECT = "redirect"
    MANUAL = "manual"
    INVOICE = "invoice"


class PaymentMethodType(graphene.ObjectType):
    """A way to pay, or why it isn't one here."""

    class Meta:
        name = "PaymentMethod"

    provider = graphene.String(required=True, description="What `payOrder` takes.")
    name = graphene.String(required=True)
    flow = graphene.Field(
        PaymentFlow,
        description="Confirm on the phone, pay on the provider's page, transfer by oneself, or pay an address; null "
        "where the school hasn't set this way up.",
    )
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
    def resolve_state(attempt: PaymentAttempt, info: Any) -> str:
        return str(attempt.state)

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
