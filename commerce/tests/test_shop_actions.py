"""What is sold, changed by actions: who may, and what they refuse beside the forms of the back office."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.actions.add_discount import add_discount
from commerce.actions.remove_discount import remove_discount
from commerce.actions.remove_offer_price import remove_offer_price
from commerce.actions.save_coupon import save_coupon
from commerce.actions.save_offer import PlanTerms, save_offer
from commerce.actions.set_course_price import set_course_price
from commerce.actions.set_offer_price import set_offer_price
from commerce.actions.set_rounding_rule import set_rounding_rule
from commerce.actions.set_tax_rate import set_tax_rate
from commerce.models import Coupon, Offer, OfferDiscount, OfferPrice, Plan, RoundingRule, TaxRate
from commerce.taxes import tax_rate
from commerce.tests.factories import NOON, make_offer, make_price, make_user
from core.errors import DomainError
from core.models import AuditEntry
from core.money import Money
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db


def code_of(action, **kwargs) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refused:
        action(**kwargs)
    return refused.value.code, refused.value.field


def rows() -> list[int]:
    models = (Offer, OfferPrice, OfferDiscount, Plan, Coupon, TaxRate, RoundingRule, AuditEntry)
    return [model.objects.count() for model in models]


def test_only_those_with_the_right_change_anything():
    course = make_course()
    offer = make_price(course.translation_key).offer
    discount = OfferDiscount.objects.create(offer=offer, label="Launch", percent=Decimal(5), starts_at=NOON)
    price, key = Money(100, "XAF"), course.translation_key
    calls = [
        (save_offer, {"kind": "course", "key": key}),
        (set_course_price, {"course_key": key, "price": price}),
        (set_offer_price, {"offer": offer, "price": price}),
        (remove_offer_price, {"price": offer.prices.get()}),
        (add_discount, {"offer": offer, "label": "Harvest", "percent": Decimal(10)}),
        (remove_discount, {"discount": discount}),
        (save_coupon, {"code": "HARVEST", "percent": Decimal(10)}),
        (set_tax_rate, {"country": "CM", "name": "TVA", "percent": Decimal(5)}),
        (set_rounding_rule, {"step": price}),
    ]
    before = rows()
    looking = make_user(permissions=("commerce.view_offer", "commerce.view_coupon", "commerce.view_taxrate"))
    for actor in (AnonymousUser(), make_user(), looking):
        for action, kwargs in calls:
            assert code_of(action, actor=actor, **kwargs) == ("not_allowed", None), action
    assert rows() == before
    for removal in (remove_offer_price, remove_discount):
        assert code_of(removal, actor=None, **dict(calls)[removal])[0] == "not_allowed"


def test_the_price_of_a_course_makes_its_offer_and_replaces_the_price_before():
    staff = make_user(permissions=("commerce.change_offer",))
    course = make_course("Loops")
    for minor in (25000, 20000):
        set_course_price(actor=staff, course_key=course.translation_key, price=Money(minor, "XAF"))
    set_course_price(actor=staff, course_key=course.translation_key, price=Money(3900, "USD"))
    offer = Offer.objects.get()
    assert (offer.kind, offer.key, offer.title, offer.is_on_sale) == ("course", course.translation_key, "Loops", True)
    assert list(offer.prices.values_list("currency", "amount_minor")) == [("USD", 3900), ("XAF", 20000)]
    for minor in (0, -1):
        asked = {"actor": staff, "course_key": course.translation_key, "price": Money(minor, "XAF")}
        assert code_of(set_course_price, **asked) == ("invalid_price", "amount")
    assert code_of(set_offer_price, actor=staff, offer=offer, price=Money(10**13, "XAF"))[0] == "invalid_price"
    wrong = {"actor": staff, "offer": offer, "price": Money(1, "XAF"), "country": "Cameroon"}
    assert code_of(set_offer_price, **wrong) == ("invalid_country", "country")
    assert AuditEntry.objects.filter(verb="commerce.price_set", actor=staff).count() == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "seat"}, "kind"),
        ({"kind": "course"}, "key"),
        ({"kind": "course", "key": uuid.uuid4()}, "key"),
        ({"kind": "path", "key": uuid.uuid4()}, "key"),
        ({"kind": "bundle", "title": "All"}, "items"),
        ({"kind": "bundle", "title": "All", "items": [("course", uuid.uuid4())]}, "items"),
        ({"kind": "plan", "title": "All"}, "scope"),
        ({"kind": "plan", "title": "All", "plan": PlanTerms(interval="week")}, "scope"),
        ({"kind": "plan", "title": "All", "plan": PlanTerms(trial_days=-1)}, "trial_days"),
        ({"kind": "plan", "title": "All", "plan": PlanTerms(scope="path")}, "path_key"),
        ({"kind": "plan", "title": "All", "plan": PlanTerms(scope="items")}, "items"),
        ({"kind": "plan", "plan": PlanTerms()}, "title"),
        ({"kind": "plan", "title": "x" * 256, "plan": PlanTerms()}, "title"),
        ({"kind": "plan", "title": "All", "titles": {"tlh": "Hoch"}, "plan": PlanTerms()}, "titles"),
    ],
)
def test_offers_that_are_not_complete(fields, field):
    assert code_of(save_offer, actor=None, **fields) == ("invalid_offer", field)
    assert rows() == [0] * 8


def test_a_course_has_one_offer():
    course = make_course()
    save_offer(actor=None, kind="course", key=course.translation_key)
    again = {"actor": None, "kind": "course", "key": course.translation_key}
    assert code_of(save_offer, **again) == ("invalid_offer", "key")
    assert Offer.objects.count() == 1


def test_an_offer_is_converted_from_a_currency_that_there_is():
    course = make_course()
    asked = {"actor": None, "kind": "course", "key": course.translation_key, "base_currency": "XXX"}
    assert code_of(save_offer, **asked) == ("invalid_currency", "currency")


def test_where_buyers_choose_there_is_no_discount():
    offer = make_offer(pricing=Offer.Pricing.CHOICE)
    asked = {"actor": None, "offer": offer, "label": "Launch", "percent": Decimal(5)}
    assert code_of(add_discount, **asked) == ("invalid_offer", None)
    assert code_of(add_discount, **{**asked, "offer": make_offer(), "percent": Decimal("5.001")})[1] == "percent"


def test_the_rate_that_began_last_holds_until_its_last_day():
    for percent, first, last in (("19.25", 0, None), ("17", 10, 20)):
        set_tax_rate(
            actor=None,
            country="CM",
            name="TVA",
            percent=Decimal(percent),
            valid_from=(NOON + timedelta(days=first)).date(),
            valid_until=(NOON + timedelta(days=last)).date() if last else None,
        )
    found = {day: tax_rate("CM", (NOON + timedelta(days=day)).date()) for day in (-1, 0, 9, 10, 20, 21)}
    percents = {day: rate.percent if rate else None for day, rate in found.items()}
    usual, special = Decimal("19.25"), Decimal(17)
    assert percents == {-1: None, 0: usual, 9: usual, 10: special, 20: special, 21: usual}
    assert tax_rate("NG", NOON.date()) is None
    assert tax_rate("", NOON.date()) is None
    asked = {"actor": None, "country": "XX", "name": "TVA", "percent": Decimal(5)}
    assert code_of(set_tax_rate, **asked) == ("invalid_country", "country")
    assert code_of(set_tax_rate, **{**asked, "country": "CM", "name": " "}) == ("invalid_tax_rate", "name")


def test_a_rounding_rule_replaces_the_one_before():
    set_rounding_rule(actor=None, step=Money(100, "EUR"), minus=Money(1, "EUR"))
    set_rounding_rule(actor=None, step=Money(50, "EUR"), direction="up")
    rule = RoundingRule.objects.get()
    assert (rule.step_minor, rule.minus_minor, rule.direction) == (50, 0, "up")
    for wrong, field in (
        ({"step": Money(0, "EUR")}, "step"),
        ({"step": Money(50, "EUR"), "minus": Money(50, "EUR")}, "minus"),
        ({"step": Money(50, "EUR"), "minus": Money(1, "XAF")}, "minus"),
        ({"step": Money(50, "EUR"), "direction": "down"}, "direction"),
    ):
        assert code_of(set_rounding_rule, actor=None, **wrong) == ("invalid_tax_rate", field)
