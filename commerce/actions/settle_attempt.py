"""Find out where a try to pay stands, and let everything follow from it: the one function for whoever wants to know."""

import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from commerce.actions.submit_attempt import submit_attempt
from commerce.errors import AttemptNotFound
from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import PaymentAttempt
from commerce.payments import states
from commerce.payments.adapting import attempt_view, exchanges
from commerce.payments.applying import Outcome, apply_status, apply_trouble
from commerce.payments.followups import follow_up
from commerce.payments.messages import close_messages
from commerce.providers import registry
from commerce.providers.base import ProviderStatus, Retryable, Unknown
from core import clock

__all__ = ["record_status", "settle_attempt"]


def settle_attempt(
    attempt_id: uuid.UUID, *, trigger: str, actor: Any = None, message: int | None = None
) -> PaymentAttempt:
    """Ask the provider about a try to pay and settle what it says; returns the attempt as it is then.

    Webhook, poll, return page, statement and staff alike come here, as often and as many at once as they like: the
    provider is asked outside any transaction; then order, payment and attempt are locked in this order and read again,
    and only a move that the table of states allows is made. A provider that gives no conclusive answer changes
    nothing but the time of the next question.

    Args:
        attempt_id: public id.
        trigger: ``webhook``, ``poll``, ``return``, ``statement``, ``staff``, ``refund``.
        message: primary key of the provider's message that caused it; done in the same transaction.

    Raises:
        AttemptNotFound: there is none of that id.
        ProviderUnavailable: its provider is not configured (any more).
    """
    attempt = PaymentAttempt.objects.select_related("order__learner").filter(public_id=attempt_id).first()
    if attempt is None:
        raise AttemptNotFound
    if attempt.state == states.State.CREATED:
        return attempt  # nothing was sent, so nobody knows of it
    adapter = registry.provider(attempt.provider)
    asked_at = clock.now()
    try:
        with exchanges(attempt.public_id, attempt.provider):
            status = adapter.fetch_status(attempt_view(attempt))
    except (Retryable, Unknown) as trouble:
        with transaction.atomic():
            attempt = _locked(attempt)
            apply_trouble(attempt, trouble)
        return attempt
    return record_status(attempt, status, trigger=trigger, actor=actor, asked_at=asked_at, message=message)


def record_status(
    attempt: PaymentAttempt,
    status: ProviderStatus,
    *,
    trigger: str,
    asked_at: datetime,
    actor: Any = None,
    message: int | None = None,
) -> PaymentAttempt:
    """Settle what a provider said when it was asked at ``asked_at``; returns the attempt as it is then.

    Only for answers of the provider's own interface, which is what a "fresh status call" means.
    """

    def settle() -> tuple[PaymentAttempt, Outcome]:
        with transaction.atomic():
            locked = _locked(attempt)
            outcome = apply_status(locked, status, trigger=trigger, actor=actor, asked_at=asked_at)
            close_messages(locked, asked_at=asked_at, message=message)
        return locked, outcome

    try:
        attempt, outcome = settle()
    except IntegrityError:
        # Another attempt took the same reference or receipt at this moment: by now it is there to be seen.
        attempt, outcome = settle()
    if outcome is Outcome.SEND_AGAIN:
        submit_attempt(attempt.pk, resend=True)
        attempt.refresh_from_db()
    elif outcome is Outcome.FOLLOW_UP:
        follow_up(attempt, status)
    return attempt


def _locked(attempt: PaymentAttempt) -> PaymentAttempt:
    order = locked_order(attempt.order_id)
    payment = locked_payment(order)
    attempt = locked_attempt(attempt.pk)
    attempt.order, attempt.payment = order, payment
    return attempt
