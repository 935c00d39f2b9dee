"""The main job through GraphQL alone: enrol, read, take the quiz, hold a certificate. And what must not leak."""

import json

import pytest
from django.test import Client
from wagtail.models import Page

from api.graphql.schema import schema
from api.tests.calls import (
    BLOCKS,
    CHECK,
    COMPLETE,
    ENROLL,
    LESSON,
    ME,
    QUESTIONS,
    QUIZ,
    SAVE,
    START,
    SUBMIT,
    ask,
    client_of,
    data,
    person,
)
from commerce.models import Certificate, Enrollment
from commerce.tests.factories import make_price
from core.dispatch import dispatch
from courses.keys import page_public_id
from courses.tests.factories import add_lesson, add_module, add_quiz, make_course
from courses.tests.questions import KEY_WORD, every_question, question, rich_text
from learning.models import AttemptAnswer, LessonProgress, QuizAttempt

pytestmark = pytest.mark.django_db


def children(page) -> list:
    """The pages below, read anew."""
    return [child.specific for child in Page.objects.get(pk=page.pk).get_children()]


def right_answers(quiz) -> dict[str, dict]:
    """The right answer to every question of a quiz in the API's form; order and pairs by their texts.

    Their ids are made up for each learner, so that they tell nothing.
    """
    answers = {}
    for raw in quiz.questions.raw_data:
        value, kind = raw["value"], raw["type"]
        if kind in ("single_choice", "multiple_choice"):
            answer = {"optionIds": [o["id"] for o in value["options"] if o["value"]["correct"]]}
        elif kind == "true_false":
            answer = {"value": value["answer"] == "true"}
        elif kind == "numeric":
            answer = {"number": value["answer"]}
        elif kind == "short_text":
            answer = {"text": value["accepted"].splitlines()[0]}
        elif kind == "ordering":
            answer = {"items": [item["value"] for item in value["items"]]}
        elif kind == "fill_blanks":
            blanks = enumerate(value["blanks"], start=1)
            answer = {"blanks": [{"number": n, "text": b["value"]["accepted"].splitlines()[0]} for n, b in blanks]}
        else:
            answer = {"pairs": [(p["value"]["left"], p["value"]["right"]) for p in value["pairs"]]}
        answers[raw["id"]] = answer
    return answers


def matched(shown: dict, pairs: list[tuple[str, str]]) -> dict:
    """A matching answer by what stands on both sides."""
    lefts = {choice["html"]: choice["id"] for choice in shown["lefts"]}
    rights = {choice["html"]: choice["id"] for choice in shown["rights"]}
    return {"matches": [{"leftId": lefts[left], "rightId": rights[right]} for left, right in pairs]}


def save_all(client: Client, attempt: dict, answers: dict[str, dict], sequence: int = 1) -> None:
    for shown in attempt["questions"]:
        answer = answers[shown["id"]]
        if "items" in answer:
            ids = {choice["html"]: choice["id"] for choice in shown["items"]}
            answer = {"order": [ids[text] for text in answer["items"]]}
        if "pairs" in answer:
            answer = matched(shown, answer["pairs"])
        saved = data(client, SAVE, attempt=attempt["id"], question=shown["id"], answer=answer, sequence=sequence)[
            "saveAnswer"
        ]
        assert saved == {"saved": True, "sequence": sequence, "errors": []}


def test_whole_journey() -> None:
    course = make_course("Loops", modules=1, lessons=2, quiz=True)
    learner = person("ada@example.com")
    client = client_of(learner)
    enrolled = data(client, ENROLL, id=page_public_id(course))["enrollInCourse"]
    assert enrolled["errors"] == []
    assert enrolled["enrollment"]["state"] == "ACTIVE"
    again = data(client, ENROLL, id=page_public_id(course))["enrollInCourse"]
    assert again["enrollment"]["id"] == enrolled["enrollment"]["id"]

    first, second, quiz = children(children(course)[0])
    lesson = data(client, LESSON, id=page_public_id(first))["lesson"]
    assert lesson["body"][0]["html"] == "<p>Hello.</p>"
    assert lesson["next"]["id"] == page_public_id(second)
    assert data(client, COMPLETE, id=page_public_id(first))["completeLesson"]["progress"] == pytest.approx(1 / 3)
    assert data(client, COMPLETE, id=page_public_id(second))["completeLesson"]["progress"] == pytest.approx(2 / 3)

    shown = data(client, QUIZ, id=page_public_id(quiz))["quiz"]
    assert (shown["passMark"], shown["attemptsLeft"], shown["questionCount"]) == (70, None, 8)
    attempt = data(client, START, id=page_public_id(quiz))["startQuizAttempt"]["attempt"]
    assert attempt["state"] == "OPEN"
    save_all(client, attempt, right_answers(quiz))
    result = data(client, SUBMIT, id=attempt["id"])["submitQuizAttempt"]["attempt"]
    assert (result["score"], result["passed"]) == (1.0, True)
    assert all(q["isCorrect"] for q in result["questions"])
    assert all(any(KEY_WORD in text for text in (*q["feedback"], q["explanation"])) for q in result["questions"])

    dispatch()
    me = data(client, ME)["me"]
    assert me["email"] == "ada@example.com"
    assert me["enrollments"] == [{"course": {"slug": course.slug}, "progress": 1.0, "state": "ACTIVE"}]
    number = me["certificates"][0]["number"]
    verified = data(
        Client(),
        "query ($n: String!) { certificate(number: $n) { learnerName courseTitle isRevoked issuedOn } }",
        n=number,
    )["certificate"]
    assert (verified["learnerName"], verified["courseTitle"], verified["isRevoked"]) == ("Ada", "Loops", False)
    assert Certificate.objects.count() == 1


