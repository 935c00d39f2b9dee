"""The catalogue: courses by words and facets, in a bounded number of queries."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from courses.models import Category, CoursePage
from courses.queries.pages import public_courses
from courses.search import search_course_pks, suggest_titles

#: Facet of length → minutes from, minutes up to (exclusive).
DURATIONS: dict[str, tuple[int, int | None]] = {
    "short": (0, 60),
    "medium": (60, 300),
    "long": (300, None),
}
ORDERS = ("relevance", "newest", "title")


@dataclass(frozen=True)
class CatalogueQuery:
    """What a visitor asks for; empty means any. Unknown values find nothing rather than everything."""

    language: str
    search: str = ""
    category: str = ""
    level: str = ""
    tag: str = ""
    duration: str = ""
    is_free: bool | None = None
    order: str = "newest"


@dataclass(frozen=True)
class FacetValue:
    """One choice of a facet with how many courses it would leave."""

    value: str
    title: Any  #: text, possibly lazy
    count: int


@dataclass(frozen=True)
class Facets:
    """Choices by facet, each counted with the other facets in force."""

    categories: tuple[FacetValue, ...]
    levels: tuple[FacetValue, ...]
    durations: tuple[FacetValue, ...]
    free: int
    paid: int
    total: int  #: what matches everything that is asked for


@dataclass(frozen=True)
class Suggestion:
    """A course whose title begins as typed."""

    title: str
    page_pk: int


def find_courses(query: CatalogueQuery, *, paid_keys: "QuerySet | Iterable[uuid.UUID]") -> "QuerySet[CoursePage]":
    """Visible courses that match; words cost one query more.

    Args:
        paid_keys: keys of the courses that cost something, as a subquery: this room knows no prices.
    """
    courses, ranks = _matching(query)
    return _ordered(courses.filter(*_wishes(query, paid_keys).values()), query, ranks)


def facets(query: CatalogueQuery, *, paid_keys: "QuerySet | Iterable[uuid.UUID]") -> Facets:
    """What could be chosen next, and how many courses each choice would leave; three queries beside the words'."""
    courses, _ranks = _matching(query)
    courses = courses.select_related(None).order_by()
    wishes = _wishes(query, paid_keys)

    def count(facet: str, condition: Q) -> Count:
        return Count("pk", filter=_all(wish for name, wish in wishes.items() if name != facet) & condition)

    is_paid = Q(translation_key__in=paid_keys)
    counts = courses.aggregate(
        **{f"level_{level}": count("level", Q(level=level)) for level in CoursePage.Level.values},
        **{f"length_{name}": count("duration", _lasts(name)) for name in DURATIONS},
        free=count("price", ~is_paid),
        paid=count("price", is_paid),
        total=Count("pk", filter=_all(wishes.values())),
    )
    others = courses.filter(*(wish for name, wish in wishes.items() if name != "category"))
    by_category = dict(others.values_list("categories__slug").annotate(n=Count("pk", distinct=True)))
    names = Category.objects.filter(locale__language_code=query.language).values_list("slug", "title")
    return Facets(
        categories=tuple(FacetValue(slug, title, by_category[slug]) for slug, title in names if slug in by_category),
        levels=tuple(FacetValue(v, name, n) for v, name in CoursePage.Level.choices if (n := counts[f"level_{v}"])),
        durations=tuple(FacetValue(name, name, n) for name in DURATIONS if (n := counts[f"length_{name}"])),
        free=counts["free"],
        paid=counts["paid"],
        total=counts["total"],
    )


def suggestions(text: str, language: str, limit: int = 8) -> list[Suggestion]:
    """Courses to offer while somebody types."""
    return [Suggestion(title, pk) for title, pk in suggest_titles(text, language, limit)]


def _matching(query: CatalogueQuery) -> "tuple[QuerySet[CoursePage], list[int]]":
    courses = public_courses(query.language)
    if not query.search.strip():
        return courses, []
    ranks = search_course_pks(query.search, query.language)
    return courses.filter(pk__in=ranks), ranks


def _wishes(query: CatalogueQuery, paid_keys: "QuerySet | Iterable[uuid.UUID]") -> dict[str, Q]:
    """Each thing asked for, by its facet. No condition joins a list, so that none counts a course twice."""
    wishes = {}
    if query.category:
        category = {"category__slug": query.category, "category__locale__language_code": query.language}
        through: Any = CoursePage.categories.through
        wishes["category"] = Q(pk__in=through.objects.filter(**category).values("coursepage_id"))
    if query.level:
        wishes["level"] = Q(level=query.level)
    if query.tag:
        wishes["tag"] = Q(pk__in=CoursePage.objects.filter(tags__slug=query.tag).values("pk"))
    if query.duration:
        wishes["duration"] = _lasts(query.duration) if query.duration in DURATIONS else Q(pk__in=[])
    if query.is_free is not None:
        is_paid = Q(translation_key__in=paid_keys)
        wishes["price"] = ~is_paid if query.is_free else is_paid
    return wishes


def _all(conditions: Iterable[Q]) -> Q:
    return reduce(and_, conditions, Q())


def _lasts(duration: str) -> Q:
    at_least, below = DURATIONS[duration]
    condition = Q(facts__minutes__gte=at_least)
    return condition & Q(facts__minutes__lt=below) if below is not None else condition


def _ordered(courses: "QuerySet[CoursePage]", query: CatalogueQuery, ranks: list[int]) -> "QuerySet[CoursePage]":
    if query.order == "title":
        return courses.order_by("title", "pk")
    if ranks and query.order == "relevance":
        rank = Case(
            *(When(pk=pk, then=Value(position)) for position, pk in enumerate(ranks)), output_field=IntegerField()
        )
        return courses.annotate(rank=rank).order_by("rank", "pk")
    return courses.order_by("-first_published_at", "-pk")
