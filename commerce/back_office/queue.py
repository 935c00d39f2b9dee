"""“To be looked at”: everything about money that waits for a person, on one page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SummaryItem

from commerce.back_office.bank import finding
from commerce.back_office.base import Page, Table, amount, day, sheet_link, when
from commerce.models import (
    Chargeback,
    Discrepancy,
    Fulfilment,
    PaymentAttempt,
    Payout,
    PayoutRun,
    ProviderEventRecord,
    Refund,
    StatementLine,
)
from commerce.provider_names import provider_name
from commerce.waiting import QUEUES, Queue, counts_for
from core import formats

__all__ = ["QueueMenuItem", "QueueView", "WaitingSummary", "may_see_queues"]

#: Rows of each queue that are shown; the lists have the rest.
SHOWN = 20


def may_see_queues(user: Any) -> bool:
    """Whether ``user`` has to do with any of the queues."""
    return any(user.has_perm(queue.permission) for queue in QUEUES)


class QueueView(Page):
    """All queues with their oldest rows."""

    template_name = "commerce/back_office/queue.html"
    page_title = _lazy("To be looked at")
    header_icon = "tasks"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For those who may see any queue."""
        if not may_see_queues(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Counts first, then the rows of those where something waits."""
        counts = counts_for(self.request.user)
        return super().get_context_data(
            counts=counts,
            waiting=[
                (queue, count, count > SHOWN, _table(queue, list(queue.rows()[:SHOWN])))
                for queue, count in counts
                if count
            ],
            **kwargs,
        )


def _table(queue: Queue, rows: list[Any]) -> Table:
    return Table(
        queue.title,
        [_lazy("What"), _lazy("About"), _lazy("Amount"), _lazy("Since")],
        [_cells(row) for row in rows],
        amounts=frozenset({2}),
    )


def _cells(row: Any) -> list[Any]:
    match row:
        case PaymentAttempt():
            asked = amount(row.amount_minor, row.currency)
            paid = amount(row.paid_minor, row.paid_currency or row.currency)
            about = f"{provider_name(row.provider)} · {row.order.learner.email}"
            differs = bool(paid) and paid != asked
            shown = _("%(paid)s instead of %(asked)s") % {"paid": paid, "asked": asked} if differs else asked
            return [sheet_link(row, row.order.number), about, shown, when(row.state_changed_at)]
        case Fulfilment():
            money = amount(row.order.total_minor, row.order.currency)
            return [sheet_link(row.order), row.error[:200], money, when(row.created_at)]
        case ProviderEventRecord():
            about = f"{provider_name(row.provider)} · {row.error[:200]}"
            return [sheet_link(row, row.key), about, "", when(row.received_at)]
        case Refund():
            about = f"{row.order.learner.email} · {row.get_reason_display()}"
            return [
                sheet_link(row, row.order.number),
                about,
                amount(row.amount_minor, row.currency),
                when(row.created_at),
            ]
        case Chargeback():
            money = amount(row.amount_minor, row.currency)
            return [sheet_link(row, row.provider_ref), row.order.learner.email, money, when(row.opened_at)]
        case StatementLine():
            about = f"{row.counterparty} · {finding(row)}".strip(" ·")
            return [sheet_link(row), about, amount(row.amount_minor, row.currency), day(row.booked_on)]
        case Discrepancy():
            money = amount(row.theirs_minor if row.ours_minor is None else row.ours_minor, row.currency)
            about = f"{provider_name(row.run.provider)} · {row.get_kind_display()}"
            return [sheet_link(row, row.provider_ref), about, money, day(row.run.day)]
        case Payout():
            about = f"{provider_name(row.provider)} · {row.instructor.get_full_name()}"
            money = amount(row.amount_minor, row.currency)
            return [sheet_link(row, str(row.public_id)), about, money, when(row.state_changed_at)]
        case PayoutRun():
            return [sheet_link(row), row.created_by.get_full_name(), row.currency, when(row.created_at)]
    raise TypeError(f"No cells for {row!r}.")


class QueueMenuItem(MenuItem):
    """Says how much waits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            _lazy("To be looked at"), reverse("commerce_money:queue"), icon_name="tasks", order=1, **kwargs
        )

    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_queues(request.user)


class WaitingSummary(SummaryItem):
    """On the admin's first page: how much waits."""

    order = 90
    template_name = "commerce/back_office/summary.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """The sum over all queues that the person may see."""
        total = sum(count for _queue, count in counts_for(self.request.user))
        return {"total": total, "shown": formats.number(total), "url": reverse("commerce_money:queue")}

    def is_shown(self) -> bool:
        return may_see_queues(self.request.user)
