"""Places of offers that are sold so many times and no more: a course with so many seats.

A line of an order holds one place from the moment it is ordered; it is free again when the order is cancelled or
expires, or the line is given back. Whoever counts holds the lock of the offer's row, so rivals for the last place come
one by one; on SQLite the transaction itself is the lock. The columns' constraint holds even against a mistake here.

Counted is what is sold by this offer: a course that is in a bundle, path or plan too has places of its own there.
"""

from collections import Counter
from collections.abc import Iterable

from django.db import connection
from django.db.models import F, QuerySet

from commerce.errors import SoldOut
from commerce.models import Offer, Order, OrderLine, Refund

__all__ = ["count_places", "release_places", "reserve_places", "take_places"]


def reserve_places(order: Order) -> bool:
    """Let every line of ``order`` hold a place where its offer has so many; False, and nothing, if one can't have one.

    Raises:
        RuntimeError: no transaction is open.
    """
    wanted = Counter(_without_place(order).values_list("offer_id", flat=True))
    offers = _locked(wanted)
    if any(offer.places_left < wanted[offer.pk] for offer in offers):
        return False
    for offer in offers:
        taken = wanted[offer.pk]
        Offer.objects.filter(pk=offer.pk).update(places_taken=F("places_taken") + taken)
    _without_place(order).filter(offer__in=offers).update(holds_place=True)
    return True


def take_places(order: Order) -> None:
    """Take a place for every line of an order just written, where its offer has so many and no more.

    Inside the order's transaction, after its lines. Until that ends, nobody limits an offer of theirs: the order either
    sees the limit here or is counted by who sets it.

    Raises:
        SoldOut: a rival was faster.
    """
    _keep_from_limits(order)
    if not reserve_places(order):
        raise SoldOut


def release_places(order: Order, lines: Iterable[OrderLine] | None = None) -> None:
    """Give the places of ``lines`` back, or of the whole order; safe to call twice."""
    held = OrderLine.objects.filter(order=order, holds_place=True)
    if lines is not None:
        held = held.filter(pk__in=[line.pk for line in lines])
    freed = Counter(held.values_list("offer_id", flat=True))
    if not freed:
        return
    _locked(freed, limited=False)
    # Read again under the lock: somebody else may have released them.
    freed = Counter(held.values_list("offer_id", flat=True))
    held.update(holds_place=False)
    for key, number in freed.items():
        Offer.objects.filter(pk=key).update(places_taken=F("places_taken") - number)


def count_places(offer: Offer) -> int:
    """Let every line of ``offer``, locked, that is ordered or paid hold a place; returns how many do.

    For an offer that is limited from now on: what was sold before counts.
    """
    lines = OrderLine.objects.filter(offer=offer, order__state__in=[Order.State.PLACED, Order.State.FULFILLED])
    given_back = Refund.objects.filter(state=Refund.State.SUCCEEDED, lines__offer=offer).values("lines")
    lines.exclude(pk__in=given_back).update(holds_place=True)
    return OrderLine.objects.filter(offer=offer, holds_place=True).count()


def _keep_from_limits(order: Order) -> None:
    """Let who sets a limit (``save_offer``, which locks the key too) wait for this transaction; buyers don't wait.

    The lines refer to their offers, but PostgreSQL looks at that, and locks, when the transaction ends: too late.
    Django has no word for this lock. On SQLite one transaction writes at a time.
    """
    if connection.vendor != "postgresql":
        return
    ordered = OrderLine.objects.filter(order=order, offer__isnull=False).order_by().values("offer")
    query, values = Offer.objects.filter(pk__in=ordered).order_by("pk").values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{query} FOR KEY SHARE OF commerce_offer", values)


def _without_place(order: Order) -> "QuerySet[OrderLine]":
    return OrderLine.objects.filter(order=order, holds_place=False, offer__places__isnull=False)


def _locked(keys: Iterable[int], *, limited: bool = True) -> list[Offer]:
    if not connection.in_atomic_block:
        raise RuntimeError("Lock offers inside transaction.atomic().")
    offers = Offer.objects.filter(pk__in=list(keys))
    if limited:
        offers = offers.filter(places__isnull=False)
    return list(offers.order_by("pk").select_for_update(no_key=True))
