"""What may stand in logs and error reports: no secret, no PIN, no whole phone or card number.

Masked by pattern, whoever wrote the line: a library's debug output and the text of an exception are masked like our
own messages. Where values have names (fields of a request, local variables, settings), their names decide too.
"""

import logging
import re
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

__all__ = ["HIDDEN", "MaskingFormatter", "ReportFilter", "mask_text"]

HIDDEN = "•••"

#: Names whose values are nobody's business. Whole words, so that ``shipping`` has no ``pin`` in it.
_NAMES = (
    r"(?:[\w-]*(?:passw(?:or)?d|passkey|passphrase|secret|token|credential|signature|api[_-]?key|access[_-]?key|"
    r"subscription[_-]?key|webhook[_-]?key|merchant[_-]?key|private[_-]?key|consumer[_-]?key|authorization|verif-hash|"
    r"x-key|cvv|cvc)[\w-]*|(?:[\w-]*[_-])?pin)"
)
_SECRET_NAME = re.compile(rf"^{_NAMES}$", re.IGNORECASE)
_PHONE_NAME = re.compile(r"phone|msisdn|partyid|mobile|account_?number", re.IGNORECASE)
#: ``name: value`` and ``name=value`` as headers, forms, JSON and reprs write them.
_NAMED = re.compile(
    rf"""(?<![\w-])(?P<name>{_NAMES})(?P<sign>['"]?\s*[:=]\s*)(?P<quote>(?:b?['"])?)"""
    r"""(?P<value>(?:Bearer |Basic |token )?[^'"\s,;&}\])]+)""",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\b(Bearer|Basic) [A-Za-z0-9+/=._~-]{6,}")
#: Keys that say what they are: Stripe's, Paystack's, Flutterwave's.
_KEYS = re.compile(r"\b(?:(?:sk|rk|pk)_(?:live|test)_\w+|whsec_\w+|FLW(?:SECK|PUBK)[\w-]+)")
#: Passwords in addresses of databases and services, and signatures in those of Cloudinary's files.
_IN_ADDRESS = re.compile(r"(?<=://)([^\s:/@'\"]*):[^\s@/'\"]+(?=@)")
_SIGNED_PATH = re.compile(r"/s--[\w-]+--/")
_PHONE = re.compile(r"(?<![\w.])(\+\d{3})\d{3,10}(\d{2})(?!\w)")
#: As providers write numbers, without a plus; named, because ids are long numbers too.
_NAMED_PHONE = re.compile(
    r"""((?:phone|msisdn|partyid|mobile|subscriber|party_?[ab])[\w]*['"]?\s*[:=]\s*(?:b?['"])?)(\d{3})\d{3,10}(\d{2})(?!\d)""",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\d.])(?:\d[ -]?){12,18}\d(?![\d.])")


def mask_text(text: str) -> str:
    """``text`` without what may not be read in it."""
    text = _NAMED.sub(lambda found: f"{found['name']}{found['sign']}{found['quote']}{HIDDEN}", text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _KEYS.sub(HIDDEN, text)
    text = _IN_ADDRESS.sub(rf"\1:{HIDDEN}", text)
    text = _SIGNED_PATH.sub(f"/s--{HIDDEN}--/", text)
    text = _PHONE.sub(rf"\1{HIDDEN}\2", text)
    text = _NAMED_PHONE.sub(rf"\1\2{HIDDEN}\3", text)
    return _CARD.sub(_card, text)


def _card(found: re.Match[str]) -> str:
    """Only what has a card's check digit: other long numbers are ids, which one wants to find again."""
    digits = [int(one) for one in found[0] if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return HIDDEN if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else found[0]


class MaskingFormatter(logging.Formatter):
    """Writes a line as told, with its traceback, masked."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_text(super().format(record))


class _Shown:
    """A value in an error report: its masked text, without quotes of its own."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class ReportFilter(SafeExceptionReporterFilter):
    """Django's own, which hides settings and marked variables, and beyond it everything that this module knows."""

    cleansed_substitute = HIDDEN
    hidden_settings = re.compile(
        r"API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE|HASH|PIN$|PIN_|CREDENTIAL|CERTIFICATE|PAYMENT_PROVIDERS|"
        r"DATABASES|BROKER_URL|CACHES|REDIS|EMAIL",
        re.IGNORECASE,
    )

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        """What a form sent, with passwords, PINs and numbers masked."""
        given = super().get_post_parameters(request)
        return {name: _shown(name, value) for name, value in given.items()} if given else given

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        """Local variables of a frame, masked by name and by what they look like."""
        found = super().get_traceback_frame_variables(request, tb_frame)
        return [(name, _Shown(_shown(name, value))) for name, value in found]


def _shown(name: str, value: Any) -> str:
    if _SECRET_NAME.match(name):
        return HIDDEN
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception as error:  # a report of a failure must not fail
        return f"<{type(error).__name__} in repr>"
    if _PHONE_NAME.search(name):
        text = re.sub(r"(\d{3})\d{3,10}(\d{2})", rf"\1{HIDDEN}\2", text)
    return mask_text(text[:4000])
