"""The faults. Each case ends with one verdict: given once, on its way back, flagged, or untouched."""

from collections.abc import Callable
from datetime import timedelta

from commerce.actions.settle_attempt import settle_attempt
from commerce.errors import AttemptInProgress
from commerce.models import PaymentAttempt, ProviderEventRecord
from commerce.tests.faults.stage import Stage, in_threads, next_call
from commerce.tests.faults.steps import SETTLING, STARTING
from commerce.tests.payments.transfers import arrive
from core import clock

__all__ = ["cases_of"]

State = PaymentAttempt.State
Case = Callable[[Stage], None]

#: Whose unsigned messages carry an address for each payment.
_ADDRESSED = ("mtn", "orange_cm", "orange_web", "mpesa")
_PAGES = ("stripe", "paystack", "flutterwave", "btcpay", "orange_web")


def twenty_copies(stage: Stage) -> None:
    """Every message twenty times at once, and five workers at once."""
    order, attempt = stage.begin()
    stage.confirm(attempt)
    answers = stage.post(stage.messages(), copies=20)
    if set(answers) - {200}:
        stage.verdict.wrong.append(f"answers: {sorted(set(answers))}")
    stage.together(*[("messages", stage.job(order)) for _worker in range(5)])
    stage.drain(order)
    stage.given(order)


def reordered(stage: Stage) -> None:
    """The last message first, each worked off before the next arrives, then all again."""
    order, attempt = stage.begin()
    stage.confirm(attempt)
    messages = stage.messages()
    for message in [*reversed(messages), *messages]:
        stage.post([message])
        stage.together(("messages", stage.job(order)))
    stage.drain(order)
    stage.given(order)


def dropped(stage: Stage) -> None:
    """No message at all: the poller finds out, five at once."""
    order, attempt = stage.begin()
    stage.confirm(attempt)
    stage.messages()
    stage.heal(order)
    stage.together(*[("poll", stage.job(order)) for _worker in range(5)])
    stage.drain(order)
    stage.given(order)


def forged(stage: Stage) -> None:
    """Messages that claim a payment, with another's signature, tokens or address; the customer hasn't paid."""
    order, attempt = stage.begin()
    victim, _attempt = order, attempt
    genuine_order, _genuine = stage.begin()
    references = stage.prompts()
    stage.messages()
    stage.simulator.faults.bad_signature = True
    stage.simulator.approve(references[-1])
    messages = stage.messages()
    url = ""
    if stage.provider in _ADDRESSED:
        # What the provider would send to the victim's address, were the code in it right.
        url = f"{stage.site_url}/payments/webhooks/{stage.provider}/payment-{'a' * 26}-{'b' * 16}"
    elif stage.provider == "airtel":
        url = f"{stage.site_url}/payments/webhooks/airtel/guessed"
    answers = stage.post(messages, url=url)
    if stage.provider != "stripe" and set(answers) - {401}:
        stage.verdict.wrong.append(f"answers: {sorted(set(answers))}")
    stage.together(("messages", stage.job(victim)))
    stage.untouched(victim)
    stage.untouched(genuine_order)
    stage.simulator.faults.bad_signature = False
    stage.drain(genuine_order)
    stage.given(genuine_order)  # it was paid, only told of wrongly


def of_another_order(stage: Stage) -> None:
    """A genuine message about one payment, at the address of another, and twice."""
    victim, attempt = stage.begin()
    (waiting,) = stage.prompts()
    order, _paid = stage.begin()
    stage.confirm(_paid)
    messages = stage.messages()
    if stage.provider in _ADDRESSED and hasattr(stage.simulator, "sent"):
        stage.post(messages, url=_address_of(stage, attempt))
    stage.post(messages)
    stage.together(("messages", stage.job(victim)))
    stage.drain(victim)
    stage.untouched(victim)
    stage.drain(order)
    stage.given(order)
    stage.simulator.approve(waiting)
    stage.drain(victim)
    stage.given(victim)


def _address_of(stage: Stage, attempt: PaymentAttempt) -> str:
    from commerce.payments.adapting import notify_address

    return notify_address(stage.provider, "payment", attempt.public_id)


