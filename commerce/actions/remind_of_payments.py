"""Remind people of transfers and other slow payments that have not come."""

import logging
from datetime import timedelta

from django.db import transaction

from commerce.events import PaymentReminderDue
from commerce.locks import locked_order
from commerce.models import Order, PaymentAttempt
from commerce.payments.telling import order_facts
from core import clock, outbox

__all__ = ["remind_of_payments"]

logger = logging.getLogger(__name__)

#: Whoever has less time than this is not reminded: a prompt on a phone is over in minutes.
_SLOW = timedelta(days=1)


def remind_of_payments(*, limit: int = 1000) -> int:
    """Publish a reminder, once for each order, when half of the time to pay a slow payment is over; returns how many.

    Each in a transaction of its own. Any number may run side by side.
    """
    now = clock.now()
    waiting = PaymentAttempt.objects.filter(
        state=PaymentAttempt.State.AWAITING_CUSTOMER,
        order__state=Order.State.PLACED,
        order__reminded_at=None,
        expires_at__gt=now,
        created_at__lte=now - _SLOW / 2,
    )
    reminded = 0
    for attempt in waiting.order_by("created_at", "pk")[:limit]:
        if not _is_due(attempt):
            continue
        try:
            reminded += _remind(attempt)
        except Exception:  # its own fault alone; it stays in the list and in the log
            logger.exception("No reminder was sent for the attempt %s", attempt.public_id)
    return reminded


def _is_due(attempt: PaymentAttempt) -> bool:
    if attempt.expires_at is None:
        return False
    given = attempt.expires_at - attempt.created_at
    return given >= _SLOW and clock.now() >= attempt.created_at + given / 2


def _remind(attempt: PaymentAttempt) -> bool:
    with transaction.atomic():
        order = locked_order(attempt.order_id)
        still = PaymentAttempt.objects.filter(pk=attempt.pk, state=PaymentAttempt.State.AWAITING_CUSTOMER).exists()
        if order.state != Order.State.PLACED or order.reminded_at is not None or not still:
            return False
        order.reminded_at = clock.now()
        order.save(update_fields=["reminded_at"])
        outbox.publish(
            PaymentReminderDue(**order_facts(order), provider=attempt.provider, pay_until=attempt.expires_at)
        )
        return True
