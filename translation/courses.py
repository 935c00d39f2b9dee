"""Which page of a course is the original, and which languages it may be brought into."""

import uuid

from django.conf import settings
from wagtail.models import Locale

from core.errors import NotFound
from courses.models import CoursePage
from translation.errors import UnknownLanguage
from translation.models import PageTranslation

__all__ = ["languages_to_choose", "locale_named", "pick_source", "source_course"]


def source_course(course_key: uuid.UUID) -> CoursePage:
    """The page of a course in the language it was written in.

    Raises:
        NotFound: no such course.
    """
    pages = list(CoursePage.objects.filter(translation_key=course_key).select_related("locale").order_by("pk"))
    if not pages:
        raise NotFound
    row = PageTranslation.objects.filter(page_key=course_key).values_list("source_locale_id", flat=True).first()
    return pick_source(pages, row)


def pick_source(pages: list[CoursePage], source_locale: int | None) -> CoursePage:
    """Of a course in several languages: the one translations were made from, or of the school's language, or the first.

    Args:
        source_locale: as noted in its translations, if there are any.
    """
    for page in pages:
        if page.locale_id == source_locale:
            return page
    for page in pages:
        if page.locale.language_code == settings.LANGUAGE_CODE:
            return page
    return pages[0]


def languages_to_choose(course: CoursePage) -> dict[str, Locale]:
    """The languages of the school that a course may be translated into, by code, in the order of the settings."""
    codes = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]
    rows = {row.language_code: row for row in Locale.objects.filter(language_code__in=codes)}
    return {code: rows[code] for code in codes if code in rows and code != course.locale.language_code}


def locale_named(code: str) -> Locale:
    """The locale of a language of the school.

    Raises:
        UnknownLanguage: there is none.
    """
    locale = Locale.objects.filter(language_code=code).first()
    if locale is None or code not in dict(settings.WAGTAIL_CONTENT_LANGUAGES):
        raise UnknownLanguage
    return locale
