"""Who earns what: shares of co-authors, terms of single courses, links that bring buyers."""

import uuid
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from commerce import policies
from commerce.actions.set_course_shares import set_course_shares
from commerce.actions.set_course_terms import set_course_terms
from commerce.back_office.base import ActionButtons, LookedAtOnly, LookOnly, yes_no
from commerce.back_office.forms import CourseField
from commerce.back_office.views import ActionView
from commerce.models import CourseShare, CourseTerms, ReferralLink
from core import formats
from core.policies import is_person
from courses.models import CoursePage

__all__ = ["ReferralLinkAdmin", "ShareAdmin", "TermsAdmin", "urlpatterns"]


def can_change_shares(user: Any) -> bool:
    """Whether ``user`` may set shares of any course."""
    return is_person(user) and user.has_perm("commerce.change_courseshare")


class _CourseRows(LookedAtOnly):
    """Rows about a course, which is known by its key."""

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        title = CoursePage.objects.filter(translation_key=OuterRef("course_key")).order_by("locale_id").values("title")
        return super().get_queryset(request).annotate(course_title=Subquery(title[:1]))

    def course(self, obj: Any) -> str:
        return obj.course_title or str(obj.course_key)

    course.short_description = _lazy("course")  # type: ignore[attr-defined]
    course.admin_order_field = "course_title"  # type: ignore[attr-defined]


class SharePermissions(LookOnly):
    def user_can_create(self, user: Any) -> bool:
        return can_change_shares(user)


class ShareButtons(ActionButtons):
    def add_button(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        label = _("Set shares of a course")
        return {**super().add_button(*args, **kwargs), "label": label, "title": label}

    def more(self, obj: CourseShare) -> list[dict[str, Any]]:
        return [self.button("shares", _("Change"), obj.pk)] if can_change_shares(self.request.user) else []


class ShareAdmin(_CourseRows):
    """Co-authors' parts; a course without any is its owners' in equal parts."""

    model = CourseShare
    menu_icon = "group"
    menu_order = 230
    list_display = ("course", "author_name", "author_email", "weight")
    search_fields = ("author__email", "author__name")
    permission_helper_class = SharePermissions
    button_helper_class = ShareButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[CourseShare]":
        return super().get_queryset(request).select_related("author")

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """All shares of a course are set together."""
        return SharesView.as_view()(request)

    def author_name(self, obj: CourseShare) -> str:
        return obj.author.get_full_name()

    author_name.short_description = _lazy("author")  # type: ignore[attr-defined]

    def author_email(self, obj: CourseShare) -> str:
        return obj.author.email

    author_email.short_description = _lazy("e-mail address")  # type: ignore[attr-defined]


class SharesForm(forms.Form):
    """Who gets how much of a course: a line for each author."""

    course_key = CourseField()
    shares = forms.CharField(
        label=_lazy("Authors"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "ltr"}),
        help_text=_lazy(
            "A line for each: e-mail address, a blank, and a weight. With 2 and 1 the first gets two thirds. "
            "Nothing: the course's owners get equal parts."
        ),
    )

    def clean_shares(self) -> list[tuple[User, int]]:
        """Authors with their weights, in the order of the lines."""
        found = []
        for line in self.cleaned_data["shares"].splitlines():
            if not line.strip():
                continue
            email, _blank, weight = line.strip().rpartition(" ")
            author = User.objects.filter(email=User.objects.normalize_email(email.strip()), is_active=True).first()
            if author is None:
                raise forms.ValidationError(_("Nobody with this address has an account: %(line)s") % {"line": line})
            if not (weight.isascii() and weight.isdigit() and len(weight) < 7):
                raise forms.ValidationError(_("A weight is a whole number: %(line)s") % {"line": line})
            found.append((author, int(weight)))
        return found


class SharesView(ActionView):
    form_class = SharesForm
    model = CourseShare
    may = staticmethod(can_change_shares)
    list_name = "commerce_courseshare_modeladmin_index"
    page_title = _lazy("Shares of a course")
    submit_label = _lazy("Save")
    question = _lazy("Holds for payments from now on; what is earned stays whose it is.")
    done = _lazy("The shares are saved.")

    def get_initial(self) -> dict[str, Any]:
        if self.row is None:
            return {}
        rows = CourseShare.objects.filter(course_key=self.row.course_key).select_related("author").order_by("pk")
        lines = [f"{row.author.email} {row.weight}" for row in rows]
        return {"course_key": self.row.course_key, "shares": "\n".join(lines)}

    def get_form(self, form_class: type[forms.Form] | None = None) -> forms.Form:
        return _with_course_kept(super().get_form(form_class), self.row)

    def act(self, data: dict[str, Any]) -> None:
        set_course_shares(actor=self.request.user, **data)


