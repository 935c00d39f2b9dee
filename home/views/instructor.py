"""An instructor's public page."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from accounts.choices import country_name
from accounts.queries import person_by_public_id
from courses.models import CourseMember
from courses.queries.pages import courses_by_keys
from home.addresses import absolute
from home.cards import course_cards


def show_instructor(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show somebody who is named on a published course; others have no public page."""
    person = person_by_public_id(public_id)
    if person is None:
        raise Http404
    keys = list(CourseMember.objects.filter(user=person, is_listed=True).values_list("course_key", flat=True))
    courses = sorted(courses_by_keys(keys, get_language() or "en").values(), key=lambda course: course.title)
    if not courses:
        raise Http404
    is_own = request.user.is_authenticated and request.user.pk == person.pk
    name = person.get_full_name()
    context = {
        "person": person,
        "country": country_name(person.country),
        "cards": course_cards(request, courses),
        # For the instructor's own eyes: how the videos of each course are watched.
        "taught": courses if is_own else (),
        "canonical": absolute(request.path),
        "og_title": name,
        "description": person.bio[:200],
    }
    return render(request, "home/instructor.html", context)
