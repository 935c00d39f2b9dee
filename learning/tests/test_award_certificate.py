"""Finishing a course asks for its certificate."""

import uuid

import pytest

from commerce.models import Certificate, Enrollment
from commerce.tests.factories import make_user
from courses.tests.factories import make_course
from learning.events import CourseCompleted
from learning.handlers import award_certificate
from learning.tests.factories import enrolled_learner

pytestmark = pytest.mark.django_db


def completed(enrollment, **changes):
    values = {
        "enrollment_key": enrollment.public_id,
        "learner_key": enrollment.learner.public_id,
        "course_key": enrollment.course_key,
        "outline_version": "v1",
        "language": "en",
    }
    return CourseCompleted(**{**values, **changes})


def test_the_facts_are_those_of_the_course():
    course = make_course(
        "Loops", modules=1, lessons=3, certificate_signatory="A. Teacher", certificate_text="Writes loops."
    )
    enrollment = enrolled_learner(course)
    award_certificate(completed(enrollment))
    facts = Certificate.objects.get().facts
    assert (facts["lessons"], facts["quizzes"], facts["minutes"]) == (3, 0, 15)
    assert (facts["signatory"], facts["words"], facts["outline_version"]) == ("A. Teacher", "Writes loops.", "v1")
    course.title = "Renamed"
    course.certificate_signatory = "Somebody else"
    course.save()
    award_certificate(completed(enrollment))
    certificate = Certificate.objects.get()
    assert (certificate.course_title, certificate.facts["signatory"]) == ("Loops", "A. Teacher")


def test_without_a_name_the_address_stands_in():
    course = make_course()
    learner = make_user("awa.ndiaye@example.com")
    enrollment = Enrollment.objects.create(
        learner=learner,
        course_key=course.translation_key,
        course_title=course.title,
        enrolled_at="2026-11-02T12:00Z",
        state_changed_at="2026-11-02T12:00Z",
    )
    award_certificate(completed(enrollment))
    assert Certificate.objects.get().learner_name == "awa.ndiaye"


def test_unpublishing_takes_nothing_away():
    course = make_course()
    enrollment = enrolled_learner(course)
    course.unpublish()
    award_certificate(completed(enrollment))
    assert Certificate.objects.count() == 1


def test_some_get_none():
    course = make_course(has_certificate=False)
    award_certificate(completed(enrolled_learner(course)))
    award_certificate(completed(enrolled_learner(make_course(), state=Enrollment.State.CANCELLED)))
    award_certificate(completed(enrolled_learner(make_course()), enrollment_key=uuid.uuid4()))
    award_certificate(completed(enrolled_learner(make_course()), course_key=uuid.uuid4()))
    assert not Certificate.objects.exists()
