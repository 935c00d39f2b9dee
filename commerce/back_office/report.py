"""The report of payments: figures, charts with tables beside them, and the same as CSV and XLSX."""

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import AdminDateInput

from accounts.choices import country_name
from commerce.back_office.base import Page, Table
from commerce.csv_tables import as_csv, plain_amount
from commerce.invoices import today
from commerce.provider_names import provider_name
from commerce.reports import charts
from commerce.reports.payments import PaymentsReport, Row, currencies_paid, payments_report
from core import formats
from core.money import Money

__all__ = ["PaymentsReportView", "ReportMenuItem", "may_see_report"]

#: Days that a report may cover.
MOST_DAYS = 731


def may_see_report(user: Any) -> bool:
    """Whether ``user`` may see what is paid."""
    return user.has_perm("commerce.view_payment")


class ReportMenuItem(MenuItem):
    """In Wagtail's own menu of reports."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_report(request.user)


class PeriodForm(forms.Form):
    """From when until when, in which currency."""

    since = forms.DateField(label=_lazy("From"), widget=AdminDateInput)
    until = forms.DateField(label=_lazy("Until"), widget=AdminDateInput)
    currency = forms.ChoiceField(label=_lazy("Currency"))

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days in their order, and not too many."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and not timedelta(0) <= until - since < timedelta(days=MOST_DAYS):
            self.add_error("until", _("Choose a day after the first one, within two years."))
        return cleaned


class PaymentsReportView(Page):
    """For those who may see payments; ``?export=csv`` and ``?export=xlsx`` hand out the same figures."""

    template_name = "commerce/back_office/report.html"
    page_title = _lazy("Payments report")
    header_icon = "money"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Rights first."""
        if not may_see_report(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form()
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        report = payments_report(**form.cleaned_data)
        match request.GET.get("export"):
            case "csv":
                return _csv(report)
            case "xlsx":
                return _xlsx(report)
        return self.render_to_response(self.get_context_data(form=form, **_shown(report)))

    def _form(self) -> PeriodForm:
        currencies = currencies_paid() or [settings.DEFAULT_CURRENCY]
        last = today()
        defaults = {"since": last - timedelta(days=29), "until": last, "currency": currencies[0]}
        given = {name: value for name in defaults if (value := self.request.GET.get(name))}
        return PeriodForm({**defaults, **given}, currencies=currencies)


# On the page


def _shown(report: PaymentsReport) -> dict[str, Any]:
    is_rtl = get_language_bidi()
    return {
        "figures": _figures(report),
        "sections": [
            (_by_day(report, is_rtl=is_rtl), _days(report)),
            (charts.rows(_bars(report.providers, provider_name), _("By provider"), is_rtl=is_rtl), _providers(report)),
            (charts.rows(_bars(report.countries[:12], _country), _("By country"), is_rtl=is_rtl), _countries(report)),
            (charts.rows(_course_bars(report), _("By course"), is_rtl=is_rtl), _courses(report)),
        ],
    }


def _figures(report: PaymentsReport) -> list[tuple[str, str]]:
    tried = sum(row.tried for row in report.providers)
    succeeded = sum(row.succeeded for row in report.providers)
    return [
        (_("Payments"), formats.number(report.total.count)),
        (_("Gross"), formats.money(report.total.gross)),
        (_("Refunded"), formats.money(report.total.refunded)),
        (_("Net"), formats.money(report.total.net)),
        (_("Fees of providers"), formats.money(report.fees)),
        (_("Attempts that succeeded"), formats.percentage(succeeded / tried) if tried else "–"),
    ]


def _country(code: str) -> str:
    return country_name(code) or _("unknown")


def _bars(rows: Sequence[Row], name: Any) -> list[charts.Bar]:
    return [charts.Bar(name(row.key), row.gross.minor, formats.money(row.gross)) for row in rows if row.gross.minor]


def _by_day(report: PaymentsReport, *, is_rtl: bool) -> SafeString:
    """The chart of days, and which colour is what where something was given back."""
    chart = charts.columns(_day_bars(report), _("What was paid by day"), is_rtl=is_rtl)
    if not any(row.refunded.minor for row in report.days):
        return chart
    legend = '{}<p class="money-legend"><span>{}</span> <span class="back">{}</span></p>'
    return format_html(legend, chart, _("Gross"), _("Refunded"))


def _day_bars(report: PaymentsReport) -> list[charts.Bar]:
    return [
        charts.Bar(
            formats.day(row.day, "medium"),
            row.gross.minor,
            formats.money(row.gross),
            row.refunded.minor,
            formats.money(row.refunded),
        )
        for row in report.days
    ]


def _course_bars(report: PaymentsReport) -> list[charts.Bar]:
    rows = [row for row in report.courses[:12] if row.net_price.minor]
    return [charts.Bar(row.title or _("others"), row.net_price.minor, formats.money(row.net_price)) for row in rows]


_SUMS = (_lazy("Payments"), _lazy("Gross"), _lazy("Refunded"), _lazy("Net"))


def _sums(row: Row) -> list[str]:
    return [formats.number(row.count), *(formats.money(money) for money in (row.gross, row.refunded, row.net))]


def _days(report: PaymentsReport) -> Table:
    # The newest first, and days on which something happened: the chart shows the others as gaps.
    rows = [row for row in reversed(report.days) if row.count or row.refunded.minor]
    return Table(
        _lazy("By day"),
        [_lazy("Day"), *_SUMS],
        [[formats.day(row.day, "medium"), *_sums(row)] for row in rows],
        _lazy("Nothing was paid in this time."),
        frozenset({1, 2, 3, 4}),
    )


def _providers(report: PaymentsReport) -> Table:
    return Table(
        _lazy("By provider"),
        [
            _lazy("Provider"),
            *_SUMS,
            _lazy("Fees"),
            _lazy("Attempts"),
            _lazy("Succeeded"),
            _lazy("Usual time to succeed"),
        ],
        [
            [
                provider_name(row.key),
                *_sums(row),
                formats.money(row.fees),
                formats.number(row.tried),
                formats.percentage(row.succeeded / row.tried) if row.tried else "–",
                _time(row.median_seconds),
            ]
            for row in report.providers
        ],
        amounts=frozenset(range(1, 9)),
    )


def _time(seconds: int | None) -> str:
    if seconds is None:
        return "–"
    return _("%(seconds)s s") % {"seconds": seconds} if seconds < 60 else formats.duration(timedelta(seconds=seconds))


def _countries(report: PaymentsReport) -> Table:
    return Table(
        _lazy("By country"),
        [_lazy("Country"), *_SUMS],
        [[_country(row.key), *_sums(row)] for row in report.countries],
        amounts=frozenset({1, 2, 3, 4}),
    )


def _courses(report: PaymentsReport) -> Table:
    return Table(
        _lazy("By course"),
        [_lazy("Course"), _lazy("Sold"), _lazy("Net price")],
        [[row.title or _("others"), formats.number(row.count), formats.money(row.net_price)] for row in report.courses],
        amounts=frozenset({1, 2}),
    )


# As files: codes and plain numbers, in English, for programs and spreadsheets alike.

_HEADER = ("section", "key", "title", "count", "gross", "refunded", "net", "fees", "tried", "succeeded",
           "median_seconds", "currency")  # fmt: skip


def _file_rows(report: PaymentsReport) -> list[tuple[Any, ...]]:
    currency = report.currency
    rows: list[tuple[Any, ...]] = []
    for section, found in (("day", report.days), ("country", report.countries)):
        rows += [
            (section, row.key, "", row.count, row.gross, row.refunded, row.net, "", "", "", "", currency)
            for row in found
        ]
    rows += [
        (
            "provider", row.key, provider_name(row.key), row.count, row.gross, row.refunded, row.net, row.fees,
            row.tried, row.succeeded, "" if row.median_seconds is None else row.median_seconds, currency,
        )
        for row in report.providers
    ]  # fmt: skip
    rows += [
        ("course", str(row.key or ""), row.title, row.count, "", "", row.net_price, "", "", "", "", currency)
        for row in report.courses
    ]
    return rows


def _name(report: PaymentsReport, ending: str) -> str:
    return f"payments-{report.currency}-{report.since.isoformat()}-{report.until.isoformat()}.{ending}"


def _attachment(content: bytes | str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _csv(report: PaymentsReport) -> HttpResponse:
    cells = ([plain_amount(cell) if isinstance(cell, Money) else cell for cell in row] for row in _file_rows(report))
    return _attachment(as_csv(_HEADER, cells), "text/csv; charset=utf-8", _name(report, "csv"))


def _xlsx(report: PaymentsReport) -> HttpResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("payments")
    sheet.append(list(_HEADER))
    for row in _file_rows(report):
        sheet.append([_xlsx_cell(sheet, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _attachment(out.getvalue(), kind, _name(report, "xlsx"))


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    """A cell: amounts as exact numbers; text stays text, also where it looks like a formula."""
    if isinstance(value, Money):
        return value.to_decimal()
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value


def menu_item() -> MenuItem:
    """What Wagtail's menu of reports shows."""
    return ReportMenuItem(_lazy("Payments"), reverse("commerce_money:report"), icon_name="money", order=100)
