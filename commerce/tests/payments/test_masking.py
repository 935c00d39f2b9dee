"""What is kept of what was said to and by providers: no secret, no PIN, no whole phone number."""

import json
import logging
import uuid

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from commerce.models import ProviderEventRecord, ProviderExchange
from commerce.payments.adapting import exchanges
from commerce.providers.http import Exchange, recorder
from commerce.simulators.airtel import AirtelSimulator
from commerce.simulators.flutterwave import FlutterwaveSimulator
from commerce.simulators.mpesa import MpesaSimulator
from commerce.simulators.orange_cm import OrangeCamerounSimulator
from commerce.simulators.orange_web import OrangeWebSimulator
from commerce.simulators.paystack import PaystackSimulator
from commerce.tests.payments.shop import PHONES, begin, confirm, new_order, settled
from commerce.tests.simulated import SimulatedProviders

pytestmark = pytest.mark.django_db

SECRETS = [
    AirtelSimulator.client_secret,
    AirtelSimulator.pin,
    FlutterwaveSimulator.secret_key,
    FlutterwaveSimulator.webhook_hash,
    MpesaSimulator.passkey,
    MpesaSimulator.consumer_secret,
    MpesaSimulator.initiator_password,
    OrangeCamerounSimulator.consumer_secret,
    OrangeCamerounSimulator.api_password,
    OrangeCamerounSimulator.pin,
    OrangeWebSimulator.client_secret,
    OrangeWebSimulator.merchant_key,
    PaystackSimulator.secret_key,
    "collection-api-key",
    "collection-subscription-key",
]


@pytest.mark.parametrize(
    "provider", ["mtn", "orange_cm", "orange_web", "airtel", "mpesa", "stripe", "paystack", "flutterwave", "btcpay"]
)
def test_nothing_secret_is_kept(
    provider: str, simulators: SimulatedProviders, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="commerce")
    caplog.set_level(logging.DEBUG, logger="api")
    order = new_order(provider)
    attempt = begin(order, provider)
    confirm(simulators, attempt)
    simulators.deliver(client)
    settled(attempt)
    kept = list(ProviderExchange.objects.values("url", "request", "answer", "error"))
    kept += list(ProviderEventRecord.objects.values("raw", "error", "key"))
    assert len(kept) >= 3
    text = json.dumps(kept, cls=DjangoJSONEncoder, ensure_ascii=False) + caplog.text
    secrets = [*SECRETS, simulators["stripe"].secret_key, simulators["btcpay"].api_key]  # type: ignore[attr-defined]
    for secret in secrets:
        assert f'"{secret}"' not in text
        assert len(secret) < 6 or secret not in text
    phone = PHONES.get(provider, "+000000000000").removeprefix("+")
    assert phone not in text
    assert phone[3:] not in text


def test_exchanges_are_kept_whatever_happens_then() -> None:
    order = new_order()
    with pytest.raises(RuntimeError):
        _fail_while_recording(order.public_id)
    row = ProviderExchange.objects.get(operation=order.public_id)
    assert (row.request, row.error, row.status) == ({"pin": "•••", "note": "ab"}, "ReadTimeout", 0)
    assert recorder.get() is None


def _fail_while_recording(operation: uuid.UUID) -> None:
    with exchanges(operation, "mtn"):
        keep = recorder.get()
        assert keep is not None
        keep(Exchange("POST", "https://example.com/x", {"pin": "2468", "note": "a\x00b"}, 0, None, 12, "ReadTimeout"))
        raise RuntimeError
