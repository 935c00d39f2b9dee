"""The checkout's first screen: what is bought, where the buyer is, what stands on the invoice."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce.actions.place_order import place_order
from commerce.carts import CartView
from commerce.errors import CartEmpty
from commerce.models import Cart, Order
from core.errors import DomainError
from core.idempotency import KeyReused
from core.money import Money
from home.forms import CheckoutForm
from home.shop import REFERRAL_COOKIE, cart_of, country_of, fresh_key, shown_cart
from home.views.cart import cart_context


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_out(request: HttpRequest) -> HttpResponse:
    """Show the order as it would be in a country and currency (``?country=&currency=``); a POST places it."""
    cart = cart_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    if cart is None:
        return _nothing_there(request)
    view = shown_cart(request, cart, country=_country(request, asked), currency=asked.get("currency", "")[:3])
    if view.is_empty:
        return _nothing_there(request)
    form = _form(request, view, asked)
    if request.method == "POST":
        if request.POST.get("do") != "place":
            return redirect(_with_choices(asked))
        if form.is_valid():
            try:
                return _place(request, cart, form)
            except (CartEmpty, KeyReused):
                return _nothing_there(request)
            except DomainError as error:
                messages.error(request, str(error))
                return redirect(_with_choices(asked))
    context = cart_context(request, view) | {
        "form": form,
        "optional": [form[name] for name in ("company", "address", "city", "tax_number")],
        "has_company": any(form[name].value() or form[name].errors for name in ("company", "address", "tax_number")),
        "key": fresh_key(),
        "section": "cart",
        "is_unlisted": True,
    }
    return render(request, "home/checkout.html", context, status=400 if form.errors else 200)


def _form(request: HttpRequest, view: CartView, asked: QueryDict) -> CheckoutForm:
    currencies = list(dict.fromkeys([view.currency, *view.currencies]))
    if request.method == "POST" and asked.get("do") == "place":
        return CheckoutForm(asked, currencies=currencies)
    country = _country(request, asked)
    last = Order.objects.filter(learner=request.user.pk).exclude(billing={}).first()
    billing: dict[str, Any] = last.billing if last else {}
    name = request.user.get_full_name()  # type: ignore[union-attr]
    first = {"name": name, **billing, "country": country, "currency": view.currency}
    return CheckoutForm(initial=first, currencies=currencies)


def _place(request: HttpRequest, cart: Cart, form: CheckoutForm) -> HttpResponse:
    order = place_order(
        actor=request.user,
        cart=cart,
        currency=form.cleaned_data["currency"],
        country=form.cleaned_data["country"],
        language=request.LANGUAGE_CODE,  # type: ignore[attr-defined]
        billing=form.billing,
        idempotency_key=request.POST.get("key", "")[:64] or fresh_key(),
        expected_total=_shown(request.POST.get("shown", "")),
        referral=request.COOKIES.get(REFERRAL_COOKIE, "")[:32],
    )
    if order.state != Order.State.PLACED:
        return redirect("home:order", order.public_id)
    return redirect("home:pay_order", order.public_id)


def _nothing_there(request: HttpRequest) -> HttpResponse:
    """The cart is empty: lead to the order that came of it, where one waits for its money."""
    waiting = Order.objects.filter(learner=request.user.pk, state=Order.State.PLACED, total_minor__gt=0).first()
    if waiting is not None:
        messages.info(request, _("You have placed this order already. Pay it here, or cancel it."))
        return redirect("home:pay_order", waiting.public_id)
    return redirect("home:cart")


def _country(request: HttpRequest, asked: QueryDict) -> str:
    """The country that was chosen; the visitor's own as long as none was."""
    if "country" in asked:
        code = str(asked["country"])
        return code if len(code) == 2 and code.isascii() and code.isalpha() and code.isupper() else ""
    return country_of(request)


def _with_choices(asked: QueryDict) -> str:
    chosen = QueryDict(mutable=True)
    for name in ("country", "currency"):
        if name in asked:
            chosen[name] = str(asked[name])[:3]
    return f"{reverse('home:checkout')}?{chosen.urlencode()}" if chosen else reverse("home:checkout")


def _shown(text: str) -> Money | None:
    """The total that the form showed: ``25000 XAF`` in minor units."""
    minor, _blank, currency = text.partition(" ")
    try:
        return Money(int(minor[:18]), currency)
    except (ValueError, TypeError):
        return None
