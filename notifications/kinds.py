"""The messages there are: which event, to whom, by which way, in which category.

The text of each is ``templates/notifications/mail/<name>.txt``: paragraphs, of which the first also stands in the list
on the website. Both forms of the mail are made of it (``notifications.letters``), so they can't say different things.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from commerce import events
from community import events as talk
from core.events import Event
from notifications.categories import CATEGORIES, Category, Channel

__all__ = ["KINDS", "SILENT", "Kind", "To", "kind_named", "kinds_of"]


class To(StrEnum):
    """Whom a message is for."""

    LEARNER = "learner_key"  #: the person under that key of the event
    INSTRUCTOR = "instructor_key"
    ADDRESS = "recipient_email"  #: an address; its owner may have no account
    TEACHERS = "course_key"  #: whoever teaches the course under that key, but the author of what it tells of
    STAFF = "staff"  #: everybody with the permission of the category


_BOTH = frozenset(Channel)
_WEBSITE = frozenset({Channel.WEBSITE})


def _always(event: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    """A message.

    Attributes:
        name: stored with each message, and the name of its template.
        subject: of the mail, and the title on the website; ``%(word)s`` are those of ``notifications.words``.
        rows: words listed below the text of the mail.
        places: where its button leads, names in ``notifications.links.PLACES``; the first that the event has.
        needs_link: its mail waits rather than going out without the button.
        applies: whether an event of the class is told at all.
        hides: fields of the event that are not kept, because this reader has no business with them.
    """

    name: str
    event: type[Event]
    to: To
    category: Category
    subject: str | Promise
    rows: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    channels: frozenset[Channel] = _BOTH
    applies: Callable[[Any], bool] = _always
    hides: tuple[str, ...] = ()
    needs_link: bool = False

    @property
    def template(self) -> str:
        """Name of the template of its text."""
        return f"notifications/mail/{self.name}.txt"


def _because(reason: str) -> Callable[[Any], bool]:
    return lambda event: event.reason == reason


_ORDER = ("number", "titles", "amount")
_REFUND = ("number", "titles", "refund")
_DISPUTE = ("number", "titles", "disputed")
_PLAN = ("plan", "amount", "period_end")
_receipts, _renewals, _payouts = CATEGORIES["receipts"], CATEGORIES["renewals"], CATEGORIES["payouts"]
_gifts, _reminders = CATEGORIES["gifts"], CATEGORIES["payment_reminders"]
_subscriptions, _staff = CATEGORIES["subscriptions"], CATEGORIES["staff"]
_questions = CATEGORIES["questions"]

_ALL = (
    # An order and its money.
    Kind(
        "order_paid",
        events.OrderPaid,
        To.LEARNER,
        _receipts,
        _lazy("Your receipt for order %(number)s"),
        rows=(*_ORDER, "happened"),
        places=("order",),
        applies=lambda event: not event.amount.is_zero,
    ),
    Kind(
        "invoice_issued",
        events.InvoiceIssued,
        To.LEARNER,
        _receipts,
        _lazy("Invoice %(document)s"),
        rows=("document", *_ORDER),
        places=("order",),
        # The receipt has just been mailed and leads to the same page.
        channels=_WEBSITE,
        applies=lambda event: event.kind == "invoice",
    ),
    Kind(
        "credit_note_issued",
        events.InvoiceIssued,
        To.LEARNER,
        _receipts,
        _lazy("Credit note %(document)s"),
        rows=("document", *_ORDER),
        places=("order",),
        applies=lambda event: event.kind != "invoice",
    ),
    Kind(
        "order_cancelled",
        events.OrderCancelled,
        To.LEARNER,
        _receipts,
        _lazy("Order %(number)s was cancelled"),
        rows=_ORDER,
        places=("order",),
        applies=_because("by_staff"),
    ),
    Kind(
        "order_expired",
        events.OrderCancelled,
        To.LEARNER,
        _reminders,
        _lazy("Order %(number)s has ended without payment"),
        rows=_ORDER,
        places=("order",),
        # An unpaid renewal ends with its subscription, which is told.
        applies=lambda event: event.reason == "expired" and event.purpose == "purchase",
    ),
    Kind(
        "payment_reminder",
        events.PaymentReminderDue,
        To.LEARNER,
        _reminders,
        _lazy("Order %(number)s waits for your payment"),
        rows=(*_ORDER, "pay_by"),
        places=("pay",),
    ),
    Kind(
        "payment_failed",
        events.AttemptFailed,
        To.LEARNER,
        _reminders,
        _lazy("A payment for order %(number)s did not work"),
        places=("pay",),
        channels=_WEBSITE,
    ),
    # Money back.
    Kind(
        "refund_requested",
        events.RefundRequested,
        To.LEARNER,
        _receipts,
        _lazy("A refund for order %(number)s was asked for"),
        rows=_REFUND,
        places=("order",),
    ),
    Kind(
        "refund_succeeded",
        events.RefundSucceeded,
        To.LEARNER,
        _receipts,
        _lazy("Your money for order %(number)s is on its way back"),
        rows=(*_REFUND, "happened"),
        places=("order",),
    ),
    Kind(
        "refund_refused",
        events.RefundRefused,
        To.LEARNER,
        _receipts,
        _lazy("The refund for order %(number)s was refused"),
        rows=_REFUND,
        places=("order",),
    ),
    Kind(
        "refund_failed",
        events.RefundFailed,
        To.LEARNER,
        _receipts,
        _lazy("The refund for order %(number)s is delayed"),
        rows=_REFUND,
        places=("order",),
    ),
    Kind(
        "chargeback_opened",
        events.ChargebackOpened,
        To.LEARNER,
        _receipts,
        _lazy("Your bank disputes the payment for order %(number)s"),
        rows=_DISPUTE,
        places=("order",),
    ),
    Kind(
        "chargeback_closed",
        events.ChargebackClosed,
        To.LEARNER,
        _receipts,
        _lazy("The dispute about order %(number)s is decided"),
        rows=_DISPUTE,
        places=("order",),
    ),
    # Gifts.
    Kind(
        "gift_received",
        events.GiftSent,
        To.ADDRESS,
        _gifts,
        _lazy("A gift for you: %(titles)s"),
        places=("gift",),
        hides=("order_number", "amount"),
        needs_link=True,
    ),
    Kind(
        "gift_sent",
        events.GiftSent,
        To.LEARNER,
        _gifts,
        _lazy("Your gift is on its way to %(recipient)s"),
        places=("order",),
        channels=_WEBSITE,
        hides=("url_token",),
    ),
    # Plans.
    Kind(
        "subscription_started",
        events.SubscriptionStarted,
        To.LEARNER,
        _renewals,
        _lazy("Your plan has begun: %(plan)s"),
        rows=_PLAN,
        places=("plan",),
    ),
    Kind(
        "subscription_renewal_due",
        events.SubscriptionRenewalDue,
        To.LEARNER,
        _renewals,
        _lazy("Your plan is about to renew: %(plan)s"),
        rows=_PLAN,
        places=("plan",),
        applies=lambda event: not event.pay_by_hand,
    ),
    Kind(
        "subscription_renewal_by_hand",
        events.SubscriptionRenewalDue,
        To.LEARNER,
        _renewals,
        _lazy("Your plan ends soon: %(plan)s"),
        rows=_PLAN,
        places=("pay", "plan"),
        applies=lambda event: event.pay_by_hand,
    ),
    Kind(
        "subscription_past_due",
        events.SubscriptionPastDue,
        To.LEARNER,
        _renewals,
        _lazy("Your plan has not been paid: %(plan)s"),
        rows=("plan", "amount", "grace_end"),
        places=("pay", "plan"),
    ),
    Kind(
        "subscription_cancelled",
        events.SubscriptionCancelled,
        To.LEARNER,
        _renewals,
        _lazy("Your plan is cancelled: %(plan)s"),
        rows=("plan", "period_end"),
        places=("plan",),
    ),
    Kind(
        "subscription_ended",
        events.SubscriptionEnded,
        To.LEARNER,
        _renewals,
        _lazy("Your plan has ended: %(plan)s"),
        rows=("plan",),
        places=("plan",),
    ),
    Kind(
        "subscription_plan_changed",
        events.SubscriptionPlanChanged,
        To.LEARNER,
        _renewals,
        _lazy("Your new plan: %(plan)s"),
        rows=("former_plan", *_PLAN),
        places=("plan",),
    ),
    Kind(
        "subscription_renewed",
        events.SubscriptionRenewed,
        To.LEARNER,
        _subscriptions,
        _lazy("Your plan is renewed: %(plan)s"),
        rows=_PLAN,
        places=("plan",),
    ),
    Kind(
        "subscription_paused",
        events.SubscriptionPaused,
        To.LEARNER,
        _subscriptions,
        _lazy("Your plan is paused: %(plan)s"),
        rows=("plan",),
        places=("plan",),
    ),
    Kind(
        "subscription_resumed",
        events.SubscriptionResumed,
        To.LEARNER,
        _subscriptions,
        _lazy("Your plan goes on: %(plan)s"),
        rows=_PLAN,
        places=("plan",),
    ),
    # Instructors' money.
    Kind(
        "payout_sent",
        events.PayoutSent,
        To.INSTRUCTOR,
        _payouts,
        _lazy("We have sent you %(amount)s"),
        rows=("amount", "destination", "paid_day"),
        places=("earnings",),
    ),
    Kind(
        "payout_failed",
        events.PayoutFailed,
        To.INSTRUCTOR,
        _payouts,
        _lazy("A payout of %(amount)s did not arrive"),
        rows=("amount",),
        places=("earnings",),
    ),
    # Questions about lessons. What was said is in none of them: it can be changed and hidden where it stands.
    Kind(
        "question_asked",
        talk.CommentPosted,
        To.TEACHERS,
        _questions,
        _lazy("A new question in %(course)s"),
        rows=("course", "lesson", "moment"),
        places=("thread",),
        applies=lambda event: event.is_opening and not event.is_teaching,
    ),
    Kind(
        "question_answered",
        talk.ThreadAnswered,
        To.LEARNER,
        _questions,
        _lazy("Your question in %(course)s has an answer"),
        rows=("course", "lesson", "moment"),
        places=("thread",),
        applies=lambda event: event.learner_key is not None,
    ),
    # For those who look after payments.
    Kind(
        "staff_payment",
        events.PaymentNeedsAttention,
        To.STAFF,
        _staff,
        _lazy("A payment needs you: order %(number)s"),
        rows=("trouble", "number", "amount", "provider", "happened"),
        places=("desk",),
    ),
    Kind(
        "staff_refund_requested",
        events.RefundRequested,
        To.STAFF,
        _staff,
        _lazy("A refund to decide: order %(number)s"),
        rows=("number", "amount", "refund", "happened"),
        places=("desk",),
    ),
    Kind(
        "staff_refund_failed",
        events.RefundFailed,
        To.STAFF,
        _staff,
        _lazy("A refund did not work: order %(number)s"),
        rows=("number", "refund", "reason", "happened"),
        places=("desk",),
    ),
    Kind(
        "staff_chargeback_opened",
        events.ChargebackOpened,
        To.STAFF,
        _staff,
        _lazy("A payment is disputed: order %(number)s"),
        rows=("number", "disputed", "provider", "happened"),
        places=("desk",),
    ),
    Kind(
        "staff_payout_failed",
        events.PayoutFailed,
        To.STAFF,
        _staff,
        _lazy("A payout of %(amount)s did not work"),
        rows=("amount", "reason", "happened"),
        places=("desk",),
    ),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}

#: Events about money that nobody is told of, and why.
SILENT: dict[type[Event], str] = {
    events.OrderPlaced: "Whoever placed it sees it; if it isn't paid, PaymentReminderDue comes.",
    events.OrderGranted: "OrderPaid is told at the same moment.",
}


def kind_named(name: str) -> Kind | None:
    """Return the kind of that name, or None (of a message that older code wrote)."""
    return KINDS.get(name)


def kinds_of(event: Event) -> list[Kind]:
    """Return the messages that ``event`` is told by."""
    return [kind for kind in _ALL if kind.event is type(event) and kind.applies(event)]
