"""Who gets what of a course's net price.

The platform keeps its part (``PLATFORM_FEE_PERCENT``, or the course's own :class:`CourseTerms`); the rest belongs to
the course's authors by their weights. A buyer whom one of the authors brought, by the code of a referral link, leaves
the platform less: ``CourseTerms.referred_percent``, else ``REFERRAL_FEE_PERCENT`` where that is less than its usual
part; what the platform forgoes goes to all authors of the course by their weights.

Authors are those that ``CourseShare`` names. Without any, they are the owners who are named on the course's page, in
equal parts; without such owners, the others named there; a course that nobody is named for earns for the platform (a
school's own account may own it silently).

The odd unit: all parts, the platform's too, are cut in one step by the largest remainder; among equal remainders the
authors come before the platform, and among them the one with the greater weight, then the one entered first.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from commerce.models import CourseShare, CourseTerms, ReferralLink
from core.ids import normalize_code
from core.money import Money, allocate
from courses.models import CourseMember
from courses.queries.members import listed_members

__all__ = ["Parts", "Terms", "split", "terms_of"]

#: Parts of a hundred are counted in hundredths of a per cent.
_WHOLE = 100 * 100


@dataclass(frozen=True)
class Terms:
    """How a course's net price is split: the platform's hundredths of a per cent, and authors' ids with weights."""

    platform: int
    authors: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Parts:
    """A net price, split; the parts add up to it. ``authors`` leaves out those who get nothing."""

    platform: Money
    authors: tuple[tuple[int, Money], ...]


def split(net: Money, terms: Terms) -> Parts:
    """Split ``net`` (0 or more) without losing a minor unit; see above for who gets the odd one."""
    weights = [(_WHOLE - terms.platform) * weight for _author, weight in terms.authors]
    platform = terms.platform * sum(weight for _author, weight in terms.authors) if terms.authors else 1
    *shares, kept = allocate(net, [*weights, platform])
    paired = zip((author for author, _weight in terms.authors), shares, strict=True)
    return Parts(kept, tuple((author, share) for author, share in paired if share.minor))


def terms_of(course_keys: Iterable[uuid.UUID], referral: str = "") -> dict[uuid.UUID, Terms]:
    """Terms of some courses as they are now, for a sale with that referral code; a flat number of queries."""
    keys = list(dict.fromkeys(course_keys))
    if not keys:
        return {}
    own = {terms.course_key: terms for terms in CourseTerms.objects.filter(course_key__in=keys)}
    authors = _authors(keys)
    code = normalize_code(referral)
    links = ReferralLink.objects.filter(code=code, is_active=True) if code else ReferralLink.objects.none()
    referrer = links.values_list("owner_id", flat=True).first()
    return {
        key: Terms(
            platform=_platform(own.get(key), is_referred=referrer in dict(authors.get(key, ()))),
            authors=authors.get(key, ()),
        )
        for key in keys
    }


def _platform(terms: CourseTerms | None, *, is_referred: bool) -> int:
    percent = Decimal(terms.platform_percent if terms else settings.PLATFORM_FEE_PERCENT)
    if is_referred:
        agreed = terms.referred_percent if terms else None
        percent = min(percent, Decimal(settings.REFERRAL_FEE_PERCENT)) if agreed is None else Decimal(agreed)
    return int(percent * 100)


def _authors(keys: list[uuid.UUID]) -> dict[uuid.UUID, tuple[tuple[int, int], ...]]:
    found: dict[uuid.UUID, list[tuple[int, int]]] = {}
    for share in CourseShare.objects.filter(course_key__in=keys).order_by("-weight", "pk"):
        found.setdefault(share.course_key, []).append((share.author_id, share.weight))
    for key, members in _members(key for key in keys if key not in found).items():
        owners = [member for member in members if member.role == CourseMember.Role.OWNER]
        found[key] = [(member.user_id, 1) for member in owners or members]
    return {key: tuple(authors) for key, authors in found.items()}


def _members(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[CourseMember]]:
    wanted = list(keys)
    members: dict[uuid.UUID, list[CourseMember]] = {}
    for member in listed_members(wanted) if wanted else ():
        members.setdefault(member.course_key, []).append(member)
    return members
