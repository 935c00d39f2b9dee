"""Subscriptions: looked at, and cancelled for learners who ask."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from commerce.actions.cancel_subscription import cancel_subscription
from commerce.back_office.base import (
    ActionButtons,
    RowActionView,
    Sheet,
    SheetAdmin,
    Table,
    amount,
    badge,
    day,
    sheet_link,
    when,
)
from commerce.models import Subscription
from commerce.phones import masked_phone
from commerce.provider_names import provider_name

__all__ = ["SubscriptionAdmin", "urlpatterns"]


def _may_change(user: Any) -> bool:
    return user.has_perm("commerce.change_subscription")


class SubscriptionButtons(ActionButtons):
    def more(self, obj: Subscription) -> list[dict[str, Any]]:
        if not self.is_on_sheet or obj.state == Subscription.State.ENDED or not _may_change(self.request.user):
            return []
        return [self.button("cancel_subscription", _("Cancel subscription"), obj.pk, danger=True)]


class SubscriptionAdmin(SheetAdmin):
    """Somebody's plan."""

    model = Subscription
    menu_icon = "rotate"
    menu_order = 190
    list_display = ("learner_email", "plan", "shown_state", "price", "billing", "period_ends_at", "created_at")
    list_filter = ("state", "billing", "currency", "cancels_at_period_end")
    list_export = ("public_id", "learner_email", "plan", "state", "amount_minor", "currency", "period_ends_at")
    search_fields = ("learner__email", "learner__name", "public_id", "stripe_ref", "plan__offer__title")
    button_helper_class = SubscriptionButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Subscription]":
        return super().get_queryset(request).select_related("learner", "plan__offer", "next_plan__offer")

    def learner_email(self, obj: Subscription) -> str:
        return obj.learner.email

    learner_email.short_description = _lazy("learner")  # type: ignore[attr-defined]

    def shown_state(self, obj: Subscription) -> str:
        return badge(obj.state, obj.get_state_display())

    shown_state.short_description = _lazy("state")  # type: ignore[attr-defined]
    shown_state.admin_order_field = "state"  # type: ignore[attr-defined]

    def price(self, obj: Subscription) -> str:
        return amount(obj.amount_minor, obj.currency)

    price.short_description = _lazy("price")  # type: ignore[attr-defined]

    def sheet(self, obj: Subscription, request: HttpRequest) -> Sheet:
        may_see_order = request.user.has_perm("commerce.view_order")
        periods = obj.periods.select_related("order").order_by("-number")
        return Sheet(
            f"{obj.plan} · {obj.learner.email}",
            [
                (_lazy("State"), badge(obj.state, obj.get_state_display())),
                (_lazy("Learner"), f"{obj.learner.get_full_name()} ({obj.learner.email})"),
                (_lazy("Plan"), obj.plan),
                (_lazy("Price"), amount(obj.amount_minor, obj.currency)),
                (_lazy("Billing"), obj.get_billing_display()),
                (_lazy("Provider"), provider_name(obj.provider) if obj.provider else ""),
                (_lazy("Phone"), masked_phone(obj.phone) if obj.phone else ""),
                (_lazy("Paid until"), when(obj.period_ends_at)),
                (_lazy("Access until"), when(obj.grace_ends_at)),
                (_lazy("Ends with the period"), _("yes") if obj.cancels_at_period_end else ""),
                (_lazy("Next plan"), obj.next_plan),
                (_lazy("Credit"), amount(obj.credit_minor, obj.currency) if obj.credit_minor else ""),
                (_lazy("Begun"), when(obj.created_at)),
                (_lazy("Ended"), when(obj.ended_at)),
                (_lazy("Why it ended"), obj.ended_reason),
                (_lazy("With Stripe"), obj.stripe_ref),
                (_lazy("Identifier"), obj.public_id),
            ],
            [
                Table(
                    _lazy("Periods"),
                    [_lazy("Number"), _lazy("From"), _lazy("Until"), _lazy("Order"), _lazy("Paid"), _lazy("Trial")],
                    [
                        [
                            period.number,
                            day(period.starts_at),
                            day(period.ends_at),
                            sheet_link(period.order) if may_see_order else (period.order or ""),
                            when(period.paid_at),
                            _("yes") if period.is_trial else "",
                        ]
                        for period in periods
                    ],
                    _lazy("None yet."),
                )
            ],
        )


class CancelForm(forms.Form):
    """When it ends, and why."""

    at_once = forms.BooleanField(
        label=_lazy("End it at once"),
        required=False,
        help_text=_lazy("Otherwise access lasts until the end of what is paid. Nothing is refunded by this."),
    )
    reason = forms.CharField(label=_lazy("Reason"), max_length=300, required=False, help_text=_lazy("For the log."))


class CancelSubscriptionView(RowActionView):
    form_class = CancelForm
    model = Subscription
    may = staticmethod(_may_change)
    page_title = _lazy("Cancel subscription")
    question = _lazy("It won't be renewed; the learner is told.")
    done = _lazy("The subscription is cancelled.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        cancel_subscription(actor=self.request.user, subscription=self.row, **data)


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [path("subscriptions/<int:pk>/cancel/", CancelSubscriptionView.as_view(), name="cancel_subscription")]
