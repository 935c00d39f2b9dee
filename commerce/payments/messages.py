"""Messages of providers, as they are kept."""

from datetime import datetime

from django.db.models import Q

from commerce.models import PaymentAttempt, ProviderEventRecord
from core import clock

__all__ = ["close_messages"]


def close_messages(attempt: PaymentAttempt, *, asked_at: datetime, message: int | None = None) -> None:
    """Mark the message that caused a settlement as done, and others about ``attempt`` that came before the question.

    What those hint at the answer has taken in. Those that bring data of their own are read first, each by itself.
    """
    about = Q(operation=attempt.public_id, kind="payment", data={}, proof={}, received_at__lt=asked_at)
    ProviderEventRecord.objects.filter(
        Q(pk=message or 0) | about, provider=attempt.provider, state=ProviderEventRecord.State.STORED
    ).update(state=ProviderEventRecord.State.DONE, processed_at=clock.now(), error="")
