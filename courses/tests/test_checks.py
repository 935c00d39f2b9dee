"""What stops publishing, and that it never stops saving."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from courses import checks
from courses.checks.questions import question_problems
from courses.checks.streams import walk
from courses.checks.structure import Node, structure_problems
from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.required import required_problems
from courses.tests.authoring import add_draft, draft_course, instructor, lesson_with
from courses.tests.factories import add_lesson, add_module, add_quiz, make_course
from courses.tests.questions import every_question, question, rich_text


def picture(**value: Any) -> dict[str, Any]:
    return {"type": "image", "value": {"image": 1, "alt": "", "decorative": False, "caption": "", **value}, "id": "p"}


def callout(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "callout", "value": {"kind": "note", "title": "", "body": list(blocks)}, "id": "c"}


def messages(page: Any) -> list[tuple[str, str]]:
    found = checks.errors_in(checks.content_problems(checks.content_of(page)))
    return [(problem.field, problem.message) for problem in found]


def without(raw: dict[str, Any], **changes: Any) -> list[str]:
    return list(question_problems(raw["type"], {**raw["value"], **changes}))


def test_picture_without_description_is_found_wherever_it_stands() -> None:
    lesson = lesson_with(picture(alt="A map"), callout(picture()), picture(decorative=True), picture(image=None))
    assert messages(lesson) == [
        ("body", "Picture 2: describe it for people who can't see it, or mark it as decoration."),
        ("body", "Picture 4: choose a picture, or take the block away."),
    ]


def test_picture_in_a_question_is_found() -> None:
    raw = question("true_false")
    raw["value"]["prompt"] = [rich_text("<p>Is this a map?</p>"), picture()]
    quiz = QuizPage(title="Quiz", questions=[raw])
    assert messages(quiz) == [
        ("questions", "Question 1: describe it for people who can't see it, or mark it as decoration.")
    ]


def test_empty_lesson_and_empty_quiz() -> None:
    assert messages(LessonPage(title="L")) == [("body", "The lesson is empty.")]
    assert messages(QuizPage(title="Q")) == [("questions", "The quiz has no question yet.")]


def test_course_needs_a_summary_and_is_advised() -> None:
    problems = checks.content_problems(checks.content_of(CoursePage(title="C", summary="  ")))
    assert [(problem.field, str(problem.severity)) for problem in problems] == [
        ("summary", "error"),
        ("outcomes", "warning"),
        ("cover", "warning"),
    ]


@pytest.mark.parametrize(
    ("pool", "draw", "said"),
    [(3, 3, []), (3, None, []), (3, 4, ["Each attempt draws 4 questions, but there are only 3."])],
)
def test_draw_count_against_the_pool(pool: int, draw: int | None, said: list[str]) -> None:
    quiz = QuizPage(title="Q", questions=[question("true_false") for _ in range(pool)], draw_count=draw)
    assert [message for _field, message in messages(quiz)] == said


def test_every_question_type_of_the_fixtures_is_sound() -> None:
    assert messages(QuizPage(title="Q", questions=every_question())) == []


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("single_choice", {"options": []}, "A choice needs two options or more."),
        ("true_false", {"answer": ""}, "Say whether the statement is true or false."),
        ("numeric", {"answer": None}, "Give the right number."),
        ("short_text", {"accepted": " \n "}, "Give at least one accepted answer."),
        ("ordering", {"items": ["one"]}, "Give two items or more to put in order."),
        (
            "ordering",
            {"items": ["one", "one "]},
            "Two items are the same; learners could not tell them apart.",
        ),
        ("matching", {"pairs": []}, "Give two pairs or more to match."),
        ("fill_blanks", {"text": "no gap"}, "Use each of [[1]] to [[2]] exactly once, one for each gap below."),
        ("fill_blanks", {"text": "[[1]] [[1]]"}, "Use each of [[1]] to [[2]] exactly once, one for each gap below."),
        ("true_false", {"prompt": []}, "The question itself is empty."),
        ("true_false", {"prompt": [rich_text("<p> </p>")]}, "The question itself is empty."),
    ],
)
def test_question_that_cannot_be_graded(kind: str, changes: dict[str, Any], said: str) -> None:
    assert without(question(kind), **changes) == [said]


@pytest.mark.parametrize(
    ("kind", "right", "said"),
    [
        ("single_choice", 0, ["Mark exactly one option as right."]),
        ("single_choice", 1, []),
        ("single_choice", 2, ["Mark exactly one option as right."]),
        ("multiple_choice", 0, ["Mark at least one option as right."]),
        ("multiple_choice", 2, []),
    ],
)
def test_right_options(kind: str, right: int, said: list[str]) -> None:
    options = [
        {"type": "item", "value": {"text": f"<p>{n}</p>", "correct": n < right, "feedback": ""}, "id": str(n)}
        for n in range(3)
    ]
    assert without(question(kind), options=options) == said


def item(kind: str, rule: str = "") -> Node:
    return Node(kind, 1, kind.title(), rule)


@pytest.mark.parametrize(
    ("children", "said"),
    [
        ((), ["The course has no lesson yet."]),
        (
            (Node("module", 2, "M"),),
            ["The course has no lesson yet.", "The module is empty. Add a lesson or a quiz, or delete it."],
        ),
        ((Node("module", 2, "M", children=(item("lesson"),)),), []),
        ((Node("module", 2, "M", children=(item("lesson", "quiz"), item("quiz"))),), []),
        (
            (Node("module", 2, "M", children=(item("quiz"), item("lesson", "quiz"))),),
            ["It counts as done when the next quiz of its module is passed, but no quiz follows it."],
        ),
    ],
)
def test_structure(children: tuple[Node, ...], said: list[str]) -> None:
    assert [problem.message for problem in structure_problems(Node("course", 1, "C", children=children))] == said


NAMES = st.sampled_from(["type", "value", "prompt", "body"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
        max_leaves=12,
    )
)
def test_walking_never_stumbles(data: Any) -> None:
    list(walk(data if isinstance(data, list) else [data]))


@pytest.mark.django_db
class TestPublishing:
    def test_a_draft_is_saved_whatever_it_lacks(self) -> None:
        course = draft_course(instructor())
        lesson = add_draft(ModulePage.objects.child_of(course).get(), lesson_with(picture()), course.owner)
        assert lesson.get_latest_revision_as_object().body.raw_data[0]["type"] == "image"

    def test_a_revision_with_errors_does_not_go_live(self) -> None:
        module = add_module(make_course())
        lesson = add_draft(module, lesson_with(picture(image=None)), instructor())
        with pytest.raises(ValidationError) as refused:
            lesson.get_latest_revision().publish()
        assert refused.value.message_dict == {"body": ["Picture 1: choose a picture, or take the block away."]}
        assert not LessonPage.objects.get(pk=lesson.pk).live

    def test_a_sound_revision_goes_live_and_stays_editable(self) -> None:
        lesson = add_lesson(add_module(make_course()))
        lesson.save_revision().publish()
        page = LessonPage.objects.get(pk=lesson.pk)
        page.estimated_minutes = 7
        page.save()
        assert (page.live, page.live_revision_id) == (True, lesson.latest_revision_id)

    def test_live_page_with_an_old_problem_can_still_be_saved_as_draft(self) -> None:
        quiz = add_quiz(add_module(make_course()))
        quiz.questions = []
        quiz.save_revision(clean=False)
        assert QuizPage.objects.get(pk=quiz.pk).has_unpublished_changes
        with pytest.raises(ValidationError):
            quiz.get_latest_revision().publish()

    def test_required_fields_left_empty_are_named(self) -> None:
        course = draft_course(instructor())
        module = ModulePage.objects.child_of(course).get()
        heading = {"type": "heading", "value": {"text": "", "level": "2"}, "id": "h"}
        lesson = add_draft(module, lesson_with(heading), course.owner)
        assert [(problem.field, problem.message) for problem in required_problems(lesson)] == [
            ("body", "Block 1 (Heading): text: This field is required.")
        ]
