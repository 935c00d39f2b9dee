"""Who may write which course.

:class:`~courses.models.CourseMember` is the truth: it names a course by its key, so a right holds for all its
languages, for drafts, and from the moment the row is there. Roles only say what kind of thing a person may do at all.
"""

import uuid
from typing import Any

from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from core.policies import is_person
from courses.models.course import CoursePage
from courses.models.membership import CourseMember

__all__ = [
    "CREATE_COURSES",
    "EDIT_EVERY_COURSE",
    "can_create_course",
    "can_edit_course",
    "can_edit_page",
    "can_manage_members",
    "can_review",
    "can_see_drafts",
    "courses_editable_by",
    "member_keys",
]

#: Held by instructors and administrators.
CREATE_COURSES = "courses.add_coursepage"
#: Held by administrators.
EDIT_EVERY_COURSE = "courses.change_coursepage"


def can_create_course(user: Any) -> bool:
    """Return whether ``user`` may start a course of their own."""
    return is_person(user) and user.has_perm(CREATE_COURSES)


def member_keys(user: Any) -> QuerySet[CourseMember, Any]:
    """The keys of the courses that ``user`` writes, as a subquery for ``__in``."""
    rows = CourseMember.objects.filter(user_id=user.pk) if is_person(user) else CourseMember.objects.none()
    return rows.order_by().values("course_key")


def can_edit_course(user: Any, course_key: uuid.UUID) -> bool:
    """Return whether ``user`` writes the course, in any of its languages."""
    if not is_person(user):
        return False
    if user.has_perm(EDIT_EVERY_COURSE):
        return True
    return CourseMember.objects.filter(user_id=user.pk, course_key=course_key).exists()


def courses_editable_by(user: Any) -> QuerySet[CoursePage]:
    """The course pages, in every language and state, for which :func:`can_edit_course` holds."""
    if not is_person(user):
        return CoursePage.objects.none()
    if user.has_perm(EDIT_EVERY_COURSE):
        return CoursePage.objects.all()
    return CoursePage.objects.filter(translation_key__in=member_keys(user))


def can_edit_page(user: Any, page: Page) -> bool:
    """Return whether ``user`` may open ``page`` in the editor, by membership, by role, or as its reviewer."""
    return is_person(user) and page.permissions_for_user(user).can_edit()


def can_review(user: Any, course: CoursePage) -> bool:
    """Return whether ``user`` is one of those who review this course (which isn't to say that it waits for them)."""
    return is_person(user) and page_permission_policy.user_has_permission_for_instance(user, "lock", course)


def can_see_drafts(user: Any, course: CoursePage) -> bool:
    """Return whether ``user`` may look at the course's drafts: its authors, translators and reviewers."""
    return can_edit_course(user, course.translation_key) or can_review(user, course) or can_edit_page(user, course)


def can_manage_members(user: Any, course_key: uuid.UUID) -> bool:
    """Return whether ``user`` may add and remove those who write the course: its owners, and administrators."""
    if not is_person(user):
        return False
    if user.has_perm(EDIT_EVERY_COURSE):
        return True
    owners = CourseMember.objects.filter(course_key=course_key, role=CourseMember.Role.OWNER)
    return owners.filter(user_id=user.pk).exists()
