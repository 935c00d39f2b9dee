"""Who reads, writes and looks after what is said.

At a lesson: learners who may open it by their enrolment, and those who teach the course. Whoever reads a free preview
without being enrolled sees nothing of it. Looking after it: those who teach the course, and staff with a permission.
"""

import uuid
from typing import Any

from django.db.models import Q, QuerySet

from community.models import Comment, Thread
from core.policies import Policy, is_person
from courses.policies import CREATE_COURSES, EDIT_EVERY_COURSE, member_keys
from courses.queries.outline import OutlineItem
from learning.access import CourseAccess
from learning.authorship import course_keys_authored_by

__all__ = ["MODERATE", "can_moderate", "can_moderate_anything", "may_discuss", "moderated_comment", "visible_threads"]

#: Held by administrators: hide and restore in every course.
MODERATE = "community.change_comment"


def may_discuss(access: CourseAccess, item: OutlineItem) -> bool:
    """Whether the person of ``access`` reads and writes at ``item``."""
    return (access.is_author or access.has_access) and access.can_open(item)


def can_moderate(user: Any, course_key: uuid.UUID) -> bool:
    """Whether ``user`` hides and restores what is said in a course."""
    if not is_person(user):
        return False
    return bool(course_keys_authored_by(user, [course_key])) or user.has_perm(MODERATE)


def can_moderate_anything(user: Any) -> bool:
    """Whether ``user`` has business in the back office's list of comments, be it empty today."""
    return is_person(user) and (user.has_perm(MODERATE) or user.has_perm(CREATE_COURSES))


def visible_threads(user: Any, rows: "QuerySet[Thread]", *, sees_hidden: bool) -> "QuerySet[Thread]":
    """Those of ``rows`` that a reader of the lesson sees: hidden ones only if they asked, or moderate."""
    if sees_hidden:
        return rows
    return rows.filter(~Q(state=Thread.State.HIDDEN) | Q(opened_by=user))


class _ModeratedComment(Policy[Comment]):
    """Comments that somebody looks after, in whatever state; of removed ones nothing is left to look after."""

    model = Comment

    def for_user(self, user: Any, rows: "QuerySet[Comment]") -> "QuerySet[Comment]":
        rows = rows.exclude(state=Comment.State.REMOVED)
        if user.has_perm(MODERATE) or user.has_perm(EDIT_EVERY_COURSE):
            return rows
        return rows.filter(thread__course_key__in=member_keys(user))


moderated_comment = _ModeratedComment()
