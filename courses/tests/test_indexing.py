"""Pages of the factories are in the index when somebody searches, however late they are put there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from courses.search import search_course_pks
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db


def test_a_search_finds_what_was_made_before_it() -> None:
    first = make_course("Keeping bees")
    assert search_course_pks("bees", "en") == [first.pk]
    second = make_course("Bees in winter")
    assert sorted(search_course_pks("bees", "en")) == [first.pk, second.pk]


def test_what_changed_or_went_before_the_search_is_found_as_it_is() -> None:
    renamed, gone = make_course("Keeping bees", summary="A year."), make_course("Bees in winter", modules=1)
    Page.objects.filter(pk=renamed.pk).update(title="Keeping goats")
    Page.objects.get(pk=gone.pk).delete()
    assert search_course_pks("bees winter", "en") == []
    assert search_course_pks("goats", "en") == [renamed.pk]


def test_what_the_product_saves_is_indexed_at_once() -> None:
    course = make_course("Keeping bees")
    course.title = "Keeping goats"
    with CaptureQueriesContext(connection) as queries:
        course.save()
    assert any("indexentry" in query["sql"] for query in queries)
    assert search_course_pks("goats", "en") == [course.pk]
