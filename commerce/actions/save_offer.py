"""Say what is sold."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from commerce import policies
from commerce.errors import InvalidOffer
from commerce.models import BundleItem, Offer, Plan
from commerce.orders import checked_currency
from commerce.places import count_places
from core import audit
from core.ids import new_public_id
from core.policies import require
from courses.models import CoursePage, LearningPathPage

__all__ = ["PlanTerms", "save_offer"]

_OFFERED = _lazy("There is an offer of this course or path already. Change that one.")
_NOT_THERE = _lazy("There is no such course or path.")
_NO_TITLE = _lazy("A bundle or plan needs a title of at most 255 characters.")
_NO_ITEMS = _lazy("Choose at least one course or path.")
_NO_LANGUAGE = _lazy("Titles are by the school's languages, each of at most 255 characters.")
_PLACES = _lazy("A whole number of places from 1, or nothing for any number.")
_NO_PLACES = _lazy("A plan has no number of places: end its sale instead.")
_NO_PLAN = _lazy("Say what the plan gives: all courses, one path, or chosen ones.")

#: What the column holds on every database.
_MOST_PLACES = 2**31 - 1

Item = tuple[str, uuid.UUID]


@dataclass(frozen=True)
class PlanTerms:
    """What a plan gives. ``path_key`` where the scope is one path; chosen items are the offer's."""

    interval: str = Plan.Interval.MONTH
    scope: str = Plan.Scope.CATALOGUE
    path_key: uuid.UUID | None = None
    trial_days: int = 0


def save_offer(
    *,
    actor: Any,
    offer: Offer | None = None,
    kind: str = "",
    key: uuid.UUID | None = None,
    title: str = "",
    titles: Mapping[str, str] | None = None,
    pricing: str = Offer.Pricing.FIXED,
    base_currency: str = "",
    is_on_sale: bool = True,
    places: int | None = None,
    items: Sequence[Item] = (),
    plan: PlanTerms | None = None,
) -> Offer:
    """Make an offer, or change ``offer``. Orders that exist keep what they were placed for.

    Args:
        actor: who does it; None is the platform itself.
        kind: of a new one; an offer keeps its kind and what it sells.
        key: translation key of the course or path of a new one.
        title: of bundles and plans, in the school's first language; of others the page's, when left out.
        titles: in other languages, by code.
        base_currency: what prices in other currencies are converted from; empty for none.
        places: how often it can be sold, what was sold before included; None for any number.
        items: kind and key of each course or path of a bundle, or of a plan of chosen ones, in order.
        plan: of plans.

    Raises:
        NotAllowed: the actor may not change prices.
        InvalidOffer: it is not complete, or the course or path has one; ``field`` says where.
        InvalidCurrency: no such currency.
    """
    require(actor is None or policies.can_change_prices(actor))
    kind = offer.kind if offer else kind
    if kind not in Offer.Kind.values or pricing not in Offer.Pricing.values:
        raise InvalidOffer(field="kind")
    if base_currency:
        checked_currency(base_currency)
    _check_places(kind, places)
    others = _checked_titles(titles or {})
    found = _items(items) if kind in (Offer.Kind.BUNDLE, Offer.Kind.PLAN) else []
    if kind == Offer.Kind.BUNDLE and not found:
        raise InvalidOffer(message=_NO_ITEMS, field="items")
    if kind == Offer.Kind.PLAN:
        _check_plan(plan, found)
    fields = {
        "titles": others,
        "pricing": pricing,
        "base_currency": base_currency,
        "is_on_sale": is_on_sale,
        "places": places,
    }
    with transaction.atomic():
        stored = _stored(offer, kind, key, title.strip(), fields)
        _write_items(stored, found)
        if plan is not None and kind == Offer.Kind.PLAN:
            Plan.objects.update_or_create(
                offer=stored,
                defaults={
                    "interval": plan.interval,
                    "scope": plan.scope,
                    "path_key": plan.path_key if plan.scope == Plan.Scope.PATH else None,
                    "trial_days": plan.trial_days,
                },
            )
        audit.record(
            actor=actor,
            verb="commerce.offer_changed" if offer else "commerce.offer_made",
            target=stored,
            facts={"kind": kind, "pricing": pricing, "base": base_currency, "on_sale": is_on_sale, "places": places},
        )
    return stored


