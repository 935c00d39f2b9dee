"""The menu “Money”: orders, payments, what goes back, the bank's side, documents, the books."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.menu import MenuItem
from wagtail_modeladmin.options import ModelAdminGroup

from commerce.back_office import (
    bank,
    books,
    differences,
    documents,
    orders,
    payments,
    payouts,
    refunds,
    shares,
    subscriptions,
)
from commerce.back_office.lists import RateAdmin
from commerce.back_office.queue import QueueMenuItem, QueueView
from commerce.back_office.report import PaymentsReportView

__all__ = ["MoneyGroup", "pages", "urlpatterns"]


class BalancesMenuItem(MenuItem):
    """Beside the transactions."""

    def is_shown(self, request: HttpRequest) -> bool:
        return books.may_see_books(request.user)


class MoneyGroup(ModelAdminGroup):
    """Everything about money that staff look at."""

    menu_label = _lazy("Money")
    menu_item_name = "money"
    menu_icon = "money"
    menu_order = 160
    items = (
        orders.OrderAdmin,
        payments.AttemptAdmin,
        payments.ProviderEventAdmin,
        refunds.RefundAdmin,
        refunds.ChargebackAdmin,
        bank.StatementAdmin,
        bank.StatementLineAdmin,
        differences.RunAdmin,
        differences.DiscrepancyAdmin,
        documents.InvoiceAdmin,
        subscriptions.SubscriptionAdmin,
        payouts.PayoutRunAdmin,
        payouts.PayoutAdmin,
        shares.ShareAdmin,
        shares.TermsAdmin,
        shares.ReferralLinkAdmin,
        books.LedgerAdmin,
        RateAdmin,
    )

    def get_submenu_items(self) -> list[Any]:
        """What waits comes first, what everything stands at last."""
        balances = BalancesMenuItem(_lazy("Balances"), reverse("commerce_money:balances"), icon_name="order", order=900)
        return [QueueMenuItem(), *super().get_submenu_items(), balances]


def pages() -> list[URLPattern]:
    """Addresses of pages that only show."""
    return [
        path("waiting/", QueueView.as_view(), name="queue"),
        path("report/", PaymentsReportView.as_view(), name="report"),
        path("balances/", books.BalancesView.as_view(), name="balances"),
    ]


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act, and of files."""
    return [
        *orders.urlpatterns(),
        *payments.urlpatterns(),
        *refunds.urlpatterns(),
        *bank.urlpatterns(),
        *differences.urlpatterns(),
        *documents.urlpatterns(),
        *subscriptions.urlpatterns(),
        *payouts.urlpatterns(),
        *shares.urlpatterns(),
    ]
