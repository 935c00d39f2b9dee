"""Payments: which providers there are and how to reach them, and the rules of the shop.

What a provider needs is kept by the names of the variables, so that whoever asks why one is missing is told which
variables to set. The adapters are built from it by ``commerce/providers/registry.py``; each variable is described in
``commerce/providers/README.md``.
"""

import hmac
import json
from hashlib import sha256
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from cms.settings.base import SECRET_KEY, SITE_NAME, SITE_URL
from cms.settings.env import IS_PRODUCTION, env
from core.currencies import CURRENCIES

__all__ = [
    "BANK_CSV_PROFILES",
    "CART_DAYS",
    "EARNINGS_HOLD_DAYS",
    "GUEST_CART_COOKIE",
    "ORDER_HOURS",
    "PAYMENTS_SANDBOX",
    "PAYMENTS_WEBHOOK_KEY",
    "PAYMENT_ATTEMPT_LIMITS",
    "PAYMENT_LIMITS",
    "PAYMENT_METHODS_DISABLED",
    "PAYMENT_PROVIDERS",
    "PAYMENT_SIMULATOR_URL",
    "PAYMENT_TIMERS",
    "PAYMENT_WEBHOOK_RATE",
    "PAYOUT_MINIMUM",
    "PLATFORM_FEE_PERCENT",
    "PROVIDER_LOG_DAYS",
    "REFERRAL_FEE_PERCENT",
    "REFUND_WINDOW_DAYS",
    "SELLER_ADDRESS",
    "SELLER_NAME",
    "SELLER_TAX_NUMBER",
    "SUBSCRIPTION_GRACE_DAYS",
    "SUBSCRIPTION_REMINDER_DAYS",
]


def _table(name: str, text: str, default: str = "{}") -> dict[str, Any]:
    """A JSON object; an empty variable is the default."""
    try:
        value = json.loads(text.strip() or default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"{name} is a JSON object, like {{…}}.")
    return value


def _within(name: str, value: int, smallest: int, largest: int | None = None) -> int:
    if value < smallest or (largest is not None and value > largest):
        bounds = f"from {smallest} to {largest}" if largest is not None else f"of at least {smallest}"
        raise ImproperlyConfigured(f"{name} is {value}; it is a whole number {bounds}.")
    return value


# Providers

#: Where the imitated providers listen (``make run`` sets it). Then all providers are imitated ones, whatever else is
#: configured, and no money moves; production refuses it.
PAYMENT_SIMULATOR_URL: str = env.str("PAYMENT_SIMULATOR_URL", default="").strip().rstrip("/")
#: Whether keys are those of the providers' own test worlds. Live keys are refused where it is on and test keys where it
#: is off, so that neither real money nor play money ends up in the wrong school.
PAYMENTS_SANDBOX: bool = env.bool("PAYMENTS_SANDBOX", default=not IS_PRODUCTION)
#: Makes the addresses that providers without signatures send their messages to; see ``commerce/providers/path_tokens``.
#: After a change, messages under way go unheard, and polling finds out instead.
PAYMENTS_WEBHOOK_KEY: str = (
    env.str("PAYMENTS_WEBHOOK_KEY", default="")
    or hmac.new(SECRET_KEY.encode(), b"payments.webhooks", sha256).hexdigest()
)
#: Codes of providers that are not offered, though they are configured; what was paid through them goes on as before.
PAYMENT_METHODS_DISABLED: list[str] = [
    code.strip() for code in env.list("PAYMENT_METHODS_DISABLED", default=[]) if code.strip()
]
#: What a provider carries at least and at most and in which steps, in minor units, in place of what is built in:
#: ``{"stripe": {"XAF": [300, 99999999, 1], "EUR": null}}``. ``null`` takes a currency away, or a bound.
PAYMENT_LIMITS: dict[str, Any] = _table("PAYMENT_LIMITS", env.str("PAYMENT_LIMITS", default=""))

