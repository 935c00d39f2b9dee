"""Asking for one's money back."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce.actions.request_refund import request_refund
from commerce.models import Order, Refund
from commerce.refunds import refundable
from core.errors import DomainError
from home.forms import RefundForm
from home.shop import fresh_key
from home.views.orders import order_of

#: By the codes of ``commerce.refunds.Refundable.why_not``.
_WHY_NOT: dict[str, str | Promise] = {
    "not_paid": _lazy("Nothing has been paid for this order."),
    "nothing_left": _lazy("The money of this order has been given back, or is on its way."),
    "disputed": _lazy("Your bank is looking into this payment. It decides about the money."),
    "window_over": _lazy("The time in which you can decide this by yourself is over."),
    "certificate": _lazy("You hold a certificate of what you bought."),
    "gift_taken": _lazy("The gift has been taken."),
}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_back(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say what can be given back of an order and ask why; a POST asks for it."""
    order = order_of(request, public_id, is_own=True)
    found = refundable(order, request.user)
    lines = [(str(line.public_id), line.title) for line in order.lines.all() if line.amount_minor]
    form = RefundForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            refund = _request(request, order, form)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _said(refund))
        return redirect("home:order", order.public_id)
    context = {
        "order": order,
        "refundable": found,
        "why_not": _WHY_NOT.get(found.why_not, _lazy("Nothing can be given back of this order.")),
        "form": form,
        "key": request.POST.get("key", "")[:64] or fresh_key(),
        "section": "profile",
        "is_unlisted": True,
    }
    return render(request, "home/refund.html", context, status=400 if form.errors else 200)


def _request(request: HttpRequest, order: Order, form: RefundForm) -> Refund:
    chosen = form.cleaned_data.get("lines") or []
    lines = [line for line in order.lines.all() if str(line.public_id) in chosen]
    return request_refund(
        actor=request.user,
        order=order,
        lines=lines or None,
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
        idempotency_key=request.POST.get("key", "")[:64] or fresh_key(),
    )


def _said(refund: Refund) -> str:
    if refund.state == Refund.State.REQUESTED:
        return _("We have got your request. A person looks at it and answers by mail.")
    return _("The money is on its way back to where it came from.")
