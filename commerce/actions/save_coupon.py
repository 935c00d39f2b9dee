"""Make a coupon, or change one."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.errors import InvalidCoupon
from commerce.models import Coupon, CouponTarget, Offer
from core import audit
from core.ids import normalize_code
from core.money import Money
from core.policies import require

__all__ = ["save_coupon"]

_CODE = _lazy("A code has 4 to 32 letters and digits; capitals, spaces and hyphens make no difference.")
_TAKEN = _lazy("There is a coupon with this code already.")
_ONE_OF_TWO = _lazy(
    "Give either per cent, above 0 and at most 100, with at most two decimals, or an amount above nothing."
)
_WINDOW = _lazy("The coupon has to end after it begins.")
_USES = _lazy("It has been used more often than that already.")
_DOMAIN = _lazy("Give domains like example.org, without the part before the @.")


def save_coupon(
    *,
    actor: Any,
    coupon: Coupon | None = None,
    code: str = "",
    percent: Decimal | None = None,
    amount: Money | None = None,
    note: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    max_uses: int | None = None,
    max_uses_per_person: int | None = 1,
    only_first_purchase: bool = False,
    is_active: bool = True,
    offers: Sequence[Offer] = (),
    categories: Sequence[str] = (),
    domains: Sequence[str] = (),
) -> Coupon:
    """Make a coupon, or change all of ``coupon`` but its code. Orders that exist keep what it took off them.

    Args:
        actor: who does it; None is the platform itself.
        code: as people type it; stored in capitals without spaces and hyphens.
        percent, amount: what it takes off: one of the two.
        max_uses, max_uses_per_person: None for any number.
        offers, categories: what it is for: these offers, and courses in categories of these short names.
        domains: whom it is for: people with a confirmed e-mail address in one of these domains.

    Raises:
        NotAllowed: the actor may not change coupons.
        InvalidCoupon: it is not complete, or the code is taken; ``field`` says where.
    """
    require(actor is None or policies.can_change_coupons(actor))
    if (percent is None) == (amount is None):
        raise InvalidCoupon(message=_ONE_OF_TWO, field="percent")
    if percent is not None and not (0 < percent <= 100 and percent == percent.quantize(Decimal("0.01"))):
        raise InvalidCoupon(message=_ONE_OF_TWO, field="percent")
    if amount is not None and not 0 < amount.minor < 10**12:
        raise InvalidCoupon(message=_ONE_OF_TWO, field="amount")
    if starts_at and ends_at and ends_at <= starts_at:
        raise InvalidCoupon(message=_WINDOW, field="ends_at")
    fields = {
        "kind": Coupon.Kind.AMOUNT if amount else Coupon.Kind.PERCENT,
        "percent": percent,
        "amount_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else "",
        "note": note.strip()[:200],
        "starts_at": starts_at,
        "ends_at": ends_at,
        "max_uses": max_uses,
        "max_uses_per_person": max_uses_per_person,
        "only_first_purchase": only_first_purchase,
        "is_active": is_active,
    }
    targets = _targets(offers, categories, domains)
    with transaction.atomic():
        stored = _stored(coupon, code, fields, actor)
        stored.targets.all().delete()
        for target in targets:
            target.coupon = stored
        CouponTarget.objects.bulk_create(targets)
        audit.record(
            actor=actor,
            verb="commerce.coupon_changed" if coupon else "commerce.coupon_made",
            target=stored,
            facts={
                "percent": None if percent is None else str(percent),
                "amount": str(amount) if amount else None,
                "max_uses": max_uses,
                "active": is_active,
            },
        )
    return stored


def _stored(coupon: Coupon | None, code: str, fields: dict[str, Any], actor: Any) -> Coupon:
    if coupon is not None:
        stored = Coupon.objects.select_for_update(no_key=True).get(pk=coupon.pk)
        if fields["max_uses"] is not None and fields["max_uses"] < stored.uses:
            raise InvalidCoupon(message=_USES, field="max_uses")
        for name, value in fields.items():
            setattr(stored, name, value)
        stored.save(update_fields=list(fields))
        return stored
    wanted = normalize_code(code)
    if not (4 <= len(wanted) <= 32 and wanted.isascii() and wanted.isalnum()):
        raise InvalidCoupon(message=_CODE, field="code")
    try:
        with transaction.atomic():
            return Coupon.objects.create(code=wanted, created_by=actor, **fields)
    except IntegrityError:
        raise InvalidCoupon(message=_TAKEN, field="code") from None


def _targets(offers: Sequence[Offer], categories: Sequence[str], domains: Sequence[str]) -> list[CouponTarget]:
    kinds = CouponTarget.Kind
    rows = [CouponTarget(kind=kinds.OFFER, offer=offer) for offer in {offer.pk: offer for offer in offers}.values()]
    rows += [CouponTarget(kind=kinds.CATEGORY, value=slug) for slug in dict.fromkeys(categories)]
    for domain in dict.fromkeys(text.strip().lower() for text in domains if text.strip()):
        if "@" in domain or "." not in domain or len(domain) > 255 or any(sign.isspace() for sign in domain):
            raise InvalidCoupon(message=_DOMAIN, field="domains")
        rows.append(CouponTarget(kind=kinds.ORGANIZATION, value=domain))
    return rows