def _with_course_kept(form: forms.Form, row: CourseShare | CourseTerms | None) -> forms.Form:
    """A row keeps its course, also one that is not published any more and hence no choice."""
    if row is not None:
        field: Any = form.fields["course_key"]
        field.disabled = True
        if str(row.course_key) not in {key for key, _title in field.choices}:
            field.choices = [*field.choices, (str(row.course_key), str(row.course_key))]
    return form


# Terms


class TermsPermissions(LookOnly):
    def user_can_create(self, user: Any) -> bool:
        return policies.can_set_terms(user)


class TermsButtons(ActionButtons):
    def add_button(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        label = _("Set terms of a course")
        return {**super().add_button(*args, **kwargs), "label": label, "title": label}

    def more(self, obj: CourseTerms) -> list[dict[str, Any]]:
        if not policies.can_set_terms(self.request.user):
            return []
        return [
            self.button("terms", _("Change"), obj.pk),
            self.button("remove_terms", _("Back to the usual"), obj.pk, danger=True),
        ]


class TermsAdmin(_CourseRows):
    """The school's part of courses where it isn't the usual one."""

    model = CourseTerms
    menu_icon = "form"
    menu_order = 235
    list_display = ("course", "school", "referred")
    permission_helper_class = TermsPermissions
    button_helper_class = TermsButtons

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """By a form that calls the action."""
        return TermsView.as_view()(request)

    def school(self, obj: CourseTerms) -> str:
        return f"{formats.number(obj.platform_percent)}\u00a0%"

    school.short_description = _lazy("school's part")  # type: ignore[attr-defined]

    def referred(self, obj: CourseTerms) -> str:
        return "" if obj.referred_percent is None else f"{formats.number(obj.referred_percent)}\u00a0%"

    referred.short_description = _lazy("of buyers an author brought")  # type: ignore[attr-defined]


class TermsForm(forms.Form):
    """Per cent of the net price."""

    course_key = CourseField()
    platform_percent = forms.DecimalField(
        label=_lazy("School's part in per cent"), min_value=0, max_value=100, decimal_places=2
    )
    referred_percent = forms.DecimalField(
        label=_lazy("School's part of buyers an author brought, in per cent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
        help_text=_lazy("Empty: the usual part."),
    )


class TermsView(ActionView):
    form_class: type[forms.Form] = TermsForm
    model = CourseTerms
    may = staticmethod(policies.can_set_terms)
    list_name = "commerce_courseterms_modeladmin_index"
    page_title = _lazy("Terms of a course")
    submit_label: str | Promise = _lazy("Save")
    question = _lazy("Of the price without tax. Holds for payments from now on.")
    done = _lazy("The terms are saved.")

    def get_initial(self) -> dict[str, Any]:
        if self.row is None:
            return {}
        return {name: getattr(self.row, name) for name in ("course_key", "platform_percent", "referred_percent")}

    def get_form(self, form_class: type[forms.Form] | None = None) -> forms.Form:
        form = super().get_form(form_class)
        return _with_course_kept(form, self.row) if "course_key" in form.fields else form

    def act(self, data: dict[str, Any]) -> None:
        set_course_terms(actor=self.request.user, **data)


class RemoveTermsView(TermsView):
    form_class = forms.Form
    page_title = _lazy("Back to the usual terms")
    submit_label = ""
    question = _lazy("The school's part of this course is the usual one again, for payments from now on.")
    done = _lazy("The usual terms hold.")
    is_destructive = True

    def get_initial(self) -> dict[str, Any]:
        return {}

    def act(self, data: dict[str, Any]) -> None:
        key: uuid.UUID = self.row.course_key
        set_course_terms(actor=self.request.user, course_key=key, platform_percent=None)


# Links


class LinkPermissions(LookOnly):
    """Whoever sees what authors share sees their links."""

    right = "commerce.view_courseshare"


class ReferralLinkAdmin(LookedAtOnly):
    """Links of instructors: only looked at, for they make and switch them by themselves."""

    model = ReferralLink
    menu_icon = "link"
    menu_order = 240
    list_display = ("code", "owner_email", "label", "active", "created_at")
    list_filter = ("is_active", "created_at")
    search_fields = ("code", "label", "owner__email", "owner__name")
    permission_helper_class = LinkPermissions

    active = yes_no("is_active", _lazy("active"))

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ReferralLink]":
        return super().get_queryset(request).select_related("owner")

    def owner_email(self, obj: ReferralLink) -> str:
        return obj.owner.email

    owner_email.short_description = _lazy("owner")  # type: ignore[attr-defined]


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [
        path("shares/<int:pk>/", SharesView.as_view(), name="shares"),
        path("terms/<int:pk>/", TermsView.as_view(), name="terms"),
        path("terms/<int:pk>/remove/", RemoveTermsView.as_view(), name="remove_terms"),
    ]
