"""The loaded school: whole in every language it promises, and known to translators as translated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from accounts.models import User
from courses.checks import content_of, content_problems
from courses.models import (
    Category,
    CourseIndexPage,
    CoursePage,
    GlossaryTerm,
    LearningPathIndexPage,
    LearningPathPage,
    LessonPage,
)
from courses.queries.authoring import course_tree
from demo.tests.content import DEMO
from interop.demo_school.load import load_demo_school
from translation.models import PageTranslation
from translation.writing import build, original_of, strings_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LANGUAGES = {"en", "fr", "ar"}
#: Course → the languages it is in.
COURSES = {
    "python-first-steps": LANGUAGES,
    "web-pages-that-load-fast": {"en", "fr"},
    "data-with-sqlite": {"en", "fr"},
}
#: Words that are the same in both languages, or names; code is recognised by itself.
SAME_IN_FRENCH = {
    *("CSS", "CSV", "HTML", "JavaScript", "Images", "Web", "Cache", "cache", "compression", "condition"),
    *("table", "test", "transaction", "variable", "Kaolack", "Mbour", "Thiès", "Bobo-Dioulasso"),
    *("francs", "50 francs", "500 francs", "360 pixels", "640 pixels", "100 kbit/s", "mm", "id"),
}
#: What English programs print, and names.
SAME_IN_ARABIC = {"CSV", "Bobo-Dioulasso", "Monday", "Tuesday", "Wednesday", "Wet", "Very wet", "unit price"}
#: Words of Python, SQL and HTML that stand alone.
KEYWORDS = {
    *("append", "def", "for", "return", "while", "defer", "required", "srcset"),
    *("GROUP", "HAVING", "LEFT", "LEFT OUTER", "LIMIT", "MAX", "ORDER BY", "WHERE"),
}
#: Measured and rounded up; see the test that uses them.
QUERIES_A_PAGE = 220
QUERIES_WHEN_NOTHING_CHANGED = 1400


class Counter:
    """Counts queries; Django's own log of them ends at 9000."""

    number = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.number += 1
        return execute(*args)


@pytest.fixture(scope="module")
def school(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The demo school, loaded once; each test's own transaction lies inside this one."""
    media = override_settings(MEDIA_ROOT=str(tmp_path_factory.mktemp("media")))
    with media, django_db_blocker.unblock(), transaction.atomic():
        counted = Counter()
        with connection.execute_wrapper(counted):
            results = load_demo_school(DEMO, say=lambda _words: None)
        yield {"results": results, "queries": counted.number}
        transaction.set_rollback(True)


def languages_of(model: type[Page], **filters: Any) -> set[str]:
    return set(model.objects.live().filter(**filters).values_list("locale__language_code", flat=True))


def tree(course: CoursePage) -> list[tuple[int, str]]:
    """Depth and key of every page of a course that is live, in order."""
    pages = Page.objects.descendant_of(course, inclusive=True).live().order_by("path")
    return [(page.depth, str(page.translation_key)) for page in pages]


def translated_pages() -> list[Any]:
    rows = PageTranslation.objects.select_related("target", "locale").order_by("pk")
    return [(row, row.target.specific) for row in rows]


def said(page: Any) -> dict[str, Any]:
    """What a page says, without what the database and the editor number by themselves."""
    skipped = {
        *("id", "pk", "page_ptr", "path", "numchild", "url_path", "content_type", "live_revision", "latest_revision"),
        *("first_published_at", "last_published_at", "latest_revision_created_at", "has_unpublished_changes"),
        # Tags are those of the original when translators publish: wagtail-localize knows no words to translate in them.
        *("tags", "tagged_items", "tag_links", "course_tags", "search_index", "depth"),
    }
    data = {name: value for name, value in json.loads(page.to_json()).items() if name not in skipped}
    for name, value in list(data.items()):
        if isinstance(value, str) and value.startswith("["):
            data[name] = _plain(json.loads(value))
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        # A table's empty caption is written by its block only.
        return {name: _plain(inner) for name, inner in value.items() if not (name == "caption" and inner == "")}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str) and "<" in value:
        return re.sub(r' data-block-key="[^"]*"', "", value.replace("<br>", "<br/>"))
    return value


