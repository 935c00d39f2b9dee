"""Questions below a lesson: asked, answered, changed, removed, reported, hidden."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.actions import (
    edit_comment,
    hide_comment,
    mark_answered,
    open_thread,
    remove_comment,
    reply,
    report_comment,
    restore_comment,
)
from community.errors import CommentNotFound, ThreadNotFound
from community.place import thread_here
from core.errors import DomainError, NotFound
from home.item_page import ItemPage
from home.moments import place_in


def query_after(request: HttpRequest) -> str:
    """What the page is asked for after a change: the same part of the questions that was looked at."""
    if thread := request.GET.get("thread"):
        try:
            return f"thread={uuid.UUID(thread)}"
        except ValueError:
            pass
    number = request.GET.get("questions", "")
    return f"questions={number}" if number.isascii() and number.isdecimal() and len(number) < 6 else "questions=1"


def _ask(request: HttpRequest, here: ItemPage) -> str:
    thread = open_thread(
        actor=request.user,
        item_key=here.page.translation_key,
        text=request.POST.get("text", ""),
        language=here.page.locale.language_code,
        **place_in(request),
    )
    return f"thread-{thread.public_id}"


def _reply(request: HttpRequest, here: ItemPage) -> str:
    text = request.POST.get("text", "")
    comment = reply(actor=request.user, thread_id=_id(request, ThreadNotFound), text=text)
    return f"comment-{comment.public_id}"


def _edit(request: HttpRequest, here: ItemPage) -> str:
    text = request.POST.get("text", "")
    comment = edit_comment(actor=request.user, comment_id=_id(request), text=text)
    return f"comment-{comment.public_id}"


def _remove(request: HttpRequest, here: ItemPage) -> str:
    comment = remove_comment(actor=request.user, comment_id=_id(request))
    return f"comment-{comment.public_id}"


def _report(request: HttpRequest, here: ItemPage) -> str:
    report = report_comment(actor=request.user, comment_id=_id(request), reason=request.POST.get("reason", ""))
    if not request.headers.get("X-Island"):
        messages.success(request, _("Thank you. Somebody who looks after the course will read it."))
    return f"comment-{report.comment.public_id}"


def _hide(request: HttpRequest, here: ItemPage) -> str:
    comment = hide_comment(actor=request.user, comment_id=_id(request))
    return f"comment-{comment.public_id}"


def _restore(request: HttpRequest, here: ItemPage) -> str:
    comment = restore_comment(actor=request.user, comment_id=_id(request))
    return f"comment-{comment.public_id}"


def _answer(request: HttpRequest, here: ItemPage) -> str:
    mark_answered(actor=request.user, comment_id=_id(request))
    return f"comment-{_id(request)}"


ACTS: dict[str, Callable[[HttpRequest, ItemPage], str]] = {
    "ask": _ask,
    "reply": _reply,
    "edit": _edit,
    "remove": _remove,
    "report": _report,
    "hide": _hide,
    "restore": _restore,
    "answer": _answer,
}


@never_cache
@login_required
@require_safe
def show_thread(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Lead to a question where it stands: its lesson, in the language of the address if it is there."""
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    try:
        thread, opened = thread_here(request.user, public_id, language)
    except DomainError as refused:
        # Whoever may not read it doesn't learn whether it is there.
        raise Http404 from refused
    return redirect(f"{opened.page.get_url(request)}?thread={thread.public_id}#thread-{thread.public_id}")


def _id(request: HttpRequest, error: type[NotFound] = CommentNotFound) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError as failed:
        raise error from failed
