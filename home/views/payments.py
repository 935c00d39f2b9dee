"""Paying an order: choosing how, waiting until it is done, coming back from a provider's page."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from commerce.actions.add_transfer_proof import add_transfer_proof
from commerce.actions.ask_again import ask_again
from commerce.actions.cancel_attempt import cancel_attempt
from commerce.actions.pay_order import pay_order
from commerce.errors import AttemptInProgress, AttemptSettled
from commerce.methods import method_name, payment_methods
from commerce.models import Order, PaymentAttempt
from commerce.payments import next_step
from commerce.payments.reasons import failure_sentence, waiting_sentence
from commerce.phones import country_of, masked_phone
from commerce.queries import paid_wallets
from core.errors import DomainError
from home.addresses import absolute
from home.forms import ProofForm
from home.order_pages import lines_of
from home.qr import qr_code
from home.shop import fresh_key, sums_of_order
from home.views.orders import order_of

__all__ = ["come_back", "pay", "payment_state", "wait_for_payment"]

#: What BTCPay's ways to pay are called; names, the same in every language.
_COINS = {"BTC-CHAIN": "Bitcoin", "BTC-LN": "Bitcoin (Lightning)", "USDT-TRON": "USDT (Tron)", "USDT": "USDT"}
#: Seconds after which a page without JavaScript asks again, by kind of what is waited for.
REFRESH = {"push": 8, "none": 6, "redirect": 15, "instructions": 60, "uris": 15}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let the customer choose how to pay; a POST begins it and leads to where they wait."""
    order = order_of(request, public_id, is_own=True)
    if order.state != Order.State.PLACED:
        return redirect("home:order", order.public_id)
    if request.method == "POST":
        return _begin(request, order)
    return _choose(request, order)


