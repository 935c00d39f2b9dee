"""The sums that lists show, kept true whatever happens to the tree."""

import pytest
from django.db import connection
from wagtail.models import Page

from courses.models import CourseFacts, CoursePage, LessonPage
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db


def test_deleted_lesson_is_taken_off_the_sums() -> None:
    course = make_course(modules=1, lessons=3)
    Page.objects.get(pk=LessonPage.objects.first().pk).specific.delete()
    facts = CourseFacts.objects.get(course=course)
    assert (facts.item_count, facts.minutes) == (2, 10)


def test_deleted_course_leaves_no_sums_behind() -> None:
    """Its lessons go first, and each of them asks for new sums."""
    course = make_course(modules=2, lessons=2, quiz=True)
    Page.objects.get(pk=course.pk).specific.delete()
    assert not CoursePage.objects.exists()
    assert not CourseFacts.objects.exists()


def test_live_course_whose_sums_were_never_kept_can_be_deleted() -> None:
    course = make_course(modules=1, lessons=2)
    CourseFacts.objects.all().delete()
    CoursePage.objects.get(pk=course.pk).delete()
    assert not CoursePage.objects.filter(pk=course.pk).exists()
    assert not CourseFacts.objects.exists()
    connection.check_constraints()
