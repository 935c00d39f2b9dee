"""What becomes of money after it was accepted: refunds and disputes that a provider reports with a payment."""

from django.db import transaction

from commerce.actions.close_chargeback import close_chargeback
from commerce.actions.open_chargeback import open_chargeback
from commerce.actions.settle_refund import settle_refund
from commerce.locks import locked_attempt, locked_order
from commerce.models import AttemptMove, Chargeback, PaymentAttempt, ProviderEventRecord, Refund
from commerce.payments.states import State
from commerce.payments.telling import needs_attention
from commerce.providers.base import ProviderState, ProviderStatus
from core import clock
from core.money import Money

__all__ = ["alarm", "follow_up", "note_dispute"]

#: Refunds of which the provider may have news.
_UNDER_WAY = (Refund.State.SUBMITTING, Refund.State.UNKNOWN, Refund.State.PENDING)
#: Whose payments show a dispute for as long as it lasts, so that one which is fine again was won. Of the others only a
#: message tells, and somebody looks up how it ended.
_SHOW_DISPUTES = frozenset({"stripe"})


def follow_up(attempt: PaymentAttempt, status: ProviderStatus) -> None:
    """Hand what ``status`` says of an accepted payment to refunds and chargebacks. Not inside a transaction."""
    if status.state is ProviderState.REVERSED and _gave_back_all(attempt):
        _refunds(attempt)  # what Paystack calls a payment whose refund was ours
    elif status.state in (ProviderState.DISPUTED, ProviderState.REVERSED):
        _open(attempt, attempt.receipt or attempt.provider_ref or "")
        if status.state is ProviderState.REVERSED:
            _close(attempt, won=False)
    elif status.state is ProviderState.SUCCEEDED:
        if attempt.provider in _SHOW_DISPUTES:
            _close(attempt, won=True)
    else:
        _refunds(attempt)


def note_dispute(attempt: PaymentAttempt, record: ProviderEventRecord) -> None:
    """Open a case for what a signed message says, where the payment itself shows nothing of it (Paystack)."""
    is_open = attempt.state in (State.SUCCEEDED, State.PARTIALLY_REFUNDED)
    if is_open and record.hint == ProviderState.DISPUTED:
        _open(attempt, record.provider_ref)
    elif attempt.state == State.DISPUTED and record.hint == "":
        alarm(attempt, "mismatch", "the provider has decided a dispute")


def alarm(attempt: PaymentAttempt, kind: str, note: str) -> bool:
    """Tell staff to look at ``attempt``, once for each ``note``, which stands on its timeline; whether it is news."""
    with transaction.atomic():
        order = locked_order(attempt.order_id)
        attempt = locked_attempt(attempt.pk)
        attempt.order = order
        moves = AttemptMove.objects.filter(attempt=attempt, trigger="alarm", note=note)
        if moves.exists():
            return False
        AttemptMove.objects.create(
            attempt=attempt, before=attempt.state, after=attempt.state, trigger="alarm", note=note
        )
        needs_attention(order, kind, attempt)
    return True


def _gave_back_all(attempt: PaymentAttempt) -> bool:
    minor = attempt.amount_minor if attempt.paid_minor is None else attempt.paid_minor
    ours = Refund.objects.filter(attempt=attempt, state__in=(*_UNDER_WAY, Refund.State.SUCCEEDED), is_by_hand=False)
    return sum(ours.values_list("amount_minor", flat=True)) >= minor


def _open(attempt: PaymentAttempt, ref: str) -> None:
    minor = attempt.amount_minor if attempt.paid_minor is None else attempt.paid_minor
    amount = Money(minor, attempt.paid_currency or attempt.currency)
    open_chargeback(attempt=attempt, provider_ref=ref, amount=amount, at=clock.now())


def _close(attempt: PaymentAttempt, *, won: bool) -> None:
    for chargeback in Chargeback.objects.filter(attempt=attempt, state=Chargeback.State.OPEN):
        close_chargeback(chargeback=chargeback, won=won)


def _refunds(attempt: PaymentAttempt) -> None:
    """Refunds of ours tell their own story; money given back on the provider's own pages is news to the books."""
    refunds = list(Refund.objects.filter(attempt=attempt).exclude(state=Refund.State.REFUSED))
    for refund in refunds:
        if refund.state in _UNDER_WAY:
            settle_refund(refund.public_id, trigger="webhook")
    if not refunds:
        alarm(attempt, "mismatch", "given back on the provider's own pages")
