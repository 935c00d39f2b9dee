"""What lesson and quiz pages share: the course around them, what the visitor may open, and the page that says no."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from courses.models import CoursePage, LessonPage, QuizPage
from courses.queries.outline import CourseOutline, OutlineItem, outline_of
from courses.queries.pages import course_of
from home.page_context import page_context
from learning.access import CourseAccess, course_access
from learning.errors import refusal

__all__ = ["ItemPage", "item_page", "locked_page"]


@dataclass(frozen=True)
class ItemPage:
    """A lesson or quiz in its course, for one visitor."""

    page: LessonPage | QuizPage
    course: CoursePage
    course_url: str
    outline: CourseOutline
    access: CourseAccess
    item: OutlineItem | None  #: None in the preview of a page that was never saved
    lock_reason: str

    @property
    def is_recorded(self) -> bool:
        """Whether what the visitor does here counts: an enrolled learner's visit does, an author's look doesn't."""
        return self.item is not None and self.access.has_access and not self.lock_reason

    def context(self, request: HttpRequest, *, preview: bool, **more: Any) -> dict[str, Any]:
        """For the template."""
        previous, following = self.outline.neighbours(self.page.translation_key)
        return page_context(
            request,
            self.page,
            preview=preview,
            section="catalogue",
            course=self.course,
            course_url=self.course_url,
            outline=self.outline,
            access=self.access,
            item=self.item,
            previous=previous,
            next=following,
            **more,
        )


def item_page(request: HttpRequest, page: LessonPage | QuizPage, *, preview: bool) -> ItemPage:
    """Find the course, its outline and the visitor's access."""
    course = course_of(page)
    outline = outline_of(course, include_drafts=preview)
    access = course_access(request.user, course, outline)
    item = outline.by_key.get(page.translation_key)
    reason = "" if preview or item is None else access.lock_reason(item)
    return ItemPage(page, course, course.get_url(request) or "/", outline, access, item, reason)


def locked_page(request: HttpRequest, here: ItemPage) -> HttpResponse:
    """Say why the page is closed, and what to do about it."""
    context = here.context(request, preview=False, reason=here.lock_reason, refusal=refusal(here.lock_reason))
    return render(request, "home/locked.html", context | {"is_unlisted": True}, status=403)
