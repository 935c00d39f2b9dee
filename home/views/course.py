"""A course's page with its enrol button; its modules lead there."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commerce.actions.enroll import enroll
from commerce.entitlements import entitled
from commerce.models import Offer
from commerce.queries import certificates_of, is_paid
from core.errors import DomainError
from courses.models import CoursePage, ModulePage
from courses.queries.members import listed_members
from courses.queries.outline import outline_of
from courses.queries.pages import course_of
from courses.serving import page_view
from home.addresses import address_of
from home.buy_boxes import buy_box
from home.page_context import page_context
from home.pictures import cover_url, load_renditions
from home.reading import load_pictures, videos_in
from home.shop import keep_referral
from home.videos import shown_videos
from home.watch_cookie import set_watch_cookie
from learning.access import course_access
from learning.videos import Right


@page_view(CoursePage)
def show_course(request: HttpRequest, page: CoursePage, *, preview: bool) -> HttpResponse:
    """Show what the course is; a POST enrols."""
    if request.method == "POST" and not preview:
        return enroll_in(request, page)
    outline = outline_of(page, include_drafts=preview)
    access = course_access(request.user, page, outline)
    load_renditions([page.cover])
    load_pictures(page.body)
    buy = buy_box(request, Offer.Kind.COURSE, page.translation_key)
    videos = shown_videos(
        request,
        [page.trailer, *videos_in(page.body)],
        language=page.locale.language_code,
        right=Right(is_free=not preview, is_staff=preview),
        is_preview=preview,
    )
    context = page_context(
        request,
        page,
        preview=preview,
        videos=videos,
        section="catalogue",
        outline=outline,
        access=access,
        buy=buy,
        is_paid=buy is not None or is_paid(page.translation_key),
        is_entitled=buy is not None and not access.has_access and _is_entitled(request, page),
        members=listed_members([page.translation_key]),
        categories=list(page.categories.all()),
        tags=list(page.tags.all()),
        certificate=_certificate(request, page) if access.is_completed else None,
        og_image=cover_url(page.cover) if not preview else "",
        course_url=page.get_url(request),
    )
    response = render(request, "home/course.html", context)
    if videos and preview:
        set_watch_cookie(request, response)
    return keep_referral(request, response)


def enroll_in(request: HttpRequest, course: CoursePage) -> HttpResponse:
    """Enrol who is logged in and lead them to the first lesson; lead others to the log-in."""
    here = course.get_url(request) or "/"
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': here})}")
    language = course.locale.language_code
    try:
        enroll(actor=request.user, learner=request.user, course_key=course.translation_key, language=language)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(here)
    outline = outline_of(course)
    access = course_access(request.user, course, outline)
    messages.success(request, _("You are enrolled. Enjoy the course!"))
    return redirect(address_of(access.next_item.url_path, language) if access.next_item else here)


@page_view(ModulePage)
def show_module(request: HttpRequest, page: ModulePage, *, preview: bool) -> HttpResponse:
    """A module has no page of its own: it is a part of the course's."""
    course = course_of(page)
    if preview:
        return show_course(request, course, preview=True)
    return redirect(f"{course.get_url(request)}#module-{page.translation_key}")


def _is_entitled(request: HttpRequest, page: CoursePage) -> bool:
    return request.user.is_authenticated and entitled(request.user, page.translation_key) is not None


def _certificate(request: HttpRequest, page: CoursePage) -> Any:
    return certificates_of(request.user).filter(course_key=page.translation_key).first()
