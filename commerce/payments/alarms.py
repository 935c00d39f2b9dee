"""What about payments somebody should look at: for staff by event, for the operator by the health check."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef

from commerce.models import AttemptMove, PaymentAttempt, ProviderEventRecord
from commerce.payments.followups import alarm
from commerce.payments.messages import forged_since
from commerce.providers import registry
from commerce.providers.base import Flow, Webhooks
from core import clock
from core.health import CheckResult, timed

__all__ = ["PaymentTrouble", "check_payments", "raise_alarms", "silent_providers"]

State = PaymentAttempt.State

_UNKNOWN_FOR = timedelta(minutes=10)
_PENDING_FOR = timedelta(hours=1)
#: So many payments in a day without one message, from a provider that used to send some, is silence.
_SILENCE, _PAYMENTS = timedelta(days=1), 5
#: So many forged messages in an hour is somebody trying, or a secret that was changed on one side only.
_FORGED = 20


class PaymentTrouble(RuntimeError):
    """Payments need somebody's eye."""


@dataclass(frozen=True)
class _Stuck:
    state: str
    since: timedelta
    note: str


_STUCK = (
    _Stuck(State.UNKNOWN, _UNKNOWN_FOR, "unknown for ten minutes"),
    _Stuck(State.PENDING, _PENDING_FOR, "pending for an hour"),
)


def raise_alarms() -> int:
    """Tell staff of payments that are stuck and of providers that have gone silent, each once; how many were new."""
    new = 0
    for stuck in _STUCK:
        told = AttemptMove.objects.filter(attempt=OuterRef("pk"), trigger="alarm", note=stuck.note)
        for attempt in _stuck(stuck).exclude(Exists(told))[:100]:
            new += alarm(attempt, "unknown", stuck.note)
    today = clock.now().date().isoformat()
    for provider in silent_providers():
        attempts = PaymentAttempt.objects.filter(provider=provider, state=State.SUCCEEDED)
        last = attempts.select_related("order__learner").order_by("-succeeded_at", "-pk").first()
        note = ProviderEventRecord(provider=provider, key=f"silence:{today}", kind="silence", state="ignored")
        if last is not None and not ProviderEventRecord.objects.filter(provider=provider, key=note.key).exists():
            ProviderEventRecord.objects.bulk_create([note], ignore_conflicts=True)
            new += alarm(last, "webhooks", f"no messages of {provider} on {today}")
    return new


def silent_providers() -> list[str]:
    """Providers that payments came through without a message, though they used to send some."""
    now = clock.now()
    paid = (
        PaymentAttempt.objects.filter(succeeded_at__gt=now - _SILENCE)
        .order_by()
        .values("provider")
        .annotate(count=Count("pk"))
        .filter(count__gte=_PAYMENTS)
    )
    busy = {row["provider"] for row in paid}
    if not busy:
        return []
    # Of today's messages and then whether there ever was one: not a look through all that came in years.
    messages = ProviderEventRecord.objects.filter(kind="payment").order_by()
    heard = set(messages.filter(received_at__gte=now - _SILENCE).values_list("provider", flat=True).distinct())
    adapters = registry.providers()
    silent = {code for code in busy - heard if messages.filter(provider=code).exists()}
    return sorted(code for code in silent & set(adapters) if adapters[code].capabilities.webhooks != Webhooks.NONE)


def check_payments() -> CheckResult:
    """Ask whether payments are stuck, providers silent or messages forged; not vital."""
    return timed("payments", _ask, is_vital=False)


def _ask() -> None:
    troubles = [stuck.note for stuck in _STUCK if _stuck(stuck).exists()]
    troubles += [f"no messages of {provider}" for provider in silent_providers()]
    if (forged := forged_since(clock.now())) > _FORGED:
        troubles.append(f"{forged} forged messages")
    if troubles:
        raise PaymentTrouble("; ".join(troubles))


def _stuck(stuck: _Stuck):  # type: ignore[no-untyped-def]  # a queryset with Django's private row types
    """Attempts that have been in a state for too long; of pushes only where a page or a coin may take its time."""
    rows = PaymentAttempt.objects.filter(state=stuck.state, state_changed_at__lt=clock.now() - stuck.since)
    if stuck.state == State.PENDING:
        slow = [code for code, one in registry.providers().items() if one.capabilities.flow is not Flow.PUSH]
        rows = rows.exclude(provider__in=slow)
    return rows.order_by("pk")
