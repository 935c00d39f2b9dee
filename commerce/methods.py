"""Ways to pay as people see them: what there is for a country and an amount, in which order, and why something isn't.

A function of what is asked and of the settings; it asks no provider and no table.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import country_name
from commerce.errors import ProviderUnavailable
from commerce.phones import country_of, example_phone, guess_operator
from commerce.providers import registry
from commerce.providers.base import Capabilities, Flow
from core.formats import listed, money
from core.money import Money

__all__ = ["Method", "method_name", "payment_methods", "require_method"]

_NAMES: dict[str, str | Promise] = {
    "mtn": _lazy("MTN MoMo"),
    "orange_cm": _lazy("Orange Money"),
    "orange_web": _lazy("Orange Money, on Orange's page"),
    "airtel": _lazy("Airtel Money"),
    "mpesa": _lazy("M-Pesa"),
    "stripe": _lazy("Card"),
    "paystack": _lazy("Card or bank, with Paystack"),
    "flutterwave": _lazy("Card or mobile money, with Flutterwave"),
    "bank": _lazy("Bank transfer"),
    "btcpay": _lazy("Bitcoin and stablecoins"),
}


@dataclass(frozen=True)
class Method:
    """One way to pay, for one country and amount.

    Attributes:
        code: of the provider; what an attempt is started with.
        name: as people call it.
        needs_phone: asks for the number of a wallet first.
        reason: why it isn't available: ``not_set_up``, ``not_in_country``, ``not_in_currency``, ``too_small``,
            ``too_large``, ``not_a_step``; empty when it is.
        message: the reason as a sentence for people.
        phone_hint: how a number of the country looks, where one is asked for.
        is_guess: the phone number suggests this one.
    """

    code: str
    name: str
    flow: Flow | None
    needs_phone: bool
    is_available: bool
    reason: str = ""
    message: str = ""
    phone_hint: str = ""
    is_guess: bool = False


def method_name(code: str) -> str:
    """What people call a way to pay, in the active language; the code itself where it is none of ours any more."""
    return str(_NAMES.get(code, code))


def payment_methods(country: str, amount: Money, *, phone: str = "", language: str = "") -> list[Method]:
    """Every way to pay there is, available or not, best first.

    First come the available ones: the one that ``phone`` suggests, then mobile money of the country, then the others.

    Args:
        country: ISO 3166 code of the customer; empty where it isn't known, then none is left out for it.
        phone: E.164 or empty; a wallet is where its number is, wherever the customer may be.
        language: of names and sentences; the active one when left out.
    """
    with override(language or get_language() or "en"):
        methods = [_method(code, country, amount, phone) for code in registry.CODES]
    # Python's sort keeps the order of registry.CODES where nothing else decides.
    return sorted(methods, key=lambda one: (not one.is_available, not one.is_guess, not _is_local(one, country, phone)))


def require_method(code: str, country: str, amount: Money, *, phone: str = "") -> Method:
    """The way to pay of that code, if it is available.

    Raises:
        ProviderUnavailable: it isn't; the message says why.
    """
    for method in payment_methods(country, amount, phone=phone):
        if method.code == code:
            if method.is_available:
                return method
            raise ProviderUnavailable(message=method.message)
    raise ProviderUnavailable


def _method(code: str, country: str, amount: Money, phone: str) -> Method:
    adapter = registry.providers().get(code)
    name = method_name(code)
    if adapter is None or code in settings.PAYMENT_METHODS_DISABLED:
        message = _("%(method)s is not set up in this school.") % {"method": name}
        return Method(code, name, adapter.capabilities.flow if adapter else None, False, False, "not_set_up", message)
    place = _place(adapter.capabilities, country, phone)
    able = registry.capabilities(code, place)
    reason = _refusal(able, place, amount)
    return Method(
        code=code,
        name=name,
        flow=able.flow,
        needs_phone=able.needs_phone,
        is_available=not reason,
        reason=reason,
        message=_message(reason, name, able, amount),
        phone_hint=example_phone(place or _only(able)) if able.needs_phone else "",
        is_guess=bool(phone) and guess_operator(phone) == code,
    )


def _place(able: Capabilities, country: str, phone: str) -> str:
    """The country that decides: the wallet's where there is one."""
    return (country_of(phone) if able.needs_phone else "") or country


def _only(able: Capabilities) -> str:
    return next(iter(able.countries)) if len(able.countries) == 1 else ""


def _refusal(able: Capabilities, country: str, amount: Money) -> str:
    if country and able.countries and country not in able.countries:
        return "not_in_country"
    refusal = able.refusal(amount)
    return "not_in_currency" if refusal == "unsupported_currency" else refusal


def _message(reason: str, name: str, able: Capabilities, amount: Money) -> str:
    limits = able.limits.get(amount.currency)
    match reason:
        case "not_in_country":
            countries = listed(sorted(country_name(code) for code in able.countries))
            return _("%(method)s does not work in your country, only in %(countries)s.") % {
                "method": name,
                "countries": countries,
            }
        case "not_in_currency":
            return _("%(method)s does not take %(currency)s; you can pay in %(currencies)s.") % {
                "method": name,
                "currency": amount.currency,
                "currencies": listed(sorted(able.limits)),
            }
        case "too_small" if limits:
            smallest = money(Money(limits.smallest, amount.currency))
            return _("%(method)s is there for amounts from %(amount)s.") % {"method": name, "amount": smallest}
        case "too_large" if limits and limits.largest is not None:
            largest = money(Money(limits.largest, amount.currency))
            return _("%(method)s is there for amounts up to %(amount)s.") % {"method": name, "amount": largest}
        case "not_a_step" if limits:
            step = money(Money(limits.step, amount.currency))
            return _("%(method)s is there for amounts in steps of %(amount)s.") % {"method": name, "amount": step}
    return ""


def _is_local(method: Method, country: str, phone: str) -> bool:
    """Whether it is of the country, and done while one waits."""
    if method.flow not in (Flow.PUSH, Flow.REDIRECT):
        return False
    countries = registry.providers()[method.code].capabilities.countries
    return (country_of(phone) or country) in countries