def _stored(offer: Offer | None, kind: str, key: uuid.UUID | None, title: str, fields: dict[str, Any]) -> Offer:
    if len(title) > 255:
        raise InvalidOffer(message=_NO_TITLE, field="title")
    if offer is not None:
        # The key too: orders that are being written hold it (commerce.places), to be counted or to see the limit.
        stored = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
        _limit(stored, fields["places"])
        stored.title = title or stored.title
        for name, value in fields.items():
            setattr(stored, name, value)
        stored.save()
        return stored
    if kind in (Offer.Kind.BUNDLE, Offer.Kind.PLAN):
        if not title:
            raise InvalidOffer(message=_NO_TITLE, field="title")
        own = new_public_id()
        return Offer.objects.create(public_id=own, kind=kind, key=own, title=title, **fields)
    if key is None:
        raise InvalidOffer(message=_NOT_THERE, field="key")
    page_title = _page_titles({(kind, key)}).get((kind, key))
    if page_title is None:
        raise InvalidOffer(message=_NOT_THERE, field="key")
    try:
        with transaction.atomic():
            return Offer.objects.create(kind=kind, key=key, title=title or page_title, **fields)
    except IntegrityError:
        raise InvalidOffer(message=_OFFERED, field="key") from None


def _limit(offer: Offer, places: int | None) -> None:
    """Count what was sold of a locked offer that gets a limit now; never below what is taken."""
    if places is not None and offer.places is None:
        offer.places_taken = count_places(offer)
    if places is not None and places < offer.places_taken:
        raise InvalidOffer(
            message=ngettext(
                "%(number)s place is taken already: at least as many.",
                "%(number)s places are taken already: at least as many.",
                offer.places_taken,
            )
            % {"number": offer.places_taken},
            field="places",
        )


def _check_places(kind: str, places: int | None) -> None:
    if places is None:
        return
    if kind == Offer.Kind.PLAN:
        raise InvalidOffer(message=_NO_PLACES, field="places")
    if not 1 <= places <= _MOST_PLACES:
        raise InvalidOffer(message=_PLACES, field="places")


def _checked_titles(titles: Mapping[str, str]) -> dict[str, str]:
    known = {code for code, _name in settings.LANGUAGES}
    kept = {language: text.strip() for language, text in titles.items() if text.strip()}
    if not kept.keys() <= known or any(len(text) > 255 for text in kept.values()):
        raise InvalidOffer(message=_NO_LANGUAGE, field="titles")
    return kept


def _check_plan(plan: PlanTerms | None, items: Sequence[Any]) -> None:
    if plan is None or plan.interval not in Plan.Interval.values or plan.scope not in Plan.Scope.values:
        raise InvalidOffer(message=_NO_PLAN, field="scope")
    if not 0 <= plan.trial_days <= 365:
        raise InvalidOffer(field="trial_days")
    if plan.scope == Plan.Scope.PATH:
        wanted = (Offer.Kind.PATH.value, plan.path_key)
        if plan.path_key is None or wanted not in _page_titles({(Offer.Kind.PATH.value, plan.path_key)}):
            raise InvalidOffer(message=_NOT_THERE, field="path_key")
    if plan.scope == Plan.Scope.ITEMS and not items:
        raise InvalidOffer(message=_NO_ITEMS, field="items")


def _items(items: Sequence[Item]) -> list[tuple[Item, str]]:
    """The items, each once, with their titles."""
    wanted = list(dict.fromkeys((str(kind), key) for kind, key in items))
    titles = _page_titles(set(wanted))
    if any(item not in titles for item in wanted):
        raise InvalidOffer(message=_NOT_THERE, field="items")
    return [(item, titles[item]) for item in wanted]


def _write_items(offer: Offer, items: Sequence[tuple[Item, str]]) -> None:
    if not items and not offer.items.exists():
        return
    offer.items.all().delete()
    BundleItem.objects.bulk_create(
        BundleItem(offer=offer, kind=kind, key=key, title=title[:255], position=position)
        for position, ((kind, key), title) in enumerate(items)
    )


def _page_titles(items: set[Item]) -> dict[Item, str]:
    """Titles of courses and paths, published or not, in the language that they were written in first."""
    titles: dict[Item, str] = {}
    for kind, model in ((Offer.Kind.COURSE, CoursePage), (Offer.Kind.PATH, LearningPathPage)):
        keys = [key for wanted, key in items if wanted == kind]
        if keys:
            rows = (
                model.objects.filter(translation_key__in=keys).order_by("-pk").values_list("translation_key", "title")
            )
            titles |= {(kind.value, key): title for key, title in rows}
    return titles
