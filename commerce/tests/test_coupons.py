"""Coupons: whom and what they are for, what they take off, and that the last one goes to one person only."""

from datetime import timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import transaction

from commerce.actions.apply_coupon import apply_coupon
from commerce.actions.cancel_order import cancel_order
from commerce.actions.place_order import place_order
from commerce.actions.remove_coupon import remove_coupon
from commerce.carts import view_cart
from commerce.coupon_tries import LIMIT
from commerce.coupons import release_coupon, use_coupon
from commerce.models import Cart, Coupon, CouponTarget, CouponUse, Order
from commerce.tests.factories import NOON, make_bundle, make_cart, make_coupon, make_price, make_user
from core.clock import frozen
from core.errors import DomainError
from core.money import Money
from core.tests.rivals import race
from courses.models import Category
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries():
    cache.clear()


def offer(minor: int = 25000, currency: str = "XAF"):
    return make_price(make_course().translation_key, minor, currency).offer


def code_of(action, **kwargs) -> str:
    with pytest.raises(DomainError) as refused:
        action(**kwargs)
    return refused.value.code


def order_with(coupon: Coupon, person=None, **kwargs) -> Order:
    person = person or make_user()
    cart = make_cart(person, offer())
    Cart.objects.filter(pk=cart.pk).update(coupon=coupon)
    return place_order(actor=person, cart=cart, currency="XAF", idempotency_key=f"{person.pk}", **kwargs)


def test_per_cent_come_off_all_that_fits():
    coupon = make_coupon(percent=Decimal("12.5"))
    cart = make_cart(make_user(), offer(25000), offer(9999))
    assert apply_coupon(actor=cart.owner, cart=cart, code=" welcome-10 ") == coupon
    cart.refresh_from_db()
    view = view_cart(cart, currency="XAF", person=cart.owner)
    assert [line.discount.minor for line in view.lines] == [3125, 1250]
    assert (view.subtotal, view.discount, view.total) == (
        Money(34999, "XAF"),
        Money(4375, "XAF"),
        Money(30624, "XAF"),
    )
    remove_coupon(actor=cart.owner, cart=cart)
    remove_coupon(actor=cart.owner, cart=cart)
    cart.refresh_from_db()
    assert view_cart(cart, currency="XAF").discount.is_zero


def test_an_amount_comes_off_once_and_never_more_than_there_is():
    make_coupon(amount_minor=10000)
    cart = make_cart(None, offer(3000), offer(1500))
    apply_coupon(actor=None, cart=cart, code="WELCOME10")
    cart.refresh_from_db()
    view = view_cart(cart, currency="XAF")
    assert (view.discount, view.total) == (Money(4500, "XAF"), Money(0, "XAF"))


def test_an_amount_is_of_one_currency():
    make_coupon(amount_minor=1000, currency="EUR")
    cart = make_cart(None, offer(3000))
    assert code_of(apply_coupon, actor=None, cart=cart, code="WELCOME10", currency="XAF") == "coupon_currency"
    cart.refresh_from_db()
    assert cart.coupon is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"is_active": False}, "coupon_inactive"),
        ({"starts_at": NOON + timedelta(seconds=1)}, "coupon_not_started"),
        ({"ends_at": NOON}, "coupon_expired"),
        ({"max_uses": 3, "uses": 3}, "coupon_used_up"),
    ],
)
def test_each_refusal_says_why(fields, code):
    make_coupon(**fields)
    cart = make_cart(make_user(), offer())
    with frozen(NOON):
        assert code_of(apply_coupon, actor=cart.owner, cart=cart, code="WELCOME10") == code


def test_a_window_is_open_at_its_start_until_before_its_end():
    make_coupon(starts_at=NOON, ends_at=NOON + timedelta(seconds=1), max_uses=3, uses=2)
    cart = make_cart(make_user(), offer())
    with frozen(NOON):
        apply_coupon(actor=cart.owner, cart=cart, code="WELCOME10")


