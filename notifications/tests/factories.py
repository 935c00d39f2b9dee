"""Events about money and what is told of them, for tests."""

import itertools
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from commerce import events
from community import events as talk
from core.dispatch import dispatch
from core.events import Event
from core.money import Money
from core.outbox import publish
from notifications.kinds import KINDS
from notifications.letters import kept
from notifications.models import Notification

__all__ = ["GIFT_KEY", "NOON", "happen", "make_event", "make_notification", "paid"]

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
#: What opens a gift.
GIFT_KEY = "gift-key-rjx"
_numbers = itertools.count(1)

_ORDER = {
    "order_number": "BO-2026-000017",
    "amount": Money(25000, "XAF"),
    "titles": ("Farming with data", "Soil"),
    "language": "en",
}
_PLAN = {
    "plan": "All courses, monthly",
    "amount": Money(380000, "NGN"),
    "period_ends_at": NOON + timedelta(days=30),
    "language": "en",
}
#: Fields beyond those that many events share, by class.
_OWN: dict[str, dict[str, Any]] = {
    "OrderCancelled": {"reason": "by_staff"},
    "PaymentReminderDue": {"provider": "bank", "pay_until": NOON + timedelta(days=3)},
    "AttemptFailed": {"provider": "mtn", "reason": "declined"},
    "PaymentNeedsAttention": {"kind": "mismatch", "provider": "mtn"},
    "GiftSent": {
        "recipient_email": "Kofi@Example.com",
        "url_token": GIFT_KEY,
        "giver_name": "Awa Ndiaye",
        "message": "Happy birthday!\n\nYour sister",
    },
    "InvoiceIssued": {"number": "F-2026-0042", "kind": "invoice"},
    "RefundRefused": {"note": "The course was finished."},
    "RefundFailed": {"reason": "account_closed"},
    "ChargebackOpened": {"provider": "stripe"},
    "ChargebackClosed": {"is_won": True},
    "SubscriptionPastDue": {"grace_ends_at": NOON + timedelta(days=7)},
    "SubscriptionEnded": {"reason": "unpaid"},
    "SubscriptionPlanChanged": {"former_plan": "One course"},
    "PayoutSent": {"destination": "•••• 4417", "paid_on": date(2026, 11, 2)},
    "PayoutFailed": {"reason": "unknown_account"},
    "CommentPosted": {"is_opening": True, "author_key": uuid.UUID(int=99)},
    "ThreadAnswered": {"author_key": uuid.UUID(int=99)},
}
_TALK = {
    "course_key": uuid.UUID(int=77),
    "course_title": "Farming with data",
    "lesson_title": "Rows",
    "is_teaching": False,
    "at_ms": 754_000,
    "language": "en",
}
_KEYS = (
    *("order_key", "line_key", "attempt_key", "refund_key", "chargeback_key", "subscription_key", "payout_key"),
    *("comment_key", "thread_key", "item_key"),
)


def make_event(name: str, person: User, **fields: Any) -> Event:
    """An event about ``person``; ``fields`` replace those that it would have."""
    cls = getattr(events, name, None) or getattr(talk, name)
    known = cls.__dataclass_fields__
    values: dict[str, Any] = {"occurred_at": NOON}
    values |= {key: uuid.UUID(int=number) for number, key in enumerate(_KEYS, start=1)}
    values |= {"learner_key": person.public_id, "instructor_key": person.public_id}
    values |= {"refund_amount": Money(5000, "XAF"), "disputed_amount": Money(25000, "XAF")}
    values |= (_PLAN if name.startswith("Subscription") else _ORDER) | _TALK | _OWN.get(name, {}) | fields
    return cls(**{field: value for field, value in values.items() if field in known})


def paid(person: User, **fields: Any) -> Event:
    """An order of theirs was paid."""
    return make_event("OrderPaid", person, **fields)


def happen(event: Event) -> None:
    """Publish an event and deliver it, as a worker does after the commit."""
    with transaction.atomic():
        publish(event)
    dispatch()


def make_notification(person: User, kind: str = "order_paid", **fields: Any) -> Notification:
    """A notice in somebody's list, a minute newer than the one made before."""
    number = next(_numbers)
    event = make_event(KINDS[kind].event.__name__, person, order_number=f"BO-{number:06d}")
    data = kept(KINDS[kind], event)
    moment = NOON + timedelta(minutes=number)
    return Notification.objects.create(
        person=person, event_key=event.public_id, kind=kind, data=data, **{"created_at": moment, **fields}
    )
