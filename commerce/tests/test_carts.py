"""Carts: guests and people, gifts, merging, what they come to, and what is refused."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.actions.add_example_rates import add_example_rates
from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.remove_from_cart import remove_from_cart
from commerce.actions.sweep_carts import sweep_carts
from commerce.carts import MAX_ITEMS, cart_for, find_cart, merge_carts, view_cart
from commerce.models import Cart, CartItem, Offer, OfferPrice, Plan, TaxRate
from commerce.tests.factories import (
    NOON,
    make_bundle,
    make_cart,
    make_coupon,
    make_enrollment,
    make_offer,
    make_price,
    make_user,
)
from core.clock import frozen
from core.errors import DomainError
from core.money import Money
from core.tests.rivals import race
from courses.tests.factories import make_course, make_path

pytestmark = pytest.mark.django_db

XAF = "XAF"


def priced_offer(minor: int = 25000, currency: str = XAF, **fields) -> Offer:
    """An offer of a published course."""
    offer = make_price(make_course().translation_key, minor, currency).offer
    for name, value in fields.items():
        setattr(offer, name, value)
    offer.save()
    return offer


def code_of(action, **kwargs) -> str:
    with pytest.raises(DomainError) as refused:
        action(**kwargs)
    return refused.value.code


def test_a_guests_cart_is_found_by_a_token_of_which_only_the_hash_is_stored():
    cart, token = cart_for(None)
    assert len(token) >= 43
    assert token not in Cart.objects.get().token_hash
    assert find_cart(AnonymousUser(), token) == cart
    assert cart_for(None, token) == (cart, token)
    for wrong in ("", token[:-1], cart.token_hash):
        assert find_cart(None, wrong) is None
    other, fresh = cart_for(None, "made up")
    assert other != cart
    assert fresh != "made up"


def test_a_person_has_one_cart_and_nobody_else_reaches_it():
    person, offer = make_user(), priced_offer()
    cart, token = cart_for(person)
    assert (cart_for(person), token) == ((cart, ""), "")
    item = add_to_cart(actor=person, cart=cart, offer=offer)
    for other in (None, AnonymousUser(), make_user(), make_user(is_superuser=True)):
        assert code_of(add_to_cart, actor=other, cart=cart, offer=offer) == "cart_not_found"
        assert code_of(remove_from_cart, actor=other, cart=cart, item_id=item.public_id) == "cart_not_found"
    assert cart.items.count() == 1


def test_the_same_again_stays_one_and_the_last_word_counts():
    cart, _token = cart_for(None)
    offer = priced_offer(pricing=Offer.Pricing.CHOICE)
    add_to_cart(actor=None, cart=cart, offer=offer)
    item = add_to_cart(actor=None, cart=cart, offer=offer, chosen=Money(3000, XAF))
    assert CartItem.objects.get() == item
    assert view_cart(cart, currency=XAF).total == Money(3000, XAF)
    add_to_cart(actor=None, cart=cart, offer=offer)
    assert view_cart(cart, currency=XAF).total == Money(25000, XAF)


def test_one_course_goes_to_oneself_and_to_two_friends():
    person = make_user("awa@example.com")
    cart, offer = make_cart(person), priced_offer()
    add_to_cart(actor=person, cart=cart, offer=offer)
    for name in ("Binta@Example.com ", "chidi@example.com"):
        add_to_cart(actor=person, cart=cart, offer=offer, recipient_email=name, recipient_message=" For you. ")
    view = view_cart(cart, currency=XAF, person=person)
    assert [(line.item.recipient_email, line.item.recipient_message, line.is_gift) for line in view.lines] == [
        ("", "", False),
        ("binta@example.com", "For you.", True),
        ("chidi@example.com", "For you.", True),
    ]
    assert (view.total, view.problem) == (Money(75000, XAF), None)


@pytest.mark.parametrize(
    ("email", "message", "code"),
    [
        ("AWA@example.com", "", "gift_to_oneself"),
        ("awa.work@example.com", "", "gift_to_oneself"),
        ("nobody", "", "gift_refused"),
        ("a" * 250 + "@example.com", "", "gift_refused"),
        ("", "For you.", "gift_refused"),
        ("binta@example.com", "x" * 501, "gift_refused"),
    ],
)
def test_gifts_need_an_address_of_somebody_else(email, message, code):
    person = make_user("awa@example.com")
    EmailAddress.objects.create(user=person, email="awa.work@example.com", verified=False)
    cart, offer = make_cart(person), priced_offer()
    asked = {"actor": person, "cart": cart, "offer": offer, "recipient_email": email, "recipient_message": message}
    assert code_of(add_to_cart, **asked) == code
    assert not cart.items.exists()


def test_a_guests_gift_to_themselves_shows_when_they_log_in():
    cart, token = cart_for(None)
    add_to_cart(actor=None, cart=cart, offer=priced_offer(), recipient_email="awa@example.com")
    person = make_user("awa@example.com")
    view = view_cart(merge_carts(person, token), currency=XAF, person=person)
    assert view.problem.code == "gift_to_oneself"
    assert view.total.is_zero


def test_what_one_has_is_refused_in_the_cart_and_when_it_is_put_there():
    person, offer = make_user(), priced_offer()
    cart = make_cart(person, offer)
    assert view_cart(cart, currency=XAF, person=person).problem is None
    enrollment = make_enrollment(person, offer.key)
    assert code_of(add_to_cart, actor=person, cart=cart, offer=offer) == "already_owned"
    assert view_cart(cart, currency=XAF, person=person).problem.code == "already_owned"
    gift = add_to_cart(actor=person, cart=cart, offer=offer, recipient_email="binta@example.com")
    remove_from_cart(actor=person, cart=cart, item_id=cart.items.exclude(pk=gift.pk).get().public_id)
    assert view_cart(cart, currency=XAF, person=person).problem is None
    for field, value in (("source", "subscription"), ("state", "expired"), ("ends_at", NOON)):
        fresh = make_enrollment(make_user(), offer.key, **{field: value})
        with frozen(NOON):
            add_to_cart(actor=fresh.learner, cart=make_cart(fresh.learner), offer=offer)
    assert enrollment.state == "active"


def test_a_bundle_of_which_something_is_missing_can_be_bought():
    first, second = make_course(), make_course()
    bundle = make_bundle(first.translation_key, second.translation_key, price=Money(30000, XAF))
    person = make_user()
    cart = make_cart(person)
    make_enrollment(person, first.translation_key)
    add_to_cart(actor=person, cart=cart, offer=bundle)
    line = view_cart(cart, currency=XAF, person=person).lines[0]
    assert (line.problem, line.course_keys) == (None, {first.translation_key, second.translation_key})
    make_enrollment(person, second.translation_key)
    assert view_cart(cart, currency=XAF, person=person).problem.code == "already_owned"


def test_what_is_not_sold_is_refused():
    cart, _token = cart_for(None)
    gone = make_price(uuid.uuid4()).offer
    free = make_offer(key=make_course().translation_key)
    off_sale = priced_offer(is_on_sale=False)
    empty = make_bundle(uuid.uuid4(), price=Money(100, XAF))
    for offer in (gone, free, off_sale, empty):
        assert code_of(add_to_cart, actor=None, cart=cart, offer=offer) == "not_on_sale"
    plan = make_offer(Offer.Kind.PLAN)
    Plan.objects.create(offer=plan)
    assert code_of(add_to_cart, actor=None, cart=cart, offer=plan) == "subscribe_instead"


def test_what_went_off_sale_later_has_a_problem_and_costs_nothing():
    sold, gone = priced_offer(), priced_offer()
    cart = make_cart(None, sold, gone)
    Offer.objects.filter(pk=gone.pk).update(is_on_sale=False)
    view = view_cart(cart, currency=XAF)
    assert [line.problem.code if line.problem else "" for line in view.lines] == ["", "not_on_sale"]
    assert (view.total, view.lines[1].amount) == (Money(25000, XAF), None)


@pytest.mark.parametrize(
    ("minor", "currency", "code"),
    [(999, XAF, "chosen_amount"), (10**13, XAF, "chosen_amount"), (5000, "EUR", "currency_not_sold")],
)
def test_a_chosen_amount_is_checked(minor, currency, code):
    cart, _token = cart_for(None)
    offer = priced_offer(5000, pricing=Offer.Pricing.CHOICE)
    offer.prices.update(minimum_minor=1000)
    assert code_of(add_to_cart, actor=None, cart=cart, offer=offer, chosen=Money(minor, currency)) == code
    assert code_of(add_to_cart, actor=None, cart=cart, offer=priced_offer(), chosen=Money(5000, XAF)) == "chosen_amount"


def test_an_amount_chosen_in_another_currency_is_asked_for_again():
    offer = priced_offer(5000, pricing=Offer.Pricing.CHOICE)
    OfferPrice.objects.create(offer=offer, currency="EUR", amount_minor=800)
    cart, _token = cart_for(None)
    add_to_cart(actor=None, cart=cart, offer=offer, chosen=Money(900, "EUR"))
    assert view_cart(cart, currency="EUR").total == Money(900, "EUR")
    assert view_cart(cart, currency=XAF).problem.code == "chosen_amount"


def test_a_cart_holds_so_many():
    cart, _token = cart_for(None)
    offer = priced_offer()
    for number in range(MAX_ITEMS):
        add_to_cart(actor=None, cart=cart, offer=offer, recipient_email=f"friend{number}@example.com")
    assert code_of(add_to_cart, actor=None, cart=cart, offer=offer) == "cart_full"
    add_to_cart(actor=None, cart=cart, offer=offer, recipient_email="friend0@example.com", recipient_message="Hello")
    item = cart.items.last()
    remove_from_cart(actor=None, cart=cart, item_id=item.public_id)
    assert code_of(remove_from_cart, actor=None, cart=cart, item_id=item.public_id) == "cart_item_not_found"
    add_to_cart(actor=None, cart=cart, offer=offer)


def test_logging_in_merges_without_loss():
    shared, own, guests = priced_offer(), priced_offer(), priced_offer()
    person = make_user()
    make_cart(person, shared, own)
    cart, token = cart_for(None)
    add_to_cart(actor=None, cart=cart, offer=shared)
    add_to_cart(actor=None, cart=cart, offer=guests)
    cart.coupon = make_coupon()
    cart.referral = "AWA"
    cart.save()
    merged = merge_carts(person, token)
    assert merged.owner == person
    assert [item.offer for item in merged.items.all()] == [shared, own, guests]
    assert (merged.coupon.code, merged.referral) == ("WELCOME10", "AWA")
    assert Cart.objects.get() == merged
    assert merge_carts(person, token) == merged
    assert merge_carts(make_user(), token) is None


def test_merging_keeps_the_persons_own_coupon():
    person = make_user()
    own = make_cart(person, priced_offer())
    own.coupon = make_coupon("MINE")
    own.save()
    cart, token = cart_for(None)
    cart.coupon = make_coupon("GUESTS")
    cart.save()
    assert merge_carts(person, token).coupon.code == "MINE"


@pytest.mark.django_db(transaction=True)
def test_ten_log_ins_at_once_merge_once():
    offers = [priced_offer() for _ in range(3)]
    person = make_user()
    cart, token = cart_for(None)
    for offer in offers:
        add_to_cart(actor=None, cart=cart, offer=offer)
    results = race(10, lambda _number: merge_carts(person, token))
    assert not [result for result in results if isinstance(result, Exception)]
    assert {item.offer_id for item in Cart.objects.get(owner=person).items.all()} == {offer.pk for offer in offers}
    assert Cart.objects.count() == 1


def test_guests_carts_are_swept_when_nobody_comes_back(settings):
    settings.CART_DAYS = 30
    with frozen(NOON):
        old, _token = cart_for(None)
        add_to_cart(actor=None, cart=old, offer=priced_offer())
        persons = make_cart(make_user())
    with frozen(NOON + timedelta(days=1)):
        fresh, _token = cart_for(None)
    with frozen(NOON + timedelta(days=30, seconds=1)):
        assert sweep_carts() == 1
        assert sweep_carts() == 0
    assert set(Cart.objects.all()) == {persons, fresh}


def test_tax_within_the_prices_and_tax_on_top():
    cart = make_cart(None, priced_offer(25000), priced_offer(10000))
    for country, is_inclusive in (("CM", True), ("NG", False)):
        TaxRate.objects.create(
            country=country, name="VAT", percent=Decimal("19.25"), is_inclusive=is_inclusive, valid_from=NOON.date()
        )
    with frozen(NOON):
        within, on_top, without = (view_cart(cart, currency=XAF, country=country) for country in ("CM", "NG", "DE"))
    assert (within.total, within.tax, within.tax_name, within.tax_percent) == (
        Money(35000, XAF),
        Money(5650, XAF),
        "VAT",
        "19.25",
    )
    assert (on_top.total, on_top.tax, on_top.tax_is_inclusive) == (Money(41738, XAF), Money(6738, XAF), False)
    assert [line.amount.minor for line in on_top.lines] == [29813, 11925]
    assert (without.total, without.tax, without.tax_name) == (Money(35000, XAF), Money(0, XAF), "")


def test_one_currency_for_all_or_a_problem_with_a_line():
    add_example_rates()
    francs, both = priced_offer(25000), priced_offer(25000)
    OfferPrice.objects.create(offer=both, currency="EUR", amount_minor=4000)
    cart = make_cart(None, francs, both)
    view = view_cart(cart, currency="EUR")
    assert (view.currency, view.total, view.problem, view.currencies) == (XAF, Money(50000, XAF), None, (XAF,))
    naira = make_cart(None, priced_offer(900000, "NGN"), both)
    view = view_cart(naira, currency="EUR")
    assert (view.currency, view.currencies) == ("EUR", ())
    assert [line.problem.code if line.problem else "" for line in view.lines] == ["currency_not_sold", ""]
    assert view.total == Money(4000, "EUR")


def test_nothing_is_an_empty_cart():
    view = view_cart(None, currency="EUR")
    assert (view.is_empty, view.total, view.problem) == (True, Money(0, "EUR"), None)


def test_a_path_is_sold_with_its_courses():
    courses = [make_course("Loops"), make_course("Lists")]
    path = make_path(courses, "Programming")
    offer = make_offer(Offer.Kind.PATH, path.translation_key)
    OfferPrice.objects.create(offer=offer, currency=XAF, amount_minor=40000)
    line = view_cart(make_cart(None, offer), currency=XAF).lines[0]
    assert (line.title, line.page, line.problem) == ("Programming", path, None)
    assert line.course_keys == {course.translation_key for course in courses}


def test_a_cart_costs_the_same_number_of_queries_with_ten_and_fifty_items():
    person = make_user()
    cart = make_cart(person)
    cart.coupon = make_coupon(max_uses_per_person=3)
    cart.save()
    TaxRate.objects.create(country="CM", name="TVA", percent=Decimal("19.25"), valid_from=NOON.date())
    counts = []
    for number in (10, 50):
        while cart.items.count() < number:
            course = make_course()
            offer = make_price(course.translation_key).offer
            if cart.items.count() % 5 == 0:
                offer = make_bundle(course.translation_key, price=Money(9000, XAF))
            CartItem.objects.create(cart=cart, offer=offer)
        with CaptureQueriesContext(connection) as captured:
            view = view_cart(cart, currency=XAF, country="CM", person=person)
        assert (len(view.lines), view.problem) == (number, None)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 14
