"""From strings to drafts, from drafts to the review, from the review to learners."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import override_settings
from wagtail.models import Page, Revision
from wagtail_localize.models import StringTranslation

from accounts.models import User
from commerce.tests.factories import make_user
from core import clock
from core.models import AuditEntry, OutboxEvent
from courses.actions import request_changes
from courses.errors import ContentProblems, NothingToReview
from courses.models import CourseMember, CoursePage, LessonPage, ModulePage, QuizPage
from courses.queries.authoring import PageState
from courses.queries.authoring import course_tree as authored
from courses.queries.outline import outline_of
from courses.tests.factories import add_lesson, make_course, make_school
from courses.tests.questions import question
from translation.actions import send_to_review
from translation.errors import BelowThreshold, JobRunning, NotATranslator, NotInThisLanguage, NotSubmitted
from translation.models import CourseTranslationJob
from translation.queries import State, course_tree, page_strings
from translation.tests.factories import (
    administrator,
    approve,
    locale,
    note,
    say,
    send_and_approve,
    submit,
    submitted_course,
    target,
    translator,
)

pytestmark = pytest.mark.django_db


def send(course: CoursePage, actor: Any = None, **options: Any) -> int:
    options.setdefault("confirm_below_threshold", True)
    return send_to_review(actor=actor or administrator(), course_key=course.translation_key, language="fr", **options)


def lessons(language: str = "en") -> list[LessonPage]:
    return list(LessonPage.objects.filter(locale__language_code=language).order_by("path"))


def reviewer() -> User:
    user = make_user()
    user.groups.add(Group.objects.get(name="reviewer"))
    return User.objects.get(pk=user.pk)


def test_whole_course_goes_through_the_review_and_live_from_the_top_down() -> None:
    course = submitted_course(modules=2, lessons=2, quiz=True)
    first, *rest = lessons()
    say(first, {"Hello.": "Bonjour.", first.title: "Leçon"})
    assert send(course, actor=translator(), comment=" First part. ") == 9
    tree = course_tree(course.translation_key, "fr")
    assert ({row.state for row in tree.rows}, tree.state) == ({State.IN_REVIEW}, State.IN_REVIEW)
    assert not Page.objects.filter(locale__language_code="fr", live=True, depth__gt=3).exists()
    assert approve(course, actor=reviewer()) == 9
    assert target(first).body.get_prep_value()[0]["value"] == "<p>Bonjour.</p>"
    assert target(rest[0]).body.get_prep_value() == rest[0].body.get_prep_value(), "falls back to the source"
    assert outline_of(target(course)).version == outline_of(course).version
    assert [note(page).published_percent for page in lessons()] == [100, 0, 0, 0]
    tree = course_tree(course.translation_key, "fr")
    assert [row.state for row in tree.rows if row.kind == "lesson"] == [State.PUBLISHED, *[State.IN_PROGRESS] * 3]
    assert AuditEntry.objects.get(verb="translation.sent_to_review").facts == {
        "language": "fr",
        "pages": 9,
        "comment": "First part.",
    }
    assert OutboxEvent.objects.get(name="translation.CourseTranslationSentToReview").payload["pages"] == 9


def test_nothing_is_live_before_it_is_approved() -> None:
    course = submitted_course()
    [lesson] = lessons()
    say(lesson, {"Hello.": "Bonjour."})
    send_and_approve(course)
    say(lesson, {"Hello.": "Salut.", lesson.title: "Leçon"})
    assert send(course) == 1
    live = target(lesson)
    assert (live.body.get_prep_value()[0]["value"], live.title) == ("<p>Bonjour.</p>", lesson.title)
    assert live.get_latest_revision_as_object().body.get_prep_value()[0]["value"] == "<p>Salut.</p>"
    approve(course)
    assert target(lesson).title == "Leçon"


def test_pages_that_say_the_same_get_no_new_draft() -> None:
    course = submitted_course(modules=1, lessons=3)
    before = Revision.objects.count()
    say(lessons()[0], {"Hello.": "Bonjour."})
    send(course)
    assert Revision.objects.count() == before + 1
    approve(course)
    with pytest.raises(NothingToReview):
        send(course)
    assert Revision.objects.count() == before + 1


def test_pages_below_the_threshold_are_named_and_need_a_word() -> None:
    course = submitted_course(modules=1, lessons=2)
    one, two = lessons()
    say(one, {"Hello.": "Bonjour.", one.title: "Un"})
    say(two, {"Hello.": "Bonjour."})
    say(course, {course.title: "Cours", course.summary: "Voici."})
    [module] = ModulePage.objects.filter(locale__language_code="en")
    with pytest.raises(BelowThreshold) as refusal:
        send(course, confirm_below_threshold=False)
    assert refusal.value.pages == ((module.title, 0), (two.title, 50))
    assert target(one).current_workflow_state is None
    with override_settings(TRANSLATION_THRESHOLD=50):
        say(module, {module.title: "Module"})
        assert send(course, confirm_below_threshold=False) == 4


def test_threshold_counts_every_string_but_the_address() -> None:
    course = submitted_course()
    [lesson] = lessons()
    say(lesson, {"Hello.": "Bonjour.", lesson.title: "Leçon"})
    strings = page_strings(lesson.translation_key, "fr")
    assert (strings.total, strings.translated, strings.percent) == (2, 2, 100)
    assert [row.context_path for row in strings.rows if row.is_optional] == ["slug"]
    assert course.translation_key


def test_refusals() -> None:
    course = submitted_course()
    stranger = make_user()
    with pytest.raises(NotATranslator):
        send(course, actor=stranger)
    other = make_course(modules=1, lessons=1)
    with pytest.raises(NotInThisLanguage):
        send(other)
    job = CourseTranslationJob.objects.create(
        course_key=course.translation_key, locale=locale("fr"), updated_at=clock.now()
    )
    with pytest.raises(JobRunning):
        send(course)
    job.delete()
    target(lessons()[0]).delete()
    with pytest.raises(NotSubmitted):
        send(course)
    assert not AuditEntry.objects.filter(verb="translation.sent_to_review").exists()
    assert not OutboxEvent.objects.filter(name="courses.CourseSubmitted").exists()


def test_authors_send_their_own_course_in_other_languages() -> None:
    course = submitted_course()
    author = make_user()
    CourseMember.objects.create(course_key=course.translation_key, user=author, role="co_author")
    assert send(course, actor=author) == 3


def test_flaw_in_a_translation_stops_it_and_is_said_where_it_is() -> None:
    make_school("fr")
    course = make_course(modules=1, lessons=1)
    submit(course)
    [lesson] = lessons()
    # Saved on another way than this room's, which would have refused it.
    segment = next(row for row in page_strings(lesson.translation_key, "fr").rows if row.context_path == "title")
    say(lesson, {lesson.title: "Leçon"})
    StringTranslation.objects.filter(context__path="title", context__object_id=lesson.translation_key).update(
        data="x" * 300
    )
    with pytest.raises(ContentProblems) as refusal:
        send(course)
    [problem] = refusal.value.problems
    assert (problem.page_pk, problem.field) == (target(lesson).pk, "title")
    [row] = [row for row in page_strings(lesson.translation_key, "fr").rows if row.segment_id == segment.segment_id]
    assert "255" in row.error
    assert row.translation == "x" * 300, "what was typed stays"
    assert {page.state for page in authored(target(course)).pages} == {PageState.DRAFT}


def test_flaw_that_only_the_checks_see_stops_it_too() -> None:
    from courses.tests.factories import add_quiz

    make_school("fr")
    course = make_course(modules=1, lessons=1)
    module = ModulePage.objects.get(locale__language_code="en")
    quiz = add_quiz(module, questions=[question("ordering")])
    submit(course)
    say(quiz, {"sow": "semer", "weed": "semer"})
    with pytest.raises(ContentProblems) as refusal:
        send(course)
    assert {problem.page_pk for problem in refusal.value.problems} == {target(quiz).pk}
    say(quiz, {"weed": "désherber"})
    assert send(course) == 4


def test_changes_asked_for_are_made_and_sent_again() -> None:
    course = submitted_course()
    [lesson] = lessons()
    say(lesson, {"Hello.": "Bonjour."})
    send(course)
    request_changes(actor=administrator(), course=target(course), comment="Too formal.")
    say(lesson, {"Hello.": "Salut."})
    assert send(course) == 3
    approve(course)
    assert target(lesson).body.get_prep_value()[0]["value"] == "<p>Salut.</p>"


def test_what_a_reviewer_reads_is_not_changed_below_their_eyes() -> None:
    course = submitted_course()
    [lesson] = lessons()
    say(lesson, {"Hello.": "Bonjour."})
    send(course)
    say(lesson, {"Hello.": "Salut."})
    with pytest.raises(NothingToReview):
        send(course)
    approve(course)
    assert target(lesson).body.get_prep_value()[0]["value"] == "<p>Bonjour.</p>"
    assert course_tree(course.translation_key, "fr").rows[-1].state == State.IN_PROGRESS, "there is more to send"
    assert send(course) == 1


def test_published_on_a_screen_of_wagtail_localize_counts_as_published() -> None:
    course = submitted_course()
    send_and_approve(course)
    [lesson] = lessons()
    say(lesson, {"Hello.": "Bonjour.", lesson.title: "Leçon"})
    from wagtail_localize.models import Translation

    revision = None
    translation = Translation.objects.get(source__object_id=lesson.translation_key)
    translation.save_target(publish=False)
    revision = target(lesson).latest_revision
    revision.publish()
    assert (note(lesson).published_percent, note(lesson).stale_since) == (100, None)
    assert target(lesson).title == "Leçon"


def test_an_added_lesson_without_french_is_named() -> None:
    course = submitted_course()
    add_lesson(ModulePage.objects.get(locale__language_code="en"))
    with pytest.raises(NotSubmitted):
        send(course)
    submit(course)
    assert send(course) == 4
    assert QuizPage.objects.count() == 0
