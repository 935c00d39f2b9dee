"""Where the faults of one provider are tried out: orders, the customer's hand, messages over HTTP, workers, a judge."""

import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from django.db import connection

from accounts.models import User
from commerce.actions.pay_order import pay_order
from commerce.models import (
    Enrollment,
    Fulfilment,
    LedgerTransaction,
    Order,
    PaymentAttempt,
    ProviderEventRecord,
)
from commerce.payments.timers import SUBMITTING_LEASE
from commerce.simulators.core import Simulator, Webhook
from commerce.tests.faults.nursery import Nursery
from commerce.tests.paid_orders import make_order
from commerce.tests.payments.shop import AMOUNTS, PHONES
from commerce.tests.payments.transfers import arrive
from core import clock
from core.models import OutboxDelivery, OutboxEvent

__all__ = ["Stage", "Verdict"]

State = PaymentAttempt.State


@dataclass
class Verdict:
    """What one case came to: money without anything given, given without money or twice, anything else amiss."""

    provider: str
    case: str
    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not (self.lost or self.double or self.wrong)


@dataclass
class Stage:
    """One provider, its imitation, and what a case does with them. A case uses one stage at a time."""

    provider: str
    simulator: Simulator
    nursery: Nursery
    site_url: str
    verdict: Verdict = field(default_factory=lambda: Verdict("", ""))
    _seen: set[int] = field(default_factory=set)
    _known: set[str] = field(default_factory=set)
    _count: int = 0

    def begin_case(self, case: str) -> None:
        """A fresh verdict; what was left over by the case before is nobody's."""
        self.verdict = Verdict(self.provider, case)
        faults = type(self.simulator.faults)()
        faults.drop_webhooks = True  # handed over by hand
        self.simulator.__dict__.pop("trouble", None)
        self.simulator.faults = faults
        self.messages()
        self.prompts()

    # The shop

    def order(self) -> Order:
        """An order of a learner of its own."""
        currency, minor, country = AMOUNTS[self.provider]
        learner = User.objects.create_user(f"{uuid.uuid4().hex}@example.com", name="Awa Ndiaye")
        return make_order(learner, (minor,), currency, country=country, placed_at=clock.now())

    def job(self, order: Order, **facts: Any) -> dict[str, Any]:
        """What a worker is told of an order."""
        return {"provider": self.provider, "order": str(order.public_id), **facts}

    def pay(self, order: Order, key: str = "", **options: Any) -> PaymentAttempt:
        """The learner starts to pay; here, so that tokens are known and the provider's next answer is this call's."""
        self._count += 1
        return pay_order(
            actor=order.learner,
            order=order,
            provider=self.provider,
            phone=self.phone(),
            idempotency_key=key or f"key-{self._count}",
            **options,
        )

    def begin(self) -> tuple[Order, PaymentAttempt]:
        """An order whose payment waits for its customer."""
        order = self.order()
        return order, self.pay(order)

    def phone(self) -> str:
        """A wallet's number; with M-Pesa always another one, for it takes like prompts for the same."""
        self._count += 1
        return f"+254708{self._count:06d}" if self.provider == "mpesa" else PHONES.get(self.provider, "")

    # The provider

    def prompts(self) -> list[str]:
        """References of payments that have come to wait for a customer since the last look."""
        if self.provider == "bank":
            return []
        new = [one["reference"] for one in self.simulator.waiting() if one["reference"] not in self._known]
        self._known.update(new)
        return new

    def confirm(self, attempt: PaymentAttempt, references: Sequence[str] | None = None) -> None:
        """The customer pays what is new, or what is named."""
        if self.provider == "bank":
            arrive(attempt)
            return
        for reference in self.prompts() if references is None else references:
            self.simulator.approve(reference)

    def messages(self) -> list[Webhook]:
        """Messages that the provider has sent since the last look, oldest first."""
        new = [message for message in list(self.simulator.sent) if id(message) not in self._seen]
        self._seen.update(id(message) for message in new)
        return new

    def only_when_sent(self) -> None:
        """Let the next faults meet neither questions nor calls for a token; until the case is over."""
        simulator, trouble = self.simulator, type(self.simulator).trouble

        def picky() -> Any:
            call = simulator.calls[-1]
            is_question = call.method == "GET" or "token" in call.path
            return None if is_question else trouble(simulator)

        simulator.trouble = picky  # type: ignore[method-assign]

    # Messages over HTTP

    def post(self, messages: Iterable[Webhook], *, copies: int = 1, url: str = "") -> list[int]:
        """Hand messages to the school, all copies at once; the status of each answer."""
        sent = [message for message in messages for _copy in range(copies)]

        def one(message: Webhook) -> int:
            answer = httpx.request(
                message.method, url or message.url, content=message.body, headers=message.headers, timeout=30
            )
            return answer.status_code

        if len(sent) < 2:
            return [one(message) for message in sent]
        with ThreadPoolExecutor(min(20, len(sent))) as pool:
            return list(pool.map(one, sent))

    # Workers

    def heal(self, order: Order) -> None:
        """As if the leases of dead workers had run out, so that nobody has to wait for that."""
        long_ago = clock.now() - timedelta(minutes=5)
        ProviderEventRecord.objects.filter(provider=self.provider, state="stored").update(due_at=long_ago)
        attempts = PaymentAttempt.objects.filter(order=order)
        attempts.filter(next_check_at__isnull=False).update(next_check_at=long_ago)
        sent_at = clock.now() - SUBMITTING_LEASE - timedelta(seconds=1)
        in_flight = attempts.filter(submitted_at__isnull=False, state__in=(State.SUBMITTING, State.UNKNOWN))
        in_flight.update(submitted_at=sent_at)
        OutboxDelivery.objects.filter(state="waiting", event__payload__order_key=str(order.public_id)).update(
            due_at=long_ago, claimed_until=None
        )

    def drain(self, order: Order, rounds: int = 2) -> None:
        """Let a worker do all that is due, as often as told."""
        for _round in range(rounds):
            self.heal(order)
            if code := self.nursery.run("work", **self.job(order)):
                self.verdict.wrong.append(f"a worker ended with {code}")

    def together(self, *jobs: tuple[str, dict[str, Any]]) -> None:
        """Several workers at the same moment."""
        for future in [self.nursery.start(job, **facts) for job, facts in jobs]:
            if code := future.result(timeout=60):
                self.verdict.wrong.append(f"a worker ended with {code}")

    def kill(self, job: str, order: Order, step: str, **facts: Any) -> bool:
        """Have a worker die at a step; False where it never came there."""
        return self.nursery.run(job, **self.job(order, dies=step, **facts)) == -9

    # The judge

    def given(self, order: Order, *, returned: int = 0) -> None:
        """It must have been given exactly once, and ``returned`` other payments must be on their way back."""
        found = self._facts(order)
        if found["enrolments"] == 0:
            self.verdict.lost.append(f"not given: {found}")
        if max(found["enrolments"], found["fulfilments"], found["captures"], found["paid events"]) > 1:
            self.verdict.double.append(f"given twice: {found}")
        if found["surplus"] < returned:
            self.verdict.lost.append(f"paid twice and not returned: {found}")
        elif found["surplus"] > returned:
            self.verdict.wrong.append(f"returned though nobody paid twice: {found}")
        if order.state != Order.State.FULFILLED or found["captures"] != 1:
            self.verdict.wrong.append(f"not in order: {found}")

    def untouched(self, order: Order) -> None:
        """Nothing may have come of it: no money was paid for this order."""
        found = self._facts(order)
        if found["enrolments"] or found["fulfilments"] or found["captures"]:
            self.verdict.double.append(f"given without money: {found}")

    def flagged(self, order: Order) -> None:
        """The money doesn't fit: nothing given, staff told."""
        found = self._facts(order)
        if found["enrolments"] or found["captures"]:
            self.verdict.double.append(f"given for other money: {found}")
        if not found["flags"]:
            self.verdict.lost.append(f"nobody told: {found}")

    def once(self, count: int, what: str, expected: int = 1) -> None:
        """There must be so many of something, and no more."""
        if count > expected:
            self.verdict.double.append(f"{what}: {count}")
        elif count < expected:
            self.verdict.wrong.append(f"{what}: {count}")

    def _facts(self, order: Order) -> Counter[str]:
        order.refresh_from_db()
        attempts = PaymentAttempt.objects.filter(order=order)
        events = OutboxEvent.objects.filter(payload__order_key=str(order.public_id))
        references = list(attempts.values_list("public_id", flat=True))
        return Counter(
            {
                "enrolments": Enrollment.objects.filter(learner_id=order.learner_id).count(),
                "fulfilments": Fulfilment.objects.filter(order=order).count(),
                "captures": LedgerTransaction.objects.filter(order=order, kind="capture").count(),
                "surplus": LedgerTransaction.objects.filter(kind="surplus", reference__in=references).count(),
                "paid events": events.filter(name="commerce.OrderPaid").count(),
                "flags": events.filter(name="commerce.PaymentNeedsAttention", payload__kind="mismatch").count(),
                **{f"attempt {state}": 1 for state in attempts.values_list("state", flat=True)},
            }
        )


class NextCall:
    """Have something happen right before a provider is asked for money, in this process (its faults, set too early,
    would meet a call for a token), or right after, before its answer is stored.
    """

    def __init__(self) -> None:
        self._around: dict[str, tuple[Any, Any]] = {}
        self._lock = threading.Lock()

    def install(self) -> None:
        """From now on."""
        import commerce.actions.submit_attempt as module

        real = module._initiate

        def initiate(adapter: Any, attempt: PaymentAttempt) -> Any:
            with self._lock:
                before, after = self._around.pop(attempt.provider, (None, None))
            if before is not None:
                before()
            answer = real(adapter, attempt)
            if after is not None:
                after()
            return answer

        module._initiate = initiate

    def prepare(self, provider: str, *, before: Any = None, after: Any = None) -> None:
        """Around the next call for money."""
        with self._lock:
            self._around[provider] = (before, after)


next_call = NextCall()


def in_threads(count: int, work: Any) -> list[Any]:
    """Do ``work`` in so many threads at once, each with a database connection of its own; what each returned."""
    barrier = threading.Barrier(count)

    def one(_number: int) -> Any:
        try:
            barrier.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
