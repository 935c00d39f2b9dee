"""All providers, imitated for one school: the simulators, and the credentials that open them."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from commerce.simulators import keys
from commerce.simulators.airtel import AirtelSimulator
from commerce.simulators.bank import BankSimulator
from commerce.simulators.btcpay import BtcPaySimulator
from commerce.simulators.core import Simulator
from commerce.simulators.flutterwave import FlutterwaveSimulator
from commerce.simulators.mpesa import MpesaSimulator
from commerce.simulators.mtn import MtnSimulator
from commerce.simulators.orange_cm import OrangeCamerounSimulator
from commerce.simulators.orange_web import OrangeWebSimulator
from commerce.simulators.paystack import PaystackSimulator
from commerce.simulators.stripe import StripeSimulator
from commerce.simulators.stripe_billing import StripeBillingSimulator

__all__ = ["all_simulators", "credentials", "point_to"]

#: Country, MTN's name of it, its currency, and what can be paid: at least, at most, in steps; minor units.
_MTN = (
    ("CM", "mtncameroon", "XAF", [500, 500_000, 5]),
    ("GH", "mtnghana", "GHS", [1_00, 20_000_00, 1]),
    ("UG", "mtnuganda", "UGX", [500, 5_000_000, 1]),
    ("ZM", "mtnzambia", "ZMW", [1_00, 100_000_00, 1]),
)
_AIRTEL = (("UG", "UGX", [500, 5_000_000, 1]), ("ZM", "ZMW", [1_00, 100_000_00, 1]), ("KE", "KES", [10_00, 150_000_00]))


def all_simulators() -> list[Simulator]:
    """One of each, for the countries that :func:`credentials` names."""
    mtn = MtnSimulator("mtncameroon", "XAF")
    mtn.markets |= {environment: currency for _country, environment, currency, _limits in _MTN}
    airtel = AirtelSimulator()
    airtel.places |= {country: currency for country, currency, _limits in _AIRTEL}
    return [
        mtn,
        OrangeCamerounSimulator(),
        OrangeWebSimulator(),
        airtel,
        MpesaSimulator(),
        StripeBillingSimulator(),
        PaystackSimulator(),
        FlutterwaveSimulator(),
        BankSimulator(),
        BtcPaySimulator(),
    ]


def point_to(simulators: list[Simulator], site_url: str) -> None:
    """Have messages sent to the school at ``site_url``: to each provider's one address, and to MTN's host of it."""
    for simulator in simulators:
        address = f"{site_url}/payments/webhooks/{simulator.code}/"
        if isinstance(simulator, StripeSimulator | PaystackSimulator | FlutterwaveSimulator | BtcPaySimulator):
            simulator.webhook_url = address
        elif isinstance(simulator, AirtelSimulator):
            simulator.callback_url = f"{address}{_AIRTEL_TOKEN}/"
        elif isinstance(simulator, MtnSimulator):
            simulator.callback_host = urlsplit(site_url).hostname or ""


_AIRTEL_TOKEN = "simulated"  # noqa: S105 (opens nothing but imitated payments)


def credentials(url: str, *, site_url: str, folder: Path) -> dict[str, dict[str, Any]]:
    """The setting ``PAYMENT_PROVIDERS`` for simulators at ``url``.

    Args:
        site_url: of the school, for messages.
        folder: where processes of the school share a key; see :mod:`commerce.simulators.keys`.
    """
    keys.keep_in(folder)
    mtn, stripe, btcpay = MtnSimulator(), StripeSimulator(), BtcPaySimulator()
    products = {
        product: {"api_user": one.api_user, "api_key": one.api_key, "subscription_key": one.subscription_key}
        for product, one in mtn.subscriptions.items()
    }
    return {
        "mtn": {
            "MTN_COUNTRIES": {
                country: {
                    "base_url": f"{url}/mtn",
                    "target_environment": environment,
                    "currency": currency,
                    "limits": limits,
                    **products,
                }
                for country, environment, currency, limits in _MTN
            }
        },
        "airtel": {
            "AIRTEL_COUNTRIES": {
                country: {
                    "base_url": f"{url}/airtel",
                    "currency": currency,
                    "limits": limits,
                    "client_id": AirtelSimulator.client_id,
                    "client_secret": AirtelSimulator.client_secret,
                    "disbursement_pin": AirtelSimulator.pin,
                    "callback_path_token": _AIRTEL_TOKEN,
                }
                for country, currency, limits in _AIRTEL
            }
        },
        "orange_cm": {
            "ORANGE_CM_BASE_URL": f"{url}/orange_cm",
            "ORANGE_CM_CONSUMER_KEY": OrangeCamerounSimulator.consumer_key,
            "ORANGE_CM_CONSUMER_SECRET": OrangeCamerounSimulator.consumer_secret,
            "ORANGE_CM_API_USER": OrangeCamerounSimulator.api_user,
            "ORANGE_CM_API_PASSWORD": OrangeCamerounSimulator.api_password,
            "ORANGE_CM_CHANNEL_MSISDN": OrangeCamerounSimulator.channel_msisdn,
            "ORANGE_CM_PIN": OrangeCamerounSimulator.pin,
            "ORANGE_CM_CASHIN_STATUS_PATH": "/omcoreapis/1.0.2/cashin/paymentstatus/{pay_token}",
        },
        "orange_web": {
            "ORANGE_WEB_BASE_URL": f"{url}/orange_web",
            "ORANGE_WEB_CLIENT_ID": OrangeWebSimulator.client_id,
            "ORANGE_WEB_CLIENT_SECRET": OrangeWebSimulator.client_secret,
            "ORANGE_WEB_MERCHANT_KEY": OrangeWebSimulator.merchant_key,
            "ORANGE_WEB_COUNTRY": "CM",
            "ORANGE_WEB_CURRENCY": "XAF",
            "ORANGE_WEB_SEGMENT": "cm",
        },
        "mpesa": {
            "MPESA_BASE_URL": f"{url}/mpesa",
            "MPESA_SHORTCODE": MpesaSimulator.shortcode,
            "MPESA_PASSKEY": MpesaSimulator.passkey,
            "MPESA_CONSUMER_KEY": MpesaSimulator.consumer_key,
            "MPESA_CONSUMER_SECRET": MpesaSimulator.consumer_secret,
            "MPESA_NOTIFY_BASE": f"{site_url}/payments/webhooks/mpesa",
            "MPESA_INITIATOR": MpesaSimulator.initiator,
            "MPESA_INITIATOR_PASSWORD": MpesaSimulator.initiator_password,
            "MPESA_CERTIFICATE": keys.certificate(),
            "MPESA_PAYOUT_SHORTCODE": MpesaSimulator.payout_shortcode,
        },
        "stripe": {
            "STRIPE_BASE_URL": f"{url}/stripe",
            "STRIPE_SECRET_KEY": stripe.secret_key,
            "STRIPE_WEBHOOK_SECRETS": [stripe.webhook_secret],
        },
        "paystack": {
            "PAYSTACK_BASE_URL": f"{url}/paystack",
            "PAYSTACK_SECRET_KEY": PaystackSimulator.secret_key,
        },
        "flutterwave": {
            "FLUTTERWAVE_BASE_URL": f"{url}/flutterwave/v3",
            "FLUTTERWAVE_SECRET_KEY": FlutterwaveSimulator.secret_key,
            "FLUTTERWAVE_WEBHOOK_HASH": FlutterwaveSimulator.webhook_hash,
        },
        "bank": {
            "BANK_ACCOUNTS": {
                "XAF": {
                    "holder": "Baobab Learning",
                    "bank": "Example Bank (simulator)",
                    "iban": BankSimulator.account,
                    "bic": "EXAMCMCX",
                },
                "EUR": {"holder": "Baobab Learning", "bank": "Example Bank (simulator)", "iban": BankSimulator.account},
                "NGN": {"holder": "Baobab Learning", "bank": "Example Bank (simulator)", "number": "0123456789"},
            }
        },
        "btcpay": {
            "BTCPAY_URL": f"{url}/btcpay",
            "BTCPAY_STORE_ID": btcpay.store_id,
            "BTCPAY_API_KEY": btcpay.api_key,
            "BTCPAY_WEBHOOK_SECRETS": [btcpay.webhook_secret],
            "BTCPAY_PAYMENT_METHODS": ["BTC-CHAIN", "BTC-LN", "USDT-TRON"],
        },
    }
