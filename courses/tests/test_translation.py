"""What wagtail-localize offers translators of our blocks, and what it must take over untouched."""

import json
import uuid
from typing import Any

import pytest
from django.test import override_settings
from wagtail.models import Locale
from wagtail_localize.fields import SynchronizedField
from wagtail_localize.models import StringTranslation, Translation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from courses.models import LessonPage, QuizPage
from courses.tests.factories import add_lesson, add_module, add_quiz, make_course, make_school
from courses.tests.questions import KEY_WORD, every_question, question, rich_text

pytestmark = pytest.mark.django_db


def block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def body() -> list[dict[str, Any]]:
    return [
        block("heading", {"text": "The heading", "level": "2"}),
        rich_text('<p>A text with <a href="https://example.com/">a link</a>.</p>'),
        block("code", {"language": "python", "code": "print('code')", "caption": "hello.py"}),
        block("math", {"latex": r"\frac{latex}{2}", "description": "one half"}),
        block(
            "table",
            {
                "caption": "The caption",
                "table": {
                    "columns": [{"type": "text", "heading": "Country"}, {"type": "text", "heading": ""}],
                    "rows": [
                        {"values": ["<p>Ghana <b>south</b></p>", "<p>Accra</p>"]},
                        {"values": ["<p>Togo</p>", ""]},
                    ],
                    "caption": "",
                },
            },
        ),
        block("callout", {"kind": "tip", "title": "The tip", "body": [rich_text("<p>Inside the tip.</p>")]}),
        block("solution", {"title": "", "body": [block("code", {"language": "c", "code": "inner()", "caption": ""})]}),
        question("single_choice"),
    ]


def offered(page: Any) -> list[str]:
    return [segment.string.data for segment in extract_segments(page) if isinstance(segment, StringSegmentValue)]


def test_lesson_offers_words_and_neither_code_nor_formulas() -> None:
    lesson = LessonPage.objects.get(pk=add_lesson(add_module(make_course()), "Title", body=body()).pk)
    words = offered(lesson)
    for expected in (
        "The heading",
        "hello.py",
        "one half",
        "The caption",
        "Country",
        "Ghana <b>south</b>",
        "Accra",
        "Togo",
        "The tip",
        "Inside the tip.",
        "goat",
    ):
        assert expected in words
    assert not [text for text in words if "print(" in text or "frac" in text or "inner()" in text]


def test_quiz_offers_what_learners_read_or_type_and_no_mark_of_what_is_right() -> None:
    quiz = QuizPage.objects.get(pk=add_quiz(add_module(make_course()), "Quiz", questions=every_question()).pk)
    words = offered(quiz)
    for expected in ("goat", "cow", "maize", "sow", "harvest", "Ghana", "Accra"):
        assert expected in words
    assert f"{KEY_WORD} on goat" in words, "feedback is read by learners"
    accepted = ["Yaoundé", f"{KEY_WORD} town", "in", f"{KEY_WORD} one", "print", f"{KEY_WORD} two"]
    assert set(accepted) <= set(words), "each accepted answer is a string of its own"
    assert not set(words) & {"true", "false", "3.140000000", "0.010000000", "1"}
    assert any("for day [[1]] range(3)" in text for text in words)
    assert any("Niamey" in text and "Bamako" in text for text in words), "wrong choices are read too"


def translate(source: Any, words: dict[str, str]) -> Any:
    """Translate ``source`` into French with what ``words`` gives, and publish it."""
    french = Locale.objects.get(language_code="fr")
    origin, _created = TranslationSource.update_or_create_from_instance(source)
    translation, _created = Translation.objects.get_or_create(source=origin, target_locale=french)
    for segment in origin.stringsegment_set.select_related("string"):
        if segment.string.data in words:
            StringTranslation.objects.update_or_create(
                translation_of=segment.string,
                locale=french,
                context=segment.context,
                defaults={"data": words[segment.string.data]},
            )
    translation.save_target(publish=True)
    return source.get_translation(french)


