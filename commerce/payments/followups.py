"""What becomes of money after it was accepted: refunds and disputes that a provider reports with a payment."""

from commerce.models import PaymentAttempt
from commerce.providers.base import ProviderStatus

__all__ = ["follow_up"]


def follow_up(attempt: PaymentAttempt, status: ProviderStatus) -> None:
    """Hand what ``status`` says of refunds or disputes of an accepted payment to those whose business it is."""
