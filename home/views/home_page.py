"""The first page, from the sections an editor arranged."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commerce.queries import paid_course_keys
from courses.models import CoursePage
from courses.queries.catalogue import CatalogueQuery, find_courses
from courses.queries.pages import courses_by_keys, public_paths
from courses.serving import page_view
from home.cards import course_cards
from home.models import HomePage
from home.page_context import page_context

NEWEST = 3


@dataclass(frozen=True)
class Section:
    """One section with what its template needs beside the editor's words."""

    kind: str
    value: Any
    things: list[Any] = field(default_factory=list)

    @property
    def template(self) -> str:
        """The section's template."""
        return f"home/sections/{self.kind}.html"


@page_view(HomePage)
def show_home_page(request: HttpRequest, page: HomePage, *, preview: bool) -> HttpResponse:
    """Show the home page; one that nobody has arranged yet greets and shows the newest courses."""
    language = page.locale.language_code
    sections = [
        Section(block.block_type, block.value, _things(request, block.block_type, block.value, language))
        for block in page.sections
    ]
    newest = [] if sections else course_cards(request, _newest(language))
    context = page_context(request, page, preview=preview, sections=sections, newest=newest)
    return render(request, "home/home.html", context)


def _things(request: HttpRequest, kind: str, value: Any, language: str) -> list[Any]:
    if kind == "featured_courses":
        chosen = [course for course in value["courses"] if course is not None]
        return course_cards(request, _in_language(chosen, language) if chosen else _newest(language))
    if kind == "learning_paths":
        return [(path, path.get_url(request)) for path in public_paths(language)]
    return []


def _newest(language: str) -> list[CoursePage]:
    return list(find_courses(CatalogueQuery(language=language), paid_keys=paid_course_keys())[:NEWEST])


def _in_language(chosen: list[Any], language: str) -> list[CoursePage]:
    keys = [course.translation_key for course in chosen]
    found = courses_by_keys(keys, language)
    return [found[key] for key in dict.fromkeys(keys) if key in found]
