"""What each adapter is made of: its part of ``PAYMENT_PROVIDERS``, and the house's clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from commerce.providers.airtel import AirtelConfig, AirtelProvider
from commerce.providers.bank import BankAccount, BankConfig, BankProvider
from commerce.providers.base import Limits, PaymentProvider
from commerce.providers.btcpay import BtcPayConfig, BtcPayProvider
from commerce.providers.by_country import ByCountry
from commerce.providers.flutterwave import Flutterwave, FlutterwaveConfig
from commerce.providers.mpesa import MpesaConfig, MpesaInitiator, MpesaProvider
from commerce.providers.mtn import MtnConfig, MtnProduct, MtnProvider
from commerce.providers.orange_cm import OrangeCameroun, OrangeCamerounConfig
from commerce.providers.orange_web import OrangeWeb, OrangeWebConfig
from commerce.providers.payment_uris import Token
from commerce.providers.paystack import Paystack, PaystackConfig
from commerce.providers.stripe import StripeConfig, StripeProvider
from core import clock

__all__ = ["RAILS", "Rail"]

Values = Mapping[str, Any]


def _is_sandbox() -> bool:
    return bool(settings.PAYMENTS_SANDBOX or settings.PAYMENT_SIMULATOR_URL)


def _seconds() -> float:
    return clock.now().timestamp()


def _now() -> datetime:
    return clock.now()


def _limits(row: Any) -> Limits:
    """``[smallest, largest, step]`` in minor units; the last two may be left out, ``null`` is no limit."""
    if (
        not isinstance(row, list)
        or not 1 <= len(row) <= 3
        or any(type(one) is not int for one in row if one is not None)
    ):
        raise ValueError("Limits are [smallest, largest, step] in minor units.")
    smallest, largest, step = (*row, None, None)[:3]
    if not smallest or smallest < 1 or (step is not None and step < 1) or (largest is not None and largest < smallest):
        raise ValueError("Limits are [smallest, largest, step] in minor units, each at least 1.")
    return Limits(smallest, largest, step or 1)


def _all_limits(code: str, built_in: Mapping[str, Limits]) -> dict[str, Limits]:
    """``built_in``, changed as ``PAYMENT_LIMITS`` says."""
    found = dict(built_in)
    for currency, row in settings.PAYMENT_LIMITS.get(code, {}).items():
        if row is None:
            found.pop(currency, None)
        else:
            found[currency] = _limits(row)
    return found


def _own_limits(code: str, currency: str, built_in: Limits) -> Limits:
    """For adapters of one currency."""
    return _all_limits(code, {currency: built_in}).get(currency, built_in)


def _mtn(values: Values) -> PaymentProvider:
    return ByCountry({country: _mtn_in(country, row) for country, row in values["MTN_COUNTRIES"].items()})


def _mtn_in(country: str, row: Values) -> PaymentProvider:
    is_sandbox = _is_sandbox()
    host = "https://sandbox.momodeveloper.mtn.com" if is_sandbox else "https://proxy.momoapi.mtn.com"
    currency, environment = row["currency"], row["target_environment"]
    return MtnProvider(
        MtnConfig(
            base_url=row.get("base_url") or host,
            target_environment=environment,
            limits={currency: _own_limits("mtn", currency, _limits(row["limits"]))},
            webhook_key=settings.PAYMENTS_WEBHOOK_KEY,
            collection=MtnProduct(**row["collection"]),
            disbursement=MtnProduct(**row["disbursement"]) if row.get("disbursement") else None,
            countries=frozenset({country}),
            callback_host=row.get("callback_host") or urlsplit(settings.SITE_URL).hostname or "",
            is_production=not is_sandbox,
            sandbox_currency="EUR" if environment == "sandbox" else "",
            partial_refunds=bool(row.get("partial_refunds")),
            ca_bundle=row.get("ca_bundle", ""),
        ),
        now=_now,
    )


def _airtel(values: Values) -> PaymentProvider:
    return ByCountry({country: _airtel_in(country, row) for country, row in values["AIRTEL_COUNTRIES"].items()})


def _airtel_in(country: str, row: Values) -> PaymentProvider:
    host = "https://openapiuat.airtel.africa" if _is_sandbox() else "https://openapi.airtel.africa"
    limits = _own_limits("airtel", row["currency"], _limits(row["limits"]))
    fields = {"base_url": host, **row, "country": country, "limits": limits}
    return AirtelProvider(AirtelConfig(**fields), now=_now)


def _orange_cm(values: Values) -> PaymentProvider:
    names = (
        "consumer_key consumer_secret api_user api_password channel_msisdn pin base_url cashin_status_path ca_bundle"
    )
    config = OrangeCamerounConfig(
        webhook_key=settings.PAYMENTS_WEBHOOK_KEY,
        limits=_own_limits("orange_cm", "XAF", Limits(500, 500_000, 5)),
        **{name: values.get(f"ORANGE_CM_{name.upper()}", "") for name in names.split()},
    )
    return OrangeCameroun(config, clock=_now)


def _orange_web(values: Values) -> PaymentProvider:
    country, currency = values["ORANGE_WEB_COUNTRY"], values["ORANGE_WEB_CURRENCY"]
    segment = values.get("ORANGE_WEB_SEGMENT") or ("dev" if _is_sandbox() else country.lower())
    if segment == "dev" and not _is_sandbox():
        raise ValueError("the segment 'dev' is the sandbox's, see PAYMENTS_SANDBOX")
    return OrangeWeb(
        OrangeWebConfig(
            client_id=values["ORANGE_WEB_CLIENT_ID"],
            client_secret=values["ORANGE_WEB_CLIENT_SECRET"],
            merchant_key=values["ORANGE_WEB_MERCHANT_KEY"],
            webhook_key=settings.PAYMENTS_WEBHOOK_KEY,
            base_url=values["ORANGE_WEB_BASE_URL"],
            segment=segment,
            country=country,
            currency=currency,
            is_sandbox=segment == "dev",
            limits=_own_limits("orange_web", currency, Limits(500, 500_000, 5)),
        )
    )


def _mpesa(values: Values) -> PaymentProvider:
    names = ("INITIATOR", "INITIATOR_PASSWORD", "CERTIFICATE", "PAYOUT_SHORTCODE")
    initiator = [values.get(f"MPESA_{name}", "") for name in names]
    if any(initiator) and not all(initiator):
        raise ValueError("payouts need all of " + ", ".join(f"MPESA_{name}" for name in names))
    till = values.get("MPESA_TILL", "")
    config = MpesaConfig(
        base_url=values["MPESA_BASE_URL"],
        shortcode=values["MPESA_SHORTCODE"],
        passkey=values["MPESA_PASSKEY"],
        consumer_key=values["MPESA_CONSUMER_KEY"],
        consumer_secret=values["MPESA_CONSUMER_SECRET"],
        webhook_key=settings.PAYMENTS_WEBHOOK_KEY,
        notify_base=values["MPESA_NOTIFY_BASE"],
        initiator=MpesaInitiator(*initiator) if all(initiator) else None,
        limits=_own_limits("mpesa", "KES", Limits(1_00, 150_000_00, 1_00)),
        transaction_type="CustomerBuyGoodsOnline" if till else "CustomerPayBillOnline",
        party_b=till,
    )
    return MpesaProvider(config, now=_now)


def _stripe(values: Values) -> PaymentProvider:
    key = values["STRIPE_SECRET_KEY"]
    mode = "test" if _is_sandbox() else "live"
    if not key.startswith((f"sk_{mode}_", f"rk_{mode}_")):
        raise ValueError("STRIPE_SECRET_KEY is not of the mode that PAYMENTS_SANDBOX says")
    config = StripeConfig(
        secret_key=key,
        webhook_secrets=tuple(values["STRIPE_WEBHOOK_SECRETS"]),
        limits=_all_limits("stripe", StripeConfig(key).limits),
        base_url=values["STRIPE_BASE_URL"],
    )
    return StripeProvider(config, now=_seconds)


def _paystack(values: Values) -> PaymentProvider:
    key = values["PAYSTACK_SECRET_KEY"]
    is_live = not _is_sandbox()
    config = PaystackConfig(
        secret_key=key,
        is_live=is_live,
        base_url=values["PAYSTACK_BASE_URL"],
        retired_keys=tuple(values.get("PAYSTACK_RETIRED_KEYS", ())),
        limits=_all_limits("paystack", PaystackConfig(secret_key=key, is_live=is_live).limits),
        countries=frozenset(values.get("PAYSTACK_COUNTRIES", ())),
        channels=tuple(values.get("PAYSTACK_CHANNELS", ())),
    )
    return Paystack(config)


def _flutterwave(values: Values) -> PaymentProvider:
    key, webhook_hash = values["FLUTTERWAVE_SECRET_KEY"], values["FLUTTERWAVE_WEBHOOK_HASH"]
    is_live = not _is_sandbox()
    config = FlutterwaveConfig(
        secret_key=key,
        webhook_hash=webhook_hash,
        is_live=is_live,
        base_url=values["FLUTTERWAVE_BASE_URL"],
        limits=_all_limits("flutterwave", FlutterwaveConfig(key, webhook_hash, is_live).limits),
        countries=frozenset(values.get("FLUTTERWAVE_COUNTRIES", ())),
        title=settings.SITE_NAME,
    )
    return Flutterwave(config, clock=_now)


def _bank(values: Values) -> PaymentProvider:
    accounts = {}
    for currency, row in values["BANK_ACCOUNTS"].items():
        extra = tuple((str(name), str(value)) for name, value in row.get("extra", {}).items())
        accounts[currency] = BankAccount(**{**row, "extra": extra})
    config = BankConfig(
        accounts=accounts,
        limits=_all_limits("bank", {}),
        countries=frozenset(values.get("BANK_COUNTRIES", ())),
        days=values.get("BANK_DAYS", 7),
    )
    return BankProvider(config, now=_seconds)


def _btcpay(values: Values) -> PaymentProvider:
    names = {"base_url": "BTCPAY_URL", "store_id": "BTCPAY_STORE_ID", "api_key": "BTCPAY_API_KEY"}
    needed = {field: values[name] for field, name in names.items()}
    config = BtcPayConfig(
        **needed,
        webhook_secrets=tuple(values.get("BTCPAY_WEBHOOK_SECRETS", ())),
        limits=_all_limits("btcpay", BtcPayConfig(**needed).limits),
        countries=frozenset(values.get("BTCPAY_COUNTRIES", ())),
        payment_methods=tuple(values["BTCPAY_PAYMENT_METHODS"]),
        tokens={method: Token(*row) for method, row in values.get("BTCPAY_TOKENS", {}).items()},
    )
    return BtcPayProvider(config)


@dataclass(frozen=True)
class Rail:
    """How one provider is made.

    Attributes:
        needs: variables without which there is nothing to make.
    """

    needs: tuple[str, ...]
    build: Callable[[Values], PaymentProvider]


def _needs(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{name}" for name in names.split())


#: How each provider is made, by code.
RAILS: dict[str, Rail] = {
    "mtn": Rail(_needs("MTN", "COUNTRIES"), _mtn),
    "orange_cm": Rail(
        _needs("ORANGE_CM", "CONSUMER_KEY CONSUMER_SECRET API_USER API_PASSWORD CHANNEL_MSISDN PIN"), _orange_cm
    ),
    "orange_web": Rail(_needs("ORANGE_WEB", "CLIENT_ID CLIENT_SECRET MERCHANT_KEY"), _orange_web),
    "airtel": Rail(_needs("AIRTEL", "COUNTRIES"), _airtel),
    "mpesa": Rail(_needs("MPESA", "SHORTCODE PASSKEY CONSUMER_KEY CONSUMER_SECRET"), _mpesa),
    "stripe": Rail(_needs("STRIPE", "SECRET_KEY WEBHOOK_SECRETS"), _stripe),
    "paystack": Rail(_needs("PAYSTACK", "SECRET_KEY"), _paystack),
    "flutterwave": Rail(_needs("FLUTTERWAVE", "SECRET_KEY WEBHOOK_HASH"), _flutterwave),
    "bank": Rail(_needs("BANK", "ACCOUNTS"), _bank),
    "btcpay": Rail(_needs("BTCPAY", "URL STORE_ID API_KEY WEBHOOK_SECRETS"), _btcpay),
}
