"""Orders: frozen amounts, shares, once for each key, and refused when something changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce import queries
from commerce.actions.add_example_rates import add_example_rates
from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.place_order import place_order
from commerce.carts import cart_for, view_cart
from commerce.models import (
    Cart,
    CartItem,
    Offer,
    OfferPrice,
    Order,
    OrderLine,
    OrderLineCourse,
    Payment,
    ReferralLink,
    TaxRate,
)
from commerce.orders import LineDraft, build_order
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
from core.models import OutboxEvent
from core.money import Money
from core.tests.rivals import race
from courses.tests.factories import make_course, make_path

pytestmark = pytest.mark.django_db


def offer(minor: int = 25000, currency: str = "XAF", title: str = "") -> Offer:
    return make_price(make_course(title).translation_key, minor, currency).offer


def code_of(action, **kwargs) -> str:
    with pytest.raises(DomainError) as refused:
        action(**kwargs)
    return refused.value.code


def asked(cart: Cart, **fields) -> dict:
    return {"actor": cart.owner, "cart": cart, "currency": "XAF", "idempotency_key": "first", **fields}


def shares(order: Order) -> list[int]:
    return list(OrderLineCourse.objects.filter(line__order=order).order_by("pk").values_list("net_minor", flat=True))


def test_an_order_freezes_what_was_shown():
    TaxRate.objects.create(country="CM", name="TVA", percent=Decimal("19.25"), valid_from=NOON.date())
    loops, lists = offer(25000, title="Loops"), offer(10000, title="Lists")
    person = make_user("awa@example.com")
    cart = make_cart(person, loops)
    add_to_cart(actor=person, cart=cart, offer=lists, recipient_email="binta@example.com", recipient_message="Hi")
    Cart.objects.update(coupon=make_coupon())
    with frozen(NOON):
        order = place_order(
            **asked(
                cart,
                country="CM",
                language="fr",
                billing={"name": " Awa Ndiaye ", "city": "Douala", "company": ""},
                expected_total=Money(31500, "XAF"),
            )
        )
    assert (order.state, order.purpose, order.currency, order.country, order.language) == (
        "placed",
        "purchase",
        "XAF",
        "CM",
        "fr",
    )
    assert (order.subtotal_minor, order.discount_minor, order.tax_minor, order.total_minor) == (
        35000,
        3500,
        5085,
        31500,
    )
    assert order.tax == {"name": "TVA", "percent": "19.25", "is_inclusive": True, "country": "CM"}
    assert order.billing == {"name": "Awa Ndiaye", "city": "Douala"}
    assert (order.placed_at, order.expires_at) == (NOON, NOON + timedelta(hours=24))
    rows = list(
        order.lines.order_by("pk").values_list(
            "title", "kind", "price_minor", "discount_minor", "tax_minor", "amount_minor", "recipient_email"
        )
    )
    assert rows == [
        ("Loops", "course", 25000, 2500, 3632, 22500, ""),
        ("Lists", "course", 10000, 1000, 1453, 9000, "binta@example.com"),
    ]
    assert shares(order) == [18868, 7547]
    payment = Payment.objects.get()
    assert (payment.order, payment.state, payment.amount) == (order, "open", Money(31500, "XAF"))
    assert not CartItem.objects.exists()
    assert Cart.objects.get().coupon is None
    event = OutboxEvent.objects.get(name="commerce.OrderPlaced")
    assert event.payload["order_number"] == order.number
    assert event.payload["titles"] == ["Loops", "Lists"]
    assert list(queries.orders_of(person)) == [order]
    assert list(queries.orders_of(make_user())) == []
    # What changes later changes nothing here.
    OfferPrice.objects.update(amount_minor=1)
    order.refresh_from_db()
    assert order.total_minor == 31500


def test_the_same_key_returns_the_same_order_and_another_request_is_refused():
    cart = make_cart(make_user(), offer())
    first = place_order(**asked(cart))
    assert place_order(**asked(cart)) == first
    assert code_of(place_order, **asked(cart, country="CM")) == "idempotency_key_reused"
    assert code_of(place_order, **asked(cart, idempotency_key="second")) == "cart_empty"
    assert code_of(place_order, **asked(cart, idempotency_key="")) == "invalid_idempotency_key"
    assert Order.objects.get() == first
    assert OutboxEvent.objects.filter(name="commerce.OrderPlaced").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_make_one_order():
    cart = make_cart(make_user(), offer())
    results = race(20, lambda _number: place_order(**asked(cart)))
    assert {getattr(result, "pk", result) for result in results} == {Order.objects.get().pk}
    assert Payment.objects.count() == 1


def test_only_the_owner_orders_and_guests_log_in_first():
    cart = make_cart(make_user(), offer())
    for actor in (make_user(), make_user(is_superuser=True)):
        assert code_of(place_order, **asked(cart, actor=actor)) == "cart_not_found"
    guest = make_cart(None, offer())
    for nobody in (None, AnonymousUser(), make_user(is_active=False)):
        assert code_of(place_order, **asked(cart, actor=nobody)) == "authentication_required"
    assert code_of(place_order, **asked(guest, actor=make_user())) == "authentication_required"
    assert not Order.objects.exists()


def test_a_changed_price_is_shown_before_it_is_charged():
    cart = make_cart(make_user(), offer())
    OfferPrice.objects.update(amount_minor=30000)
    assert code_of(place_order, **asked(cart, expected_total=Money(25000, "XAF"))) == "prices_changed"
    assert code_of(place_order, **asked(cart, expected_total=Money(30000, "EUR"))) == "prices_changed"
    assert (Order.objects.count(), cart.items.count()) == (0, 1)
    assert place_order(**asked(cart, expected_total=Money(30000, "XAF"))).total_minor == 30000


def test_what_is_wrong_with_a_line_stops_the_order():
    person = make_user()
    wanted = offer()
    cart = make_cart(person, wanted, offer())
    enrollment = make_enrollment(person, wanted.key)
    assert code_of(place_order, **asked(cart)) == "already_owned"
    enrollment.delete()
    place_order(**asked(cart))
    CartItem.objects.create(cart=cart, offer=wanted)
    assert code_of(place_order, **asked(cart, idempotency_key="second")) == "already_ordered"
    Order.objects.update(state="cancelled")
    place_order(**asked(cart, idempotency_key="second"))


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"currency": "XXX"}, "invalid_currency", "currency"),
        ({"currency": "xaf"}, "invalid_currency", "currency"),
        ({"country": "Cameroon"}, "invalid_country", "country"),
        ({"billing": {"name": "x" * 121}}, "invalid_billing", "billing.name"),
        ({"billing": {"iban": "1"}}, "invalid_billing", "billing.iban"),
        ({"billing": {"name": 3}}, "invalid_billing", "billing.name"),
        ({"billing": {"country": "cm"}}, "invalid_country", "country"),
    ],
)
def test_values_of_no_shape_are_refused(fields, code, field):
    cart = make_cart(make_user(), offer())
    with pytest.raises(DomainError) as refused:
        place_order(**asked(cart, **fields))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Order.objects.exists()


def test_nothing_owed_is_fulfilled_at_once():
    cart = make_cart(make_user(), offer())
    Cart.objects.update(coupon=make_coupon(percent=Decimal(100)))
    order = place_order(**asked(cart))
    order.refresh_from_db()
    assert (order.state, order.total_minor, order.discount_minor) == ("fulfilled", 0, 25000)
    assert not Payment.objects.exists()
    assert order.coupon_use.state == "used"
    assert OutboxEvent.objects.filter(name="commerce.OrderPaid").count() == 1
    assert not OutboxEvent.objects.filter(name="commerce.OrderPlaced").exists()
    assert list(queries.orders_of(order.learner)) == [order]


def test_free_enrolments_are_no_order_history():
    person = make_user()
    Order.objects.create(learner=person, state="fulfilled", currency="XAF", total_minor=0, placed_at=NOON)
    assert not queries.orders_of(person).exists()


def test_a_bundle_shares_its_net_amount_by_list_prices():
    TaxRate.objects.create(country="NG", name="VAT", percent=Decimal("7.5"), is_inclusive=False, valid_from=NOON.date())
    courses = [make_course() for _ in range(3)]
    for course, minor in zip(courses, (20000, 10000, 3333), strict=True):
        make_price(course.translation_key, minor)
    free = make_course()
    bundle = make_bundle(*(course.translation_key for course in (*courses, free)), price=Money(20001, "XAF"))
    with frozen(NOON):
        order = place_order(**asked(make_cart(make_user(), bundle), country="NG"))
    assert (order.subtotal_minor, order.tax_minor, order.total_minor) == (20001, 1500, 21501)
    line = OrderLine.objects.get()
    assert (line.amount_minor, line.tax_minor) == (21501, 1500)
    assert shares(order) == [12001, 6000, 2000, 0]


def test_a_path_of_free_courses_shares_evenly():
    path = make_path([make_course(), make_course(), make_course()], "Programming")
    sold = make_offer(Offer.Kind.PATH, path.translation_key)
    OfferPrice.objects.create(offer=sold, currency="XAF", amount_minor=100)
    order = place_order(**asked(make_cart(make_user(), sold)))
    assert shares(order) == [34, 33, 33]
    assert OrderLine.objects.get().title == "Programming"


def test_shares_weigh_prices_of_other_currencies_by_the_rate():
    add_example_rates()
    first, second = make_course(), make_course()
    make_price(first.translation_key, 655957, "XAF")
    make_price(second.translation_key, 100000, "EUR")
    bundle = make_bundle(first.translation_key, second.translation_key, price=Money(50000, "XAF"))
    assert shares(place_order(**asked(make_cart(make_user(), bundle)))) == [25000, 25000]


def test_a_conversion_is_written_on_the_order():
    add_example_rates()
    sold = offer(655957)
    Offer.objects.update(base_currency="XAF")
    order = place_order(**asked(make_cart(make_user(), sold), currency="USD"))
    assert (order.currency, order.total_minor) == ("USD", 116000)
    line = order.conversion["lines"][0]
    assert (order.conversion["currency"], order.conversion["sources"]) == ("USD", ["example"])
    assert (line["offer"], line["base"], line["amount"]) == (str(sold.public_id), "XAF", 655957)
    fixed = place_order(**asked(make_cart(make_user(), sold), currency="EUR"))
    assert fixed.conversion["sources"] == ["law"]


def test_who_sent_the_buyer_is_noted_unless_it_is_themselves():
    author, person = make_user(), make_user()
    ReferralLink.objects.create(code="AWA", owner=author)
    ReferralLink.objects.create(code="OLD", owner=author, is_active=False)
    ReferralLink.objects.create(code="ME", owner=person)
    for number, (code, noted) in enumerate([("AWA", "AWA"), ("OLD", ""), ("ME", ""), ("NONE", "")]):
        cart = make_cart(person, offer())
        order = place_order(**asked(cart, referral=code, idempotency_key=str(number)))
        assert order.referral == noted


def test_an_order_is_built_with_a_credit_and_for_a_plan():
    plan = make_offer(Offer.Kind.PLAN, title="All courses")
    person = make_user()
    order = build_order(
        learner=person,
        lines=[LineDraft(offer=plan, price=Money(5000, "XAF"), discount=Money(1500, "XAF"), title="All courses, July")],
        currency="XAF",
        purpose=Order.Purpose.PLAN_CHANGE,
    )
    line = order.lines.get()
    assert (order.total_minor, order.purpose, line.title, line.key) == (
        3500,
        "plan_change",
        "All courses, July",
        plan.key,
    )
    assert not line.courses.exists()
    with pytest.raises(ValueError, match="does not fit"):
        build_order(
            learner=person,
            lines=[LineDraft(offer=plan, price=Money(5000, "XAF"), discount=Money(5001, "XAF"))],
            currency="XAF",
        )


def test_an_order_costs_the_same_number_of_queries_with_ten_and_fifty_lines():
    counts = []
    for number in (10, 50):
        person = make_user()
        cart, _token = cart_for(person)
        for _ in range(number):
            CartItem.objects.create(cart=cart, offer=offer())
        view_cart(cart, currency="XAF")
        with CaptureQueriesContext(connection) as captured:
            order = place_order(**asked(cart))
        assert order.lines.count() == number
        counts.append(len(captured))
    assert counts[0] == counts[1]
