"""Forms of offers, prices, discounts, coupons, taxes and rounding. Amounts are typed in major units."""

import uuid
from decimal import Decimal
from typing import Any

import pycountry
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from commerce.actions.save_offer import PlanTerms
from commerce.back_office.forms import CourseField, course_choices
from commerce.models import Coupon, Offer, OfferPrice, Plan, RoundingRule
from core import clock
from core.currencies import CURRENCIES
from core.money import Money
from courses.models import Category, LearningPathPage

__all__ = ["CouponForm", "DiscountForm", "OfferForm", "PriceForm", "RoundingForm", "TaxForm"]

_EVERYWHERE = _lazy("Everywhere")


def _currency(**kwargs: Any) -> forms.ChoiceField:
    empty = [] if kwargs.get("required", True) else [("", "–")]
    choices = [*empty, *((code, code) for code in sorted(CURRENCIES))]
    return forms.ChoiceField(**{"label": _lazy("Currency"), "choices": choices, **kwargs})


def _country(**kwargs: Any) -> forms.ChoiceField:
    empty = [] if kwargs.get("required", True) else [("", _EVERYWHERE)]
    named = sorted((country.name, country.alpha_2) for country in pycountry.countries)
    choices = [*empty, *((code, f"{name} ({code})") for name, code in named)]
    return forms.ChoiceField(**{"label": _lazy("Country"), "choices": choices, **kwargs})


