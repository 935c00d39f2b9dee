"""Messages of providers: taken in, verified, stored once, and followed by a question."""

import json

import pytest
from django.test import Client

from commerce.actions.poll_payments import poll_payments
from commerce.actions.process_provider_event import process_due_events
from commerce.models import Order, PaymentAttempt, ProviderEventRecord
from commerce.providers import registry
from commerce.providers.path_tokens import make_path_token
from commerce.tests.factories import NOON
from commerce.tests.payments.shop import begin, confirm, granted, new_order, told, work_off
from commerce.tests.simulated import SimulatedProviders
from core import clock

pytestmark = pytest.mark.django_db

State = PaymentAttempt.State
#: Those that send messages.
TALKING = ["mtn", "orange_cm", "orange_web", "airtel", "mpesa", "stripe", "paystack", "flutterwave", "btcpay"]


def is_paid(order: Order) -> bool:
    work_off()
    order.refresh_from_db()
    return order.state == Order.State.FULFILLED and granted(order) == 1


@pytest.mark.parametrize("provider", TALKING)
def test_a_message_pays_an_order_once(provider: str, simulators: SimulatedProviders, client: Client) -> None:
    order = new_order(provider)
    begin(order, provider)
    simulators.faults(provider).duplicate_webhooks = 3
    confirm(simulators, order.attempts.get())
    answers = simulators.deliver(client)
    assert len(answers) >= 3
    assert set(answers) == {200}
    kept = ProviderEventRecord.objects.filter(provider=provider)
    assert kept.count() <= len(answers) / 3
    process_due_events()
    assert not kept.filter(state="stored").exists()
    assert is_paid(order)
    assert len(told("OrderPaid")) == 1
    assert order.attempts.get().moves.filter(trigger="webhook").exists()


@pytest.mark.parametrize("provider", TALKING)
def test_without_messages_the_poller_finds_out(provider: str, simulators: SimulatedProviders) -> None:
    order = new_order(provider)
    attempt = begin(order, provider)
    confirm(simulators, attempt)
    attempt.refresh_from_db()
    with clock.frozen(attempt.next_check_at):
        assert poll_payments() == 1
        assert poll_payments() == 0
        assert is_paid(order)


@pytest.mark.parametrize("provider", TALKING)
def test_a_forged_message_is_refused(provider: str, simulators: SimulatedProviders, client: Client) -> None:
    order = new_order(provider)
    begin(order, provider)
    if provider == "airtel":  # its address is the proof, and the imitation has no other to call
        body = json.dumps({"transaction": {"id": order.attempts.get().public_id.hex, "status_code": "TS"}})
        path = "/payments/webhooks/airtel/guessed/"
        answers = [client.post(path, body, content_type="application/json").status_code]
    else:
        simulators.deliver(client)  # what was sent when it began, all genuine
        simulators.faults(provider).bad_signature = True
        confirm(simulators, order.attempts.get())
        answers = simulators.deliver(client)
    process_due_events()
    refused = ProviderEventRecord.objects.get(provider=provider, kind="forged").tries
    assert refused >= 1
    # Orange's tokens are compared with the payment's own, after the answer.
    assert set(answers) == ({200} if provider.startswith("orange") else {401})
    order.refresh_from_db()
    assert order.state == Order.State.PLACED
    assert order.attempts.get().state in (State.AWAITING_CUSTOMER, State.PENDING)


def test_m_pesa_is_answered_as_it_wants(simulators: SimulatedProviders, client: Client) -> None:
    order = new_order("mpesa")
    attempt = begin(order, "mpesa")
    token = make_path_token(registry.provider("mpesa")._config.webhook_key, "mpesa", "payment", attempt.public_id)
    for body in ("{}", "no json", '{"Body": {"stkCallback": {"CheckoutRequestID": "\\u0000x", "ResultCode": 1}}}'):
        answer = client.post(f"/payments/webhooks/mpesa/{token}", body, content_type="application/json")
        assert (answer.status_code, answer.json()) == (200, {"ResultCode": 0, "ResultDesc": "Accepted"})
    assert ProviderEventRecord.objects.filter(kind="unreadable").count() == 2


def test_what_is_no_message(simulators: SimulatedProviders, client: Client) -> None:
    assert client.get("/payments/webhooks/stripe/").status_code == 405
    assert client.post("/payments/webhooks/nobody/").status_code == 400
    assert client.post("/payments/webhooks/stripe/", b"x" * 1_000_001, content_type="text/plain").status_code == 413
    assert client.post("/payments/webhooks/bank/", b"x", content_type="text/plain").status_code == 401


def test_a_provider_that_is_not_set_up_may_send_again(settings, client: Client) -> None:
    settings.PAYMENT_PROVIDERS = {}
    settings.PAYMENT_SIMULATOR_URL = ""
    assert client.post("/payments/webhooks/stripe/", b"{}", content_type="application/json").status_code == 503


def test_one_address_is_heard_so_often_and_no_more(settings, simulators: SimulatedProviders, client: Client) -> None:
    settings.PAYMENT_WEBHOOK_RATE = 3
    answers = [client.post("/payments/webhooks/stripe/", b"{}", content_type="text/plain") for _time in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]


def test_a_message_about_something_else_is_kept_and_ignored(simulators: SimulatedProviders, client: Client) -> None:
    order = new_order("stripe")
    attempt = begin(order, "stripe")
    simulators.approve("stripe")
    PaymentAttempt.objects.filter(pk=attempt.pk).update(public_id=order.public_id, provider_ref=None)
    assert set(simulators.deliver(client)) == {200}
    process_due_events()
    assert set(ProviderEventRecord.objects.values_list("state", flat=True)) == {"ignored"}


def test_a_message_before_the_answer_to_our_call(simulators: SimulatedProviders, client: Client) -> None:
    """The customer is quicker than the answer that we wait for: the tokens to compare with come later."""
    order = new_order("orange_web")
    attempt = begin(order, "orange_web")
    simulators.approve("orange_web")
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=State.SUBMITTING, provider_ref=None, data={})
    assert set(simulators.deliver(client)) == {200}
    process_due_events()
    assert ProviderEventRecord.objects.get().state == "stored"
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=attempt.state, data=attempt.data)
    ProviderEventRecord.objects.update(due_at=NOON)
    process_due_events()
    assert ProviderEventRecord.objects.get().state == "done"
    assert is_paid(order)
