"""Payouts to instructors: runs that one person puts together and another approves, and what became of each payout."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from commerce import policies
from commerce.actions.approve_payout_run import approve_payout_run
from commerce.actions.cancel_payout_run import cancel_payout_run
from commerce.actions.create_payout_run import create_payout_run
from commerce.actions.settle_payout_by_hand import settle_payout_by_hand
from commerce.back_office.base import (
    ActionButtons,
    Code,
    LookOnly,
    RowActionView,
    Sheet,
    SheetAdmin,
    Table,
    amount,
    badge,
    sheet_link,
    sheet_url,
    when,
)
from commerce.back_office.filters import ProviderFilter
from commerce.back_office.views import ActionView
from commerce.earnings import bank_transfers_csv
from commerce.models import Payout, PayoutRun, ProviderExchange
from commerce.outgoing_alarms import SENT_AFTER_ALL
from commerce.payouts import masked_destination
from commerce.provider_names import provider_name
from core import audit, formats

__all__ = ["PayoutAdmin", "PayoutRunAdmin", "urlpatterns"]

State = Payout.State


class RunPermissions(LookOnly):
    def user_can_create(self, user: Any) -> bool:
        return policies.can_prepare_payouts(user)


class PayoutRunButtons(ActionButtons):
    def add_button(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        label = _("Put a run together")
        return {**super().add_button(*args, **kwargs), "label": label, "title": label}

    def more(self, obj: PayoutRun) -> list[dict[str, Any]]:
        if not self.is_on_sheet:
            return []
        user, buttons = self.request.user, []
        is_own = obj.created_by_id == user.pk
        if obj.state == PayoutRun.State.DRAFT:
            if policies.can_change_payouts(user) and not is_own:
                buttons.append(self.button("approve_payout_run", _("Approve"), obj.pk))
            if policies.can_change_payouts(user) or (is_own and policies.can_prepare_payouts(user)):
                buttons.append(self.button("cancel_payout_run", _("Cancel run"), obj.pk, danger=True))
        elif policies.can_change_payouts(user):
            buttons.append(self.button("payout_run_csv", _("Transfers as CSV"), obj.pk))
        return buttons


class PayoutRunAdmin(SheetAdmin):
    """Payouts of one currency that are approved together."""

    model = PayoutRun
    menu_icon = "calendar-check"
    menu_order = 200
    list_display = ("name", "shown_state", "people", "total", "maker", "created_at", "approver")
    list_filter = ("state", "currency", "created_at")
    search_fields = ("public_id", "payouts__instructor__email", "payouts__instructor__name")
    permission_helper_class = RunPermissions
    button_helper_class = PayoutRunButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[PayoutRun]":
        rows = super().get_queryset(request).select_related("created_by", "approved_by")
        return rows.annotate(count=Count("payouts"), sum=Sum("payouts__amount_minor"))

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """The platform counts what everybody has earned; nobody types amounts."""
        return CreateRunView.as_view()(request)

    def name(self, obj: PayoutRun) -> str:
        return str(obj)

    name.short_description = _lazy("run")  # type: ignore[attr-defined]
    name.admin_order_field = "pk"  # type: ignore[attr-defined]

    def shown_state(self, obj: PayoutRun) -> str:
        return badge(obj.state, obj.get_state_display())

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "state"  # type: ignore[attr-defined]

    def people(self, obj: Any) -> str:
        return formats.number(obj.count)

    people.short_description = _lazy("instructors")  # type: ignore[attr-defined]

    def total(self, obj: Any) -> str:
        return amount(obj.sum or 0, obj.currency)

    total.short_description = _lazy("total")  # type: ignore[attr-defined]

    def maker(self, obj: PayoutRun) -> str:
        return obj.created_by.get_full_name()

    maker.short_description = _lazy("put together by")  # type: ignore[attr-defined]

    def approver(self, obj: PayoutRun) -> str:
        return obj.approved_by.get_full_name() if obj.approved_by else ""

    approver.short_description = _lazy("approved by")  # type: ignore[attr-defined]

    def sheet(self, obj: PayoutRun, request: HttpRequest) -> Sheet:
        payouts = list(obj.payouts.select_related("instructor").order_by("pk"))
        total = sum(payout.amount_minor for payout in payouts)
        notice = ""
        if obj.state == PayoutRun.State.DRAFT:
            notice = _("Nothing has moved yet. Another person than who put it together approves it.")
        return Sheet(
            str(obj),
            [
                (_lazy("State"), badge(obj.state, obj.get_state_display())),
                (_lazy("Total"), amount(total, obj.currency)),
                (_lazy("Instructors"), formats.number(len(payouts))),
                (_lazy("Put together by"), obj.created_by.get_full_name()),
                (_lazy("Put together"), when(obj.created_at)),
                (_lazy("Approved by"), self.approver(obj)),
                (_lazy("Approved"), when(obj.approved_at)),
                (_lazy("Identifier"), obj.public_id),
            ],
            [
                Table(
                    _lazy("Payouts"),
                    [_lazy("Instructor"), _lazy("Amount"), _lazy("State"), _lazy("By"), _lazy("To"), _lazy("Failure")],
                    [
                        [
                            sheet_link(payout, payout.instructor.get_full_name()),
                            amount(payout.amount_minor, payout.currency),
                            badge(_urgency(payout), payout.get_state_display()),
                            provider_name(payout.provider),
                            masked_destination(payout.destination),
                            payout.failure,
                        ]
                        for payout in payouts
                    ],
                    amounts=frozenset({1}),
                )
            ],
            notice=notice,
        )


class CurrencyForm(forms.Form):
    """Which currency is paid out."""

    currency = forms.ChoiceField(
        label=_lazy("Currency"),
        choices=lambda: [(code, code) for code in sorted(settings.PAYOUT_MINIMUM)],
        initial=lambda: settings.DEFAULT_CURRENCY,
    )


class CreateRunView(ActionView):
    form_class = CurrencyForm
    may = staticmethod(policies.can_prepare_payouts)
    list_name = "commerce_payoutrun_modeladmin_index"
    page_title = _lazy("Put a payout run together")
    submit_label = _lazy("Put together")
    question = _lazy(
        "Everybody who has earned enough in this currency, and has said where to pay it, is in it. Nothing moves until "
        "another person has approved the run."
    )
    done = _lazy("The run waits for another person's approval.")
    run: PayoutRun | None = None

    @property
    def list_url(self) -> str:
        return sheet_url(self.run) if self.run else super().list_url

    def act(self, data: dict[str, Any]) -> None:
        self.run = create_payout_run(actor=self.request.user, currency=data["currency"])


class PayoutRunView(RowActionView):
    """Acts on one run."""

    form_class = forms.Form
    model = PayoutRun


class ApproveRunView(PayoutRunView):
    may = staticmethod(policies.can_change_payouts)
    page_title = _lazy("Approve payout run")
    done = _lazy("The run is approved; its payouts are sent.")

    @property
    def question(self) -> str:  # type: ignore[override]
        total = self.row.payouts.aggregate(sum=Sum("amount_minor"), count=Count("pk"))
        words = ngettext(
            "%(amount)s go to %(count)s instructor. This can't be taken back.",
            "%(amount)s go to %(count)s instructors. This can't be taken back.",
            total["count"],
        )
        return words % {
            "amount": amount(total["sum"] or 0, self.row.currency),
            "count": formats.number(total["count"]),
        }

    def act(self, data: dict[str, Any]) -> None:
        approve_payout_run(actor=self.request.user, run=self.row)


class CancelRunView(PayoutRunView):
    page_title = _lazy("Cancel payout run")
    question = _lazy("Nothing has moved; everybody in it waits for the next run.")
    done = _lazy("The run is cancelled.")
    is_destructive = True

    @staticmethod
    def may(user: Any) -> bool:
        return policies.can_change_payouts(user) or policies.can_prepare_payouts(user)

    def act(self, data: dict[str, Any]) -> None:
        cancel_payout_run(actor=self.request.user, run=self.row)


@require_safe
def run_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The transfers of a run for our bank, with account numbers in full; who took them stands in the audit log."""
    if not policies.can_change_payouts(request.user):
        raise PermissionDenied
    run = get_object_or_404(PayoutRun, pk=pk)
    audit.record(actor=request.user, verb="commerce.payout_transfers_taken", target=run, label=run.currency)
    response = HttpResponse(bank_transfers_csv(run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="payouts-{run.currency}-{run.pk}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


# Single payouts


class PayoutPermissions(LookOnly):
    """Whoever sees runs sees what is in them."""

    right = "commerce.view_payoutrun"


class PayoutButtons(ActionButtons):
    def more(self, obj: Payout) -> list[dict[str, Any]]:
        user = self.request.user
        if not self.is_on_sheet or not policies.can_change_payouts(user) or user.pk == obj.instructor_id:
            return []
        went = _went_after_all(obj)
        if not (_waits(obj) or went or obj.state in (State.UNKNOWN, State.PENDING)):
            return []
        not_paid = self.button("payout_not_paid", _("It was not paid"), obj.pk, danger=True)
        if went and obj.state == State.REVERSED:
            return [not_paid]
        return [self.button("payout_paid", _("It was paid"), obj.pk), not_paid]


def _waits(payout: Payout) -> bool:
    return payout.state == State.APPROVED and bool(payout.data.get("by_hand") or payout.provider == "bank")


def _went_after_all(payout: Payout) -> bool:
    return payout.state in (State.FAILED, State.REVERSED) and payout.failure == SENT_AFTER_ALL


def _notice(payout: Payout) -> str:
    if _waits(payout):
        return _("Make the transfer, then note its receipt here.")
    if _went_after_all(payout):
        return _(
            "This was noted as not paid, and the provider says that the money went. Look it up in its portal. If it "
            "went, say that it was paid: then it is owed no more."
        )
    return ""


def _urgency(payout: Payout) -> str:
    return "mismatch" if payout.state == State.FAILED or _waits(payout) else str(payout.state)


class PayoutAdmin(SheetAdmin):
    """Money for one instructor."""

    model = Payout
    menu_icon = "upload"
    menu_order = 205
    list_display = (
        "instructor_name",
        "shown_amount",
        "shown_state",
        "shown_provider",
        "destination_hint",
        "created_at",
    )
    list_filter = ("state", ProviderFilter, "currency", "created_at")
    search_fields = ("instructor__email", "instructor__name", "provider_ref", "receipt", "public_id")
    permission_helper_class = PayoutPermissions
    button_helper_class = PayoutButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Payout]":
        return super().get_queryset(request).select_related("instructor", "run")

    def instructor_name(self, obj: Payout) -> str:
        return obj.instructor.get_full_name()

    instructor_name.short_description = _lazy("instructor")  # type: ignore[attr-defined]
    instructor_name.admin_order_field = "instructor__name"  # type: ignore[attr-defined]

    def shown_amount(self, obj: Payout) -> str:
        return amount(obj.amount_minor, obj.currency)

    shown_amount.short_description = _lazy("amount")  # type: ignore[attr-defined]
    shown_amount.admin_order_field = "amount_minor"  # type: ignore[attr-defined]

    def shown_state(self, obj: Payout) -> str:
        return badge(_urgency(obj), obj.get_state_display())

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "state"  # type: ignore[attr-defined]

    def shown_provider(self, obj: Payout) -> str:
        return provider_name(obj.provider)

    shown_provider.short_description = _lazy("by")  # type: ignore[attr-defined]

    def destination_hint(self, obj: Payout) -> str:
        return masked_destination(obj.destination)

    destination_hint.short_description = _lazy("to")  # type: ignore[attr-defined]

    def sheet(self, obj: Payout, request: HttpRequest) -> Sheet:
        may_see_said = request.user.has_perm("commerce.view_payment")
        said = ProviderExchange.objects.filter(operation=obj.public_id).order_by("pk") if may_see_said else ()
        return Sheet(
            f"{obj.instructor.get_full_name()} · {amount(obj.amount_minor, obj.currency)}",
            [
                (_lazy("State"), self.shown_state(obj)),
                (_lazy("State since"), when(obj.state_changed_at)),
                (_lazy("Instructor"), f"{obj.instructor.get_full_name()} ({obj.instructor.email})"),
                (_lazy("Amount"), amount(obj.amount_minor, obj.currency)),
                (_lazy("Run"), sheet_link(obj.run)),
                (_lazy("By"), provider_name(obj.provider)),
                (_lazy("To"), masked_destination(obj.destination)),
                (_lazy("Name of the holder"), obj.destination.get("holder")),
                (_lazy("Provider's reference"), obj.provider_ref),
                (_lazy("Receipt"), obj.receipt),
                (_lazy("Why it failed"), obj.failure),
                (_lazy("Identifier"), obj.public_id),
            ],
            codes_title=_lazy("What was said, with secrets masked"),
            codes=[
                Code(f"{when(one.at)} · {one.method} {one.url}", {"request": one.request, "answer": one.answer})
                for one in said
            ],
            notice=_notice(obj),
        )


class PaidForm(forms.Form):
    """What proves it."""

    receipt = forms.CharField(label=_lazy("Receipt"), max_length=255, help_text=_lazy("Number of the transfer."))


class NotPaidForm(forms.Form):
    """Why not."""

    reason = forms.CharField(label=_lazy("Reason"), max_length=60, required=False)


class PayoutView(RowActionView):
    """Says what became of one payout."""

    model = Payout
    may = staticmethod(policies.can_change_payouts)


class PayoutPaidView(PayoutView):
    form_class = PaidForm
    page_title = _lazy("The payout was paid")
    question = _lazy("Notes that the money has left. Write down what proves it.")
    done = _lazy("The payout is done.")

    def act(self, data: dict[str, Any]) -> None:
        settle_payout_by_hand(actor=self.request.user, payout=self.row, receipt=data["receipt"])


class PayoutNotPaidView(PayoutView):
    form_class = NotPaidForm
    page_title = _lazy("The payout was not paid")
    question = _lazy("Notes that no money has left, and none will: it is owed again. Look it up there first.")
    done = _lazy("The payout has failed; the money is owed again.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        settle_payout_by_hand(actor=self.request.user, payout=self.row, is_paid=False, reason=data["reason"])


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act, and of files."""
    return [
        path("payout-runs/<int:pk>/approve/", ApproveRunView.as_view(), name="approve_payout_run"),
        path("payout-runs/<int:pk>/cancel/", CancelRunView.as_view(), name="cancel_payout_run"),
        path("payout-runs/<int:pk>/transfers/", run_csv, name="payout_run_csv"),
        path("payouts/<int:pk>/paid/", PayoutPaidView.as_view(), name="payout_paid"),
        path("payouts/<int:pk>/not-paid/", PayoutNotPaidView.as_view(), name="payout_not_paid"),
    ]
