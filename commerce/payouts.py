"""Payouts: what can be paid to whom and where, the states, and rows as adapters see them.

When money is earned it is available after ``EARNINGS_HOLD_DAYS``. A run is put together by one person and approved by
another. With the approval, in one transaction, each amount leaves what is owed to the instructor in the books
(``payout``: instructor_payable → payout_clearing), so no later run can pay it again; a draft has moved nothing. A
payout that fails gives it back (``payout_reversed``), one that arrives takes it from the provider (``payout_settled``);
one that had failed and went after all takes it from what is owed.
One open payout an instructor and currency, which a constraint holds: while one is unknown, no other can be begun.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q, Sum
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext_lazy as _lazy

from commerce.errors import InvalidPayoutAccount, ProviderUnavailable
from commerce.ledger import Account, Entry, Kind, is_written, post, reverse
from commerce.models import LedgerEntry, LedgerTransaction, Payout, PayoutAccount, PayoutRun
from commerce.phones import masked_phone
from commerce.providers import base, registry
from commerce.providers.base import Capabilities
from core import clock
from core.money import Money

__all__ = [
    "BANK",
    "MOVES",
    "WALLET_PAYERS",
    "checked_bank_account",
    "destination_of",
    "is_iban",
    "locked_payout",
    "masked_destination",
    "minimum",
    "payable",
    "payout_providers",
    "payout_view",
    "record_payout",
    "record_payout_back",
    "record_payout_settled",
    "sendable",
]

State = Payout.State
#: Code of transfers that staff make at our own bank.
BANK = "bank"
#: Providers that pay to bank accounts, with their names of the kind of account by country.
_BANK_PAYERS: dict[str, dict[str, str]] = {
    BANK: {},
    "paystack": {"NG": "nuban", "GH": "ghipss", "KE": "kepss", "ZA": "basa"},
    "flutterwave": {},
}
#: Providers that pay to wallets.
WALLET_PAYERS = ("mtn", "orange_cm", "airtel", "mpesa", "paystack", "flutterwave")

MOVES: dict[str, frozenset[str]] = {
    State.REQUESTED: frozenset({State.APPROVED, State.CANCELLED}),
    State.APPROVED: frozenset({State.SUBMITTING, State.SUCCEEDED, State.FAILED}),
    State.SUBMITTING: frozenset({State.APPROVED, State.PENDING, State.UNKNOWN, State.SUCCEEDED, State.FAILED}),
    State.UNKNOWN: frozenset({State.APPROVED, State.PENDING, State.SUCCEEDED, State.FAILED}),
    State.PENDING: frozenset({State.SUCCEEDED, State.FAILED}),
    State.SUCCEEDED: frozenset({State.REVERSED}),
    State.FAILED: frozenset({State.SUCCEEDED}),  # by staff only, where the provider says that it went
    State.REVERSED: frozenset(),
    State.CANCELLED: frozenset(),
}


def payable(currency: str, **lookup: Any) -> dict[int, int]:
    """What can be paid out now in a currency, in minor units by instructor; only what is above nothing. One query.

    What is refunded while it is still held back counts against what is available, so that nobody is paid what is
    known to be owed back.
    """
    rows = (
        LedgerEntry.objects.filter(account=Account.INSTRUCTOR_PAYABLE, currency=currency, **lookup)
        .order_by()
        .values("party")
        .annotate(all=Sum("amount_minor"), held=Sum("amount_minor", filter=Q(available_at__gt=clock.now())))
    )
    found = {row["party"]: -row["all"] + min(0, row["held"] or 0) for row in rows}
    return {party: minor for party, minor in found.items() if minor > 0}


def minimum(currency: str) -> Money:
    """The least that is paid out in a currency."""
    return Money(max(1, settings.PAYOUT_MINIMUM.get(currency, 1)), currency)


def payout_providers(currency: str, country: str, method: str) -> list[str]:
    """Codes of the providers that can pay somebody in ``country``; our own bank always can."""
    if method == PayoutAccount.Method.BANK:
        codes = [code for code, kinds in _BANK_PAYERS.items() if code == BANK or not kinds or country in kinds]
    else:
        codes = list(WALLET_PAYERS)
    return [code for code in codes if code == BANK or _can_pay(code, currency, country)]


def _can_pay(code: str, currency: str, country: str) -> bool:
    found = _capabilities(code, country)
    if found is None or not found.payouts or currency not in found.limits:
        return False
    return not found.countries or country in found.countries


def _capabilities(code: str, country: str) -> Capabilities | None:
    try:
        return registry.capabilities(code, country)
    except ProviderUnavailable:
        return None


def sendable(amount: Money, account: PayoutAccount) -> Money:
    """How much of ``amount`` the account's provider carries in one go; the rest stays owed. Nothing, where none."""
    nothing = Money.zero(amount.currency)
    if account.provider == BANK:
        return amount
    found = _capabilities(account.provider, account.country)
    if found is None or not found.payouts or (limits := found.limits.get(amount.currency)) is None:
        return nothing
    most = amount.minor if limits.largest is None else min(amount.minor, limits.largest)
    most -= most % limits.step
    return Money(most, amount.currency) if most >= limits.smallest else nothing


def destination_of(account: PayoutAccount) -> dict[str, str]:
    """Where to, as frozen with a payout."""
    return {
        "method": str(account.method),
        "phone": account.phone,
        "country": account.country,
        "holder": account.holder,
        "bank": account.bank,
        "account_number": account.account_number,
        "bank_code": account.bank_code,
    }