def test_a_coupon_for_one_offer_takes_nothing_off_others():
    wanted, other = offer(10000), offer(7000)
    CouponTarget.objects.create(coupon=make_coupon(), kind="offer", offer=wanted)
    cart = make_cart(None, other)
    assert code_of(apply_coupon, actor=None, cart=cart, code="WELCOME10") == "coupon_not_for_these"
    both = make_cart(None, other, wanted)
    apply_coupon(actor=None, cart=both, code="WELCOME10")
    both.refresh_from_db()
    assert [line.discount.minor for line in view_cart(both, currency="XAF").lines] == [0, 1000]


def test_a_coupon_for_a_category_fits_what_is_wholly_in_it():
    inside, outside = make_course(), make_course()
    data = Category.objects.create(title="Data", slug="data", locale=inside.locale)
    inside.categories = [data]
    inside.save()
    CouponTarget.objects.create(coupon=make_coupon(), kind="category", value="data")
    offers = [make_price(course.translation_key, 10000).offer for course in (inside, outside)]
    mixed = make_bundle(inside.translation_key, outside.translation_key, price=Money(15000, "XAF"))
    whole = make_bundle(inside.translation_key, price=Money(8000, "XAF"))
    cart = make_cart(None, *offers, mixed, whole)
    apply_coupon(actor=None, cart=cart, code="WELCOME10")
    cart.refresh_from_db()
    assert [line.discount.minor for line in view_cart(cart, currency="XAF").lines] == [1000, 0, 0, 800]


def test_a_coupon_of_an_organisation_needs_a_confirmed_address_there():
    coupon = make_coupon()
    CouponTarget.objects.create(coupon=coupon, kind="organization", value="example.org")
    person = make_user("awa@example.com")
    cart = make_cart(person, offer())
    assert code_of(apply_coupon, actor=None, cart=make_cart(None, offer()), code="WELCOME10") == "coupon_login"
    for address in ("awa@mail.example.org", "awa@example.org.example.com", "awa@notexample.org"):
        EmailAddress.objects.create(user=person, email=address, verified=True)
    unconfirmed = EmailAddress.objects.create(user=person, email="awa@example.org", verified=False)
    assert code_of(apply_coupon, actor=person, cart=cart, code="WELCOME10") == "coupon_not_for_you"
    unconfirmed.verified = True
    unconfirmed.save()
    assert apply_coupon(actor=person, cart=cart, code="WELCOME10") == coupon


def test_a_coupon_for_first_purchases():
    coupon = make_coupon(only_first_purchase=True, max_uses_per_person=None)
    person = make_user()
    order = order_with(coupon, person)
    cart = make_cart(person, offer())
    assert code_of(apply_coupon, actor=person, cart=cart, code="WELCOME10") == "coupon_used_by_you"
    cancel_order(actor=person, order=order)
    apply_coupon(actor=person, cart=cart, code="WELCOME10")
    Order.objects.create(learner=person, state="fulfilled", currency="XAF", total_minor=0, placed_at=NOON)
    apply_coupon(actor=person, cart=cart, code="WELCOME10")
    Order.objects.create(learner=person, state="refunded", currency="XAF", total_minor=5, placed_at=NOON)
    assert code_of(apply_coupon, actor=person, cart=cart, code="WELCOME10") == "coupon_first_purchase"


def test_a_use_is_reserved_used_and_released():
    coupon = make_coupon(max_uses=1)
    order = order_with(coupon)
    use = CouponUse.objects.get()
    coupon.refresh_from_db()
    assert (use.state, use.number, use.discount_minor, coupon.uses) == ("reserved", 1, 2500, 1)
    assert (order.discount_minor, order.total_minor) == (2500, 22500)
    rival = make_user()
    cart = make_cart(rival, offer())
    assert code_of(apply_coupon, actor=rival, cart=cart, code="WELCOME10") == "coupon_used_up"
    with transaction.atomic():
        release_coupon(order)
        release_coupon(order)
    use.refresh_from_db()
    coupon.refresh_from_db()
    assert (use.state, use.number, coupon.uses) == ("released", None, 0)
    with transaction.atomic():
        use_coupon(order)
    use.refresh_from_db()
    assert use.state == "released"
    paid = order_with(coupon, rival)
    with transaction.atomic():
        use_coupon(paid)
        use_coupon(paid)
        release_coupon(paid)
    coupon.refresh_from_db()
    assert (paid.coupon_use.state, coupon.uses) == ("used", 1)


