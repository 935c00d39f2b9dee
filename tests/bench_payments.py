"""Settlements: how many a second two workers make on PostgreSQL, and what one costs. Part of ``make bench``."""

import multiprocessing
import resource
import time
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

__all__ = ["measure_settlements"]

PAYMENTS, WORKERS = 200, 2


def measure_settlements() -> None:
    """Pay orders with the imitated MTN over HTTP, let two processes poll them, print what it took.

    The time contains everything: the question over HTTP, the imitation's answer in this process, settlement and books.
    What is bought is given by the outbox, and not counted.
    """
    from commerce.actions.poll_payments import poll_payments
    from commerce.actions.settle_attempt import settle_attempt
    from commerce.models import PaymentAttempt
    from commerce.providers import registry
    from commerce.simulators.core import SimulatorServer
    from commerce.simulators.mtn import MtnSimulator
    from commerce.simulators.school import all_simulators
    from core import clock

    simulators = all_simulators()
    with SimulatorServer(simulators) as server:
        settings.PAYMENT_SIMULATOR_URL = server.root
        settings.PAYMENT_NUDGES = settings.OUTBOX_DISPATCH_ON_COMMIT = False
        settings.PAYMENT_ATTEMPT_LIMITS = {"order": 10, "person": 10_000, "phone": 10_000}
        registry.reset()
        mtn = next(one for one in simulators if isinstance(one, MtnSimulator))
        mtn.faults.drop_webhooks = True
        attempts = [_begin(number) for number in range(PAYMENTS + 1)]
        for one in mtn.waiting():
            mtn.approve(one["reference"])
        with CaptureQueriesContext(connection) as captured:
            settle_attempt(attempts[0].public_id, trigger="poll")
        PaymentAttempt.objects.filter(next_check_at__isnull=False).update(next_check_at=clock.now())
        connection.close()
        registry.reset()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        fork = multiprocessing.get_context("fork")
        processes = [fork.Process(target=_poll, args=(poll_payments,)) for _worker in range(WORKERS)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        seconds = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    paid = PaymentAttempt.objects.filter(state=PaymentAttempt.State.SUCCEEDED).count()
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 / PAYMENTS
    print(
        f"settlements: {paid - 1} of {PAYMENTS} by {WORKERS} workers, {(paid - 1) / seconds:.0f} a second, "
        f"{len(captured)} queries and {cpu:.1f} ms CPU (Python) each"
    )


def _begin(number: int) -> Any:
    from accounts.models import User
    from commerce.actions.pay_order import pay_order
    from commerce.tests.paid_orders import make_order
    from core import clock

    learner = User.objects.create_user(f"payer{number}@example.com", name=f"Payer {number}")
    order = make_order(learner, (25_000,), "XAF", country="CM", placed_at=clock.now())
    return pay_order(
        actor=learner, order=order, provider="mtn", phone="+237670000001", idempotency_key=f"bench-{number}"
    )


def _poll(poll: Any) -> None:
    """A worker: until nothing is due."""
    try:
        while poll(limit=PAYMENTS):
            pass
    finally:
        connection.close()