@override_settings(WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE=False)
def test_translation_keeps_keys_ids_and_structure() -> None:
    make_school("fr")
    course = make_course()
    module = add_module(course)
    lesson = LessonPage.objects.get(pk=add_lesson(module, "Lesson", body=body()).pk)
    quiz = QuizPage.objects.get(pk=add_quiz(module, "Quiz", questions=every_question()).pk)
    for page in (course, module):
        translate(page, {})
    words = {"The heading": "Le titre", "Togo": "Le Togo", "Country": "Pays", "cow": "vache", "sow": "semer"}
    for page in (lesson, quiz):
        field = "body" if page is lesson else "questions"
        french = translate(page, words)
        before, after = list(getattr(page, field).raw_data), list(getattr(french, field).get_prep_value())
        text = json.dumps(before)
        for english, other in words.items():
            text = text.replace(f'"{english}"', f'"{other}"').replace(f">{english}<", f">{other}<")
        assert json.dumps(_plain(after)) == json.dumps(_plain(json.loads(text)))


@override_settings(WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE=False)
def test_translated_code_with_gaps_keeps_its_lines_and_indentation() -> None:
    make_school("fr")
    course = make_course()
    module = add_module(course)
    for page in (course, module):
        translate(page, {})
    quiz = QuizPage.objects.get(pk=add_quiz(module, questions=[question("fill_blanks")]).pk)
    offered_text = next(text for text in offered(quiz) if "[[1]]" in text)
    french = translate(quiz, {offered_text: offered_text.replace("day", "jour")})
    assert french.questions.get_prep_value()[0]["value"]["text"] == "for jour [[1]] range(3):\n    [[2]](jour)"


@override_settings(WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE=False)
def test_added_removed_and_moved_blocks_keep_translations() -> None:
    """The stories of wagtail-localize#838, #433 and #467, on our blocks."""
    make_school("fr")
    course = make_course()
    module = add_module(course)
    for page in (course, module):
        translate(page, {})
    lesson = LessonPage.objects.get(pk=add_lesson(module, "Lesson", body=body()).pk)
    words = {"The heading": "Le titre", "Togo": "Le Togo", "Inside the tip.": "Dans l’astuce."}
    translate(lesson, words)
    raw = list(lesson.body.raw_data)
    lesson.body = [rich_text("<p>New.</p>"), *reversed(raw[:1] + raw[4:6])]
    lesson.save_revision().publish()
    french = translate(LessonPage.objects.get(pk=lesson.pk), {"New.": "Nouveau."})
    text = json.dumps(french.body.get_prep_value(), ensure_ascii=False)
    assert [text.count(word) for word in ("Nouveau.", "Le titre", "Le Togo", "Dans l’astuce.")] == [1, 1, 1, 1]
    assert [item["id"] for item in french.body.get_prep_value()] == [item["id"] for item in lesson.body.raw_data]
    lesson.body = []
    lesson.save()
    assert len(translate(LessonPage.objects.get(pk=lesson.pk), {}).body) == 0


def test_accepted_answers_are_said_in_each_language() -> None:
    make_school("fr")
    course = make_course()
    module = add_module(course)
    for page in (course, module):
        translate(page, {})
    short, gaps = question("short_text", accepted="cow\n\n bull "), question("fill_blanks")
    quiz = QuizPage.objects.get(pk=add_quiz(module, "Quiz", questions=[short, gaps]).pk)
    french = translate(quiz, {"cow": "vache<br/>la vache", "in": "dans"})
    before, after = (page.questions.get_prep_value() for page in (quiz, french))
    assert after[0]["value"]["accepted"] == "vache\nla vache\nbull"
    assert [gap["value"]["accepted"] for gap in after[1]["value"]["blanks"]] == [
        f"dans\n{KEY_WORD} one",
        f"print\n{KEY_WORD} two",
    ]
    assert [gap["id"] for gap in after[1]["value"]["blanks"]] == [gap["id"] for gap in before[1]["value"]["blanks"]]


def test_rules_of_pages_are_the_same_in_every_language() -> None:
    synchronized = {
        page_class.__name__: {
            field.field_name
            for field in page_class.override_translatable_fields
            if isinstance(field, SynchronizedField)
        }
        for page_class in (LessonPage, QuizPage)
    }
    assert synchronized == {
        "LessonPage": {"estimated_minutes", "is_free_preview", "completion_rule", "watched_percent"},
        "QuizPage": {
            "estimated_minutes",
            "pass_mark",
            "attempts_allowed",
            "time_limit_minutes",
            "shuffle_questions",
            "shuffle_options",
            "draw_count",
            "show_after",
            "show_when",
        },
    }


def _plain(value: Any) -> Any:
    """Data-block-keys of rich text are made anew; nothing else may differ."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
