"""Reconciliation: comparisons with providers' books, and differences that somebody has to explain."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.widgets import AdminDateInput

from commerce import policies
from commerce.actions.reconcile import NOT_OFFERED, reconcile
from commerce.actions.reconcile_export import reconcile_export
from commerce.actions.resolve_discrepancy import EXPLANATION_LENGTH, resolve_discrepancy
from commerce.back_office.base import (
    ActionButtons,
    LookOnly,
    RowActionView,
    Sheet,
    SheetAdmin,
    Table,
    amount,
    badge,
    day,
    sheet_link,
    sheet_url,
    when,
)
from commerce.back_office.filters import ProviderFilter
from commerce.back_office.views import ActionView
from commerce.models import Discrepancy, ReconciliationRun
from commerce.provider_names import provider_name
from commerce.providers.registry import CODES
from commerce.providers.statements.provider_export import COLUMNS, MAX_EXPORT
from core import clock

__all__ = ["DiscrepancyAdmin", "RunAdmin", "urlpatterns"]


class RunPermissions(LookOnly):
    def user_can_create(self, user: Any) -> bool:
        return policies.can_explain_discrepancies(user)


class RunButtons(ActionButtons):
    def add_button(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().add_button(*args, **kwargs), "label": _("Compare"), "title": _("Compare")}


class RunAdmin(SheetAdmin):
    """Comparisons, one for each provider and day."""

    model = ReconciliationRun
    menu_icon = "clipboard-list"
    menu_order = 170
    list_display = ("day", "shown_provider", "theirs", "ours", "open_differences", "outcome", "run_at")
    list_filter = (ProviderFilter, "day")
    permission_helper_class = RunPermissions
    button_helper_class = RunButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ReconciliationRun]":
        rows = super().get_queryset(request)
        return rows.annotate(still_open=Count("discrepancies", filter=Q(discrepancies__resolved_at=None)))

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """Comparing is the only way to add one."""
        return CompareView.as_view()(request)

    def shown_provider(self, obj: ReconciliationRun) -> str:
        return provider_name(obj.provider)

    shown_provider.short_description = _lazy("provider")  # type: ignore[attr-defined]
    shown_provider.admin_order_field = "provider"  # type: ignore[attr-defined]

    def open_differences(self, obj: Any) -> int:
        return obj.still_open

    open_differences.short_description = _lazy("differences to explain")  # type: ignore[attr-defined]

    def outcome(self, obj: Any) -> str:
        if obj.error == NOT_OFFERED:
            return badge("plain", _("not compared: the provider gives no list"))
        if obj.error:
            return badge("mismatch", _("not compared: %(error)s") % {"error": obj.error[:80]})
        if obj.still_open:
            return badge("mismatch", _("differs"))
        return badge("done", _("agrees"))

    outcome.short_description = _lazy("outcome")  # type: ignore[attr-defined]

    def sheet(self, obj: Any, request: HttpRequest) -> Sheet:
        rows = list(obj.discrepancies.select_related("attempt__order").order_by("resolved_at", "pk"))
        obj.still_open = sum(row.resolved_at is None for row in rows)
        notice = ""
        if obj.error == NOT_OFFERED:
            notice = _("This provider's interface gives no list. Take one from its portal and upload it.")
        return Sheet(
            f"{provider_name(obj.provider)} · {day(obj.day)}",
            [
                (_lazy("Outcome"), self.outcome(obj)),
                (_lazy("Payments with the provider"), obj.theirs),
                (_lazy("Payments with us"), obj.ours),
                (_lazy("Compared"), when(obj.run_at)),
                (_lazy("Error"), "" if obj.error == NOT_OFFERED else obj.error),
            ],
            [
                Table(
                    _lazy("Differences"),
                    [
                        _lazy("Reference"),
                        _lazy("Kind"),
                        _lazy("With us"),
                        _lazy("With the provider"),
                        _lazy("Order"),
                        _lazy("Explanation"),
                    ],
                    [
                        [
                            sheet_link(row, row.provider_ref),
                            row.get_kind_display(),
                            amount(row.ours_minor, row.currency),
                            amount(row.theirs_minor, row.currency),
                            row.attempt.order.number if row.attempt else "",
                            row.explanation,
                        ]
                        for row in rows
                    ],
                    "" if obj.error else _lazy("None."),
                    frozenset({2, 3}),
                )
            ],
            notice=notice,
        )


class CompareForm(forms.Form):
    """Which provider and day, and a list from its portal where its interface has none."""

    provider = forms.ChoiceField(
        label=_lazy("Provider"),
        choices=lambda: [(code, provider_name(code)) for code in CODES if code != "bank"],
    )
    day = forms.DateField(
        label=_lazy("Day"),
        widget=AdminDateInput,
        initial=lambda: clock.now().date() - timedelta(days=1),
        help_text=_lazy("By Greenwich time."),
    )
    file = forms.FileField(
        label=_lazy("List from the provider's portal"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "Only for providers whose interface gives no list. CSV with these columns, the last three may be missing: "
            "%(columns)s. Amounts with a point (10.50), days as 2026-11-02."
        ) % {"columns": ", ".join(COLUMNS)}

    def clean_file(self) -> Any:
        """Refuse a large file before it is read."""
        file = self.cleaned_data["file"]
        if file is not None and file.size > MAX_EXPORT:
            raise forms.ValidationError(_("The file is too large: 5 MB at most."))
        return file


class CompareView(ActionView):
    form_class = CompareForm
    may = staticmethod(policies.can_explain_discrepancies)
    list_name = "commerce_reconciliationrun_modeladmin_index"
    page_title = _lazy("Compare with a provider")
    submit_label = _lazy("Compare")
    question = _lazy("Every night the last three days are compared by themselves. This compares one day now.")
    done: str | Promise = _lazy("The day was compared.")
    run: ReconciliationRun | None = None

    @property
    def list_url(self) -> str:
        return sheet_url(self.run) if self.run else super().list_url

    def act(self, data: dict[str, Any]) -> None:
        asked: dict[str, Any] = {"actor": self.request.user, "provider": data["provider"], "day": data["day"]}
        if data["file"] is not None:
            self.run = reconcile_export(**asked, content=data["file"].read())
        else:
            self.run = reconcile(**asked)
        if self.run.error:
            self.done = _("Nothing could be compared: see why, or upload the file of the provider's own pages.")


class DifferenceButtons(ActionButtons):
    def more(self, obj: Discrepancy) -> list[dict[str, Any]]:
        may = policies.can_explain_discrepancies(self.request.user)
        if not self.is_on_sheet or obj.resolved_at is not None or not may:
            return []
        return [self.button("explain", _("Explain"), obj.pk)]


class DiscrepancyAdmin(SheetAdmin):
    """Differences that were found."""

    model = Discrepancy
    menu_icon = "help"
    menu_order = 175
    list_display = ("provider_ref", "provider", "day", "shown_kind", "with_us", "with_them", "shown_state")
    list_filter = ("kind", "resolved_at", "currency")
    search_fields = ("provider_ref", "attempt__order__number", "explanation")
    button_helper_class = DifferenceButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Discrepancy]":
        return super().get_queryset(request).select_related("run", "attempt__order", "resolved_by")

    def provider(self, obj: Discrepancy) -> str:
        return provider_name(obj.run.provider)

    provider.short_description = _lazy("provider")  # type: ignore[attr-defined]

    def day(self, obj: Discrepancy) -> str:
        return day(obj.run.day)

    day.short_description = _lazy("day")  # type: ignore[attr-defined]
    day.admin_order_field = "run__day"  # type: ignore[attr-defined]

    def shown_kind(self, obj: Discrepancy) -> str:
        return obj.get_kind_display()

    shown_kind.short_description = _lazy("kind")  # type: ignore[attr-defined]

    def with_us(self, obj: Discrepancy) -> str:
        return amount(obj.ours_minor, obj.currency)

    with_us.short_description = _lazy("with us")  # type: ignore[attr-defined]

    def with_them(self, obj: Discrepancy) -> str:
        return amount(obj.theirs_minor, obj.currency)

    with_them.short_description = _lazy("with the provider")  # type: ignore[attr-defined]

    def shown_state(self, obj: Discrepancy) -> str:
        return badge("done", _("explained")) if obj.resolved_at else badge("mismatch", _("to be explained"))

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "resolved_at"  # type: ignore[attr-defined]

    def sheet(self, obj: Discrepancy, request: HttpRequest) -> Sheet:
        order = obj.attempt.order.number if obj.attempt else ""
        may_see_payment = request.user.has_perm("commerce.view_payment")
        return Sheet(
            obj.provider_ref,
            [
                (_lazy("State"), self.shown_state(obj)),
                (_lazy("Kind"), obj.get_kind_display()),
                (_lazy("With us"), self.with_us(obj)),
                (_lazy("With the provider"), self.with_them(obj)),
                (_lazy("Payment"), sheet_link(obj.attempt, order) if may_see_payment else order),
                (_lazy("Comparison"), sheet_link(obj.run, f"{provider_name(obj.run.provider)} · {day(obj.run.day)}")),
                (_lazy("Explanation"), obj.explanation),
                (_lazy("Explained by"), obj.resolved_by),
                (_lazy("Explained"), when(obj.resolved_at)),
            ],
        )


class ExplainForm(forms.Form):
    """Why."""

    explanation = forms.CharField(
        label=_lazy("Explanation"), max_length=EXPLANATION_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExplainView(RowActionView):
    form_class = ExplainForm
    model = Discrepancy
    may = staticmethod(policies.can_explain_discrepancies)
    page_title = _lazy("Explain a difference")
    submit_label = _lazy("Save")
    question = _lazy("Puts the difference away with the reason for it; nothing else changes.")
    done = _lazy("The difference is explained.")

    def act(self, data: dict[str, Any]) -> None:
        resolve_discrepancy(actor=self.request.user, discrepancy=self.row, explanation=data["explanation"])


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [path("differences/<int:pk>/explain/", ExplainView.as_view(), name="explain")]
