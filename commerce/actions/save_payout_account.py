"""Say where one's earnings are to be paid."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.errors import InvalidPayoutAccount
from commerce.models import PayoutAccount
from commerce.orders import checked_country, checked_currency
from commerce.payouts import checked_bank_account, destination_of, masked_destination, payout_providers
from commerce.phones import parse_wallet_phone
from core import audit, clock
from core.policies import require

__all__ = ["save_payout_account"]

Method = PayoutAccount.Method


def save_payout_account(
    *,
    actor: Any,
    currency: str,
    method: str,
    provider: str,
    country: str,
    holder: str,
    phone: str = "",
    bank: str = "",
    account_number: str = "",
    bank_code: str = "",
) -> PayoutAccount:
    """Save the actor's account of a currency; there is one, and the one before is replaced.

    A payout that was approved before goes where it was to go; one that is still a draft is left out of its run.

    Args:
        provider: one of :func:`commerce.payouts.payout_providers`; ``bank`` for transfers that staff make.
        country: ISO 3166 code of the wallet or bank.
        phone: of the wallet, as people type it.

    Raises:
        NotAllowed: the actor earns nothing here.
        InvalidCurrency, InvalidCountry, InvalidPhone, InvalidPayoutAccount: see there; ``field`` says which.
    """
    require(policies.can_earn(actor))
    checked_currency(currency)
    if not checked_country(country):
        raise InvalidPayoutAccount("country", _lazy("Choose the country of the account."), "country")
    if method not in Method.values:
        raise InvalidPayoutAccount("method", _lazy("Choose mobile money or a bank transfer."), "method")
    if provider not in payout_providers(currency, country, method):
        message = _lazy("Payouts in this currency can't be sent there this way. Choose another one.")
        raise InvalidPayoutAccount("provider", message, "provider")
    holder, bank = " ".join(holder.split()), " ".join(bank.split())
    if not 2 <= len(holder) <= 120:
        raise InvalidPayoutAccount("holder", _lazy("Write the name that the account is in."), "holder")
    values = {"method": method, "provider": provider, "country": country, "holder": holder}
    if method == Method.MOBILE:
        values |= {"phone": parse_wallet_phone(phone, country), "bank": "", "account_number": "", "bank_code": ""}
    else:
        if not 2 <= len(bank) <= 120:
            raise InvalidPayoutAccount("bank", _lazy("Write the name of the bank."), "bank")
        number, code = checked_bank_account(account_number, bank_code, currency=currency, provider=provider)
        values |= {"phone": "", "bank": bank, "account_number": number, "bank_code": code}
    with transaction.atomic():
        # Approving a run locks the row too: it sees either all of the new account or nothing of it.
        account, _is_new = PayoutAccount.objects.select_for_update().update_or_create(
            owner=actor, currency=currency, defaults={**values, "changed_at": clock.now()}
        )
        audit.record(
            actor=actor,
            verb="commerce.payout_account_saved",
            target=account,
            label=currency,
            facts={"provider": provider, "destination": masked_destination(destination_of(account))},
        )
    return account
