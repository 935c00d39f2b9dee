"""What the catalogue's facets count."""

import pytest

from courses.facts import refresh_facts
from courses.models import Category
from courses.queries.catalogue import CatalogueQuery, facets, find_courses
from courses.tests.factories import make_course, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def courses():
    """Four: two beginners' in both categories, of which one costs something; two advanced ones in none."""
    locale = make_school().locale
    categories = [Category.objects.create(locale=locale, slug=slug, title=slug.title()) for slug in ("data", "web")]
    made = [
        make_course(level=level, estimated_minutes=30) for level in ("beginner", "beginner", "advanced", "advanced")
    ]
    for course in made[:2]:
        course.categories.set(categories)
        course.save()
    for course in made:
        refresh_facts(course)
    return made


def counted(choices) -> dict[str, int]:
    return {choice.value: choice.count for choice in choices}


@pytest.mark.parametrize(
    ("wish", "categories", "levels", "money", "total"),
    [
        ({}, {"data": 2, "web": 2}, {"beginner": 2, "advanced": 2}, (3, 1), 4),
        ({"category": "data"}, {"data": 2, "web": 2}, {"beginner": 2}, (1, 1), 2),
        ({"level": "advanced"}, {}, {"beginner": 2, "advanced": 2}, (2, 0), 2),
        ({"is_free": True}, {"data": 1, "web": 1}, {"beginner": 1, "advanced": 2}, (3, 1), 3),
        ({"category": "web", "is_free": False}, {"data": 1, "web": 1}, {"beginner": 1}, (1, 1), 1),
        ({"duration": "no such length"}, {}, {}, (0, 0), 0),
    ],
)
def test_a_facet_is_counted_with_the_other_facets_in_force(courses, wish, categories, levels, money, total):
    paid = [courses[0].translation_key]
    query = CatalogueQuery(language="en", **wish)
    found = facets(query, paid_keys=paid)
    assert counted(found.categories) == categories
    assert counted(found.levels) == levels
    assert (found.free, found.paid) == money
    assert found.total == total == find_courses(query, paid_keys=paid).count()


def test_lengths_are_counted_beside_the_one_chosen(courses):
    found = facets(CatalogueQuery(language="en", duration="long"), paid_keys=[])
    assert sum(counted(found.durations).values()) == 4
    assert found.total == 0


def test_facets_cost_three_queries(courses, django_assert_num_queries):
    with django_assert_num_queries(3):
        facets(CatalogueQuery(language="en", level="beginner", is_free=True), paid_keys=[])
