"""People in the Wagtail admin: adding, editing and removing accounts, and one's own admin preferences."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import account as wagtail_account
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views import users as wagtail_users

from accounts.actions.replace_email import replace_email
from accounts.errors import EmailTaken
from accounts.events import PersonRegistered, RoleGranted, RoleRevoked
from accounts.forms import language_choices
from accounts.models import User
from accounts.policies import can_manage_person
from accounts.roles import ROLES
from core import audit, formats
from core.outbox import publish

__all__ = ["OwnPreferencesView", "PersonViewSet", "log_in"]

_FIELDS = ["email", "name", "language", "groups", "is_superuser"]


class PersonForm(forms.Form):
    """What both forms share: a whole name instead of two halves, and no step up to superuser for others."""

    # Wagtail's forms declare these two; a person here has one name.
    first_name = None
    last_name = None
    language = forms.ChoiceField(label=_lazy("Language"), required=False)
    instance: User

    def __init__(self, *args: Any, for_user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = self.fields["language"]
        assert isinstance(languages, forms.ChoiceField)  # noqa: S101 (narrows the type)
        languages.choices = [("", _lazy("As their browser asks")), *language_choices()]
        # Only a superuser makes or unmakes one; Wagtail would let everybody who edits accounts.
        if "is_superuser" in self.fields and not (for_user and for_user.is_superuser):
            del self.fields["is_superuser"]

    def clean_email(self) -> str:
        address = User.objects.normalize_email(self.cleaned_data["email"])
        others = EmailAddress.objects.filter(email=address, verified=True).exclude(user_id=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(EmailTaken.message, code=EmailTaken.code)
        return address


class PersonCreationForm(PersonForm, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        fields = _FIELDS


class PersonEditForm(PersonForm, UserEditForm):
    class Meta(UserEditForm.Meta):
        fields = [*_FIELDS, "is_active"]


class _KnowsWhoAsks:
    """Hands the person at the keyboard to the form."""

    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "for_user": self.request.user}  # type: ignore[misc]


class IndexView(wagtail_users.IndexView):
    @cached_property
    def columns(self) -> list[Column]:
        columns = super().columns
        for column in columns:
            if column.name == "name":
                column.sort_key = "name"
            elif column.name == User.USERNAME_FIELD:
                column.label = _lazy("E-mail")
        roles = Column("roles", label=_lazy("Roles"), accessor=lambda person: formats.listed(person.groups.all()))
        return [*columns[:3], roles, *columns[3:]]

    @cached_property
    def search_fields(self) -> set[str]:
        return {"name", "email"}

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().prefetch_related("groups")

    def order_queryset(self, queryset: Any) -> Any:
        if self.ordering in ("name", "-name"):
            return queryset.order_by(self.ordering, "email")
        return super().order_queryset(queryset)


class CreateView(_KnowsWhoAsks, wagtail_users.CreateView):
    def save_instance(self) -> User:
        with transaction.atomic():
            person = super().save_instance()
            _record(self.request, "accounts.person_registered", person, roles=_roles(person), source="admin")
            publish(PersonRegistered(person_key=person.public_id, language=person.language, source="admin"))
            _tell_roles(person, before=[])
        return person


class EditView(_KnowsWhoAsks, wagtail_users.EditView):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.email_before = self.object.email
        self.roles_before = _roles(self.object)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _require_manager(request.user, self.object)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: ModelForm) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)

    def save_instance(self) -> User:
        person = super().save_instance()
        if person.email != self.email_before:
            # Through the action: the old address must stop being a way in.
            replace_email(actor=self.request.user, person=person, email=person.email)
        changed = sorted(set(self.form.changed_data) - {"password2"})
        facts: dict[str, Any] = {"fields": changed}
        if (after := _roles(person)) != self.roles_before:
            facts |= {"roles_before": self.roles_before, "roles_after": after}
            _tell_roles(person, before=self.roles_before)
        if changed:
            _record(self.request, "accounts.person_changed", person, **facts)
        return person


class DeleteView(wagtail_users.DeleteView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        _require_manager(request.user, self.object)
        return super().dispatch(request, *args, **kwargs)

    def delete_action(self) -> None:
        with transaction.atomic():
            _record(self.request, "accounts.person_deleted", self.object)
            super().delete_action()


class PersonViewSet(wagtail_users.UserViewSet):
    """Accounts in the admin's settings menu."""

    menu_label = _lazy("People")
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    delete_view_class = DeleteView
    create_template_name = "accounts/people/create.html"
    edit_template_name = "accounts/people/edit.html"

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return PersonEditForm if for_update else PersonCreationForm


class OwnPreferencesView(wagtail_account.AccountView):
    """``/admin/account/`` without what is kept on the website: name, picture, address and password."""

    def get_panels(self) -> list[Any]:
        elsewhere = (
            wagtail_account.NameEmailSettingsPanel,
            wagtail_account.AvatarSettingsPanel,
            wagtail_account.ChangePasswordPanel,
        )
        return [panel for panel in super().get_panels() if not isinstance(panel, elsewhere)]


def log_in(request: HttpRequest) -> HttpResponse:
    """Send ``/admin/login/`` to the one log-in there is: Wagtail's own form knows no second factor."""
    wanted = request.GET.get("next") or reverse("wagtailadmin_home")
    if request.user.is_authenticated:
        return redirect("wagtailadmin_home")
    return redirect_to_login(wanted)


def _require_manager(user: Any, person: User) -> None:
    if not can_manage_person(user, person):
        raise PermissionDenied


def _roles(person: User) -> list[str]:
    return sorted(Group.objects.filter(user=person).values_list("name", flat=True))


def _tell_roles(person: User, before: list[str]) -> None:
    """Publish the difference, for groups that are roles."""
    after, known = set(_roles(person)), {role.name for role in ROLES}
    for name in sorted((after - set(before)) & known):
        publish(RoleGranted(person_key=person.public_id, role=name))
    for name in sorted((set(before) - after) & known):
        publish(RoleRevoked(person_key=person.public_id, role=name))


def _record(request: HttpRequest, verb: str, person: User, **facts: Any) -> None:
    audit.record(
        actor=request.user, verb=verb, target=person, label=str(person.public_id), facts=facts,
        ip=request.META.get("REMOTE_ADDR") or None,
    )  # fmt: skip