def test_visitor_is_told_to_log_in_and_nothing_is_written() -> None:
    course = make_course(modules=1, lessons=1, quiz=True)
    answer = data(Client(), ENROLL, id=page_public_id(course))["enrollInCourse"]
    assert answer["enrollment"] is None
    assert answer["errors"][0]["code"] == "not_logged_in"
    assert not Enrollment.objects.exists()


def test_paid_course_asks_for_payment_and_nothing_is_written() -> None:
    course = make_course()
    make_price(course.translation_key, 25000)
    answer = data(client_of(person("ada@example.com")), ENROLL, id=page_public_id(course))["enrollInCourse"]
    assert answer["errors"][0]["code"] == "payment_required"
    assert not Enrollment.objects.exists()


def test_locked_lesson_has_no_body_and_cannot_be_completed() -> None:
    course = make_course(modules=1, lessons=1)
    lesson = children(children(course)[0])[0]
    client = client_of(person("ada@example.com"))
    found = data(client, LESSON, id=page_public_id(lesson))["lesson"]
    assert (found["isLocked"], found["lockReason"], found["body"]) == (True, "NOT_ENROLLED", None)
    refused = data(client, COMPLETE, id=page_public_id(lesson))["completeLesson"]
    assert refused["errors"][0]["code"] == "not_enrolled"
    assert not LessonProgress.objects.exists()


def test_free_preview_is_open_to_everyone() -> None:
    lesson = add_lesson(add_module(make_course()), is_free_preview=True)
    assert data(Client(), LESSON, id=page_public_id(lesson))["lesson"]["body"]


def test_older_answer_arriving_late_is_ignored() -> None:
    course = make_course()
    quiz = add_quiz(add_module(course), questions=[question("short_text")])
    client = client_of(person("ada@example.com"))
    data(client, ENROLL, id=page_public_id(course))
    attempt = data(client, START, id=page_public_id(quiz))["startQuizAttempt"]["attempt"]
    key = attempt["questions"][0]["id"]

    def save(text: str, sequence: int) -> dict:
        return data(client, SAVE, attempt=attempt["id"], question=key, answer={"text": text}, sequence=sequence)[
            "saveAnswer"
        ]

    assert save("second", 2)["saved"]
    assert save("first", 1) == {"saved": False, "sequence": 2, "errors": []}
    assert AttemptAnswer.objects.get().value == {"text": "second"}
    resumed = data(client, START, id=page_public_id(quiz))["startQuizAttempt"]["attempt"]
    assert resumed["id"] == attempt["id"]
    assert resumed["questions"][0]["savedAnswer"]["text"] == "second"
    assert resumed["questions"][0]["savedAnswer"]["sequence"] == 2


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"text": "x" * 100_0},
        {"number": "NaN"},
        {"optionIds": ["nonsense"]},
        {"value": True, "text": "both"},
        {"order": []},
        {"blanks": [{"number": 99, "text": "x"}]},
        {"matches": [{"leftId": "a", "rightId": "b"}]},
    ],
)
def test_answer_that_does_not_fit_is_refused_in_words(answer: dict) -> None:
    course = make_course()
    quiz = add_quiz(add_module(course), questions=[question("single_choice")])
    client = client_of(person("ada@example.com"))
    data(client, ENROLL, id=page_public_id(course))
    attempt = data(client, START, id=page_public_id(quiz))["startQuizAttempt"]["attempt"]
    key = attempt["questions"][0]["id"]
    refused = data(client, SAVE, attempt=attempt["id"], question=key, answer=answer, sequence=1)["saveAnswer"]
    assert refused["saved"] is False
    assert refused["errors"][0]["message"]
    assert not AttemptAnswer.objects.exists()


