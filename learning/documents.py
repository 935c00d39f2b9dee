"""Who may download a document: whoever may open a page that shows it."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.documents.models import AbstractDocument
from wagtail.models import Page, ReferenceIndex

from courses.models import CoursePage, LessonPage, QuizPage
from courses.queries.outline import outlines_for
from courses.queries.visibility import visible
from learning.access import course_accesses

#: A document shown by more lessons than this is judged by the first ones; nothing real comes near.
MAX_PAGES = 50


def can_download(user: Any, document: AbstractDocument) -> bool:
    """Whether ``user`` may have the file: a page that is open to them shows it, or they work in the back office.

    A document that no published page shows belongs to a draft: only people of the back office may have it.
    """
    if user.is_authenticated and user.has_perm("wagtailadmin.access_admin"):
        return True
    pages = list(
        visible(Page.objects.filter(pk__in=_pages_showing(document)), ancestors=2).select_related("content_type")[
            :MAX_PAGES
        ]
    )
    lessons = [page for page in pages if issubclass(page.specific_class or Page, (LessonPage, QuizPage))]
    if len(lessons) < len(pages):
        return True
    return _opens_one(user, lessons)


def _pages_showing(document: AbstractDocument) -> list[int]:
    page_types = ContentType.objects.get_for_models(Page, *Page.__subclasses__()).values()
    rows = ReferenceIndex.get_references_to(document).filter(base_content_type__in=[kind.pk for kind in page_types])
    return [int(pk) for pk in rows.values_list("object_id", flat=True).distinct()[:MAX_PAGES]]


def _opens_one(user: Any, lessons: list[Page]) -> bool:
    paths = {page.path[: -2 * Page.steplen] for page in lessons}
    courses = list(CoursePage.objects.filter(path__in=paths).select_related("locale"))
    outlines = outlines_for(courses)
    accesses = course_accesses(user, courses, outlines)
    by_path = {course.path: course for course in courses}
    for lesson in lessons:
        course = by_path.get(lesson.path[: -2 * Page.steplen])
        if course is None:
            continue
        item = outlines[course.pk].by_key.get(lesson.translation_key)
        if item is not None and accesses[course.pk].can_open(item):
            return True
    return False
