"""Transfers to our bank account. No API: instructions with a reference, then lines of statements.

What a status says comes from the lines that were matched to the attempt (by :mod:`commerce.providers.statements`, or
by a person) and are kept in :attr:`Attempt.data` as :func:`received` writes them. Refunds and payouts are transfers
that somebody makes; the outgoing line proves them.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from commerce.providers.base import (
    Attempt,
    Capabilities,
    Customer,
    Declined,
    Flow,
    Initiated,
    InvalidSignature,
    Limits,
    PaymentProvider,
    Payout,
    ProviderEvent,
    ProviderState,
    ProviderStatus,
    Refund,
    RefundKind,
    ShowInstructions,
    Webhooks,
)
from commerce.providers.statements.lines import StatementLine
from commerce.providers.statements.references import iban_is_valid, make_reference, rib_key_is_valid
from core.money import Money

__all__ = ["BankAccount", "BankConfig", "BankProvider", "from_wire", "received", "to_wire"]

#: What may stand in a transfer everywhere (SWIFT's set x).
_SWIFT = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*", re.ASCII)


@dataclass(frozen=True)
class BankAccount:
    """Where to transfer to.

    Attributes:
        number: the account's number where there is no IBAN.
        extra: more lines of instructions: a stable code and its value (``bank_code``, ``branch`` …).

    Raises:
        ValueError: check digits that don't fit, or characters that transfers can't carry.
    """

    holder: str
    bank: str
    iban: str = ""
    number: str = ""
    bic: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        bare = self.iban.replace(" ", "").upper()
        if not bare and not self.number:
            raise ValueError("An account has an IBAN or a number.")
        if bare and not iban_is_valid(bare):
            raise ValueError("The IBAN's check digits don't fit.")
        if bare.startswith("CM") and not rib_key_is_valid(bare[4:]):
            raise ValueError("The RIB's key doesn't fit.")
        for text in (self.holder, self.bank, self.number, self.bic, *(value for _code, value in self.extra)):
            if not _SWIFT.fullmatch(text) or len(text) > 140:
                raise ValueError(f"{text!r} can't be written on a transfer.")


@dataclass(frozen=True)
class BankConfig:
    """Our accounts, by currency.

    Attributes:
        days: until a transfer that didn't come counts as expired; later ones are still found.
        limits: by currency; every currency with an account where left out.
    """

    accounts: Mapping[str, BankAccount]
    limits: Mapping[str, Limits] = field(default_factory=dict)
    countries: frozenset[str] = frozenset()
    prefix: str = "PAY"
    days: int = 7

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{2,6}", self.prefix, re.ASCII):
            raise ValueError("A prefix is two to six capitals.")


def to_wire(amount: Money) -> str:
    """The amount as instructions show it, for a person to copy: ``25000``, ``10.50``."""
    if amount.minor <= 0:
        raise ValueError("Nobody transfers nothing.")
    return str(amount.to_decimal())


def from_wire(value: str, currency: str) -> Money:
    """The amount that decimal text means.

    Raises:
        ValueError: not a plain number, or more digits than the currency has.
    """
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,15}(\.\d{1,3})?", value, re.ASCII):
        raise ValueError("Amounts of transfers are decimal text.")
    return Money.from_decimal(value, currency)


def received(line: StatementLine) -> dict[str, Any]:
    """How a matched line is kept in ``data["lines"]`` of its attempt, refund or payout."""
    return {
        "hash": line.hash,
        "minor": line.amount.minor,
        "currency": line.amount.currency,
        "booked_on": line.booked_on.isoformat(),
    }


class BankProvider(PaymentProvider):
    """Bank transfer.

    Args:
        now: Unix time; for tests of deadlines.
    """

    code = "bank"

    def __init__(self, config: BankConfig, *, now: Callable[[], float] = time.time) -> None:
        self.config = config
        self._now = now
        limits = {currency: config.limits.get(currency, Limits()) for currency in config.accounts}
        self.capabilities = Capabilities(
            limits=limits,
            flow=Flow.MANUAL,
            countries=config.countries,
            refunds=RefundKind.PARTIAL,
            payouts=True,
            webhooks=Webhooks.NONE,
        )

    def initiate(self, attempt: Attempt, customer: Customer, *, return_url: str, notify_url: str) -> Initiated:
        """Say what to transfer where. Nothing is sent to anybody, so this may be repeated."""
        self.capabilities.require(attempt.amount)
        account = self.config.accounts[attempt.amount.currency]
        reference = make_reference(attempt.id, self.config.prefix)
        lines = (
            ("holder", account.holder),
            ("bank", account.bank),
            ("iban", account.iban),
            ("account", account.number),
            ("bic", account.bic),
            *account.extra,
            ("amount", to_wire(attempt.amount)),
            ("currency", attempt.amount.currency),
            ("reference", reference),
        )
        shown = tuple((code, value) for code, value in lines if value)
        return Initiated(reference, ShowInstructions(shown, reference, self._deadline(attempt)))

    def fetch_status(self, attempt: Attempt) -> ProviderStatus:
        """What the matched lines add up to; too much or too little is told by amount and reason."""
        reference = make_reference(attempt.id, self.config.prefix)
        lines, total = _lines(attempt.data, attempt.amount.currency)
        if total is None:
            # Another currency than asked for: as it came, never converted.
            amount = Money(int(lines[0]["minor"]), str(lines[0]["currency"]))
            return self._told(ProviderState.SUCCEEDED, reference, lines, amount, "currency_differs")
        if lines and total.minor <= 0:
            return self._told(ProviderState.REVERSED, reference, lines, total, "sent_back")
        if lines:
            difference = total - attempt.amount
            reason = "underpaid" if difference.is_negative else "" if difference.is_zero else "overpaid"
            return self._told(ProviderState.SUCCEEDED, reference, lines, total, reason)
        if datetime.fromtimestamp(self._now(), UTC) > self._deadline(attempt):
            return ProviderStatus(ProviderState.EXPIRED, reference, reason="not_confirmed_in_time")
        return ProviderStatus(ProviderState.AWAITING_CUSTOMER, reference, amount=attempt.amount)

    def _told(
        self, state: ProviderState, reference: str, lines: list[Mapping[str, Any]], amount: Money, reason: str
    ) -> ProviderStatus:
        receipt = str(lines[0]["hash"])
        return ProviderStatus(state, reference, receipt, amount, None, reason, {"lines": [dict(one) for one in lines]})

    def _deadline(self, attempt: Attempt) -> datetime:
        return attempt.created_at + timedelta(days=self.config.days)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, path_token: str) -> list[ProviderEvent]:
        """Banks don't call: whoever does is somebody else."""
        raise InvalidSignature("forged", "banks send no messages")

    def refund(self, refund: Refund) -> ProviderStatus:
        """Somebody has to transfer it, with the reference in ``provider_ref``."""
        return self._outgoing(refund.id, refund.amount, refund.data)

    def fetch_refund(self, refund: Refund) -> ProviderStatus:
        """Done when the outgoing line is there."""
        return self._outgoing(refund.id, refund.amount, refund.data)

    def payout(self, payout: Payout) -> ProviderStatus:
        """Somebody has to transfer it, with the reference in ``provider_ref``."""
        return self._outgoing(payout.id, payout.amount, payout.data)

    def fetch_payout(self, payout: Payout) -> ProviderStatus:
        """Done when the outgoing line is there."""
        return self._outgoing(payout.id, payout.amount, payout.data)

    def _outgoing(self, thing_id: Any, amount: Money, data: Mapping[str, Any]) -> ProviderStatus:
        if amount.currency not in self.config.accounts:
            raise Declined("unsupported_currency", amount.currency)
        if amount.minor <= 0:
            raise Declined("too_small", str(amount))
        reference = make_reference(thing_id, self.config.prefix)
        lines, total = _lines(data, amount.currency)
        if lines and total is not None and -total == amount:
            return self._told(ProviderState.SUCCEEDED, reference, lines, amount, "")
        return ProviderStatus(ProviderState.PENDING, reference, amount=amount, reason="to_be_transferred")


def _lines(data: Mapping[str, Any], currency: str) -> tuple[list[Mapping[str, Any]], Money | None]:
    """The kept lines, each once, and their sum; None where one is in another currency."""
    lines = list({str(row["hash"]): row for row in data.get("lines") or ()}.values())
    if any(row["currency"] != currency for row in lines):
        return [row for row in lines if row["currency"] != currency], None
    return lines, Money(sum(int(row["minor"]) for row in lines), currency)
