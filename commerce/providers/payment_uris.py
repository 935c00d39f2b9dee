"""Addresses to pay, as wallets read them: BIP21 (and its successor BIP321) for Bitcoin, ERC-681 for Ethereum's chains.

Many wallets ignore a part of what a link says, and people can change every part: the address, the network and the
amount are always shown as text too, and what arrived is asked of the chain's watcher, never taken from a link.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qsl, quote

__all__ = ["Token", "bitcoin_uri", "lightning_uri", "native_uri", "plain", "read_bitcoin_uri", "token_uri", "tron_uri"]

_ADDRESS = re.compile(r"[A-Za-z0-9]{14,120}")
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True)
class Token:
    """An ERC-20 token: its chain, its contract, its decimal digits (6 for USDT on Ethereum and Polygon)."""

    chain_id: int
    contract: str
    digits: int = 6


def plain(amount: Decimal) -> str:
    """Digits and a point: no exponent, no separators, no useless zeros."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def bitcoin_uri(address: str, amount: Decimal | None = None, *, label: str = "", lightning: str = "") -> str:
    """``bitcoin:…``; ``amount`` in BTC.

    Raises:
        ValueError: no address, not a positive amount, or more than eight decimal digits.
    """
    if not _ADDRESS.fullmatch(address):
        raise ValueError("not an address of Bitcoin")
    parts = []
    if amount is not None:
        if amount <= 0 or amount != amount.quantize(Decimal("0.00000001")):
            raise ValueError("not an amount of Bitcoin")
        parts.append(f"amount={plain(amount)}")
    if label:
        parts.append(f"label={quote(label, safe='')}")
    if lightning:
        parts.append(f"lightning={quote(lightning, safe='')}")
    return f"bitcoin:{address}" + ("?" + "&".join(parts) if parts else "")


def read_bitcoin_uri(uri: str) -> tuple[str, Decimal | None, dict[str, str]]:
    """Address, amount in BTC and the other parameters of a link.

    Raises:
        ValueError: not such a link, a strange amount, or a ``req-`` parameter, which nobody may ignore.
    """
    scheme, colon, rest = uri.partition(":")
    address, _mark, query = rest.partition("?")
    if scheme.lower() != "bitcoin" or not colon or not _ADDRESS.fullmatch(address):
        raise ValueError("not a link to pay Bitcoin")
    given = dict(parse_qsl(query, keep_blank_values=True))
    if any(name.lower().startswith("req-") for name in given):
        raise ValueError("the link requires what nobody here knows")
    text = given.pop("amount", None)
    if text is not None and not re.fullmatch(r"\d{1,8}(\.\d{1,8})?", text, re.ASCII):
        raise ValueError("not an amount of Bitcoin")
    return address, None if text is None else Decimal(text), given


def lightning_uri(invoice: str) -> str:
    """``lightning:…`` of a BOLT 11 invoice, which holds its amount itself.

    Raises:
        ValueError: not such an invoice.
    """
    if not re.fullmatch(r"(?i)ln[a-z0-9]{10,5000}", invoice):
        raise ValueError("not an invoice of Lightning")
    return f"lightning:{invoice}"


def native_uri(recipient: str, amount: Decimal, *, chain_id: int, digits: int = 18) -> str:
    """``ethereum:…`` for a chain's own coin."""
    _check_ethereum(recipient)
    return f"ethereum:{recipient}@{chain_id}?value={_atomic(amount, digits)}"


def token_uri(token: Token, recipient: str, amount: Decimal) -> str:
    """``ethereum:…/transfer`` for a token: the link's target is the contract, the recipient a parameter.

    Raises:
        ValueError: not addresses of Ethereum, or an amount that the token can't have.
    """
    _check_ethereum(token.contract)
    _check_ethereum(recipient)
    atomic = _atomic(amount, token.digits)
    return f"ethereum:{token.contract}@{token.chain_id}/transfer?address={recipient}&uint256={atomic}"


def tron_uri(recipient: str, amount: Decimal) -> str:
    """``tron:…``: no standard, but what BTCPay's plugin for USDT writes."""
    if not _ADDRESS.fullmatch(recipient):
        raise ValueError("not an address of Tron")
    return f"tron:{recipient}?amount={plain(amount)}"


def _check_ethereum(address: str) -> None:
    if not _ETHEREUM.fullmatch(address):
        raise ValueError("not an address of Ethereum")


def _atomic(amount: Decimal, digits: int) -> int:
    scaled = amount.scaleb(digits)
    if amount <= 0 or scaled != scaled.to_integral_value():
        raise ValueError(f"not an amount with {digits} decimal digits")
    return int(scaled)