def test_every_course_path_and_home_is_live_in_its_languages(school: Any):
    for slug, languages in COURSES.items():
        key = CoursePage.objects.get(slug=slug, locale__language_code="en").translation_key
        assert languages_of(CoursePage, translation_key=key) == languages, slug
    path = LearningPathPage.objects.get(locale__language_code="en")
    assert languages_of(LearningPathPage, translation_key=path.translation_key) == LANGUAGES
    for model in (CourseIndexPage, LearningPathIndexPage, Page.objects.get(slug="home").specific_class):
        assert languages_of(model) == LANGUAGES
        assert model.objects.values("translation_key").distinct().count() == 1
    for word in (Category, GlossaryTerm):
        keys = set(word.objects.filter(locale__language_code="en").values_list("translation_key", flat=True))
        for code in LANGUAGES:
            assert (
                set(word.objects.filter(locale__language_code=code).values_list("translation_key", flat=True)) == keys
            )


@pytest.mark.parametrize("slug", COURSES)
def test_tree_of_keys_is_the_same_in_all_languages(school: Any, slug: str):
    english = CoursePage.objects.get(slug=slug, locale__language_code="en")
    expected = tree(english)
    assert len(expected) > 10
    for course in CoursePage.objects.filter(translation_key=english.translation_key):
        assert tree(course) == expected, course.locale


def test_nothing_was_lost_or_doubted_on_the_way_in(school: Any):
    assert [str(finding) for result in school["results"] for finding in result.report] == []
    assert [result.counts.drafts for result in school["results"]] == [[], [], []]


def test_content_checks_pass_in_all_languages(school: Any):
    for course in CoursePage.objects.all():
        found = list(course_tree(course).problems)
        for page in Page.objects.descendant_of(course, inclusive=True).specific():
            found += content_problems(content_of(page))
        assert [str(problem) for problem in found] == [], course


def test_translators_find_every_page_translated(school: Any):
    pages = translated_pages()
    # 15 + 11 + 11 pages of courses in French, 15 in Arabic; home, two lists and the path in both.
    assert len(pages) == 37 + 15 + 2 * 4
    for row, page in pages:
        place = f"{page.title} ({row.locale})"
        assert (row.translated, row.percent, row.published_percent) == (row.total, 100, 100), place
        assert (row.stale_since, row.changed) == (None, 0), place
        assert row.source_locale.language_code == "en"
    assert Translation.objects.filter(enabled=False).count() == 0
    words = Category.objects.count() + GlossaryTerm.objects.count()
    assert Translation.objects.count() == len(pages) + words * 2 // 3
    assert StringTranslation.objects.filter(has_error=True).count() == 0
    for code in ("fr", "ar"):
        locale = Locale.objects.get(language_code=code)
        for translation in Translation.objects.filter(target_locale=locale):
            total, done = translation.get_progress()
            assert total == done, translation


def test_the_desk_would_publish_what_learners_read(school: Any):
    """Rebuilt from the strings, each page is the one that was imported: translators lose nothing by going on."""
    for row, page in translated_pages():
        source = TranslationSource.objects.get(object_id=row.page_key, locale_id=row.source_locale_id)
        target = type(page).objects.get(pk=page.pk)
        again = build(
            source,
            original_of(source, source.get_source_instance()),
            target,
            row.locale,
            strings_of(source, row.locale),
        )
        ours, theirs = said(page), said(again)
        assert _localized(theirs) == _localized(ours), f"{page.title} ({row.locale})"


