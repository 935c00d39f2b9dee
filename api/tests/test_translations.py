"""What programs learn about the languages of a page."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from api.tests.calls import ask, client_of
from commerce.tests.factories import make_enrollment, make_user
from courses.keys import page_public_id
from courses.models import CoursePage
from courses.tests.factories import add_lesson, add_module, make_course, make_path, make_school, translate_page
from translation.models import PageTranslation

pytestmark = pytest.mark.django_db

IN_LANGUAGES = """locale
  availableLocales { locale url isOriginal isStale staleSince translatedPercent }
  translations { id locale title slug url }"""
COURSE = f"query ($id: ID!, $locale: String) {{ course(id: $id, locale: $locale) {{ {IN_LANGUAGES} }} }}"
LESSON = f"query ($id: ID!, $locale: String) {{ lesson(id: $id, locale: $locale) {{ {IN_LANGUAGES} }} }}"
COURSES = f"query {{ courses(first: 50) {{ edges {{ node {{ id {IN_LANGUAGES} }} }} }} }}"
PATHS = f"query {{ learningPaths(first: 50) {{ edges {{ node {{ id {IN_LANGUAGES} }} }} }} }}"
SINCE = datetime(2026, 3, 1, 8, tzinfo=UTC)


def state_of(page: Page, source: Page, **fields: Any) -> PageTranslation:
    """What the room of translation keeps about a translated page."""
    return PageTranslation.objects.create(
        page_key=page.translation_key, locale=page.locale, source_locale=source.locale, **fields
    )


def in_french(course: CoursePage, **fields: Any) -> Page:
    """A French translation of a course page."""
    return translate_page(course, make_school("fr").courses, f"{course.title} en français", **fields)


def test_course_tells_its_languages() -> None:
    course = make_course("Bees", slug="bees")
    french = in_french(course, slug="abeilles")
    state_of(french, course, published_percent=60, stale_since=SINCE)
    found = ask(client_of(None), COURSE, id=page_public_id(course))["data"]["course"]
    assert found["availableLocales"] == [
        {
            "locale": "en",
            "url": "http://testserver/en/courses/bees/",
            "isOriginal": True,
            "isStale": False,
            "staleSince": None,
            "translatedPercent": 100,
        },
        {
            "locale": "fr",
            "url": "http://testserver/fr/courses/abeilles/",
            "isOriginal": False,
            "isStale": True,
            "staleSince": SINCE.isoformat(),
            "translatedPercent": 60,
        },
    ]
    assert found["translations"] == [
        {
            "id": page_public_id(french),
            "locale": "fr",
            "title": "Bees en français",
            "slug": "abeilles",
            "url": "http://testserver/fr/courses/abeilles/",
        }
    ]
    other_way = ask(client_of(None), COURSE, id=page_public_id(course), locale="fr")["data"]["course"]
    assert other_way["locale"] == "fr"
    assert other_way["availableLocales"] == found["availableLocales"]
    assert [page["title"] for page in other_way["translations"]] == ["Bees"]


def test_drafts_in_other_languages_are_not_told() -> None:
    course = make_course()
    module = add_module(course)
    lesson = add_lesson(module)
    make_enrollment(learner := make_user(), course.translation_key)
    french = in_french(course)
    french_module = translate_page(module, french, live=False)
    translate_page(lesson, french_module, "Pas encore")
    found = ask(client_of(learner), LESSON, id=page_public_id(lesson))["data"]["lesson"]
    assert [language["locale"] for language in found["availableLocales"]] == ["en"]
    assert found["translations"] == []
    Page.objects.filter(pk=french_module.pk).update(live=True)
    found = ask(client_of(learner), LESSON, id=page_public_id(lesson))["data"]["lesson"]
    assert [language["locale"] for language in found["availableLocales"]] == ["en", "fr"]
    assert [page["title"] for page in found["translations"]] == ["Pas encore"]


@pytest.mark.parametrize("document", [COURSES, PATHS], ids=["courses", "paths"])
def test_lists_cost_the_same_at_10_and_50_rows(document: str) -> None:
    from django.db import connection

    def grow(count: int) -> None:
        for _number in range(count):
            course = make_course()
            french = in_french(course)
            state_of(french, course, published_percent=100)
            make_path([course])

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            answered = ask(client_of(None), document)
        assert "errors" not in answered
        return len(captured)

    grow(10)
    ask(client_of(None), document)
    few = queries()
    grow(40)
    assert queries() == few