def _amount(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(**{"max_digits": 15, "decimal_places": 3, "min_value": Decimal(0), **kwargs})


def _path_choices() -> list[tuple[str, str]]:
    titles: dict[uuid.UUID, str] = {}
    pages = LearningPathPage.objects.order_by("pk").values_list("translation_key", "title", "locale__language_code")
    for key, title, language in pages:
        if key not in titles or language == settings.LANGUAGE_CODE:
            titles[key] = title
    return sorted(((str(key), title) for key, title in titles.items()), key=lambda choice: choice[1].casefold())


def _item_choices() -> list[tuple[str, str]]:
    paths = [(f"path:{key}", _("%(title)s (learning path)") % {"title": title}) for key, title in _path_choices()]
    return [*((f"course:{key}", title) for key, title in course_choices()), *paths]


def _category_choices() -> list[tuple[str, str]]:
    titles: dict[str, str] = {}
    for slug, title, language in Category.objects.values_list("slug", "title", "locale__language_code"):
        if slug not in titles or language == settings.LANGUAGE_CODE:
            titles[slug] = title
    return sorted(titles.items(), key=lambda choice: choice[1].casefold())


class MoneyForm(forms.Form):
    """A form whose amounts are in the currency of the same form; cleaned, they are :class:`Money`."""

    money_fields: tuple[str, ...] = ("amount",)

    def clean(self) -> dict[str, Any]:
        """Amounts and currency together."""
        cleaned = super().clean() or {}
        currency = cleaned.get("currency")
        for name in self.money_fields:
            amount = cleaned.get(name)
            if amount is None:
                cleaned[name] = None
            elif not currency:
                self.add_error("currency", _("Say in which currency."))
            else:
                try:
                    cleaned[name] = Money.from_decimal(amount, currency)
                except ValueError:
                    self.add_error(name, _("This currency has fewer decimal digits."))
        return cleaned


class OfferForm(MoneyForm):
    """What is sold: of one kind, which the page's address names, and never changes."""

    title = forms.CharField(label=_lazy("Title"), max_length=255)
    key = forms.TypedChoiceField(label=_lazy("Learning path"), choices=_path_choices, coerce=uuid.UUID)
    items = forms.MultipleChoiceField(
        label=_lazy("Courses and paths in it"),
        choices=_item_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    interval = forms.ChoiceField(label=_lazy("Paid"), choices=Plan.Interval.choices)
    scope = forms.ChoiceField(label=_lazy("Gives"), choices=Plan.Scope.choices)
    path_key = forms.TypedChoiceField(
        label=_lazy("Learning path"),
        choices=lambda: [("", "–"), *_path_choices()],
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_lazy("Where the plan gives one learning path."),
    )
    trial_days = forms.IntegerField(
        label=_lazy("Days to try for nothing"), min_value=0, max_value=365, initial=0, required=False
    )
    amount = _amount(label=_lazy("Price"), required=False, help_text=_lazy("Prices in other currencies come after."))
    currency = _currency(required=False, initial=settings.DEFAULT_CURRENCY)
    pricing = forms.ChoiceField(label=_lazy("Pricing"), choices=Offer.Pricing.choices)
    places = forms.IntegerField(
        label=_lazy("Places"),
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text=_lazy(
            "How often this can be sold. Empty: any number. In a bundle, path or plan a course has places of its own."
        ),
    )
    base_currency = _currency(
        label=_lazy("Convert other currencies from"),
        required=False,
        help_text=_lazy("Prices in currencies that have none of their own are converted from the price in this one."),
    )
    is_on_sale = forms.BooleanField(
        label=_lazy("On sale"),
        required=False,
        initial=True,
        help_text=_lazy("A course or path that is not on sale, or has no price, is free."),
    )

    def __init__(self, *args: Any, kind: str, offer: Offer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        others = [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        unused = {"amount", "currency"} if offer else set()
        if kind in (Offer.Kind.COURSE, Offer.Kind.PATH):
            unused |= {"title", "items"}
            others = []
        if kind != Offer.Kind.PLAN:
            unused |= {"interval", "scope", "path_key", "trial_days"}
        else:
            unused.add("places")
        if kind not in (Offer.Kind.COURSE, Offer.Kind.PATH) or offer:
            unused.add("key")
        elif kind == Offer.Kind.COURSE:
            self.fields["key"] = CourseField()
        for code, language in others:
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title in %(language)s") % {"language": language}, max_length=255, required=False
            )
        for field in unused:
            del self.fields[field]

    def clean(self) -> dict[str, Any]:
        """Titles together, items as kinds and keys, the terms of a plan as one."""
        cleaned = super().clean()
        titles = {name.removeprefix("title_"): cleaned.pop(name) for name in list(cleaned) if name.startswith("title_")}
        if titles:
            cleaned["titles"] = titles
        if "items" in cleaned:
            chosen = [item.partition(":") for item in cleaned["items"]]
            cleaned["items"] = [(kind, uuid.UUID(key)) for kind, _colon, key in chosen]
        if self.kind == Offer.Kind.PLAN and "scope" in cleaned and "interval" in cleaned:
            cleaned["plan"] = PlanTerms(
                interval=cleaned.pop("interval"),
                scope=cleaned.pop("scope"),
                path_key=cleaned.pop("path_key", None),
                trial_days=cleaned.pop("trial_days", None) or 0,
            )
        return cleaned


class PriceForm(MoneyForm):
    """What an offer costs in one currency, everywhere or in one country."""

    money_fields = ("amount", "minimum")

    offer = forms.ModelChoiceField(label=_lazy("Offer"), queryset=Offer.objects.all())
    amount = _amount(label=_lazy("Price"), help_text=_lazy("Where buyers choose what to pay: what is suggested."))
    minimum = _amount(
        label=_lazy("Least amount"), required=False, help_text=_lazy("Only where buyers choose what to pay.")
    )
    currency = _currency(initial=settings.DEFAULT_CURRENCY)
    country = _country(required=False, label=_lazy("Where"))

    def __init__(self, *args: Any, price: OfferPrice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if price is not None:
            for name in ("offer", "currency", "country"):
                self.fields[name].disabled = True


class DiscountForm(MoneyForm):
    """A lower price for a time."""

    offer = forms.ModelChoiceField(label=_lazy("Offer"), queryset=Offer.objects.filter(pricing=Offer.Pricing.FIXED))
    label = forms.CharField(
        label=_lazy("Label"), max_length=80, help_text=_lazy("As buyers read it, e.g. Launch price.")
    )
    percent = forms.DecimalField(label=_lazy("Per cent off"), max_digits=5, decimal_places=2, required=False)
    amount = _amount(label=_lazy("Or the price for this time"), required=False)
    currency = _currency(required=False, help_text=_lazy("Of that price."))
    starts_at = forms.DateTimeField(
        label=_lazy("From"), required=False, widget=AdminDateTimeInput, help_text=_lazy("Empty: at once.")
    )
    ends_at = forms.DateTimeField(
        label=_lazy("Until"), required=False, widget=AdminDateTimeInput, help_text=_lazy("Empty: never.")
    )


class CouponForm(MoneyForm):
    """A code that makes an order cheaper."""

    code = forms.CharField(
        label=_lazy("Code"), max_length=40, help_text=_lazy("4 to 32 letters and digits, hard to guess.")
    )
    percent = forms.DecimalField(label=_lazy("Per cent off"), max_digits=5, decimal_places=2, required=False)
    amount = _amount(label=_lazy("Or the amount off"), required=False)
    currency = _currency(required=False, help_text=_lazy("Of that amount."))
    note = forms.CharField(label=_lazy("Note"), max_length=200, required=False)
    starts_at = forms.DateTimeField(label=_lazy("From"), required=False, widget=AdminDateTimeInput)
    ends_at = forms.DateTimeField(label=_lazy("Until"), required=False, widget=AdminDateTimeInput)
    max_uses = forms.IntegerField(
        label=_lazy("Uses in all"), min_value=1, max_value=2**31 - 1, required=False, help_text=_lazy("Empty: any.")
    )
    max_uses_per_person = forms.IntegerField(
        label=_lazy("Uses per person"),
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        initial=1,
        help_text=_lazy("Empty: any."),
    )
    only_first_purchase = forms.BooleanField(label=_lazy("First purchase only"), required=False)
    is_active = forms.BooleanField(label=_lazy("Active"), required=False, initial=True)
    offers = forms.ModelMultipleChoiceField(
        label=_lazy("Only for these offers"), queryset=Offer.objects.exclude(kind=Offer.Kind.PLAN), required=False
    )
    categories = forms.MultipleChoiceField(
        label=_lazy("Only for courses of these categories"),
        choices=_category_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    domains = forms.CharField(
        label=_lazy("Only for people of an organisation"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("Domains of confirmed e-mail addresses, one a line: example.org"),
    )

    def __init__(self, *args: Any, coupon: Coupon | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if coupon is not None:
            self.fields["code"].disabled = True

    def clean_domains(self) -> list[str]:
        """One a line."""
        return self.cleaned_data["domains"].split()


class TaxForm(forms.Form):
    """The tax of a country from a day on."""

    country = _country()
    name = forms.CharField(label=_lazy("Name"), max_length=40, help_text=_lazy("As on the invoice, e.g. VAT or TVA."))
    percent = forms.DecimalField(
        label=_lazy("Per cent"), max_digits=6, decimal_places=3, min_value=Decimal(0), max_value=Decimal(100)
    )
    is_inclusive = forms.BooleanField(
        label=_lazy("Prices contain it"), required=False, initial=True, help_text=_lazy("Otherwise it comes on top.")
    )
    valid_from = forms.DateField(label=_lazy("From"), widget=AdminDateInput, initial=lambda: clock.now().date())
    valid_until = forms.DateField(
        label=_lazy("Until, with this day"), required=False, widget=AdminDateInput, help_text=_lazy("Empty: no end.")
    )


class RoundingForm(MoneyForm):
    """How converted prices look in a currency."""

    money_fields = ("step", "minus")

    currency = _currency()
    step = _amount(label=_lazy("Multiple of"), help_text=_lazy("E.g. 500 for francs, 1 for euros."))
    minus = _amount(label=_lazy("Less"), required=False, help_text=_lazy("E.g. 0.01, for prices like 9.99."))
    direction = forms.ChoiceField(label=_lazy("Round"), choices=RoundingRule.Direction.choices)
