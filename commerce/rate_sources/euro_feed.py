"""The European Central Bank's daily reference rates, or any feed or file of the same form (``eurofxref-daily.xml``).

    <gesmes:Envelope …><Cube><Cube time="2026-11-20"><Cube currency="USD" rate="1.1602"/>…</Cube></Cube></…>

The bank itself quotes neither naira nor cedi nor the shillings and kwacha; a file of the same form may.
"""

import time
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from commerce.models import ExchangeRate
from commerce.rate_sources import RateSheet, RateSourceFailed
from core import clock
from core.currencies import CURRENCIES

__all__ = ["EuroFeed"]

#: Seconds for the whole answer. The bank's is there in less than one.
TIMEOUT = 15.0
#: Bytes; the bank's daily file has 2,000, that of ninety days 200,000.
MAX_BYTES = 1_000_000

_STEP = Decimal(1).scaleb(-ExchangeRate.DECIMAL_PLACES)
_TOO_LARGE = Decimal(10) ** (ExchangeRate.MAX_DIGITS - ExchangeRate.DECIMAL_PLACES)


class EuroFeed:
    """Reads the newest day of a feed at an ``https://``, ``http://`` or ``file://`` address."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES) -> None:
        self.url = url
        self.timeout = timeout
        self.max_bytes = max_bytes

    def fetch(self) -> RateSheet:
        """See :class:`commerce.rate_sources.RateSource`."""
        parts = urlsplit(self.url)
        if parts.scheme in ("http", "https"):
            content = self._download()
        elif parts.scheme == "file":
            content = self._read(Path(unquote(parts.path)))
        else:
            raise RateSourceFailed("The address of the rates begins with https:// or file://.")
        return _sheet(content)

    def _download(self) -> bytes:
        """Whatever happens, it ends after ``timeout`` seconds and ``max_bytes`` bytes; redirects are not followed."""
        ends = time.monotonic() + self.timeout
        content = bytearray()
        try:
            with httpx.stream("GET", self.url, timeout=self.timeout, follow_redirects=False) as response:
                if response.status_code != 200:
                    raise RateSourceFailed(f"The rate source answered with status {response.status_code}.")
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > self.max_bytes:
                        raise RateSourceFailed(f"The rate source sent more than {self.max_bytes} bytes.")
                    if time.monotonic() > ends:
                        raise RateSourceFailed(f"The rate source took longer than {self.timeout:g} seconds.")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RateSourceFailed(f"The rate source could not be reached ({type(error).__name__}).") from error
        return bytes(content)

    def _read(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                content = file.read(self.max_bytes + 1)
        except OSError as error:
            raise RateSourceFailed(f"The file with the rates could not be read ({type(error).__name__}).") from error
        if len(content) > self.max_bytes:
            raise RateSourceFailed(f"The file with the rates has more than {self.max_bytes} bytes.")
        return content


def _sheet(content: bytes) -> RateSheet:
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise RateSourceFailed(f"The rate source did not send well-formed XML ({type(error).__name__}).") from error
    days = [(_day(element.get("time", "")), element) for element in root.iter() if element.get("time") is not None]
    if not days:
        raise RateSourceFailed("The rate source names no day.")
    on, newest = max(days, key=lambda pair: pair[0])
    # A day ahead of us it may be: the source's, east of Greenwich.
    if on > clock.now().date() + timedelta(days=1):
        raise RateSourceFailed(f"The rate source is of {on}, a day to come.")
    rates = dict(_rate(element) for element in newest.iter() if element.get("currency") is not None)
    known = {currency: rate for currency, rate in rates.items() if currency in CURRENCIES and currency != "EUR"}
    if not known:
        raise RateSourceFailed("The rate source names no rates.")
    return RateSheet(base="EUR", on=on, rates=known)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RateSourceFailed(f"“{text[:40]}” in the rates is no day.") from error


def _rate(element: Any) -> tuple[str, Decimal]:
    currency, text = element.get("currency", ""), element.get("rate", "")
    try:
        rate = Decimal(text)
        is_usable = rate.is_finite() and _STEP <= rate < _TOO_LARGE
    except InvalidOperation:
        is_usable = False
    if not is_usable:
        raise RateSourceFailed(f"“{text[:40]}” is no rate of {currency[:10]}.")
    return currency, rate.quantize(_STEP)
