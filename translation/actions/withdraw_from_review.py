"""Take a translation back from review, to go on translating."""

import uuid
from typing import Any

from courses.actions.withdraw_course import end_review
from courses.models import CoursePage
from translation import policies
from translation.errors import NotATranslator, NotInThisLanguage

__all__ = ["withdraw_from_review"]


def withdraw_from_review(*, actor: Any, course_key: uuid.UUID, language: str) -> int:
    """End the running reviews of a course in ``language`` without an answer; returns how many.

    Raises:
        NotATranslator: the actor may not translate this course.
        NotInThisLanguage: it isn't there in the language.
        courses.errors.NothingToReview: no page is in review.
    """
    if not policies.can_translate(actor, course_key):
        raise NotATranslator
    pages = CoursePage.objects.filter(translation_key=course_key, locale__language_code=language)
    target = pages.select_related("locale").first()
    if target is None:
        raise NotInThisLanguage
    return end_review(actor=actor, course=target)
