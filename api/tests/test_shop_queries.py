"""How many queries the shop's documents take does not depend on how many rows they show."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.graphql.shop_queries import MAX_SUBSCRIPTIONS
from api.tests.calls import client_of, data, person
from api.tests.goods import paid_course
from api.tests.shop_calls import CART, EARNINGS, OFFER_FIELDS, ORDERS, PLANS, SUBSCRIPTIONS
from api.tests.test_earnings import sell
from commerce.actions.issue_invoice import issue_invoice
from commerce.models import CartItem, Offer, OfferPrice, Subscription, SubscriptionPeriod, WishlistItem
from commerce.tests.factories import NOON, make_cart, make_offer
from commerce.tests.paid_orders import make_attempt, make_order, make_paid_order, make_refund
from commerce.tests.subscriptions.school import make_plan
from courses.models import CoursePage
from courses.tests.factories import make_course, make_path

pytestmark = pytest.mark.django_db

FEW, MANY = 10, 50
_OFFER = f"offer {{ {OFFER_FIELDS} courses {{ title }} }}"
COURSES = f"{{ courses(first: 100) {{ edges {{ node {{ title {_OFFER} }} }} }} }}"
PATHS = f"{{ learningPaths(first: 100) {{ edges {{ node {{ title {_OFFER} }} }} }} }}"
WISHES = f"{{ wishlist {{ courses {{ title {_OFFER} }} learningPaths {{ title {_OFFER} }} }} }}"
ALL_ORDERS = ORDERS.replace("$first: Int,", "").replace("first: $first,", "first: 50,").replace("totalCount", "")
ORDERS_TO_PAY = SUBSCRIPTIONS.replace("lines { title }", "lines { title } payments { id } invoices { number }")


def priced(kind: str, page: Any) -> Offer:
    """An offer in euros of a school that sells in francs: its price is converted."""
    offer = make_offer(kind, page.translation_key, title=page.title, base_currency="EUR")
    OfferPrice.objects.create(offer=offer, amount_minor=3_811, currency="EUR")
    return offer


def fill_courses(learner: Any, count: int) -> None:
    for number in range(count):
        if number % 2:
            paid_course()
        else:
            priced(Offer.Kind.COURSE, make_course())


def fill_paths(learner: Any, count: int) -> None:
    course = make_course()
    for _number in range(count):
        priced(Offer.Kind.PATH, make_path([course]))


def fill_cart(learner: Any, count: int) -> None:
    """Beyond what a cart takes, as two merged ones may be."""
    cart = make_cart(learner)
    for number in range(count):
        offer = Offer.objects.get(key=paid_course().translation_key)
        CartItem.objects.create(cart=cart, offer=offer, recipient_email=f"b{number}@example.com" if number % 3 else "")


def fill_wishes(learner: Any, count: int) -> None:
    fill_courses(learner, count)
    fill_paths(learner, count)
    for offer in Offer.objects.all():
        WishlistItem.objects.get_or_create(learner=learner, kind=offer.kind, key=offer.key)


def fill_orders(learner: Any, count: int) -> None:
    for number in range(count):
        if number % 2:
            order = make_paid_order(learner, (10_000, 5_000))
            issue_invoice(order)
            make_refund(order, 1_000)
        else:
            make_attempt(make_order(learner, (10_000, 5_000)), state="failed")


def fill_plans(learner: Any, count: int) -> None:
    path = make_path([make_course()], "Way")
    for number in range(count):
        if number % 2:
            make_plan(3_000, scope="path", path_key=path.translation_key)
        else:
            make_plan()


def fill_subscriptions(learner: Any, count: int) -> None:
    fill_plans(learner, count)
    states = ("active", "trial", "past_due", "incomplete")
    for number, offer in enumerate(Offer.objects.filter(kind="plan", plan__subscriptions=None)):
        made = Subscription.objects.create(
            learner=learner,
            plan=offer.plan,
            state=states[number % 4],
            currency="XAF",
            amount_minor=5_000,
            period_starts_at=NOON,
            period_ends_at=NOON.replace(month=12),
        )
        order = make_order(learner, (5_000,))
        SubscriptionPeriod.objects.create(
            subscription=made, number=1, starts_at=NOON, ends_at=NOON.replace(month=12), order=order
        )


def fill_earnings(learner: Any, count: int) -> None:
    for number in range(count):
        sell(learner, 10_000 + number, days=number)


FILLS: dict[str, tuple[str, Callable[[Any, int], None], Callable[[Any], int]]] = {
    "offers of courses": (COURSES, fill_courses, lambda found: len(found["courses"]["edges"])),
    "offers of paths": (PATHS, fill_paths, lambda found: len(found["learningPaths"]["edges"])),
    "lines of a cart": (CART, fill_cart, lambda found: len(found["cart"]["lines"])),
    "wishes": (WISHES, fill_wishes, lambda found: len(found["wishlist"]["courses"])),
    "orders": (ALL_ORDERS, fill_orders, lambda found: len(found["orders"]["edges"])),
    "plans": (PLANS, fill_plans, lambda found: len(found["plans"])),
    "subscriptions": (ORDERS_TO_PAY, fill_subscriptions, lambda found: len(found["subscriptions"])),
    "earnings": (EARNINGS, fill_earnings, lambda found: len(found["earnings"]["courses"])),
}


@pytest.mark.parametrize("name", FILLS)
def test_ten_rows_take_as_many_queries_as_fifty(name: str) -> None:
    query, fill, shown = FILLS[name]
    learner = person("awa@example.com", country="CM")
    client = client_of(learner)

    def count() -> tuple[int, int]:
        data(client, query)  # rates and content types are kept from here on
        with CaptureQueriesContext(connection) as queries:
            found = data(client, query)
        return len(queries), shown(found)

    fill(learner, FEW)
    few, rows = count()
    assert rows == FEW
    fill(learner, MANY - FEW)
    many, rows = count()
    assert rows >= min(MANY, MAX_SUBSCRIPTIONS)
    assert few == many


def test_nothing_is_loaded_that_nobody_asked_for() -> None:
    paid_course()
    plain = "{ courses { edges { node { title } } } }"
    data(Client(), plain)
    with CaptureQueriesContext(connection) as queries:
        data(Client(), plain)
    assert not [query for query in queries if "commerce_offer" in query["sql"]]
    assert CoursePage.objects.count() == 1
