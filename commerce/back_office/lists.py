"""Lists of enrolments, certificates and exchange rates."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin import EmptyFieldListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail_modeladmin.helpers import DjangoORMSearchHandler
from wagtail_modeladmin.options import ModelAdminGroup

from commerce import policies
from commerce.actions.change_enrollment_state import LEGAL_MOVES
from commerce.back_office import views
from commerce.back_office.base import ActionButtons, LookedAtOnly, LookOnly
from commerce.certificates.links import grouped_number, verification_url
from commerce.models import Certificate, Enrollment, ExchangeRate
from core import clock, formats
from core.ids import normalize_code

__all__ = ["CommerceGroup", "RateAdmin", "urlpatterns"]

State = Enrollment.State


class EnrollmentPermissions(LookOnly):
    def user_can_create(self, user: Any) -> bool:
        return policies.can_grant_enrollments(user)


class EnrollmentButtons(ActionButtons):
    def add_button(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().add_button(*args, **kwargs), "label": _("Grant enrolment"), "title": _("Grant enrolment")}

    def more(self, obj: Enrollment) -> list[dict[str, Any]]:
        if not policies.can_change_enrollments(self.request.user):
            return []
        buttons = []
        if obj.state in LEGAL_MOVES[State.ACTIVE]:
            buttons.append(self.button("resume", _("Resume"), obj.pk))
        if obj.state in LEGAL_MOVES[State.SUSPENDED]:
            buttons.append(self.button("suspend", _("Suspend"), obj.pk))
        if obj.state in LEGAL_MOVES[State.CANCELLED]:
            buttons.append(self.button("cancel", _("Cancel enrolment"), obj.pk, danger=True))
        return buttons


class EnrollmentAdmin(LookedAtOnly):
    """Who takes which course, since when, in which state."""

    model = Enrollment
    menu_icon = "user"
    list_display = ("learner_name", "learner_email", "course_title", "state", "source", "enrolled_at", "ends_at")
    list_filter = ("state", "source", "enrolled_at")
    list_select_related = ("learner",)
    list_export = ("public_id", "learner_email", "course_title", "course_key", "state", "source", "enrolled_at")
    search_fields = ("learner__email", "learner__name", "course_title")
    inspect_view_enabled = True
    inspect_view_fields = (
        "public_id",
        "learner",
        "course_title",
        "course_key",
        "state",
        "state_changed_at",
        "source",
        "order_line",
        "starts_at",
        "ends_at",
        "enrolled_at",
    )
    permission_helper_class = EnrollmentPermissions
    button_helper_class = EnrollmentButtons

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """Granting is the only way to add an enrolment here."""
        return views.GrantView.as_view()(request)

    def learner_name(self, obj: Enrollment) -> str:
        return obj.learner.get_full_name()

    learner_name.short_description = _lazy("learner")  # type: ignore[attr-defined]
    learner_name.admin_order_field = "learner__name"  # type: ignore[attr-defined]

    def learner_email(self, obj: Enrollment) -> str:
        return obj.learner.email

    learner_email.short_description = _lazy("e-mail address")  # type: ignore[attr-defined]


class CertificateButtons(ActionButtons):
    def more(self, obj: Certificate) -> list[dict[str, Any]]:
        if not policies.can_change_certificates(self.request.user):
            return []
        buttons = []
        # Annotated by the list, not on the page of a single row.
        known = getattr(obj, "is_replaced", None)
        if not (Certificate.objects.filter(replaces=obj).exists() if known is None else known):
            buttons.append(self.button("reissue", _("Reissue"), obj.pk))
        if not obj.is_revoked:
            buttons.append(self.button("revoke", _("Revoke"), obj.pk, danger=True))
        return buttons


class CertificateSearch(DjangoORMSearchHandler):
    """Finds a number however it is written."""

    def search_queryset(self, queryset: Any, search_term: str, **kwargs: Any) -> Any:
        number = normalize_code(search_term or "")
        if len(number) == 16 and number.isascii() and number.isalnum():
            found = queryset.filter(number=number)
            if found.exists():
                return found
        return super().search_queryset(queryset, search_term, **kwargs)


class CertificateAdmin(LookedAtOnly):
    """Certificates issued, revoked, replaced."""

    model = Certificate
    menu_icon = "doc-full"
    list_display = (
        "readable_number",
        "learner_name",
        "course_title",
        "language",
        "issued_on",
        "revoked_at",
        "public_page",
    )
    list_filter = ("language", "issued_on", ("revoked_at", EmptyFieldListFilter))
    list_export = ("number", "learner_name", "course_title", "course_key", "language", "issued_on", "revoked_at")
    search_fields = ("number", "learner_name", "course_title", "enrollment__learner__email")
    search_handler_class = CertificateSearch
    inspect_view_enabled = True
    inspect_view_fields = (
        "number",
        "learner_name",
        "course_title",
        "language",
        "issued_on",
        "revoked_at",
        "revocation_reason",
        "revoked_by",
        "replaces",
        "facts",
    )
    permission_helper_class = LookOnly
    button_helper_class = CertificateButtons

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Certificate]":
        replacing = Certificate.objects.filter(replaces=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_replaced=Exists(replacing))

    def readable_number(self, obj: Certificate) -> str:
        return grouped_number(obj.number)

    readable_number.short_description = _lazy("number")  # type: ignore[attr-defined]
    readable_number.admin_order_field = "number"  # type: ignore[attr-defined]

    def public_page(self, obj: Certificate) -> str:
        return format_html('<a href="{}">{}</a>', verification_url(obj), _("Open"))

    public_page.short_description = _lazy("public page")  # type: ignore[attr-defined]


class RatePermissions(LookOnly):
    def user_can_create(self, user: Any) -> bool:
        return policies.can_enter_rates(user)


class RateAdmin(LookedAtOnly):
    """What currencies cost in each other, since when, and who said so. Nothing is changed or deleted here."""

    model = ExchangeRate
    menu_label = _lazy("Exchange rates")
    menu_icon = "globe"
    list_display = ("pair", "shown_rate", "valid_from", "use", "source", "entered_by", "entered_at")
    list_filter = ("base", "quote", "source", "valid_from")
    list_select_related = ("entered_by",)
    list_export = ("base", "quote", "rate", "valid_from", "source", "entered_at")
    permission_helper_class = RatePermissions

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ExchangeRate]":
        """With whether a later one holds today, of the pair either way round."""
        same = Q(base=OuterRef("base"), quote=OuterRef("quote")) | Q(base=OuterRef("quote"), quote=OuterRef("base"))
        later = Q(valid_from__gt=OuterRef("valid_from")) | Q(valid_from=OuterRef("valid_from"), pk__gt=OuterRef("pk"))
        newer = ExchangeRate.objects.filter(same, later, valid_from__lte=clock.now().date())
        return super().get_queryset(request).annotate(is_replaced=Exists(newer))

    def create_view(self, request: HttpRequest) -> HttpResponseBase:
        """Entering one is the only way to add a rate."""
        return views.RateView.as_view()(request)

    def pair(self, obj: ExchangeRate) -> str:
        return f"1 {obj.base} → {obj.quote}"

    pair.short_description = _lazy("pair")  # type: ignore[attr-defined]

    def shown_rate(self, obj: ExchangeRate) -> str:
        digits = max(2, -int(obj.rate.normalize().as_tuple().exponent))
        return formats.number(obj.rate, digits)

    shown_rate.short_description = _lazy("rate")  # type: ignore[attr-defined]
    shown_rate.admin_order_field = "rate"  # type: ignore[attr-defined]

    def use(self, obj: Any) -> str:
        """What becomes of it: used, not yet, no longer."""
        today = clock.now().date()
        if obj.valid_from > today:
            return _("not yet")
        if obj.is_replaced:
            return _("replaced")
        if obj.valid_from < today - timedelta(days=settings.EXCHANGE_RATE_MAX_AGE_DAYS):
            return _("too old to be shown")
        return _("in use")

    use.short_description = _lazy("use")  # type: ignore[attr-defined]


class CommerceGroup(ModelAdminGroup):
    """The menu of this room."""

    menu_label = _lazy("Learners")
    menu_item_name = "commerce"
    menu_icon = "group"
    menu_order = 150
    items = (EnrollmentAdmin, CertificateAdmin)


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [
        path("enrollments/<int:pk>/suspend/", views.SuspendView.as_view(), name="suspend"),
        path("enrollments/<int:pk>/resume/", views.ResumeView.as_view(), name="resume"),
        path("enrollments/<int:pk>/cancel/", views.CancelView.as_view(), name="cancel"),
        path("certificates/<int:pk>/revoke/", views.RevokeView.as_view(), name="revoke"),
        path("certificates/<int:pk>/reissue/", views.ReissueView.as_view(), name="reissue"),
    ]
