"""What stands on a certificate beside name and title, noted when it is issued."""

from datetime import datetime
from typing import Any

from django.conf import settings

from courses.models import CoursePage
from courses.queries.outline import outline_of

__all__ = ["certificate_facts"]


def certificate_facts(course: CoursePage, *, version: str, completed_at: datetime) -> dict[str, Any]:
    """The facts of a course as they are now, JSON-able: later edits of the course don't change a certificate.

    Args:
        version: the outline's version that the learner finished.
        completed_at: when, aware; the date is noted in UTC.
    """
    outline = outline_of(course)
    return {
        "school": settings.SITE_NAME,
        "signatory": course.certificate_signatory,
        "words": course.certificate_text,
        "level": course.level,
        "minutes": outline.minutes,
        "lessons": sum(item.kind == "lesson" for item in outline.items),
        "quizzes": sum(item.kind == "quiz" for item in outline.items),
        "outcomes": [str(child.value) for child in course.outcomes],
        "outline_version": version,
        "completed_on": completed_at.date().isoformat(),
    }
