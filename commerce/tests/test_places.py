"""Offers that are sold so many times and no more: the last place, what frees one, late money, the limit itself."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from commerce.actions import place_order as place_order_module
from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.cancel_order import cancel_order
from commerce.actions.expire_orders import expire_orders
from commerce.actions.place_order import place_order
from commerce.actions.save_offer import save_offer
from commerce.carts import cart_for, view_cart
from commerce.errors import InvalidOffer, SoldOut
from commerce.models import Offer, OfferPrice, Order, OrderLine, PaymentAttempt
from commerce.places import release_places, take_places
from commerce.refund_outcomes import succeed
from commerce.refunds import locked_refund
from commerce.tests.factories import make_bundle, make_cart, make_offer, make_price, make_user
from commerce.tests.paid_orders import make_refund
from commerce.tests.payments.shop import begin, confirm, settled
from commerce.tests.simulated import SimulatedProviders
from core import clock
from core.errors import DomainError
from core.tests.rivals import race
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db


def limited(places: int | None = 1, minor: int = 25_000) -> Offer:
    """A course's offer with so many places."""
    offer = make_price(make_course().translation_key, minor).offer
    Offer.objects.filter(pk=offer.pk).update(places=places)
    offer.refresh_from_db()
    return offer


def place(*offers: Offer, person=None, key: str = "once") -> Order:
    cart = make_cart(person or make_user(), *offers)
    return place_order(actor=cart.owner, cart=cart, currency="XAF", idempotency_key=key)


def taken(offer: Offer) -> tuple[int, int]:
    """Places taken as counted, and as held by lines: always the same."""
    offer.refresh_from_db()
    return offer.places_taken, OrderLine.objects.filter(offer=offer, holds_place=True).count()


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_one_of_twenty():
    offer = limited(1)
    carts = [make_cart(make_user(), offer) for _ in range(20)]

    def run(number: int) -> Order:
        return place_order(actor=carts[number].owner, cart=carts[number], currency="XAF", idempotency_key=f"r{number}")

    results = race(20, run)
    orders = [result for result in results if isinstance(result, Order)]
    assert [result.code for result in results if isinstance(result, DomainError)] == ["sold_out"] * 19
    assert (len(orders), Order.objects.count(), taken(offer)) == (1, 1, (1, 1))


@pytest.mark.django_db(transaction=True)
def test_rivals_for_two_offers_in_either_order_neither_oversell_nor_block_each_other():
    offers = [limited(5), limited(8)]
    carts = [make_cart(make_user(), *(offers if number % 2 else offers[::-1])) for number in range(16)]

    def run(number: int) -> Order:
        return place_order(actor=carts[number].owner, cart=carts[number], currency="XAF", idempotency_key=f"r{number}")

    results = race(16, run)
    assert sum(isinstance(result, Order) for result in results) == 5
    assert {type(result) for result in results} == {Order, SoldOut}
    assert [taken(offer) for offer in offers] == [(5, 5), (5, 5)]


@pytest.mark.django_db(transaction=True)
def test_a_limit_that_is_set_while_people_order_counts_them_or_stops_them():
    offer = limited(None)
    carts = [make_cart(make_user(), offer) for _ in range(12)]

    def run(number: int) -> object:
        if number == 0:
            return save_offer(actor=None, offer=offer, places=6)
        cart = carts[number]
        return place_order(actor=cart.owner, cart=cart, currency="XAF", idempotency_key=f"r{number}")

    results = race(12, run)
    orders = sum(isinstance(result, Order) for result in results)
    offer.refresh_from_db()
    if isinstance(results[0], InvalidOffer):  # more than six were quicker
        assert (offer.places, orders) == (None, 11)
    else:
        assert (offer.places, orders, taken(offer)) == (6, 6, (6, 6))
        assert sum(isinstance(result, SoldOut) for result in results) == 5


@pytest.mark.django_db(transaction=True)
def test_who_sets_a_limit_waits_for_an_order_that_is_being_written(monkeypatch):
    offer = limited(None)
    written, go_on = threading.Event(), threading.Event()
    late: list[bool] = []

    def take(order: Order) -> None:
        take_places(order)
        written.set()
        late.append(not go_on.wait(timeout=1))

    monkeypatch.setattr(place_order_module, "take_places", take)

    def run(number: int) -> Order | Offer:
        if number == 0:
            return place(offer)
        written.wait(timeout=30)
        limited_now = save_offer(actor=None, offer=offer, places=1)
        go_on.set()
        return limited_now

    results = race(2, run)
    assert [type(result) for result in results] == [Order, Offer]
    assert late == [True]  # the order ended first, though it took its time
    assert taken(offer) == (1, 1)


