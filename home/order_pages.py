"""Orders ready for templates: lines with amounts, what can be done with what was bought, states with their colours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commerce.methods import method_name
from commerce.models import Invoice, Order, OrderLine, OrderLineCourse, PaymentAttempt
from commerce.payments.reasons import failure_sentence
from core.formats import listed
from core.money import Money
from courses.queries.outline import outlines_for
from courses.queries.pages import courses_by_keys
from home.addresses import address_of, localized
from learning.access import course_accesses

__all__ = ["NextStep", "OrderRow", "ShownAttempt", "ShownLine", "colour_of", "lines_of", "next_steps", "order_rows"]

_COLOURS = {
    "placed": "warm",
    "fulfilled": "good",
    "succeeded": "good",
    "active": "good",
    "trial": "good",
    "failed": "bad",
    "expired": "bad",
    "past_due": "bad",
    "mismatch": "bad",
    "disputed": "bad",
    "awaiting_customer": "warm",
    "pending": "warm",
    "unknown": "warm",
    "paused": "warm",
    "incomplete": "warm",
}
_LISTED_TITLES = 3


@dataclass(frozen=True)
class ShownLine:
    """A line with its amounts. ``price`` is before the discount, which stands below all lines."""

    line: OrderLine
    amount: Money

    @property
    def title(self) -> str:
        """As frozen."""
        return self.line.title


@dataclass(frozen=True)
class ShownAttempt:
    """A try to pay in the history of an order."""

    attempt: PaymentAttempt

    @property
    def method(self) -> str:
        """The way to pay, as people call it."""
        return method_name(self.attempt.provider)

    @property
    def colour(self) -> str:
        """Of the tag."""
        return colour_of(self.attempt.state)

    @property
    def why(self) -> str:
        """Why it came to nothing."""
        state = PaymentAttempt.State
        ended = (state.FAILED, state.CANCELED, state.EXPIRED, state.MISMATCH)
        return failure_sentence(self.attempt) if self.attempt.state in ended else ""


@dataclass(frozen=True)
class NextStep:
    """What a customer can do with something they bought."""

    title: str
    url: str = ""
    words: str = ""
    detail: str = ""


@dataclass(frozen=True)
class OrderRow:
    """An order in the list."""

    order: Order
    titles: str
    state: str
    colour: str
    method: str
    invoices: tuple[Invoice, ...]


def colour_of(state: str) -> str:
    """The colour of a state's tag: ``good``, ``warm``, ``bad`` or none."""
    return _COLOURS.get(state, "")


def lines_of(order: Order) -> list[ShownLine]:
    """The lines as their prices add up to the order's sum."""
    return [ShownLine(line, Money(line.price_minor, order.currency)) for line in order.lines.all()]


def order_rows(orders: Iterable[Order]) -> list[OrderRow]:
    """Rows of orders whose lines, invoices and accepted attempts are loaded."""
    rows = []
    for order in orders:
        titles = [line.title for line in order.lines.all()]
        more = len(titles) - _LISTED_TITLES
        shown = titles[:_LISTED_TITLES]
        if more > 0:
            shown.append(ngettext("%(count)d more", "%(count)d more", more) % {"count": more})
        payment = getattr(order, "payment", None)
        accepted = payment.accepted_attempt if payment else None
        rows.append(
            OrderRow(
                order=order,
                titles=listed(shown),
                state=str(order.get_state_display()),
                colour=colour_of(order.state),
                method=method_name(accepted.provider) if accepted else "",
                invoices=tuple(order.invoices.all()),
            )
        )
    return rows


def next_steps(request: HttpRequest, order: Order, lines: Sequence[ShownLine]) -> list[NextStep]:
    """Where what was bought begins: the first lesson of each course, the catalogue for a plan.

    A flat number of queries. What was bought for others, and courses that are gone, say so.
    """
    mine = [shown.line for shown in lines if not shown.line.recipient_email]
    given: dict[int, list[OrderLineCourse]] = {}
    for row in OrderLineCourse.objects.filter(line__in=mine).order_by("pk"):
        given.setdefault(row.line_id, []).append(row)
    keys = {row.course_key for rows in given.values() for row in rows}
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    courses = courses_by_keys(keys, language) if keys else {}
    outlines = outlines_for(list(courses.values())) if courses else {}
    accesses = course_accesses(request.user, list(courses.values()), outlines) if courses else {}
    steps = []
    for shown in lines:
        line = shown.line
        if line.recipient_email:
            words = _("We have sent the gift to %(address)s.") % {"address": line.recipient_email}
            steps.append(NextStep(line.title, detail=words))
        elif line.kind == OrderLine.Kind.PLAN:
            steps.append(NextStep(line.title, localized("courses/"), _("Choose a course")))
            steps.append(NextStep(_("Your subscription"), reverse("home:subscriptions"), _("Manage it")))
        for row in given.get(line.pk, ()):
            steps.append(_step_of_course(request, row, courses, accesses))
    return steps


def _step_of_course(request: HttpRequest, row: OrderLineCourse, courses: Any, accesses: Any) -> NextStep:
    course = courses.get(row.course_key)
    if course is None:
        return NextStep(row.title, detail=_("This course is not on the site at present. Write to the school."))
    item = accesses[course.pk].next_item
    if item is not None:
        words = _("Continue") if accesses[course.pk].completed else _("Start the first lesson")
        return NextStep(course.title, address_of(item.url_path, item.language), words, str(item.title))
    return NextStep(course.title, course.get_url(request) or "", _("Go to the course"))
