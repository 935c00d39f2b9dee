"""Carts: whose they are, what is in them, and what that comes to."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from commerce.access import is_over
from commerce.contents import Contents, offer_contents
from commerce.coupons import CouponLine, CouponOffer, check_coupon
from commerce.errors import (
    AlreadyOrdered,
    AlreadyOwned,
    CartNotFound,
    ChosenAmountRefused,
    CouponRefused,
    GiftToOneself,
    NotOnSale,
    SoldOut,
)
from commerce.models import Cart, CartItem, Coupon, Enrollment, Offer, Order, OrderLineCourse
from commerce.pricing import Pricer, Quote, currencies_sold, sold_currency
from commerce.queries import enrollments_by_course
from commerce.taxes import tax_rate, taxed
from core import clock
from core.errors import DomainError
from core.money import Money
from core.policies import is_person

__all__ = [
    "MAX_ITEMS",
    "CartLine",
    "CartView",
    "cart_for",
    "count_cart_items",
    "find_cart",
    "locked_cart",
    "merge_carts",
    "own_addresses",
    "owned_keys",
    "require_cart",
    "view_cart",
]

#: Items in a cart; merging two carts may go beyond it, so that nothing is lost.
MAX_ITEMS = 20


@dataclass(frozen=True)
class CartLine:
    """One item as it would be charged. With a ``problem`` there are no amounts, and it can't be ordered."""

    item: CartItem
    offer: Offer
    title: str
    page: Any  #: the course's or path's, where it is published
    course_keys: frozenset[uuid.UUID]
    quote: Quote | None = None
    discount: Money | None = None  #: the coupon's part
    tax: Money | None = None
    amount: Money | None = None  #: what is owed for it, tax included
    problem: DomainError | None = None

    @property
    def is_gift(self) -> bool:
        """Whether it is for somebody else."""
        return bool(self.item.recipient_email)


@dataclass(frozen=True)
class CartView:
    """A cart with its amounts, all in ``currency``. ``total = subtotal - discount``, plus tax that comes on top."""

    cart: Cart | None
    lines: tuple[CartLine, ...]
    currency: str
    currencies: tuple[str, ...]  #: in which all of it is sold
    subtotal: Money
    discount: Money
    tax: Money
    total: Money
    tax_name: str = ""
    tax_percent: str = ""
    tax_is_inclusive: bool = True
    coupon: Coupon | None = None
    coupon_offer: CouponOffer | None = None
    coupon_problem: DomainError | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return not self.lines

    @property
    def problem(self) -> DomainError | None:
        """The first reason why it can't be ordered as it is."""
        return next((line.problem for line in self.lines if line.problem), None) or self.coupon_problem


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_cart(person: Any, token: str = "") -> Cart | None:
    """Return a person's cart, or the guest's that ``token`` opens; None when there is none."""
    if is_person(person):
        return Cart.objects.filter(owner=person).select_related("coupon").first()
    if not token:
        return None
    return Cart.objects.filter(token_hash=_hashed(token)).select_related("coupon").first()


def count_cart_items(person: Any, token: str = "") -> int:
    """How many items are in a person's cart, or in the guest's that ``token`` opens: one query, or none for neither."""
    if is_person(person):
        return CartItem.objects.filter(cart__owner=person).count()
    return CartItem.objects.filter(cart__token_hash=_hashed(token)).count() if token else 0


def cart_for(person: Any, token: str = "") -> tuple[Cart, str]:
    """Return the cart of a person or guest, made now if need be, and the token that opens it (a person's: none).

    A guest's token is new when theirs opened nothing; only its hash is stored.
    """
    if is_person(person):
        return Cart.objects.get_or_create(owner=person)[0], ""
    found = find_cart(None, token)
    if found:
        return found, token
    fresh = secrets.token_urlsafe(32)
    return Cart.objects.create(token_hash=_hashed(fresh)), fresh


def require_cart(actor: Any, cart: Cart) -> None:
    """Go on only if ``actor`` may change ``cart``: its owner, or for a guest's cart whoever has found it by its token.

    Raises:
        CartNotFound: somebody else's.
    """
    if cart.owner_id is not None and (not is_person(actor) or actor.pk != cart.owner_id):
        raise CartNotFound


