"""Ask about a payment because the customer looks at it."""

from typing import Any

from django.core.cache import cache

from commerce.actions.settle_attempt import settle_attempt
from commerce.models import PaymentAttempt
from commerce.policies import require_own_attempt
from core.errors import DomainError

__all__ = ["ASK_EVERY", "ask_again"]

#: Seconds: however often somebody reloads, the provider is asked once in this time.
ASK_EVERY = 5


def ask_again(*, actor: Any, attempt: PaymentAttempt) -> PaymentAttempt:
    """Return ``attempt`` after its provider was asked, or as it is: asked a moment ago, nothing to ask, no answer.

    So a payment comes through without webhooks and without a worker, as long as its customer waits for it. Not inside
    a transaction.

    Raises:
        NotFound: somebody else's.
    """
    require_own_attempt(actor, attempt)
    if attempt.state not in PaymentAttempt.OPEN_STATES:
        return attempt
    if not cache.add(f"payment-asked:{attempt.public_id}", 1, timeout=ASK_EVERY):
        return attempt
    try:
        return settle_attempt(attempt.public_id, trigger="return", actor=actor)
    except DomainError:
        return attempt
