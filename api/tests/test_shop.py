"""Buying by program: from a guest's cart to the invoice, and everything that is refused on the way."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.tests.factories import PASSWORD, make_person
from accounts.tests.headless import App
from api.graphql.schema import schema
from api.tests.calls import ask, client_of, data, person
from api.tests.goods import PHONE, add, bundle_of, codes, offer_id, paid_course, pay, place
from api.tests.shop_calls import (
    ADD_TO_CART,
    ADD_WISH,
    APPLY_COUPON,
    CANCEL_ORDER,
    CANCEL_PAYMENT,
    CART,
    CHECK_PAYMENT,
    CHECKOUT,
    CLAIM_GIFT,
    OFFER,
    ORDER,
    ORDERS,
    PAY_ORDER,
    PAYMENT_METHODS,
    REFUNDABLE,
    REMOVE_FROM_CART,
    REMOVE_WISH,
    REQUEST_REFUND,
    WISHLIST,
)
from commerce.gifts import gift_token
from commerce.models import Cart, Enrollment, Offer, Order, OrderLine, PaymentAttempt, Refund, TaxRate, TransferProof
from commerce.providers.http import HttpClient
from commerce.tests.factories import NOON, make_coupon, make_price, make_user
from commerce.tests.paid_orders import make_paid_order
from commerce.tests.payments.shop import work_off
from commerce.tests.simulated import SimulatedProviders
from courses.keys import page_public_id
from courses.tests.factories import make_course, make_path, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> Any:
    return person("awa@example.com", country="CM")


@pytest.fixture
def buyer(learner: Any) -> Client:
    return client_of(learner)


def attempt_of(payment: dict[str, Any]) -> PaymentAttempt:
    return PaymentAttempt.objects.get(public_id=payment["id"])


class TestTheWholeWay:
    def test_from_a_guests_cart_to_the_invoice(self, simulators: SimulatedProviders) -> None:
        course = paid_course()
        guest = Client(headers={"accept-language": "en-CM"})
        filled = add(guest, course)
        token = filled["cartToken"]
        assert filled["cart"]["total"]["amount"] == "25000"
        assert data(guest, CART, token=token)["cart"]["lines"][0]["offer"]["title"] == "Loops"
        # They log in, as an app does.
        make_person("awa@example.com")
        app = App()
        app.log_in("awa@example.com", PASSWORD)
        buyer = Client(headers={"authorization": f"Bearer {app.access_token}", "accept-language": "en"})
        shown = {"amount": filled["cart"]["total"]["amount"], "currency": filled["cart"]["currency"]}
        placed = place(buyer, cartToken=token, expectedTotal=shown, billing={"name": "Awa Ndiaye", "city": "Douala"})
        assert placed["errors"] == []
        order = placed["order"]
        assert (order["state"], order["total"]["formatted"]) == ("PLACED", "25\u202f000\u00a0FCFA")
        assert Cart.objects.filter(owner=None).count() == 0
        ways = data(buyer, PAYMENT_METHODS, country="CM", currency="XAF", amount="25000", phone="670000001")
        first = ways["paymentMethods"][0]
        assert (first["provider"], first["flow"], first["isSuggested"]) == ("mtn", "PUSH", True)

        payment = pay(buyer, order["id"], phone="670 000 001")["payment"]
        assert (payment["state"], payment["nextStep"]["__typename"]) == ("AWAITING_CUSTOMER", "PushStep")
        simulators.approve("mtn")
        done = data(buyer, CHECK_PAYMENT, id=payment["id"])["checkPayment"]
        assert (done["payment"]["state"], done["order"]["state"]) == ("SUCCEEDED", "FULFILLED")
        assert done["payment"]["nextStep"] is None
        assert done["order"]["isGranted"] is False
        work_off()
        found = data(buyer, ORDER, id=order["id"])["order"]
        assert found["isGranted"] is True
        assert Enrollment.objects.get().course_key == course.translation_key
        (invoice,) = found["invoices"]
        pdf = buyer.get(invoice["pdfUrl"])
        assert pdf.status_code == 200
        assert pdf.content[:5] == b"%PDF-"
        for nobody in (Client(), client_of(person("other@example.com")), client_of(make_user())):
            assert nobody.get(invoice["pdfUrl"]).status_code == 404

    def test_what_owes_nothing_is_given_at_once(self, buyer: Client) -> None:
        add(buyer, paid_course())
        make_coupon("FREE100", percent=100)
        data(buyer, APPLY_COUPON, input={"code": "free 100"})
        order = place(buyer)["order"]
        assert (order["state"], order["total"]["minor"], order["payments"]) == ("FULFILLED", "0", [])

    def test_a_program_without_a_worker_pays_with_two_calls(
        self, buyer: Client, simulators: SimulatedProviders
    ) -> None:
        add(buyer, paid_course())
        payment = pay(buyer, place(buyer)["order"]["id"])["payment"]
        cache.clear()
        data(buyer, CHECK_PAYMENT, id=payment["id"])
        simulators.approve("mtn")
        # Asked a moment ago: the provider is not asked again, and the answer is what is known.
        assert data(buyer, CHECK_PAYMENT, id=payment["id"])["checkPayment"]["payment"]["state"] == "PENDING"
        cache.clear()
        assert data(buyer, CHECK_PAYMENT, id=payment["id"])["checkPayment"]["payment"]["state"] == "SUCCEEDED"


class TestCart:
    def test_guests_find_their_cart_by_its_token_alone(self) -> None:
        course = paid_course()
        token = add(Client(), course)["cartToken"]
        assert len(data(Client(), CART, token=token)["cart"]["lines"]) == 1
        for other in (None, "", "x" * 500, token[:-1], token.swapcase()):
            assert data(Client(), CART, token=other)["cart"]["lines"] == []
        # Somebody who is logged in sees their own, whatever token they send.
        assert data(client_of(make_user()), CART, token=token)["cart"]["lines"] == []

    def test_a_token_changes_no_cart_of_a_person(self, buyer: Client) -> None:
        filled = add(buyer, paid_course())
        assert filled["cartToken"] is None
        line = filled["cart"]["lines"][0]["id"]
        for client in (Client(), client_of(make_user())):
            answer = data(client, REMOVE_FROM_CART, input={"lineId": line})["removeFromCart"]
            assert codes(answer)[0][0] == "cart_not_found"
        assert len(data(buyer, CART)["cart"]["lines"]) == 1

    def test_a_line_is_taken_out(self) -> None:
        guest = Client()
        filled = add(guest, paid_course())
        sent = {"lineId": filled["cart"]["lines"][0]["id"], "cartToken": filled["cartToken"]}
        answer = data(guest, REMOVE_FROM_CART, input=sent)["removeFromCart"]
        assert (answer["cart"]["lines"], answer["cartToken"]) == ([], filled["cartToken"])
        again = data(guest, REMOVE_FROM_CART, input=sent)["removeFromCart"]
        assert again["errors"] == [] or codes(again)[0][0] == "cart_item_not_found"

    def test_the_buyer_chooses_the_currency_where_all_is_sold_in_it(self, buyer: Client) -> None:
        both, francs = paid_course(), paid_course("Lists")
        make_price(both.translation_key, 3_800, "EUR")
        assert add(buyer, both, currency="EUR")["cart"]["total"]["formatted"] == "€38.00"
        filled = add(buyer, francs, currency="EUR")["cart"]
        assert (filled["currency"], filled["total"]["amount"], filled["currencies"]) == ("XAF", "50000", ["XAF"])

    def test_tax_of_the_country(self, buyer: Client) -> None:
        TaxRate.objects.create(
            country="FR", name="TVA", percent=20, is_inclusive=False, valid_from=NOON.date().replace(year=2020)
        )
        cart = add(buyer, paid_course(), country="FR")["cart"]
        assert (cart["tax"]["amount"], cart["taxName"], cart["total"]["amount"]) == ("5000", "TVA", "30000")

    def test_places_are_told_and_run_out(self, buyer: Client) -> None:
        course = paid_course()
        assert data(buyer, OFFER, id=offer_id(course))["offer"]["placesLeft"] is None
        Offer.objects.update(places=2, places_taken=1)
        assert data(buyer, OFFER, id=offer_id(course))["offer"]["placesLeft"] == 1
        add(buyer, course)
        assert not place(buyer)["errors"]
        other = client_of(person("binta@example.com", country="CM"))
        assert data(other, OFFER, id=offer_id(course))["offer"]["placesLeft"] == 0
        assert codes(add(other, course)) == [("sold_out", "offer")]

    def test_what_a_buyer_chooses_to_pay(self, buyer: Client) -> None:
        course = paid_course(minor=5_000)
        offer = Offer.objects.get()
        offer.pricing = Offer.Pricing.CHOICE
        offer.save()
        offer.prices.update(minimum_minor=1_000)
        found = data(buyer, OFFER, id=str(offer.public_id))["offer"]
        assert (found["isPayWhatYouCan"], found["minimum"]["amount"]) == (True, "1000")
        cart = add(buyer, course, chosen={"amount": "2000", "currency": "XAF"})["cart"]
        assert cart["total"]["amount"] == "2000"
        refused = [
            ({"amount": "999", "currency": "XAF"}, "chosen_amount"),
            ({"amount": "-1", "currency": "XAF"}, "invalid_amount"),
            ({"amount": "1e9", "currency": "XAF"}, "invalid_amount"),
            ({"amount": "12.5", "currency": "XAF"}, "invalid_amount"),
            ({"amount": "2000", "currency": "FRF"}, "invalid_currency"),
        ]
        for chosen, code in refused:
            assert codes(add(buyer, course, chosen=chosen)) == [(code, "chosen")]

    def test_a_coupon_and_why_it_does_not_fit(self, buyer: Client) -> None:
        add(buyer, paid_course())
        make_coupon("HARVEST")
        make_coupon("SEED", is_active=False)

        def use(code: str | None) -> dict[str, Any]:
            return data(buyer, APPLY_COUPON, input={"code": code})["applyCoupon"]

        cart = use("har-vest")["cart"]
        assert (cart["coupon"], cart["discount"]["amount"], cart["total"]["amount"]) == ("HARVEST", "2500", "22500")
        assert codes(use("NOSUCH")) == [("coupon_unknown", "code")]
        assert codes(use("SEED")) == [("coupon_inactive", "code")]
        assert use(None)["cart"]["coupon"] is None

    def test_a_coupon_that_no_longer_fits_is_told_with_the_cart(self, buyer: Client) -> None:
        add(buyer, paid_course())
        coupon = make_coupon("HARVEST")
        data(buyer, APPLY_COUPON, input={"code": "HARVEST"})
        coupon.is_active = False
        coupon.save()
        cart = data(buyer, CART)["cart"]
        assert (cart["couponProblem"]["code"], cart["discount"]["minor"]) == ("coupon_inactive", "0")

    def test_codes_are_not_guessed(self, buyer: Client) -> None:
        add(buyer, paid_course())
        found = [
            codes(data(buyer, APPLY_COUPON, input={"code": f"GUESS{number}"})["applyCoupon"])[0][0]
            for number in range(12)
        ]
        assert found[:10] == ["coupon_unknown"] * 10
        assert found[10:] == ["too_many_tries"] * 2
        cache.clear()

    def test_refusals_say_which_field(self, buyer: Client, learner: Any) -> None:
        course = paid_course()

        def refused(**fields: Any) -> list[tuple[str, str | None]]:
            return codes(data(buyer, ADD_TO_CART, input={"offerId": offer_id(course), **fields})["addToCart"])

        assert refused(offerId="nonsense") == [("invalid_id", "offerId")]
        assert refused(offerId=str(uuid.uuid4())) == [("not_on_sale", "offerId")]
        assert refused(currency="XYZ") == [("invalid_currency", "currency")]
        assert refused(country="Cameroon") == [("invalid_country", "country")]
        assert refused(recipientEmail="no address") == [("gift_refused", "recipientEmail")]
        assert refused(recipientEmail=learner.email.upper()) == [("gift_to_oneself", "recipientEmail")]
        assert refused(recipientEmail="b@example.com", recipientMessage="x" * 501) == [
            ("gift_refused", "recipientMessage")
        ]
        assert refused(recipientMessage="a\x00b", recipientEmail="b@example.com") == [
            ("invalid_input", "recipientMessage")
        ]
        assert Cart.objects.count() == 0

    def test_refusals_are_in_the_callers_language(self, learner: Any) -> None:
        client = client_of(learner)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
        body = {"query": CHECKOUT, "variables": {"input": {"idempotencyKey": "k"}}}
        response = client.post("/graphql/", json.dumps(body), content_type="application/json")
        (error,) = response.json()["data"]["checkout"]["errors"]
        assert error["code"] == "cart_not_found"
        assert response.headers["Content-Language"] == "fr"
        unknown = data(client, CANCEL_ORDER, id=str(uuid.uuid4()))["cancelOrder"]["errors"]
        assert unknown == [{"code": "not_found", "field": "orderId", "message": "Cela n'existe pas."}]
        guest = Client(headers={"accept-language": "fr"})
        (refused,) = data(guest, CHECKOUT, input={"idempotencyKey": "k"})["checkout"]["errors"]
        assert refused["message"] == "Connectez-vous d'abord."


class TestOffers:
    LIST = (
        "{ courses(first: 100) { edges { node { title offer { id title price { amount } listPrice { amount } } } } } }"
    )

    def test_courses_and_paths_name_what_sells_them(self, buyer: Client) -> None:
        course, free = paid_course(), make_course("Free")
        path = make_path([course], "Way")
        offer = Offer.objects.create(kind=Offer.Kind.PATH, key=path.translation_key, title="Way")
        offer.prices.create(amount_minor=20_000, currency="XAF")
        found = {edge["node"]["title"]: edge["node"]["offer"] for edge in data(buyer, self.LIST)["courses"]["edges"]}
        assert found == {
            "Loops": {
                "id": offer_id(course),
                "title": "Loops",
                "price": {"amount": "25000"},
                "listPrice": {"amount": "25000"},
            },
            free.title: None,
        }
        paths = data(buyer, "{ learningPaths { edges { node { offer { id kind courses { title } } } } } }")
        assert paths["learningPaths"]["edges"][0]["node"]["offer"] == {
            "id": str(offer.public_id),
            "kind": "PATH",
            "courses": [{"title": "Loops"}],
        }

    def test_a_bundle_says_what_it_gives(self, buyer: Client) -> None:
        bundle = bundle_of(paid_course(), paid_course("Lists"))
        found = data(buyer, OFFER, id=str(bundle.public_id))["offer"]
        assert [course["title"] for course in found["courses"]] == ["Loops", "Lists"]
        assert (found["kind"], found["price"]["amount"]) == ("BUNDLE", "40000")

    def test_a_discount(self, buyer: Client) -> None:
        course = paid_course()
        offer = Offer.objects.get()
        offer.discounts.create(percent=20, label="Harvest", starts_at=NOON - timedelta(days=3650))
        found = data(buyer, OFFER, id=offer_id(course))["offer"]
        assert (found["price"]["amount"], found["listPrice"]["amount"]) == ("20000", "25000")
        assert found["discountLabel"] == "Harvest"

    def test_what_is_not_published_or_not_on_sale_is_not_there(self, buyer: Client) -> None:
        draft = paid_course("Unseen")
        draft.live = False
        draft.save()
        withdrawn, priceless = paid_course("Withdrawn"), paid_course("Priceless")
        Offer.objects.filter(key=withdrawn.translation_key).update(is_on_sale=False)
        Offer.objects.get(key=priceless.translation_key).prices.all().delete()
        for course in (draft, withdrawn, priceless):
            assert data(buyer, OFFER, id=offer_id(course))["offer"] is None
            assert codes(add(buyer, course))[0][0] == "not_on_sale"

    def test_the_buyers_place_decides(self, buyer: Client) -> None:
        course = paid_course()
        make_price(course.translation_key, 20_000, "XAF", country="CM")
        make_price(course.translation_key, 3_800, "EUR")
        price = {
            place: data(buyer, OFFER, id=offer_id(course), country=place[0], currency=place[1])["offer"]["price"]
            for place in ((None, None), ("FR", "EUR"), ("FR", "XAF"), ("FR", "NGN"))
        }
        assert [found["formatted"] for found in price.values()] == [
            "20\u202f000\u00a0FCFA",
            "€38.00",
            "25\u202f000\u00a0FCFA",
            "25\u202f000\u00a0FCFA",
        ]


class TestCheckout:
    def test_the_same_key_is_the_same_order(self, buyer: Client) -> None:
        course = paid_course()
        add(buyer, course)
        first, second = place(buyer)["order"], place(buyer)["order"]
        assert first["id"] == second["id"]
        assert Order.objects.count() == 1
        assert codes(place(buyer, country="FR")) == [("idempotency_key_reused", None)]
        assert codes(place(buyer, key="")) == [("invalid_idempotency_key", "idempotencyKey")]
        assert codes(place(buyer, key="k" * 256)) == [("invalid_idempotency_key", "idempotencyKey")]

    def test_another_total_than_was_shown_is_refused(self, buyer: Client) -> None:
        course = paid_course()
        add(buyer, course)
        Offer.objects.get().prices.update(amount_minor=30_000)
        assert codes(place(buyer, expectedTotal={"amount": "25000", "currency": "XAF"})) == [("prices_changed", None)]
        assert codes(place(buyer, expectedTotal={"amount": "30000", "currency": "XOF"})) == [("prices_changed", None)]
        assert Order.objects.count() == 0
        assert place(buyer, expectedTotal={"amount": "30000", "currency": "XAF"})["errors"] == []

    def test_what_is_refused(self, buyer: Client, learner: Any) -> None:
        assert codes(place(buyer)) == [("cart_not_found", None)]
        add(buyer, paid_course())
        assert codes(place(buyer, billing={"name": "x" * 121})) == [("invalid_billing", "billing.name")]
        assert codes(place(buyer, billing={"postalCode": "x" * 21})) == [("invalid_billing", "billing.postalCode")]
        assert codes(place(buyer, country="cm")) == [("invalid_country", "country")]
        assert codes(place(Client())) == [("not_logged_in", None)]
        assert Order.objects.count() == 0

    def test_what_one_has_already(self, buyer: Client, learner: Any) -> None:
        course = paid_course()
        add(buyer, course)
        Enrollment.objects.create(
            learner=learner, course_key=course.translation_key, enrolled_at=NOON, state_changed_at=NOON
        )
        assert data(buyer, CART)["cart"]["lines"][0]["problem"]["code"] == "already_owned"
        assert codes(place(buyer)) == [("already_owned", None)]
        assert codes(add(buyer, course)) == [("already_owned", None)]


class TestOrders:
    def test_nobody_sees_anybody_elses(self, buyer: Client, learner: Any, simulators: SimulatedProviders) -> None:
        add(buyer, paid_course())
        order = place(buyer)["order"]["id"]
        payment = pay(buyer, order)["payment"]["id"]
        other = client_of(person("other@example.com", groups=("support", "administrator")))
        assert data(other, ORDER, id=order)["order"] is None
        assert data(other, ORDERS)["orders"]["totalCount"] == 0
        assert codes(pay(other, order)) == [("not_found", "orderId")]
        assert codes(data(other, CANCEL_ORDER, id=order)["cancelOrder"]) == [("not_found", "orderId")]
        assert codes(data(other, CHECK_PAYMENT, id=payment)["checkPayment"]) == [("attempt_not_found", "paymentId")]
        assert codes(data(other, CANCEL_PAYMENT, id=payment)["cancelPayment"]) == [("attempt_not_found", "paymentId")]
        refund = {"orderId": order, "reason": "OTHER", "idempotencyKey": "k"}
        assert codes(data(other, REQUEST_REFUND, input=refund)["requestRefund"]) == [("not_found", "orderId")]
        assert ask(other, REFUNDABLE, id=order)["errors"][0]["extensions"]["code"] == "NOT_FOUND"
        for query, code in ((ORDER, None), (REFUNDABLE, None)):
            answer = ask(Client(), query, id=order)
            assert answer["errors"][0]["extensions"]["code"] == "NOT_LOGGED_IN", code
        assert simulators.waiting("mtn")

    def test_nothing_that_providers_know_alone_is_in_the_schema(self) -> None:
        secret = {
            "data",
            "raw",
            "proof",
            "proofs",
            "providerRef",
            "receipt",
            "idempotencyKey",
            "destination",
            "tokenHash",
        }
        for name in ("Payment", "Order", "OrderLine", "Refund", "Invoice", "PlanSubscription", "Cart", "CartLine"):
            fields = schema.graphql_schema.type_map[name].fields
            assert not secret & set(fields), name

    def test_the_list_in_pages(self, buyer: Client, learner: Any) -> None:
        for _number in range(3):
            make_paid_order(learner)
        make_paid_order()
        page = data(buyer, ORDERS, first=2)["orders"]
        assert (page["totalCount"], len(page["edges"]), page["pageInfo"]["hasNextPage"]) == (3, 2, True)
        rest = data(buyer, ORDERS, first=2, after=page["pageInfo"]["endCursor"])["orders"]
        assert len(rest["edges"]) == 1

    def test_an_order_is_given_up(self, buyer: Client, simulators: SimulatedProviders) -> None:
        add(buyer, paid_course())
        order = place(buyer)["order"]["id"]
        pay(buyer, order)
        assert codes(data(buyer, CANCEL_ORDER, id=order)["cancelOrder"]) == [("payment_under_way", None)]
        simulators.reject("mtn")
        cache.clear()
        payment = PaymentAttempt.objects.get()
        found = data(buyer, CHECK_PAYMENT, id=str(payment.public_id))["checkPayment"]["payment"]
        assert (found["state"], found["reason"]) == ("FAILED", "refused_by_customer")
        assert found["message"] == "You refused the payment on your phone. Try again when you are ready."
        assert data(buyer, CANCEL_ORDER, id=order)["cancelOrder"]["order"]["state"] == "CANCELLED"
        assert codes(pay(buyer, order, key="another")) == [("order_not_open", None)]


class TestPaying:
    @pytest.fixture
    def order(self, buyer: Client, simulators: SimulatedProviders) -> str:
        add(buyer, paid_course())
        return place(buyer)["order"]["id"]

    def test_the_same_key_is_the_same_prompt(self, buyer: Client, order: str, simulators: SimulatedProviders) -> None:
        first, second = pay(buyer, order)["payment"], pay(buyer, order)["payment"]
        assert first["id"] == second["id"]
        assert len(simulators.waiting("mtn")) == 1
        assert codes(pay(buyer, order, provider="orange_cm")) == [("idempotency_key_reused", None)]
        assert codes(pay(buyer, order, key="second try")) == [("attempt_in_progress", None)]
        assert len(simulators.waiting("mtn")) == 1

    def test_it_can_be_given_up_where_money_moves_by_a_deed_only(self, buyer: Client, order: str) -> None:
        page = pay(buyer, order, provider="stripe")["payment"]
        assert page["nextStep"]["__typename"] == "RedirectStep"
        assert data(buyer, CANCEL_PAYMENT, id=page["id"])["cancelPayment"]["payment"]["state"] == "EXPIRED"
        again = pay(buyer, order, key="second", provider="bank")["payment"]
        step = again["nextStep"]
        assert step["__typename"] == "InstructionsStep"
        assert {"code": "reference", "label": "Reference", "value": step["reference"]} in step["lines"]
        third = pay(buyer, order, key="third", replace=True)
        assert third["errors"] == []
        assert third["payment"]["nextStep"]["__typename"] == "PushStep"
        asked = data(buyer, CANCEL_PAYMENT, id=third["payment"]["id"])["cancelPayment"]
        assert codes(asked) == [("attempt_in_progress", None)]

    def test_what_is_refused(self, buyer: Client, order: str) -> None:
        assert codes(pay(buyer, "nonsense")) == [("invalid_id", "orderId")]
        assert codes(pay(buyer, str(uuid.uuid4()))) == [("not_found", "orderId")]
        assert codes(pay(buyer, order, provider="mpesa")) == [("provider_unavailable", "provider")]
        assert codes(pay(buyer, order, provider="barter")) == [("provider_unavailable", "provider")]
        assert codes(pay(buyer, order, phone="12")) == [("invalid_phone", "phone")]
        assert codes(pay(buyer, order, phone="\x00")) == [("invalid_input", "phone")]
        assert codes(pay(buyer, order, key="")) == [("invalid_idempotency_key", "idempotencyKey")]
        assert codes(pay(buyer, order, key="k" * 256)) == [("invalid_idempotency_key", "idempotencyKey")]
        assert codes(pay(buyer, order, returnUrl="https://elsewhere.example/")) == [("invalid_return_url", "returnUrl")]
        assert PaymentAttempt.objects.count() == 0

    def test_an_app_is_led_back_to(self, buyer: Client, order: str, settings: Any) -> None:
        settings.PAYMENT_RETURN_URLS = ("https://app.example.com/paid/",)
        payment = pay(buyer, order, provider="stripe", returnUrl="https://app.example.com/paid/{attempt}")
        assert payment["errors"] == []
        attempt = attempt_of(payment["payment"])
        assert attempt.state == PaymentAttempt.State.AWAITING_CUSTOMER
        assert payment["payment"]["nextStep"]["url"].startswith("http")

    def test_it_comes_alone_in_its_document(self, buyer: Client, order: str) -> None:
        query = f"""mutation {{ cancelOrder(input: {{orderId: "{order}"}}) {{ errors {{ code }} }}
          payOrder(input: {{orderId: "{order}", provider: "bank", idempotencyKey: "k"}}) {{ errors {{ code }} }} }}"""
        for text in (query, query.replace("payOrder", "... on Mutation { payOrder") + " }"):
            answer = ask(buyer, text)
            assert answer["errors"][0]["message"] == "Send payOrder in a request of its own."
        assert (PaymentAttempt.objects.count(), Order.objects.get().state) == (0, "placed")

    def test_ways_to_pay_say_why_not(self, simulators: SimulatedProviders) -> None:
        def ways(**fields: str) -> dict[str, dict[str, Any]]:
            sent = {"country": "CM", "currency": "XAF", "amount": "25000", **fields}
            return {way["provider"]: way for way in data(Client(), PAYMENT_METHODS, **sent)["paymentMethods"]}

        mpesa = ways()["mpesa"]
        assert (mpesa["isAvailable"], mpesa["reason"]) == (False, "not_in_country")
        assert mpesa["message"] == "M-Pesa does not work in your country, only in Kenya."
        assert next(iter(ways(phone="690000007"))) == "orange_cm"
        assert next(iter(ways(phone="no number"))) == "mtn"
        answer = ask(Client(), PAYMENT_METHODS, country="CM", currency="XAF", amount="1e9999999")
        assert answer["errors"][0]["extensions"]["code"] == "INVALID_AMOUNT"
        answer = ask(Client(), PAYMENT_METHODS, country="Kamerun", currency="XAF", amount="1")
        assert answer["errors"][0]["extensions"]["code"] == "INVALID_COUNTRY"

    def test_a_picture_of_the_transfer(self, buyer: Client, order: str) -> None:
        payment = pay(buyer, order, provider="bank")["payment"]["id"]
        url = f"/api/v1/payments/{payment}/proofs/"

        def send(client: Client, **fields: Any) -> Any:
            return client.post(url, {"file": SimpleUploadedFile("slip.pdf", b"%PDF-1.4 slip"), **fields})

        response = send(buyer, note="At the counter")
        assert (response.status_code, response.json()["name"]) == (201, "slip.pdf")
        assert TransferProof.objects.get().note == "At the counter"
        assert send(Client()).status_code == 401
        assert send(client_of(make_user())).status_code == 404
        refused = send(buyer, file=SimpleUploadedFile("slip.exe", b"MZ"))
        assert refused.status_code == 400
        assert refused.json()["errors"][0] | {"message": ""} == {
            "code": "proof_refused",
            "field": "file",
            "message": "",
        }
        assert buyer.post(url, {"note": "nothing"}).status_code == 400
        large = send(buyer, file=SimpleUploadedFile("slip.pdf", b"%PDF-" + b"0" * 5_400_000))
        assert large.status_code == 413
        for _number in range(4):
            send(buyer)
        assert send(buyer).json()["errors"][0]["code"] == "too_many_proofs"
        mobile = pay(buyer, order, key="other", replace=True)["payment"]["id"]
        late = buyer.post(
            f"/api/v1/payments/{mobile}/proofs/", {"file": SimpleUploadedFile("slip.pdf", b"%PDF-1.4 slip")}
        )
        assert (late.status_code, late.json()["errors"][0]["code"]) == (409, "attempt_state")


class TestMoneyBack:
    def bought(self, learner: Any, simulators: SimulatedProviders, *titles: str) -> str:
        buyer = client_of(learner)
        for title in titles or ("Loops",):
            add(buyer, paid_course(title))
        order = place(buyer, key=f"{titles}")["order"]["id"]
        payment = pay(buyer, order)["payment"]
        simulators.approve("mtn")
        cache.clear()
        data(buyer, CHECK_PAYMENT, id=payment["id"])
        work_off()
        return order

    def test_all_of_it_within_the_window(self, buyer: Client, learner: Any, simulators: SimulatedProviders) -> None:
        order = self.bought(learner, simulators)
        may = data(buyer, REFUNDABLE, id=order)["refundable"]
        assert (may["amount"]["amount"], may["isSelfService"], may["whyNot"]) == ("25000", True, None)
        sent = {"orderId": order, "reason": "CHANGED_MIND", "note": "Sorry", "idempotencyKey": "back"}
        refund = data(buyer, REQUEST_REFUND, input=sent)["requestRefund"]["refund"]
        assert (refund["state"], refund["amount"]["amount"]) == ("APPROVED", "25000")
        again = data(buyer, REQUEST_REFUND, input=sent)["requestRefund"]["refund"]
        assert again["id"] == refund["id"]
        assert Refund.objects.count() == 1
        stored = Refund.objects.get()
        assert (stored.reason, stored.note) == ("changed_mind", "Sorry")
        other = data(buyer, REQUEST_REFUND, input={**sent, "idempotencyKey": "more"})["requestRefund"]
        assert codes(other) == [("nothing_left", None)]
        assert data(buyer, ORDER, id=order)["order"]["refunds"][0]["id"] == refund["id"]

    def test_a_line_of_it(self, buyer: Client, learner: Any, simulators: SimulatedProviders) -> None:
        order = self.bought(learner, simulators, "Loops", "Lists")
        lines = data(buyer, ORDER, id=order)["order"]["lines"]
        sent = {"orderId": order, "reason": "OTHER", "lineIds": [lines[0]["id"]], "idempotencyKey": "back"}
        refund = data(buyer, REQUEST_REFUND, input=sent)["requestRefund"]["refund"]
        assert refund["amount"]["amount"] == "25000"
        assert [line.title for line in Refund.objects.get().lines.all()] == [lines[0]["title"]]
        for wrong, code in (([str(uuid.uuid4())], "not_found"), (["x"], "invalid_id")):
            sent = {"orderId": order, "reason": "OTHER", "lineIds": wrong, "idempotencyKey": f"{wrong}"}
            assert codes(data(buyer, REQUEST_REFUND, input=sent)["requestRefund"]) == [(code, "lineIds")]

    def test_what_is_not_paid_is_not_given_back(self, buyer: Client) -> None:
        add(buyer, paid_course())
        order = place(buyer)["order"]["id"]
        assert data(buyer, REFUNDABLE, id=order)["refundable"]["whyNot"] == "not_paid"
        sent = {"orderId": order, "reason": "OTHER", "idempotencyKey": "back"}
        assert codes(data(buyer, REQUEST_REFUND, input=sent)["requestRefund"]) == [("not_paid", None)]
        sent["idempotencyKey"] = ""
        assert codes(data(buyer, REQUEST_REFUND, input=sent)["requestRefund"]) == [
            ("invalid_idempotency_key", "idempotencyKey")
        ]


class TestGiftsAndWishes:
    def test_a_gift_is_taken_once(self, buyer: Client, simulators: SimulatedProviders) -> None:
        course = paid_course()
        add(buyer, course, recipientEmail="amina@example.com", recipientMessage="For you")
        order = place(buyer)["order"]
        assert order["lines"][0]["recipientEmail"] == "amina@example.com"
        pay(buyer, order["id"])
        simulators.approve("mtn")
        data(buyer, CHECK_PAYMENT, id=str(PaymentAttempt.objects.get().public_id))
        work_off()
        token = gift_token(OrderLine.objects.get())
        amina = client_of(person("amina@example.com"))
        assert codes(data(buyer, CLAIM_GIFT, token=token)["claimGift"]) == [("gift_to_oneself", "recipientEmail")]
        (given,) = data(amina, CLAIM_GIFT, token=token)["claimGift"]["enrollments"]
        assert (given["state"], given["course"]["slug"]) == ("ACTIVE", course.slug)
        assert codes(data(client_of(make_user()), CLAIM_GIFT, token=token)["claimGift"]) == [("gift_taken", None)]
        assert codes(data(amina, CLAIM_GIFT, token="nonsense")["claimGift"]) == [("gift_not_found", None)]
        assert codes(data(Client(), CLAIM_GIFT, token=token)["claimGift"]) == [("not_logged_in", None)]

    def test_wishes(self, buyer: Client) -> None:
        course = paid_course()
        path = make_path([course], "Way")
        assert data(buyer, ADD_WISH, course=page_public_id(course))["addWish"]["isWished"] is True
        data(buyer, ADD_WISH, path=page_public_id(path))
        found = data(buyer, WISHLIST)["wishlist"]
        assert [one["title"] for one in found["courses"]] == ["Loops"]
        assert found["courses"][0]["offer"]["price"]["amount"] == "25000"
        assert [one["title"] for one in found["learningPaths"]] == ["Way"]
        assert data(client_of(make_user()), WISHLIST)["wishlist"] == {"courses": [], "learningPaths": []}
        assert data(buyer, REMOVE_WISH, course=page_public_id(course))["removeWish"]["isWished"] is False
        assert data(buyer, WISHLIST)["wishlist"]["courses"] == []

    def test_what_cannot_be_wished(self, buyer: Client) -> None:
        make_school()
        nowhere = f"{uuid.uuid4()}.en"
        assert codes(data(buyer, ADD_WISH)["addWish"]) == [("invalid_input", "courseId")]
        assert codes(data(buyer, ADD_WISH, course=nowhere)["addWish"]) == [("course_not_found", "courseId")]
        assert codes(data(buyer, ADD_WISH, path=nowhere)["addWish"]) == [("course_not_found", "pathId")]
        assert codes(data(Client(), ADD_WISH, path=nowhere)["addWish"]) == [("not_logged_in", None)]


class TestCallsOutsideTransactions:
    """Whatever becomes of the call, the attempt is committed before a provider hears of it."""

    @pytest.mark.django_db(transaction=True)
    def test_the_attempt_is_committed_before_the_provider_is_asked(
        self, simulators: SimulatedProviders, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        buyer = client_of(person("awa@example.com", country="CM"))
        add(buyer, paid_course())
        order = place(buyer)["order"]["id"]
        seen: list[tuple[bool, int]] = []
        call = HttpClient.call

        def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
            seen.append((connection.in_atomic_block, PaymentAttempt.objects.count()))
            return call(self, *args, **kwargs)

        monkeypatch.setattr(HttpClient, "call", watched)
        payment = pay(buyer, order)["payment"]
        simulators.approve("mtn")
        data(buyer, CHECK_PAYMENT, id=payment["id"])
        assert seen
        assert set(seen) == {(False, 1)}
        assert PaymentAttempt.objects.get().state == PaymentAttempt.State.SUCCEEDED

    @pytest.mark.django_db(transaction=True)
    def test_an_attempt_stays_though_the_provider_hangs_up(self, simulators: SimulatedProviders) -> None:
        buyer = client_of(person("awa@example.com", country="CM"))
        add(buyer, paid_course())
        simulators.faults("mtn").http_500 = 10
        answer = ask(
            buyer,
            PAY_ORDER,
            input={"orderId": place(buyer)["order"]["id"], "provider": "mtn", "phone": PHONE, "idempotencyKey": "k"},
        )
        assert "errors" not in answer
        attempt = PaymentAttempt.objects.get()
        assert answer["data"]["payOrder"]["payment"]["id"] == str(attempt.public_id)
