"""Offers, their prices and discounts in the back office."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from commerce import policies
from commerce.actions.add_discount import add_discount
from commerce.actions.remove_discount import remove_discount
from commerce.actions.remove_offer_price import remove_offer_price
from commerce.actions.save_offer import save_offer
from commerce.actions.set_offer_price import set_offer_price
from commerce.back_office.base import ActionButtons, LookedAtOnly, LookOnly, yes_no
from commerce.back_office.shop_forms import DiscountForm, OfferForm, PriceForm
from commerce.back_office.views import ActionView
from commerce.models import Offer, OfferDiscount, OfferPrice, Plan
from core import clock, formats
from core.money import Money

__all__ = ["DiscountAdmin", "OfferAdmin", "OfferPriceAdmin", "urlpatterns"]


class OfferPermissions(LookOnly):
    """Offers, prices and discounts are one right."""

    def user_can_list(self, user: Any) -> bool:
        return user.has_perm("commerce.view_offer") or policies.can_change_prices(user)

    def user_can_create(self, user: Any) -> bool:
        return policies.can_change_prices(user)


class OfferView(ActionView):
    """Make an offer of the kind that the address names, or change one."""

    form_class = OfferForm
    model = Offer
    may = staticmethod(policies.can_change_prices)
    list_name = "commerce_offer_modeladmin_index"
    page_title = _lazy("Offer")
    submit_label = _lazy("Save")
    done = _lazy("The offer is saved.")

    @property
    def kind(self) -> str:
        """Of the offer, or asked for; a course, when it is nothing that there is."""
        asked = self.row.kind if self.row else self.request.GET.get("kind", "")
        return asked if asked in Offer.Kind.values else str(Offer.Kind.COURSE)

    @property
    def question(self) -> SafeString:  # type: ignore[override]  # made of the other kinds' addresses
        """What is being sold; a new one may be of another kind."""
        if self.row:
            return format_html("{}", _("Orders that were placed keep their amounts."))
        others = [choice for choice in Offer.Kind.choices if choice[0] != self.kind]
        links = format_html_join(" · ", '<a href="?kind={}">{}</a>', others)
        return format_html("{} {} · {}", _("What is sold:"), Offer.Kind(self.kind).label, links)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form is of one kind."""
        return {**super().get_form_kwargs(), "kind": self.kind, "offer": self.row}

    def get_initial(self) -> dict[str, Any]:
        offer = self.row
        if offer is None:
            return {}
        plan = Plan.objects.filter(offer=offer).first()
        return {
            "title": offer.title,
            **{f"title_{language}": text for language, text in offer.titles.items()},
            "items": [f"{item.kind}:{item.key}" for item in offer.items.all()],
            "pricing": offer.pricing,
            "base_currency": offer.base_currency,
            "is_on_sale": offer.is_on_sale,
            "places": offer.places,
            **({name: getattr(plan, name) for name in ("interval", "scope", "path_key", "trial_days")} if plan else {}),
        }

    def act(self, data: dict[str, Any]) -> None:
        price = data.pop("amount", None)
        data.pop("currency", None)
        offer = save_offer(actor=self.request.user, offer=self.row, kind=self.kind, **data)
        if price:
            set_offer_price(actor=self.request.user, offer=offer, price=price)


