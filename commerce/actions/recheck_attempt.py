"""Have a provider asked again, by a person."""

from typing import Any

from commerce import policies
from commerce.actions.settle_attempt import settle_attempt
from commerce.models import PaymentAttempt
from core import audit
from core.policies import require

__all__ = ["recheck_attempt"]


def recheck_attempt(*, actor: Any, attempt: PaymentAttempt) -> PaymentAttempt:
    """Ask the provider where ``attempt`` stands and settle what it says. Not inside a transaction.

    Raises:
        NotAllowed: the actor may not change payments.
        ProviderUnavailable: its provider is not configured (any more).
    """
    require(policies.can_change_payments(actor))
    before = attempt.state
    attempt = settle_attempt(attempt.public_id, trigger="staff", actor=actor)
    audit.record(
        actor=actor,
        verb="commerce.attempt_rechecked",
        target=attempt,
        facts={"before": before, "after": attempt.state},
    )
    return attempt
