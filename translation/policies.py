"""Who may translate what, and who reviews it."""

import uuid
from typing import Any

from django.db.models import Q, QuerySet

from core.policies import is_person
from courses import policies as course_policies
from courses.models import CourseMember, CoursePage

__all__ = [
    "KEEP_TERMS",
    "TRANSLATE",
    "can_keep_terms",
    "can_review",
    "can_translate",
    "can_translate_page",
    "courses_translatable_by",
]

#: Held by translators and administrators: everything may be translated.
TRANSLATE = "wagtail_localize.submit_translation"
#: Held by translators and administrators: the glossary of terms.
KEEP_TERMS = ("translation.add_term", "translation.change_term")


def can_translate(user: Any, course_key: uuid.UUID | None = None) -> bool:
    """Return whether ``user`` may translate the course: a translator by role, or one of those who write it.

    Without a key: whether there may be anything at all that they translate.
    """
    if not is_person(user):
        return False
    if user.has_perm(TRANSLATE):
        return True
    if course_key is None:
        return CourseMember.objects.filter(user_id=user.pk).exists()
    return course_policies.can_edit_course(user, course_key)


def can_translate_page(user: Any, course_key: uuid.UUID | None) -> bool:
    """Return whether ``user`` may translate a page of that course; a page of none is for translators by role."""
    if course_key is None:
        return is_person(user) and user.has_perm(TRANSLATE)
    return can_translate(user, course_key)


def can_keep_terms(user: Any) -> bool:
    """Return whether ``user`` may add to the translators' glossary and change it."""
    return is_person(user) and user.has_perms(KEEP_TERMS)


def can_review(user: Any, course: CoursePage) -> bool:
    """Return whether ``user`` is one of those who review this course in its language."""
    return course_policies.can_review(user, course)


def courses_translatable_by(user: Any) -> QuerySet[CoursePage]:
    """The course pages, in every language and state, for which :func:`can_translate` holds."""
    if not is_person(user):
        return CoursePage.objects.none()
    if user.has_perm(TRANSLATE):
        return CoursePage.objects.all()
    return CoursePage.objects.filter(Q(pk__in=course_policies.courses_editable_by(user).values("pk")))
