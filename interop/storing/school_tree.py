"""The pages that courses hang below: home, catalogue and list of paths in each language."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site

from courses.models import CourseIndexPage, LearningPathIndexPage


def home_model() -> Any:
    """The home page's model, looked up by name: this room must not know the website."""
    return apps.get_model("home", "HomePage")


def locale_of(language: str) -> Locale:
    """Wagtail's locale of a language, made when it is missing."""
    return Locale.objects.get_or_create(language_code=language)[0]


def ensure_school_tree(languages: list[str] | None = None) -> dict[str, CourseIndexPage]:
    """Make what is missing of home pages, catalogues and lists of paths; returns the catalogues by language.

    Every language of the school has them, so that a course can be translated into it. The default language comes first:
    the others are its translations, and the site's root is its home page. What editors renamed or moved stays as it is.
    """
    wanted = [settings.LANGUAGE_CODE, *(languages or []), *(code for code, _name in settings.LANGUAGES)]
    catalogues: dict[str, CourseIndexPage] = {}
    for language in dict.fromkeys(wanted):
        with translation.override(language):
            locale = locale_of(language)
            home = _ensure_home(locale)
            catalogues[language] = _ensure_below(home, CourseIndexPage, _("Courses"), "courses", locale)
            _ensure_below(home, LearningPathIndexPage, _("Learning paths"), "paths", locale)
    return catalogues


def _ensure_home(locale: Locale) -> Page:
    model = home_model()
    home = model.objects.filter(locale=locale).order_by("path").first()
    if home:
        return home
    original = model.objects.order_by("path").first()
    root = Page.get_first_root_node()
    welcome = _welcome_page()
    if original is None and welcome is not None:
        # Wagtail's own first page holds the slug and is nobody's work.
        Page.objects.filter(pk=welcome.pk).update(slug="welcome-to-wagtail")
    home = model(title=settings.WAGTAIL_SITE_NAME, slug="home" if original is None else f"home-{locale.language_code}")
    home.locale = locale
    if original is not None:
        home.translation_key = original.translation_key
    root.add_child(instance=home)
    home.save_revision().publish()
    if original is None:
        _point_site_to(home)
        if welcome is not None:
            welcome.delete()
    return home


def _welcome_page() -> Page | None:
    page = Page.objects.filter(depth=2, content_type__app_label="wagtailcore", content_type__model="page").first()
    return page if page is not None and page.is_leaf() else None


def _point_site_to(home: Page) -> None:
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        site = Site(hostname="localhost", is_default_site=True)
    site.root_page = home
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.save()
    Site.clear_site_root_paths_cache()


def _ensure_below(home: Page, model: Any, title: str, slug: str, locale: Locale) -> Any:
    page = model.objects.filter(locale=locale).order_by("path").first()
    if page:
        return page
    original = model.objects.order_by("path").first()
    page = model(title=title, slug=slug, locale=locale)
    if original is not None:
        page.translation_key = original.translation_key
    # Read again: treebeard counts children on the instance it is given.
    Page.objects.get(pk=home.pk).add_child(instance=page)
    page.save_revision().publish()
    return page
