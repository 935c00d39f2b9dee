"""Give again what was paid and not given, by a person."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.actions.grant_order import grant_order, note_failure
from commerce.errors import FulfilmentFailed, OrderNotOpen
from commerce.models import Fulfilment, Order
from core import audit
from core.policies import require

__all__ = ["retry_fulfilment"]


def retry_fulfilment(*, actor: Any, order: Order) -> Fulfilment:
    """Give what is in ``order``, now; what was given before stays as it is.

    Raises:
        NotAllowed: the actor may not change payments.
        OrderNotOpen: it isn't paid.
        FulfilmentFailed: it failed again; why stands with the fulfilment.
    """
    require(policies.can_change_payments(actor))
    try:
        with transaction.atomic():
            fulfilment = grant_order(order)
            if fulfilment is not None:
                audit.record(actor=actor, verb="commerce.fulfilment_retried", target=order)
    except Exception as error:  # whatever a part of the house raises: a person reads it beside the order
        note_failure(order, error)
        raise FulfilmentFailed from error
    if fulfilment is None:
        raise OrderNotOpen
    return fulfilment
