"""Courses as the cards of a list, with what a card shows loaded in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from commerce.price_tags import PriceTag
from commerce.queries import enrollments_by_course, prices_of
from courses.models import CoursePage
from home.addresses import own_name
from home.money import currency_of, price_tags
from home.pictures import load_renditions
from home.shop import country_of

__all__ = ["CourseCard", "course_cards"]


@dataclass(frozen=True)
class CourseCard:
    """One course in a list."""

    course: CoursePage
    url: str
    categories: tuple[str, ...]
    price: PriceTag | None  #: None: free
    is_enrolled: bool

    @property
    def other_language(self) -> str:
        """The course's language in its own words, where it isn't that of the page; else empty."""
        code = self.course.locale.language_code
        return "" if code == get_language() else own_name(code)

    @property
    def minutes(self) -> int:
        """What the author estimates, or the sum over the published lessons."""
        facts = getattr(self.course, "facts", None)
        return self.course.estimated_minutes or (facts.minutes if facts else 0)

    @property
    def item_count(self) -> int:
        """Lessons and quizzes."""
        facts = getattr(self.course, "facts", None)
        return facts.item_count if facts else 0


def course_cards(request: HttpRequest, courses: Iterable[CoursePage]) -> list[CourseCard]:
    """Cards in the order of ``courses``; at most six queries beside the one that loads the courses.

    One more, of the exchange rates, where a price is in another currency than the visitor's and no cache knows them.
    """
    courses = list(courses)
    keys = [course.translation_key for course in courses]
    if not keys:
        return []
    load_renditions(course.cover for course in courses)
    prices = prices_of(keys, country=country_of(request), currency=currency_of(request))
    tags = price_tags(request)
    enrolled = enrollments_by_course(request.user, keys)
    titles = _category_titles(courses)
    return [
        CourseCard(
            course=course,
            url=course.get_url(request) or "",
            categories=tuple(titles.get(course.pk, ())),
            price=tags.tag(prices.get(course.translation_key)),
            is_enrolled=course.translation_key in enrolled,
        )
        for course in courses
    ]


def _category_titles(courses: list[CoursePage]) -> dict[int, list[str]]:
    through: Any = CoursePage.categories.through
    rows = through.objects.filter(coursepage__in=[course.pk for course in courses]).order_by("category__title")
    titles: dict[int, list[str]] = {}
    for pk, title in rows.values_list("coursepage_id", "category__title"):
        titles.setdefault(pk, []).append(title)
    return titles
