"""Workers side by side, and workers that die: one order, one prompt, nothing lost."""

from datetime import timedelta

import pytest

from commerce.actions import renew_subscriptions as module
from commerce.actions.activate_subscription import activate_subscription
from commerce.actions.grant_order import grant_order
from commerce.actions.renew_subscriptions import renew_subscriptions
from commerce.actions.subscribe import subscribe
from commerce.models import Order, PaymentAttempt, Subscription, SubscriptionPeriod
from commerce.subscriptions import order_to_pay
from commerce.tests.subscriptions.school import DAY, begin, events, fresh, pass_time, pay, settled, work
from core import clock
from core.dispatch import dispatch
from core.tests.rivals import race


def prompts(simulators):
    """How many different requests to pay there were; one is sent again when a token has run out."""
    asked = [call for call in simulators["mtn"].calls if call.path.endswith("/requesttopay")]
    return len({call.headers["X-Reference-Id"] for call in asked})


class TestRivals:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_two_workers_write_one_order_and_send_one_prompt(self, simulators, standing, learner, monthly):
        subscription = begin(learner, monthly, simulators)
        end = subscription.period_ends_at
        for moment, orders, attempts in ((end - DAY, 2, 1), (end, 2, 2)):
            standing.move(moment - clock.now())
            simulators.keep_time()
            before = prompts(simulators)
            results = race(4, lambda _number: renew_subscriptions())
            assert not [result for result in results if isinstance(result, Exception)]
            assert (Order.objects.count(), PaymentAttempt.objects.count()) == (orders, attempts)
            assert SubscriptionPeriod.objects.count() == 2
            assert len(events("RenewalDue")) == 1
        assert prompts(simulators) == before + 1

    def test_four_workers_end_it_once(self, simulators, standing, learner, monthly):
        subscription = begin(learner, monthly, simulators)
        Subscription.objects.update(phone="")
        pass_time(standing, subscription.period_ends_at, step=DAY)
        pass_time(standing, subscription.period_ends_at + 7 * DAY - timedelta(minutes=1), step=DAY)
        standing.move(timedelta(minutes=1))
        race(4, lambda _number: renew_subscriptions())
        assert (fresh(subscription).state, len(events("Ended"))) == ("ended", 1)

    def test_six_subscribers_are_one(self, simulators, standing, learner, monthly):
        results = race(6, lambda _number: subscribe(actor=learner, offer=monthly.offer, currency="XAF", country="CM"))
        assert {result.subscription.pk for result in results} == {Subscription.objects.get().pk}
        assert {result.order.pk for result in results} == {Order.objects.get().pk}

    def test_a_paid_order_is_given_once(self, simulators, standing, learner, monthly):
        begin(learner, monthly, simulators)
        order = Order.objects.get()
        line = order.lines.get()
        race(4, lambda number: activate_subscription(order, line) if number % 2 else grant_order(order))
        assert (Subscription.objects.count(), SubscriptionPeriod.objects.count()) == (1, 1)
        assert len(events("Started")) == 1


class Killed(BaseException):
    """As if the worker's process had been killed: no handler of exceptions runs."""


