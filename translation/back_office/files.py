"""PO files: out for translators who work elsewhere, in with a report of what was taken and what was not."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError, NotAllowed, NotFound
from courses.back_office.overview import say_refusal
from translation import actions
from translation.actions.import_po import MAX_BYTES
from translation.back_office.access import answering, must_translate
from translation.back_office.listing import language_name
from translation.back_office.strings import page_or_refusal
from translation.errors import FileTooLarge
from translation.queries import course_tree

__all__ = ["export_course", "export_page", "import_course", "import_page"]

#: Problems that a report shows; a file that is wrong throughout says so with fewer.
MOST_PROBLEMS = 500


@require_safe
@answering
def export_course(request: HttpRequest, course_key: uuid.UUID, language: str) -> HttpResponse:
    """Every string of a course."""
    must_translate(request.user, course_key)
    title = course_tree(course_key, language).course.title
    return _download(title, language, actions.export_po(actor=request.user, course_key=course_key, language=language))


@require_safe
@answering
def export_page(request: HttpRequest, page_key: uuid.UUID, language: str) -> HttpResponse:
    """Every string of a page."""
    title = page_or_refusal(request, page_key, language).page.title
    return _download(title, language, actions.export_po(actor=request.user, page_key=page_key, language=language))


def _download(title: str, language: str, po: Any) -> HttpResponse:
    name = f"{slugify(title) or 'translation'}-{language}.po"
    return HttpResponse(
        str(po).encode(),
        content_type="text/x-gettext-translation; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


@require_POST
@answering
def import_course(request: HttpRequest, course_key: uuid.UUID, language: str) -> HttpResponse:
    """Take a file with strings of any page of the course."""
    must_translate(request.user, course_key)
    back = reverse("translation_admin:desk", args=[course_key, language])
    return _take(request, back, language, course_key=course_key)


@require_POST
@answering
def import_page(request: HttpRequest, page_key: uuid.UUID, language: str) -> HttpResponse:
    """Take a file with strings of one page."""
    page_or_refusal(request, page_key, language)
    back = reverse("translation_admin:strings", args=[page_key, language])
    return _take(request, back, language, page_key=page_key)


def _take(request: HttpRequest, back: str, language: str, **keys: uuid.UUID) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect(back)
    try:
        if (file.size or 0) > MAX_BYTES:
            raise FileTooLarge
        report = actions.import_po(actor=request.user, data=file.read(), language=language, **keys)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        say_refusal(request, error)
        return redirect(back)
    context = {
        "report": report,
        "problems": report.problems[:MOST_PROBLEMS],
        "more": max(0, len(report.problems) - MOST_PROBLEMS),
        "file_name": file.name,
        "back": back,
        "language_name": language_name(language),
        "page_title": _("Import of a PO file"),
        "header_icon": "wagtail-localize-language",
    }
    return render(request, "translation/import_report.html", context)
