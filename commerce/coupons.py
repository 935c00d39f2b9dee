"""Whether a coupon fits, for whom and what, how much it takes off, and how its uses are counted.

A use is reserved when an order is placed, used when it is paid, released when it is cancelled; reserved and used ones
count against the limits. Whoever counts holds the lock of the coupon's row, so rivals for the last use come one by
one; on SQLite the transaction itself is the lock. The columns' constraints hold even against a mistake here.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from commerce.errors import CouponRefused, PricesChanged
from commerce.models import Coupon, CouponTarget, CouponUse, Offer, Order
from core import clock
from core.ids import normalize_code
from core.money import Money, allocate, percentage
from core.policies import is_person
from courses.models import CoursePage

__all__ = ["CouponLine", "CouponOffer", "check_coupon", "find_coupon", "release_coupon", "reserve_coupon", "use_coupon"]

_REASONS: dict[str, str | Promise] = {
    "coupon_inactive": _lazy("This coupon is no longer valid."),
    "coupon_not_started": _lazy("This coupon is not valid yet."),
    "coupon_expired": _lazy("This coupon has expired."),
    "coupon_used_up": _lazy("This coupon has been used as often as it may be."),
    "coupon_used_by_you": _lazy("You have used this coupon already, or an unpaid order of yours holds it."),
    "coupon_first_purchase": _lazy("This coupon is for a first purchase only."),
    "coupon_not_for_these": _lazy("This coupon is not for anything in your cart."),
    "coupon_not_for_you": _lazy(
        "This coupon is for members of an organisation. Add your address there to your account and confirm it."
    ),
    "coupon_login": _lazy("Log in to use this coupon: it is for members of an organisation."),
    "coupon_currency": _lazy("This coupon is for another currency. Choose that currency, or remove the coupon."),
}


@dataclass(frozen=True)
class CouponLine:
    """What a coupon may be taken off of: an offer, the courses it gives, and its price."""

    offer: Offer
    course_keys: frozenset[uuid.UUID]
    price: Money


@dataclass(frozen=True)
class CouponOffer:
    """A coupon that fits: what it takes off each line."""

    coupon: Coupon
    discounts: tuple[Money, ...]

    @property
    def total(self) -> Money:
        """What it takes off in all."""
        return Money.sum(self.discounts, self.discounts[0].currency)


def find_coupon(code: str) -> Coupon | None:
    """Return the coupon of a code as people type it."""
    wanted = normalize_code(str(code)[:100])
    if not wanted or not wanted.isprintable() or len(wanted) > 32:
        return None
    return Coupon.objects.filter(code=wanted).first()


def check_coupon(coupon: Coupon, lines: Sequence[CouponLine], *, currency: str, person: Any) -> CouponOffer:
    """Return what a coupon takes off these lines for this person.

    At most five queries. A visitor without an account is told about personal limits when they order.

    Args:
        lines: at least one, all priced in ``currency``.
        person: who buys; a visitor is nobody.

    Raises:
        CouponRefused: it doesn't fit; its ``code`` says why.
    """
    _check_time_and_total(coupon, clock.now())
    targets = list(coupon.targets.all())
    fits = _fitting(lines, targets)
    if not any(fits):
        raise _refused("coupon_not_for_these")
    _check_organization(targets, person)
    if is_person(person):
        _check_person(coupon, person)
    return CouponOffer(coupon, tuple(_discounts(coupon, lines, fits, currency)))


def _check_time_and_total(coupon: Coupon, at: datetime) -> None:
    if not coupon.is_active:
        raise _refused("coupon_inactive")
    if coupon.starts_at and at < coupon.starts_at:
        raise _refused("coupon_not_started")
    if coupon.ends_at and at >= coupon.ends_at:
        raise _refused("coupon_expired")
    if coupon.max_uses is not None and coupon.uses >= coupon.max_uses:
        raise _refused("coupon_used_up")


def _check_person(coupon: Coupon, person: Any) -> None:
    if coupon.only_first_purchase:
        bought = Order.objects.filter(learner=person, state__in=[Order.State.FULFILLED, Order.State.REFUNDED])
        if bought.filter(total_minor__gt=0).exists():
            raise _refused("coupon_first_purchase")
    limit = 1 if coupon.only_first_purchase else coupon.max_uses_per_person
    if limit is not None and _held(coupon, person).count() >= limit:
        raise _refused("coupon_used_by_you")


def _held(coupon: Coupon, person: Any) -> Any:
    return CouponUse.objects.filter(coupon=coupon, learner=person, number__isnull=False)


def _check_organization(targets: Sequence[CouponTarget], person: Any) -> None:
    domains = {target.value for target in targets if target.kind == CouponTarget.Kind.ORGANIZATION}
    if not domains:
        return
    if not is_person(person):
        raise _refused("coupon_login")
    verified = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    if not domains & {address.rpartition("@")[2].lower() for address in verified}:
        raise _refused("coupon_not_for_you")


def _fitting(lines: Sequence[CouponLine], targets: Sequence[CouponTarget]) -> list[bool]:
    """Which lines a coupon is for. A path or bundle is in a category when all of its courses are."""
    offers = {target.offer_id for target in targets if target.kind == CouponTarget.Kind.OFFER}
    categories = {target.value for target in targets if target.kind == CouponTarget.Kind.CATEGORY}
    if not offers and not categories:
        return [True] * len(lines)
    inside: set[uuid.UUID] = set()
    if categories:
        keys = {key for line in lines for key in line.course_keys}
        pages = CoursePage.objects.filter(translation_key__in=keys, live=True, categories__slug__in=categories)
        inside = set(pages.values_list("translation_key", flat=True))
    return [line.offer.pk in offers or (bool(line.course_keys) and line.course_keys <= inside) for line in lines]


def _discounts(coupon: Coupon, lines: Sequence[CouponLine], fits: Sequence[bool], currency: str) -> list[Money]:
    """Share what is taken off among the lines it fits, in proportion to their prices; never more than a price."""
    eligible = [line.price.minor if fit else 0 for line, fit in zip(lines, fits, strict=True)]
    whole = Money(sum(eligible), currency)
    if coupon.kind == Coupon.Kind.AMOUNT:
        if coupon.currency != currency:
            raise _refused("coupon_currency")
        off = min(Money(coupon.amount_minor or 0, currency), whole)
    else:
        off = percentage(whole, coupon.percent or 0, rounding=ROUND_HALF_UP)
    return allocate(off, eligible) if whole.minor else [whole] * len(lines)


def _refused(code: str) -> CouponRefused:
    return CouponRefused(code, _REASONS[code])


def _locked(pk: int) -> Coupon:
    if not connection.in_atomic_block:
        raise RuntimeError("Lock a coupon inside transaction.atomic().")
    return Coupon.objects.select_for_update(no_key=True).get(pk=pk)


def reserve_coupon(order: Order, fitting: CouponOffer) -> CouponUse | None:
    """Reserve a use for an order just written; None where nothing is taken off.

    Inside the order's transaction, after the order and payment: the coupon comes late in the lock order.

    Raises:
        CouponRefused: a rival was faster, or it was switched off meanwhile.
        PricesChanged: it takes off something else by now.
    """
    if not fitting.total.minor:
        return None
    coupon = _locked(fitting.coupon.pk)
    _check_time_and_total(coupon, clock.now())
    _check_person(coupon, order.learner)
    terms = ("kind", "percent", "amount_minor", "currency")
    if any(getattr(coupon, name) != getattr(fitting.coupon, name) for name in terms):
        raise PricesChanged
    taken = set(_held(coupon, order.learner).values_list("number", flat=True))
    use = CouponUse.objects.create(
        coupon=coupon,
        order=order,
        learner=order.learner,
        number=next(number for number in range(1, len(taken) + 2) if number not in taken),
        discount_minor=fitting.total.minor,
        currency=order.currency,
    )
    Coupon.objects.filter(pk=coupon.pk).update(uses=F("uses") + 1)
    return use


def use_coupon(order: Order) -> None:
    """Note that an order with a coupon was paid; inside the settlement's transaction, safe to call twice.

    One whose use was released (the money came after all) keeps its price; the use is not counted again.
    """
    CouponUse.objects.filter(order=order, state=CouponUse.State.RESERVED).update(state=CouponUse.State.USED)


def release_coupon(order: Order) -> None:
    """Give a reserved use back; inside the cancellation's transaction, safe to call twice."""
    use = CouponUse.objects.filter(order=order, state=CouponUse.State.RESERVED).first()
    if use is None:
        return
    coupon = _locked(use.coupon_id)
    released = CouponUse.objects.filter(pk=use.pk, state=CouponUse.State.RESERVED)
    if released.update(state=CouponUse.State.RELEASED, number=None):
        Coupon.objects.filter(pk=coupon.pk).update(uses=F("uses") - 1)
