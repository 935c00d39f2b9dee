"""Give what was paid for: enrolments, a subscription, links for gifts."""

from django.db import transaction
from django.db.models import F

from commerce.actions.activate_subscription import activate_subscription
from commerce.actions.enroll import open_instance
from commerce.events import GiftSent, OrderGranted
from commerce.gifts import gift_token
from commerce.locks import locked_order
from commerce.models import Enrollment, Fulfilment, Order, OrderLine, Refund
from commerce.payments.telling import order_facts
from core import clock, outbox

__all__ = ["grant_order", "note_failure"]

_ERROR_CHARACTERS = 2000


def grant_order(order: Order) -> Fulfilment | None:
    """Give everything in ``order`` that was not given yet, in one transaction; None where nothing was paid.

    As often as one likes, and by several at once: the order's lock makes rivals wait, ``granted_at`` ends it, and each
    part is given once by its own constraint. A course is given as it was ordered, also when it has been taken off the
    website since.
    """
    with transaction.atomic():
        order = locked_order(order.pk)
        fulfilment = Fulfilment.objects.filter(order=order).first()
        if fulfilment is None or fulfilment.granted_at is not None:
            return fulfilment
        if order.state == Order.State.FULFILLED:  # refunded since: nothing is given any more
            # Not those whose refund is on its way: should it come to nothing, nobody would give them afterwards.
            done = Refund.objects.filter(order=order, state=Refund.State.SUCCEEDED, lines__isnull=False)
            refunded = set(done.values_list("lines", flat=True))
            for line in order.lines.prefetch_related("courses"):
                if line.pk not in refunded:
                    _give(order, line)
            outbox.publish(OrderGranted(**order_facts(order)))
        fulfilment.granted_at, fulfilment.error = clock.now(), ""
        fulfilment.tries += 1
        fulfilment.save(update_fields=["granted_at", "error", "tries"])
    return fulfilment


def note_failure(order: Order, error: BaseException) -> None:
    """Count a try to give ``order`` that failed, in a transaction of its own."""
    Fulfilment.objects.filter(order=order, granted_at=None).update(
        tries=F("tries") + 1, error=f"{type(error).__name__}: {error}"[:_ERROR_CHARACTERS]
    )


def _give(order: Order, line: OrderLine) -> None:
    if line.kind == OrderLine.Kind.PLAN:
        activate_subscription(order, line)
    elif line.recipient_email:
        _send_gift(order, line)
    else:
        for course in line.courses.all():
            open_instance(
                learner=order.learner,
                course_key=course.course_key,
                title=course.title,
                source=Enrollment.Source.PURCHASE,
                language=order.language,
                order_line=line,
            )


def _send_gift(order: Order, line: OrderLine) -> None:
    outbox.publish(
        GiftSent(
            **order_facts(order),
            line_key=line.public_id,
            recipient_email=line.recipient_email,
            url_token=gift_token(line),
            giver_name=order.learner.get_full_name(),
            message=line.recipient_message,
        )
    )
