"""Coupons in the back office."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.actions.save_coupon import save_coupon
from commerce.back_office.base import ActionButtons, LookedAtOnly, LookOnly, yes_no
from commerce.back_office.shop_forms import CouponForm
from commerce.back_office.views import ActionView
from commerce.models import Coupon, CouponTarget
from core import formats
from core.money import Money

__all__ = ["CouponAdmin", "urlpatterns"]


class CouponPermissions(LookOnly):
    def user_can_create(self, user: Any) -> bool:
        return policies.can_change_coupons(user)


class CouponView(ActionView):
    """Make a coupon, or change one."""

    form_class = CouponForm
    model = Coupon
    may = staticmethod(policies.can_change_coupons)
    list_name = "commerce_coupon_modeladmin_index"
    page_title = _lazy("Coupon")
    submit_label = _lazy("Save")
    question = _lazy("Either per cent or an amount off. Without restrictions it is for everything and everybody.")
    done = _lazy("The coupon is saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """A coupon keeps its code."""
        return {**super().get_form_kwargs(), "coupon": self.row}

    def get_initial(self) -> dict[str, Any]:
        coupon = self.row
        if coupon is None:
            return {}
        targets = list(coupon.targets.order_by("pk"))
        kinds = CouponTarget.Kind
        names = (
            "code",
            "percent",
            "currency",
            "note",
            "starts_at",
            "ends_at",
            "max_uses",
            "max_uses_per_person",
            "only_first_purchase",
            "is_active",
        )
        amount = coupon.amount_minor
        return {
            **{name: getattr(coupon, name) for name in names},
            "amount": None if amount is None else Money(amount, coupon.currency).to_decimal(),
            "offers": [target.offer_id for target in targets if target.kind == kinds.OFFER],
            "categories": [target.value for target in targets if target.kind == kinds.CATEGORY],
            "domains": "\n".join(target.value for target in targets if target.kind == kinds.ORGANIZATION),
        }

    def act(self, data: dict[str, Any]) -> None:
        data.pop("currency")
        save_coupon(actor=self.request.user, coupon=self.row, **data)


class CouponButtons(ActionButtons):
    def more(self, obj: Coupon) -> list[dict[str, Any]]:
        if not policies.can_change_coupons(self.request.user):
            return []
        return [self.button("coupon", _("Change"), obj.pk)]


class CouponAdmin(LookedAtOnly):
    """Codes that make an order cheaper. None is deleted: orders name them."""

    model = Coupon
    menu_icon = "tag"
    list_display = ("code", "reduction", "uses", "max_uses", "starts_at", "ends_at", "active", "note")
    list_filter = ("is_active", "kind")
    search_fields = ("code", "note")
    permission_helper_class = CouponPermissions
    button_helper_class = CouponButtons

    active = yes_no("is_active", _lazy("active"))

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """Amounts are typed in major units and stored in minor ones."""
        return CouponView.as_view()(request)

    def reduction(self, obj: Coupon) -> str:
        if obj.percent is not None:
            digits = max(0, -int(obj.percent.normalize().as_tuple().exponent))
            return _("%(percent)s %% off") % {"percent": formats.number(obj.percent, digits)}
        return formats.money(Money(obj.amount_minor or 0, obj.currency))

    reduction.short_description = _lazy("discount")  # type: ignore[attr-defined]


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [path("coupons/<int:pk>/", CouponView.as_view(), name="coupon")]
