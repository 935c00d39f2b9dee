"""Forms of the back office."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from accounts.models import User
from commerce.models import Certificate, ExchangeRate
from core import clock
from core.currencies import CURRENCIES
from courses.models import CoursePage

__all__ = ["GrantForm", "RateForm", "ReasonForm", "ReissueForm", "RevokeForm"]


def course_choices() -> list[tuple[str, str]]:
    """Published courses by key, each by its title in the school's language where there is one."""
    pages = CoursePage.objects.live().values_list("translation_key", "title", "locale__language_code")
    titles: dict[uuid.UUID, str] = {}
    for key, title, language in pages.order_by("pk"):
        if key not in titles or language == settings.LANGUAGE_CODE:
            titles[key] = title
    return sorted(((str(key), title) for key, title in titles.items()), key=lambda choice: choice[1].casefold())


class CourseField(forms.TypedChoiceField):
    """Choose a course; cleans to its key."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"label": _lazy("Course"), "choices": course_choices, "coerce": uuid.UUID, **kwargs}
        super().__init__(**kwargs)


class ReasonForm(forms.Form):
    """A reason for the audit log."""

    reason = forms.CharField(label=_lazy("Reason"), max_length=300, required=False, help_text=_lazy("For the log."))


class RevokeForm(forms.Form):
    """A reason that the public will read."""

    reason = forms.CharField(
        label=_lazy("Reason"),
        max_length=Certificate._meta.get_field("revocation_reason").max_length,
        help_text=_lazy("Shown to everyone who verifies the certificate."),
    )


class ReissueForm(forms.Form):
    """The corrected name."""

    learner_name = forms.CharField(
        label=_lazy("Name as it shall be printed"), max_length=Certificate._meta.get_field("learner_name").max_length
    )
    reason = forms.CharField(
        label=_lazy("Reason"),
        max_length=300,
        required=False,
        help_text=_lazy("Shown with the old certificate. Empty: “Replaced by a corrected certificate.”"),
    )


class GrantForm(forms.Form):
    """Who gets into which course, and for how long."""

    learner = forms.EmailField(label=_lazy("E-mail address of the learner"))
    course_key = CourseField()
    starts_at = forms.DateTimeField(
        label=_lazy("Opens"), required=False, widget=AdminDateTimeInput, help_text=_lazy("Empty: at once.")
    )
    ends_at = forms.DateTimeField(
        label=_lazy("Closes"), required=False, widget=AdminDateTimeInput, help_text=_lazy("Empty: never.")
    )
    reason = forms.CharField(label=_lazy("Reason"), max_length=300, required=False, help_text=_lazy("For the log."))

    def clean_learner(self) -> User:
        """The person of that address."""
        email = User.objects.normalize_email(self.cleaned_data["learner"])
        learner = User.objects.filter(email=email, is_active=True).first()
        if learner is None:
            raise ValidationError(_("Nobody with this address has an account."))
        return learner


class RateForm(forms.Form):
    """What one currency costs in another."""

    base = forms.ChoiceField(
        label=_lazy("One unit of"), choices=[(code, code) for code in sorted(CURRENCIES)], initial="EUR"
    )
    quote = forms.ChoiceField(
        label=_lazy("costs, in"),
        choices=[(code, code) for code in sorted(CURRENCIES)],
        initial="USD",
    )
    rate = forms.DecimalField(
        label=_lazy("Rate"),
        max_digits=ExchangeRate.MAX_DIGITS,
        decimal_places=ExchangeRate.DECIMAL_PLACES,
        help_text=_lazy("So many of the second currency. The other way round follows by itself."),
    )
    valid_from = forms.DateField(label=_lazy("Valid from"), widget=AdminDateInput, initial=lambda: clock.now().date())
    is_confirmed = forms.BooleanField(
        label=_lazy("The rate is right"),
        required=False,
        help_text=_lazy("Only needed for a rate that is far from the one before."),
    )
