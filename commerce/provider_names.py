"""What providers are called, for invoices, statements of account and the back office."""

from django.utils.translation import gettext as _

__all__ = ["PROVIDER_NAMES", "provider_name"]

#: Brands, which are the same in every language.
PROVIDER_NAMES: dict[str, str] = {
    "stripe": "Stripe",
    "mtn": "MTN MoMo",
    "orange_cm": "Orange Money",
    "orange_web": "Orange Money Web Payment",
    "airtel": "Airtel Money",
    "mpesa": "M-Pesa",
    "paystack": "Paystack",
    "flutterwave": "Flutterwave",
    "btcpay": "BTCPay",
}


def provider_name(code: str) -> str:
    """Return what the provider of that code is called in the active language; its code where it is unknown."""
    return _("Bank transfer") if code == "bank" else PROVIDER_NAMES.get(code, code)
