"""One rail in several countries: an adapter for each, and one code for the rest of the house."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

import phonenumbers

from commerce.providers.base import (
    Attempt,
    Capabilities,
    Customer,
    Declined,
    Initiated,
    InvalidSignature,
    Limits,
    PaymentProvider,
    Payout,
    ProviderEvent,
    ProviderStatus,
    ProviderTransaction,
    Refund,
    RefundKind,
    Retryable,
    Unsupported,
)

__all__ = ["ByCountry"]

_REFUND_KINDS = (RefundKind.NONE, RefundKind.FULL, RefundKind.PARTIAL)


class ByCountry(PaymentProvider):
    """Passes each call on to the adapter of the wallet's country.

    That is the country of its phone number, else ``country`` of the attempt or payout, else the only one there is.
    :attr:`capabilities` says what is possible somewhere; :meth:`in_country` gives the adapter that knows it exactly.

    Args:
        adapters: by ISO 3166 code, at least one, all of one class.
    """

    code: ClassVar[str]

    def __init__(self, adapters: Mapping[str, PaymentProvider]) -> None:
        self.adapters = dict(adapters)
        # Of the instance: each rail has its own.
        self.code = next(iter(self.adapters.values())).code  # type: ignore[misc]
        self.capabilities = _merged([adapter.capabilities for adapter in self.adapters.values()], set(self.adapters))

    def in_country(self, country: str) -> PaymentProvider | None:
        """The adapter of ``country``, if there is one."""
        return self.adapters.get(country)

    def _adapter(self, country: str, phone: str) -> PaymentProvider | None:
        # Somebody abroad pays from the wallet at home.
        wanted = _country_of(phone) or country
        if not wanted and len(self.adapters) == 1:
            return next(iter(self.adapters.values()))
        return self.adapters.get(wanted)

    def _paying(self, country: str, phone: str) -> PaymentProvider:
        adapter = self._adapter(country, phone)
        if adapter is None:
            raise Declined("unsupported_country", f"{self.code} is not set up in {_country_of(phone) or country}")
        return adapter

    def _asking(self, country: str, phone: str) -> PaymentProvider:
        adapter = self._adapter(country, phone)
        if adapter is None:
            # Set up when it was sent: nothing is known, which is not the same as nothing was paid.
            raise Retryable(
                "our_configuration", f"{self.code} is not set up in {_country_of(phone) or country} any more"
            )
        return adapter

    def prepare(self, thing: Attempt | Refund | Payout) -> Mapping[str, Any]:
        about = thing.attempt if isinstance(thing, Refund) else thing
        return self._paying(about.country, about.phone).prepare(thing)

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        adapter = self._paying(attempt.country, attempt.phone or customer.phone)
        return adapter.initiate(attempt, customer, return_url=return_url, notify_url=notify_url)

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        return self._asking(attempt.country, attempt.phone).fetch_status(attempt)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """A message doesn't name its country: it is the one whose secret fits."""
        refusal = InvalidSignature("forged", "of no country of ours")
        for adapter in self.adapters.values():
            try:
                return adapter.parse_webhook(headers, body, path_token)
            except InvalidSignature as error:
                refusal = error
        raise refusal

    def refund(self, refund: Refund) -> ProviderStatus:
        return self._paying(refund.attempt.country, refund.attempt.phone).refund(refund)

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        return self._asking(refund.attempt.country, refund.attempt.phone).fetch_refund(refund)

    def payout(self, payout: Payout) -> ProviderStatus:
        return self._paying(payout.country, payout.phone).payout(payout)

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        return self._asking(payout.country, payout.phone).fetch_payout(payout)

    def list_transactions(self, since: datetime, until: datetime) -> Iterable[ProviderTransaction]:
        """Of all countries whose adapter has a list."""
        found, has_list = [], False
        for adapter in self.adapters.values():
            try:
                found += list(adapter.list_transactions(since, until))
                has_list = True
            except Unsupported:
                continue
        if not has_list:
            raise Unsupported("no_listing", self.code)
        return found


def _country_of(phone: str) -> str:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
    except phonenumbers.NumberParseException:
        return ""


def _merged(parts: list[Capabilities], countries: set[str]) -> Capabilities:
    """What is possible in one country at least; refunds, what is possible in all."""
    limits: dict[str, Limits] = {}
    for part in parts:
        for currency, here in part.limits.items():
            there = limits.get(currency, here)
            largest = None if None in (here.largest, there.largest) else max(here.largest or 0, there.largest or 0)
            step = math.gcd(here.step, there.step)
            limits[currency] = Limits(min(here.smallest, there.smallest), largest, step)
    first = parts[0]
    return Capabilities(
        limits=limits,
        flow=first.flow,
        countries=frozenset(countries),
        refunds=min((part.refunds for part in parts), key=_REFUND_KINDS.index),
        payouts=any(part.payouts for part in parts),
        recurring=any(part.recurring for part in parts),
        webhooks=first.webhooks,
        needs_phone=first.needs_phone,
    )
