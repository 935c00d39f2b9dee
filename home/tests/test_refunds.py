"""Asking for money back on the website."""

from typing import Any

import pytest
from django.test import Client

from commerce.actions.send_refund import send_refund
from commerce.models import Enrollment, Order, Refund
from commerce.tests.factories import make_user
from commerce.tests.payments.shop import begin, new_order, settled, work_off
from commerce.tests.simulated import SimulatedProviders
from courses.tests.factories import make_school
from home.tests.shops import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(client: Client) -> Any:
    make_school()
    person = make_user(name="Awa Ndiaye", country="CM")
    client.force_login(person)
    return person


@pytest.fixture
def order(learner: Any, simulators: SimulatedProviders) -> Order:
    order = new_order(learner=learner)
    attempt = begin(order)
    simulators.approve("mtn")
    settled(attempt)
    work_off()
    return order


def url(order: Order) -> str:
    return f"/en/orders/{order.public_id}/refund/"


def test_within_the_days_it_goes_back_at_once(client: Client, order: Order) -> None:
    assert url(order) in client.get(f"/en/orders/{order.public_id}/").content.decode()
    assert "You can get back 25 000 FCFA." in words(client.get(url(order)))
    form = {"reason": "changed_mind", "note": "Too early", "key": "one"}
    for _time in range(2):
        assert client.post(url(order), form)["Location"] == f"/en/orders/{order.public_id}/"
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason, refund.note) == (25_000, "changed_mind", "Too early")
    assert refund.state != Refund.State.REQUESTED
    assert "on its way" in words(client.get(url(order)))
    assert url(order) not in client.get(f"/en/orders/{order.public_id}/").content.decode()


def test_later_a_person_decides(client: Client, order: Order, settings: Any) -> None:
    settings.REFUND_WINDOW_DAYS = 0
    page = words(client.get(url(order)))
    assert "is over. A person looks at what you write" in page
    client.post(url(order), {"reason": "technical", "note": "", "key": "one"})
    assert Refund.objects.get().state == Refund.State.REQUESTED
    assert Enrollment.objects.get().state == Enrollment.State.ACTIVE


@pytest.mark.parametrize("form", [{}, {"reason": "paid_twice"}, {"reason": "x" * 50}])
def test_what_the_form_does_not_take(client: Client, order: Order, form: dict[str, str]) -> None:
    assert client.post(url(order), {"key": "k", **form}).status_code == 400
    assert Refund.objects.count() == 0


def test_an_unpaid_order_and_somebody_elses(client: Client, learner: Any, simulators: SimulatedProviders) -> None:
    mine, theirs = new_order(learner=learner), new_order()
    assert "Nothing has been paid" in words(client.get(url(mine)))
    client.post(url(mine), {"reason": "other", "key": "k"})
    assert client.post(url(theirs), {"reason": "other", "key": "k"}).status_code == 404
    assert Refund.objects.count() == 0


def test_coins_are_fetched_from_the_order_by_the_buyer_alone(
    client: Client, learner: Any, simulators: SimulatedProviders
) -> None:
    order = new_order("btcpay", learner=learner)
    attempt = begin(order, "btcpay")
    simulators.approve("btcpay")
    settled(attempt)
    work_off()
    client.post(url(order), {"reason": "changed_mind", "note": "", "key": "one"})
    refund = Refund.objects.get()
    send_refund(refund.pk)
    refund.refresh_from_db()
    link = refund.data["link"]
    page = f"/en/orders/{order.public_id}/"
    assert link
    assert f'href="{link}"' in client.get(page).content.decode()
    staff = Client()
    staff.force_login(make_user(permissions=("commerce.view_order",)))
    shown = staff.get(page)
    assert shown.status_code == 200
    assert link not in shown.content.decode()
