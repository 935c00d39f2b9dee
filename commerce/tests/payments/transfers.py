"""Transfers that arrive at the bank, as the import of a statement would match them."""

import uuid

from django.db import transaction

from commerce.locks import locked_attempt, locked_order
from commerce.models import PaymentAttempt
from core import clock

__all__ = ["arrive"]


def arrive(attempt: PaymentAttempt, minor: int | None = None, currency: str = "", line: str = "") -> None:
    """Money for ``attempt`` stands in a statement; all of it, where no amount is said. The same line twice is one."""
    with transaction.atomic():
        locked_order(attempt.order_id)
        row = locked_attempt(attempt.pk)
        found = {
            "hash": line or uuid.uuid4().hex,
            "minor": attempt.amount_minor if minor is None else minor,
            "currency": currency or attempt.currency,
            "booked_on": clock.now().date().isoformat(),
        }
        lines = [one for one in row.data.get("lines") or () if one["hash"] != found["hash"]]
        row.data = {**row.data, "lines": [*lines, found]}
        row.next_check_at = clock.now()
        row.save(update_fields=["data", "next_check_at"])
