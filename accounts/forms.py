"""Forms about people."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _lazy

from accounts.actions.update_profile import PROFILE_FIELDS, update_profile
from accounts.avatars import prepare_avatar
from accounts.choices import country_choices, currency_choices, time_zone_choices
from accounts.errors import PictureRefused
from accounts.models import User
from accounts.phones import parse_phone, readable_phone
from accounts.validators import validate_name

__all__ = ["ProfileForm", "SignupForm", "language_choices"]


class SignupForm(forms.Form):
    """What sign-up asks beside e-mail and password, on the website and in the headless API.

    ``accounts.adapters.AccountAdapter.save_user`` keeps the name, together with the new account.
    """

    name = forms.CharField(
        label=_lazy("Your name"),
        max_length=120,
        validators=[validate_name],
        help_text=_lazy("As it should stand on your certificates."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing left to do; allauth asks for the method."""


def language_choices() -> list[tuple[str, str]]:
    """Return the languages of the interface, each in its own name."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


class ProfileForm(forms.ModelForm):
    """A person's own profile: bind it with ``instance=request.user``, then ``save(actor=request.user)``."""

    avatar = forms.FileField(
        label=_lazy("Picture"),
        required=False,
        help_text=_lazy("JPEG, PNG, WebP or GIF, at most 5 MB. We keep the middle, as a small square."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    phone = forms.CharField(
        label=_lazy("Phone"),
        required=False,
        max_length=30,
        help_text=_lazy("As you dial it in your country, or with the country code."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    country = forms.ChoiceField(label=_lazy("Country"), required=False)
    currency = forms.ChoiceField(
        label=_lazy("Show prices in"),
        required=False,
        help_text=_lazy("Beside the currency that is charged, which is always named."),
    )
    time_zone = forms.ChoiceField(label=_lazy("Time zone"), required=False)
    language = forms.ChoiceField(label=_lazy("Language of pages and mails"), required=False)

    class Meta:
        model = User
        fields = ["name", "avatar", "bio", "country", "phone", "currency", "time_zone", "language", "saves_data"]
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
            "bio": forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        }
        labels = {"bio": _lazy("About you")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self._offer("country", [("", "—"), *country_choices()])
        self._offer("currency", [("", _lazy("As in my country")), *currency_choices()])
        zones = time_zone_choices()
        mine = self.instance.time_zone
        if mine and mine not in {zone for _region, entries in zones for zone, _label in entries}:
            zones.append((mine, [(mine, mine)]))  # an older name of a zone, chosen by a program
        self._offer("time_zone", [("", _lazy("As my device says")), *zones])
        self._offer("language", [("", _lazy("As my browser asks")), *language_choices()])
        if self.instance.phone:
            self.initial["phone"] = readable_phone(self.instance.phone)

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (narrows the type)
        field.choices = choices

    def clean_avatar(self) -> Any:
        """Turn an upload into the small picture; report what is wrong with it at the field."""
        upload = self.cleaned_data.get("avatar")
        if not isinstance(upload, UploadedFile):
            return upload  # False: remove; the stored one: keep
        try:
            prepare_avatar(upload)
        except PictureRefused as error:
            raise ValidationError(str(error.message), code=error.code) from error
        return upload

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "country" in self.errors:
            data.pop("phone", None)  # can't be read yet, and isn't at fault
        if "phone" in data:
            try:
                data["phone"] = parse_phone(data["phone"], data.get("country", ""))
            except ValidationError as error:
                self.add_error("phone", error)
        return data

    def _post_clean(self) -> None:
        """Check against the model without touching the instance: ``request.user`` is shown beside the form."""
        shown = {name: getattr(self.instance, name) for name in PROFILE_FIELDS}
        picture = self.instance.avatar.name
        super()._post_clean()  # type: ignore[misc]
        for name, value in shown.items():
            setattr(self.instance, name, value)
        self.instance.avatar = picture

    def save(self, commit: bool = True, *, actor: User | None = None) -> User:
        """Write the profile through the action.

        Raises:
            ValueError: the form isn't valid, or ``commit`` is off.
        """
        if not commit or self.errors:
            raise ValueError("A profile is saved at once, and only when it is valid.")
        picture = self.cleaned_data.get("avatar")
        return update_profile(
            actor=actor or self.instance,
            person=self.instance,
            avatar=picture if picture is False or isinstance(picture, UploadedFile) else None,
            **{name: self.cleaned_data[name] for name in PROFILE_FIELDS},
        )