#: Value of each variable, by provider.
PAYMENT_PROVIDERS: dict[str, dict[str, Any]] = {
    "mtn": {"MTN_COUNTRIES": _table("MTN_COUNTRIES", env.str("MTN_COUNTRIES", default=""))},
    "orange_cm": {
        "ORANGE_CM_CONSUMER_KEY": env.str("ORANGE_CM_CONSUMER_KEY", default=""),
        "ORANGE_CM_CONSUMER_SECRET": env.str("ORANGE_CM_CONSUMER_SECRET", default=""),
        "ORANGE_CM_API_USER": env.str("ORANGE_CM_API_USER", default=""),
        "ORANGE_CM_API_PASSWORD": env.str("ORANGE_CM_API_PASSWORD", default=""),
        "ORANGE_CM_CHANNEL_MSISDN": env.str("ORANGE_CM_CHANNEL_MSISDN", default=""),
        "ORANGE_CM_PIN": env.str("ORANGE_CM_PIN", default=""),
        "ORANGE_CM_BASE_URL": env.str("ORANGE_CM_BASE_URL", default="https://api-s1.orange.cm"),
        "ORANGE_CM_CASHIN_STATUS_PATH": env.str("ORANGE_CM_CASHIN_STATUS_PATH", default=""),
        "ORANGE_CM_CA_BUNDLE": env.str("ORANGE_CM_CA_BUNDLE", default=""),
    },
    "orange_web": {
        "ORANGE_WEB_CLIENT_ID": env.str("ORANGE_WEB_CLIENT_ID", default=""),
        "ORANGE_WEB_CLIENT_SECRET": env.str("ORANGE_WEB_CLIENT_SECRET", default=""),
        "ORANGE_WEB_MERCHANT_KEY": env.str("ORANGE_WEB_MERCHANT_KEY", default=""),
        "ORANGE_WEB_BASE_URL": env.str("ORANGE_WEB_BASE_URL", default="https://api.orange.com"),
        "ORANGE_WEB_COUNTRY": env.str("ORANGE_WEB_COUNTRY", default="CM"),
        "ORANGE_WEB_SEGMENT": env.str("ORANGE_WEB_SEGMENT", default=""),
        "ORANGE_WEB_CURRENCY": env.str("ORANGE_WEB_CURRENCY", default="XAF"),
    },
    "airtel": {"AIRTEL_COUNTRIES": _table("AIRTEL_COUNTRIES", env.str("AIRTEL_COUNTRIES", default=""))},
    "mpesa": {
        "MPESA_SHORTCODE": env.str("MPESA_SHORTCODE", default=""),
        "MPESA_PASSKEY": env.str("MPESA_PASSKEY", default=""),
        "MPESA_CONSUMER_KEY": env.str("MPESA_CONSUMER_KEY", default=""),
        "MPESA_CONSUMER_SECRET": env.str("MPESA_CONSUMER_SECRET", default=""),
        "MPESA_BASE_URL": env.str(
            "MPESA_BASE_URL",
            default="https://sandbox.safaricom.co.ke" if PAYMENTS_SANDBOX else "https://api.safaricom.co.ke",
        ),
        "MPESA_TILL": env.str("MPESA_TILL", default=""),
        "MPESA_NOTIFY_BASE": env.str("MPESA_NOTIFY_BASE", default=f"{SITE_URL}/payments/webhooks/mpesa"),
        "MPESA_INITIATOR": env.str("MPESA_INITIATOR", default=""),
        "MPESA_INITIATOR_PASSWORD": env.str("MPESA_INITIATOR_PASSWORD", default=""),
        "MPESA_CERTIFICATE": env.str("MPESA_CERTIFICATE", default="", multiline=True),
        "MPESA_PAYOUT_SHORTCODE": env.str("MPESA_PAYOUT_SHORTCODE", default=""),
    },
    "stripe": {
        "STRIPE_SECRET_KEY": env.str("STRIPE_SECRET_KEY", default=""),
        "STRIPE_WEBHOOK_SECRETS": env.list("STRIPE_WEBHOOK_SECRETS", default=[]),
        "STRIPE_BASE_URL": env.str("STRIPE_BASE_URL", default="https://api.stripe.com"),
    },
    "paystack": {
        "PAYSTACK_SECRET_KEY": env.str("PAYSTACK_SECRET_KEY", default=""),
        "PAYSTACK_RETIRED_KEYS": env.list("PAYSTACK_RETIRED_KEYS", default=[]),
        "PAYSTACK_BASE_URL": env.str("PAYSTACK_BASE_URL", default="https://api.paystack.co"),
        "PAYSTACK_COUNTRIES": env.list("PAYSTACK_COUNTRIES", default=[]),
        "PAYSTACK_CHANNELS": env.list("PAYSTACK_CHANNELS", default=[]),
    },
    "flutterwave": {
        "FLUTTERWAVE_SECRET_KEY": env.str("FLUTTERWAVE_SECRET_KEY", default=""),
        "FLUTTERWAVE_WEBHOOK_HASH": env.str("FLUTTERWAVE_WEBHOOK_HASH", default=""),
        "FLUTTERWAVE_BASE_URL": env.str("FLUTTERWAVE_BASE_URL", default="https://api.flutterwave.com/v3"),
        "FLUTTERWAVE_COUNTRIES": env.list("FLUTTERWAVE_COUNTRIES", default=[]),
    },
    "bank": {
        "BANK_ACCOUNTS": _table("BANK_ACCOUNTS", env.str("BANK_ACCOUNTS", default="")),
        "BANK_COUNTRIES": env.list("BANK_COUNTRIES", default=[]),
        "BANK_DAYS": _within("BANK_DAYS", env.int("BANK_DAYS", default=7), 1, 90),
    },
    "btcpay": {
        "BTCPAY_URL": env.str("BTCPAY_URL", default=""),
        "BTCPAY_STORE_ID": env.str("BTCPAY_STORE_ID", default=""),
        "BTCPAY_API_KEY": env.str("BTCPAY_API_KEY", default=""),
        "BTCPAY_WEBHOOK_SECRETS": env.list("BTCPAY_WEBHOOK_SECRETS", default=[]),
        "BTCPAY_COUNTRIES": env.list("BTCPAY_COUNTRIES", default=[]),
        "BTCPAY_PAYMENT_METHODS": env.list("BTCPAY_PAYMENT_METHODS", default=["BTC-CHAIN", "BTC-LN"]),
        "BTCPAY_TOKENS": _table("BTCPAY_TOKENS", env.str("BTCPAY_TOKENS", default="")),
    },
}
#: What the columns of banks' CSV statements mean, by a name of ours: fields of ``commerce.providers.statements.csv_file
#: .CsvProfile``. The profile whose columns a file has is the one that it is read by.
BANK_CSV_PROFILES: dict[str, Any] = _table("BANK_CSV_PROFILES", env.str("BANK_CSV_PROFILES", default=""))

