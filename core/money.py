"""Amounts of money: whole minor units and a currency, never a float.

Models keep two columns, ``price_minor`` (BigIntegerField) and ``currency`` (CharField of 3), and show them as one
value through :class:`MoneyProperty`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Any, Self, overload

from babel import Locale
from babel.numbers import format_decimal, parse_pattern
from django.utils.translation import get_language

from core.currencies import exponent
from core.locales import locale_of

__all__ = [
    "CurrencyMismatch",
    "Money",
    "MoneyProperty",
    "RequiredMoneyProperty",
    "allocate",
    "convert",
    "format_money",
    "percentage",
]

#: Digits enough for any BigInteger amount times any percentage without touching the caller's decimal context.
_PRECISION = 60
#: Left-to-right isolate, right-to-left isolate, end of either (Unicode's bidirectional algorithm, UAX 9).
_LRI, _RLI, _PDI = "\u2066", "\u2067", "\u2069"


class CurrencyMismatch(TypeError):
    """Two currencies met in one sum or comparison."""


@dataclass(frozen=True, slots=True)
class Money:
    """``minor`` units of ``currency``: ``Money(2500, "NGN")`` is 25 naira, ``Money(2500, "XAF")`` is 2,500 francs.

    Raises:
        TypeError: ``minor`` is not an int (a float, a Decimal, a bool).
        ValueError: the currency is unknown.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"Money counts whole minor units, not {type(self.minor).__name__}.")
        exponent(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return nothing, in ``currency``."""
        return cls(0, currency)

    @classmethod
    def from_decimal(cls, amount: Decimal | int | str, currency: str, *, rounding: str | None = None) -> Self:
        """Build from major units: ``from_decimal("25.00", "NGN")``.

        Args:
            amount: major units; a string is read as ``Decimal`` reads it.
            rounding: a rounding mode of ``decimal`` for digits beyond the currency's; without it they are refused.

        Raises:
            TypeError: a float.
            ValueError: not a finite number, or more digits than the currency has and no ``rounding``.
        """
        number = _exact(amount)
        with localcontext() as context:
            context.prec = _PRECISION
            scaled = number.scaleb(exponent(currency))
            whole = scaled.to_integral_value(rounding=rounding or ROUND_HALF_UP)
        if rounding is None and whole != scaled:
            raise ValueError(f"{amount} has more decimal digits than {currency} knows.")
        return cls(int(whole), currency)

    @classmethod
    def sum(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """Add up ``amounts``, all in ``currency``; zero when there are none.

        Raises:
            CurrencyMismatch: one is in another currency.
        """
        total = Money(0, currency)
        for amount in amounts:
            total = total + amount
        return total

    def to_decimal(self) -> Decimal:
        """Return major units with exactly the currency's digits: ``Decimal("25.00")``."""
        digits = exponent(self.currency)
        return Decimal(f"{self.minor}E-{digits}") if digits else Decimal(self.minor)

    @property
    def is_zero(self) -> bool:
        return self.minor == 0

    @property
    def is_negative(self) -> bool:
        return self.minor < 0

    def format(self, locale: str | None = None) -> str:
        """Return the amount as people of ``locale`` write it; see :func:`format_money`."""
        return format_money(self, locale)

    def _same_currency(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} don't mix without an exchange rate.")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._same_currency(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._same_currency(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __mul__(self, factor: int) -> "Money":
        if type(factor) is not int:
            return NotImplemented
        return Money(self.minor * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor < self._same_currency(other)

    def __le__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor <= self._same_currency(other)

    def __gt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor > self._same_currency(other)

    def __ge__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor >= self._same_currency(other)

    def __str__(self) -> str:
        return f"{self.to_decimal()} {self.currency}"


def allocate(total: Money, weights: Sequence[int]) -> list[Money]:
    """Split ``total`` in proportion to ``weights`` without losing a minor unit.

    Largest-remainder method, so the parts always add up to the whole; among equal remainders the earlier part gets
    the unit. A negative total splits as its positive one does, so a refund mirrors the charge.

    Args:
        total: amount in minor units of its currency; may be negative (a refund).
        weights: non-negative integers, at least one above zero.

    Raises:
        TypeError: a weight is not an int.
        ValueError: a weight is negative, or none is above zero.
    """
    if any(type(weight) is not int for weight in weights):
        raise TypeError("Weights are whole numbers.")
    if any(weight < 0 for weight in weights):
        raise ValueError("Weights are not negative.")
    whole = sum(weights)
    if whole == 0:
        raise ValueError("At least one weight must be above zero.")
    amount = abs(total.minor)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(amount * weights[index] % whole), index))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    sign = -1 if total.minor < 0 else 1
    return [Money(sign * part, total.currency) for part in parts]


def percentage(amount: Money, percent: Decimal | int | str, *, rounding: str) -> Money:
    """Return ``percent`` per cent of ``amount``, rounded to a minor unit as ``rounding`` says.

    Args:
        percent: e.g. ``Decimal("2.9")``; may be above 100 or negative.
        rounding: a rounding mode of ``decimal`` (``ROUND_HALF_EVEN``, ``ROUND_DOWN`` …). No default: who gains the
            odd unit is a decision of the caller's contract.

    Raises:
        TypeError: a float.
        ValueError: not a finite number.
    """
    with localcontext() as context:
        context.prec = _PRECISION
        share = (Decimal(amount.minor) * _exact(percent)).scaleb(-2)
        return Money(int(share.to_integral_value(rounding=rounding)), amount.currency)


