"""Comparing what a provider has in its books for a day with what we have: the rule is no difference at all.

Payments are compared by identity, not by time: a payment that began before midnight and was paid after it stands on
another day with the provider than with us, and that is no difference. So of the provider's payments of a day each must
be known here, whenever it was settled, and of ours that succeeded on the day each must be in the provider's list, whose
window reaches back to where the oldest of them began.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from commerce.models import Discrepancy, PaymentAttempt
from commerce.payments.states import PAID
from commerce.providers.base import ProviderState, ProviderTransaction
from core.money import Money

__all__ = ["Difference", "Known", "bounds", "compare", "known_here", "ours_on", "window"]

Kind = Discrepancy.Kind
State = PaymentAttempt.State

#: What a provider says of money that came, whatever became of it later.
THEIR_PAID = frozenset(
    {
        ProviderState.SUCCEEDED,
        ProviderState.REFUNDED,
        ProviderState.PARTIALLY_REFUNDED,
        ProviderState.DISPUTED,
        ProviderState.REVERSED,
    }
)
#: States in which we know that money came: the wrong amount is a case of its own, and known.
OUR_PAID = frozenset({*PAID, State.MISMATCH})
#: Clocks differ, and the ends of a list are read differently.
_SLACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Difference:
    """Something that somebody has to explain; amounts in minor units of ``currency``."""

    kind: str
    provider_ref: str
    currency: str
    attempt: PaymentAttempt | None = None
    ours: int | None = None
    theirs: int | None = None


@dataclass
class Known:
    """Attempts by every name that a provider may have for them."""

    by_name: dict[str, PaymentAttempt] = field(default_factory=dict)

    def add(self, attempt: PaymentAttempt) -> None:
        """Find ``attempt`` by its id, its provider's reference and its receipt from now on."""
        for name in (str(attempt.public_id), attempt.provider_ref, attempt.receipt):
            if name:
                self.by_name.setdefault(name, attempt)

    def find(self, theirs: ProviderTransaction) -> PaymentAttempt | None:
        """The attempt that a line of the provider's list is about."""
        return next((self.by_name[name] for name in _names(theirs) if name in self.by_name), None)


def bounds(day: date) -> tuple[datetime, datetime]:
    """A day's beginning and end, in UTC."""
    since = datetime.combine(day, time.min, UTC)
    return since, since + timedelta(days=1)


def ours_on(provider: str, day: date) -> "QuerySet[PaymentAttempt]":
    """Attempts that brought money on a day."""
    since, until = bounds(day)
    on_it = Q(succeeded_at__gte=since, succeeded_at__lt=until)
    wrong = Q(state=State.MISMATCH, state_changed_at__gte=since, state_changed_at__lt=until)
    rows = PaymentAttempt.objects.filter(on_it | wrong, provider=provider, state__in=OUR_PAID)
    return rows.select_related("order__learner", "payment").order_by("pk")


def window(day: date, ours: Iterable[PaymentAttempt]) -> tuple[datetime, datetime]:
    """From when until when to ask a provider for its list, so that all of ``ours`` must be in it."""
    since, until = bounds(day)
    return min([since, *(attempt.created_at for attempt in ours)]) - _SLACK, until + _SLACK


def known_here(provider: str, theirs: Sequence[ProviderTransaction]) -> Known:
    """The attempts that a provider's list is about; a flat number of queries."""
    names = {name for line in theirs for name in _names(line)}
    keys = [key for name in names if (key := _uuid(name)) is not None]
    rows = PaymentAttempt.objects.filter(provider=provider).select_related("order__learner", "payment")
    known = Known()
    # Each by its own index.
    for found in (
        rows.filter(public_id__in=keys),
        rows.filter(provider_ref__in=names),
        rows.filter(receipt__in=names),
    ):
        for attempt in found:
            known.add(attempt)
    return known


def compare(
    theirs: Sequence[ProviderTransaction], ours: Sequence[PaymentAttempt], known: Known, day: date
) -> list[Difference]:
    """Return every difference: payments of theirs on that day against ``known``, and ``ours`` against all of theirs."""
    since, until = bounds(day)
    paid = [line for line in theirs if line.state in THEIR_PAID]
    found = [
        difference
        for line in paid
        if since <= line.happened_at < until
        for difference in _differences(line, known.find(line))
    ]
    named = {attempt.pk for line in paid if (attempt := known.find(line)) is not None}
    found += [
        Difference(Kind.MISSING_THERE, reference(attempt), attempt.currency, attempt, _paid(attempt).minor, None)
        for attempt in ours
        if attempt.pk not in named
    ]
    return found


def reference(attempt: PaymentAttempt) -> str:
    """What to call an attempt among differences."""
    return attempt.provider_ref or str(attempt.public_id)


def _differences(line: ProviderTransaction, attempt: PaymentAttempt | None) -> list[Difference]:
    name, amount = line.provider_ref or line.our_id, line.amount
    if attempt is None or attempt.state not in OUR_PAID:
        return [Difference(Kind.MISSING_HERE, name, amount.currency, attempt, None, amount.minor)]
    found, paid = [], _paid(attempt)
    if paid != amount:
        ours = paid.minor if paid.currency == amount.currency else None
        found.append(Difference(Kind.AMOUNT, name, amount.currency, attempt, ours, amount.minor))
    fee = line.fee
    # A fee in another currency, as of an account in another one, can't be compared.
    if fee is not None and fee.currency == attempt.currency and (attempt.fee_minor or 0) != fee.minor:
        found.append(Difference(Kind.FEE, name, fee.currency, attempt, attempt.fee_minor, fee.minor))
    return found


def _paid(attempt: PaymentAttempt) -> Money:
    if attempt.paid_minor is None:
        return Money(attempt.amount_minor, attempt.currency)
    return Money(attempt.paid_minor, attempt.paid_currency or attempt.currency)


def _names(line: ProviderTransaction) -> list[str]:
    return [name for name in (line.our_id, line.provider_ref) if name]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
