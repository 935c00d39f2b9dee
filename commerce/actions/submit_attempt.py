"""Send a try to pay to its provider, under the id that was stored before."""

from datetime import datetime, timedelta

from django.db import transaction

from commerce.locks import locked_attempt, locked_order, locked_payment
from commerce.models import Order, PaymentAttempt
from commerce.payments.adapting import attempt_view, customer_of, exchanges, notify_address, return_address, storable
from commerce.payments.next_steps import deadline_of, to_json
from commerce.payments.states import NOT_PAID, State, move
from commerce.payments.telling import tell_failed
from commerce.payments.timers import RESEND_FOR, SUBMITTING_LEASE, next_check, rail
from commerce.providers import registry
from commerce.providers.base import (
    Declined,
    Initiated,
    PaymentProvider,
    ProviderError,
    ProviderState,
    Retryable,
    Unsupported,
)
from core import clock

__all__ = ["submit_attempt"]

_STATES = {
    ProviderState.AWAITING_CUSTOMER: State.AWAITING_CUSTOMER,
    ProviderState.PENDING: State.PENDING,
    ProviderState.AUTHORIZED: State.AUTHORIZED,
}


def submit_attempt(pk: int, *, return_url: str = "", resend: bool = False) -> None:
    """Send an attempt that waits to be sent; anybody may call it, one does it.

    Committed before the call: that it is being sent, with everything that the provider's adapter wants on record.
    Afterwards: what came of it. A call without a conclusive answer leaves ``unknown``, and is asked about, never
    repeated under another id; one that was certainly not taken goes out again under the same id for two minutes.

    Args:
        return_url: see :func:`commerce.payments.adapting.return_address`; kept for later tries.
        resend: the provider was asked, and never heard of it.

    Raises:
        ProviderUnavailable: the provider is not configured (any more).
    """
    attempt = PaymentAttempt.objects.select_related("order__learner").get(pk=pk)
    adapter = registry.provider(attempt.provider)
    if not resend and clock.now() >= attempt.created_at + RESEND_FOR:
        _not_taken(pk, Retryable("provider_trouble", "its customer is gone"), attempt.submitted_at)
        return
    try:
        with exchanges(attempt.public_id, attempt.provider):
            prepared = adapter.prepare(attempt_view(attempt))
    except ProviderError as trouble:
        _not_taken(pk, trouble, attempt.submitted_at)
        return
    claimed = _claim(pk, dict(prepared), return_url, resend=resend)
    if claimed is None:
        return
    try:
        with exchanges(claimed.public_id, claimed.provider):
            begun = _initiate(adapter, claimed)
    except (Declined, Unsupported, Retryable) as trouble:
        _not_taken(pk, trouble, claimed.submitted_at)
    except ProviderError as trouble:
        _unknown(pk, trouble)
    else:
        _begun(pk, begun)


def _initiate(adapter: PaymentProvider, attempt: PaymentAttempt) -> Initiated:
    return adapter.initiate(
        attempt_view(attempt),
        customer_of(attempt),
        return_url=return_address(attempt, str(attempt.next_step.get("return_url", ""))),
        notify_url=notify_address(attempt.provider, "payment", attempt.public_id),
    )


def _locked(pk: int) -> PaymentAttempt:
    order = locked_order(PaymentAttempt.objects.values_list("order_id", flat=True).get(pk=pk))
    payment = locked_payment(order)
    attempt = locked_attempt(pk)
    attempt.order, attempt.payment = order, payment
    return attempt