def locked_cart(cart: Cart) -> Cart:
    """Lock and return a cart until the transaction ends, as it is now; first in the lock order.

    Raises:
        CartNotFound: it is gone, for instance merged into another one.
        RuntimeError: no transaction is open.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Lock a cart inside transaction.atomic().")
    rows = Cart.objects.select_for_update(of=("self",), no_key=True).select_related("coupon")
    found = rows.filter(pk=cart.pk).first()
    if found is None or found.owner_id != cart.owner_id:
        raise CartNotFound
    return found


def merge_carts(person: Any, token: str) -> Cart | None:
    """Give a guest's cart to who has logged in; what both carts hold stays once, nothing is lost.

    Returns the person's cart, None when there is none. Safe to call twice: the second time the guest's is gone.
    """
    own, guest = find_cart(person), find_cart(None, token)
    if guest is None or not is_person(person):
        return own
    try:
        with transaction.atomic():
            return _merged(person, guest)
    except (CartNotFound, IntegrityError):
        return find_cart(person)  # another request of the same person was faster


def _merged(person: Any, guest: Cart) -> Cart:
    own, _created = Cart.objects.get_or_create(owner=person)
    own = locked_cart(own)
    guest = locked_cart(guest)
    held = {(item.offer_id, item.recipient_email): item for item in own.items.all()}
    for item in guest.items.all():
        same = held.get((item.offer_id, item.recipient_email))
        if same is None:
            item.cart = own
            item.save(update_fields=["cart"])
        elif item.chosen_minor is not None or item.recipient_message:
            # What was chosen last stands.
            same.chosen_minor, same.chosen_currency = item.chosen_minor, item.chosen_currency
            same.recipient_message = item.recipient_message or same.recipient_message
            same.save(update_fields=["chosen_minor", "chosen_currency", "recipient_message"])
    own.coupon = own.coupon or guest.coupon
    own.referral = guest.referral or own.referral
    own.changed_at = clock.now()
    own.save(update_fields=["coupon", "referral", "changed_at"])
    guest.delete()
    return own


def own_addresses(person: Any) -> frozenset[str]:
    """Return a person's e-mail addresses in lower case, confirmed or not; one query."""
    if not is_person(person):
        return frozenset()
    others = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return frozenset(address.lower() for address in (person.email, *others))