class PriceView(ActionView):
    """Add a price, or change one."""

    form_class = PriceForm
    model = OfferPrice
    may = staticmethod(policies.can_change_prices)
    list_name = "commerce_offerprice_modeladmin_index"
    page_title = _lazy("Price")
    submit_label = _lazy("Save")
    question = _lazy("A course without any price is free. Learners who are enrolled keep their access.")
    done = _lazy("The price is saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """A price keeps its offer, currency and country; another one is another price."""
        return {**super().get_form_kwargs(), "price": self.row}

    def get_initial(self) -> dict[str, Any]:
        if self.row is None:
            return {"offer": self.request.GET.get("offer", "")}
        minimum = self.row.minimum_minor
        return {
            "offer": self.row.offer_id,
            "currency": self.row.currency,
            "country": self.row.country,
            "amount": Money(self.row.amount_minor, self.row.currency).to_decimal(),
            "minimum": None if minimum is None else Money(minimum, self.row.currency).to_decimal(),
        }

    def act(self, data: dict[str, Any]) -> None:
        set_offer_price(
            actor=self.request.user,
            offer=data["offer"],
            price=data["amount"],
            country=data["country"],
            minimum=data["minimum"],
        )


class RemovePriceView(ActionView):
    form_class = forms.Form
    model = OfferPrice
    may = staticmethod(policies.can_change_prices)
    list_name = "commerce_offerprice_modeladmin_index"
    page_title = _lazy("Remove price")
    question = _lazy("A course or path without a price in any currency is free.")
    done = _lazy("The price is removed.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        remove_offer_price(actor=self.request.user, price=self.row)


class DiscountView(ActionView):
    form_class = DiscountForm
    may = staticmethod(policies.can_change_prices)
    list_name = "commerce_offerdiscount_modeladmin_index"
    page_title = _lazy("Discount")
    submit_label = _lazy("Save")
    question = _lazy("Either per cent off all prices of the offer, or a price in one currency. The lowest one counts.")
    done = _lazy("The discount is saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"offer": self.request.GET.get("offer", "")}

    def act(self, data: dict[str, Any]) -> None:
        data.pop("currency")
        add_discount(actor=self.request.user, price=data.pop("amount"), **data)


class RemoveDiscountView(ActionView):
    form_class = forms.Form
    model = OfferDiscount
    may = staticmethod(policies.can_change_prices)
    list_name = "commerce_offerdiscount_modeladmin_index"
    page_title = _lazy("Remove discount")
    question = _lazy("From now on the full price holds. Orders that were placed keep their amounts.")
    done = _lazy("The discount is removed.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        remove_discount(actor=self.request.user, discount=self.row)


class OfferButtons(ActionButtons):
    def more(self, obj: Offer) -> list[dict[str, Any]]:
        if not policies.can_change_prices(self.request.user):
            return []
        buttons = [self.button("offer", _("Change"), obj.pk), self._adding("offerprice", _("Add price"), obj)]
        if obj.pricing == Offer.Pricing.FIXED:
            buttons.append(self._adding("offerdiscount", _("Add discount"), obj))
        return buttons

    def _adding(self, model: str, label: str, offer: Offer) -> dict[str, Any]:
        url = reverse(f"commerce_{model}_modeladmin_create")
        classes = self.finalise_classname(["button-small", "button-secondary"])
        return {"url": f"{url}?offer={offer.pk}", "label": label, "classname": classes, "title": label}


class OfferAdmin(LookedAtOnly):
    """What is sold: courses, paths, bundles, plans."""

    model = Offer
    menu_icon = "tag"
    list_display = ("title", "kind", "prices", "pricing", "contents", "sold_places", "on_sale")
    list_filter = ("kind", "pricing", "is_on_sale")
    search_fields = ("title",)
    permission_helper_class = OfferPermissions
    button_helper_class = OfferButtons

    on_sale = yes_no("is_on_sale", _lazy("on sale"))

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Offer]":
        return super().get_queryset(request).select_related("plan").prefetch_related("prices", "items")

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """An offer is made on a page of its kind."""
        return OfferView.as_view()(request)

    def prices(self, obj: Offer) -> str:
        shown = [formats.money(Money(row.amount_minor, row.currency)) for row in obj.prices.all() if not row.country]
        return formats.listed(shown) if shown else "–"

    prices.short_description = _lazy("prices")  # type: ignore[attr-defined]

    def contents(self, obj: Offer) -> str:
        plan = getattr(obj, "plan", None) if obj.kind == Offer.Kind.PLAN else None
        said = [plan.get_scope_display(), plan.get_interval_display()] if plan else []
        return formats.listed([*map(str, said), *(item.title for item in obj.items.all())])

    contents.short_description = _lazy("gives")  # type: ignore[attr-defined]

    def sold_places(self, obj: Offer) -> str:
        if obj.places is None:
            return "–"
        facts = {"taken": formats.number(obj.places_taken), "places": formats.number(obj.places)}
        return _("%(taken)s of %(places)s") % facts

    sold_places.short_description = _lazy("places taken")  # type: ignore[attr-defined]


class OfferPriceButtons(ActionButtons):
    def more(self, obj: OfferPrice) -> list[dict[str, Any]]:
        if not policies.can_change_prices(self.request.user):
            return []
        return [
            self.button("price", _("Change"), obj.pk),
            self.button("remove_price", _("Remove"), obj.pk, danger=True),
        ]


class OfferPriceAdmin(LookedAtOnly):
    """What offers cost, a row for each currency and country."""

    model = OfferPrice
    menu_label = _lazy("Prices")
    menu_icon = "tag"
    list_display = ("offer", "price", "currency", "where", "minimum")
    list_filter = ("currency", "country", "offer__kind")
    list_select_related = ("offer",)
    search_fields = ("offer__title",)
    permission_helper_class = OfferPermissions
    button_helper_class = OfferPriceButtons

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """Prices are typed in major units and stored in minor ones."""
        return PriceView.as_view()(request)

    def price(self, obj: OfferPrice) -> str:
        return formats.money(Money(obj.amount_minor, obj.currency))

    price.short_description = _lazy("price")  # type: ignore[attr-defined]

    def minimum(self, obj: OfferPrice) -> str:
        least = obj.minimum_minor
        return "–" if least is None else formats.money(Money(least, obj.currency))

    minimum.short_description = _lazy("least amount")  # type: ignore[attr-defined]

    def where(self, obj: OfferPrice) -> str:
        return obj.country or _("Everywhere")

    where.short_description = _lazy("where")  # type: ignore[attr-defined]


class DiscountButtons(ActionButtons):
    def more(self, obj: OfferDiscount) -> list[dict[str, Any]]:
        if not policies.can_change_prices(self.request.user):
            return []
        return [self.button("remove_discount", _("Remove"), obj.pk, danger=True)]


class DiscountAdmin(LookedAtOnly):
    """Lower prices for a time."""

    model = OfferDiscount
    menu_label = _lazy("Discounts")
    menu_icon = "tag"
    list_display = ("offer", "label", "reduction", "starts_at", "ends_at", "use")
    list_filter = ("starts_at",)
    list_select_related = ("offer",)
    search_fields = ("offer__title", "label")
    permission_helper_class = OfferPermissions
    button_helper_class = DiscountButtons

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """Adding one is the only way; another one is another discount."""
        return DiscountView.as_view()(request)

    def reduction(self, obj: OfferDiscount) -> str:
        if obj.percent is not None:
            return _("%(percent)s %% off") % {"percent": formats.number(obj.percent.normalize(), _digits(obj.percent))}
        return formats.money(Money(obj.amount_minor or 0, obj.currency))

    reduction.short_description = _lazy("discount")  # type: ignore[attr-defined]

    def use(self, obj: OfferDiscount) -> str:
        """Whether it counts now."""
        now = clock.now()
        if obj.starts_at > now:
            return _("not yet")
        return _("over") if obj.ends_at and obj.ends_at <= now else _("in force")

    use.short_description = _lazy("use")  # type: ignore[attr-defined]


def _digits(number: Any) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [
        path("offers/<int:pk>/", OfferView.as_view(), name="offer"),
        path("prices/<int:pk>/", PriceView.as_view(), name="price"),
        path("prices/<int:pk>/remove/", RemovePriceView.as_view(), name="remove_price"),
        path("discounts/<int:pk>/remove/", RemoveDiscountView.as_view(), name="remove_discount"),
    ]
