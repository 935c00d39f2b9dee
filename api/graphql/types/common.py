"""Types that many others use: pictures, money, errors, payloads."""

import re
from typing import Any

import graphene
from django.utils.translation import gettext as _
from django.utils.translation import override
from graphene.utils.str_converters import to_camel_case

from api.graphql.context import context_of
from commerce.errors import InvalidCurrency
from commerce.price_tags import PriceTag
from core.currencies import CURRENCIES
from core.errors import DomainError, InvalidInput
from core.money import Money
from courses.queries.pictures import Picture


class PictureType(graphene.ObjectType):
    """An image as WebP in several widths."""

    class Meta:
        name = "Picture"

    src = graphene.String(required=True, description="Address of a middle size.")
    srcset = graphene.String(required=True, description="For `srcset`: addresses with widths. Empty for SVG.")
    alt = graphene.String(required=True, description="Description for people who can't see it; empty for decoration.")
    width = graphene.Int(required=True, description="Pixels of the largest file.")
    height = graphene.Int(required=True)


def picture(found: Picture | None, alt: str, absolute: Any) -> PictureType | None:
    """A picture type with absolute addresses (``absolute`` turns a path into one)."""
    if found is None:
        return None
    srcset = ", ".join(
        f"{absolute(part.split(' ')[0])} {part.split(' ')[1]}" for part in found.srcset.split(", ") if part
    )
    return PictureType(src=absolute(found.src), srcset=srcset, alt=alt, width=found.width, height=found.height)


class MoneyType(graphene.ObjectType):
    """An amount of money."""

    class Meta:
        name = "Money"

    amount = graphene.String(
        required=True, description="Major units as a decimal number with the currency's digits: 25000, 38.11."
    )
    minor = graphene.String(required=True, description="Whole minor units as digits: XAF has none, NGN has kobo.")
    currency = graphene.String(required=True, description="ISO 4217.")
    formatted = graphene.String(required=True, description="As one reads it in the answer's language.")


def money(found: Money, language: str) -> MoneyType:
    """An amount, formatted in ``language``."""
    return MoneyType(
        amount=str(found.to_decimal()),
        minor=str(found.minor),
        currency=found.currency,
        formatted=found.format(language),
    )


def amount(minor: int | None, currency: str, info: Any) -> MoneyType | None:
    """An amount of a row's two columns, formatted in the answer's language."""
    return None if minor is None else money(Money(minor, currency), context_of(info).language)


class MoneyInput(graphene.InputObjectType):
    """An amount of money."""

    amount = graphene.String(required=True, description="Major units in digits, with a point: 25000, 38.11.")
    currency = graphene.String(required=True, description="ISO 4217.")


#: Plain digits, so that no exponent grows into a number of a million digits.
_AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,8})?", re.ASCII)


def read_money(given: dict[str, Any], field: str) -> Money:
    """An amount from outside.

    Raises:
        InvalidInput: no amount, more digits than the currency has, or no currency.
    """
    if given["currency"] not in CURRENCIES:
        raise InvalidCurrency(field=field)
    try:
        if not _AMOUNT.fullmatch(given["amount"]):
            raise ValueError(given["amount"])
        return Money.from_decimal(given["amount"], given["currency"])
    except ValueError as error:
        raise InvalidInput("invalid_amount", _("Give an amount in digits, like 2500 or 12.50."), field) from error


class DisplayPrice(graphene.ObjectType):
    """A price as somebody is shown it, who thinks in another currency than the one that is charged."""

    amount = graphene.String(required=True, description="In `currency`; to say about how much, never to charge.")
    currency = graphene.String(
        required=True, description="The one asked for, or the charged one where no fresh rate leads there."
    )
    formatted = graphene.String(
        required=True, description="With the charged amount first: “25 000 FCFA, about €38.11”."
    )
    is_converted = graphene.Boolean(required=True, description="Whether it is another amount than is charged.")
    rate_date = graphene.Date(
        description="Day of the exchange rate; null when nothing was converted, or at a rate that law has fixed."
    )
    charged = graphene.Field(MoneyType, required=True)


def display_price(tag: PriceTag, language: str) -> DisplayPrice:
    """A price tag, formatted in ``language``."""
    with override(language):
        formatted = str(tag)
    return DisplayPrice(
        amount=str(tag.shown.to_decimal()),
        currency=tag.shown.currency,
        formatted=formatted,
        is_converted=tag.about is not None,
        rate_date=tag.rate_date,
        charged=money(tag.charged, language),
    )


class UserError(graphene.ObjectType):
    """Why a mutation did nothing."""

    code = graphene.String(required=True, description="Stable name for programs.")
    field = graphene.String(description="The input field at fault, if one is.")
    message = graphene.String(required=True, description="A sentence for people, in their language.")


def user_errors(error: DomainError) -> list[UserError]:
    """A domain's refusal for a payload; its field is named as the input writes it."""
    field = ".".join(to_camel_case(part) for part in error.field.split(".")) if error.field else None
    return [UserError(code=error.code, field=field, message=str(error.message))]
