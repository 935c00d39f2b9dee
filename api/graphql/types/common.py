"""Types that many others use: pictures, money, errors, payloads."""

from typing import Any

import graphene

from core.errors import DomainError
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

    minor = graphene.String(required=True, description="Whole minor units as digits: XAF has none, NGN has kobo.")
    currency = graphene.String(required=True, description="ISO 4217.")
    formatted = graphene.String(required=True, description="As one reads it in the answer's language.")


class UserError(graphene.ObjectType):
    """Why a mutation did nothing."""

    code = graphene.String(required=True, description="Stable name for programs.")
    field = graphene.String(description="The input field at fault, if one is.")
    message = graphene.String(required=True, description="A sentence for people, in their language.")


def user_errors(error: DomainError) -> list[UserError]:
    """A domain's refusal for a payload."""
    return [UserError(code=error.code, field=error.field, message=str(error.message))]
