"""Put together whom to pay."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.errors import NothingToPayOut
from commerce.models import Payout, PayoutAccount, PayoutRun
from commerce.orders import checked_currency
from commerce.payouts import destination_of, minimum, payable, sendable
from core import audit, clock
from core.money import Money
from core.policies import require

__all__ = ["create_payout_run"]


def create_payout_run(*, actor: Any, currency: str) -> PayoutRun:
    """Put a draft together: everybody who has earned enough, has an account, and waits for no other payout.

    Nothing moves until somebody else approves it. What a provider can't carry in one go stays for the next run.

    Raises:
        NotAllowed: the actor may not prepare payouts.
        InvalidCurrency: no such currency.
        NothingToPayOut: nobody is to be paid.
    """
    require(policies.can_prepare_payouts(actor))
    checked_currency(currency)
    with transaction.atomic():
        # Rivals wait here for each other, so nobody is put into two drafts.
        accounts = list(
            PayoutAccount.objects.select_for_update(of=("self",))
            .filter(currency=currency, owner__is_active=True)
            .order_by("pk")
        )
        waiting = set(
            Payout.objects.filter(currency=currency, state__in=Payout.OPEN_STATES).values_list(
                "instructor_id", flat=True
            )
        )
        owed = payable(currency, party__in=[account.owner_id for account in accounts])
        least, now = minimum(currency), clock.now()
        payouts = []
        for account in accounts:
            amount = sendable(Money(owed.get(account.owner_id, 0), currency), account)
            if account.owner_id not in waiting and amount >= least:
                payouts.append((account, amount))
        if not payouts:
            raise NothingToPayOut
        run = PayoutRun.objects.create(currency=currency, created_by=actor, created_at=now)
        Payout.objects.bulk_create(
            Payout(
                run=run,
                instructor_id=account.owner_id,
                currency=currency,
                amount_minor=amount.minor,
                provider=account.provider,
                destination=destination_of(account),
                created_at=now,
                state_changed_at=now,
            )
            for account, amount in payouts
        )
        total = Money.sum((amount for _account, amount in payouts), currency)
        audit.record(
            actor=actor,
            verb="commerce.payout_run_created",
            target=run,
            label=currency,
            facts={"payouts": len(payouts), "minor": total.minor, "currency": currency},
        )
    return run
