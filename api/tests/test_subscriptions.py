"""Plans and subscriptions by program."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from api.tests.calls import ask, client_of, data, person
from api.tests.goods import PHONE, add, codes, offer_id, pay
from api.tests.shop_calls import (
    CHANGE_METHOD,
    CHANGE_PLAN,
    CHECK_PAYMENT,
    OPEN_CARD_PAGE,
    PLAN_CHANGE,
    PLANS,
    SUBSCRIBE,
    SUBSCRIPTIONS,
    on_subscription,
)
from commerce.models import OfferPrice, Order, Plan, Subscription
from commerce.providers.http import HttpClient
from commerce.tests.factories import make_user
from commerce.tests.payments.shop import work_off
from commerce.tests.simulated import SimulatedProviders
from commerce.tests.subscriptions.school import make_plan
from courses.tests.factories import make_course, make_path

pytestmark = pytest.mark.django_db

CANCEL, PAUSE, RESUME = (on_subscription(f"{verb}Subscription") for verb in ("cancel", "pause", "resume"))
BACK = "https://app.example.com/card/"


@pytest.fixture
def learner() -> Any:
    return person("awa@example.com", country="CM")


@pytest.fixture
def client(learner: Any) -> Client:
    return client_of(learner)


def subscribe(client: Client, plan: Plan, **fields: Any) -> dict[str, Any]:
    sent = {"offerId": offer_id(plan), "country": "CM", "provider": "mtn", "phone": PHONE, **fields}
    return data(client, SUBSCRIBE, input=sent)["subscribe"]


def paid(client: Client, plan: Plan, simulators: SimulatedProviders) -> str:
    """The id of a subscription whose first period is paid."""
    begun = subscribe(client, plan)
    settle(client, begun["order"]["id"], simulators)
    return begun["subscription"]["id"]


def settle(client: Client, order: str, simulators: SimulatedProviders) -> None:
    payment = pay(client, order, key=order)["payment"]
    simulators.approve("mtn")
    cache.clear()
    data(client, CHECK_PAYMENT, id=payment["id"])
    work_off()


def the_only(client: Client) -> dict[str, Any]:
    (found,) = data(client, SUBSCRIPTIONS)["subscriptions"]
    return found


class TestPlans:
    def test_what_is_on_sale_and_what_it_gives(self, client: Client) -> None:
        path = make_path([make_course("Loops")], "Web developer")
        make_plan(title="Everything", trial_days=7)
        make_plan(50_000, "year", title="A year")
        make_plan(3_000, title="Way", scope="path", path_key=path.translation_key)
        hidden = make_plan(title="Old")
        hidden.offer.is_on_sale = False
        hidden.offer.save()
        found = data(client, PLANS)["plans"]
        assert [(one["title"], one["interval"], one["trialDays"], one["covers"]) for one in found] == [
            ("Way", "MONTH", 0, "The learning path Web developer"),
            ("Everything", "MONTH", 7, "All courses"),
            ("A year", "YEAR", 0, "All courses"),
        ]
        assert found[0]["offer"]["price"]["formatted"] == "3\u202f000\u00a0FCFA"

    def test_somebody_from_elsewhere_sees_what_is_charged(self) -> None:
        plan = make_plan()
        french = Client(headers={"accept-language": "fr-FR"})
        assert data(french, PLANS)["plans"][0]["offer"]["price"]["currency"] == "XAF"
        assert data(french, PLANS, currency="EUR")["plans"] == []
        OfferPrice.objects.create(offer=plan.offer, amount_minor=9_00, currency="EUR")
        assert data(french, PLANS)["plans"][0]["offer"]["price"]["currency"] == "EUR"

    def test_a_plan_is_not_put_into_a_cart(self, client: Client) -> None:
        assert codes(add(client, make_plan())) == [("subscribe_instead", None)]


class TestSubscribing:
    def test_the_first_period_is_paid_and_opens_the_courses(
        self, client: Client, simulators: SimulatedProviders
    ) -> None:
        plan = make_plan()
        begun = subscribe(client, plan)
        assert begun["errors"] == []
        assert (begun["subscription"]["state"], begun["order"]["total"]["amount"]) == ("INCOMPLETE", "5000")
        assert subscribe(client, plan)["order"]["id"] == begun["order"]["id"]
        assert the_only(client)["orderToPay"]["id"] == begun["order"]["id"]
        settle(client, begun["order"]["id"], simulators)
        found = the_only(client)
        assert (found["state"], found["orderToPay"], found["isChargedByCard"]) == ("ACTIVE", None, False)
        assert found["periodEndsAt"] < found["accessEndsAt"]
        assert codes(subscribe(client, plan)) == [("already_subscribed", None)]

    def test_days_to_try(self, client: Client) -> None:
        begun = subscribe(client, make_plan(trial_days=7), provider="", phone="")
        assert (begun["subscription"]["state"], begun["order"]) == ("TRIAL", None)

    def test_what_is_refused(self, client: Client, simulators: SimulatedProviders) -> None:
        plan = make_plan()
        assert codes(subscribe(client, plan, offerId="x")) == [("invalid_id", "offerId")]
        assert codes(subscribe(client, plan, currency="EUR")) == [("currency_not_sold", "currency")]
        assert codes(subscribe(client, plan, phone="12")) == [("invalid_phone", "phone")]
        assert codes(subscribe(client, plan, provider="barter")) == [("provider_unavailable", "provider")]
        assert codes(subscribe(client, plan, billing={"name": "x" * 121})) == [("invalid_billing", "billing.name")]
        assert codes(subscribe(client, plan, byCard=True)) == [("invalid_return_url", "returnUrl")]
        assert codes(subscribe(Client(), plan)) == [("not_logged_in", None)]
        plan.offer.is_on_sale = False
        plan.offer.save()
        assert codes(subscribe(client, plan)) == [("not_on_sale", "offerId")]
        assert (Subscription.objects.count(), Order.objects.count()) == (0, 0)

    def test_somebody_elses(self, client: Client, simulators: SimulatedProviders) -> None:
        plan, other_plan = make_plan(), make_plan(9_000, title="More")
        found = paid(client, plan, simulators)
        other = client_of(make_user())
        assert data(other, SUBSCRIPTIONS)["subscriptions"] == []
        refused = [("subscription_not_found", "subscriptionId")]
        for name in ("cancelSubscription", "pauseSubscription", "resumeSubscription"):
            assert codes(data(other, on_subscription(name), id=found)[name]) == refused
        sent = {"subscriptionId": found, "offerId": offer_id(other_plan)}
        assert codes(data(other, CHANGE_PLAN, input=sent)["changePlan"]) == refused
        sent = {"subscriptionId": found, "returnUrl": BACK}
        assert codes(data(other, OPEN_CARD_PAGE, input=sent)["openCardPage"]) == refused
        sent = {"subscriptionId": found, "provider": "mtn", "phone": PHONE}
        assert codes(data(other, CHANGE_METHOD, input=sent)["changeSubscriptionMethod"]) == refused
        answer = ask(other, PLAN_CHANGE, subscription=found, offer=offer_id(other_plan))
        assert answer["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_NOT_FOUND"
        assert the_only(client)["state"] == "ACTIVE"


class TestChanging:
    def test_cancelled_resumed_paused(self, client: Client, simulators: SimulatedProviders) -> None:
        found = paid(client, make_plan(), simulators)
        cancelled = data(client, CANCEL, id=found)["cancelSubscription"]["subscription"]
        assert (cancelled["state"], cancelled["cancelsAtPeriodEnd"]) == ("ACTIVE", True)
        assert cancelled["accessEndsAt"] == cancelled["periodEndsAt"]
        assert codes(data(client, PAUSE, id=found)["pauseSubscription"]) == [("subscription_state", None)]
        resumed = data(client, RESUME, id=found)["resumeSubscription"]["subscription"]
        assert resumed["cancelsAtPeriodEnd"] is False
        assert data(client, PAUSE, id=found)["pauseSubscription"]["subscription"]["state"] == "PAUSED"
        assert data(client, RESUME, id=found)["resumeSubscription"]["subscription"]["state"] == "ACTIVE"

    def test_a_dearer_plan_is_paid_now(self, client: Client, simulators: SimulatedProviders) -> None:
        plan, dearer = make_plan(title="Small"), make_plan(9_000, title="Large")
        found = paid(client, plan, simulators)
        sent = {"subscriptionId": found, "offerId": offer_id(dearer)}
        preview = data(client, PLAN_CHANGE, subscription=found, offer=offer_id(dearer))["planChange"]
        assert (preview["title"], preview["isAtOnce"], preview["price"]["amount"]) == ("Large", True, "9000")
        changed = data(client, CHANGE_PLAN, input=sent)["changePlan"]
        assert (changed["subscription"]["title"], changed["order"]["state"]) == ("Small", "PLACED")
        settle(client, changed["order"]["id"], simulators)
        assert the_only(client)["title"] == "Large"
        assert codes(data(client, CHANGE_PLAN, input=sent)["changePlan"]) == [("same_plan", "offerId")]
        sent["offerId"] = "nonsense"
        assert codes(data(client, CHANGE_PLAN, input=sent)["changePlan"]) == [("invalid_id", "offerId")]

    def test_a_cheaper_one_comes_next(self, client: Client, simulators: SimulatedProviders) -> None:
        plan, cheaper = make_plan(title="Large"), make_plan(3_000, title="Small")
        found = paid(client, plan, simulators)
        sent = {"subscriptionId": found, "offerId": offer_id(cheaper)}
        changed = data(client, CHANGE_PLAN, input=sent)["changePlan"]
        assert (changed["subscription"]["nextPlanTitle"], changed["order"]) == ("Small", None)

    def test_how_renewals_are_asked_for(self, client: Client, simulators: SimulatedProviders) -> None:
        found = paid(client, make_plan(), simulators)

        def change(**fields: str | None) -> dict[str, Any]:
            return data(client, CHANGE_METHOD, input={"subscriptionId": found, **fields})["changeSubscriptionMethod"]

        assert change(provider="orange_cm", phone="690000007")["errors"] == []
        assert Subscription.objects.get().phone == "+237690000007"
        assert codes(change(provider="mpesa", phone=PHONE)) == [("provider_unavailable", "provider")]
        assert codes(change(provider="mtn", phone="12")) == [("invalid_phone", "phone")]
        assert change()["errors"] == []
        assert Subscription.objects.get().provider == ""

    def test_a_card(self, client: Client, simulators: SimulatedProviders, settings: Any) -> None:
        settings.PAYMENT_RETURN_URLS = (BACK,)
        plan = make_plan()
        OfferPrice.objects.create(offer=plan.offer, amount_minor=9_00, currency="EUR")
        card = {"currency": "EUR", "country": "FR", "byCard": True, "provider": None, "phone": None}
        begun = subscribe(client, plan, **card, returnUrl=BACK)
        assert begun["errors"] == []
        assert begun["cardPageUrl"].startswith("http")
        assert (begun["subscription"]["isChargedByCard"], begun["order"]) == (True, None)
        sent = {"subscriptionId": begun["subscription"]["id"], "returnUrl": BACK}
        again = data(client, OPEN_CARD_PAGE, input=sent)["openCardPage"]
        assert again["cardPageUrl"] == begun["cardPageUrl"]
        sent["returnUrl"] = "https://elsewhere.example/"
        answer = data(client, OPEN_CARD_PAGE, input=sent)["openCardPage"]
        assert codes(answer) == [("invalid_return_url", "returnUrl")]

    def test_no_card_to_change(self, client: Client, simulators: SimulatedProviders, settings: Any) -> None:
        settings.PAYMENT_RETURN_URLS = (BACK,)
        sent = {"subscriptionId": paid(client, make_plan(), simulators), "returnUrl": BACK}
        assert codes(data(client, OPEN_CARD_PAGE, input=sent)["openCardPage"]) == [("not_billed_by_card", None)]

    @pytest.mark.django_db(transaction=True)
    def test_the_provider_of_cards_is_asked_outside_any_transaction(
        self, client: Client, simulators: SimulatedProviders, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.PAYMENT_RETURN_URLS = (BACK,)
        plan = make_plan()
        OfferPrice.objects.create(offer=plan.offer, amount_minor=9_00, currency="EUR")
        seen: list[tuple[bool, int]] = []
        call = HttpClient.call

        def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
            seen.append((connection.in_atomic_block, Subscription.objects.count()))
            return call(self, *args, **kwargs)

        monkeypatch.setattr(HttpClient, "call", watched)
        begun = subscribe(client, plan, currency="EUR", country="FR", byCard=True, returnUrl=BACK, phone=None)
        data(client, CANCEL, id=begun["subscription"]["id"])
        assert len(seen) > 1
        assert set(seen) == {(False, 1)}

    def test_each_comes_alone_in_its_document(self, client: Client, simulators: SimulatedProviders) -> None:
        found = paid(client, make_plan(), simulators)
        for name in ("cancelSubscription", "pauseSubscription", "resumeSubscription"):
            one = f'{name}(input: {{subscriptionId: "{found}"}}) {{ errors {{ code }} }}'
            answer = ask(client, f"mutation {{ a: {one} b: {one} }}")
            assert answer["errors"][0]["message"] == f"Send {name} in a request of its own."
        assert the_only(client)["state"] == "ACTIVE"