def _localized(value: Any) -> Any:
    """Links to pages lead to the reader's language whichever page they name."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return re.sub(r'<a [^>]*linktype=\\"page\\"[^>]*>', "<a page>", text)


@pytest.mark.parametrize(("code", "allowed"), [("fr", SAME_IN_FRENCH), ("ar", SAME_IN_ARABIC)])
def test_no_text_was_left_in_english(school: Any, code: str, allowed: set[str]):
    same = (
        StringTranslation.objects.filter(locale__language_code=code, data=F("translation_of__data"))
        .exclude(context__path="slug")
        .values_list("data", flat=True)
    )
    left = {text for text in same if re.search(r"[^\W\d_]{2}", text) and not is_code(text)}
    assert left - allowed == set()


def is_code(text: str) -> bool:
    """Whether a text is a piece of a program: a keyword alone, or something with a program's signs in it."""
    return text in KEYWORDS or bool(re.search(r"[=_;\[\]]|\(.*\)|&[lg]t;|^\.|^\w+\d$|\d\w", text))


def test_arabic_is_written_in_arabic(school: Any):
    """Letters of the script are in every string of more than a few words."""
    rows = StringTranslation.objects.filter(locale__language_code="ar").exclude(context__path="slug")
    strange = [
        row.data
        for row in rows
        if len(row.data.split()) > 3 and not re.search(r"[\u0600-\u06ff]", row.data) and not is_code(row.data)
    ]
    assert strange == []


def test_figures_with_words_are_drawn_for_each_language(school: Any):
    """A figure of the original may be shared only where there are no words in it: none is, so far."""
    for lesson in LessonPage.objects.filter(locale__language_code__in=("fr", "ar")):
        original = LessonPage.objects.get(translation_key=lesson.translation_key, locale__language_code="en")
        ours, theirs = (
            {row["value"]["image"] for row in page.body.raw_data if row["type"] == "image"}
            for page in (lesson, original)
        )
        shared = {image for image in ours & theirs if "rainfall" not in _file_of(image)}
        assert shared == set(), lesson


def _file_of(image: int) -> str:
    from wagtail.images import get_image_model

    return str(get_image_model().objects.get(pk=image).file)


def test_every_page_opens_in_its_language(school: Any, client: Client):
    client.force_login(User.objects.get(email="admin@example.com"))
    site_pages = Page.objects.live().filter(locale__language_code__in=("fr", "ar"), depth__gt=1)
    seen = 0
    for page in site_pages.select_related("locale"):
        answer = client.get(page.get_url(), follow=True)
        assert answer.status_code == 200, page.get_url()
        assert f'lang="{page.locale.language_code}"' in answer.content.decode()[:600], page.get_url()
        seen += 1
    assert seen >= 60


def test_links_inside_courses_stay_in_the_language(school: Any):
    for lesson in LessonPage.objects.exclude(locale__language_code="en"):
        text = json.dumps(lesson.body.get_prep_value())
        for number in re.findall(r'linktype=\\"page\\" id=\\"(\d+)', text):
            assert Page.objects.get(pk=number).locale_id == lesson.locale_id


def test_a_new_school_costs_a_bounded_number_of_queries_a_page(school: Any):
    pages = Page.objects.filter(depth__gt=1).count()
    print(f"{school['queries']} queries for {pages} pages: {school['queries'] / pages:.0f} each")
    assert school["queries"] / pages < QUERIES_A_PAGE


def test_loading_again_costs_little_and_changes_nothing(school: Any):
    with CaptureQueriesContext(connection) as queries:
        results = load_demo_school(Path(settings.BASE_DIR) / "demo", say=lambda _words: None)
    counts = [(result.counts.created, result.counts.updated, result.counts.published) for result in results]
    assert counts == [(0, 0, 0)] * 3
    print(f"{len(queries)} queries to see that nothing changed")
    assert len(queries) < QUERIES_WHEN_NOTHING_CHANGED
    writes = [query["sql"] for query in queries if re.match(r"(INSERT|DELETE)", query["sql"])]
    assert writes == []