def _choose(
    request: HttpRequest, order: Order, *, chosen: str = "", phone: str = "", error: DomainError | None = None
) -> HttpResponse:
    own = getattr(request.user, "phone", "")
    methods = payment_methods(order.country, order.total, phone=own, language=request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    available = [method for method in methods if method.is_available]
    wallets = paid_wallets(request.user, {order.country, country_of(own)}) if available else {}
    is_phone = error is not None and error.field == "phone"
    opened = order.attempts.filter(state__in=PaymentAttempt.OPEN_STATES).first()
    context = {
        "order": order,
        "lines": lines_of(order),
        "sums": sums_of_order(order),
        "available": available,
        # Beside each way the number that is written into its field.
        "ways": [
            (method, (phone if method.code == chosen else "") or wallets.get(method.code, own)) for method in available
        ],
        # What a school never set up is nobody's business but its own.
        "missing": [method for method in methods if not method.is_available and method.reason != "not_set_up"],
        "chosen": chosen or (available[0].code if available else ""),
        "phone_error": str(error) if error and is_phone else "",
        "error": str(error) if error and not is_phone else "",
        "open_attempt": opened,
        "key": fresh_key(),
        "section": "cart",
        "is_unlisted": True,
    }
    return render(request, "home/pay.html", context, status=400 if error else 200)


def _begin(request: HttpRequest, order: Order) -> HttpResponse:
    provider = request.POST.get("provider", "")[:20]
    phone = request.POST.get(f"phone-{provider}", "").strip()[:40]
    try:
        attempt = pay_order(
            actor=request.user,
            order=order,
            provider=provider,
            phone=phone,
            idempotency_key=request.POST.get("key", "")[:64] or fresh_key(),
            return_url=_return_url(order),
            # Who chooses again gives up the page or address that is open; a prompt on a phone has to end first.
            replace=True,
        )
    except AttemptInProgress as error:
        messages.warning(request, str(error))
        if error.attempt_key is None:
            return redirect("home:pay_order", order.public_id)
        return redirect("home:wait_for_payment", order.public_id, error.attempt_key)
    except AttemptSettled:
        return redirect("home:order", order.public_id)
    except DomainError as error:
        return _choose(request, order, chosen=provider, phone=phone, error=error)
    return redirect(f"{_wait_url(attempt)}?go=1")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wait_for_payment(request: HttpRequest, public_id: uuid.UUID, attempt_id: uuid.UUID) -> HttpResponse:
    """Say where a payment stands and what to do; each look asks the provider, at most every few seconds.

    ``?go=1``, to where a form has led: goes on to the provider's page at once. A POST cancels the payment, or keeps
    the proof of a transfer.
    """
    order = order_of(request, public_id, is_own=True)
    attempt = _attempt(order, attempt_id)
    if request.method == "POST":
        return _change(request, order, attempt)
    is_sent = bool(request.GET.get("go"))
    if not is_sent:
        attempt = ask_again(actor=request.user, attempt=attempt)
    if _is_done(attempt):
        return _done(request, attempt)
    return _waiting_page(request, order, attempt, goes_on=is_sent)


def _waiting_page(
    request: HttpRequest,
    order: Order,
    attempt: PaymentAttempt,
    *,
    goes_on: bool = False,
    proof_form: ProofForm | None = None,
) -> HttpResponse:
    is_open = attempt.state in PaymentAttempt.OPEN_STATES
    step: dict[str, Any] = next_step(attempt) if is_open else {"kind": "none"}
    kind, expires_at = step["kind"], step.get("expires_at")
    context: dict[str, Any] = {
        "order": order,
        "attempt": attempt,
        "is_open": is_open,
        "is_mismatch": attempt.state == PaymentAttempt.State.MISMATCH,
        "may_pay": order.state == Order.State.PLACED,
        "step": step,
        "kind_template": f"home/shop/wait_{kind}.html",
        "method": method_name(attempt.provider),
        "phone": masked_phone(attempt.phone),
        "sentence": waiting_sentence(attempt, kind) if is_open else failure_sentence(attempt),
        "go_to": step.get("url", "") if goes_on and kind == "redirect" else "",
        "refresh": REFRESH[kind],
        "expires_at": expires_at,
        "until": int(expires_at.timestamp()) if expires_at and kind in ("push", "uris") else None,
        "section": "cart",
        "is_unlisted": True,
    }
    if kind == "uris":
        context["ways"] = [_shown_way(way) for way in step["uris"]]
    if kind == "instructions":
        context |= {"proofs": list(attempt.proofs.all()), "proof_form": proof_form or ProofForm()}
    status = 400 if proof_form is not None and proof_form.errors else 200
    return render(request, "home/wait.html", context, status=status)


def _shown_way(way: dict[str, Any]) -> dict[str, Any]:
    name = _COINS.get(way["method"], way["method"])
    label = _("QR code to pay with %(method)s") % {"method": name}
    return {
        "name": name,
        "uri": way["uri"],
        "address": way["address"],
        "sum": way["amount"],
        "qr": qr_code(way["uri"], label),
    }


@never_cache
@login_required
@require_safe
def payment_state(request: HttpRequest, public_id: uuid.UUID, attempt_id: uuid.UUID) -> HttpResponse:
    """Where a payment stands, for the page's script: ``url`` as soon as there is somewhere to go."""
    attempt = ask_again(actor=request.user, attempt=_attempt(order_of(request, public_id, is_own=True), attempt_id))
    if attempt.state in PaymentAttempt.OPEN_STATES:
        return JsonResponse({"url": "", "text": waiting_sentence(attempt, next_step(attempt)["kind"])})
    return JsonResponse({"url": _wait_url(attempt), "text": ""})


@never_cache
@login_required
@require_safe
def come_back(request: HttpRequest, public_id: uuid.UUID, attempt_id: uuid.UUID) -> HttpResponse:
    """From the provider's page. What the address says proves nothing: the provider is asked."""
    attempt = ask_again(actor=request.user, attempt=_attempt(order_of(request, public_id, is_own=True), attempt_id))
    return _done(request, attempt) if _is_done(attempt) else redirect(_wait_url(attempt))


def _change(request: HttpRequest, order: Order, attempt: PaymentAttempt) -> HttpResponse:
    wanted = request.POST.get("do")
    try:
        if wanted == "proof":
            return _keep_proof(request, order, attempt)
        if wanted in ("cancel", "otherwise"):
            cancel_attempt(actor=request.user, attempt=attempt)
            messages.info(request, _("The payment is cancelled. Nothing will be taken."))
            return redirect("home:pay_order" if wanted == "otherwise" else "home:order", order.public_id)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(_wait_url(attempt))


def _keep_proof(request: HttpRequest, order: Order, attempt: PaymentAttempt) -> HttpResponse:
    form = ProofForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_transfer_proof(
                actor=request.user, attempt=attempt, upload=form.cleaned_data["file"], note=form.cleaned_data["note"]
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Thank you. We look at it when the transfer arrives."))
            return redirect(_wait_url(attempt))
    return _waiting_page(request, order, attempt, proof_form=form)


def _is_done(attempt: PaymentAttempt) -> bool:
    state = PaymentAttempt.State
    return attempt.state in (
        state.SUCCEEDED,
        state.PARTIALLY_REFUNDED,
        state.REFUNDED,
        state.DISPUTED,
        state.REVERSED,
    )


def _done(request: HttpRequest, attempt: PaymentAttempt) -> HttpResponse:
    if attempt.is_surplus:
        messages.warning(request, _("This order was paid already. We give this payment back."))
    elif attempt.state == PaymentAttempt.State.SUCCEEDED:
        messages.success(request, _("The money is there. Thank you!"))
    return redirect("home:order", attempt.order.public_id)


def _attempt(order: Order, attempt_id: uuid.UUID) -> PaymentAttempt:
    attempt = order.attempts.filter(public_id=attempt_id).select_related("order").first()
    if attempt is None:
        raise Http404
    return attempt


def _wait_url(attempt: PaymentAttempt) -> str:
    return reverse("home:wait_for_payment", args=[attempt.order.public_id, attempt.public_id])


def _return_url(order: Order) -> str:
    """Where the provider sends the customer back to; the attempt's own id is put in by who makes it."""
    return absolute(f"{reverse('home:order', args=[order.public_id])}return/{{attempt}}/")
