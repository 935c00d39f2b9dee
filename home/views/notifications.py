"""A person's notices: the list, what they want to be told, and the way out that stands in mails."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from home.addresses import safe_next
from notifications.actions.mark_read import mark_read
from notifications.actions.set_preference import set_preference
from notifications.actions.unsubscribe import unsubscribe
from notifications.errors import LinkNotValid
from notifications.queries import choices_of, notes, notifications_of, unread_count
from notifications.tokens import read_unsubscribe_token

PER_PAGE = 20


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_notifications(request: HttpRequest) -> HttpResponse:
    """List a person's notices, the newest first. A POST marks one as read (``id``), or all of them."""
    person: Any = request.user
    if request.method == "POST":
        wanted = request.POST.get("id", "")
        mark_read(actor=person, person=person, public_ids=_keys(wanted) if wanted else None)
        return redirect(safe_next(request, request.POST.get("next", ""), request.path))
    result = Paginator(notifications_of(person), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "notifications",
        "notes": notes(result.object_list),
        "unread": unread_count(person),
        "result": result,
        "address_of_page": f"{request.path}?page=",
        "is_unlisted": True,
    }
    return render(request, "home/notifications.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_preferences(request: HttpRequest) -> HttpResponse:
    """Show and save what a person wants to be told, and how."""
    person: Any = request.user
    choices = choices_of(person)
    if request.method == "POST":
        for choice in choices:
            wanted = f"{choice.category.name}:{choice.channel}" in request.POST.getlist("on")
            if choice.can_change and wanted != choice.is_on:
                set_preference(
                    actor=person,
                    person=person,
                    category=choice.category.name,
                    channel=choice.channel,
                    is_on=wanted,
                )
        messages.success(request, _("Your choice is saved."))
        return redirect("home:notification_preferences")
    rows: dict[str, dict[str, Any]] = {}
    for choice in choices:
        rows.setdefault(choice.category.name, {"category": choice.category})[choice.channel.value] = choice
    context = {"section": "profile", "rows": rows.values(), "is_unlisted": True}
    return render(request, "home/notification_preferences.html", context)


# A mail program that posts here (RFC 8058) has no cookie and no token but the one in the address.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether mails of one kind shall stop (GET), and stop them (POST)."""
    context: dict[str, Any] = {"is_unlisted": True}
    try:
        if request.method == "POST":
            context |= {"category": unsubscribe(token), "is_done": True}
        else:
            context["category"] = read_unsubscribe_token(token)[1]
    except LinkNotValid as error:
        return render(request, "home/unsubscribe.html", context | {"refusal": str(error)}, status=404)
    return render(request, "home/unsubscribe.html", context)


def _keys(text: str) -> list[UUID]:
    """The id that a form sent; nothing when it is none."""
    try:
        return [UUID(text)]
    except ValueError:
        return []