def _claim(pk: int, prepared: dict[str, object], return_url: str, *, resend: bool) -> PaymentAttempt | None:
    """Commit that the attempt is being sent, for one of all that want to send it; None for the others."""
    now = clock.now()
    with transaction.atomic():
        attempt = _locked(pk)
        is_free = attempt.submitted_at is None and attempt.state in (State.CREATED, State.SUBMITTING)
        if resend and attempt.state in (State.SUBMITTING, State.UNKNOWN):
            is_free |= attempt.submitted_at is None or attempt.submitted_at + _PAUSE <= now
        if not is_free:
            return None
        if attempt.order.state != Order.State.PLACED:
            if attempt.state != State.UNKNOWN:
                _end(attempt, "order_closed", told=False)
            return None
        if attempt.state == State.CREATED:
            move(attempt, State.SUBMITTING, trigger="initiate")
        if return_url:
            attempt.next_step = {"return_url": return_url}
        # A rival may have prepared it too: what is on record stays.
        attempt.data = {**storable(prepared), **attempt.data}
        attempt.submitted_at = now
        attempt.next_check_at = now + SUBMITTING_LEASE
        attempt.save(update_fields=["data", "next_step", "submitted_at", "next_check_at"])
    return attempt


#: Two calls with the same id are at least this far apart.
_PAUSE = timedelta(seconds=4)


def _begun(pk: int, begun: Initiated) -> None:
    now = clock.now()
    with transaction.atomic():
        attempt = _locked(pk)
        times = rail(attempt.provider)
        deadline = deadline_of(begun.next)
        # A message may have been quicker than this answer: what is known by then stays.
        ref = str(storable(begun.provider_ref))[:255]
        is_taken = PaymentAttempt.objects.filter(provider=attempt.provider, provider_ref=ref).exclude(pk=pk).exists()
        if ref and not attempt.provider_ref and not is_taken:
            attempt.provider_ref = ref
        attempt.data = {**attempt.data, **storable(begun.data)}
        attempt.next_step = to_json(begun.next)
        attempt.window_ends_at = deadline or now + times.window
        if times.expires is None and deadline is not None:
            attempt.expires_at = deadline
        if attempt.state in (State.SUBMITTING, State.UNKNOWN):
            move(attempt, _STATES.get(begun.state, State.PENDING), trigger="initiate")
            attempt.checks = 0
            attempt.next_check_at = next_check(attempt, is_open=True)
        attempt.save(
            update_fields=[
                "provider_ref",
                "data",
                "next_step",
                "window_ends_at",
                "expires_at",
                "checks",
                "next_check_at",
            ]
        )


def _unknown(pk: int, trouble: ProviderError) -> None:
    """Nobody can say whether it was taken: to be asked about soon, and never sent under another id."""
    with transaction.atomic():
        attempt = _locked(pk)
        if attempt.state == State.SUBMITTING:
            move(attempt, State.UNKNOWN, trigger="initiate", note=trouble.reason)
        if attempt.state == State.UNKNOWN:
            attempt.reason = trouble.reason[:60]
            attempt.checks = 0
            attempt.next_check_at = next_check(attempt, is_open=True)
            attempt.save(update_fields=["reason", "checks", "next_check_at"])


def _not_taken(pk: int, trouble: ProviderError, sent_at: datetime | None) -> None:
    """Certainly nothing was taken: refused for good, or to be sent again while its customer waits.

    Args:
        sent_at: of the call that this is about; another one since then knows better.
    """
    with transaction.atomic():
        attempt = _locked(pk)
        is_waiting = attempt.state in (State.CREATED, State.SUBMITTING, State.UNKNOWN)
        if not is_waiting or attempt.submitted_at != sent_at:
            return
        is_certain = attempt.state != State.UNKNOWN  # else an earlier call may have been taken
        if isinstance(trouble, Retryable) and (not is_certain or clock.now() < attempt.created_at + RESEND_FOR):
            attempt.reason = trouble.reason[:60]
            attempt.submitted_at = None if is_certain else attempt.submitted_at
            attempt.checks += 1
            attempt.next_check_at = next_check(attempt, is_open=True)
            attempt.save(update_fields=["reason", "submitted_at", "checks", "next_check_at"])
        else:
            _end(attempt, trouble.reason, told=True)


def _end(attempt: PaymentAttempt, reason: str, *, told: bool) -> None:
    if attempt.state not in NOT_PAID and not move(attempt, State.FAILED, trigger="initiate", note=reason):
        return
    attempt.reason, attempt.next_check_at = reason[:60], None
    attempt.save(update_fields=["reason", "next_check_at"])
    if told:
        tell_failed(attempt)
