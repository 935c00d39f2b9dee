"""Subscriptions on the website: plans, beginning, changing, cancelling."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commerce.models import Order, Plan, Subscription
from commerce.tests.factories import make_user
from commerce.tests.payments.shop import work_off
from commerce.tests.simulated import SimulatedProviders
from courses.tests.factories import make_school
from home.tests.shops import paid_course, plan, words

pytestmark = pytest.mark.django_db

URL = "/en/subscriptions/"


@pytest.fixture(autouse=True)
def school() -> None:
    make_school()


@pytest.fixture
def learner(client: Client) -> Any:
    person = make_user(name="Awa Ndiaye", country="CM")
    client.force_login(person)
    return person


def begin(client: Client, simulators: SimulatedProviders, taken: Plan) -> Subscription:
    """Subscribe and pay the first period by phone."""
    sent = client.post(URL, {"do": "subscribe", "plan": str(taken.offer.public_id)})
    order = Order.objects.first()
    assert sent["Location"] == f"/en/orders/{order.public_id}/pay/"
    client.post(sent["Location"], {"provider": "mtn", "phone-mtn": "670000001", "key": "k"})
    simulators.approve("mtn")
    attempt = order.attempts.get()
    client.get(f"/en/orders/{order.public_id}/wait/{attempt.public_id}/")
    work_off()
    return Subscription.objects.get(plan=taken)


def test_plans_are_shown_to_everybody(client: Client) -> None:
    plan(trial_days=7)
    page = words(client.get(URL))
    assert "All courses" in page
    assert "5 000 FCFA a month" in page
    assert "7 days for nothing" in page
    assert "Log in and subscribe" in page
    assert client.post(URL, {"do": "subscribe"})["Location"].startswith("/en/account/login/")


def test_a_paid_plan_opens_paid_courses(client: Client, learner: Any, simulators: SimulatedProviders) -> None:
    course = paid_course()
    mine = begin(client, simulators, plan())
    assert mine.state == Subscription.State.ACTIVE
    assert "Paid until" in words(client.get(f"{URL}{mine.public_id}/"))
    page = words(client.get(course.get_url()))
    assert "Part of your subscription Enrol" in page
    response = client.post(course.get_url())
    assert response["Location"].startswith(course.get_url())
    assert client.get(response["Location"]).status_code == 200


def test_a_trial_begins_at_once(client: Client, learner: Any, simulators: SimulatedProviders) -> None:
    sent = client.post(URL, {"do": "subscribe", "plan": str(plan(trial_days=7).offer.public_id)})
    mine = Subscription.objects.get()
    assert sent["Location"] == f"{URL}{mine.public_id}/"
    assert "Nothing is owed until" in words(client.get(sent["Location"]))


@pytest.mark.parametrize("offer", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_plan_that_is_none(client: Client, learner: Any, offer: str) -> None:
    client.post(URL, {"do": "subscribe", "plan": offer})
    assert Subscription.objects.count() == 0


def test_cancel_keep_pause_go_on(client: Client, learner: Any, simulators: SimulatedProviders) -> None:
    mine = begin(client, simulators, plan())
    url = f"{URL}{mine.public_id}/"
    client.post(url, {"do": "cancel"})
    assert "it is not renewed" in words(client.get(url))
    client.post(url, {"do": "keep"})
    assert "then it is renewed" in words(client.get(url))
    client.post(url, {"do": "pause"})
    mine.refresh_from_db()
    assert mine.state == Subscription.State.PAUSED
    client.post(url, {"do": "resume"})
    mine.refresh_from_db()
    assert mine.state == Subscription.State.ACTIVE


def test_a_dearer_plan_is_paid_at_once(client: Client, learner: Any, simulators: SimulatedProviders) -> None:
    mine = begin(client, simulators, plan())
    dearer = plan("Everything", 9_000)
    url = f"{URL}{mine.public_id}/"
    assert "Everything · 9 000 FCFA a month" in words(client.get(url))
    sent = client.post(url, {"do": "change", "plan": str(dearer.offer.public_id)})
    assert sent["Location"].endswith("/pay/")
    assert Order.objects.first().purpose == Order.Purpose.PLAN_CHANGE


def test_another_phone_for_the_next_payment(client: Client, learner: Any, simulators: SimulatedProviders) -> None:
    mine = begin(client, simulators, plan())
    url = f"{URL}{mine.public_id}/"
    client.post(url, {"do": "method", "provider": "orange_cm", "phone": "6 90 00 00 07"})
    mine.refresh_from_db()
    assert (mine.provider, mine.phone) == ("orange_cm", "+237690000007")
    refused = client.post(url, {"do": "method", "provider": "mtn", "phone": "12"})
    assert refused.status_code == 400
    assert "errorlist" in refused.content.decode()
    mine.refresh_from_db()
    assert mine.provider == "orange_cm"
    client.post(url, {"do": "method", "provider": "", "phone": ""})
    mine.refresh_from_db()
    assert mine.phone == ""


def test_a_card_is_entered_on_its_own_page(client: Client, learner: Any, simulators: SimulatedProviders) -> None:
    page = client.post(URL, {"do": "card", "plan": str(plan().offer.public_id), "currency": "XAF"})
    assert page.status_code == 200
    assert f'content="0;url={simulators.url}/stripe/' in page.content.decode()
    mine = Subscription.objects.get()
    assert mine.billing == Subscription.Billing.STRIPE
    assert "Enter the card" in words(client.get(f"{URL}{mine.public_id}/"))


def test_somebody_elses_is_not_there(client: Client, learner: Any, simulators: SimulatedProviders) -> None:
    mine = begin(client, simulators, plan())
    stranger = Client()
    stranger.force_login(make_user())
    url = f"{URL}{mine.public_id}/"
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, {"do": "cancel"}).status_code == 404
    mine.refresh_from_db()
    assert not mine.cancels_at_period_end


def test_as_many_queries_for_few_as_for_many(client: Client, learner: Any) -> None:
    def queries() -> int:
        client.get(URL)
        with CaptureQueriesContext(connection) as found:
            assert client.get(URL).status_code == 200
        return len(found)

    def grow(count: int) -> None:
        for number in range(count):
            taken = plan(f"Plan {number}")
            Subscription.objects.create(learner=learner, plan=taken, currency="XAF", amount_minor=5_000)

    grow(10)
    few = queries()
    grow(40)
    assert queries() == few
