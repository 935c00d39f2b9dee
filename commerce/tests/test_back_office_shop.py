"""Offers, prices, discounts, coupons, taxes and rounding in the admin."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.models import (
    BundleItem,
    Coupon,
    CouponTarget,
    Offer,
    OfferDiscount,
    OfferPrice,
    Plan,
    RoundingRule,
    TaxRate,
)
from commerce.tests.factories import NOON, make_bundle, make_coupon, make_offer, make_price, make_user
from core import clock
from core.currencies import CURRENCIES
from core.models import AuditEntry
from core.money import Money
from courses.models import Category
from courses.tests.factories import make_course, make_path

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LISTS = {
    "offer": "view_offer",
    "offerprice": "view_offer",
    "offerdiscount": "view_offer",
    "coupon": "view_coupon",
    "taxrate": "view_taxrate",
    "roundingrule": "view_taxrate",
}


def login(client, *permissions):
    user = make_user(permissions=("wagtailadmin.access_admin", *(f"commerce.{name}" for name in permissions)))
    client.force_login(user)
    return user


def list_url(name):
    return reverse(f"commerce_{name}_modeladmin_index")


def add_url(name):
    return reverse(f"commerce_{name}_modeladmin_create")


def act_url(name, pk):
    return reverse(f"commerce_back_office:{name}", args=[pk])


def errors(response) -> str:
    """The page of a form that was refused."""
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_yes_and_no_are_words_and_menus_have_no_capitals_inside(client):
    login(client, *LISTS.values())
    make_coupon("WELCOME10")
    make_price(make_course(title="Loops").translation_key, 25_000)
    TaxRate.objects.create(country="CM", name="TVA", percent=Decimal("19.25"), valid_from=date(2026, 1, 1))
    for name, column in (("offer", "on_sale"), ("coupon", "active"), ("taxrate", "inclusive")):
        page = client.get(list_url(name), follow=True).content.decode()
        assert re.search(rf'<td class="field-{column}[^>]*>\s*yes', page)
        assert "icon-yes" not in page
    assert "Tax rates" in page
    assert "Tax Rates" not in page


def test_an_offer_of_a_course_with_its_first_price(client):
    staff = login(client, "view_offer", "change_offer")
    course = make_course("Loops")
    url = add_url("offer")
    assert "Loops" in client.get(url).content.decode()
    posted = {"key": str(course.translation_key), "pricing": "fixed", "is_on_sale": "on"}
    assert "fewer decimal digits" in errors(client.post(url, {**posted, "amount": "25.5", "currency": "XAF"}))
    assert client.post(url, {**posted, "amount": "25000", "currency": "XAF"}).url == list_url("offer")
    offer, price = Offer.objects.get(), OfferPrice.objects.get()
    assert (offer.kind, offer.key, offer.title, offer.is_on_sale) == ("course", course.translation_key, "Loops", True)
    assert (price.offer, price.amount_minor, price.currency, price.country) == (offer, 25000, "XAF", "")
    page = client.get(list_url("offer")).content.decode()
    assert "Loops" in page
    assert "25\u202f000\u00a0FCFA" in page
    assert "is an offer of this course" in errors(client.post(url, posted))
    assert "is_on_sale" in errors(client.post(act_url("offer", offer.pk), {"pricing": "fixed", "places": "0"}))
    Offer.objects.update(places=9, places_taken=4)
    page = client.get(list_url("offer")).content.decode()
    assert "4 of 9" in page
    assert "4 places are taken already" in errors(client.post(act_url("offer", offer.pk), {**posted, "places": "3"}))
    assert client.post(act_url("offer", offer.pk), {**posted, "places": "40"}).status_code == 302
    offer.refresh_from_db()
    assert (offer.places, offer.places_taken) == (40, 4)
    assert client.post(act_url("offer", offer.pk), {"pricing": "choice", "base_currency": "XAF"}).status_code == 302
    offer.refresh_from_db()
    assert (offer.pricing, offer.base_currency, offer.is_on_sale) == ("choice", "XAF", False)
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {staff.pk}
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "commerce.offer_made",
        "commerce.price_set",
        "commerce.offer_changed",
        "commerce.offer_changed",
    ]


def test_a_bundle_has_titles_and_items(client):
    login(client, "view_offer", "change_offer")
    course, path = make_course("Loops"), make_path([make_course()], "Programming")
    url = f"{add_url('offer')}?kind=bundle"
    items = [f"path:{path.translation_key}", f"course:{course.translation_key}"]
    posted = {"title": "Everything", "title_fr": "Tout", "pricing": "fixed", "is_on_sale": "on", "items": items}
    assert "at least one course" in errors(client.post(url, {**posted, "items": []}))
    assert client.post(url, posted).status_code == 302
    bundle = Offer.objects.get()
    assert (bundle.kind, bundle.key, bundle.titles) == ("bundle", bundle.public_id, {"fr": "Tout"})
    assert list(bundle.items.values_list("kind", "title")) == [("path", "Programming"), ("course", "Loops")]
    page = client.get(act_url("offer", bundle.pk)).content.decode()
    assert 'value="Tout"' in page
    assert client.post(act_url("offer", bundle.pk), {**posted, "title": "All", "items": items[1:]}).status_code == 302
    bundle.refresh_from_db()
    assert (bundle.title, BundleItem.objects.count()) == ("All", 1)


def test_a_plan_gives_all_one_path_or_chosen_courses(client):
    login(client, "view_offer", "change_offer")
    path = make_path([make_course()], "Programming")
    url = f"{add_url('offer')}?kind=plan"
    posted = {
        "title": "All courses",
        "pricing": "fixed",
        "is_on_sale": "on",
        "interval": "month",
        "scope": "catalogue",
        "trial_days": "7",
        "amount": "5000",
        "currency": "XAF",
    }
    assert client.post(url, posted).status_code == 302
    plan = Plan.objects.get()
    assert (plan.offer.title, plan.interval, plan.scope, plan.trial_days) == ("All courses", "month", "catalogue", 7)
    assert "no such course or path" in errors(client.post(url, {**posted, "scope": "path"}))
    assert "at least one course" in errors(client.post(url, {**posted, "scope": "items"}))
    changed = {**posted, "scope": "path", "path_key": str(path.translation_key), "interval": "year"}
    assert client.post(act_url("offer", plan.offer_id), changed).status_code == 302
    plan.refresh_from_db()
    assert (plan.scope, plan.path_key, plan.interval) == ("path", path.translation_key, "year")
    assert "Programming" in client.get(act_url("offer", plan.offer_id)).content.decode()
    assert Offer.objects.count() == 1


def test_prices_are_typed_in_major_units(client):
    login(client, "view_offer", "change_offer")
    offer = make_offer(title="Loops")
    url = add_url("offerprice")
    assert f'<option value="{offer.pk}" selected' in client.get(f"{url}?offer={offer.pk}").content.decode()
    posted = {"offer": str(offer.pk), "amount": "25.50", "currency": "NGN", "country": "NG"}
    assert client.post(url, posted).status_code == 302
    price = OfferPrice.objects.get()
    assert (price.amount_minor, price.currency, price.country) == (2550, "NGN", "NG")
    assert "Loops" in client.get(list_url("offerprice")).content.decode()
    assert "fewer decimal digits" in errors(client.post(url, {**posted, "currency": "XAF"}))
    assert "more than nothing" in errors(client.post(url, {**posted, "amount": "0"}))
    assert "choose what to pay" in errors(client.post(url, {**posted, "minimum": "10"}))
    # A price keeps what it is of, whatever is sent.
    assert client.post(act_url("price", price.pk), {**posted, "amount": "30", "currency": "XAF"}).status_code == 302
    price.refresh_from_db()
    assert (price.amount_minor, price.currency, price.country) == (3000, "NGN", "NG")
    assert client.post(act_url("remove_price", price.pk)).status_code == 302
    assert not OfferPrice.objects.exists()
    assert AuditEntry.objects.count() == 3


def test_a_least_amount_where_buyers_choose(client):
    login(client, "view_offer", "change_offer")
    offer = make_offer(pricing=Offer.Pricing.CHOICE)
    posted = {"offer": str(offer.pk), "amount": "5000", "minimum": "1000", "currency": "XAF", "country": ""}
    assert client.post(add_url("offerprice"), posted).status_code == 302
    assert OfferPrice.objects.get().minimum_minor == 1000
    assert "at most the price" in errors(client.post(add_url("offerprice"), {**posted, "minimum": "5001"}))


def test_discounts_are_per_cent_or_a_price(client):
    login(client, "view_offer", "change_offer")
    offer = make_price(make_course().translation_key, 25000).offer
    url = add_url("offerdiscount")
    posted = {"offer": str(offer.pk), "label": "Launch price", "percent": "20"}
    with clock.frozen(NOON):
        assert client.post(url, posted).status_code == 302
        page = client.get(list_url("offerdiscount")).content.decode()
    assert "20 % off" in page
    assert "in force" in page
    discount = OfferDiscount.objects.get()
    assert (discount.percent, discount.starts_at, discount.ends_at) == (Decimal(20), NOON, None)
    for wrong, said in (
        ({"percent": ""}, "either per cent"),
        ({"amount": "100", "currency": "XAF"}, "either per cent"),
        ({"percent": "100.5"}, "at most 100"),
        ({"percent": "", "amount": "100"}, "Say in which currency"),
        ({"starts_at": "2026-11-02 12:00", "ends_at": "2026-11-02 12:00"}, "end after it begins"),
        ({"label": ""}, "required"),
    ):
        assert said in errors(client.post(url, {**posted, **wrong})), wrong
    priced = {**posted, "percent": "", "amount": "19000", "currency": "XAF"}
    assert client.post(url, priced).status_code == 302
    assert OfferDiscount.objects.get(currency="XAF").amount_minor == 19000
    assert client.post(act_url("remove_discount", discount.pk)).status_code == 302
    assert OfferDiscount.objects.count() == 1


def test_coupons_are_made_changed_and_never_deleted(client):
    staff = login(client, "view_coupon", "change_coupon")
    course, offer = make_course(), make_offer()
    Category.objects.create(title="Data", slug="data", locale=course.locale)
    url = add_url("coupon")
    posted = {
        "code": "wel come-10",
        "percent": "10",
        "max_uses": "100",
        "max_uses_per_person": "1",
        "is_active": "on",
        "offers": [offer.pk],
        "categories": ["data"],
        "domains": "Example.org\nexample.com",
    }
    assert client.post(url, posted).status_code == 302
    coupon = Coupon.objects.get()
    assert (coupon.code, coupon.percent, coupon.max_uses, coupon.created_by) == ("WELCOME10", Decimal(10), 100, staff)
    assert set(CouponTarget.objects.values_list("kind", "value", "offer")) == {
        ("offer", "", offer.pk),
        ("category", "data", None),
        ("organization", "example.org", None),
        ("organization", "example.com", None),
    }
    page = client.get(act_url("coupon", coupon.pk)).content.decode()
    assert "example.org\nexample.com" in page.replace("\r", "")
    for wrong, said in (
        ({}, "with this code already"),
        ({"code": "abc"}, "4 to 32 letters"),
        ({"code": "ÄÖÜ-42"}, "4 to 32 letters"),
        ({"code": "OTHER", "percent": ""}, "either per cent"),
        ({"code": "OTHER", "amount": "5", "currency": "EUR"}, "either per cent"),
        ({"code": "OTHER", "percent": "0"}, "above 0"),
        ({"code": "OTHER", "domains": "awa@example.org"}, "without the part before"),
    ):
        assert said in errors(client.post(url, {**posted, **wrong})), wrong
    Coupon.objects.update(uses=3)
    change = {"percent": "", "amount": "5.50", "currency": "EUR", "max_uses": "2"}
    assert "more often than that" in errors(client.post(act_url("coupon", coupon.pk), change))
    assert client.post(act_url("coupon", coupon.pk), {**change, "max_uses": "3", "code": "X"}).status_code == 302
    coupon.refresh_from_db()
    assert (coupon.code, coupon.kind, coupon.amount_minor, coupon.currency, coupon.is_active) == (
        "WELCOME10",
        "amount",
        550,
        "EUR",
        False,
    )
    assert (coupon.uses, coupon.max_uses_per_person, CouponTarget.objects.count()) == (3, None, 0)


def test_tax_rates_hold_from_a_day_on(client):
    login(client, "view_taxrate", "change_taxrate")
    url = add_url("taxrate")
    posted = {"country": "CM", "name": "TVA", "percent": "19.25", "is_inclusive": "on", "valid_from": "2026-11-02"}
    assert client.post(url, posted).status_code == 302
    rate = TaxRate.objects.get()
    assert (rate.percent, rate.is_inclusive, rate.valid_from) == (Decimal("19.25"), True, date(2026, 11, 2))
    assert "19.25" in client.get(list_url("taxrate")).content.decode()
    for wrong in ({"country": "XX"}, {"percent": "101"}, {"percent": "1.2345"}, {"valid_until": "2026-11-01"}):
        errors(client.post(url, {**posted, **wrong}))
    change = {**posted, "country": "NG", "percent": "17.5", "valid_until": "2027-01-01"}
    assert client.post(act_url("tax_rate", rate.pk), change).status_code == 302
    rate.refresh_from_db()
    assert (rate.country, rate.percent, rate.valid_until) == ("CM", Decimal("17.5"), date(2027, 1, 1))
    assert TaxRate.objects.count() == 1


def test_rounding_rules_are_typed_in_major_units(client):
    login(client, "view_taxrate", "change_taxrate")
    url = add_url("roundingrule")
    posted = {"currency": "EUR", "step": "1", "minus": "0.01", "direction": "up"}
    assert client.post(url, posted).status_code == 302
    rule = RoundingRule.objects.get()
    assert (rule.step_minor, rule.minus_minor, rule.direction) == (100, 1, "up")
    assert "less than the multiple" in errors(client.post(url, {**posted, "minus": "1"}))
    assert "at least one minor unit" in errors(client.post(url, {**posted, "step": "0"}))
    assert client.post(act_url("rounding_rule", rule.pk), {**posted, "step": "5", "minus": ""}).status_code == 302
    rule.refresh_from_db()
    assert (rule.step_minor, rule.minus_minor) == (500, 0)


@pytest.mark.parametrize("name", LISTS)
def test_queries_of_a_list_are_flat(client, name):
    login(client, LISTS[name])
    counts = []
    for target in (10, 30):
        while Offer.objects.count() < target:
            number = Offer.objects.count()
            key = make_course().translation_key
            offer = make_bundle(key, price=Money(100, "XAF"))
            OfferDiscount.objects.create(offer=offer, label="Launch", percent=Decimal(5), starts_at=NOON)
            make_coupon(f"CODE{number}")
            TaxRate.objects.create(country="CM", name="TVA", percent=Decimal(5), valid_from=date(2000 + number, 1, 1))
            RoundingRule.objects.create(currency=sorted(CURRENCIES)[number])
        client.get(list_url(name))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(list_url(name)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_without_the_right_nothing_happens(client):
    offer = make_price(make_course().translation_key).offer
    price, coupon = offer.prices.get(), make_coupon()
    discount = OfferDiscount.objects.create(offer=offer, label="Launch", percent=Decimal(5), starts_at=NOON)
    rate = TaxRate.objects.create(country="CM", name="TVA", percent=Decimal(5), valid_from=NOON.date())
    rule = RoundingRule.objects.create(currency="EUR", step_minor=100)
    login(client, *set(LISTS.values()))
    urls = [
        *(add_url(name) for name in LISTS),
        act_url("offer", offer.pk),
        *(act_url(name, price.pk) for name in ("price", "remove_price")),
        act_url("remove_discount", discount.pk),
        act_url("coupon", coupon.pk),
        act_url("tax_rate", rate.pk),
        act_url("rounding_rule", rule.pk),
    ]
    for url in urls:
        for response in (client.get(url), client.post(url, {"percent": "5", "amount": "1", "currency": "XAF"})):
            assert response.status_code in (302, 403)
            assert response.status_code == 403 or response.url == reverse("wagtailadmin_home")
    assert not AuditEntry.objects.exists()
    for name in LISTS:
        page = client.get(list_url(name)).content.decode()
        assert "commerce-actions" not in page
    login(client)
    for name in LISTS:
        assert client.get(list_url(name)).status_code in (302, 403)
