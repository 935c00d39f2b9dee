"""What the demo school sells, out of ``demo/school.yaml``."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from commerce.actions.add_discount import add_discount
from commerce.actions.save_coupon import save_coupon
from commerce.actions.save_offer import PlanTerms, save_offer
from commerce.actions.set_offer_price import set_offer_price
from commerce.actions.set_rounding_rule import set_rounding_rule
from commerce.actions.set_tax_rate import set_tax_rate
from commerce.models import Coupon, Offer, RoundingRule, TaxRate
from core import clock
from core.money import Money

__all__ = ["load_shop"]

#: The translation key of a course or path, by the slug that the demo's files call it.
KeyOf = Callable[[str], uuid.UUID]


def load_shop(shop: dict[str, Any], languages: list[str], key_of: KeyOf) -> None:
    """Make offers, coupons, tax rates and rounding rules that are not there; what somebody has changed stays.

    Args:
        shop: ``offers coupons taxes rounding``, with amounts in major units.
        languages: of the school, the first one's titles are the offers' own.
    """
    with transaction.atomic():
        for rule in shop.get("rounding", []):
            if not RoundingRule.objects.filter(currency=rule["currency"]).exists():
                _add_rounding(rule)
        for tax in shop.get("taxes", []):
            if not TaxRate.objects.filter(country=tax["country"]).exists():
                first = date.fromisoformat(str(tax["valid_from"]))
                set_tax_rate(actor=None, **{**tax, "percent": Decimal(tax["percent"]), "valid_from": first})
        for offer in shop.get("offers", []):
            _load_offer(offer, languages, key_of)
        for coupon in shop.get("coupons", []):
            if not Coupon.objects.filter(code=coupon["code"]).exists():
                save_coupon(actor=None, **{**coupon, "percent": Decimal(coupon["percent"])})


def _add_rounding(rule: dict[str, str]) -> None:
    currency = rule["currency"]
    minus = Money.from_decimal(rule["minus"], currency) if "minus" in rule else None
    direction = rule.get("direction", RoundingRule.Direction.NEAREST)
    set_rounding_rule(actor=None, step=Money.from_decimal(rule["step"], currency), minus=minus, direction=direction)


def _load_offer(data: dict[str, Any], languages: list[str], key_of: KeyOf) -> None:
    kind, titles = data["kind"], data.get("title", {})
    first, *others = languages
    key = key_of(data[kind]) if kind in (Offer.Kind.COURSE, Offer.Kind.PATH) else None
    known = Offer.objects.filter(kind=kind)
    if (known.filter(key=key) if key else known.filter(title=titles[first])).exists():
        return
    offer = save_offer(
        actor=None,
        kind=kind,
        key=key,
        title=titles.get(first, ""),
        titles={language: titles[language] for language in others if language in titles},
        base_currency=data.get("base_currency", ""),
        places=data.get("places"),
        items=[("course", key_of(slug)) for slug in data.get("courses", [])],
        plan=PlanTerms(data["interval"], trial_days=data.get("trial_days", 0)) if kind == Offer.Kind.PLAN else None,
    )
    for currency, amount in data["prices"].items():
        set_offer_price(actor=None, offer=offer, price=Money.from_decimal(amount, currency))
    if discount := data.get("discount"):
        add_discount(
            actor=None,
            offer=offer,
            label=discount["label"],
            percent=Decimal(discount["percent"]),
            ends_at=clock.now() + timedelta(days=discount["days"]),
        )