def owned_keys(person: Any, keys: frozenset[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return those of the courses that a person has for good, or is kept out of by a suspension; one query.

    What a subscription opens can still be bought: it ends with the subscription.
    """
    found = enrollments_by_course(person, keys).items()
    return frozenset(key for key, held in found if held.source != Enrollment.Source.SUBSCRIPTION and not is_over(held))


def _ordered_keys(person: Any) -> frozenset[uuid.UUID]:
    """Courses in the person's orders that wait for their money, or were paid a moment ago; no gifts; one query."""
    if not is_person(person):
        return frozenset()
    waiting = OrderLineCourse.objects.filter(
        Q(line__order__state=Order.State.PLACED)
        | Q(line__order__state=Order.State.FULFILLED, line__order__fulfilment__granted_at__isnull=True)
        & Q(line__order__fulfilment__isnull=False),
        line__order__learner=person,
        line__recipient_email="",
    )
    return frozenset(waiting.values_list("course_key", flat=True))


def view_cart(
    cart: Cart | None, *, currency: str, country: str = "", language: str = "en", person: Any = None
) -> CartView:
    """Return what a cart comes to; a flat number of queries for any number of items.

    Everything is charged in one currency: ``currency`` if all is sold in it, else one in which all is
    (:func:`~commerce.pricing.sold_currency`). What is not sold in it has a problem of its own.

    Args:
        country: ISO 3166 code of the buyer's, for prices and tax.
        person: the buyer where known: what they own, and what a coupon allows them, is told then.
    """
    items = list(cart.items.select_related("offer")) if cart else []
    offers = list({item.offer_id: item.offer for item in items}.values())
    by_pk = {offer.pk: offer for offer in offers}
    Pricer(currency=currency, country=country).load(offers)
    charged = sold_currency(offers, currency=currency, country=country) if offers else currency
    pricer = Pricer(currency=charged, country=country)
    contents = offer_contents(offers, language)
    keys = frozenset(key for found in contents.values() for key in found.course_keys)
    owned = owned_keys(person, keys) if keys else frozenset()
    ordered = _ordered_keys(person) if keys else frozenset()
    mine = own_addresses(person) if any(item.recipient_email for item in items) else frozenset()
    left = {offer.pk: offer.places_left for offer in offers if offer.places is not None}
    lines = []
    for item in items:
        offer, given = by_pk[item.offer_id], contents[item.offer_id]
        line = CartLine(item, offer, given.title, given.page, given.course_keys)
        try:
            _require_orderable(item, given, owned, ordered, mine)
            _require_place(offer, left)
            lines.append(replace(line, quote=pricer.quote(offer, chosen=_chosen(item, offer, charged))))
        except DomainError as problem:
            lines.append(replace(line, problem=problem))
    return _with_amounts(cart, lines, charged, tuple(currencies_sold(offers, country=country)), country, person)


def _require_orderable(
    item: CartItem,
    given: Contents,
    owned: frozenset[uuid.UUID],
    ordered: frozenset[uuid.UUID],
    mine: frozenset[str],
) -> None:
    if not given.courses:
        raise NotOnSale
    if item.recipient_email:
        if item.recipient_email.lower() in mine:
            raise GiftToOneself
        return
    if given.course_keys <= owned:
        raise AlreadyOwned
    if given.course_keys <= owned | ordered:
        raise AlreadyOrdered


def _require_place(offer: Offer, left: dict[int, int]) -> None:
    """Take one of the places that are ``left`` by offer, for this view alone."""
    if offer.pk in left:
        if not left[offer.pk]:
            raise SoldOut
        left[offer.pk] -= 1


def _chosen(item: CartItem, offer: Offer, currency: str) -> Money | None:
    if item.chosen_minor is None or offer.pricing != Offer.Pricing.CHOICE:
        return None
    if item.chosen_currency != currency:
        raise ChosenAmountRefused
    return Money(item.chosen_minor, item.chosen_currency)


def _with_amounts(
    cart: Cart | None,
    lines: Sequence[CartLine],
    currency: str,
    currencies: tuple[str, ...],
    country: str,
    person: Any,
) -> CartView:
    zero = Money.zero(currency)
    priced = [(line, line.quote.price) for line in lines if line.quote]
    discounts = [zero] * len(priced)
    fitting, coupon_problem = None, None
    if cart and cart.coupon and priced:
        try:
            fitting = check_coupon(
                cart.coupon,
                [CouponLine(line.offer, line.course_keys, price) for line, price in priced],
                currency=currency,
                person=person,
            )
            discounts = list(fitting.discounts)
        except CouponRefused as problem:
            coupon_problem = problem
    rate = tax_rate(country) if priced else None
    result = taxed([price - off for (_line, price), off in zip(priced, discounts, strict=True)], currency, rate)
    amounts = {
        line.item.pk: (off, tax, amount)
        for (line, _price), off, tax, amount in zip(priced, discounts, result.taxes, result.amounts, strict=True)
    }
    shown = []
    for line in lines:
        off, tax, amount = amounts.get(line.item.pk, (None, None, None))
        shown.append(replace(line, discount=off, tax=tax, amount=amount))
    return CartView(
        cart=cart,
        lines=tuple(shown),
        currency=currency,
        currencies=currencies,
        subtotal=Money.sum((price for _line, price in priced), currency),
        discount=Money.sum(discounts, currency),
        tax=result.tax,
        total=result.total,
        tax_name=rate.name if rate else "",
        tax_percent=f"{rate.percent.normalize():f}" if rate else "",
        tax_is_inclusive=rate.is_inclusive if rate else True,
        coupon=cart.coupon if cart else None,
        coupon_offer=fitting,
        coupon_problem=coupon_problem,
    )
