"""A learner's way from enrolment to certificate, through actions alone."""

import pytest

from commerce.actions.enroll import enroll
from commerce.models import Certificate
from commerce.tests.factories import make_user
from core.dispatch import dispatch
from courses.models import ModulePage
from courses.queries.outline import outline_of
from courses.tests.factories import add_quiz, make_course
from learning.access import course_access
from learning.actions import complete_lesson
from learning.tests.factories import passed_attempt

pytestmark = pytest.mark.django_db


def test_finishing_everything_gives_one_certificate():
    course = make_course("Loops", modules=1, lessons=2)
    quiz = add_quiz(ModulePage.objects.child_of(course).get())
    learner = make_user(name="Awa Ndiaye")
    enroll(actor=learner, learner=learner, course_key=course.translation_key)
    items = outline_of(course).items
    fractions = [
        round(complete_lesson(actor=learner, lesson_key=item.key, language="en").fraction, 3) for item in items[:2]
    ]
    assert fractions == [0.333, 0.667]
    attempt = passed_attempt(learner, quiz)
    assert (attempt.score, attempt.passed) == (1, True)
    dispatch()
    certificate = Certificate.objects.get()
    assert (certificate.learner_name, certificate.course_title) == ("Awa Ndiaye", "Loops")
    assert certificate.facts["lessons"] == 2
    access = course_access(learner, course, outline_of(course))
    assert (access.fraction, access.is_completed, access.next_item) == (1.0, True, None)
