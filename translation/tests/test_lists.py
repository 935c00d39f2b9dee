"""Lists of courses and trees: true, and flat."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.tests.factories import make_user
from core.errors import NotFound
from courses.models import CourseMember, CoursePage, LessonPage, ModulePage
from courses.tests.factories import add_lesson, add_module, make_course, make_school
from translation.errors import UnknownLanguage
from translation.queries import State, course_tree, courses_for, notice_for, translations_of
from translation.tests.factories import (
    administrator,
    note,
    publish_source,
    say,
    send_and_approve,
    submit,
    submitted_course,
    target,
    translator,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def states(user: Any) -> dict[str, dict[str, tuple[State, int, int, int]]]:
    return {
        row.title: {
            code: (language.state, language.percent, language.pages, language.ready)
            for code, language in row.languages.items()
        }
        for row in courses_for(user)
    }


def test_courses_with_their_languages() -> None:
    for language in ("fr", "ar"):
        make_school(language)
    untouched = make_course("Untouched", modules=1, lessons=1)
    begun = make_course("Begun", modules=1, lessons=1)
    make_course("Draft", live=False)
    submit(begun, "fr")
    lesson = LessonPage.objects.get(path__startswith=begun.path)
    say(lesson, {"Hello.": "Bonjour.", lesson.title: "Leçon"})
    found = states(administrator())
    assert list(found) == ["Begun", "Untouched"]
    assert found["Untouched"] == {"fr": (State.MISSING, 0, 0, 0), "ar": (State.MISSING, 0, 0, 0)}
    assert found["Begun"] == {"fr": (State.IN_PROGRESS, 40, 3, 1), "ar": (State.MISSING, 0, 0, 0)}
    rows = {row.title: row for row in courses_for(administrator())}
    assert (rows["Begun"].pages, rows["Begun"].source_language) == (3, "en")
    assert rows["Begun"].languages["fr"].job.state == "done"
    assert rows["Untouched"].course_key == untouched.translation_key


def test_state_of_a_course_from_first_string_to_stale() -> None:
    course = submitted_course()
    user = administrator()
    pages = (course, ModulePage.objects.order_by("pk").first(), LessonPage.objects.order_by("pk").first())

    def state() -> State:
        [row] = courses_for(user)
        tree = course_tree(course.translation_key, "fr")
        assert (row.languages["fr"].state, row.languages["fr"].percent) == (tree.state, tree.percent)
        return tree.state

    assert state() == State.IN_PROGRESS
    from translation.queries import page_strings

    for page in pages:
        say(
            page,
            {
                row.source_text: f"{row.source_text} FR"
                for row in page_strings(page.translation_key, "fr").rows
                if not row.is_optional
            },
        )
    assert state() == State.READY
    from translation.actions import send_to_review
    from translation.tests.factories import approve

    send_to_review(actor=user, course_key=course.translation_key, language="fr")
    assert state() == State.IN_REVIEW
    approve(course)
    assert state() == State.PUBLISHED
    lesson = LessonPage.objects.get(locale__language_code="en")
    publish_source(lesson, summary="New words.")
    assert state() == State.STALE
    [row] = courses_for(user)
    assert row.languages["fr"].stale_since == note(lesson).stale_since


def test_everyone_sees_what_they_may_translate() -> None:
    mine, other = submitted_course(), submitted_course()
    author = make_user()
    CourseMember.objects.create(course_key=mine.translation_key, user=author, role="co_author")
    assert [row.title for row in courses_for(author)] == [mine.title]
    assert {row.title for row in courses_for(translator())} == {mine.title, other.title}
    assert courses_for(make_user()) == []
    assert courses_for(None) == []


def many(count: int) -> list[CoursePage]:
    made = [make_course(modules=1, lessons=1) for _ in range(count)]
    for course in made:
        submit(course)
    return made


def test_list_of_courses_is_flat() -> None:
    make_school("fr")
    user = translator()
    many(10)
    courses_for(user)
    with CaptureQueriesContext(connection) as few:
        assert len(courses_for(user)) == 10
    many(40)
    with CaptureQueriesContext(connection) as lots:
        assert len(courses_for(user)) == 50
    assert len(few) == len(lots) <= 12


def test_tree_is_flat() -> None:
    counts = []
    for modules, lessons in ((1, 8), (4, 11)):
        course = submitted_course(modules=modules, lessons=lessons)
        with CaptureQueriesContext(connection) as captured:
            tree = course_tree(course.translation_key, "fr")
        assert len(tree.rows) == 1 + modules + modules * lessons
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_languages_of_pages_are_flat() -> None:
    course = submitted_course(modules=2, lessons=20)
    send_and_approve(course)
    keys = list(LessonPage.objects.filter(locale__language_code="en").values_list("translation_key", flat=True))
    translations_of(keys[:1])  # content types are looked up once a process
    for number in (10, 40):
        with CaptureQueriesContext(connection) as captured:
            found = translations_of(keys[:number])
        assert {tuple(entry.language for entry in entries) for entries in found.values()} == {("en", "fr")}
        assert len(captured) == 2
    lesson = LessonPage.objects.filter(locale__language_code="fr").first()
    with CaptureQueriesContext(connection) as captured:
        assert notice_for(lesson).is_untranslated is True
    assert len(captured) == 1


def test_languages_of_a_page_name_the_original_and_how_much_is_translated() -> None:
    course = submitted_course("fr", "ar", modules=1, lessons=1)
    lesson = LessonPage.objects.get(locale__language_code="en")
    say(lesson, {"Hello.": "Bonjour."})
    send_and_approve(course)
    found = translations_of([lesson.translation_key])[lesson.translation_key]
    assert [(entry.language, entry.is_source, entry.percent, entry.is_stale) for entry in found] == [
        ("en", True, 100, False),
        ("fr", False, 50, False),
    ]
    drafts = translations_of([lesson.translation_key], visible=False)[lesson.translation_key]
    assert {entry.language for entry in drafts} == {"en", "fr", "ar"}
    assert translations_of([]) == {}


def test_tree_refuses_what_is_not_there() -> None:
    import uuid

    course = submitted_course()
    with pytest.raises(NotFound):
        course_tree(uuid.uuid4(), "fr")
    for language in ("en", "tlh"):
        with pytest.raises(UnknownLanguage):
            course_tree(course.translation_key, language)


def test_page_missing_in_a_language_is_listed_as_missing() -> None:
    course = submitted_course(modules=1, lessons=1)
    module = add_module(CoursePage.objects.get(pk=course.pk), "New")
    add_lesson(module)
    tree = course_tree(course.translation_key, "fr")
    assert [row.state for row in tree.rows][-2:] == [State.MISSING, State.MISSING]
    assert [row.target_page_pk for row in tree.rows][-2:] == [None, None]
    assert tree.state == State.IN_PROGRESS
    assert target(course).pk == tree.target.pk
