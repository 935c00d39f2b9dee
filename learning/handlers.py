"""Reactions to events."""

from commerce.access import gives_access
from commerce.actions.issue_certificate import issue_certificate
from commerce.certificates.facts import certificate_facts
from commerce.events import EnrollmentStateChanged
from commerce.models import Enrollment
from core.outbox import handles
from courses.models import CoursePage
from learning.events import CourseCompleted
from videos.copies import drop_copies_of_right

__all__ = ["award_certificate", "drop_copies"]


@handles(CourseCompleted, name="learning.award_certificate")
def award_certificate(event: CourseCompleted) -> None:
    """Ask commerce for the certificate of a finished course, if the course gives one.

    Whether the course is still published doesn't matter: it was when the learner finished it. Cancelled enrolments
    get none.
    """
    enrollment = Enrollment.objects.select_related("learner").filter(public_id=event.enrollment_key).first()
    if enrollment is None or enrollment.state == Enrollment.State.CANCELLED:
        return
    course = _course(event)
    if course is None or not course.has_certificate:
        return
    language = course.locale.language_code
    issue_certificate(
        enrollment=enrollment,
        learner_name=enrollment.learner.get_full_name(),
        course_title=course.title,
        language=language,
        facts=certificate_facts(course, version=event.outline_version, completed_at=event.occurred_at),
    )


def _course(event: CourseCompleted) -> CoursePage | None:
    pages = list(CoursePage.objects.filter(translation_key=event.course_key).select_related("locale").order_by("pk"))
    in_language = (page for page in pages if page.locale.language_code == event.language)
    return next(in_language, pages[0] if pages else None)


@handles(EnrollmentStateChanged, name="learning.drop_copies")
def drop_copies(event: EnrollmentStateChanged) -> None:
    """Delete the downloads that were made with a learner's name for an enrolment which opens nothing any more.

    Their links are refused already; whoever gets in again has them made again.
    """
    enrollment = Enrollment.objects.filter(public_id=event.enrollment_key).first()
    if not gives_access(enrollment):
        drop_copies_of_right(event.enrollment_key)
