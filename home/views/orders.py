"""A person's orders: the list with payments and documents, one order, its documents, money back."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from commerce.actions.cancel_order import cancel_order
from commerce.invoices import invoice_file_name, pdf_of
from commerce.models import Order, PaymentAttempt
from commerce.policies import view_invoice, view_order
from commerce.queries import orders_of
from commerce.refunds import claim_link
from core.errors import DomainError, NotFound
from home.order_pages import ShownAttempt, colour_of, lines_of, next_steps, order_rows
from home.shop import sums_of_order

__all__ = ["order_of", "order_state", "show_order", "show_orders", "show_receipt"]

PER_PAGE = 20


@never_cache
@login_required
@require_safe
def show_orders(request: HttpRequest) -> HttpResponse:
    """List a person's orders, the newest first."""
    mine = orders_of(request.user).prefetch_related("invoices").select_related("payment__accepted_attempt")
    result = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "profile",
        "rows": order_rows(result.object_list),
        "result": result,
        "address_of_page": f"{request.path}?page=",
        "is_unlisted": True,
    }
    return render(request, "home/orders.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_order(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show one order: what now, what was bought, how it was paid. A POST cancels it."""
    order = order_of(request, public_id)
    if request.method == "POST":
        if request.POST.get("do") == "cancel":
            try:
                cancel_order(actor=request.user, order=order)
                messages.success(request, _("The order is cancelled."))
            except DomainError as error:
                messages.error(request, str(error))
        return redirect("home:order", order.public_id)
    lines = lines_of(order)
    attempts = list(order.attempts.order_by("-created_at", "-pk"))
    is_paid = order.state == Order.State.FULFILLED
    context = {
        "section": "profile",
        "order": order,
        "state": order.get_state_display(),
        "colour": colour_of(order.state),
        "lines": lines,
        "sums": sums_of_order(order),
        "attempts": [ShownAttempt(attempt) for attempt in attempts],
        "open_attempt": next((one for one in attempts if one.state in PaymentAttempt.OPEN_STATES), None),
        "is_being_granted": _is_being_granted(order),
        "nexts": next_steps(request, order, lines) if is_paid else [],
        "invoices": list(order.invoices.order_by("issued_at")),
        "refunds": [(refund, claim_link(refund, request.user)) for refund in order.refunds.select_related("order")],
        "may_ask_back": order.learner_id == request.user.pk and _is_anything_left(order),
        "is_unlisted": True,
    }
    return render(request, "home/order.html", context)


@never_cache
@login_required
@require_safe
def order_state(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Whether everything that was bought is open, for the page's script: ``url`` as soon as it is."""
    order = order_of(request, public_id)
    url = "" if _is_being_granted(order) else reverse("home:order", args=[order.public_id])
    return JsonResponse({"url": url, "text": ""})


@never_cache
@login_required
@require_safe
def show_receipt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The invoice of an order as PDF, or another of its documents (``?number=``)."""
    order = order_of(request, public_id)
    documents = view_invoice.filter(request.user).filter(order=order).order_by("issued_at", "pk")
    number = request.GET.get("number", "")
    document = (documents.filter(number=number[:32]) if number else documents).first()
    if document is None:
        raise Http404
    response = HttpResponse(pdf_of(document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{invoice_file_name(document)}"'
    return response


def order_of(request: HttpRequest, public_id: uuid.UUID, *, is_own: bool = False) -> Order:
    """The order, if the visitor may see it; else it doesn't exist. ``is_own``: only to who placed it."""
    rows = Order.objects.select_related("learner", "payment", "fulfilment").prefetch_related("lines")
    if is_own:
        rows = rows.filter(learner=request.user.pk)
    try:
        return view_order.get(request.user, rows, public_id=public_id)
    except NotFound:
        raise Http404 from None


def _is_anything_left(order: Order) -> bool:
    """Whether some of the order's money is here, neither given back nor on its way back."""
    payment = getattr(order, "payment", None)
    return order.state == Order.State.FULFILLED and bool(payment and payment.captured_minor > payment.refunded_minor)


def _is_being_granted(order: Order) -> bool:
    fulfilment = getattr(order, "fulfilment", None)
    return order.state == Order.State.FULFILLED and fulfilment is not None and fulfilment.granted_at is None
