"""Refunds and chargebacks: what was asked for, who decides, what became of it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.actions.decide_chargeback import decide_chargeback
from commerce.actions.decide_refund import decide_refund
from commerce.actions.settle_refund_by_hand import settle_refund_by_hand
from commerce.back_office.base import (
    ActionButtons,
    Code,
    RowActionView,
    Sheet,
    SheetAdmin,
    Table,
    amount,
    badge,
    sheet_link,
    when,
)
from commerce.models import Chargeback, ProviderExchange, Refund
from commerce.outgoing_alarms import SENT_AFTER_ALL
from commerce.provider_names import provider_name

__all__ = ["ChargebackAdmin", "RefundAdmin", "urlpatterns"]

State = Refund.State


class RefundButtons(ActionButtons):
    def more(self, obj: Refund) -> list[dict[str, Any]]:
        user = self.request.user
        # Nobody decides about their own money.
        if not self.is_on_sheet or not policies.can_decide_refunds(user) or user.pk == obj.order.learner_id:
            return []
        if obj.state == State.REQUESTED:
            return [
                self.button("approve_refund", _("Approve"), obj.pk),
                self.button("refuse_refund", _("Refuse"), obj.pk, danger=True),
            ]
        waits = obj.state == State.APPROVED and obj.is_by_hand
        buttons = []
        if waits or obj.state in (State.UNKNOWN, State.PENDING, State.FAILED):
            buttons.append(self.button("refund_given", _("It was given back"), obj.pk))
        if waits or _went_after_all(obj) or obj.state in (State.UNKNOWN, State.PENDING):
            buttons.append(self.button("refund_not_given", _("It was not given back"), obj.pk, danger=True))
        return buttons


class RefundAdmin(SheetAdmin):
    """Money that goes back."""

    model = Refund
    menu_icon = "redirect"
    menu_order = 140
    list_display = ("order", "learner", "shown_amount", "shown_state", "shown_reason", "shown_provider", "created_at")
    list_filter = ("state", "reason", "is_by_hand", "is_surplus", "created_at")
    list_export = ("public_id", "order", "amount_minor", "currency", "state", "reason", "created_at")
    search_fields = ("order__number", "order__learner__email", "provider_ref", "receipt", "public_id")
    button_helper_class = RefundButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Refund]":
        return super().get_queryset(request).select_related("order__learner", "attempt")

    def learner(self, obj: Refund) -> str:
        return obj.order.learner.email

    learner.short_description = _lazy("learner")  # type: ignore[attr-defined]

    def shown_amount(self, obj: Refund) -> str:
        return amount(obj.amount_minor, obj.currency)

    shown_amount.short_description = _lazy("amount")  # type: ignore[attr-defined]
    shown_amount.admin_order_field = "amount_minor"  # type: ignore[attr-defined]

    def shown_state(self, obj: Refund) -> str:
        return badge(_urgency(obj), obj.get_state_display())

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "state"  # type: ignore[attr-defined]

    def shown_reason(self, obj: Refund) -> str:
        return obj.get_reason_display()

    shown_reason.short_description = _lazy("reason")  # type: ignore[attr-defined]

    def shown_provider(self, obj: Refund) -> str:
        return _("by hand") if obj.is_by_hand else provider_name(obj.attempt.provider)

    shown_provider.short_description = _lazy("by")  # type: ignore[attr-defined]

    def sheet(self, obj: Refund, request: HttpRequest) -> Sheet:
        may_see_order = request.user.has_perm("commerce.view_order")
        may_see_payment = request.user.has_perm("commerce.view_payment")
        lines = list(obj.lines.all())
        note = getattr(obj, "credit_note", None) if request.user.has_perm("commerce.view_invoice") else None
        exchanges = ProviderExchange.objects.filter(operation=obj.public_id).order_by("pk") if may_see_payment else ()
        attempt = provider_name(obj.attempt.provider)
        return Sheet(
            f"{obj.order.number} · {amount(obj.amount_minor, obj.currency)}",
            [
                (_lazy("State"), badge(_urgency(obj), obj.get_state_display())),
                (_lazy("State since"), when(obj.state_changed_at)),
                (_lazy("Amount"), amount(obj.amount_minor, obj.currency)),
                (_lazy("Order"), sheet_link(obj.order) if may_see_order else obj.order.number),
                (_lazy("Learner"), f"{obj.order.learner.get_full_name()} ({obj.order.learner.email})"),
                (_lazy("Payment"), sheet_link(obj.attempt, attempt) if may_see_payment else attempt),
                (_lazy("Reason"), obj.get_reason_display()),
                (_lazy("Note"), obj.note),
                (_lazy("Answer to the learner"), obj.answer),
                (_lazy("Paid twice or too much"), _("yes") if obj.is_surplus else ""),
                (_lazy("Given back by hand"), _("yes") if obj.is_by_hand else ""),
                (_lazy("Requested"), when(obj.created_at)),
                (_lazy("Requested by"), obj.requested_by),
                (_lazy("Decided by"), obj.decided_by),
                (_lazy("Provider's reference"), obj.provider_ref),
                (_lazy("Receipt"), obj.receipt),
                (_lazy("Why it failed"), obj.failure),
                (_lazy("Credit note"), sheet_link(note)),
                (_lazy("Next question"), when(obj.next_check_at)),
                (_lazy("Identifier"), obj.public_id),
            ],
            [
                Table(
                    _lazy("Access ends to"),
                    [_lazy("What"), _lazy("Amount")],
                    [[line.title, amount(line.amount_minor, obj.currency)] for line in lines],
                    amounts=frozenset({1}),
                )
            ],
            _lazy("What was said, with secrets masked"),
            [
                Code(f"{when(one.at)} · {one.method} {one.url}", {"request": one.request, "answer": one.answer})
                for one in exchanges
            ],
            _notice(obj),
        )


def _waits(refund: Refund) -> bool:
    return refund.state == State.APPROVED and refund.is_by_hand


def _went_after_all(refund: Refund) -> bool:
    return refund.state == State.FAILED and refund.failure == SENT_AFTER_ALL


def _notice(refund: Refund) -> str:
    if _waits(refund):
        return _("Give the money back by transfer or in cash, then note the receipt here.")
    if _went_after_all(refund):
        return _(
            "This was noted as not given back, and the provider says that the money went. Look it up in its portal. If "
            "it went, say that it was given back; if the learner got the money another way too, ask them for it."
        )
    return ""


def _urgency(refund: Refund) -> str:
    return "mismatch" if _waits(refund) or refund.state == State.FAILED else str(refund.state)


class RefundView(RowActionView):
    """Acts on one refund."""

    form_class = forms.Form
    model = Refund
    may = staticmethod(policies.can_decide_refunds)


class AnswerForm(forms.Form):
    """What the learner is told."""

    answer = forms.CharField(
        label=_lazy("Answer to the learner"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ApproveRefundView(RefundView):
    form_class = AnswerForm
    page_title = _lazy("Approve refund")
    done = _lazy("The refund is approved.")

    @property
    def question(self) -> str:  # type: ignore[override]
        return _("%(amount)s go back to %(name)s; access to what it is for ends.") % {
            "amount": amount(self.row.amount_minor, self.row.currency),
            "name": self.row.order.learner.get_full_name(),
        }

    def act(self, data: dict[str, Any]) -> None:
        decide_refund(actor=self.request.user, refund=self.row, approve=True, answer=data["answer"])


class RefuseRefundView(RefundView):
    form_class = AnswerForm
    page_title = _lazy("Refuse refund")
    question = _lazy("Nothing goes back. The learner is told, with your answer.")
    done = _lazy("The refund is refused.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        decide_refund(actor=self.request.user, refund=self.row, approve=False, answer=data["answer"])


class GivenForm(forms.Form):
    """What proves it."""

    receipt = forms.CharField(
        label=_lazy("Receipt"), max_length=255, help_text=_lazy("Number of the transfer, or of the receipt for cash.")
    )


class RefundGivenView(RefundView):
    form_class = GivenForm
    page_title = _lazy("It was given back")
    question = _lazy("Notes that the money has gone back. Write down what proves it.")
    done = _lazy("The refund is done.")

    def act(self, data: dict[str, Any]) -> None:
        settle_refund_by_hand(actor=self.request.user, refund=self.row, receipt=data["receipt"])


class RefundNotGivenView(RefundView):
    page_title = _lazy("It was not given back")
    question = _lazy("Notes that no money has gone back, and none will: look it up in the provider's portal first.")
    done = _lazy("The refund has failed; another one can be made.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        settle_refund_by_hand(actor=self.request.user, refund=self.row, is_given=False)


# Chargebacks


class ChargebackButtons(ActionButtons):
    def more(self, obj: Chargeback) -> list[dict[str, Any]]:
        may = policies.can_decide_chargebacks(self.request.user)
        if not self.is_on_sheet or obj.state != Chargeback.State.OPEN or not may:
            return []
        return [
            self.button("chargeback_won", _("The dispute was won"), obj.pk),
            self.button("chargeback_lost", _("The dispute was lost"), obj.pk, danger=True),
        ]


class ChargebackAdmin(SheetAdmin):
    """Payments that buyers' banks dispute."""

    model = Chargeback
    menu_icon = "warning"
    menu_order = 150
    list_display = ("provider_ref", "order", "learner", "shown_amount", "shown_state", "opened_at", "closed_at")
    list_filter = ("state", "currency", "opened_at")
    search_fields = ("provider_ref", "order__number", "order__learner__email")
    button_helper_class = ChargebackButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Chargeback]":
        return super().get_queryset(request).select_related("order__learner", "attempt")

    def learner(self, obj: Chargeback) -> str:
        return obj.order.learner.email

    learner.short_description = _lazy("learner")  # type: ignore[attr-defined]

    def shown_amount(self, obj: Chargeback) -> str:
        return amount(obj.amount_minor, obj.currency)

    shown_amount.short_description = _lazy("amount")  # type: ignore[attr-defined]

    def shown_state(self, obj: Chargeback) -> str:
        return badge("mismatch" if obj.state == Chargeback.State.OPEN else obj.state, obj.get_state_display())

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "state"  # type: ignore[attr-defined]

    def sheet(self, obj: Chargeback, request: HttpRequest) -> Sheet:
        user, attempt = request.user, provider_name(obj.attempt.provider)
        payment = sheet_link(obj.attempt, attempt) if user.has_perm("commerce.view_payment") else attempt
        is_open = obj.state == Chargeback.State.OPEN
        return Sheet(
            obj.provider_ref,
            [
                (_lazy("State"), self.shown_state(obj)),
                (_lazy("Amount"), amount(obj.amount_minor, obj.currency)),
                (_lazy("Order"), sheet_link(obj.order) if user.has_perm("commerce.view_order") else obj.order.number),
                (_lazy("Learner"), f"{obj.order.learner.get_full_name()} ({obj.order.learner.email})"),
                (_lazy("Payment"), payment),
                (_lazy("Opened"), when(obj.opened_at)),
                (_lazy("Closed"), when(obj.closed_at)),
                (_lazy("Identifier"), obj.public_id),
            ],
            notice=_("Answer it in the provider's portal. Access is suspended until the bank has decided.")
            if is_open
            else "",
        )


