"""What waits for a person, in queues: each a question to the database that counts as cheaply as it lists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from commerce.models import (
    Chargeback,
    Discrepancy,
    Fulfilment,
    PaymentAttempt,
    Payout,
    PayoutRun,
    ProviderEventRecord,
    Refund,
    StatementLine,
)
from commerce.outgoing_alarms import SENT_AFTER_ALL
from commerce.refunds import RESERVING
from core import clock
from core.policies import is_person

__all__ = ["QUEUES", "Queue", "counts_for"]

#: A payment whose state is not known for so long is nobody's hiccup any more.
UNKNOWN_FOR = timedelta(minutes=10)
#: What is paid is given within seconds; after so long something is wrong.
NOT_GRANTED_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Queue:
    """One kind of work.

    Attributes:
        name: stable.
        title: as people call it.
        advice: what to do about it.
        permission: who sees it: ``app.codename``.
        rows: what waits now, oldest first.
    """

    name: str
    title: str | Promise
    advice: str | Promise
    permission: str
    rows: Callable[[], "QuerySet[Any]"]


State = PaymentAttempt.State


def _attempts(*conditions: Q) -> "QuerySet[PaymentAttempt]":
    rows = PaymentAttempt.objects.filter(*conditions).select_related("order__learner")
    return rows.order_by("state_changed_at", "pk")


def _unknown() -> "QuerySet[PaymentAttempt]":
    return _attempts(Q(state=State.UNKNOWN, state_changed_at__lt=clock.now() - UNKNOWN_FOR))


def _surplus() -> "QuerySet[PaymentAttempt]":
    # The refund of it is made by itself; what has none that is done or under way needs a person.
    done = Refund.objects.filter(is_surplus=True).exclude(state__in=(Refund.State.FAILED, Refund.State.REFUSED))
    return _attempts(Q(is_surplus=True, state=State.SUCCEEDED), ~Q(pk__in=done.values("attempt")))


def _not_granted() -> "QuerySet[Fulfilment]":
    late = Fulfilment.objects.filter(granted_at=None, created_at__lt=clock.now() - NOT_GRANTED_FOR)
    return late.select_related("order__learner").order_by("created_at", "pk")


def _refunds_by_hand() -> "QuerySet[Refund]":
    """Those that wait for a person, and failed ones that no other refund has followed."""
    waits = Q(state=Refund.State.APPROVED, is_by_hand=True)
    later = Refund.objects.filter(order=OuterRef("order"), pk__gt=OuterRef("pk"), state__in=RESERVING)
    failed = Q(~Exists(later), ~Q(failure__in=("not_given", SENT_AFTER_ALL)), state=Refund.State.FAILED)
    return _refunds(waits | failed)


def _payouts_sent() -> "QuerySet[Payout]":
    rows = Payout.objects.filter(state__in=(Payout.State.FAILED, Payout.State.REVERSED), failure=SENT_AFTER_ALL)
    return rows.select_related("instructor").order_by("created_at", "pk")


def _refunds(*conditions: Q) -> "QuerySet[Refund]":
    return Refund.objects.filter(*conditions).select_related("order__learner").order_by("created_at", "pk")


QUEUES: tuple[Queue, ...] = (
    Queue(
        "mismatch",
        _lazy("Another amount"),
        _lazy("More or less was paid than was asked for: accept it as the price, or give it back."),
        "commerce.view_payment",
        lambda: _attempts(Q(state=State.MISMATCH)),
    ),
    Queue(
        "unknown",
        _lazy("Unknown"),
        _lazy("The provider has given no conclusive answer for ten minutes. Check now, or look in its portal."),
        "commerce.view_payment",
        _unknown,
    ),
    Queue(
        "surplus",
        _lazy("Paid twice or too late"),
        _lazy(
            "Such money goes back by itself. For the payments listed here that has not worked: give it back by hand."
        ),
        "commerce.view_payment",
        _surplus,
    ),
    Queue(
        "not_granted",
        _lazy("Paid, not given"),
        _lazy("What was bought could not be given. See why, then give it."),
        "commerce.view_order",
        _not_granted,
    ),
    Queue(
        "events",
        _lazy("Failed messages"),
        _lazy("A provider's message could not be processed. The payment is asked about all the same."),
        "commerce.view_payment",
        lambda: ProviderEventRecord.objects.filter(state="failed").order_by("received_at", "pk"),
    ),
    Queue(
        "refunds_to_decide",
        _lazy("Refunds to decide"),
        _lazy("A learner wants money back, beyond what is given without asking."),
        "commerce.view_refund",
        lambda: _refunds(Q(state=Refund.State.REQUESTED)),
    ),
    Queue(
        "refunds_by_hand",
        _lazy("Refunds by hand"),
        _lazy("Approved, but no provider can carry it, or it failed: give it by transfer or in cash."),
        "commerce.view_refund",
        _refunds_by_hand,
    ),
    Queue(
        "refunds_sent",
        _lazy("Refunds that went after all"),
        _lazy(
            "Noted as not given back, and the provider says that the money went. Look it up in its portal, and "
            "say which."
        ),
        "commerce.view_refund",
        lambda: _refunds(Q(state=Refund.State.FAILED, failure=SENT_AFTER_ALL)),
    ),
    Queue(
        "chargebacks",
        _lazy("Disputes"),
        _lazy("A buyer's bank wants the money back: answer in the provider's portal."),
        "commerce.view_chargeback",
        lambda: Chargeback.objects.filter(state="open").select_related("order__learner").order_by("opened_at", "pk"),
    ),
    Queue(
        "lines",
        _lazy("Statement lines"),
        _lazy("Money came, and it is not certain whose: match it, or leave it aside."),
        "commerce.view_statementline",
        lambda: StatementLine.objects.filter(state="review").order_by("booked_on", "pk"),
    ),
    Queue(
        "differences",
        _lazy("Differences"),
        _lazy("A provider's books and ours differ: find out why, and explain it."),
        "commerce.view_discrepancy",
        lambda: Discrepancy.objects.filter(resolved_at=None).select_related("run").order_by("pk"),
    ),
    Queue(
        "payouts",
        _lazy("Payouts to approve"),
        _lazy("Somebody put a payout run together; another person approves it."),
        "commerce.view_payoutrun",
        lambda: PayoutRun.objects.filter(state="draft").select_related("created_by").order_by("created_at", "pk"),
    ),
    Queue(
        "payouts_sent",
        _lazy("Payouts that went after all"),
        _lazy(
            "Noted as not paid, and the provider says that the money went. Look it up in its portal before the next "
            "run pays it again, and say which."
        ),
        "commerce.view_payoutrun",
        _payouts_sent,
    ),
)


def counts_for(user: Any) -> list[tuple[Queue, int]]:
    """The queues that ``user`` may see, each with how much waits in it."""
    if not is_person(user):
        return []
    return [(queue, queue.rows().count()) for queue in QUEUES if user.has_perm(queue.permission)]
