"""What every payment provider looks like to the rest of the house: one interface, declared abilities, typed failures.

An adapter is one file beside this one. It speaks to its provider and knows nothing of orders, learners or tables: it
never touches the database. What it needs to remember (tokens of a page, a provider's reference) travels in
:attr:`Attempt.data`, which its caller stores *before* and after each call.

Three rules that keep people from paying twice:

- ``initiate``, ``refund`` and ``payout`` get an id that was stored before; it is the provider's idempotency handle.
- A call that ended without a conclusive answer raises :class:`Unknown` and is never sent again under another id:
  ``fetch_status`` of the same id finds out.
- Webhooks are hints. Only what ``fetch_status`` says, amount and currency included, may settle anything.
"""

import abc
import hmac
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from core.money import Money

__all__ = [
    "Attempt",
    "Capabilities",
    "Customer",
    "Declined",
    "Flow",
    "Initiated",
    "InvalidSignature",
    "Limits",
    "NextStep",
    "PaymentProvider",
    "Payout",
    "ProviderError",
    "ProviderEvent",
    "ProviderState",
    "ProviderStatus",
    "ProviderTransaction",
    "PushSent",
    "Redirect",
    "Refund",
    "RefundKind",
    "Retryable",
    "ShowInstructions",
    "ShowUri",
    "Unknown",
    "Unsupported",
    "Webhooks",
]


class Flow(StrEnum):
    """What the customer does."""

    PUSH = "push"  #: confirms on the phone
    REDIRECT = "redirect"  #: goes to the provider's page and comes back
    MANUAL = "manual"  #: transfers by themselves, following instructions
    INVOICE = "invoice"  #: pays an address or a code


class RefundKind(StrEnum):
    """How much of a payment the provider gives back."""

    NONE = "none"
    FULL = "full"
    PARTIAL = "partial"


class Webhooks(StrEnum):
    """How the provider tells us."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    NONE = "none"


class ProviderState(StrEnum):
    """Where a payment, refund or payout stands with its provider."""

    AWAITING_CUSTOMER = "awaiting_customer"
    PENDING = "pending"
    AUTHORIZED = "authorized"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"
    #: The provider never heard of it: sending the same id again is safe.
    NOT_FOUND = "not_found"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"
    DISPUTED = "disputed"
    REVERSED = "reversed"


@dataclass(frozen=True)
class Limits:
    """What a rail can carry in one currency, in minor units."""

    smallest: int = 1
    largest: int | None = None
    step: int = 1  #: amounts are multiples of it

    def refusal(self, amount: Money) -> str:
        """Why ``amount`` can't be sent: ``too_small``, ``too_large``, ``not_a_step``; empty when it can."""
        if amount.minor < self.smallest:
            return "too_small"
        if self.largest is not None and amount.minor > self.largest:
            return "too_large"
        return "not_a_step" if amount.minor % self.step else ""


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do; decides which methods a customer is offered.

    Attributes:
        limits: by currency (ISO 4217).
        countries: ISO 3166 codes of the customer's wallet or account; empty for everywhere.
        needs_phone: the customer gives a phone number before.
    """

    limits: Mapping[str, Limits]
    flow: Flow
    countries: frozenset[str] = frozenset()
    refunds: RefundKind = RefundKind.NONE
    payouts: bool = False
    recurring: bool = False
    webhooks: Webhooks = Webhooks.NONE
    needs_phone: bool = False

    def refusal(self, amount: Money) -> str:
        """Why ``amount`` can't be sent: ``unsupported_currency``, or what :meth:`Limits.refusal` says, or nothing."""
        limits = self.limits.get(amount.currency)
        return limits.refusal(amount) if limits else "unsupported_currency"

    def require(self, amount: Money) -> None:
        """Go on only if ``amount`` can be sent.

        Raises:
            Declined: it can't; nothing was sent.
        """
        if refusal := self.refusal(amount):
            raise Declined(refusal, str(amount))


@dataclass(frozen=True)
class Customer:
    """Who pays, as far as providers ask. ``phone`` is E.164 (``+237…``) or empty; ``country`` ISO 3166."""

    email: str
    name: str = ""
    phone: str = ""
    country: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Attempt:
    """One try to pay, as stored before anything was sent.

    Attributes:
        id: stored first; the provider's idempotency handle.
        order_number: short, for people; printable ASCII.
        provider_ref: the provider's name for it, once known.
        data: what the adapter asked to remember.
    """

    id: uuid.UUID
    order_number: str
    amount: Money
    created_at: datetime
    description: str = ""
    provider_ref: str = ""
    phone: str = ""
    country: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refund:
    """Money to give back for ``attempt``; ``id`` is stored before."""

    id: uuid.UUID
    attempt: Attempt
    amount: Money
    reason: str = ""
    receipt: str = ""  #: of the payment, as its provider named it
    provider_ref: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Payout:
    """Money to send to somebody; ``id`` is stored before. ``phone`` E.164, or ``account`` for banks."""

    id: uuid.UUID
    amount: Money
    created_at: datetime
    phone: str = ""
    country: str = ""
    name: str = ""
    account: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    provider_ref: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Redirect:
    """Send the customer there."""

    url: str


@dataclass(frozen=True)
class PushSent:
    """A prompt is on the customer's phone until ``expires_at``. ``dial``: what to dial where it doesn't show."""

    expires_at: datetime
    dial: str = ""