# The shop

#: Per cent of a course's net price that the school keeps; the rest is its authors'.
PLATFORM_FEE_PERCENT: int = _within("PLATFORM_FEE_PERCENT", env.int("PLATFORM_FEE_PERCENT", default=30), 0, 100)
#: Per cent that the school keeps where an author of the course brought the buyer by a link of theirs.
REFERRAL_FEE_PERCENT: int = _within("REFERRAL_FEE_PERCENT", env.int("REFERRAL_FEE_PERCENT", default=5), 0, 100)
#: Days after a purchase in which people may ask for their money back.
REFUND_WINDOW_DAYS: int = _within("REFUND_WINDOW_DAYS", env.int("REFUND_WINDOW_DAYS", default=14), 0)
#: Days that a cart is kept after it was last changed.
CART_DAYS: int = _within("CART_DAYS", env.int("CART_DAYS", default=30), 1)
#: Hours after which an order that nobody paid expires; one to be paid by bank transfer has ``BANK_DAYS``.
ORDER_HOURS: int = _within("ORDER_HOURS", env.int("ORDER_HOURS", default=24), 1)
#: Name of the cookie that a visitor without an account finds their cart by.
GUEST_CART_COOKIE: str = env.str("GUEST_CART_COOKIE", default="baobab_cart")
#: Who sells, as invoices name them; lines of the address are separated by ``|`` in the variable.
SELLER_NAME: str = env.str("SELLER_NAME", default=SITE_NAME)
SELLER_ADDRESS: str = "\n".join(
    line.strip() for line in env.str("SELLER_ADDRESS", default="").split("|") if line.strip()
)
SELLER_TAX_NUMBER: str = env.str("SELLER_TAX_NUMBER", default="")
#: Least amount that is paid out to an instructor, in minor units by currency.
PAYOUT_MINIMUM: dict[str, int] = {
    "XAF": 10_000,
    "XOF": 10_000,
    "NGN": 20_000_00,
    "GHS": 200_00,
    "KES": 2_000_00,
    "UGX": 50_000,
    "ZMW": 300_00,
    "USD": 20_00,
    "EUR": 20_00,
    **_table("PAYOUT_MINIMUM", env.str("PAYOUT_MINIMUM", default="")),
}
for _currency, _minor in PAYOUT_MINIMUM.items():
    if _currency not in CURRENCIES or type(_minor) is not int or _minor < 0:
        raise ImproperlyConfigured(f"PAYOUT_MINIMUM has '{_currency}': {_minor!r}; it is minor units by ISO 4217 code.")
