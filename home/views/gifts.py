"""A gift's own page, for whoever has its link."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce.actions.claim_gift import claim_gift
from commerce.errors import AuthenticationRequired, GiftNotFound
from commerce.gifts import gift_of
from core.errors import DomainError
from courses.queries.outline import outline_of
from courses.queries.pages import course_by_key
from home.addresses import address_of
from learning.access import course_access


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_gift(request: HttpRequest, token: str) -> HttpResponse:
    """Show who gives what. A POST takes it, and leads to where the course begins."""
    context: dict[str, Any] = {"is_unlisted": True}
    try:
        line = gift_of(token)
    except GiftNotFound as error:
        return render(request, "home/gift.html", context | {"refusal": str(error)}, status=404)
    context |= {"line": line, "giver": line.order.learner.get_full_name()}
    if request.method != "POST":
        if line.claimed_at is not None and line.recipient_id != request.user.pk:
            context["refusal"] = _("Somebody has taken this gift already.")
        return render(request, "home/gift.html", context)
    try:
        enrollments = claim_gift(actor=request.user, token=token)
    except AuthenticationRequired:
        return redirect("account_login")
    except DomainError as error:
        return render(request, "home/gift.html", context | {"refusal": str(error)}, status=409)
    messages.success(request, _("The gift is yours. Enjoy it!"))
    return redirect(_beginning(request, [enrollment.course_key for enrollment in enrollments]))


def _beginning(request: HttpRequest, keys: list[Any]) -> str:
    """The first lesson of the only course; the dashboard where there are several."""
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    course = course_by_key(keys[0], language) if len(keys) == 1 else None
    if course is None:
        return "home:dashboard"
    outline = outline_of(course)
    item = course_access(request.user, course, outline).next_item
    return address_of(item.url_path, item.language) if item else course.get_url(request) or "home:dashboard"