def test_nobody_reaches_the_attempt_of_another() -> None:
    course = make_course(modules=1, quiz=True)
    quiz = children(children(course)[0])[0]
    owner, other = client_of(person("ada@example.com")), client_of(person("eve@example.com"))
    for client in (owner, other):
        data(client, ENROLL, id=page_public_id(course))
    attempt = data(owner, START, id=page_public_id(quiz))["startQuizAttempt"]["attempt"]
    query = "query ($id: ID!) { quizAttempt(id: $id) { id } }"
    assert data(other, query, id=attempt["id"])["quizAttempt"] is None
    assert data(other, SUBMIT, id=attempt["id"])["submitQuizAttempt"]["errors"][0]["code"] == "attempt_not_found"
    shown = next(q for q in attempt["questions"] if q["__typename"] == "ShortTextQuestion")
    saved = data(other, SAVE, attempt=attempt["id"], question=shown["id"], answer={"text": "mine"}, sequence=9)
    assert saved["saveAnswer"]["errors"][0]["code"] == "attempt_not_found"
    assert not AttemptAnswer.objects.exists()
    assert QuizAttempt.objects.get().state == "open"


@pytest.mark.parametrize(
    "text", ["", "x", "1", "73ddde1b-3806-4b49-aff9-262a0164439e", "0" * 32 + ".xx", "🦒", "a.b.c", "null"]
)
def test_unknown_and_malformed_ids_are_errors_or_null_never_faults(text: str) -> None:
    client = client_of(person("ada@example.com"))
    for query in (LESSON, QUIZ, ENROLL, COMPLETE, START, SUBMIT):
        answer = ask(client, query, id=text)
        assert all(error["extensions"]["code"] == "INVALID_ID" for error in answer.get("errors", []))


# -- keys ---------------------------------------------------------------------------------------------------------


def secrets_of(questions: list[dict]) -> list[str]:
    """Everything in raw questions that an unsubmitted learner must not see."""
    words = [KEY_WORD, "zebu"]
    for raw in questions:
        value = raw["value"]
        if raw["type"] == "numeric":
            words.append(value["answer"])
        if raw["type"] == "short_text":
            words += value["accepted"].splitlines()
    return words


def test_no_answer_before_submission_holds_a_key() -> None:
    questions = every_question()
    course = make_course(modules=1)
    module = children(course)[0]
    lesson = add_lesson(module, body=[rich_text("<p>Try:</p>"), *every_question()], is_free_preview=True)
    quiz = add_quiz(module, questions=questions, show_when="passed")
    client = client_of(person("ada@example.com"))
    data(client, ENROLL, id=page_public_id(course))
    attempt = data(client, START, id=page_public_id(quiz))["startQuizAttempt"]["attempt"]
    wrong = next(q for q in attempt["questions"] if q["__typename"] == "NumericQuestion")
    data(client, SAVE, attempt=attempt["id"], question=wrong["id"], answer={"number": "1"}, sequence=1)
    recorded = [
        attempt,
        data(client, START, id=page_public_id(quiz)),
        data(client, SUBMIT, id=attempt["id"]),  # failed, and this quiz shows nothing until it is passed
        data(client, LESSON, id=page_public_id(lesson)),
        data(Client(), LESSON, id=page_public_id(lesson)),
        data(
            client,
            f"query ($id: ID!) {{ quiz(id: $id) {{ attempts {{ questions {{ {QUESTIONS} }} }} }} }}",
            id=page_public_id(quiz),
        ),
    ]
    text = json.dumps(recorded, ensure_ascii=False)
    for word in secrets_of(questions):
        assert word not in text, word
    for shown in attempt["questions"]:
        assert [shown[name] for name in ("isCorrect", "fraction", "feedback", "explanation", "rightAnswer")] == [
            None
        ] * 5


def test_self_check_answers_after_an_answer_only() -> None:
    raw = question("short_text")
    lesson = add_lesson(add_module(make_course()), body=[raw], is_free_preview=True)
    checked = data(Client(), CHECK, lesson=page_public_id(lesson), question=raw["id"], answer={"text": "yaounde"})
    assert checked["checkSelfCheck"]["isCorrect"] is True
    locked = add_lesson(add_module(make_course()), body=[question("true_false")])
    key = locked.body[0].id
    refused = data(Client(), CHECK, lesson=page_public_id(locked), question=key, answer={"value": True})[
        "checkSelfCheck"
    ]
    assert refused["errors"][0]["code"] == "not_enrolled"
    assert refused["rightAnswer"] is None


def test_no_field_of_the_schema_names_a_key() -> None:
    """A walk of every type that a query can reach: no field could hold what only graders know."""
    forbidden = {
        "correct",
        "accepted",
        "answer",
        "tolerance",
        "pairs",
        "frozenQuestions",
        "rawValue",
        "value_raw",
        "key_answer",
    }
    seen = set()
    for name, found in schema.graphql_schema.type_map.items():
        if name.startswith("__") or not hasattr(found, "fields") or name.endswith("Input"):
            continue
        seen.add(name)
        assert not forbidden & set(found.fields), name
    assert {"Lesson", "QuizAttempt", "SingleChoiceQuestion", "FillBlanksQuestion"} <= seen
    assert BLOCKS
