"""Learners are told where a translation is missing, partial or behind its original; an attempt keeps its language."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page

from commerce.tests.factories import make_enrollment, make_user
from courses.models import CoursePage, LessonPage
from courses.tests.factories import add_lesson, add_module, add_quiz, make_course, make_school, translate_page
from courses.tests.questions import rich_text
from learning.actions.start_attempt import start_attempt
from translation.models import PageTranslation

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson() -> LessonPage:
    """A lesson that anybody may read."""
    module = add_module(make_course("Bees", slug="bees"), "The hive")
    return add_lesson(module, "The swarm", is_free_preview=True, body=[rich_text("<p>Bees dance.</p>")])


def translated(lesson: Any, language: str, title: str, **state: Any) -> Page:
    """The lesson below translated parents, and what is known of its translation."""
    module = lesson.get_parent().specific
    course = CoursePage.objects.get(pk=module.get_parent().pk)
    other_course = translate_page(course, make_school(language).courses)
    page = translate_page(lesson, translate_page(module, other_course), title)
    if state:
        PageTranslation.objects.create(
            page_key=page.translation_key, locale=page.locale, source_locale=lesson.locale, **state
        )
    return page


def html_of(client: Client, page: Page) -> str:
    """What a visitor gets."""
    answered = client.get(page.get_url())
    assert answered.status_code == 200
    return answered.content.decode()


def test_originals_and_whole_translations_say_nothing(client: Client, lesson: LessonPage) -> None:
    french = translated(lesson, "fr", "L’essaim", published_percent=100)
    for page in (lesson, french):
        assert "translation-note" not in html_of(client, page)


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl")])
def test_an_untranslated_lesson_says_so_and_names_its_language(
    client: Client, lesson: LessonPage, language: str, direction: str
) -> None:
    page = translated(lesson, language, "The swarm", published_percent=0)
    found = html_of(client, page)
    assert "translation-note" in found
    assert "English" in found
    assert '<h1 lang="en" dir="ltr">' in found
    assert '<div class="prose" lang="en" dir="ltr">' in found
    assert f'<html lang="{language}"' in found
    assert ('<html lang="ar" dir="rtl"' in found) is (direction == "rtl")


def test_a_partial_translation_says_how_much(client: Client, lesson: LessonPage) -> None:
    found = html_of(client, translated(lesson, "fr", "L’essaim", published_percent=40))
    assert "40" in found
    assert 'class="prose mixed"' in found
    assert f'href="{lesson.get_url()}" hreflang="en"' in found


def test_a_stale_translation_says_since_when_and_shows_the_way_to_the_original(
    client: Client, lesson: LessonPage
) -> None:
    since = datetime(2026, 3, 1, 8, tzinfo=UTC)
    french = translated(lesson, "fr", "L’essaim", published_percent=100, stale_since=since)
    found = html_of(client, french)
    assert "1 mars 2026" in found
    assert f'href="{lesson.get_url()}" hreflang="en"' in found
    assert 'class="prose mixed"' not in found
    lesson.unpublish()
    assert f'href="{lesson.get_url()}" hreflang="en"' not in html_of(client, french)


def test_an_attempt_keeps_the_language_it_was_begun_in(client: Client) -> None:
    course = make_course()
    quiz = add_quiz(add_module(course))
    client.force_login(learner := make_user())
    make_enrollment(learner, course.translation_key)
    attempt = start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")
    here = client.get(f"/en/quiz/attempts/{attempt.public_id}/").content.decode()
    there = client.get(f"/fr/quiz/attempts/{attempt.public_id}/").content.decode()
    assert "its questions stay in" not in here
    assert 'class="prompt"' in here
    assert ' lang="en" dir="ltr">' not in here.partition("<main")[2]  # the document's own stands before
    prompts = there.count('<div class="prompt"')
    assert prompts == 8
    assert there.count(' lang="en" dir="ltr">') > prompts
