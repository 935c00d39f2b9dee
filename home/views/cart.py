"""The cart: what is in it, putting in, taking out, coupons."""

import re
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.apply_coupon import apply_coupon
from commerce.actions.remove_coupon import remove_coupon
from commerce.actions.remove_from_cart import remove_from_cart
from commerce.carts import CartView, cart_for
from commerce.errors import CartNotFound, ChosenAmountRefused, NotOnSale
from commerce.models import Cart, Offer
from core.errors import DomainError
from core.money import Money
from home.addresses import safe_next
from home.shop import cart_of, cart_token, country_of, keep_token, posted_key, shown_cart, sums_of_cart

_PLAIN = re.compile(r"\d{1,13}(\.\d{1,3})?", re.ASCII)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_cart(request: HttpRequest) -> HttpResponse:
    """Show what is in the visitor's cart. A POST changes it and goes back."""
    if request.method == "POST":
        return change_cart(request)
    cart = cart_of(request)
    context: dict[str, Any] = {"section": "cart", "is_unlisted": True}
    if cart is not None:
        context |= cart_context(request, shown_cart(request, cart))
    return render(request, "home/cart.html", context)


def cart_context(request: HttpRequest, view: CartView) -> dict[str, Any]:
    """What the templates of cart and checkout need of a cart."""
    lines = [(line, line.page.get_url(request) if line.page else "") for line in view.lines]
    return {"view": view, "lines": lines, "sums": sums_of_cart(request, view)}


def change_cart(request: HttpRequest) -> HttpResponse:
    """Do what the form says, and lead back to where it stood; a refusal is a message there."""
    here = safe_next(request, request.POST.get("next", ""), reverse("home:cart"))
    try:
        match request.POST.get("do"):
            case "add":
                return _add(request, here)
            case "remove":
                remove_from_cart(actor=request.user, cart=_cart(request), item_id=posted_key(request, "item"))
            case "coupon":
                apply_coupon(
                    actor=request.user,
                    cart=_cart(request),
                    code=request.POST.get("code", "")[:100],
                    currency=request.POST.get("currency", "")[:3],
                    country=country_of(request),
                    client=request.META.get("REMOTE_ADDR", ""),
                )
                messages.success(request, _("The coupon is in your cart."))
            case "remove_coupon":
                remove_coupon(actor=request.user, cart=_cart(request))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(here)


def _add(request: HttpRequest, here: str) -> HttpResponse:
    """Put an offer in. “Buy now” goes on to the checkout, by way of the log-in where nobody is logged in."""
    offer = Offer.objects.filter(public_id=posted_key(request, "offer")).first()
    if offer is None:
        raise NotOnSale
    chosen = _chosen(request)
    with transaction.atomic():  # what is refused leaves no empty cart behind
        cart, token = cart_for(request.user, cart_token(request))
        add_to_cart(
            actor=request.user,
            cart=cart,
            offer=offer,
            recipient_email=request.POST.get("recipient_email", "").strip()[:255],
            recipient_message=request.POST.get("recipient_message", "").strip()[:600],
            chosen=chosen,
            country=country_of(request),
        )
    if request.POST.get("buy"):
        response = redirect("home:checkout")
    else:
        messages.success(request, _("It is in your cart."))
        response = redirect("home:cart" if request.POST.get("recipient_email") else here)
    if token and token != cart_token(request):
        keep_token(request, response, token)
    return response


def _chosen(request: HttpRequest) -> Money | None:
    """The amount that a buyer typed where they choose, with a point or a comma; None where they don't."""
    text, currency = request.POST.get("chosen", "").strip(), request.POST.get("currency", "")
    if not text:
        return None
    digits = "".join(text.replace(",", ".").split())
    if not _PLAIN.fullmatch(digits):
        raise ChosenAmountRefused
    try:
        return Money.from_decimal(digits, currency)
    except ValueError:
        raise ChosenAmountRefused from None


def _cart(request: HttpRequest) -> Cart:
    cart = cart_of(request)
    if cart is None:
        raise CartNotFound
    return cart
