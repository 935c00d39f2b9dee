"""A small cast and drafts for tests of the authoring side."""

import uuid
from typing import Any

from wagtail.models import Page

from accounts.models import User
from accounts.tests.factories import make_person
from courses.actions import create_course
from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.tests.factories import make_school
from courses.tests.questions import question, rich_text

__all__ = ["add_draft", "draft_course", "instructor", "lesson_with", "reviewer"]


def instructor(**fields: Any) -> User:
    """Somebody who may write courses."""
    return make_person(roles=("instructor",), **fields)


def reviewer(**fields: Any) -> User:
    """Somebody who approves them."""
    return make_person(roles=("reviewer",), **fields)


def draft_course(owner: User, title: str = "Draft course", *, modules: int = 1, lessons: int = 2) -> CoursePage:
    """A course that was never published, with modules of lessons and a quiz each, as saved in the editor."""
    make_school()
    course = create_course(actor=owner, title=title, language="en")
    course.summary = "What it is about."
    course.save_revision(user=owner, clean=False)
    for number in range(1, modules + 1):
        module = add_draft(course, ModulePage(title=f"Module {number}"), owner)
        for place in range(1, lessons + 1):
            add_draft(module, LessonPage(title=f"Lesson {number}.{place}", body=[rich_text("<p>Text.</p>")]), owner)
        add_draft(module, QuizPage(title=f"Quiz {number}", questions=[question("true_false")]), owner)
    return CoursePage.objects.get(pk=course.pk)


def add_draft(parent: Page, page: Page, owner: User) -> Any:
    """Put an unpublished page below ``parent`` with its first revision."""
    page.owner, page.live, page.has_unpublished_changes, page.locale = owner, False, True, parent.locale
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    page.save_revision(user=owner, clean=False)
    return page


def lesson_with(*blocks: dict[str, Any], **fields: Any) -> LessonPage:
    """An unsaved lesson with these blocks."""
    return LessonPage(title="Lesson", slug=f"lesson-{uuid.uuid4().hex[:8]}", body=list(blocks), **fields)