class ChargebackView(RowActionView):
    """Says how one dispute ended."""

    form_class = forms.Form
    model = Chargeback
    may = staticmethod(policies.can_decide_chargebacks)


class ChargebackWonView(ChargebackView):
    page_title = _lazy("The dispute was won")
    question = _lazy("The money is the school's again; the learner gets access again. Only where the provider says so.")
    done = _lazy("The dispute is closed.")

    def act(self, data: dict[str, Any]) -> None:
        decide_chargeback(actor=self.request.user, chargeback=self.row, won=True)


class ChargebackLostView(ChargebackView):
    page_title = _lazy("The dispute was lost")
    question = _lazy("The money is gone, and access ends. Only where the provider says so.")
    done = _lazy("The dispute is closed.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        decide_chargeback(actor=self.request.user, chargeback=self.row, won=False)


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [
        path("refunds/<int:pk>/approve/", ApproveRefundView.as_view(), name="approve_refund"),
        path("refunds/<int:pk>/refuse/", RefuseRefundView.as_view(), name="refuse_refund"),
        path("refunds/<int:pk>/given/", RefundGivenView.as_view(), name="refund_given"),
        path("refunds/<int:pk>/not-given/", RefundNotGivenView.as_view(), name="refund_not_given"),
        path("chargebacks/<int:pk>/won/", ChargebackWonView.as_view(), name="chargeback_won"),
        path("chargebacks/<int:pk>/lost/", ChargebackLostView.as_view(), name="chargeback_lost"),
    ]
