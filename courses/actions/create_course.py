"""Start a course."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import InvalidInput
from core.outbox import publish
from core.policies import require
from courses import policies
from courses.errors import NoCatalogue
from courses.events import CourseCreated
from courses.models import CourseIndexPage, CoursePage


@transaction.atomic
def create_course(*, actor: Any, title: str, language: str) -> CoursePage:
    """Make an empty draft below the catalogue of ``language``; its author becomes its owner.

    Raises:
        NotAllowed: the actor may not create courses.
        InvalidInput: no title, or one that is too long.
        NoCatalogue: there is no catalogue in that language.
    """
    require(policies.can_create_course(actor))
    title = " ".join(title.split())
    if not title or len(title) > 255:
        raise InvalidInput("title_required", _("Give the course a title of up to 255 characters."), "title")
    index = CourseIndexPage.objects.filter(locale__language_code=language).order_by("path").first()
    if index is None:
        raise NoCatalogue
    course = CoursePage(title=title, owner=actor, locale=index.locale, live=False, has_unpublished_changes=True)
    index.add_child(instance=course)
    course.save_revision(user=actor, log_action=True, clean=False)
    audit.record(actor=actor, verb="courses.course_created", target=course, facts={"language": language})
    publish(
        CourseCreated(course_key=course.translation_key, language=language, owner_key=getattr(actor, "public_id", None))
    )
    return course
