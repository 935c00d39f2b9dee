"""The books: transactions, which nobody changes, and what each account stands at."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from commerce.back_office.base import LookOnly, Page, Sheet, SheetAdmin, Table, amount, sheet_link, when
from commerce.models import LedgerEntry, LedgerTransaction
from commerce.provider_names import PROVIDER_NAMES, provider_name
from core import formats

__all__ = ["BalancesView", "LedgerAdmin", "may_see_books"]


def may_see_books(user: Any) -> bool:
    """Whether ``user`` may look at the books."""
    return user.has_perm("commerce.view_ledgertransaction")


class LedgerAdmin(SheetAdmin):
    """Transactions, each of which sums to nothing."""

    model = LedgerTransaction
    menu_label = _lazy("Books")
    menu_icon = "order"
    menu_order = 220
    list_display = ("happened", "shown_kind", "order", "volume", "memo", "by")
    list_filter = ("kind", "currency", "happened_at")
    search_fields = ("reference", "memo", "order__number")
    permission_helper_class = LookOnly

    def get_queryset(self, request: HttpRequest) -> "QuerySet[LedgerTransaction]":
        rows = super().get_queryset(request).select_related("order", "actor")
        return rows.prefetch_related("entries")

    def happened(self, obj: LedgerTransaction) -> str:
        return when(obj.happened_at)

    happened.short_description = _lazy("when")  # type: ignore[attr-defined]
    happened.admin_order_field = "happened_at"  # type: ignore[attr-defined]

    def shown_kind(self, obj: LedgerTransaction) -> str:
        return obj.get_kind_display()

    shown_kind.short_description = _lazy("kind")  # type: ignore[attr-defined]
    shown_kind.admin_order_field = "kind"  # type: ignore[attr-defined]

    def volume(self, obj: LedgerTransaction) -> str:
        return amount(sum(max(entry.amount_minor, 0) for entry in obj.entries.all()), obj.currency)

    volume.short_description = _lazy("amount")  # type: ignore[attr-defined]

    def by(self, obj: LedgerTransaction) -> str:
        return obj.actor.get_full_name() if obj.actor else _("by itself")

    by.short_description = _lazy("by")  # type: ignore[attr-defined]

    def sheet(self, obj: LedgerTransaction, request: HttpRequest) -> Sheet:
        entries = list(obj.entries.select_related("party").order_by("pk"))
        may_see_order = request.user.has_perm("commerce.view_order")
        total = sum(entry.amount_minor for entry in entries)
        return Sheet(
            f"{obj.get_kind_display()} · {when(obj.happened_at)}",
            [
                (_lazy("Kind"), obj.get_kind_display()),
                (_lazy("When"), when(obj.happened_at)),
                (_lazy("Order"), sheet_link(obj.order) if may_see_order else obj.order),
                (_lazy("Memo"), obj.memo),
                (_lazy("By"), self.by(obj)),
                (_lazy("About"), obj.reference),
            ],
            [
                Table(
                    _lazy("Entries"),
                    [
                        _lazy("Account"),
                        _lazy("Detail"),
                        _lazy("Party"),
                        _lazy("Debit"),
                        _lazy("Credit"),
                        _lazy("Available"),
                    ],
                    [
                        *([*_cells(entry), when(entry.available_at)] for entry in entries),
                        [_("Difference"), "", "", amount(total, obj.currency), "", ""],
                    ],
                    amounts=frozenset({3, 4}),
                )
            ],
        )


def _cells(entry: LedgerEntry) -> list[Any]:
    minor = entry.amount_minor
    return [
        entry.get_account_display(),
        detail_name(entry.detail),
        entry.party.get_full_name() if entry.party else "",
        amount(minor, entry.currency) if minor > 0 else "",
        amount(-minor, entry.currency) if minor < 0 else "",
    ]


def detail_name(detail: str) -> str:
    """What the detail of an entry says: a provider by its name."""
    return provider_name(detail) if detail in PROVIDER_NAMES or detail == "bank" else detail


class BalancesView(Page):
    """What each account stands at, by currency; sums of everything that was ever written."""

    template_name = "commerce/back_office/balances.html"
    page_title = _lazy("Balances of the books")
    header_icon = "order"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For those who may see the books."""
        if not may_see_books(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One table for each currency."""
        rows = LedgerEntry.objects.values("currency", "account").order_by("currency", "account")
        sums = list(rows.annotate(total=Sum("amount_minor"), count=Count("pk")))
        clearing = LedgerEntry.objects.filter(account=LedgerEntry.Account.CLEARING).values("currency", "detail")
        held = list(clearing.order_by("currency", "detail").annotate(total=Sum("amount_minor"), count=Count("pk")))
        currencies = sorted({row["currency"] for row in sums})
        tables = [_balances(currency, sums) for currency in currencies]
        tables += [_held(currency, held) for currency in currencies]
        return super().get_context_data(tables=[table for table in tables if table.rows], **kwargs)


def _balances(currency: str, sums: Sequence[Mapping[str, Any]]) -> Table:
    own = [row for row in sums if row["currency"] == currency]
    total = sum(row["total"] for row in own)
    return Table(
        _("Accounts in %(currency)s") % {"currency": formats.currency_name(currency)},
        [_lazy("Account"), _lazy("Entries"), _lazy("Debit"), _lazy("Credit")],
        [
            *(
                [
                    str(LedgerEntry.Account(row["account"]).label),
                    formats.number(row["count"]),
                    amount(row["total"], currency) if row["total"] > 0 else "",
                    amount(-row["total"], currency) if row["total"] < 0 else "",
                ]
                for row in own
            ),
            [_("Difference"), "", amount(total, currency), ""],
        ],
        amounts=frozenset({1, 2, 3}),
    )


def _held(currency: str, held: Sequence[Mapping[str, Any]]) -> Table:
    return Table(
        _("Money at providers in %(currency)s") % {"currency": formats.currency_name(currency)},
        [_lazy("Provider"), _lazy("Entries"), _lazy("Balance")],
        [
            [detail_name(row["detail"]), formats.number(row["count"]), amount(row["total"], currency)]
            for row in held
            if row["currency"] == currency
        ],
        amounts=frozenset({1, 2}),
    )
