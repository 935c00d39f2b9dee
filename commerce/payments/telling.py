"""What events about a payment say of its order, and how they are published."""

from typing import Any

from commerce.events import AttemptFailed, OrderPaid, PaymentNeedsAttention
from commerce.models import Order, PaymentAttempt
from core import outbox

__all__ = ["needs_attention", "order_facts", "tell_failed", "tell_paid"]


def order_facts(order: Order) -> dict[str, Any]:
    """The fields that every event about an order has."""
    return {
        "order_key": order.public_id,
        "learner_key": order.learner.public_id,
        "order_number": order.number,
        "amount": order.total,
        "titles": tuple(order.lines.values_list("title", flat=True)),
        "language": order.language,
    }


def tell_paid(order: Order, provider: str = "") -> None:
    """Publish that the money is there, or that nothing was owed."""
    outbox.publish(OrderPaid(**order_facts(order), provider=provider))


def tell_failed(attempt: PaymentAttempt) -> None:
    """Publish that a try to pay ended without money."""
    outbox.publish(
        AttemptFailed(
            **order_facts(attempt.order),
            attempt_key=attempt.public_id,
            provider=attempt.provider,
            reason=attempt.reason,
        )
    )


def needs_attention(order: Order, kind: str, attempt: PaymentAttempt | None = None) -> None:
    """Publish that staff must look; ``kind`` as in the event."""
    outbox.publish(
        PaymentNeedsAttention(
            **order_facts(order),
            kind=kind,
            attempt_key=attempt.public_id if attempt else None,
            provider=attempt.provider if attempt else "",
        )
    )
