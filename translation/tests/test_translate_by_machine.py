"""Machine translation: off unless configured, marked as such, never over what people wrote."""

from typing import Any

import pytest
from django.test import override_settings
from wagtail_localize.machine_translators.base import BaseMachineTranslator
from wagtail_localize.models import StringTranslation
from wagtail_localize.strings import StringValue

from commerce.tests.factories import make_user
from courses.models import LessonPage, QuizPage
from courses.tests.questions import rich_text
from translation.actions import run_job, translate_by_machine
from translation.errors import MachineTranslationFailed, MachineTranslationOff, NotATranslator
from translation.models import CourseTranslationJob
from translation.queries import page_strings
from translation.tests.factories import (
    note,
    publish_source,
    say,
    send_and_approve,
    submitted_course,
    target,
    translator,
)

pytestmark = pytest.mark.django_db

LOCAL = {"CLASS": "translation.machine.LocalTranslator"}


def translate(page: Any, actor: Any = None) -> Any:
    return translate_by_machine(actor=actor or translator(), language="fr", page_key=page.translation_key)


def lesson() -> LessonPage:
    return LessonPage.objects.filter(locale__language_code="en").order_by("path").first()


def test_off_unless_configured() -> None:
    submitted_course()
    with pytest.raises(MachineTranslationOff):
        translate(lesson())
    assert page_strings(lesson().translation_key, "fr").can_machine_translate is False


@override_settings(WAGTAILLOCALIZE_MACHINE_TRANSLATOR=LOCAL)
def test_fills_what_is_missing_and_marks_it() -> None:
    course = submitted_course()
    page = publish_source(lesson(), body=[rich_text('<p>See <a href="https://example.com/">here</a>.</p>')])
    say(page, {page.title: "Leçon"})
    assert page_strings(page.translation_key, "fr").can_machine_translate is True
    assert translate(page) == 1
    rows = {row.source_text: row for row in page_strings(page.translation_key, "fr").rows}
    made = rows['See <a id="a1">here</a>.']
    assert (made.translation, made.is_machine) == ('[fr] See <a id="a1">here</a>.', True)
    assert (rows[page.title].translation, rows[page.title].is_machine) == ("Leçon", False)
    assert (rows[page.slug].translation, note(page).percent) == ("", 100)
    assert translate(page) == 0
    send_and_approve(course)
    assert 'href="https://example.com/"' in target(page).body.get_prep_value()[0]["value"]
    say(page, {'See <a id="a1">here</a>.': 'Voir <a id="a1">ici</a>.'})
    assert page_strings(page.translation_key, "fr").rows[-1].is_machine is False, "a person's from now on"


@override_settings(WAGTAILLOCALIZE_MACHINE_TRANSLATOR=LOCAL)
def test_keys_of_questions_are_left_to_people_and_gaps_stay() -> None:
    submitted_course(quiz=True)
    quiz = QuizPage.objects.get(locale__language_code="en")
    translate(quiz)
    rows = page_strings(quiz.translation_key, "fr").rows
    untouched = {row.source_text for row in rows if not row.translation}
    assert untouched == {quiz.slug, "Yaoundé", "zebu-secret town", "in", "zebu-secret one", "print", "zebu-secret two"}
    [gaps] = [row.translation for row in rows if "[[1]]" in row.source_text]
    assert gaps == "[fr] for day [[1]] range(3):\n    [[2]](day)"


@override_settings(WAGTAILLOCALIZE_MACHINE_TRANSLATOR=LOCAL)
def test_a_course_is_a_job() -> None:
    course = submitted_course(modules=1, lessons=2, quiz=True)
    job = translate_by_machine(actor=translator(), language="fr", course_key=course.translation_key)
    assert (job.kind, job.state) == (CourseTranslationJob.Kind.MACHINE, "queued")
    assert run_job(job.pk) == "done"
    job.refresh_from_db()
    assert (job.done, job.total) == (5, 5)
    assert note(lesson()).percent == 100
    assert set(StringTranslation.objects.values_list("translation_type", flat=True)) == {"machine"}


class Unreliable(BaseMachineTranslator):
    """Answers once, then its line is cut."""

    display_name = "Unreliable"
    answers = 1

    def can_translate(self, source_locale: Any, target_locale: Any) -> bool:
        return True

    def translate(self, source_locale: Any, target_locale: Any, strings: Any) -> dict[StringValue, StringValue]:
        if Unreliable.answers == 0:
            raise ConnectionError("no route to host")
        Unreliable.answers -= 1
        return {
            string: StringValue(f"{string.data} <script>x</script>" if "1 " in string.data else "ok")
            for string in strings
        }


@override_settings(WAGTAILLOCALIZE_MACHINE_TRANSLATOR={"CLASS": f"{__name__}.Unreliable"})
def test_what_came_before_the_failure_is_saved_and_nonsense_is_not() -> None:
    submitted_course()
    body = [rich_text(f"<p>Line {number} of many.</p>") for number in range(70)]
    page = publish_source(lesson(), body=body)
    Unreliable.answers = 1
    with pytest.raises(MachineTranslationFailed):
        translate(page)
    said = list(StringTranslation.objects.values_list("data", flat=True))
    assert 40 <= len(said) < 50
    assert set(said) == {"ok"}
    course = translate_by_machine(actor=translator(), language="fr", course_key=note(page).course_key)
    assert run_job(course.pk) == "failed"
    course.refresh_from_db()
    assert course.error == "The translation service did not answer. What it had translated is saved; try again later."


@override_settings(WAGTAILLOCALIZE_MACHINE_TRANSLATOR=LOCAL)
def test_who_may() -> None:
    submitted_course()
    for actor in (None, make_user()):
        with pytest.raises(NotATranslator):
            translate_by_machine(actor=actor, language="fr", page_key=lesson().translation_key)
    assert not StringTranslation.objects.exists()
