"""A bundle: several courses and paths for one price. It has no page in the tree, so it has its page here."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from commerce.contents import offer_contents
from commerce.models import Offer
from commerce.queries import offer_for
from courses.queries.pages import courses_by_keys
from home.addresses import absolute
from home.buy_boxes import box_of
from home.cards import course_cards
from home.shop import keep_referral


@require_safe
def show_bundle(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show what is in a bundle that is on sale."""
    offer = offer_for(Offer.Kind.BUNDLE, key)
    if offer is None:
        raise Http404
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    contents = offer_contents([offer], language)[offer.pk]
    courses = courses_by_keys(contents.course_keys, language) if contents.courses else {}
    found = [courses[course.key] for course in contents.courses if course.key in courses]
    context = {
        "section": "catalogue",
        "offer": offer,
        "title": contents.title,
        "og_title": contents.title,
        "canonical": absolute(request.path),
        "count": len(found),
        "cards": course_cards(request, found),
        "buy": box_of(request, offer),
    }
    return keep_referral(request, render(request, "home/bundle.html", context))