#: Days that an instructor's part of a sale is held back, because it may still be refunded or disputed.
EARNINGS_HOLD_DAYS: int = _within("EARNINGS_HOLD_DAYS", env.int("EARNINGS_HOLD_DAYS", default=30), 0)
#: Days that a subscription whose renewal was not paid still gives access.
SUBSCRIPTION_GRACE_DAYS: int = _within("SUBSCRIPTION_GRACE_DAYS", env.int("SUBSCRIPTION_GRACE_DAYS", default=7), 0)
#: Days before a renewal at which people are told of it.
SUBSCRIPTION_REMINDER_DAYS: int = _within(
    "SUBSCRIPTION_REMINDER_DAYS", env.int("SUBSCRIPTION_REMINDER_DAYS", default=3), 0
)

# Settlement

#: Tries to pay within an hour: for one order, one person, and one wallet's number, whoever asks.
PAYMENT_ATTEMPT_LIMITS: dict[str, int] = {
    "order": 8,
    "person": 20,
    "phone": 6,
    **_table("PAYMENT_ATTEMPT_LIMITS", env.str("PAYMENT_ATTEMPT_LIMITS", default="")),
}
if set(PAYMENT_ATTEMPT_LIMITS) != {"order", "person", "phone"} or any(
    type(_most) is not int or _most < 1 for _most in PAYMENT_ATTEMPT_LIMITS.values()
):
    raise ImproperlyConfigured("PAYMENT_ATTEMPT_LIMITS has order, person and phone: whole numbers of at least 1.")
#: Seconds in place of what is built in, by provider: ``{"mtn": {"window": 300, "expires": 900, "watch": 259200}}``.
#: How long the customer has, when a try counts as expired, and how long late money is looked for.
PAYMENT_TIMERS: dict[str, Any] = _table("PAYMENT_TIMERS", env.str("PAYMENT_TIMERS", default=""))
for _provider, _times in PAYMENT_TIMERS.items():
    if (
        not isinstance(_times, dict)
        or set(_times) - {"window", "expires", "watch"}
        or any(type(_seconds) is not int or _seconds < 1 for _seconds in _times.values())
    ):
        raise ImproperlyConfigured(f"PAYMENT_TIMERS has '{_provider}': window, expires and watch are whole seconds.")
#: Messages that one address may send about one provider in a minute. Providers send bursts from few addresses.
PAYMENT_WEBHOOK_RATE: int = _within("PAYMENT_WEBHOOK_RATE", env.int("PAYMENT_WEBHOOK_RATE", default=1200), 1)
#: Days that exchanges with providers and their messages are kept; about what is not settled they stay longer. Disputes
#: may come more than a year after the payment, and providers send a message again for weeks.
PROVIDER_LOG_DAYS: int = _within("PROVIDER_LOG_DAYS", env.int("PROVIDER_LOG_DAYS", default=400), 30)
