"""Start to pay an order."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _lazy

from commerce.actions.cancel_attempt import cancel_attempt
from commerce.actions.submit_attempt import submit_attempt
from commerce.errors import AttemptInProgress, AttemptsUsedUp, AuthenticationRequired, OrderExpired, OrderNotOpen
from commerce.locks import locked_order, locked_payment
from commerce.methods import require_method
from commerce.models import AttemptMove, Order, PaymentAttempt
from commerce.payments.timers import rail
from commerce.phones import country_of, parse_wallet_phone
from commerce.providers import registry
from commerce.providers.base import Flow
from core import clock
from core.errors import NotFound
from core.idempotency import InvalidKey, KeyReused
from core.policies import is_person

__all__ = ["open_attempt", "pay_order"]

State = PaymentAttempt.State

#: Whoever made a row has this long to send it; then somebody else does.
_PICKED_UP_AFTER = timedelta(seconds=20)

_TO_DO = {
    Flow.PUSH: _lazy(
        "A request to pay is on your phone. Confirm it there, or wait until it has ended; then you can try again."
    ),
    Flow.REDIRECT: _lazy("A payment page is open for this order. Finish there, or give it up and choose another way."),
    Flow.MANUAL: _lazy("You have chosen a bank transfer for this order. Transfer the amount, or choose another way."),
    Flow.INVOICE: _lazy("A payment address is open for this order. Pay it, or give it up and choose another way."),
}
_IN_QUESTION = _lazy("Another amount than asked for has arrived for this order. We look into it and write to you.")


def pay_order(
    *,
    actor: Any,
    order: Order,
    provider: str,
    phone: str = "",
    idempotency_key: str,
    return_url: str = "",
    replace: bool = False,
) -> PaymentAttempt:
    """Start to pay ``order``; asked again with the same key it returns the same attempt, and nothing is sent twice.

    The attempt is a committed row before its provider hears of it. Not inside a transaction: providers are called.

    Args:
        actor: the order's own learner; ``None`` is the platform itself (renewals).
        phone: of the wallet, as people type it, where the provider asks for one.
        idempotency_key: the caller's, 1 to 255 characters.
        return_url: of the caller's own, with ``{attempt}`` for the attempt's id; the website's when left out.
        replace: the customer gives up what is open. That works where nothing can come of it any more, or where money
            moves by a deed of the customer's only (a page, an address, a transfer); a prompt on a phone may be
            confirmed at any moment and has to end first.

    Raises:
        AuthenticationRequired, NotFound: nobody, or somebody else's order.
        OrderNotOpen, OrderExpired: nothing to be paid, or not any more.
        ProviderUnavailable, InvalidPhone: it can't be paid that way.
        AttemptInProgress: another attempt is open; the message says what to do.
        AttemptsUsedUp: too many in an hour.
        InvalidKey, KeyReused: see :mod:`core.idempotency`.
    """
    _require_permission(actor, order)
    if not 1 <= len(idempotency_key) <= 255:
        raise InvalidKey
    attempt = _known(order, idempotency_key, provider)
    if attempt is not None:
        return attempt
    number = _wallet(provider, phone, order)
    require_method(provider, order.country, order.total, phone=number)
    if replace and (rival := open_attempt(order)) is not None:
        cancel_attempt(actor=actor, attempt=rival)
    attempt, is_new = _begin(order, provider, number, idempotency_key)
    if is_new:
        submit_attempt(attempt.pk, return_url=return_url)
        attempt.refresh_from_db()
    return attempt


def open_attempt(order: Order) -> PaymentAttempt | None:
    """The attempt from which money may still come, or whose money is in question: it keeps others off."""
    states = (*PaymentAttempt.OPEN_STATES, State.MISMATCH)
    return PaymentAttempt.objects.select_related("order__learner").filter(order=order, state__in=states).first()


def _require_permission(actor: Any, order: Order) -> None:
    if actor is None:
        return
    if not is_person(actor):
        raise AuthenticationRequired
    if order.learner_id != actor.pk:
        raise NotFound


def _known(order: Order, key: str, provider: str) -> PaymentAttempt | None:
    rows = PaymentAttempt.objects.select_related("order__learner", "payment")
    attempt = rows.filter(payment__order=order, idempotency_key=key).first()
    if attempt is not None and attempt.provider != provider:
        raise KeyReused
    return attempt


def _wallet(provider: str, phone: str, order: Order) -> str:
    """The wallet's number in E.164; empty where the provider asks for none.

    A number without its country's code is of the only country that the provider works in, else of the order's.
    """
    able = registry.capabilities(provider)
    if not able.needs_phone:
        return ""
    text = phone.strip()
    if text.startswith(("+", "00")):
        return parse_wallet_phone(text, "")
    return parse_wallet_phone(text, next(iter(able.countries)) if len(able.countries) == 1 else order.country)


def _begin(order: Order, provider: str, phone: str, key: str) -> tuple[PaymentAttempt, bool]:
    """Write the attempt, and whether it is new: of twenty rivals with one key, one writes."""
    with transaction.atomic():
        order = locked_order(order.pk)
        attempt = _known(order, key, provider)
        if attempt is not None:
            return attempt, False
        now = clock.now()
        if order.state != Order.State.PLACED or not order.total_minor:
            raise OrderNotOpen
        if order.expires_at is not None and order.expires_at <= now:
            raise OrderExpired
        payment = locked_payment(order)
        _refuse_rivals(order)
        _refuse_too_many(order, phone)
        times = rail(provider)
        attempt = PaymentAttempt.objects.create(
            order=order,
            payment=payment,
            provider=provider,
            idempotency_key=key,
            currency=payment.currency,
            amount_minor=payment.amount_minor,
            phone=phone,
            country=country_of(phone) or order.country,
            created_at=now,
            state_changed_at=now,
            # Without an answer there is no deadline of the provider's; its own clock is put in with the answer.
            expires_at=now + (times.expires or times.window),
            watch_until=now + times.watch,
            next_check_at=now + _PICKED_UP_AFTER,
        )
        AttemptMove.objects.create(attempt=attempt, before="", after=State.CREATED, trigger="initiate", at=now)
    return attempt, True


def _refuse_rivals(order: Order) -> None:
    rival = open_attempt(order)
    if rival is None:
        return
    flow = registry.provider(rival.provider).capabilities.flow if rival.provider in registry.providers() else Flow.PUSH
    message = _IN_QUESTION if rival.state == State.MISMATCH else _TO_DO[flow]
    refusal = AttemptInProgress(message=message)
    refusal.attempt_key = rival.public_id
    raise refusal


def _refuse_too_many(order: Order, phone: str) -> None:
    """Prompts ring phones, and nobody checks whose: so many an hour for an order, a person and a number."""
    recent = PaymentAttempt.objects.filter(created_at__gt=clock.now() - timedelta(hours=1))
    limits = settings.PAYMENT_ATTEMPT_LIMITS
    counts = [
        (recent.filter(order=order), limits["order"]),
        (recent.filter(order__learner_id=order.learner_id), limits["person"]),
    ]
    if phone:
        counts.append((recent.filter(phone=phone), limits["phone"]))
    if any(rows.count() >= most for rows, most in counts):
        raise AttemptsUsedUp
