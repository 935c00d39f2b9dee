"""What the room adds to the Wagtail admin."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet

from courses.models import CoursePage
from translation import policies
from translation.back_office import listing, review, terms
from translation.back_office.media import admin_css
from translation.back_office.urls import urlpatterns


@hooks.register("register_admin_urls")
def register_translation_screens() -> list[URLPattern | URLResolver]:
    return [path("translations/", include((urlpatterns, "translation_admin"), namespace="translation_admin"))]


@hooks.register("register_admin_viewset")
def register_terms() -> list[ViewSet]:
    return [terms.TermViewSet()]


class TranslationsMenuItem(MenuItem):
    """Shown to those who translate."""

    def is_shown(self, request: HttpRequest) -> bool:
        return policies.can_translate(request.user)


@hooks.register("register_admin_menu_item")
def register_translations_menu_item() -> MenuItem:
    return TranslationsMenuItem(
        _lazy("Translations"),
        reverse("translation_admin:index"),
        name="translations",
        icon_name="wagtail-localize-language",
        order=95,
    )


@hooks.register("insert_global_admin_css")
def insert_translation_styles() -> SafeString:
    return admin_css()


@hooks.register("construct_homepage_panels")
def put_translations_first(request: HttpRequest, panels: list[Component]) -> None:
    """A translator's first page; authors find theirs in the menu, beside their courses."""
    if request.user.has_perm(policies.TRANSLATE):
        panels.append(listing.TranslationsPanel(request))


@hooks.register("construct_course_panels")
def tell_reviewers(request: HttpRequest, course: CoursePage, panels: list[Any]) -> None:
    review.add_panel(request, course, panels)


@hooks.register("before_send_course")
def send_translations_from_the_desk(request: HttpRequest, course: CoursePage) -> HttpResponse | None:
    return review.lead_to_desk(request, course)


@hooks.register("register_permissions")
def register_term_permissions() -> QuerySet[Permission]:
    """Offer the terms' permissions in the admin's group editor."""
    return Permission.objects.filter(content_type__app_label="translation", content_type__model="term")
