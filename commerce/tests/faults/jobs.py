"""What a worker process of ``make faults`` does, and where it dies."""

import os
import signal
import uuid
from typing import Any

from django.db import connection
from django.db.models import Q

from commerce.actions import poll_payments as polling
from commerce.actions.pay_order import pay_order
from commerce.actions.process_provider_event import process_provider_event
from commerce.actions.settle_attempt import settle_attempt
from commerce.models import Order, ProviderEventRecord
from commerce.providers import registry
from commerce.tests.faults.steps import after_step
from core import dispatch
from core.models import OutboxDelivery

__all__ = ["do", "process_messages"]


def do(job: dict[str, Any]) -> None:
    """Do one job in this process; ``dies`` names the step at which it is killed."""
    if step := job.get("dies"):
        after_step(step, _die, job["order"], setattr)
    try:
        _JOBS[job["job"]](job)
    finally:
        connection.close()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _pay(job: dict[str, Any]) -> None:
    order = Order.objects.select_related("learner").get(public_id=job["order"])
    pay_order(
        actor=order.learner, order=order, provider=job["provider"], phone=job["phone"], idempotency_key=job["key"]
    )


def process_messages(provider: str) -> None:
    """The sweep of messages, of one provider."""
    due = ProviderEventRecord.objects.filter(provider=provider, state=ProviderEventRecord.State.STORED)
    for pk in due.order_by("due_at", "pk").values_list("pk", flat=True):
        process_provider_event(pk)


def _poll(job: dict[str, Any]) -> None:
    others = set(registry.CODES) - {job["provider"]}
    claim = polling._claim
    polling._claim = lambda passed_over: claim(passed_over | others)  # type: ignore[assignment]
    try:
        polling.poll_payments()
    finally:
        polling._claim = claim


def _work(job: dict[str, Any]) -> None:
    process_messages(job["provider"])
    _poll(job)
    _dispatch(job)


def _dispatch(job: dict[str, Any]) -> None:
    """Deliver what is due of this order and of things that are no order's: which worker dies at it is no accident."""
    mine = Q(event__payload__order_key=job["order"]) | ~Q(event__payload__has_key="order_key")

    class Mine:
        objects = OutboxDelivery.objects.filter(mine)

        def __new__(cls, **fields: Any) -> OutboxDelivery:  # type: ignore[misc]
            return OutboxDelivery(**fields)

    dispatch.OutboxDelivery = Mine  # type: ignore[misc, assignment]
    try:
        dispatch.dispatch()
    finally:
        dispatch.OutboxDelivery = OutboxDelivery  # type: ignore[misc]


_JOBS = {
    "pay": _pay,
    "messages": lambda job: process_messages(job["provider"]),
    "poll": _poll,
    "settle": lambda job: settle_attempt(uuid.UUID(job["attempt"]), trigger=job["trigger"]),
    "dispatch": _dispatch,
    "work": _work,
}
