"""Forms of the shop: they read what was typed; what it means is the business of the actions."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import country_choices, currency_choices
from commerce.models import PayoutAccount, Refund
from commerce.payouts import WALLET_PAYERS
from commerce.provider_names import provider_name
from commerce.providers import registry

__all__ = ["CheckoutForm", "PaymentMethodForm", "PayoutAccountForm", "ProofForm", "RefundForm"]

_PHONE = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}


class CheckoutForm(forms.Form):
    """Where the buyer is, what they pay with, and what the invoice says of them."""

    country = forms.ChoiceField(
        label=_lazy("Country"), required=False, widget=forms.Select(attrs={"autocomplete": "country"})
    )
    currency = forms.ChoiceField(label=_lazy("Pay in"))
    name = forms.CharField(
        label=_lazy("Name on the invoice"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    company = forms.CharField(
        label=_lazy("Company"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto"}),
    )
    address = forms.CharField(
        label=_lazy("Street and number"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address", "dir": "auto"}),
    )
    city = forms.CharField(
        label=_lazy("Town"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2", "dir": "auto"}),
    )
    tax_number = forms.CharField(
        label=_lazy("Tax number"), max_length=40, required=False, widget=forms.TextInput(attrs={"dir": "ltr"})
    )

    #: What goes onto the invoice.
    BILLING = ("name", "company", "address", "city", "tax_number")

    def __init__(self, *args: Any, currencies: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "country", [("", "—"), *country_choices()])
        names = dict(currency_choices())
        _offer(self, "currency", [(code, names.get(code, code)) for code in currencies])

    @property
    def billing(self) -> dict[str, str]:
        """The invoice address."""
        data = self.cleaned_data
        return {name: data[name] for name in self.BILLING if data.get(name)}


class ProofForm(forms.Form):
    """A picture or document that shows a transfer; what is in it is checked by the action."""

    file = forms.FileField(
        label=_lazy("Picture or PDF"),
        help_text=_lazy("JPEG, PNG, WebP or PDF, at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )
    note = forms.CharField(
        label=_lazy("Something to add?"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )


class RefundForm(forms.Form):
    """Why somebody wants their money back, and of what."""

    lines = forms.MultipleChoiceField(
        label=_lazy("What you give back"), widget=forms.CheckboxSelectMultiple, required=False
    )
    reason = forms.ChoiceField(label=_lazy("Why"))
    note = forms.CharField(
        label=_lazy("In your words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [choice for choice in Refund.Reason.choices if choice[0] not in ("paid_twice", "mismatch")]
        _offer(self, "reason", mine)
        if len(lines) > 1:
            self.fields["lines"] = forms.MultipleChoiceField(
                label=_lazy("What you give back"),
                choices=lines,
                initial=[key for key, _title in lines],
                widget=forms.CheckboxSelectMultiple,
            )
        else:
            del self.fields["lines"]


class PaymentMethodForm(forms.Form):
    """How the next periods of a subscription are asked for."""

    provider = forms.ChoiceField(label=_lazy("Way to pay"), required=False)
    phone = forms.CharField(
        label=_lazy("Number of the wallet"), max_length=30, required=False, widget=forms.TextInput(attrs=_PHONE)
    )

    def __init__(self, *args: Any, methods: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "provider", methods)


class PayoutAccountForm(forms.Form):
    """Where an instructor wants the money of one currency."""

    currency = forms.ChoiceField(label=_lazy("Currency"))
    method = forms.ChoiceField(label=_lazy("By"), choices=PayoutAccount.Method.choices)
    provider = forms.ChoiceField(label=_lazy("Operator, for mobile money"), required=False)
    country = forms.ChoiceField(label=_lazy("Country"))
    holder = forms.CharField(
        label=_lazy("Name of the holder"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    phone = forms.CharField(
        label=_lazy("Phone, for mobile money"), max_length=30, required=False, widget=forms.TextInput(attrs=_PHONE)
    )
    bank = forms.CharField(label=_lazy("Bank"), max_length=120, required=False)
    account_number = forms.CharField(
        label=_lazy("Account number or IBAN"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    bank_code = forms.CharField(
        label=_lazy("Bank code or BIC"), max_length=20, required=False, widget=forms.TextInput(attrs={"dir": "ltr"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "currency", currency_choices())
        _offer(self, "country", [("", "—"), *country_choices()])
        providers = registry.providers()
        mobile = [code for code in WALLET_PAYERS if code in providers and providers[code].capabilities.payouts]
        _offer(self, "provider", [("", "—"), *((code, provider_name(code)) for code in mobile)])
        self.fields["currency"].initial = settings.DEFAULT_CURRENCY


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (narrows the type)
    field.choices = choices