def test_the_database_sells_no_place_twice():
    offer = limited(1)
    place(offer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(places_taken=2)


def test_a_place_is_free_again_when_an_order_is_cancelled_or_expires():
    offer = limited(1)
    order = place(offer)
    with pytest.raises(SoldOut):
        place(offer)
    cancel_order(actor=order.learner, order=order)
    cancel_order(actor=order.learner, order=order)
    assert taken(offer) == (0, 0)
    place(offer)
    with clock.travel(timedelta(days=30)):
        assert expire_orders() == 1
    assert taken(offer) == (0, 0)


def test_released_twice_counts_once():
    offer = limited(3)
    first, _second = place(offer), place(offer)
    with transaction.atomic():
        release_places(first)
        release_places(first)
    assert taken(offer) == (1, 1)


def test_one_refused_place_takes_none_of_the_others():
    one, many = limited(1), limited(9)
    place(one)
    cart = make_cart(make_user(), many, one)
    lines = view_cart(cart, currency="XAF").lines
    assert [getattr(line.problem, "code", "") for line in lines] == ["", "sold_out"]
    with pytest.raises(SoldOut):
        place_order(actor=cart.owner, cart=cart, currency="XAF", idempotency_key="once")
    assert (taken(many), cart.items.count()) == ((0, 0), 2)


def test_a_gift_takes_a_place_beside_ones_own():
    offer = limited(2)
    person = make_user()
    cart, _token = cart_for(person)
    add_to_cart(actor=person, cart=cart, offer=offer)
    add_to_cart(actor=person, cart=cart, offer=offer, recipient_email="sister@example.com")
    place_order(actor=person, cart=cart, currency="XAF", idempotency_key="once")
    assert taken(offer) == (2, 2)
    offer.refresh_from_db()
    with pytest.raises(SoldOut):
        add_to_cart(actor=make_user(), cart=cart_for(None)[0], offer=offer)


def test_more_in_the_cart_than_there_are_places():
    offer = limited(1)
    person = make_user()
    cart, _token = cart_for(person)
    add_to_cart(actor=person, cart=cart, offer=offer)
    add_to_cart(actor=person, cart=cart, offer=offer, recipient_email="sister@example.com")
    assert [bool(line.problem) for line in view_cart(cart, currency="XAF", person=person).lines] == [False, True]


def test_a_bundle_has_places_of_its_own():
    course = limited(1)
    bundle = make_bundle(course.key)
    OfferPrice.objects.create(offer=bundle, currency="XAF", amount_minor=40_000)
    Offer.objects.filter(pk=bundle.pk).update(places=2)
    place(course)
    place(bundle)
    assert (taken(course), taken(bundle)) == ((1, 1), (1, 1))


def test_late_money_finds_its_place_or_goes_back(simulators: SimulatedProviders):
    offer = limited(1)
    for others_came in (False, True):
        order = place(offer)
        attempt = begin(order)
        with clock.travel(timedelta(minutes=16)):
            simulators.keep_time()
            assert settled(attempt).state == PaymentAttempt.State.EXPIRED
        with clock.travel(timedelta(days=30)):
            assert expire_orders() == 1
            rival = place(offer) if others_came else None
            confirm(simulators, attempt)
            assert settled(attempt).state == PaymentAttempt.State.SUCCEEDED
            order.refresh_from_db()
            assert (order.state == Order.State.FULFILLED, attempt.is_surplus) == (not others_came, others_came)
            assert taken(offer) == (1, 1)
            if rival is None:
                with transaction.atomic():
                    release_places(order)


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_given_back_frees_its_place(whole: bool, simulators: SimulatedProviders):
    first, second = limited(1), limited(1)
    order = place(first, second)
    attempt = begin(order)
    confirm(simulators, attempt)
    settled(attempt)
    assert (taken(first), taken(second)) == ((1, 1), (1, 1))
    order.refresh_from_db()
    lines = list(order.lines.order_by("pk"))
    minor = 50_000 if whole else 25_000
    refund = make_refund(order, minor, state="pending")
    refund.lines.set(lines if whole else lines[:1])
    with transaction.atomic():
        succeed(locked_refund(refund.pk))
    assert (taken(first), taken(second)) == ((0, 0), (0, 0) if whole else (1, 1))


def test_a_limit_counts_what_was_sold_before_and_is_never_below_it():
    offer = limited(None)
    orders = [place(offer) for _ in range(3)]
    cancel_order(actor=orders[0].learner, order=orders[0])
    with pytest.raises(InvalidOffer, match="2 places are taken already") as refused:
        save_offer(actor=None, offer=offer, places=1)
    assert refused.value.field == "places"
    save_offer(actor=None, offer=offer, places=3)
    assert taken(offer) == (2, 2)
    place(offer)
    with pytest.raises(SoldOut):
        place(offer)
    save_offer(actor=None, offer=offer, places=None)
    place(offer)
    with pytest.raises(InvalidOffer):
        save_offer(actor=None, offer=offer, places=3)
    save_offer(actor=None, offer=offer, places=4)
    assert taken(offer) == (4, 4)


@pytest.mark.parametrize("places", [0, -1, 2**31])
def test_numbers_of_places_that_are_none(places: int):
    with pytest.raises(InvalidOffer) as refused:
        save_offer(actor=None, offer=limited(None), places=places)
    assert refused.value.field == "places"


def test_a_plan_has_no_places():
    plan = make_offer(Offer.Kind.PLAN, title="All")
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=plan.pk).update(places=3)


@pytest.mark.parametrize("seed", range(2))
def test_places_add_up_in_any_sequence(seed: int):
    dice = random.Random(seed)  # no secret
    offer = limited(3)
    open_orders: list[Order] = []
    for _ in range(25):
        move = dice.choice(["place", "place", "cancel", "limit"])
        if move == "place":
            try:
                open_orders.append(place(offer))
            except SoldOut:
                assert offer.places == len(open_orders)
        elif move == "cancel" and open_orders:
            order = open_orders.pop(dice.randrange(len(open_orders)))
            cancel_order(actor=order.learner, order=order)
        elif move == "limit":
            wanted = dice.choice([None, 1, 2, 5])
            try:
                save_offer(actor=None, offer=offer, places=wanted)
            except InvalidOffer:
                assert (wanted or 0) < len(open_orders)
        counted, held = taken(offer)
        assert counted == held
        if offer.places is not None:
            assert counted == len(open_orders) <= offer.places
