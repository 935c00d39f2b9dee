"""Which plan a price at Stripe belongs to, and the adapter that asks Stripe about subscriptions."""

from commerce.models import Plan, Subscription
from commerce.providers import registry
from commerce.providers.stripe import StripeProvider
from commerce.providers.stripe_billing import StripeBilling
from commerce.subscriptions import plan_title
from commerce.taxes import tax_rate, taxed
from core.money import Money

__all__ = ["billing_adapter", "charged_amount", "plan_of_price", "stripe_price"]


def billing_adapter() -> StripeBilling:
    """Stripe's billing.

    Raises:
        ProviderUnavailable: Stripe is not configured.
    """
    adapter = registry.provider("stripe")
    if not isinstance(adapter, StripeProvider):
        raise TypeError("The provider called stripe is Stripe.")
    return StripeBilling(adapter)


def charged_amount(price: Money, country: str) -> Money:
    """What a card is charged for a period: the price with the tax on top of it, if any; Stripe adds none."""
    return taxed([price], price.currency, tax_rate(country)).total


def stripe_price(plan: Plan, amount: Money) -> str:
    """Return Stripe's price of a plan, made when it is first needed. Not inside a transaction: Stripe is asked.

    Raises:
        ProviderError: Stripe refuses, or gives no answer.
    """
    name = f"{amount.currency}:{amount.minor}"
    known = Plan.objects.values_list("stripe_prices", flat=True).get(pk=plan.pk)
    if name in known:
        return str(known[name])
    made = billing_adapter().make_price(
        plan=plan.offer.public_id, name=plan_title(plan, "en"), amount=amount, interval=plan.interval
    )
    fresh = Plan.objects.get(pk=plan.pk)
    fresh.stripe_prices = {**fresh.stripe_prices, name: made}
    fresh.save(update_fields=["stripe_prices"])
    return made


def plan_of_price(price_ref: str, subscription: Subscription) -> Plan:
    """The plan that a price at Stripe was made for; the subscription's own where nobody knows it."""
    for plan in Plan.objects.exclude(stripe_prices={}).select_related("offer"):
        if price_ref in plan.stripe_prices.values():
            return plan
    return subscription.plan
