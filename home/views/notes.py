"""One's own bookmarks and notes: kept below a lesson, looked over on a page, taken along as Markdown."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.errors import DomainError
from home.item_page import ItemPage
from home.moments import Typed, moments_of, place_in
from home.views import comments
from learning.actions.add_bookmark import add_bookmark
from learning.actions.export_notes import export_notes
from learning.actions.remove_bookmark import remove_bookmark
from learning.actions.remove_note import remove_note
from learning.actions.save_note import save_note
from learning.errors import BookmarkNotFound, MomentInvalid, NoteNotFound
from learning.notes import noted_courses

#: Shows the lesson again, with what was typed.
Reader = Callable[..., HttpResponse]


def change_moments(request: HttpRequest, here: ItemPage, read: Reader) -> HttpResponse:
    """Do what a form below a lesson asks for (``do``), and go back to where it stood.

    A refusal shows the lesson again with what was typed. With JavaScript (``X-Island``) only the part travels.
    """
    do = request.POST.get("do", "")
    act = _ACTS.get(do) or comments.ACTS.get(do)
    if act is None:
        raise Http404
    is_island = "X-Island" in request.headers
    try:
        anchor = act(request, here)
    except DomainError as refused:
        names = ("text", "label", "at", "video", "reason")
        typed = Typed(
            do,
            str(refused),
            request.POST.get("id", ""),
            {name: request.POST.get(name, "")[:6000] for name in names},
        )
        return _part(request, here, typed=typed) if is_island else read(request, here, typed=typed)
    if is_island:
        return _part(request, here, is_note=do in _ACTS)
    is_note = do in _ACTS
    query = "notes=1" if is_note else comments.query_after(request)
    return redirect(f"{here.page.get_url(request)}?{query}#{anchor}")


def _part(request: HttpRequest, here: ItemPage, *, is_note: bool = False, typed: Typed | None = None) -> HttpResponse:
    """The notes or the questions alone, as they are now."""
    is_note = typed.is_note if typed else is_note
    context = {"moments": moments_of(request, here, typed=typed), "page": here.page}
    template = "home/parts/notes.html" if is_note else "home/parts/comments.html"
    return render(request, template, context, status=400 if typed else 200)


def posted_id(request: HttpRequest, error: type[DomainError]) -> uuid.UUID:
    """What a form names by its id.

    Raises:
        error: it is none.
    """
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError as failed:
        raise error from failed


def lesson_of(here: ItemPage) -> dict[str, Any]:
    """The lesson, for an action."""
    return {"lesson_key": here.page.translation_key, "language": here.page.locale.language_code}


def _bookmark(request: HttpRequest, here: ItemPage) -> str:
    place = place_in(request)
    if place["at_ms"] is None:
        raise MomentInvalid
    found = add_bookmark(actor=request.user, label=request.POST.get("label", ""), **place, **lesson_of(here))
    return f"bookmark-{found.public_id}"


def _unbookmark(request: HttpRequest, here: ItemPage) -> str:
    remove_bookmark(actor=request.user, bookmark_id=posted_id(request, BookmarkNotFound))
    return "notes"


def _note(request: HttpRequest, here: ItemPage) -> str:
    note_id = posted_id(request, NoteNotFound) if request.POST.get("id") else None
    text = request.POST.get("text", "")
    note = save_note(actor=request.user, text=text, note_id=note_id, **place_in(request), **lesson_of(here))
    return f"note-{note.public_id}"


def _unnote(request: HttpRequest, here: ItemPage) -> str:
    remove_note(actor=request.user, note_id=posted_id(request, NoteNotFound))
    return "notes"


_ACTS: dict[str, Callable[[HttpRequest, ItemPage], str]] = {
    "bookmark": _bookmark,
    "unbookmark": _unbookmark,
    "note": _note,
    "unnote": _unnote,
}


@never_cache
@login_required
@require_safe
def show_notes(request: HttpRequest) -> HttpResponse:
    """List the courses that the person keeps something of, over or not, each with its download."""
    courses = noted_courses(request.user, request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    context = {"section": "profile", "courses": courses, "is_unlisted": True}
    return render(request, "home/notes.html", context)


@never_cache
@login_required
@require_safe
def download_notes(request: HttpRequest, course_key: uuid.UUID | None = None) -> HttpResponse:
    """What the person keeps of a course, or of all, as a Markdown file."""
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    text = export_notes(actor=request.user, course_key=course_key, language=language)
    if not text:
        raise Http404
    response = HttpResponse(text.encode(), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="notes.md"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
