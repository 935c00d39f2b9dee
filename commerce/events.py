"""What happens in this room.

Events about money carry what a message to a person needs (number, titles, amount, language), so that who writes the
message need not ask what the order looks like by now.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from core.events import Event
from core.money import Money

__all__ = [
    "AttemptFailed",
    "CertificateIssued",
    "CertificateRevoked",
    "ChargebackClosed",
    "ChargebackOpened",
    "EnrollmentStateChanged",
    "GiftSent",
    "InvoiceIssued",
    "LearnerEnrolled",
    "OrderCancelled",
    "OrderGranted",
    "OrderPaid",
    "OrderPlaced",
    "PaymentNeedsAttention",
    "PaymentReminderDue",
    "PayoutFailed",
    "PayoutSent",
    "RefundFailed",
    "RefundRefused",
    "RefundRequested",
    "RefundSucceeded",
    "SubscriptionCancelled",
    "SubscriptionEnded",
    "SubscriptionPastDue",
    "SubscriptionPaused",
    "SubscriptionPlanChanged",
    "SubscriptionRenewalDue",
    "SubscriptionRenewed",
    "SubscriptionResumed",
    "SubscriptionStarted",
]


@dataclass(frozen=True)
class LearnerEnrolled(Event):
    """A learner may take a course from now on (or from the enrolment's opening on)."""

    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    source: str
    language: str


@dataclass(frozen=True)
class EnrollmentStateChanged(Event):
    """An enrolment was suspended, resumed, cancelled, or its time ran out."""

    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    before: str
    after: str


@dataclass(frozen=True)
class CertificateIssued(Event):
    """A certificate exists; ``replaces`` is the number of the one it stands in for, if any."""

    number: str
    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    replaces: str = ""


@dataclass(frozen=True)
class CertificateRevoked(Event):
    """A certificate was taken back."""

    number: str
    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    reason: str


@dataclass(frozen=True)
class _OrderEvent(Event):
    """What every event about an order tells. ``learner_key`` is who pays; ``titles`` what was bought."""

    order_key: UUID
    learner_key: UUID
    order_number: str
    amount: Money
    titles: tuple[str, ...]
    language: str


@dataclass(frozen=True)
class OrderPlaced(_OrderEvent):
    """An order with frozen amounts waits for its money."""


@dataclass(frozen=True)
class OrderPaid(_OrderEvent):
    """The money is there, or nothing was owed. Published once for each order, with its fulfilment."""

    provider: str = ""


@dataclass(frozen=True)
class OrderGranted(_OrderEvent):
    """What was bought is given: enrolments, subscription, gift links."""


@dataclass(frozen=True)
class OrderCancelled(_OrderEvent):
    """Nobody pays this order any more. ``reason``: ``by_learner``, ``by_staff``, ``expired``, ``superseded``.

    ``purpose`` is the order's: what is a subscription's renewal has an end of its own.
    """

    reason: str = ""
    purpose: str = "purchase"


@dataclass(frozen=True)
class PaymentReminderDue(_OrderEvent):
    """An order waits for a transfer or another slow payment; ``pay_until`` is its deadline."""

    provider: str = ""
    pay_until: datetime | None = None


@dataclass(frozen=True)
class AttemptFailed(_OrderEvent):
    """A try to pay ended without money; another can be made. ``reason`` is a stable code of the providers'."""

    attempt_key: UUID
    provider: str = ""
    reason: str = ""


@dataclass(frozen=True)
class PaymentNeedsAttention(_OrderEvent):
    """Staff must look.

    ``kind``: ``mismatch``, ``unknown``, ``late``, ``surplus``, ``not_granted``, ``webhooks``, ``refund_by_hand`` (money
    that no provider gives back), ``reconciliation`` (a
    difference between a provider's books and ours; where it belongs to no order of ours, the keys are nil and
    ``order_number`` is the provider's reference).
    """

    kind: str
    attempt_key: UUID | None = None
    provider: str = ""


@dataclass(frozen=True)
class GiftSent(_OrderEvent):
    """Somebody bought a course for somebody else. ``url_token`` opens it, for whoever owns the address."""

    line_key: UUID
    recipient_email: str
    url_token: str
    giver_name: str = ""
    message: str = ""


@dataclass(frozen=True)
class InvoiceIssued(_OrderEvent):
    """An invoice or credit note (``kind``) has got its number."""

    number: str
    kind: str


@dataclass(frozen=True)
class RefundRequested(_OrderEvent):
    """A learner, or staff for them, wants ``refund_amount`` back."""

    refund_key: UUID
    refund_amount: Money


@dataclass(frozen=True)
class RefundSucceeded(_OrderEvent):
    """The money is on its way back to where it came from."""

    refund_key: UUID
    refund_amount: Money
    provider: str = ""


@dataclass(frozen=True)
class RefundRefused(_OrderEvent):
    """Staff said no, and why."""

    refund_key: UUID
    refund_amount: Money
    note: str = ""


@dataclass(frozen=True)
class RefundFailed(_OrderEvent):
    """The provider could not give the money back; staff find another way."""

    refund_key: UUID
    refund_amount: Money
    reason: str = ""


@dataclass(frozen=True)
class ChargebackOpened(_OrderEvent):
    """The buyer's bank takes the money back, for now."""

    chargeback_key: UUID
    disputed_amount: Money
    provider: str = ""


@dataclass(frozen=True)
class ChargebackClosed(_OrderEvent):
    """The bank has decided."""

    chargeback_key: UUID
    disputed_amount: Money
    is_won: bool


@dataclass(frozen=True)
class _SubscriptionEvent(Event):
    """What every event about a subscription tells; ``period_ends_at`` is the end of what is paid."""

    subscription_key: UUID
    learner_key: UUID
    plan: str
    amount: Money
    period_ends_at: datetime
    language: str


@dataclass(frozen=True)
class SubscriptionStarted(_SubscriptionEvent):
    """The first period is paid, or its trial has begun."""


@dataclass(frozen=True)
class SubscriptionRenewalDue(_SubscriptionEvent):
    """The next period begins soon; ``order_key`` is the order to pay where the learner does so by hand."""

    order_key: UUID | None = None
    pay_by_hand: bool = False


@dataclass(frozen=True)
class SubscriptionRenewed(_SubscriptionEvent):
    """Another period is paid."""


@dataclass(frozen=True)
class SubscriptionPastDue(_SubscriptionEvent):
    """A renewal failed; access lasts until ``grace_ends_at``. ``try_number`` counts reminders from 1."""

    grace_ends_at: datetime
    try_number: int = 1
    order_key: UUID | None = None


@dataclass(frozen=True)
class SubscriptionPaused(_SubscriptionEvent):
    """The learner paused it."""


@dataclass(frozen=True)
class SubscriptionResumed(_SubscriptionEvent):
    """It goes on."""


@dataclass(frozen=True)
class SubscriptionCancelled(_SubscriptionEvent):
    """It won't be renewed; access lasts until the end of the period."""


@dataclass(frozen=True)
class SubscriptionEnded(_SubscriptionEvent):
    """Access is over. ``reason``: ``cancelled``, ``unpaid``, ``refunded``."""

    reason: str = ""


@dataclass(frozen=True)
class SubscriptionPlanChanged(_SubscriptionEvent):
    """Another plan, at once or from the next period on (``from_next_period``)."""

    former_plan: str = ""
    from_next_period: bool = False


@dataclass(frozen=True)
class PayoutSent(Event):
    """An instructor's money has left."""

    payout_key: UUID
    instructor_key: UUID
    amount: Money
    destination: str  #: masked, as one recognises it
    paid_on: date


@dataclass(frozen=True)
class PayoutFailed(Event):
    """A payout did not arrive; the money stays owed."""

    payout_key: UUID
    instructor_key: UUID
    amount: Money
    reason: str = ""
