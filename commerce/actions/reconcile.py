"""Compare a provider's books with ours for a day, and put right what can be put right."""

import logging
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from commerce import policies
from commerce.actions.settle_attempt import settle_attempt
from commerce.bookkeeping import record_fee
from commerce.events import PaymentNeedsAttention
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import Discrepancy, PaymentAttempt, ReconciliationRun
from commerce.payments.telling import needs_attention
from commerce.providers import registry
from commerce.providers.base import ProviderError, ProviderTransaction, Unsupported
from commerce.reconciliation import (
    OUR_PAID,
    THEIR_PAID,
    Difference,
    bounds,
    compare,
    known_here,
    ours_on,
    window,
)
from core import audit, clock, outbox
from core.errors import DomainError
from core.money import Money
from core.policies import require

__all__ = ["DAYS_BACK", "NOT_OFFERED", "reconcile", "reconcile_recent", "reconcile_with"]

logger = logging.getLogger(__name__)

#: Days before today that are compared every night: late answers and late payments settle in the meantime.
DAYS_BACK = 3
#: ``ReconciliationRun.error`` of providers without a list: not compared, and said so.
NOT_OFFERED = "not_offered"


def reconcile_recent() -> list[ReconciliationRun]:
    """Compare yesterday and the days before it with every provider that is set up. For the nightly task."""
    today = clock.now().date()
    days = [today - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    return [reconcile(provider=code, day=day) for code in registry.providers() if code != "bank" for day in days]


def reconcile(*, provider: str, day: date, actor: Any = None) -> ReconciliationRun:
    """Compare a day with the provider's own list.

    A payment that the provider has and we don't is asked about and settled; what stays different becomes a row for
    somebody to explain. Asked again, differences are found once, and those that are gone are put away.

    Args:
        actor: None for the platform itself.

    Raises:
        NotAllowed: the actor may not compare.
        ProviderUnavailable: no such provider here.
    """
    if actor is not None:
        require(policies.can_explain_discrepancies(actor))
    adapter = registry.provider(provider)
    ours = list(ours_on(provider, day))
    try:
        theirs = list(adapter.list_transactions(*window(day, ours)))
    except Unsupported:
        return _note(provider, day, ours=len(ours), error=NOT_OFFERED)
    except ProviderError as error:
        logger.error("%s was not compared for %s: %s", provider, day, error)
        return _note(provider, day, ours=len(ours), error=str(error)[:300])
    return reconcile_with(provider, day, theirs, actor=actor)


def reconcile_with(
    provider: str, day: date, theirs: Sequence[ProviderTransaction], *, actor: Any = None
) -> ReconciliationRun:
    """Compare a day with a list that is there already. Asks nobody for rights."""
    _settle_missing(provider, day, theirs)
    known = known_here(provider, theirs)
    _take_over_fees(theirs, known.find)
    # Both may have changed rows: they are read again.
    known, ours = known_here(provider, theirs), list(ours_on(provider, day))
    differences = compare(theirs, ours, known, day)
    since, until = bounds(day)
    count = sum(since <= line.happened_at < until and line.state in THEIR_PAID for line in theirs)
    with transaction.atomic():
        run = _note(provider, day, theirs=count, ours=len(ours))
        new = _write(run, differences)
        if actor is not None:
            audit.record(actor=actor, verb="commerce.reconciled", target=run, facts={"differences": len(differences)})
        for row in new:
            _alarm(row)
    return run


def _note(provider: str, day: date, **values: Any) -> ReconciliationRun:
    defaults = {"run_at": clock.now(), "error": "", "theirs": 0, **values}
    run, _is_new = ReconciliationRun.objects.update_or_create(provider=provider, day=day, defaults=defaults)
    return run


def _settle_missing(provider: str, day: date, theirs: Sequence[ProviderTransaction]) -> None:
    """Ask about payments of theirs that we don't have as paid: a message that never came, a poll that gave up."""
    since, until = bounds(day)
    known = known_here(provider, theirs)
    for line in theirs:
        attempt = known.find(line)
        if attempt is None or attempt.state in OUR_PAID or line.state not in THEIR_PAID:
            continue
        if since <= line.happened_at < until:
            try:
                settle_attempt(attempt.public_id, trigger="poll")
            except (DomainError, ProviderError) as error:
                logger.error("%s is paid at %s and could not be settled: %s", attempt, provider, error)


def _take_over_fees(theirs: Sequence[ProviderTransaction], find: Any) -> None:
    """Book fees that only the list tells; one that we know already is compared instead."""
    for line in theirs:
        attempt = find(line)
        if attempt is None or line.fee is None or attempt.fee_minor is not None or attempt.state not in OUR_PAID:
            continue
        if line.fee.currency == attempt.currency:
            _book_fee(attempt, line.fee)


def _book_fee(attempt: PaymentAttempt, fee: Money) -> None:
    with transaction.atomic():
        order = locked_order(attempt.order_id)
        locked_payment(order)
        locked = locked_attempt(attempt.pk)
        if locked.fee_minor is None:
            locked.fee_minor = fee.minor
            locked.save(update_fields=["fee_minor"])
            record_fee(order, locked, fee)


def _write(run: ReconciliationRun, differences: Sequence[Difference]) -> list[Discrepancy]:
    """Add differences that are new, put away those that are gone; return the new ones."""
    open_rows = {(row.kind, row.provider_ref): row for row in run.discrepancies.filter(resolved_at=None)}
    now, new = clock.now(), []
    seen = set()
    for one in differences:
        seen.add((str(one.kind), one.provider_ref))
        values = {
            "attempt": one.attempt,
            "currency": one.currency,
            "ours_minor": one.ours,
            "theirs_minor": one.theirs,
        }
        row, is_new = run.discrepancies.get_or_create(kind=one.kind, provider_ref=one.provider_ref, defaults=values)
        if is_new:
            new.append(row)
        elif row.resolved_at is None:
            run.discrepancies.filter(pk=row.pk).update(**values)
    for name, row in open_rows.items():
        if (str(name[0]), name[1]) not in seen:
            row.resolved_at, row.explanation = now, _("Gone when it was compared again.")
            row.save(update_fields=["resolved_at", "explanation"])
    return new


def _alarm(row: Discrepancy) -> None:
    logger.error(
        "Reconciliation of %s: %s %s (with us %s, with the provider %s %s)",
        row.run,
        row.kind,
        row.provider_ref,
        row.ours_minor,
        row.theirs_minor,
        row.currency,
    )
    if row.attempt is not None:
        needs_attention(row.attempt.order, "reconciliation", row.attempt)
        return
    # Money that belongs to no order of ours: those who look after payments are told all the same.
    outbox.publish(
        PaymentNeedsAttention(
            order_key=uuid.UUID(int=0),
            learner_key=uuid.UUID(int=0),
            order_number=row.provider_ref[:40],
            amount=Money(row.theirs_minor or 0, row.currency),
            titles=(),
            language="en",
            kind="reconciliation",
            provider=row.run.provider,
        )
    )