def test_a_coupon_that_no_longer_fits_stops_the_order():
    coupon = make_coupon()
    person = make_user()
    cart = make_cart(person, offer())
    apply_coupon(actor=person, cart=cart, code="WELCOME10")
    Coupon.objects.filter(pk=coupon.pk).update(is_active=False)
    asked = {"actor": person, "cart": cart, "currency": "XAF", "idempotency_key": "1"}
    assert code_of(place_order, **asked) == "coupon_inactive"
    assert (Order.objects.count(), cart.items.count()) == (0, 1)
    remove_coupon(actor=person, cart=cart)
    assert place_order(**asked).total_minor == 25000


def test_guessing_ends_after_some_codes_for_a_person_and_for_a_cart():
    make_coupon()
    person = make_user()
    cart = make_cart(person, offer())
    for number in range(LIMIT):
        assert code_of(apply_coupon, actor=person, cart=cart, code=f"GUESS{number}") == "coupon_unknown"
    assert code_of(apply_coupon, actor=person, cart=cart, code="WELCOME10") == "too_many_tries"
    Cart.objects.all().delete()
    again = make_cart(person, offer())
    assert code_of(apply_coupon, actor=person, cart=again, code="WELCOME10") == "too_many_tries"
    apply_coupon(actor=None, cart=make_cart(None, offer()), code="WELCOME10")


def test_guessing_from_one_address_with_ever_new_carts_ends_too(monkeypatch):
    monkeypatch.setattr("commerce.coupon_tries.CLIENT_LIMIT", 5)
    make_coupon()
    for number in range(5):
        asked = {"actor": None, "cart": make_cart(None, offer()), "client": "192.0.2.7"}
        assert code_of(apply_coupon, code=f"GUESS{number}", **asked) == "coupon_unknown"
    asked["cart"] = make_cart(None, offer())
    assert code_of(apply_coupon, code="WELCOME10", **asked) == "too_many_tries"
    apply_coupon(actor=None, cart=asked["cart"], code="WELCOME10", client="192.0.2.8")


def test_right_codes_are_no_guesses():
    make_coupon()
    cart = make_cart(make_user(), offer())
    for _ in range(LIMIT + 2):
        apply_coupon(actor=cart.owner, cart=cart, code="WELCOME10")


@pytest.mark.parametrize("code", ["", "  ", "\x00", "x" * 1000, "ÄÖ\u202e", "' OR 1=1 --"])
def test_odd_codes_are_unknown(code):
    cart = make_cart(make_user(), offer())
    assert code_of(apply_coupon, actor=cart.owner, cart=cart, code=code) == "coupon_unknown"


@pytest.mark.django_db(transaction=True)
def test_the_last_coupon_goes_to_one_of_twenty():
    coupon = make_coupon(max_uses=1)
    carts = [make_cart(make_user(), offer()) for _ in range(20)]
    Cart.objects.update(coupon=coupon)

    def run(number: int) -> Order:
        return place_order(
            actor=carts[number].owner, cart=carts[number], currency="XAF", idempotency_key=f"rival-{number}"
        )

    results = race(20, run)
    orders = [result for result in results if isinstance(result, Order)]
    refused = [result.code for result in results if isinstance(result, DomainError)]
    assert (len(orders), refused) == (1, ["coupon_used_up"] * 19)
    coupon.refresh_from_db()
    assert (coupon.uses, CouponUse.objects.count(), Order.objects.count()) == (1, 1, 1)
    assert Cart.objects.filter(items__isnull=False).count() == 19


@pytest.mark.django_db(transaction=True)
def test_one_person_with_ten_keys_uses_their_coupon_once():
    coupon = make_coupon(max_uses_per_person=1)
    person = make_user()
    cart = make_cart(person, offer())
    Cart.objects.update(coupon=coupon)
    results = race(
        10, lambda number: place_order(actor=person, cart=cart, currency="XAF", idempotency_key=f"key-{number}")
    )
    assert sum(isinstance(result, Order) for result in results) == 1
    assert {result.code for result in results if not isinstance(result, Order)} == {"cart_empty"}
    assert (CouponUse.objects.count(), Order.objects.count()) == (1, 1)
