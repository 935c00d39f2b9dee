"""Tax rates, and how converted prices are rounded, in the back office."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.actions.set_rounding_rule import set_rounding_rule
from commerce.actions.set_tax_rate import set_tax_rate
from commerce.back_office.base import ActionButtons, LookedAtOnly, LookOnly, yes_no
from commerce.back_office.filters import CountryFilter, country_shown
from commerce.back_office.shop_forms import RoundingForm, TaxForm
from commerce.back_office.views import ActionView
from commerce.models import RoundingRule, TaxRate
from core import formats
from core.money import Money

__all__ = ["RoundingAdmin", "TaxAdmin", "urlpatterns"]


class TaxPermissions(LookOnly):
    """Taxes and rounding are one right."""

    def user_can_list(self, user: Any) -> bool:
        return user.has_perm("commerce.view_taxrate") or policies.can_change_taxes(user)

    def user_can_create(self, user: Any) -> bool:
        return policies.can_change_taxes(user)


class TaxView(ActionView):
    """Enter a rate, or change one."""

    form_class = TaxForm
    model = TaxRate
    may = staticmethod(policies.can_change_taxes)
    list_name = "commerce_taxrate_modeladmin_index"
    page_title = _lazy("Tax rate")
    submit_label = _lazy("Save")
    question = _lazy(
        "Holds from its first day on, in place of the one before. A country without a rate pays no tax. Orders that "
        "were placed keep theirs."
    )
    done = _lazy("The tax rate is saved.")

    def get_initial(self) -> dict[str, Any]:
        names = ("country", "name", "percent", "is_inclusive", "valid_from", "valid_until")
        return {name: getattr(self.row, name) for name in names} if self.row else {}

    def get_form(self, form_class: Any = None) -> Any:
        """A rate keeps its country and first day."""
        form = super().get_form(form_class)
        if self.row is not None:
            for name in ("country", "valid_from"):
                form.fields[name].disabled = True
        return form

    def act(self, data: dict[str, Any]) -> None:
        set_tax_rate(actor=self.request.user, **data)


class RoundingView(ActionView):
    """Enter a rule, or change one."""

    form_class = RoundingForm
    model = RoundingRule
    may = staticmethod(policies.can_change_taxes)
    list_name = "commerce_roundingrule_modeladmin_index"
    page_title = _lazy("Rounding rule")
    submit_label = _lazy("Save")
    question = _lazy("For prices that are converted. Prices that were entered in a currency stay as they are.")
    done = _lazy("The rounding rule is saved.")

    def get_initial(self) -> dict[str, Any]:
        rule = self.row
        if rule is None:
            return {}
        return {
            "currency": rule.currency,
            "step": Money(rule.step_minor, rule.currency).to_decimal(),
            "minus": Money(rule.minus_minor, rule.currency).to_decimal(),
            "direction": rule.direction,
        }

    def get_form(self, form_class: Any = None) -> Any:
        """A rule keeps its currency."""
        form = super().get_form(form_class)
        if self.row is not None:
            form.fields["currency"].disabled = True
        return form

    def act(self, data: dict[str, Any]) -> None:
        data.pop("currency")
        set_rounding_rule(actor=self.request.user, **data)


class TaxButtons(ActionButtons):
    def more(self, obj: TaxRate) -> list[dict[str, Any]]:
        if not policies.can_change_taxes(self.request.user):
            return []
        return [self.button("tax_rate", _("Change"), obj.pk)]


class TaxAdmin(LookedAtOnly):
    """Rates by country and day. None is deleted: the next one takes its place."""

    model = TaxRate
    menu_icon = "globe"
    list_display = ("shown_country", "name", "shown_percent", "inclusive", "valid_from", "valid_until")
    list_filter = (CountryFilter,)
    permission_helper_class = TaxPermissions
    button_helper_class = TaxButtons

    inclusive = yes_no("is_inclusive", _lazy("prices contain it"))

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """Entering one is the only way to add a rate."""
        return TaxView.as_view()(request)

    def shown_country(self, obj: TaxRate) -> str:
        return country_shown(obj.country)

    shown_country.short_description = _lazy("country")  # type: ignore[attr-defined]
    shown_country.admin_order_field = "country"  # type: ignore[attr-defined]

    def shown_percent(self, obj: TaxRate) -> str:
        return formats.number(obj.percent, max(0, -int(obj.percent.normalize().as_tuple().exponent)))

    shown_percent.short_description = _lazy("per cent")  # type: ignore[attr-defined]
    shown_percent.admin_order_field = "percent"  # type: ignore[attr-defined]


class RoundingButtons(ActionButtons):
    def more(self, obj: RoundingRule) -> list[dict[str, Any]]:
        if not policies.can_change_taxes(self.request.user):
            return []
        return [self.button("rounding_rule", _("Change"), obj.pk)]


class RoundingAdmin(LookedAtOnly):
    """How converted prices look."""

    model = RoundingRule
    menu_icon = "globe"
    list_display = ("currency", "step", "minus", "direction")
    permission_helper_class = TaxPermissions
    button_helper_class = RoundingButtons

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """Amounts are typed in major units and stored in minor ones."""
        return RoundingView.as_view()(request)

    def step(self, obj: RoundingRule) -> str:
        return formats.money(Money(obj.step_minor, obj.currency))

    step.short_description = _lazy("multiple of")  # type: ignore[attr-defined]

    def minus(self, obj: RoundingRule) -> str:
        return formats.money(Money(obj.minus_minor, obj.currency))

    minus.short_description = _lazy("less")  # type: ignore[attr-defined]


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [
        path("tax-rates/<int:pk>/", TaxView.as_view(), name="tax_rate"),
        path("rounding-rules/<int:pk>/", RoundingView.as_view(), name="rounding_rule"),
    ]
