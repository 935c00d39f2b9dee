"""Keeping ``CourseFacts`` true: one refresh per change of a course's published tree."""

from typing import Any

from wagtail.models import Page
from wagtail.signals import page_unpublished

from courses.models import CourseFacts, CoursePage, LessonPage, ModulePage, QuizPage
from courses.queries.outline import outline_of


def refresh_facts(course: CoursePage, *, creates: bool = True) -> None:
    """Add up the published tree of ``course`` and store the sums; without ``creates`` only where there are some."""
    outline = outline_of(course)
    sums = {"minutes": outline.minutes, "item_count": len(outline.items)}
    if not CourseFacts.objects.filter(course=course.pk).update(**sums) and creates:
        CourseFacts.objects.update_or_create(course_id=course.pk, defaults=sums)


def refresh_facts_around(page: Page, *paths: str, creates: bool = True) -> None:
    """Refresh the course that ``page`` is or stands in, and those at ``paths`` (where it stood before a move)."""
    if page.specific_class not in (CoursePage, ModulePage, LessonPage, QuizPage):
        return
    candidates = {path[: -level * Page.steplen or None] for path in (page.path, *paths) for level in (0, 1, 2)}
    for course in CoursePage.objects.filter(path__in=candidates).select_related("locale"):
        refresh_facts(course, creates=creates)


def on_tree_change(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Receiver for Wagtail's publish, unpublish and move signals, and for the deletion of pages."""
    before = kwargs.get("parent_page_before")
    # Wagtail says "unpublished" of pages that are being deleted: a row made now would outlive its course.
    creates = kwargs.get("signal") is not page_unpublished
    refresh_facts_around(instance, *([before.path] if before else []), creates=creates)
