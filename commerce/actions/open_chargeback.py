"""A bank takes a payment back, for now."""

from datetime import datetime

from django.db import transaction

from commerce.events import ChargebackOpened
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import Chargeback, PaymentAttempt
from commerce.payments import states
from commerce.payments.telling import order_facts
from commerce.returns import record_chargeback
from core import audit, clock, outbox
from core.money import Money

__all__ = ["open_chargeback"]


def open_chargeback(
    attempt: PaymentAttempt, provider_ref: str, amount: Money | None = None, at: datetime | None = None
) -> Chargeback:
    """Note that the buyer's bank disputes a payment; told again, return the one that is there, whatever its state.

    The money counts as held: the authors' parts of it can't be paid out, nothing of the order can be refunded, and
    access is suspended until the bank has decided. Internal: what a provider's own interface says leads here.

    Args:
        provider_ref: the dispute's name with the provider; the attempt's where it has none.
        amount: what is disputed, in the payment's currency; all that was paid, when left out.

    Raises:
        ValueError: an amount of nothing, or in another currency.
    """
    currency = attempt.paid_currency or attempt.currency
    if amount is None:
        amount = Money(attempt.amount_minor if attempt.paid_minor is None else attempt.paid_minor, currency)
    if amount.currency != currency or amount.minor <= 0:
        raise ValueError(f"A dispute about {amount} does not fit a payment in {currency}.")
    with transaction.atomic():
        order = locked_order(attempt.order_id)
        payment = locked_payment(order)
        attempt = locked_attempt(attempt.pk)
        attempt.order, attempt.payment = order, payment
        # A message and the payment's own state may name one dispute differently.
        known = Chargeback.objects.filter(attempt=attempt, state=Chargeback.State.OPEN).first()
        if known is not None:
            return known
        chargeback, is_new = Chargeback.objects.get_or_create(
            attempt=attempt,
            provider_ref=(provider_ref or attempt.provider_ref or str(attempt.public_id))[:255],
            defaults={
                "order": order,
                "currency": currency,
                "amount_minor": amount.minor,
                "opened_at": at or clock.now(),
            },
        )
        if not is_new:
            return chargeback
        chargeback.order, chargeback.attempt = order, attempt
        record_chargeback(chargeback)
        if attempt.state != states.State.DISPUTED:
            states.move(attempt, states.State.DISPUTED, trigger="refund", note=chargeback.provider_ref)
        audit.record(
            actor=None,
            verb="commerce.chargeback_opened",
            target=chargeback,
            label=order.number,
            facts={"minor": amount.minor, "currency": currency, "provider": attempt.provider},
        )
        outbox.publish(
            ChargebackOpened(
                **order_facts(order),
                chargeback_key=chargeback.public_id,
                disputed_amount=amount,
                provider=attempt.provider,
            )
        )
    return chargeback
