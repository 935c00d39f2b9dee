"""Paying on the website: choosing how, waiting, coming back, giving up."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from commerce.actions.settle_attempt import settle_attempt
from commerce.models import Order, PaymentAttempt, TransferProof
from commerce.tests.factories import make_user
from commerce.tests.payments.shop import PHONES, begin, new_order, work_off
from commerce.tests.simulated import SimulatedProviders
from courses.tests.factories import make_school

pytestmark = pytest.mark.django_db

State = PaymentAttempt.State


@pytest.fixture(autouse=True)
def school() -> None:
    make_school()


@pytest.fixture
def learner(client: Client) -> Any:
    person = make_user(name="Awa Ndiaye", country="CM")
    client.force_login(person)
    return person


def words(response: Any) -> str:
    """What a page says, without tags."""
    text = re.sub(r"<head>.*?</head>", "", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def pay_url(order: Order) -> str:
    return f"/en/orders/{order.public_id}/pay/"


def wait_url(attempt: PaymentAttempt, last: str = "wait") -> str:
    return f"/en/orders/{attempt.order.public_id}/{last}/{attempt.public_id}/"


def send(client: Client, order: Order, provider: str, key: str = "one", **more: str) -> Any:
    """Send the form."""
    fields = {"provider": provider, "key": key, f"phone-{provider}": PHONES.get(provider, ""), **more}
    return client.post(pay_url(order), fields)


def only_attempt() -> PaymentAttempt:
    return PaymentAttempt.objects.select_related("order").get()


def look(client: Client, url: str) -> Any:
    """Look at a page after the pause between two questions to the provider."""
    cache.clear()
    return client.get(url)


class TestChoosing:
    def test_ways_of_the_country_come_with_a_reason_for_what_is_missing(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        response = client.get(pay_url(new_order(learner=learner)))
        offered = [method.code for method in response.context["available"]]
        assert offered[0] == "mtn"
        assert {"orange_cm", "stripe", "bank"} <= set(offered)
        assert "mpesa" not in offered
        assert "M-Pesa does not work in your country, only in Kenya." in words(response)
        assert "Pay 25 000 FCFA" in words(response)

    def test_the_number_of_the_profile_suggests_its_operator(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        learner.phone = "+237690000007"
        learner.save()
        response = client.get(pay_url(new_order(learner=learner)))
        assert response.context["chosen"] == "orange_cm"
        assert "Orange Money fits your number" in words(response)

    def test_the_wallet_that_paid_last_is_offered_again(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        def numbers(country: str = "CM") -> dict[str, str]:
            page = client.get(pay_url(new_order(learner=learner, country=country))).content.decode()
            return dict(re.findall(r'name="phone-(\w+)" value="([^"]*)"', page))

        learner.phone = "+237690000007"
        learner.save()
        for phone, is_paid in (("+237670000001", True), ("+237670000002", True), ("+237670000003", False)):
            begin(new_order(learner=learner), "mtn", phone=phone)
            if is_paid:
                simulators.approve("mtn")
                attempt = PaymentAttempt.objects.order_by("-pk")[0]
                settle_attempt(attempt.public_id, trigger="poll")
        # Of the operator that it is a wallet of, and only where it has paid; elsewhere the profile's number.
        assert numbers() == {"mtn": "+237670000002", "orange_cm": "+237690000007"}
        PaymentAttempt.objects.update(country="UG")
        assert numbers() == {"mtn": "+237690000007", "orange_cm": "+237690000007"}

    def test_nobody_is_offered_the_wallet_of_another(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        attempt = begin(new_order(learner=make_user()), "mtn")
        simulators.approve("mtn")
        assert settle_attempt(attempt.public_id, trigger="poll").state == State.SUCCEEDED
        page = client.get(pay_url(new_order(learner=learner))).content.decode()
        assert 'name="phone-mtn" value=""' in page
        assert PHONES["mtn"] not in page

    def test_a_number_that_was_refused_stands_there_again(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        attempt = begin(new_order(learner=learner), "mtn")
        simulators.approve("mtn")
        settle_attempt(attempt.public_id, trigger="poll")
        page = send(client, new_order(learner=learner), "mtn", **{"phone-mtn": "12"}).content.decode()
        assert 'name="phone-mtn" value="12"' in page

    @pytest.mark.parametrize("phone", ["", "12", "+33612345678", "six seven zero"])
    def test_a_number_that_no_wallet_is_on(
        self, client: Client, learner: Any, simulators: SimulatedProviders, phone: str
    ) -> None:
        response = send(client, new_order(learner=learner), "mtn", **{"phone-mtn": phone})
        assert response.status_code == 400
        assert 'role="alert"' in response.content.decode() or 'aria-invalid="true"' in response.content.decode()
        assert PaymentAttempt.objects.count() == 0
        assert simulators.waiting("mtn") == []

    @pytest.mark.parametrize("provider", ["", "mpesa", "barter", "mtn' --"])
    def test_a_way_that_is_none(
        self, client: Client, learner: Any, simulators: SimulatedProviders, provider: str
    ) -> None:
        response = send(client, new_order(learner=learner), provider)
        assert response.status_code == 400
        assert PaymentAttempt.objects.count() == 0

    def test_somebody_elses_order_is_not_there(self, client: Client, learner: Any) -> None:
        order = new_order()
        assert client.get(pay_url(order)).status_code == 404
        assert send(client, order, "mtn").status_code == 404
        assert PaymentAttempt.objects.count() == 0

    def test_nobody_is_sent_to_the_log_in(self, client: Client) -> None:
        url = pay_url(new_order())
        assert client.get(url)["Location"] == f"/en/account/login/?next={url}"


class TestPrompt:
    def test_from_the_number_to_the_course(self, client: Client, learner: Any, simulators: SimulatedProviders) -> None:
        order = new_order(learner=learner)
        response = send(client, order, "mtn", **{"phone-mtn": "6 70 00 00 01"})
        attempt = only_attempt()
        assert response["Location"] == f"{wait_url(attempt)}?go=1"
        assert (attempt.phone, attempt.state) == ("+237670000001", State.AWAITING_CUSTOMER)
        page = client.get(response["Location"])
        assert "MTN MoMo asks on the phone +237 6•• ••• •01 whether you want to pay." in words(page)
        assert "25 000 FCFA" in words(page)
        assert '<noscript><meta http-equiv="refresh" content="8"></noscript>' in page.content.decode()
        simulators.approve("mtn")
        page = look(client, wait_url(attempt))
        assert page["Location"] == f"/en/orders/{order.public_id}/"
        assert "We are opening what you bought" in words(client.get(page["Location"]))
        assert client.get(f"{page['Location']}state/").json()["url"] == ""
        work_off()
        assert client.get(f"{page['Location']}state/").json()["url"] == page["Location"]
        assert "What now?" in words(client.get(page["Location"]))

    def test_sent_twice_it_rings_once(self, client: Client, learner: Any, simulators: SimulatedProviders) -> None:
        order = new_order(learner=learner)
        first, second = send(client, order, "mtn"), send(client, order, "mtn")
        assert first["Location"] == second["Location"]
        assert len(simulators.waiting("mtn")) == PaymentAttempt.objects.count() == 1

    def test_another_form_leads_to_the_prompt_that_is_open(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        order = new_order(learner=learner)
        send(client, order, "mtn")
        assert send(client, order, "stripe", key="two")["Location"] == wait_url(only_attempt())
        assert "under way already" in words(client.get(pay_url(order)))

    def test_it_says_why_it_failed_and_what_to_do(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        order = new_order(learner=learner)
        send(client, order, "mtn")
        simulators.reject("mtn")
        page = look(client, wait_url(only_attempt()))
        assert "You refused the payment on your phone. Try again when you are ready." in words(page)
        assert pay_url(order) in page.content.decode()
        assert "You refused the payment" in words(client.get(f"/en/orders/{order.public_id}/"))
        assert send(client, order, "mtn", key="two")["Location"] != wait_url(only_attempt_of("one"))

    def test_the_provider_is_asked_every_few_seconds_at_most(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        send(client, new_order(learner=learner), "mtn")
        attempt = only_attempt()
        asked = len(simulators["mtn"].calls)
        for _time in range(4):
            client.get(wait_url(attempt))
            client.get(f"{wait_url(attempt)}state/")
        assert len(simulators["mtn"].calls) == asked + 1

    def test_the_script_is_told_where_to_go(self, client: Client, learner: Any, simulators: SimulatedProviders) -> None:
        send(client, new_order(learner=learner), "mtn")
        url = f"{wait_url(only_attempt())}state/"
        assert client.get(url).json() == {"url": "", "text": "Waiting for you to confirm …"}
        simulators.approve("mtn")
        assert look(client, url).json() == {"url": wait_url(only_attempt()), "text": ""}

    def test_a_prompt_is_not_given_up_while_it_rings(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        send(client, new_order(learner=learner), "mtn")
        url = wait_url(only_attempt())
        assert client.post(url, {"do": "otherwise"})["Location"] == url
        assert only_attempt().state in PaymentAttempt.OPEN_STATES

    def test_an_answer_that_never_came_is_asked_for(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        simulators.faults("mtn").http_500 = 5
        send(client, new_order(learner=learner), "mtn")
        page = client.get(wait_url(only_attempt()))
        assert page.status_code == 200
        assert "We are asking the payment service" in words(page)

    def test_somebody_elses_payment_is_not_there(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        theirs, mine = begin(new_order()), new_order(learner=learner)
        crossed = f"/en/orders/{mine.public_id}/wait/{theirs.public_id}/"
        for url in (wait_url(theirs), crossed, f"{wait_url(theirs)}state/", wait_url(theirs, "return")):
            assert client.get(url).status_code == 404, url
        assert client.post(wait_url(theirs), {"do": "cancel"}).status_code == 404
        theirs.refresh_from_db()
        assert theirs.state == State.AWAITING_CUSTOMER


def only_attempt_of(key: str) -> PaymentAttempt:
    return PaymentAttempt.objects.select_related("order").get(idempotency_key=key)


class TestPageOfAProvider:
    @pytest.mark.parametrize("provider", ["stripe", "orange_web", "paystack", "flutterwave"])
    def test_one_goes_there_and_comes_back(
        self, client: Client, learner: Any, simulators: SimulatedProviders, provider: str
    ) -> None:
        order = new_order(provider, learner=learner)
        sent = send(client, order, provider)
        attempt = only_attempt()
        page = client.get(sent["Location"]).content.decode()
        address = attempt.next_step["url"]
        assert f'<meta http-equiv="refresh" content="0;url={address}">'.replace("&", "&amp;") in page
        again = client.get(wait_url(attempt)).content.decode()
        assert 'content="0;url=' not in again  # who comes back by the browser's button is not sent there again
        simulators.approve(provider)
        assert look(client, wait_url(attempt, "return"))["Location"] == f"/en/orders/{order.public_id}/"
        order.refresh_from_db()
        assert order.state == Order.State.FULFILLED

    def test_coming_back_without_having_paid_proves_nothing(
        self, client: Client, learner: Any, simulators: SimulatedProviders
    ) -> None:
        order = new_order("stripe", learner=learner)
        send(client, order, "stripe")
        attempt = only_attempt()
        back = look(client, f"{wait_url(attempt, 'return')}?status=successful&paid=yes")
        assert back["Location"] == wait_url(attempt)
        order.refresh_from_db()
        assert order.state == Order.State.PLACED

    def test_it_is_given_up_for_another_way(self, client: Client, learner: Any, simulators: SimulatedProviders) -> None:
        order = new_order("stripe", learner=learner)
        send(client, order, "stripe")
        assert client.post(wait_url(only_attempt()), {"do": "otherwise"})["Location"] == pay_url(order)
        assert only_attempt().state in (State.CANCELED, State.EXPIRED)


class TestTransfer:
    @pytest.fixture
    def attempt(self, client: Client, learner: Any, simulators: SimulatedProviders) -> PaymentAttempt:
        send(client, new_order(learner=learner), "bank")
        return only_attempt()

    def test_account_and_reference_stand_there(self, client: Client, attempt: PaymentAttempt) -> None:
        page = words(client.get(wait_url(attempt)))
        for text in ("Baobab Learning", "CM2110003001000500000605306", "25000", attempt.next_step["reference"]):
            assert text in page

    def test_a_proof_is_kept(self, client: Client, attempt: PaymentAttempt, media_root: Any) -> None:
        from PIL import Image

        picture = media_root.parent / "slip.png"
        Image.new("RGB", (20, 20), "#d48a1c").save(picture)
        upload = SimpleUploadedFile("slip.png", picture.read_bytes(), "image/png")
        sent = client.post(wait_url(attempt), {"do": "proof", "file": upload, "note": "Sent today"})
        assert sent["Location"] == wait_url(attempt)
        proof = TransferProof.objects.get()
        assert (proof.attempt_id, proof.name, proof.note) == (attempt.pk, "slip.png", "Sent today")
        assert "slip.png" in words(client.get(wait_url(attempt)))

    @pytest.mark.parametrize(
        ("name", "content"),
        [("slip.png", b"<script>alert(1)</script>"), ("slip.svg", b"<svg/>"), ("slip.pdf", b"no pdf"), ("e.pdf", b"")],
    )
    def test_what_is_no_picture_is_refused(
        self, client: Client, attempt: PaymentAttempt, media_root: Any, name: str, content: bytes
    ) -> None:
        sent = client.post(wait_url(attempt), {"do": "proof", "file": SimpleUploadedFile(name, content)})
        assert sent.status_code == 400
        assert TransferProof.objects.count() == 0


def test_addresses_for_wallets_come_with_a_code(client: Client, learner: Any, simulators: SimulatedProviders) -> None:
    send(client, new_order("btcpay", learner=learner), "btcpay")
    attempt = only_attempt()
    page = client.get(wait_url(attempt))
    ways = attempt.next_step["uris"]
    assert len(ways) >= 2
    html = page.content.decode()
    assert html.count('<svg viewBox="0 0') == html.count('role="img"') == len(ways)
    for way in ways:
        assert way["address"] in html
        assert f'href="{way["uri"]}"'.replace("&", "&amp;") in html


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_language_stays(client: Client, learner: Any, simulators: SimulatedProviders, language: str) -> None:
    make_school(language)
    order = new_order(learner=learner)
    response = client.post(f"/{language}/orders/{order.public_id}/pay/", {"provider": "stripe", "key": "k"})
    attempt = only_attempt()
    assert response["Location"].startswith(f"/{language}/orders/")
    assert client.get(response["Location"]).status_code == 200
    assert f"/{language}/orders/" in str(simulators["stripe"].calls[-1].body) or attempt.state