def another_amount(stage: Stage) -> None:
    """Less, or something else, than was asked for."""
    order, attempt = stage.begin()
    if stage.provider == "bank":
        arrive(attempt, minor=attempt.amount_minor // 2)
    else:
        stage.simulator.faults.wrong_amount = True
        references = stage.prompts()
        stage.confirm(attempt, references)
        if stage.provider == "btcpay":  # the rest may still come, until the time is over
            stage.simulator.expire(references[0])
    stage.post(stage.messages(), copies=2)
    stage.together(("messages", stage.job(order)))
    stage.drain(order)
    if stage.provider == "airtel":
        # Nothing that Airtel says names an amount (ADR 0009): the daily comparison finds it.
        stage.given(order)
    elif stage.provider == "orange_web":
        # It answers only who asks with the amount that was paid, so this payment stays unknown to us.
        stage.untouched(order)
    else:
        stage.flagged(order)


def hanging_at_the_start(stage: Stage) -> None:
    """The request to pay is taken and never answered."""
    _trouble_at_the_start(stage, "hang")


def error_at_the_start(stage: Stage) -> None:
    """The request to pay is taken and answered with 500."""
    _trouble_at_the_start(stage, "http_500")


def html_at_the_start(stage: Stage) -> None:
    """The request to pay is taken and a firewall answers."""
    _trouble_at_the_start(stage, "html_error")


def _trouble_at_the_start(stage: Stage, fault: str) -> None:
    order = stage.order()
    stage.simulator.faults.hang_seconds = 4.0
    stage.only_when_sent()
    next_call.prepare(stage.provider, before=lambda: setattr(stage.simulator.faults, fault, 1))
    attempt = stage.pay(order)
    if attempt.state not in (State.UNKNOWN, State.FAILED):
        stage.verdict.wrong.append(f"after no answer: {attempt.state}")
    references = stage.prompts()
    stage.once(len(references), "requests to pay")
    if stage.provider == "orange_web":
        # The page's address never came, so nobody can have paid on it: the order is free for another try.
        stage.drain(order, rounds=3)
        stage.untouched(order)
        attempt = stage.pay(order)
        references = stage.prompts()
    else:
        try:
            stage.pay(order, "another")
            if stage.provider not in _PAGES:
                stage.verdict.double.append("asked twice while nobody knew")
        except AttemptInProgress:
            pass
    stage.confirm(attempt, references)
    stage.post(stage.messages())
    stage.drain(order, rounds=3)
    stage.given(order)
    stage.once(len(stage.prompts()), "more requests to pay", 0)


def hanging_when_asked(stage: Stage) -> None:
    """The question after a payment is never answered, once."""
    _trouble_when_asked(stage, "hang")


def error_when_asked(stage: Stage) -> None:
    """The question after a payment is answered with 500, then with HTML."""
    _trouble_when_asked(stage, "http_500", "html_error")


def _trouble_when_asked(stage: Stage, *faults: str) -> None:
    order, attempt = stage.begin()
    settle_attempt(attempt.public_id, trigger="return")  # so that tokens are known
    stage.confirm(attempt)
    stage.simulator.faults.hang_seconds = 4.0
    for fault in faults:
        setattr(stage.simulator.faults, fault, 1)
        settle_attempt(attempt.public_id, trigger="return")
        stage.untouched(order)
    stage.drain(order)
    stage.given(order)


def racing(stage: Stage) -> None:
    """The page that one comes back to, messages and two polls, all at once."""
    order, attempt = stage.begin()
    stage.confirm(attempt)
    stage.post(stage.messages(), copies=3)
    stage.heal(order)
    settle = ("settle", stage.job(order, attempt=str(attempt.public_id), trigger="return"))
    work = [(job, stage.job(order)) for job in ("messages", "poll", "messages", "poll", "dispatch")]
    stage.together(settle, *work, settle)
    stage.drain(order)
    stage.given(order)


def two_pay(stage: Stage) -> None:
    """The first try expires by our clock, a second is made, and both are paid, at once."""
    order, first = stage.begin()
    (one,) = stage.prompts() or [""]
    _let_expire(first)
    second = stage.pay(order)
    (two,) = stage.prompts() or [""]
    for attempt, reference in ((first, one), (second, two)):
        stage.confirm(attempt, [reference])
    stage.post(stage.messages(), copies=2)
    jobs = [("settle", stage.job(order, attempt=str(one.public_id), trigger="poll")) for one in (first, second)]
    stage.together(*jobs, *jobs, ("messages", stage.job(order)))
    stage.drain(order)
    stage.given(order, returned=1)


def late(stage: Stage) -> None:
    """Paid after it had expired here."""
    order, attempt = stage.begin()
    references = stage.prompts()
    _let_expire(attempt)
    attempt.refresh_from_db()
    if attempt.state != State.EXPIRED:
        stage.verdict.wrong.append(f"not expired: {attempt.state}")
    stage.confirm(attempt, references)
    stage.drain(order)
    stage.given(order)


def before_the_answer(stage: Stage) -> None:
    """The customer pays and the message is worked off before the answer to our call is stored."""
    order = stage.order()

    def customer() -> None:
        for reference in stage.prompts():
            stage.simulator.approve(reference)
        stage.post(stage.messages(), copies=2)
        stage.together(("messages", stage.job(order)))

    next_call.prepare(stage.provider, after=customer)
    attempt = stage.pay(order)
    if attempt.state in (State.SUBMITTING, State.UNKNOWN):
        stage.verdict.wrong.append(f"after the answer: {attempt.state}")
    stage.drain(order)
    stage.given(order)


def same_key(stage: Stage) -> None:
    """Twenty requests to pay with one key, at once."""
    order = stage.order()
    attempts = in_threads(20, lambda: stage.pay(order, "the same").pk)
    stage.once(len(set(attempts)), "attempts")
    if stage.provider != "bank":
        stage.once(len(references := stage.prompts()), "requests to pay")
        stage.confirm(PaymentAttempt.objects.get(pk=attempts[0]), references)
    else:
        stage.confirm(PaymentAttempt.objects.get(pk=attempts[0]))
    stage.drain(order)
    stage.given(order)


def killed_at_the_start(step: str) -> Case:
    """The process that starts the payment dies."""

    def case(stage: Stage) -> None:
        order = stage.order()
        if not stage.kill("pay", order, step, phone=stage.phone(), key="the key"):
            stage.verdict.wrong.append("nobody died")
        stage.drain(order, rounds=3)
        attempt = stage.pay(order, "the key")  # the customer, again
        references = stage.prompts()
        is_silent = step == "about to be sent" and stage.provider in ("airtel", "mpesa", "orange_cm")
        is_lost = step == "sent, answer not stored" and stage.provider == "orange_web"
        if is_silent or is_lost:
            # These can't say "never heard of it" at once, or not where the page is; so when the time is over, or at
            # once where the page is lost, the order is free for another try.
            stage.once(len(references), "requests to pay", int(is_lost))
            _let_expire(attempt)
            stage.untouched(order)
            attempt = stage.pay(order, "another")
            references = stage.prompts()
        if stage.provider != "bank":
            stage.once(len(references), "requests to pay")
        stage.confirm(attempt, references)
        stage.post(stage.messages())
        stage.drain(order)
        stage.given(order)

    case.__doc__ = f"The process that starts the payment dies: {step}."
    return case


def _let_expire(attempt: PaymentAttempt) -> None:
    PaymentAttempt.objects.filter(pk=attempt.pk).update(expires_at=clock.now() - timedelta(minutes=1))
    settle_attempt(attempt.public_id, trigger="poll")


def killed(step: str) -> Case:
    """A worker dies."""

    def case(stage: Stage) -> None:
        order, attempt = stage.begin()
        stage.confirm(attempt)
        stage.post(stage.messages())
        if step in ("half given", "given, not noted", "delivered"):
            stage.heal(order)
            stage.nursery.run("messages", **stage.job(order))
            stage.nursery.run("poll", **stage.job(order))
            died = stage.kill("dispatch", order, step)
        elif ProviderEventRecord.objects.filter(provider=stage.provider, state="stored").exists():
            died = stage.kill("messages", order, step)
        elif step == "message claimed":
            return  # banks send none
        else:
            stage.heal(order)
            died = stage.kill("poll", order, step)
        if not died:
            stage.verdict.wrong.append("nobody died")
        stage.drain(order, rounds=3)
        stage.given(order)

    case.__doc__ = f"A worker dies: {step}."
    return case


_GENERAL: dict[str, Case] = {
    "20 copies at once": twenty_copies,
    "reordered": reordered,
    "dropped": dropped,
    "forged": forged,
    "of another order": of_another_order,
    "another amount": another_amount,
    "hangs at the start": hanging_at_the_start,
    "500 at the start": error_at_the_start,
    "HTML at the start": html_at_the_start,
    "hangs when asked": hanging_when_asked,
    "500, HTML when asked": error_when_asked,
    "return, message, poll": racing,
    "two tries both paid": two_pay,
    "paid after it expired": late,
    "before the answer": before_the_answer,
    "one key 20 times": same_key,
    **{f"killed: {step}": killed_at_the_start(step) for step in STARTING},
    **{f"killed: {step}": killed(step) for step in SETTLING},
}
#: Banks neither answer nor send messages.
_NOT_OF_BANKS = {
    "20 copies at once",
    "reordered",
    "forged",
    "of another order",
    "hangs at the start",
    "500 at the start",
    "HTML at the start",
    "hangs when asked",
    "500, HTML when asked",
    "before the answer",
    "killed: message claimed",
}


def cases_of(provider: str) -> dict[str, Case]:
    """The cases of a provider, by name."""
    left_out = _NOT_OF_BANKS if provider == "bank" else set()
    return {name: case for name, case in _GENERAL.items() if name not in left_out}
