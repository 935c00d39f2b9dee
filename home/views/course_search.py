"""Search inside a course: titles, texts and what is said in videos, of the lessons that the visitor may open."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.folding import MAX_LENGTH
from courses.queries.outline import outline_of
from courses.queries.pages import course_by_key
from learning.access import course_access
from learning.course_search import search_course, searchable_items
from learning.errors import TooManySearches

__all__ = ["PER_PAGE", "search_in_course"]

PER_PAGE = 20


@never_cache
@require_safe
def search_in_course(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show what ``?q=`` finds in the course; 404 where there is no such course that is published."""
    course = course_by_key(key, get_language())
    if course is None:
        raise Http404
    outline = outline_of(course)
    access = course_access(request.user, course, outline)
    text = request.GET.get("q", "").replace("\0", "").strip()[:MAX_LENGTH]
    context: dict[str, Any] = {
        "section": "catalogue",
        "course": course,
        "course_url": course.get_url(request),
        "q": text,
        "is_unlisted": True,
        "is_partial": len(searchable_items(access)) < sum(item.kind == "lesson" for item in outline.items),
        "address_of_page": f"?{urlencode({'q': text})}&page=",
    }
    try:
        search = search_course(request.user, access, text, address=request.META.get("REMOTE_ADDR", ""))
    except TooManySearches as error:
        return render(request, "home/course_search.html", context | {"error": error}, status=429)
    result = Paginator(search.places, PER_PAGE).get_page(request.GET.get("page"))
    context |= {"is_asked": bool(search.words), "result": result, "hits": search.hits(list(result.object_list))}
    return render(request, "home/course_search.html", context)
