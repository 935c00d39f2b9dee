"""What an author does to the original, and what becomes of its translations."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from core.dispatch import dispatch
from core.models import OutboxDelivery
from courses.actions import reorder_course
from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.queries.outline import outline_of
from courses.tests.factories import add_lesson, make_course
from courses.tests.questions import rich_text
from translation.models import PageTranslation
from translation.queries import State, course_tree, notice_for
from translation.tests.factories import (
    administrator,
    note,
    publish_source,
    say,
    send_and_approve,
    submitted_course,
    target,
)

pytestmark = pytest.mark.django_db


def published_course(**parts: int) -> tuple[CoursePage, LessonPage]:
    """A course whose French is live, with its first lesson translated."""
    course = submitted_course(**parts)  # type: ignore[arg-type]
    lesson = LessonPage.objects.filter(locale__language_code="en").order_by("path").first()
    say(lesson, {"Hello.": "Bonjour.", lesson.title: "Leçon"})
    send_and_approve(course)
    return course, lesson


def said(lesson: Page) -> str:
    return target(lesson).body.get_prep_value()[0]["value"]


def reworded(lesson: LessonPage, html: str) -> LessonPage:
    """The first block says something else; its id stays."""
    return publish_source(lesson, body=[{**lesson.body.get_prep_value()[0], "value": html}])


def test_new_words_make_the_translation_stale_until_it_is_published_again() -> None:
    course, lesson = published_course(modules=1, lessons=2)
    assert notice_for(target(lesson)) is None
    reworded(lesson, "<p>Good day.</p>")
    since = note(lesson).stale_since
    assert since is not None
    assert (note(lesson).changed, said(lesson), target(lesson).title) == (1, "<p>Bonjour.</p>", "Leçon")
    assert notice_for(target(lesson)).stale_since == since
    tree = course_tree(course.translation_key, "fr")
    assert (tree.state, tree.stale_since) == (State.STALE, since)
    reworded(LessonPage.objects.get(pk=lesson.pk), "<p>Good evening.</p>")
    assert note(lesson).stale_since == since, "stale since the first time"
    say(lesson, {"Good evening.": "Bonsoir."})
    send_and_approve(course)
    assert (note(lesson).stale_since, note(lesson).changed, said(lesson)) == (None, 0, "<p>Bonsoir.</p>")
    assert notice_for(target(lesson)) is None


def test_words_that_come_back_are_not_stale_any_more() -> None:
    _course, lesson = published_course(modules=1, lessons=1)
    raw = lesson.body.get_prep_value()
    reworded(lesson, "<p>Good day.</p>")
    assert note(lesson).stale_since is not None
    publish_source(lesson, body=raw)
    assert (note(lesson).stale_since, note(lesson).changed) == (None, 0)


def test_draft_that_is_older_than_the_source_is_stale_the_moment_it_is_approved() -> None:
    from translation.actions import send_to_review
    from translation.tests.factories import approve

    course, lesson = published_course(modules=1, lessons=1)
    say(lesson, {lesson.title: "La leçon"})
    send_to_review(
        actor=administrator(), course_key=course.translation_key, language="fr", confirm_below_threshold=True
    )
    reworded(lesson, "<p>Good day.</p>")
    approve(course)
    row = note(lesson)
    assert (row.stale_since is not None, row.changed, target(lesson).title) == (True, 1, "La leçon")


def test_technical_changes_follow_by_themselves_with_the_words_that_were_reviewed() -> None:
    _course, lesson = published_course(modules=1, lessons=1)
    say(lesson, {"Hello.": "Salut."})  # begun, not reviewed
    publish_source(lesson, estimated_minutes=45, completion_rule="opened", is_free_preview=True)
    french = target(lesson)
    assert (french.estimated_minutes, french.completion_rule, french.is_free_preview) == (45, "opened", True)
    assert (said(lesson), note(lesson).stale_since) == ("<p>Bonjour.</p>", None)
    assert note(lesson).published_percent == 100
    assert not target(lesson).has_unpublished_changes


def with_links() -> tuple[CoursePage, LessonPage, str]:
    """A lesson with two links whose French names them the other way round."""
    course, lesson = published_course(modules=1, lessons=1)
    one, two = '<a href="https://example.com/1">one</a>', '<a href="https://example.com/2">two</a>'
    lesson = reworded(lesson, f"<p>First {one}, then {two}.</p>")
    source = 'First <a id="a1">one</a>, then <a id="a2">two</a>.'
    say(lesson, {source: 'D’abord <a id="a2">deux</a>, puis <a id="a1">un</a>.'})
    send_and_approve(course)
    return course, lesson, source


def test_links_in_another_order_stay_right_when_technique_follows() -> None:
    _course, lesson, _source = with_links()
    before = said(lesson)
    assert before.index("example.com/2") < before.index("example.com/1")
    publish_source(lesson, estimated_minutes=45)
    assert (said(lesson), target(lesson).estimated_minutes) == (before, 45)


def test_links_that_can_not_be_told_apart_wait_for_a_translator() -> None:
    _course, lesson, source = with_links()
    before = said(lesson)
    say(lesson, {source: 'Puis <a id="a1">un</a> et <a id="a2">deux</a>.'})  # begun, not reviewed
    publish_source(lesson, estimated_minutes=45)
    assert (said(lesson), note(lesson).stale_since is not None, note(lesson).changed) == (before, True, 0)


def test_a_changed_address_of_the_source_is_no_matter_of_words() -> None:
    _course, lesson = published_course(modules=1, lessons=1)
    publish_source(lesson, slug="another-address")
    assert (note(lesson).stale_since, note(lesson).changed) == (None, 0)
    assert target(lesson).slug != "another-address"


def test_lesson_added_below_a_translated_module_comes_along() -> None:
    course, _lesson = published_course(modules=1, lessons=2)
    module = ModulePage.objects.get(locale__language_code="en")
    new = add_lesson(module, "New", live=False, body=[rich_text("<p>Brand new.</p>")])
    dispatch()
    assert not Page.objects.filter(translation_key=new.translation_key, locale__language_code="fr").exists()
    publish_source(new)
    french = target(new)
    assert (french.live, french.title, said(new)) == (True, "New", "<p>Brand new.</p>")
    assert (note(new).published_percent, notice_for(french).is_untranslated) == (0, True)
    assert outline_of(target(course)).version == outline_of(course).version, "the same lessons in both languages"
    say(new, {"Brand new.": "Tout neuf."})
    send_and_approve(course)
    assert said(new) == "<p>Tout neuf.</p>"


def test_module_with_lessons_added_comes_along_in_its_place() -> None:
    course, _lesson = published_course(modules=2, lessons=1)
    first = ModulePage.objects.filter(locale__language_code="en").order_by("path").first()
    new = ModulePage(title="Between", slug="between", live=False, locale=course.locale)
    Page.objects.get(pk=first.pk).add_sibling("right", instance=new)
    inside = add_lesson(new, "Inside", live=False)
    publish_source(new)
    publish_source(inside)
    keys = [item.key for item in outline_of(CoursePage.objects.get(pk=course.pk)).items]
    assert [item.key for item in outline_of(target(course)).items] == keys
    assert inside.translation_key in keys


def test_addition_to_a_course_that_is_not_live_there_stays_a_draft() -> None:
    submitted_course(modules=1, lessons=1)
    new = add_lesson(ModulePage.objects.get(locale__language_code="en"), live=False)
    publish_source(new)
    assert target(new).live is False


def test_new_course_is_not_translated_unasked() -> None:
    published_course(modules=1, lessons=1)
    other = make_course(modules=1, lessons=1)
    publish_source(other)
    assert PageTranslation.objects.filter(page_key=other.translation_key).count() == 0


def test_unpublished_source_takes_its_translation_off_and_brings_it_back() -> None:
    course, lesson = published_course(modules=1, lessons=2)
    Page.objects.get(pk=lesson.pk).specific.unpublish()
    dispatch()
    assert target(lesson).live is False
    assert outline_of(target(course)).version == outline_of(course).version
    rows = course_tree(course.translation_key, "fr").rows
    assert lesson.translation_key not in {row.page_key for row in rows}
    publish_source(lesson)
    assert (target(lesson).live, said(lesson), note(lesson).published_percent) == (True, "<p>Bonjour.</p>", 100)


def test_what_was_taken_off_the_source_is_not_sent_to_review() -> None:
    course, lesson = published_course(modules=1, lessons=2)
    Page.objects.get(pk=lesson.pk).specific.unpublish()
    dispatch()
    other = LessonPage.objects.filter(locale__language_code="en", live=True).get()
    say(other, {other.title: "Autre"})
    send_and_approve(course)
    assert (target(lesson).live, target(other).title) == (False, "Autre")


def test_deleted_module_takes_its_translation_along() -> None:
    course, _lesson = published_course(modules=2, lessons=2)
    module = ModulePage.objects.filter(locale__language_code="en").order_by("path").first()
    Page.objects.get(pk=module.pk).specific.delete()
    dispatch()
    assert outline_of(target(course)).version == outline_of(CoursePage.objects.get(pk=course.pk)).version
    assert PageTranslation.objects.count() == 4
    assert Page.objects.filter(locale__language_code="fr", modulepage__isnull=False).count() == 1


def test_deleted_course_is_taken_off_and_kept_in_other_languages() -> None:
    course, lesson = published_course(modules=1, lessons=1)
    french = target(course)
    Page.objects.get(pk=course.pk).specific.delete()
    dispatch()
    french.refresh_from_db()
    assert french.live is False
    assert said(lesson) == "<p>Bonjour.</p>"
    assert PageTranslation.objects.count() == 0


def test_home_page_of_one_language_goes_and_the_others_stay() -> None:
    from home.models import HomePage
    from translation.actions.translate_page import translate_page
    from translation.tests.factories import locale

    course, _lesson = published_course(modules=1, lessons=1)
    home = HomePage.objects.get(locale__language_code="en")
    row = translate_page(home, locale("fr"))
    home.unpublish()
    dispatch()
    assert (row.target.live, target(course).live) == (True, True)


def test_lesson_moved_into_another_course_moves_in_every_language() -> None:
    _one, lesson = published_course(modules=1, lessons=2)
    two = submitted_course(modules=1, lessons=1)
    send_and_approve(two)
    module = ModulePage.objects.filter(locale__language_code="en").order_by("path").last()
    Page.objects.get(pk=lesson.pk).move(Page.objects.get(pk=module.pk), pos="first-child")
    dispatch()
    assert target(lesson).get_parent().translation_key == module.translation_key
    assert note(lesson).course_key == two.translation_key
    assert outline_of(target(two)).version == outline_of(CoursePage.objects.get(pk=two.pk)).version


def test_module_moved_between_courses_with_and_without_translation() -> None:
    one, _lesson = published_course(modules=2, lessons=1)
    other = make_course(modules=1, lessons=1)
    module = ModulePage.objects.child_of(CoursePage.objects.get(pk=other.pk)).get()
    Page.objects.get(pk=module.pk).move(Page.objects.get(pk=one.pk), pos="last-child")
    dispatch()
    assert outline_of(target(one)).version == outline_of(CoursePage.objects.get(pk=one.pk)).version
    mine = ModulePage.objects.child_of(CoursePage.objects.get(pk=one.pk)).order_by("path").first()
    Page.objects.get(pk=mine.pk).move(Page.objects.get(pk=other.pk), pos="last-child")
    dispatch()
    assert outline_of(target(one)).version == outline_of(CoursePage.objects.get(pk=one.pk)).version
    assert target(mine).live is False


def test_reordered_source_reorders_the_translation_across_modules() -> None:
    course, _lesson = published_course(modules=2, lessons=2)
    modules = list(ModulePage.objects.filter(locale__language_code="en").order_by("path"))
    first, second = ([page.pk for page in Page.objects.child_of(module).order_by("path")] for module in modules)
    order = {modules[1].pk: [second[1], first[0]], modules[0].pk: [first[1], second[0]]}
    reorder_course(actor=administrator(), course=CoursePage.objects.get(pk=course.pk), order=order)
    dispatch()
    keys = [item.key for item in outline_of(CoursePage.objects.get(pk=course.pk)).items]
    assert [item.key for item in outline_of(target(course)).items] == keys
    assert PageTranslation.objects.filter(stale_since__isnull=False).count() == 0


def test_moved_lesson_whose_address_is_taken_gets_a_free_one() -> None:
    published_course(modules=2, lessons=1)
    modules = list(ModulePage.objects.filter(locale__language_code="en").order_by("path"))
    lessons = list(LessonPage.objects.filter(locale__language_code="en").order_by("path"))
    for lesson in lessons:
        Page.objects.filter(pk=target(lesson).pk).update(slug="la-meme")
    Page.objects.get(pk=lessons[0].pk).move(Page.objects.get(pk=modules[1].pk), pos="last-child")
    dispatch()
    french = [page.slug for page in Page.objects.child_of(target(modules[1])).order_by("path")]
    assert french == ["la-meme", "la-meme-1"]
    assert OutboxDelivery.objects.exclude(state="delivered").count() == 0


def test_what_follows_a_publication_costs_the_same_for_a_long_page() -> None:
    _course, lesson = published_course(modules=1, lessons=1)

    def cost(blocks: int) -> int:
        page = LessonPage.objects.get(pk=lesson.pk)
        page.body = [rich_text(f"<p>Word {number} of {blocks}.</p>") for number in range(blocks)]
        page.save_revision().publish()
        with CaptureQueriesContext(connection) as captured:
            dispatch()
        assert note(lesson).total == blocks + 1
        return len(captured)

    cost(5)
    assert cost(50) == cost(10)


def test_quiz_in_review_is_not_disturbed_by_a_technical_change() -> None:
    from translation.actions import send_to_review

    course = submitted_course(modules=1, quiz=True, lessons=1)
    send_and_approve(course)
    quiz = QuizPage.objects.get(locale__language_code="en")
    say(quiz, {quiz.title: "Épreuve"})
    send_to_review(
        actor=administrator(), course_key=course.translation_key, language="fr", confirm_below_threshold=True
    )
    publish_source(quiz, pass_mark=90)
    assert (target(quiz).pass_mark, note(quiz).stale_since is not None) == (70, True)
    assert target(quiz).current_workflow_state is not None
