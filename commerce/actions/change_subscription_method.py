"""Change how renewals are asked for."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.errors import BilledByCard, SubscriptionStateRefused
from commerce.methods import require_method
from commerce.models import Subscription
from commerce.phones import parse_wallet_phone
from commerce.providers import registry
from commerce.subscriptions import locked_subscription

__all__ = ["change_subscription_method"]


def change_subscription_method(
    *, actor: Any, subscription: Subscription, provider: str = "", phone: str = ""
) -> Subscription:
    """Have renewals asked for on another phone, or, without a provider, not at all: then they are paid by hand.

    Args:
        phone: the wallet's number as people type it; giving it says that prompts may be sent there.

    Raises:
        NotAllowed: somebody else's.
        SubscriptionStateRefused: it has ended.
        BilledByCard: Stripe charges a card; that one is changed on its page (``actions/open_card_page``).
        ProviderUnavailable: the next period can't be paid that way; the message says why.
        InvalidPhone: not a mobile number of the country.
    """
    policies.change_subscription.require(actor, subscription)
    if subscription.billing == Subscription.Billing.STRIPE:
        raise BilledByCard
    number = ""
    if provider:
        if registry.capabilities(provider).needs_phone or phone:
            text = phone.strip()
            number = parse_wallet_phone(text, "" if text.startswith(("+", "00")) else subscription.country)
        require_method(provider, subscription.country, subscription.amount, phone=number)
    with transaction.atomic():
        locked = locked_subscription(subscription.pk)
        if locked.state == Subscription.State.ENDED:
            raise SubscriptionStateRefused
        locked.provider, locked.phone = provider, number
        locked.save(update_fields=["provider", "phone"])
    return locked
