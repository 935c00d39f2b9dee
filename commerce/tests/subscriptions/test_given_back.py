"""Money that goes back takes the access with it."""

import pytest
from django.db import transaction

from commerce.access import gives_access
from commerce.actions.change_plan import change_plan
from commerce.actions.enroll import enroll
from commerce.events import ChargebackClosed, RefundSucceeded
from commerce.models import Entitlement, Order
from commerce.subscriptions import order_to_pay
from commerce.tests.factories import make_price
from commerce.tests.subscriptions.school import DAY, START, begin, events, fresh, make_plan, pass_time, pay
from core import outbox
from core.dispatch import dispatch
from core.ids import new_public_id
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db


def give_back(order, *, whole=True):
    """What a refund that has arrived leaves behind."""
    facts = {
        "order_key": order.public_id,
        "learner_key": order.learner.public_id,
        "order_number": order.number,
        "amount": order.total,
        "titles": (),
        "language": "en",
    }
    with transaction.atomic():
        if whole:
            Order.objects.filter(pk=order.pk).update(state="refunded")
        outbox.publish(RefundSucceeded(**facts, refund_key=new_public_id(), refund_amount=order.total))
    dispatch()


@pytest.fixture
def enrollment(learner):
    course = make_course()
    make_price(course.translation_key)

    def take():
        return enroll(actor=learner, learner=learner, course_key=course.translation_key)

    return take


def test_a_refunded_renewal_ends_access(simulators, standing, learner, monthly, enrollment):
    subscription = begin(learner, monthly, simulators)
    taken = enrollment()
    end = subscription.period_ends_at
    pass_time(standing, end - DAY, step=7 * DAY)
    simulators.keep_time()
    renewal = order_to_pay(subscription)
    pay(simulators, renewal)
    pass_time(standing, end + DAY)
    give_back(renewal)
    gone = fresh(subscription)
    assert (gone.state, gone.ended_reason, gone.ended_at) == ("ended", "refunded", end + DAY)
    assert Entitlement.objects.get().ends_at == end + DAY
    taken.refresh_from_db()
    assert (taken.state, gives_access(taken)) == ("expired", False)
    assert [one["reason"] for one in events("Ended")] == ["refunded"]


def test_a_period_that_is_over_changes_nothing(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    first = Order.objects.get()
    end = subscription.period_ends_at
    pass_time(standing, end - DAY, step=7 * DAY)
    simulators.keep_time()
    pay(simulators, order_to_pay(subscription))
    pass_time(standing, end + DAY)
    give_back(first)
    assert fresh(subscription).state == "active"


def test_a_part_of_the_money_changes_nothing(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    give_back(Order.objects.get(), whole=False)
    assert (fresh(subscription).state, events("Ended")) == ("active", [])


def test_the_money_of_the_former_plan_is_in_the_present_one(simulators, standing, learner, monthly):
    subscription = begin(learner, monthly, simulators)
    first = Order.objects.get()
    pay(simulators, change_plan(actor=learner, subscription=subscription, plan=make_plan(20_000, title="More")).order)
    standing.move(DAY)
    give_back(first)
    assert (fresh(subscription).state, fresh(subscription).ended_reason) == ("ended", "refunded")


@pytest.mark.parametrize(("is_won", "state"), [(True, "active"), (False, "ended")])
def test_a_dispute(simulators, standing, learner, monthly, is_won, state):
    subscription = begin(learner, monthly, simulators)
    order = Order.objects.get()
    with transaction.atomic():
        outbox.publish(
            ChargebackClosed(
                order_key=order.public_id,
                learner_key=learner.public_id,
                order_number=order.number,
                amount=order.total,
                titles=(),
                language="en",
                chargeback_key=new_public_id(),
                disputed_amount=order.total,
                is_won=is_won,
            )
        )
    dispatch()
    assert fresh(subscription).state == state


def test_who_got_it_back_may_begin_anew(simulators, standing, learner, monthly, enrollment):
    subscription = begin(learner, monthly, simulators)
    taken = enrollment()
    give_back(Order.objects.get())
    assert fresh(subscription).ended_at == START
    again = begin(learner, monthly, simulators)
    assert again.pk != subscription.pk
    assert enrollment().pk == taken.pk
