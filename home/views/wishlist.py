"""The wishlist: courses and paths that a person may want later."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from commerce.actions.add_wish import add_wish
from commerce.actions.remove_wish import remove_wish
from commerce.models import WishlistItem
from commerce.queries import wishes_of
from core.errors import DomainError
from courses.models import LearningPathPage
from courses.queries.pages import courses_by_keys, public_paths
from home.addresses import safe_next
from home.cards import course_cards
from home.shop import posted_key


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_wishlist(request: HttpRequest) -> HttpResponse:
    """Show what the person wishes for. A POST adds or removes something and goes back."""
    if request.method == "POST":
        return _change(request)
    wishes = list(wishes_of(request.user))
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    keys = [wish.key for wish in wishes if wish.kind == WishlistItem.Kind.COURSE]
    courses = courses_by_keys(keys, language) if keys else {}
    paths = _paths([wish.key for wish in wishes if wish.kind == WishlistItem.Kind.PATH], language)
    found = [courses[key] for key in keys if key in courses]
    context = {
        "section": "profile",
        "cards": course_cards(request, found),
        "paths": [(path, path.get_url(request)) for path in paths],
        "is_unlisted": True,
    }
    return render(request, "home/wishlist.html", context)


def _paths(keys: list[object], language: str) -> list[LearningPathPage]:
    """Published paths of those keys, each in the language if it is there."""
    if not keys:
        return []
    best: dict[object, LearningPathPage] = {}
    for path in public_paths().filter(translation_key__in=keys):
        if path.translation_key not in best or path.locale.language_code == language:
            best[path.translation_key] = path
    return [best[key] for key in keys if key in best]


def _change(request: HttpRequest) -> HttpResponse:
    kind, key = request.POST.get("kind", "")[:8], posted_key(request, "key")
    try:
        if request.POST.get("do") == "remove":
            remove_wish(actor=request.user, kind=kind, key=key)
        else:
            add_wish(actor=request.user, kind=kind, key=key)
            messages.success(request, _("It is on your wishlist."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(safe_next(request, request.POST.get("next", ""), reverse("home:wishlist")))