class TestKilled:
    pytestmark = pytest.mark.django_db

    @pytest.fixture
    def due(self, simulators, standing, learner, monthly):
        """A subscription at the end of its period, its renewal ordered."""
        subscription = begin(learner, monthly, simulators)
        end = subscription.period_ends_at
        pass_time(standing, end - timedelta(minutes=1), step=7 * DAY)
        standing.move(timedelta(minutes=1))
        simulators.keep_time()
        return subscription

    def die(self, monkeypatch, name, *, after=False):
        real = getattr(module, name)

        def killed(*given, **more):
            if after:
                real(*given, **more)
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(module, name, killed)
            with pytest.raises(Killed):
                renew_subscriptions()

    def finish(self, simulators, standing, subscription):
        """Other workers come; the learner confirms; the period is there once."""
        for _time in range(4):
            standing.move(timedelta(minutes=11))
            simulators.keep_time()
            work()
        attempt = PaymentAttempt.objects.get(order__purpose="renewal")
        assert (SubscriptionPeriod.objects.count(), Order.objects.count()) == (2, 2)
        simulators.approve("mtn", str(attempt.public_id))
        settled(attempt)
        assert fresh(subscription).state == "active"
        assert SubscriptionPeriod.objects.filter(paid_at__isnull=False).count() == 2
        assert len(events("Renewed")) == 1

    @pytest.mark.parametrize("after", [False, True])
    def test_around_the_prompt(self, simulators, standing, due, monkeypatch, after):
        before = prompts(simulators)
        self.die(monkeypatch, "_send", after=after)
        assert fresh(due).next_action_at == clock.now() + timedelta(minutes=10)
        self.finish(simulators, standing, due)
        assert prompts(simulators) == before + 1

    def test_before_and_after_the_order_is_written(self, simulators, standing, learner, monthly, monkeypatch):
        subscription = begin(learner, monthly, simulators)
        end = subscription.period_ends_at
        standing.move(end - 2 * DAY - clock.now())
        for after in (False, True):
            self.die(monkeypatch, "next_order", after=after)
            # Rolled back with the step.
            assert (Order.objects.count(), events("RenewalDue")) == (1, [])
        work()
        assert (Order.objects.count(), SubscriptionPeriod.objects.count(), len(events("RenewalDue"))) == (2, 2, 1)
        work()
        assert Order.objects.count() == 2
        assert order_to_pay(subscription).purpose == "renewal"

    def test_before_the_learner_is_told(self, simulators, standing, due, monkeypatch):
        Subscription.objects.update(phone="")
        self.die(monkeypatch, "_tell_past_due")
        assert (fresh(due).state, events("PastDue")) == ("active", [])
        work()
        assert (fresh(due).state, len(events("PastDue"))) == ("past_due", 1)

    def test_before_the_end_is_told(self, simulators, standing, due, monkeypatch):
        Subscription.objects.update(phone="")
        pass_time(standing, due.period_ends_at + 7 * DAY - timedelta(minutes=1))
        standing.move(timedelta(minutes=1))
        self.die(monkeypatch, "tell")
        assert fresh(due).state == "past_due"
        work()
        assert (fresh(due).state, len(events("Ended"))) == ("ended", 1)

    def test_paid_and_not_yet_given(self, simulators, standing, due):
        """Between the money and the outbox nothing is asked for again, however often the clock comes by."""
        from commerce.actions.settle_attempt import settle_attempt

        renew_subscriptions()
        attempt = PaymentAttempt.objects.get(order__purpose="renewal")
        simulators.approve("mtn", str(attempt.public_id))
        settle_attempt(attempt.public_id, trigger="poll")
        for _time in range(5):
            standing.move(timedelta(minutes=30))
            simulators.keep_time()
            renew_subscriptions()
        assert (Order.objects.count(), fresh(due).state, events("PastDue")) == (2, "active", [])
        dispatch()
        assert (fresh(due).period_starts_at, len(events("Renewed"))) == (due.period_ends_at, 1)

    def test_one_that_fails_holds_up_nobody(self, simulators, standing, due, monthly, monkeypatch, caplog):
        from commerce.tests.factories import make_user

        other = begin(make_user(), monthly, simulators, phone="+237670000009")
        Subscription.objects.filter(pk=other.pk).update(next_action_at=clock.now())
        real = module._step

        def broken(subscription, **more):
            if subscription.pk == due.pk:
                raise RuntimeError("broken")
            return real(subscription, **more)

        monkeypatch.setattr(module, "_step", broken)
        renew_subscriptions()
        assert f"The subscription {due.pk} could not be taken further" in caplog.text
        assert fresh(due).next_action_at == clock.now() + timedelta(minutes=15)
        assert fresh(other).next_action_at > clock.now() + DAY

    def test_a_worker_that_was_away_for_long_leaves_time_to_pay(self, simulators, standing, due):
        Subscription.objects.update(phone="")
        standing.move(20 * DAY)
        work()
        late = fresh(due)
        assert (late.state, late.grace_ends_at) == ("past_due", clock.now() + 7 * DAY)
        standing.move(2 * DAY)
        simulators.keep_time()
        pay(simulators, order_to_pay(due))
        # The month that was asked for would be nearly over.
        assert fresh(due).state == "active"
        assert fresh(due).period_ends_at > clock.now()
