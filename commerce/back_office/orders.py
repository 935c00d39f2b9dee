"""Orders: what was ordered, what was paid for it and given back, and what staff do about it."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.actions.cancel_order import cancel_order
from commerce.actions.request_refund import request_refund
from commerce.actions.retry_fulfilment import retry_fulfilment
from commerce.back_office.base import (
    ActionButtons,
    RowActionView,
    Sheet,
    SheetAdmin,
    Table,
    amount,
    badge,
    sheet_link,
    when,
)
from commerce.back_office.filters import CountryFilter, country_shown
from commerce.back_office.forms import ReasonForm
from commerce.models import Order, Refund
from commerce.provider_names import provider_name
from commerce.refunds import left_to_refund
from core import formats
from core.money import Money

__all__ = ["OrderAdmin", "urlpatterns"]

State = Order.State


class OrderButtons(ActionButtons):
    def more(self, obj: Order) -> list[dict[str, Any]]:
        if not self.is_on_sheet:
            return []
        user, buttons = self.request.user, []
        fulfilment = getattr(obj, "fulfilment", None)
        if fulfilment is not None and fulfilment.granted_at is None and policies.can_change_payments(user):
            buttons.append(self.button("retry_fulfilment", _("Give it now"), obj.pk))
        payment = getattr(obj, "payment", None)
        if payment is not None and left_to_refund(payment).minor and policies.can_request_refunds(user):
            buttons.append(self.button("request_refund", _("Refund"), obj.pk))
        if obj.state == State.PLACED and policies.can_change_orders(user):
            buttons.append(self.button("cancel_order", _("Cancel order"), obj.pk, danger=True))
        return buttons


class OrderAdmin(SheetAdmin):
    """What was ordered, for how much."""

    model = Order
    menu_icon = "list-ul"
    menu_order = 110
    list_display = ("number", "learner_email", "contents", "total", "shown_state", "placed_at", "paid_at")
    list_filter = ("state", "purpose", "currency", CountryFilter, "placed_at")
    list_export = ("number", "learner_email", "contents", "total_minor", "currency", "state", "placed_at", "paid_at")
    search_fields = ("number", "public_id", "learner__email", "learner__name", "lines__title")
    button_helper_class = OrderButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Order]":
        return super().get_queryset(request).select_related("learner").prefetch_related("lines")

    def learner_email(self, obj: Order) -> str:
        return obj.learner.email

    learner_email.short_description = _lazy("learner")  # type: ignore[attr-defined]

    def contents(self, obj: Order) -> str:
        return formats.listed(line.title for line in obj.lines.all())

    contents.short_description = _lazy("contents")  # type: ignore[attr-defined]

    def total(self, obj: Order) -> str:
        return amount(obj.total_minor, obj.currency)

    total.short_description = _lazy("total")  # type: ignore[attr-defined]
    total.admin_order_field = "total_minor"  # type: ignore[attr-defined]

    def shown_state(self, obj: Order) -> str:
        return badge(obj.state, obj.get_state_display())

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "state"  # type: ignore[attr-defined]

    def sheet(self, obj: Order, request: HttpRequest) -> Sheet:
        user, currency = request.user, obj.currency
        fulfilment = getattr(obj, "fulfilment", None)
        notice = ""
        if fulfilment is not None and fulfilment.granted_at is None:
            notice = _("It is paid, but what was bought has not been given yet.")
        tables = [_lines(obj)]
        if user.has_perm("commerce.view_payment"):
            tables.append(_attempts(obj))
        if user.has_perm("commerce.view_refund"):
            tables.append(_refunds(obj))
        if user.has_perm("commerce.view_invoice"):
            tables.append(_invoices(obj))
        billing = "\n".join(str(value) for value in obj.billing.values() if value)
        tax = f"{obj.tax.get('name', '')} {amount(obj.tax_minor, currency)}" if obj.tax_minor else ""
        return Sheet(
            obj.number,
            [
                (_lazy("State"), badge(obj.state, obj.get_state_display())),
                (_lazy("Learner"), f"{obj.learner.get_full_name()} ({obj.learner.email})"),
                (_lazy("Purpose"), obj.get_purpose_display()),
                (_lazy("Sum of the prices"), amount(obj.subtotal_minor, currency)),
                (_lazy("Discount"), amount(obj.discount_minor, currency) if obj.discount_minor else ""),
                (_lazy("Tax"), tax),
                (_lazy("Total"), amount(obj.total_minor, currency)),
                (_lazy("Country"), country_shown(obj.country)),
                (_lazy("Invoice address"), billing),
                (_lazy("Placed"), when(obj.placed_at)),
                (_lazy("To be paid until"), when(obj.expires_at) if obj.state == State.PLACED else ""),
                (_lazy("Paid"), when(obj.paid_at)),
                (_lazy("Given"), when(fulfilment.granted_at) if fulfilment else ""),
                (_lazy("What went wrong"), fulfilment.error if fulfilment else ""),
                (_lazy("Cancelled"), when(obj.cancelled_at)),
                (_lazy("Referral"), obj.referral),
                (_lazy("Identifier"), obj.public_id),
            ],
            tables,
            notice=notice,
        )


def _lines(obj: Order) -> Table:
    return Table(
        _lazy("Lines"),
        [_lazy("What"), _lazy("Kind"), _lazy("Price"), _lazy("Discount"), _lazy("Amount"), _lazy("Gift for")],
        [
            [
                line.title,
                line.get_kind_display(),
                amount(line.price_minor, obj.currency),
                amount(line.discount_minor, obj.currency) if line.discount_minor else "",
                amount(line.amount_minor, obj.currency),
                line.recipient_email,
            ]
            for line in obj.lines.all()
        ],
        amounts=frozenset({2, 3, 4}),
    )


def _attempts(obj: Order) -> Table:
    return Table(
        _lazy("Attempts to pay"),
        [_lazy("Begun"), _lazy("Provider"), _lazy("State"), _lazy("Amount"), _lazy("Paid"), _lazy("Reason")],
        [
            [
                sheet_link(attempt, when(attempt.created_at)),
                provider_name(attempt.provider),
                badge(attempt.state, attempt.get_state_display()),
                amount(attempt.amount_minor, attempt.currency),
                amount(attempt.paid_minor, attempt.paid_currency or attempt.currency),
                attempt.reason,
            ]
            for attempt in obj.attempts.all()
        ],
        _lazy("Nobody has tried to pay it.") if obj.total_minor else "",
        frozenset({3, 4}),
    )


def _refunds(obj: Order) -> Table:
    return Table(
        _lazy("Refunds"),
        [_lazy("Requested"), _lazy("State"), _lazy("Amount"), _lazy("Reason"), _lazy("Note")],
        [
            [
                sheet_link(refund, when(refund.created_at)),
                badge(refund.state, refund.get_state_display()),
                amount(refund.amount_minor, refund.currency),
                refund.get_reason_display(),
                refund.note,
            ]
            for refund in obj.refunds.all()
        ],
        amounts=frozenset({2}),
    )


def _invoices(obj: Order) -> Table:
    return Table(
        _lazy("Invoices and credit notes"),
        [_lazy("Number"), _lazy("Kind"), _lazy("Total"), _lazy("Issued")],
        [
            [
                sheet_link(invoice, invoice.number),
                invoice.get_kind_display(),
                amount(invoice.total_minor, invoice.currency),
                when(invoice.issued_at),
            ]
            for invoice in obj.invoices.all()
        ],
        amounts=frozenset({2}),
    )


# What staff do


class CancelOrderView(RowActionView):
    form_class = ReasonForm
    model = Order
    may = staticmethod(policies.can_change_orders)
    page_title = _lazy("Cancel order")
    question = _lazy("Nobody can pay it any more; the learner is told. A coupon that was used may be used again.")
    done = _lazy("The order is cancelled.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        cancel_order(actor=self.request.user, order=self.row, reason=data["reason"])


class RetryFulfilmentView(RowActionView):
    form_class = forms.Form
    model = Order
    may = staticmethod(policies.can_change_payments)
    page_title = _lazy("Give what was bought")
    question = _lazy("The order is paid. This gives what is in it now; what was given already stays as it is.")
    done = _lazy("Everything in the order is given.")

    def act(self, data: dict[str, Any]) -> None:
        retry_fulfilment(actor=self.request.user, order=self.row)


class RefundForm(forms.Form):
    """How much goes back, for what, and why."""

    lines: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        label=_lazy("What is given back"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_lazy("Access to what is chosen ends. Nothing chosen: the whole order, or an amount of it."),
    )
    amount = forms.DecimalField(
        label=_lazy("Amount"), max_digits=15, decimal_places=3, required=False, help_text=_lazy("Empty: everything.")
    )
    reason = forms.ChoiceField(label=_lazy("Reason"), choices=Refund.Reason.choices, initial=Refund.Reason.OTHER)
    note = forms.CharField(label=_lazy("Note"), max_length=500, required=False)
    by_hand = forms.BooleanField(
        label=_lazy("I give the money back by other means"),
        required=False,
        help_text=_lazy("No provider is asked. Note the receipt with the refund once it is given."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=lambda: uuid.uuid4().hex)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.fields["lines"].queryset = order.lines.all()  # type: ignore[attr-defined]
        self.fields["amount"].label = _("Amount in %(currency)s") % {"currency": order.currency}

    def clean_amount(self) -> Money | None:
        """The amount with the order's currency."""
        given = self.cleaned_data["amount"]
        if given is None:
            return None
        try:
            return Money.from_decimal(given, self.order.currency)
        except ValueError:
            raise forms.ValidationError(_("This currency has fewer decimal digits.")) from None


class RequestRefundView(RowActionView):
    form_class = RefundForm
    model = Order
    may = staticmethod(policies.can_request_refunds)
    page_title = _lazy("Refund")
    done = _lazy("The refund is on its way, or waits to be approved.")

    @property
    def question(self) -> str:  # type: ignore[override]
        left = left_to_refund(self.row.payment) if hasattr(self.row, "payment") else Money(0, self.row.currency)
        return _("At most %(amount)s can be given back.") % {"amount": formats.money(left)}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "order": self.row}

    def act(self, data: dict[str, Any]) -> None:
        request_refund(
            actor=self.request.user,
            order=self.row,
            lines=list(data["lines"]) or None,
            amount=data["amount"],
            reason=data["reason"],
            note=data["note"],
            by_hand=data["by_hand"],
            idempotency_key=f"staff-{data['key']}",
        )


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [
        path("orders/<int:pk>/cancel/", CancelOrderView.as_view(), name="cancel_order"),
        path("orders/<int:pk>/give/", RetryFulfilmentView.as_view(), name="retry_fulfilment"),
        path("orders/<int:pk>/refund/", RequestRefundView.as_view(), name="request_refund"),
    ]
