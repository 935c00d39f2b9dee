"""A learner's own page: where to go on, how far they are, their certificates."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from commerce.queries import certificates_of
from home.pictures import load_renditions
from learning.queries import dashboard


@never_cache
@login_required
def show_dashboard(request: HttpRequest) -> HttpResponse:
    """Show the learner's courses, the one worked on last first."""
    entries = dashboard(request.user, get_language() or "en")
    load_renditions(entry.course.cover for entry in entries)
    with_urls = [(entry, entry.course.get_url(request)) for entry in entries]
    going_on = [pair for pair in with_urls if pair[0].access.has_access and not pair[0].access.is_completed]
    context = {
        "section": "dashboard",
        "resume": going_on[0] if going_on else None,
        "going_on": going_on[1:],
        "finished": [pair for pair in with_urls if pair[0].access.is_completed],
        "closed": [pair for pair in with_urls if not pair[0].access.has_access and not pair[0].access.is_completed],
        "certificates": list(certificates_of(request.user)),
        "is_unlisted": True,
    }
    return render(request, "home/dashboard.html", context)
