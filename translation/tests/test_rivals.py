"""Two people, or two workers, at one moment."""

from typing import Any

import pytest
from wagtail.models import Page, WorkflowState

from core import clock
from core.tests.rivals import race
from courses.errors import NothingToReview
from courses.models import LessonPage
from courses.tests.factories import make_course, make_school
from translation.actions import run_job, save_string, send_to_review
from translation.models import CourseTranslationJob, PageTranslation
from translation.queries import page_strings
from translation.tests.factories import administrator, locale, note, submitted_course

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_sending_twice_at_once_is_one_review() -> None:
    course = submitted_course(modules=1, lessons=2)
    people = [administrator(), administrator()]

    def send(number: int) -> Any:
        return send_to_review(
            actor=people[number], course_key=course.translation_key, language="fr", confirm_below_threshold=True
        )

    results = race(2, send)
    assert sorted(str(result) for result in results if isinstance(result, int)) == ["4"]
    assert [type(result) for result in results if not isinstance(result, int)] == [NothingToReview]
    assert WorkflowState.objects.filter(status="in_progress").count() == 4


def test_one_job_for_two_workers_is_done_once() -> None:
    make_school("fr")
    course = make_course(modules=1, lessons=3)
    job = CourseTranslationJob.objects.create(
        course_key=course.translation_key, locale=locale("fr"), updated_at=clock.now()
    )
    assert sorted(race(2, lambda _number: run_job(job.pk))) in (["done", "running"], ["done", "done"])
    assert PageTranslation.objects.count() == 5
    assert Page.objects.filter(locale__language_code="fr", depth__gte=4).count() == 5


def test_two_strings_of_a_page_at_once_are_both_counted() -> None:
    submitted_course()
    lesson = LessonPage.objects.get(locale__language_code="en")
    rows = [row for row in page_strings(lesson.translation_key, "fr").rows if not row.is_optional]
    people = [administrator(), administrator()]

    def save(number: int) -> Any:
        return save_string(
            actor=people[number],
            page_key=lesson.translation_key,
            language="fr",
            segment_id=rows[number].segment_id,
            text=f"Texte {number}",
        )

    assert [row.translation for row in race(2, save)] == ["Texte 0", "Texte 1"]
    assert (note(lesson).translated, note(lesson).percent) == (2, 100)
