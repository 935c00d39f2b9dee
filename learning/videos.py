"""Who may watch a video: whoever may open a page that shows it, and those who write or review such a page.

A video belongs to no course; where it stands is looked up in Wagtail's index of references, as for documents.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from wagtail.models import Page, ReferenceIndex

from commerce.access import gives_access
from commerce.models import Enrollment
from core.errors import DomainError
from core.policies import is_person
from courses.models import CoursePage, LessonPage, QuizPage
from courses.policies import can_see_drafts
from courses.queries.outline import outlines_for
from courses.queries.visibility import visible_of_any_kind
from learning.access import course_accesses
from learning.errors import AuthenticationRequired, refusal
from videos.errors import LinkEnded, TooManyStreams, VideoNotFound
from videos.models import Video
from videos.policies import can_change
from videos.signing import Link
from videos.streams import hold_stream, renew_stream

__all__ = [
    "CHECK_SECONDS",
    "Right",
    "check_link",
    "free_folder",
    "link_holds",
    "may_watch",
    "public_video",
    "right_to_watch",
]

#: A video shown by more pages than this is judged by the first ones; nothing real comes near.
MAX_PAGES = 50
#: How long an answer about a link, or about what is free, is believed.
CHECK_SECONDS = 60
_REFUSED_SECONDS = 10
_TO_ITEM = 2 * Page.steplen  #: from a course's path to that of a lesson or quiz


@dataclass(frozen=True)
class Right:
    """By what somebody may watch a video."""

    #: Anyone may: a free preview, a trailer, or a page outside of lessons.
    is_free: bool = False
    #: The learner's, in ``course``; a free preview names its course too.
    enrollment: Enrollment | None = None
    course: CoursePage | None = None
    #: An author, reviewer or whoever looks after the video.
    is_staff: bool = False


def may_watch(user: Any, video: Video, lesson_key: uuid.UUID | None = None) -> bool:
    """Whether ``user`` may watch ``video``; :func:`right_to_watch` says why not."""
    try:
        right_to_watch(user, video, lesson_key)
    except DomainError:
        return False
    return True


def right_to_watch(user: Any, video: Video, lesson_key: uuid.UUID | None = None) -> Right:
    """By what ``user`` (or an anonymous visitor) may watch ``video``.

    Args:
        lesson_key: the lesson that it is watched in: where several show it, refusals are about this one. Authors who
            preview a draft need it, because no index knows drafts of published pages.

    Raises:
        AuthenticationRequired: a visitor, and it is not free.
        NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked: no page that shows it may be opened.
        VideoNotFound: no published page shows it, or none that this person may know of.
    """
    showing = _pages_showing(video)
    published = list(visible_of_any_kind(Page.objects.filter(pk__in=showing)).select_related("content_type"))
    items = [page for page in published if _is_item(page)]
    if len(items) < len(published):
        return Right(is_free=True)
    # The lesson that is asked about decides, and its refusal is told.
    items.sort(key=lambda page: page.translation_key != lesson_key)
    found = _right_in(user, items)
    if isinstance(found, Right):
        return found
    if is_person(user) and (can_change(user, video) or _works_on(user, video, showing, lesson_key)):
        return Right(is_staff=True)
    if not found:
        raise VideoNotFound
    if not is_person(user):
        raise AuthenticationRequired
    raise refusal(found)


def check_link(link: Link) -> None:
    """Go on only if what a link was given for still holds; looked up once a minute for each link.

    Raises:
        LinkEnded: the enrolment is suspended or over, the account closed, or it plays on other devices.
    """
    key = _key_of(link)
    holds = cache.get(key)
    if holds is None:
        holds = _still_holds(link)
        cache.set(key, holds, CHECK_SECONDS if holds else _REFUSED_SECONDS)
    if not holds:
        raise LinkEnded


def link_holds(link: Link) -> None:
    """Remember that a link was given just now: its first minute asks nobody."""
    cache.set(_key_of(link), True, CHECK_SECONDS)


def free_folder(video_key: uuid.UUID) -> str:
    """The folder of a video that everyone may watch; empty when not everyone may. Believed for a minute."""

    def find() -> str:
        video = Video.objects.filter(public_id=video_key).exclude(folder="").first()
        if video is None:
            return ""
        published = visible_of_any_kind(Page.objects.filter(pk__in=_pages_showing(video))).select_related(
            "content_type", "lessonpage"
        )
        return video.folder if any(_is_open_to_all(page) for page in published) else ""

    return _for_a_minute(f"videos:free:{video_key.hex}", find)


def public_video(video_key: uuid.UUID) -> str:
    """The folder of a video that a published page shows, whoever may open it: its poster is for everyone."""

    def find() -> str:
        video = Video.objects.filter(public_id=video_key).exclude(folder="").first()
        if video is None:
            return ""
        return video.folder if visible_of_any_kind(Page.objects.filter(pk__in=_pages_showing(video))).exists() else ""

    return _for_a_minute(f"videos:shown:{video_key.hex}", find)


def _for_a_minute(key: str, find: Any) -> str:
    found: str | None = cache.get(key)
    if found is None:
        found = find()
        cache.set(key, found, CHECK_SECONDS)
    return found


def _is_item(page: Page) -> bool:
    return issubclass(page.specific_class or Page, (LessonPage, QuizPage))


def _is_open_to_all(page: Page) -> bool:
    if not _is_item(page):
        return True
    return hasattr(page, "lessonpage") and page.lessonpage.is_free_preview


def _pages_showing(video: Video) -> list[int]:
    page_types = ContentType.objects.get_for_models(Page, *Page.__subclasses__()).values()
    rows = ReferenceIndex.get_references_to(video).filter(base_content_type__in=[kind.pk for kind in page_types])
    return [int(pk) for pk in rows.order_by().values_list("object_id", flat=True).distinct()[:MAX_PAGES]]


def _right_in(user: Any, items: list[Page]) -> Right | str:
    """The right by which the first of ``items`` opens; else why the first one doesn't, empty when there are none."""
    courses = list(
        CoursePage.objects.filter(path__in={page.path[:-_TO_ITEM] for page in items}).select_related("locale")
    )
    outlines = outlines_for(courses)
    accesses = course_accesses(user, courses, outlines)
    by_path = {course.path: course for course in courses}
    reason = ""
    for page in items:
        course = by_path[page.path[:-_TO_ITEM]]
        item = outlines[course.pk].by_key.get(page.translation_key)
        if item is None:
            continue
        access = accesses[course.pk]
        if item.is_free_preview:
            return Right(is_free=True, course=course)
        refused = access.lock_reason(item)
        if not refused:
            enrollment = access.enrollment if access.has_access else None
            return Right(enrollment=enrollment, course=course, is_staff=access.is_author and enrollment is None)
        reason = reason or refused
    return reason


