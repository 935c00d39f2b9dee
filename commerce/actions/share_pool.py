"""Share out what subscriptions brought, when their period is over."""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from commerce.bookkeeping import course_credits
from commerce.ledger import Account, Entry, Kind, entries_of, post
from commerce.locks import locked_order
from commerce.models import Chargeback, Enrollment, SubscriptionPeriod
from commerce.splits import terms_of
from core import clock
from core.money import Money, allocate

__all__ = ["share_due_periods", "share_period"]

logger = logging.getLogger(__name__)


def share_due_periods(*, limit: int = 1000) -> int:
    """Share out every paid period that is over; any number may run side by side. Returns how many."""
    due = SubscriptionPeriod.objects.filter(
        shared_at=None, ends_at__lte=clock.now(), paid_at__isnull=False, order__isnull=False
    )
    done = 0
    for pk in due.order_by("ends_at", "pk").values_list("pk", flat=True)[:limit]:
        try:
            done += share_period(pk)
        except Exception:  # its own fault alone; it stays due
            logger.exception("The period %s could not be shared out", pk)
    return done


def share_period(period_pk: int) -> bool:
    """Share out what is left of a period's net price; False when there is nothing to do (yet).

    In equal parts to the courses that the learner was enrolled in through the subscription while the period lasted,
    each part split by the course's terms as they are now (see ``commerce.splits``); without any, it is the school's.
    The odd unit goes to the courses in the order of their keys. Authors may be paid it after the usual time; a refund
    of the period's order afterwards takes it from those who got it.
    """
    with transaction.atomic():
        found = SubscriptionPeriod.objects.select_related("subscription").filter(pk=period_pk).first()
        if found is None or found.order_id is None:
            return False
        order = locked_order(found.order_id)
        period = SubscriptionPeriod.objects.select_for_update(of=("self",), no_key=True).get(pk=period_pk)
        if period.shared_at is not None or period.paid_at is None or period.ends_at > clock.now():
            return False
        if Chargeback.objects.filter(order=order, state=Chargeback.State.OPEN).exists():
            return False  # a bank holds the money
        pools = entries_of(transaction__order=order, account=Account.SUBSCRIPTION_POOL)
        left: dict[str, int] = {}
        for detail, minor in pools.values_list("detail", "amount_minor"):
            left[detail] = left.get(detail, 0) - minor
        keys = _courses(period)
        terms = terms_of(keys)
        available_at = clock.now() + timedelta(days=settings.EARNINGS_HOLD_DAYS)
        entries: list[Entry] = []
        for detail, minor in sorted(left.items()):
            if minor <= 0:
                continue
            amount = Money(minor, order.currency)
            entries.append(Entry(Account.SUBSCRIPTION_POOL, amount, detail=detail))
            if not keys:
                entries.append(Entry(Account.PLATFORM_REVENUE, -amount, detail=detail))
                continue
            for key, part in zip(keys, allocate(amount, [1] * len(keys)), strict=True):
                entries += course_credits(part, key, terms[key], detail, available_at)
        post(
            kind=Kind.POOL,
            reference=order.public_id,
            currency=order.currency,
            order=order,
            memo=order.number,
            entries=entries,
        )
        period.shared_at = clock.now()
        period.save(update_fields=["shared_at"])
    return True


def _courses(period: SubscriptionPeriod) -> list[uuid.UUID]:
    """Keys of the courses that were taken through the subscription at some time of the period."""
    rows = Enrollment.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=period.starts_at),
        learner=period.subscription.learner_id,
        subscription=period.subscription_id,
        enrolled_at__lt=period.ends_at,
    )
    return sorted(set(rows.values_list("course_key", flat=True)))