def masked_destination(destination: Mapping[str, str]) -> str:
    """Where to, as its owner recognises it and nobody else learns it: ``+237 6•• ••• •01``, ``Ecobank •••• 4567``."""
    if destination.get("phone"):
        return masked_phone(destination["phone"])
    number = destination.get("account_number", "")
    shown = f"•••• {number[-4:]}" if len(number) > 8 else "••••"
    text = f"{destination.get('bank', '')} {shown}".strip()
    return f"\u2068{text}\u2069" if get_language_bidi() else text


def is_iban(text: str) -> bool:
    """Whether ``text``, capitals and digits without spaces, is an IBAN whose check digits are right (ISO 13616)."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def checked_bank_account(number: str, bank_code: str, *, currency: str, provider: str) -> tuple[str, str]:
    """Return an account number and bank code as they are stored: capitals, without spaces and dashes.

    Raises:
        InvalidPayoutAccount: what begins like an IBAN has wrong check digits, a euro account is no IBAN, or a number or
            code of no shape.
    """
    number = re.sub(r"[\s\-.]", "", number).upper()
    code = re.sub(r"[\s\-.]", "", bank_code).upper()
    looks_like_iban = bool(re.match(r"[A-Z]{2}\d{2}", number))
    if (looks_like_iban or currency == "EUR") and not is_iban(number):
        message = _lazy("This IBAN is not right. Compare it with the one on a statement of your bank.")
        raise InvalidPayoutAccount("iban", message, "account_number")
    if not re.fullmatch(r"[A-Z0-9]{5,40}", number):
        message = _lazy("Write the account number with its letters and digits only, as your bank does.")
        raise InvalidPayoutAccount("account_number", message, "account_number")
    if not re.fullmatch(r"[A-Z0-9]{0,20}", code) or (not code and provider != BANK):
        raise InvalidPayoutAccount("bank_code", _lazy("Write the code or BIC of the bank."), "bank_code")
    return number, code


def payout_view(payout: Payout) -> base.Payout:
    """``payout`` as an adapter sees it."""
    where = payout.destination
    kinds = _BANK_PAYERS.get(payout.provider, {})
    account = (
        {}
        if where.get("phone")
        else {
            "account_number": where.get("account_number", ""),
            "bank_code": where.get("bank_code", ""),
            "account_bank": where.get("bank_code", ""),
            "bank": where.get("bank", ""),
            "type": kinds.get(where.get("country", ""), ""),
        }
    )
    return base.Payout(
        id=payout.public_id,
        amount=payout.amount,
        created_at=payout.created_at,
        phone=where.get("phone", ""),
        country=where.get("country", ""),
        name=where.get("holder", ""),
        account=account,
        description=str(settings.SITE_NAME)[:60],
        provider_ref=payout.provider_ref,
        data=payout.data,
    )


def locked_payout(pk: int) -> Payout:
    """Lock a payout's run, then the payout, and return it as it is now.

    Raises:
        RuntimeError: no transaction is open (from the database, where it matters).
    """
    run_pk = Payout.objects.values_list("run_id", flat=True).get(pk=pk)
    run = PayoutRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run_pk)
    payout = Payout.objects.select_for_update(of=("self",), no_key=True).select_related("instructor").get(pk=pk)
    payout.run = run
    return payout


def record_payout(payout: Payout, *, actor: Any) -> LedgerTransaction | None:
    """Book that an amount is on its way: not owed any more, not gone yet."""
    return post(
        kind=Kind.PAYOUT,
        reference=payout.public_id,
        currency=payout.currency,
        actor=actor,
        entries=[
            Entry(Account.INSTRUCTOR_PAYABLE, payout.amount, payout.instructor_id),
            Entry(Account.PAYOUT_CLEARING, -payout.amount, detail=payout.provider),
        ],
    )


def record_payout_settled(payout: Payout, *, actor: Any = None) -> LedgerTransaction | None:
    """Book that it has arrived: the provider has less of ours, and of what was owed again it is owed no more."""
    is_owed_again = is_written(Kind.PAYOUT_REVERSED, payout.public_id)
    taken_from = (
        Entry(Account.INSTRUCTOR_PAYABLE, payout.amount, payout.instructor_id)
        if is_owed_again
        else Entry(Account.PAYOUT_CLEARING, payout.amount, detail=payout.provider)
    )
    return post(
        kind=Kind.PAYOUT_SETTLED,
        reference=payout.public_id,
        currency=payout.currency,
        actor=actor,
        entries=[taken_from, Entry(Account.CLEARING, -payout.amount, detail=payout.provider)],
    )


def record_payout_back(payout: Payout) -> LedgerTransaction | None:
    """Book that it did not arrive, or came back after it had: owed again, and available at once."""
    booked = {row.kind: row for row in LedgerTransaction.objects.filter(reference=payout.public_id)}
    if Kind.PAYOUT not in booked:
        return None
    if Kind.PAYOUT_SETTLED not in booked:
        return reverse(kind=Kind.PAYOUT_REVERSED, of=booked[Kind.PAYOUT], memo=payout.failure)
    return post(
        kind=Kind.PAYOUT_REVERSED,
        reference=payout.public_id,
        currency=payout.currency,
        memo=payout.failure,
        entries=[
            Entry(Account.CLEARING, payout.amount, detail=payout.provider),
            Entry(Account.INSTRUCTOR_PAYABLE, -payout.amount, payout.instructor_id),
        ],
    )