def convert(amount: Money, currency: str, rate: Fraction, *, rounding: str = ROUND_HALF_UP) -> Money:
    """Return ``amount`` in ``currency`` at ``rate``, rounded once, to the currency's minor unit.

    Args:
        rate: major units of ``currency`` for one major unit of the amount's; exact, as a Fraction, so that inverse
            and cross rates lose nothing on the way.
        rounding: a rounding mode of ``decimal``.

    Raises:
        TypeError: the rate is not a Fraction (a float, a Decimal).
        ValueError: the rate is not positive, or the currency is unknown.
    """
    if not isinstance(rate, Fraction):
        raise TypeError(f"A rate is a Fraction, not {type(rate).__name__}.")
    if rate <= 0:
        raise ValueError("A rate is more than nothing.")
    shift = exponent(currency) - exponent(amount.currency)
    exact = amount.minor * rate * Fraction(10) ** shift
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    # A decimal with the same whole part and the same side of one half rounds as the fraction does.
    digit = 5 if rest * 2 == exact.denominator else 0 if rest == 0 else 3 if rest * 2 < exact.denominator else 7
    with localcontext() as context:
        context.prec = len(str(whole)) + 2
        near = (Decimal(whole) + Decimal(digit) / 10).copy_sign(Decimal(-1 if exact < 0 else 1))
        return Money(int(near.to_integral_value(rounding=rounding)), currency)


def format_money(amount: Money, locale: str | None = None) -> str:
    """Return ``amount`` as people of ``locale`` write it: ``NGN 2,500.00``, ``2 500,00 €``, ``25 000 FCFA``.

    Digits are ISO's for the currency, and Latin. Both CFA francs are written as on price tags, number first and
    ``FCFA`` after, in every language; English groups their digits by spaces, as is usual in Cameroon. Spaces are
    no-break spaces (U+202F between digits, U+00A0 before the symbol). In a right-to-left language the amount is
    isolated in the direction of its own letters, so that the words around it don't turn it round.

    Args:
        locale: a language code of Django's (``fr``, ``en-gb``), the active one when left out; an unknown one is
            shown as English.
    """
    where = locale_of(locale or get_language() or "en")
    digits = exponent(amount.currency)
    if amount.currency in ("XAF", "XOF"):
        grouping = Locale("fr") if where.language == "en" else where
        text = f"{format_decimal(amount.to_decimal(), format='#,##0', locale=grouping)}\u00a0FCFA"
    else:
        pattern = parse_pattern(where.currency_formats["standard"].pattern)
        pattern.frac_prec = (digits, digits)
        text = pattern.apply(amount.to_decimal(), where, currency=amount.currency, currency_digits=False)
        # CLDR's currencySpacing rule, which Babel leaves out: a symbol that ends in a letter stands off the digits.
        text = re.sub(r"(?<=[A-Za-z])(?=\d)", "\u00a0", text)
    return _isolated(text) if where.text_direction == "rtl" else text


def _isolated(text: str) -> str:
    """``text`` without direction marks of its own, between isolates of the direction of its letters."""
    bare = text.replace("\u200f", "").replace("\u200e", "")
    is_rtl = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in bare)
    return f"{_RLI if is_rtl else _LRI}{bare}{_PDI}"


def _exact(number: Decimal | int | str) -> Decimal:
    if isinstance(number, bool) or not isinstance(number, Decimal | int | str):
        raise TypeError(f"Amounts are Decimal, int or str, not {type(number).__name__}.")
    try:
        exact = Decimal(number)
    except InvalidOperation:
        raise ValueError(f"{number!r} is not a number.") from None
    if not exact.is_finite():
        raise ValueError(f"{number!r} is not a finite number.")
    return exact


class MoneyProperty:
    """Shows two columns of a model as one :class:`Money`; ``None`` when the amount is null.

    ``price = MoneyProperty("price_minor", "currency")``
    """

    def __init__(self, minor: str, currency: str = "currency") -> None:
        self.minor = minor
        self.currency = currency

    @overload
    def __get__(self, instance: None, owner: type) -> "MoneyProperty": ...
    @overload
    def __get__(self, instance: Any, owner: type) -> Money | None: ...
    def __get__(self, instance: Any, owner: type) -> "MoneyProperty | Money | None":
        if instance is None:
            return self
        minor = getattr(instance, self.minor)
        return None if minor is None else Money(minor, getattr(instance, self.currency))

    def __set__(self, instance: Any, value: Money | None) -> None:
        """Write both columns; ``None`` clears the amount and leaves the currency."""
        setattr(instance, self.minor, None if value is None else value.minor)
        if value is not None:
            setattr(instance, self.currency, value.currency)


class RequiredMoneyProperty(MoneyProperty):
    """The same for columns that are never null: there is always an amount."""

    @overload
    def __get__(self, instance: None, owner: type) -> "RequiredMoneyProperty": ...
    @overload
    def __get__(self, instance: Any, owner: type) -> Money: ...
    def __get__(self, instance: Any, owner: type) -> "RequiredMoneyProperty | Money":
        return self if instance is None else Money(getattr(instance, self.minor), getattr(instance, self.currency))
