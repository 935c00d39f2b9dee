"""The catalogue: search, facets, pages, suggestions while typing."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET
from wagtail.models import Page

from commerce.queries import paid_course_keys
from courses.models import Category, CourseIndexPage
from courses.queries.catalogue import CatalogueQuery, facets, find_courses, suggestions
from courses.serving import page_view
from home.addresses import LanguageLink
from home.cards import course_cards
from home.page_context import page_context
from home.shop import keep_referral

PER_PAGE = 24
DURATION_NAMES = {
    "short": _lazy("Under 1 hour"),
    "medium": _lazy("1 to 5 hours"),
    "long": _lazy("5 hours or more"),
}
ORDERS = {"newest": _lazy("Newest first"), "title": _lazy("By title"), "relevance": _lazy("Best match first")}
_FREE = {"free": True, "paid": False}


@page_view(CourseIndexPage)
def show_catalogue(request: HttpRequest, page: CourseIndexPage, *, preview: bool) -> HttpResponse:
    """List the courses that match the form in the address."""
    query = catalogue_query(request.GET, page.locale.language_code)
    paid = paid_course_keys()
    choices = facets(query, paid_keys=paid)
    paginator = Paginator(find_courses(query, paid_keys=paid), PER_PAGE)
    paginator.count = choices.total  # counted already
    result = paginator.get_page(request.GET.get("page"))
    context = page_context(
        request,
        page,
        preview=preview,
        section="catalogue",
        query=query,
        price=request.GET.get("price", "") if query.is_free is not None else "",
        is_narrowed=_is_narrowed(query),
        has_chosen=_is_narrowed(replace(query, search="")),
        facets=choices,
        duration_names=DURATION_NAMES,
        orders=ORDERS.items() if query.search else list(ORDERS.items())[:2],
        result=result,
        cards=course_cards(request, result.object_list),
        address_of_page=_address_of_page(request),
        # Searches and narrowed lists are endless; search engines get the plain list and the courses.
        is_unlisted=preview or bool(request.GET),
    )
    if query.category and not preview:
        context["languages"] = _with_own_category(context["languages"], query, request.GET)
    return keep_referral(request, render(request, "home/catalogue.html", context))


def catalogue_query(asked: QueryDict, language: str) -> CatalogueQuery:
    """Read the catalogue's form; what it doesn't know is ignored."""
    search = asked.get("q", "").strip()[:200]
    order = asked.get("order", "") or ("relevance" if search else "newest")
    return CatalogueQuery(
        language=language,
        search=search,
        category=asked.get("category", ""),
        level=asked.get("level", ""),
        tag=asked.get("tag", ""),
        duration=asked.get("duration", ""),
        is_free=_FREE.get(asked.get("price", "")),
        order=order if order in ORDERS else "newest",
    )


@require_GET
def suggest(request: HttpRequest) -> JsonResponse:
    """Titles that begin as typed, with their addresses, as JSON."""
    found = suggestions(request.GET.get("q", ""), get_language() or "en")
    pages = Page.objects.in_bulk([suggestion.page_pk for suggestion in found])
    results = [
        {"title": suggestion.title, "url": pages[suggestion.page_pk].get_url(request)}
        for suggestion in found
        if suggestion.page_pk in pages
    ]
    return JsonResponse({"results": results})


def _with_own_category(links: list[LanguageLink], query: CatalogueQuery, asked: QueryDict) -> list[LanguageLink]:
    """The catalogue in other languages asks for the category as it is called there; without it where there is none."""
    here = Category.objects.filter(slug=query.category, locale__language_code=query.language)
    there = Category.objects.filter(translation_key__in=here.values("translation_key"))
    slugs = dict(there.values_list("locale__language_code", "slug"))
    found = []
    for link in links:
        if link.is_exact and not link.is_current:
            mine = asked.copy()
            mine.pop("category")
            if link.code in slugs:
                mine["category"] = slugs[link.code]
            path = link.url.partition("?")[0]
            link = replace(link, url=f"{path}?{mine.urlencode()}" if mine else path)
        found.append(link)
    return found


def _is_narrowed(query: CatalogueQuery) -> bool:
    chosen: list[Any] = [query.search, query.category, query.level, query.tag, query.duration]
    return any(chosen) or query.is_free is not None


def _address_of_page(request: HttpRequest) -> str:
    """The present address up to the number of the page."""
    asked = {name: value for name, value in request.GET.items() if name != "page" and value}
    return f"?{urlencode(asked)}&page=" if asked else "?page="
