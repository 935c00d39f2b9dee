"""Gifts: the link, who may take one, and that it is taken once."""

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.claim_gift import claim_gift
from commerce.actions.place_order import place_order
from commerce.gifts import gift_of, gift_token
from commerce.models import Enrollment, Order, OrderLine
from commerce.tests.factories import make_bundle, make_cart, make_enrollment, make_price, make_user
from core.errors import DomainError
from core.models import AuditEntry
from core.money import Money
from core.tests.rivals import race
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db


def paid_gift(*keys) -> OrderLine:
    """A gift whose order is paid: a course, or a bundle of several."""
    keys = keys or (make_course().translation_key,)
    offer = make_price(keys[0]).offer if len(keys) == 1 else make_bundle(*keys, price=Money(9000, "XAF"))
    giver = make_user()
    cart = make_cart(giver)
    add_to_cart(actor=giver, cart=cart, offer=offer, recipient_email="binta@example.com")
    order = place_order(actor=giver, cart=cart, currency="XAF", idempotency_key="gift")
    Order.objects.filter(pk=order.pk).update(state="fulfilled")
    return OrderLine.objects.get(order=order)


def code_of(actor, token: str) -> str:
    with pytest.raises(DomainError) as refused:
        claim_gift(actor=actor, token=token)
    return refused.value.code


def test_a_gift_is_taken_by_whoever_has_the_link_and_logs_in():
    line = paid_gift()
    token = gift_token(line)
    assert gift_of(token) == line
    learner = make_user("other.address@example.com")
    for nobody in (None, AnonymousUser(), make_user(is_active=False)):
        assert code_of(nobody, token) == "authentication_required"
    (enrollment,) = claim_gift(actor=learner, token=token)
    assert (enrollment.learner, enrollment.source, enrollment.order_line) == (learner, "gift", line)
    line.refresh_from_db()
    assert (line.recipient, line.recipient_email) == (learner, "binta@example.com")
    assert line.claimed_at is not None
    assert claim_gift(actor=learner, token=token) == [enrollment]
    assert AuditEntry.objects.filter(verb="commerce.gift_claimed").count() == 1
    assert code_of(make_user(), token) == "gift_taken"
    assert Enrollment.objects.count() == 1


def test_the_giver_does_not_take_it():
    line = paid_gift()
    assert code_of(line.order.learner, gift_token(line)) == "gift_to_oneself"
    line.refresh_from_db()
    assert line.recipient is None


@pytest.mark.parametrize("state", ["placed", "cancelled", "refunded"])
def test_a_gift_that_is_not_paid_for_does_not_open(state):
    line = paid_gift()
    Order.objects.update(state=state)
    assert code_of(make_user(), gift_token(line)) == "gift_not_found"
    assert not Enrollment.objects.exists()


def test_links_are_not_made_up():
    line, other = paid_gift(), paid_gift()
    token = gift_token(line)
    OrderLine.objects.filter(pk=other.pk).update(recipient_email="")
    for wrong in ("", token[:-1], f"{other.public_id.hex}:{token.partition(':')[2]}", gift_token(other), "\x00" * 300):
        assert code_of(make_user(), wrong) == "gift_not_found"


def test_who_has_it_all_does_not_use_it_up():
    line = paid_gift()
    key = line.courses.get().course_key
    owner = make_enrollment(make_user(), key).learner
    assert code_of(owner, gift_token(line)) == "gift_owned"
    line.refresh_from_db()
    assert line.recipient is None
    assert claim_gift(actor=make_user(), token=gift_token(line))


def test_of_several_courses_those_that_are_missing_and_still_there_are_given():
    had, missing, gone = make_course(), make_course(), make_course()
    line = paid_gift(had.translation_key, missing.translation_key, gone.translation_key)
    learner = make_user()
    before = make_enrollment(learner, had.translation_key)
    gone.unpublish()
    given = claim_gift(actor=learner, token=gift_token(line))
    assert [(found.course_key, found.source) for found in given] == [
        (had.translation_key, "free"),
        (missing.translation_key, "gift"),
    ]
    assert given[0] == before


def test_a_gift_whose_courses_are_gone_is_not_used_up():
    course = make_course()
    line = paid_gift(course.translation_key)
    course.unpublish()
    assert code_of(make_user(), gift_token(line)) == "course_not_found"
    line.refresh_from_db()
    assert line.recipient is None


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_takes_it():
    line = paid_gift()
    learners = [make_user() for _ in range(10)]
    token = gift_token(line)
    results = race(10, lambda number: claim_gift(actor=learners[number], token=token))
    assert sum(isinstance(result, list) for result in results) == 1
    assert {result.code for result in results if not isinstance(result, list)} == {"gift_taken"}
    line.refresh_from_db()
    assert Enrollment.objects.get().learner == line.recipient
