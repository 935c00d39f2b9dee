"""Rows as adapters see them, and what adapters say put back into rows. The adapters themselves touch no table."""

import json
import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.translation import override

from commerce.models import Order, PaymentAttempt, ProviderExchange
from commerce.phones import country_of
from commerce.providers import base
from commerce.providers.http import Exchange, masked, recorder
from commerce.providers.path_tokens import make_path_token

__all__ = ["attempt_view", "customer_of", "exchanges", "notify_address", "return_address", "storable"]

logger = logging.getLogger(__name__)


def attempt_view(attempt: PaymentAttempt) -> base.Attempt:
    """``attempt`` as an adapter sees it; its order comes along."""
    return base.Attempt(
        id=attempt.public_id,
        order_number=attempt.order.number,
        amount=attempt.amount,
        created_at=attempt.created_at,
        description=_description(attempt.order),
        provider_ref=attempt.provider_ref or "",
        phone=attempt.phone,
        country=attempt.country,
        data=attempt.data,
    )


def customer_of(attempt: PaymentAttempt) -> base.Customer:
    """Who pays ``attempt``, as far as providers ask."""
    learner = attempt.order.learner
    return base.Customer(
        email=learner.email,
        name=learner.get_full_name()[:100],
        phone=attempt.phone,
        country=attempt.country or attempt.order.country,
        language=attempt.order.language,
    )


def _description(order: Order) -> str:
    """What providers show beside the amount: the school and the order's number, which every rail can write."""
    return f"{settings.SITE_NAME} {order.number}"[:100]


def notify_address(provider: str, kind: str, operation: uuid.UUID) -> str:
    """Where a provider that signs nothing sends its messages about one operation (``payment``, ``refund`` …)."""
    token = make_path_token(settings.PAYMENTS_WEBHOOK_KEY, provider, kind, operation)
    return f"{settings.SITE_URL}/payments/webhooks/{provider}/{token}"


def return_address(attempt: PaymentAttempt, given: str = "") -> str:
    """Where a provider's page sends the customer back to.

    Args:
        given: an address of the caller's own, ``{attempt}`` in it standing for the attempt's id.
    """
    if given:
        return given.replace("{attempt}", str(attempt.public_id))
    with override(attempt.order.language):
        return settings.SITE_URL + reverse("home:payment_return", args=[attempt.order.public_id, attempt.public_id])


@contextmanager
def exchanges(operation: uuid.UUID, provider: str) -> Iterator[None]:
    """Keep what is said to and by ``provider`` inside, masked, whatever becomes of it.

    Not inside a transaction: what is kept stays when everything else is rolled back.
    """
    kept: list[Exchange] = []
    token = recorder.set(kept.append)
    try:
        yield
    finally:
        recorder.reset(token)
        _keep(operation, provider, kept)


def _keep(operation: uuid.UUID, provider: str, kept: list[Exchange]) -> None:
    rows = [
        ProviderExchange(
            operation=operation,
            provider=provider,
            method=one.method[:8],
            url=one.url[:500],
            # Masked by the client already; once more, because nothing may slip through here.
            request=storable(masked(one.request)),
            status=one.status,
            answer=storable(masked(one.answer)),
            milliseconds=max(0, one.milliseconds),
            error=one.error[:200],
        )
        for one in kept
    ]
    try:
        with transaction.atomic():
            ProviderExchange.objects.bulk_create(rows)
    except DatabaseError as error:
        # The record serves people who look for a mistake; money does not wait for it.
        logger.error("%d exchanges with %s were not kept: %s", len(rows), provider, type(error).__name__)


def storable(value: Any) -> Any:
    """A copy that every database takes as JSON: strangers send zero bytes, half characters, numbers that are none."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return storable(str(value))
    return value


def country_for(attempt_phone: str, order: Order) -> str:
    """Where the wallet is: its number says so, else the order."""
    return country_of(attempt_phone) or order.country