@dataclass(frozen=True)
class ShowInstructions:
    """Show the customer what to transfer where: label (a stable code) and value, in order."""

    lines: tuple[tuple[str, str], ...]
    reference: str
    expires_at: datetime


@dataclass(frozen=True)
class ShowUri:
    """Show addresses to pay, each as text, link and QR code: (method, uri, address, amount as text)."""

    uris: tuple[tuple[str, str, str, str], ...]
    expires_at: datetime
    page: str = ""  #: the provider's own page


NextStep = Redirect | PushSent | ShowInstructions | ShowUri


@dataclass(frozen=True)
class Initiated:
    """A payment was taken up. ``data`` is to be stored with the attempt and comes back in :attr:`Attempt.data`."""

    provider_ref: str
    next: NextStep
    state: ProviderState = ProviderState.AWAITING_CUSTOMER
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ProviderStatus:
    """What the provider's own API says now.

    Attributes:
        amount: what was really paid (or is to be), as the provider names it; None where it names none.
        fee: what the provider keeps, if it says so.
        reason: stable code of ours: ``refused_by_customer``, ``insufficient_funds``, ``limit_reached``,
            ``no_such_account``, ``not_confirmed_in_time``, ``provider_trouble``, ``our_configuration``, ``declined`` …
        raw: the answer, with secrets masked.
    """

    state: ProviderState
    provider_ref: str = ""
    receipt: str = ""
    amount: Money | None = None
    fee: Money | None = None
    reason: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ProviderEvent:
    """Something a webhook hints at. ``key`` is unique per provider and happening; one of ref and id names the thing.

    Where a provider names nothing of ours (Orange's Web Payment), the address that was called does, and ``proof`` holds
    what the message carries to show that it is genuine: entries that must equal those of :attr:`Attempt.data`.
    ``data`` is to be stored with the attempt, refund or payout before it is asked about: some providers tell receipt
    and amount in the message only. ``attempt_id`` is the id of what ``kind`` says.
    """

    key: str
    provider_ref: str = ""
    attempt_id: uuid.UUID | None = None
    hint: ProviderState | None = None
    kind: str = "payment"  #: or ``refund``, ``payout``, ``dispute``, ``billing`` (a subscription of the provider's)
    raw: Mapping[str, Any] = field(default_factory=dict)
    proof: Mapping[str, str] = field(default_factory=dict, repr=False)
    data: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, attempt: Attempt) -> bool:
        """Whether the tokens in the message are those that were kept for ``attempt``; compared in constant time."""
        return all(
            bool(token) and hmac.compare_digest(str(attempt.data.get(name, "")).encode(), token.encode())
            for name, token in self.proof.items()
        )


@dataclass(frozen=True)
class ProviderTransaction:
    """A line of the provider's own list, for reconciliation."""

    provider_ref: str
    amount: Money
    state: ProviderState
    happened_at: datetime
    our_id: str = ""
    fee: Money | None = None


class ProviderError(Exception):
    """A call that did not do what was asked. ``reason`` as in :attr:`ProviderStatus.reason`; ``raw`` is masked."""

    def __init__(self, reason: str, detail: str = "", raw: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.raw = dict(raw or {})


class Declined(ProviderError):
    """Conclusively refused: nothing was or will be paid under this id."""


class Retryable(ProviderError):
    """Certainly not accepted (no connection, throttled, 503 before anything): the same id may be sent again."""


class Unknown(ProviderError):
    """Nobody can say whether it was accepted: a time-out after sending, 5xx, HTML. Ask by the same id, never resend."""


class Unsupported(ProviderError):
    """The provider can't do this at all."""


class InvalidSignature(ProviderError):
    """A webhook whose signature or token doesn't fit."""


class PaymentProvider(abc.ABC):
    """One way to pay. Stateless apart from cached tokens; safe to use from several threads."""

    code: ClassVar[str]
    capabilities: Capabilities

    def prepare(self, thing: Attempt | Refund | Payout) -> Mapping[str, Any]:
        """What must be in ``thing.data``, stored, before ``initiate``, ``refund`` or ``payout`` is called.

        For providers that hand out the idempotency handle themselves (Orange Cameroun's pay token). Moves no money and
        shows the customer nothing, so it may be repeated; what is there already stays.

        Raises:
            Declined, Retryable: see there.
        """
        return thing.data

    @abc.abstractmethod
    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Ask for the money. ``notify_url`` is unguessable and made for this attempt.

        Raises:
            Declined, Retryable, Unknown: see there.
        """

    @abc.abstractmethod
    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        """Ask where the payment stands.

        Raises:
            Retryable: no conclusive answer now; ask again later. Never says that a payment failed.
        """

    @abc.abstractmethod
    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Verify and read a webhook; headers in lower case. An event of no interest gives an empty list.

        Raises:
            InvalidSignature: not from the provider.
            ValueError: signed, but not readable.
        """

    def refund(self, refund: Refund) -> ProviderStatus:
        """Give money back."""
        raise Unsupported("no_refunds", self.code)

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        """Ask where a refund stands."""
        raise Unsupported("no_refunds", self.code)

    def payout(self, payout: Payout) -> ProviderStatus:
        """Send money."""
        raise Unsupported("no_payouts", self.code)

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        """Ask where a payout stands."""
        raise Unsupported("no_payouts", self.code)

    def list_transactions(self, since: datetime, until: datetime) -> Iterable[ProviderTransaction]:
        """What the provider has in its books for that time."""
        raise Unsupported("no_listing", self.code)