def _works_on(user: Any, video: Video, showing: Iterable[int], lesson_key: uuid.UUID | None) -> bool:
    """Whether ``user`` writes or reviews a page that shows the video, in a draft at least."""
    pages = list(Page.objects.filter(pk__in=showing))
    if lesson_key is not None:
        drafts = LessonPage.objects.filter(translation_key=lesson_key)
        pages += [page for page in drafts if _shows(page.get_latest_revision_as_object(), video)]
    paths = {page.path[:-_TO_ITEM] if _is_item(page) else page.path for page in pages}
    return any(can_see_drafts(user, course) for course in CoursePage.objects.filter(path__in=paths))


def _shows(draft: LessonPage, video: Video) -> bool:
    references = draft._meta.get_field("body").extract_references(draft.body)
    return any(issubclass(model, Video) and str(key) == str(video.pk) for model, key, *_where in references)


def _key_of(link: Link) -> str:
    parts = (link.video, link.viewer, link.stream, link.right)
    return "videos:link:" + ":".join(part.hex if part else "" for part in parts)


def _still_holds(link: Link) -> bool:
    person_pk = _person_with_right(link)
    if person_pk is None:
        return False
    if link.stream is None or renew_stream(person_pk, link.stream):
        return True
    video = Video.objects.filter(public_id=link.video).only("pk").first()
    try:
        if video is not None:
            hold_stream(person_pk, link.stream, video)
    except TooManyStreams:
        return False
    return video is not None


def _person_with_right(link: Link) -> int | None:
    if link.viewer is None:
        return None
    if link.right is not None:
        enrollment = Enrollment.objects.filter(
            public_id=link.right, learner__public_id=link.viewer, learner__is_active=True
        ).first()
        return enrollment.learner_id if enrollment is not None and gives_access(enrollment) else None
    user = get_user_model().objects.filter(public_id=link.viewer, is_active=True).first()
    # Roles are looked at once the link is over: whoever reviewed an hour ago does no harm with this one.
    return user.pk if user is not None else None
