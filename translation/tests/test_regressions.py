"""What authors do to blocks, and what must never follow: lost translations, foreign keys, screens that don't open.

The stories of wagtail-localize#838, #433 and #467, on our blocks, with everything that stands between an author and a
reader: publishing, the outbox, the translators' strings, the review.
"""

import copy
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from core.dispatch import dispatch
from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.tests.factories import add_lesson, add_quiz, make_course, make_school
from courses.tests.questions import every_question, question, rich_text
from courses.tests.test_translation import block, body
from learning.questions import learner_questions
from translation.actions.refresh_sources import refresh_sources
from translation.queries import page_strings
from translation.tests.factories import (
    administrator,
    fresh_ids,
    note,
    publish_source,
    say,
    send_and_approve,
    submit,
    target,
)

pytestmark = pytest.mark.django_db

#: What is translated before an author begins.
LESSON_WORDS = {
    "The heading": "Le titre",
    "hello.py": "bonjour.py",
    "one half": "un demi",
    "The caption": "La légende",
    "Country": "Pays",
    "Togo": "Le Togo",
    "Accra": "Akra",
    "The tip": "L’astuce",
    "Inside the tip.": "Dans l’astuce.",
    "cow": "vache",
    'A text with <a id="a1">a link</a>.': 'Un texte avec <a id="a1">un lien</a>.',
}
QUIZ_WORDS = {
    "goat": "chèvre",
    "cow": "vache",
    "maize": "maïs",
    "sow": "semer",
    "Accra": "Akra",
    "Yaoundé": "Yaoundé la belle",
    "in": "dans",
    "for day [[1]] range(3):\n    [[2]](day)": "for jour [[1]] range(3):\n    [[2]](jour)",
    "What of numeric?": "Combien ?",
}


class Place:
    """A published lesson and quiz with their published French."""

    def __init__(self) -> None:
        make_school("fr")
        self.course = make_course(modules=1)
        module = ModulePage.objects.child_of(self.course).get()
        self.lesson = LessonPage.objects.get(
            pk=add_lesson(module, "Loops", body=[*body(), question("single_choice")]).pk
        )
        self.quiz = QuizPage.objects.get(pk=add_quiz(module, "Quiz", questions=every_question()).pk)
        self.actor = administrator()
        submit(self.course, actor=self.actor)
        say(self.lesson, LESSON_WORDS, actor=self.actor)
        say(self.quiz, QUIZ_WORDS, actor=self.actor)
        send_and_approve(self.course)
        self.said = set(StringTranslation.objects.values_list("data", flat=True))
        self.client = Client()

    def raw(self, page: Any) -> list[dict[str, Any]]:
        return json.loads(json.dumps(list(stream(Page.objects.get(pk=page.pk).specific).get_prep_value())))

    def author_writes(self, page: Any, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
        """An author changes the blocks of a page and publishes; then the French is published again."""
        publish_source(page, **{field_of(page): change(self.raw(page))})
        self.holds(page)
        send_and_approve(self.course)
        self.holds(page, is_published=True)

    def holds(self, page: Any, *, is_published: bool = False) -> None:
        """Nothing is lost, everything opens, and once published both languages are built alike."""
        assert self.said <= set(StringTranslation.objects.values_list("data", flat=True))
        source, french = Page.objects.get(pk=page.pk).specific, target(page)
        for path in (
            reverse("wagtailadmin_pages:edit", args=[french.pk]),
            reverse("wagtailadmin_pages:edit", args=[source.pk]),
            french.url,
            source.url,
        ):
            answer = self.client.get(path, follow=True)
            assert answer.status_code == 200, (path, answer.status_code)
        if is_published:
            assert skeleton(stream(french).get_prep_value()) == skeleton(stream(source).get_prep_value())
            assert note(page).stale_since is None

    def french(self, page: Any) -> str:
        return json.dumps(stream(target(page)).get_prep_value(), ensure_ascii=False)

    def strings(self, page: Any) -> dict[str, str]:
        """Source → translation, as translators see them now."""
        return {row.source_text: row.translation for row in page_strings(page.translation_key, "fr").rows}


def field_of(page: Any) -> str:
    return "body" if isinstance(page, LessonPage) else "questions"


def stream(page: Any) -> Any:
    return getattr(page, field_of(page))


#: Parts of a block that are words; all else is the same in every language.
_WORDS = {
    *("text", "title", "caption", "description", "heading", "feedback", "explanation", "left", "right", "distractors"),
    *("accepted", "feedback_true", "feedback_false", "feedback_correct", "feedback_incorrect", "unit", "values"),
}


def skeleton(value: Any, name: str = "") -> Any:
    """A raw stream without its words: ids, keys, points, code, structure."""
    if name in _WORDS or (isinstance(value, str) and value.startswith("<p")):
        return f"<{name}>"
    if isinstance(value, dict):
        if value.get("type") == "item" and isinstance(value.get("value"), str):
            return {"type": "item", "id": value["id"]}
        return {key: skeleton(item, key) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [skeleton(item, name) for item in value]
    return value


@pytest.fixture(scope="module")
def place_made(module_db: None) -> Place:
    """Lesson and quiz with their French, made once."""
    return Place()


@pytest.fixture
def place(place_made: Place) -> Place:
    """A copy of that for each test; its rows are as they were made."""
    place = copy.copy(place_made)
    for name in ("course", "lesson", "quiz", "actor"):
        row = getattr(place_made, name)
        setattr(place, name, type(row).objects.get(pk=row.pk))
    place.client = Client()
    place.client.force_login(place.actor)
    return place


def test_before_anything_happens_everything_holds(place: Place) -> None:
    for page, words in ((place.lesson, LESSON_WORDS), (place.quiz, QUIZ_WORDS)):
        place.holds(page, is_published=True)
        shown = place.french(page)
        for text in ("vache", "Akra"):
            assert text in shown
        assert {source: place.strings(page)[source] for source in words} == words


@pytest.mark.parametrize("kind", ["lesson", "quiz"])
def test_a_block_is_added(place: Place, kind: str) -> None:
    page = getattr(place, kind)
    new = (
        rich_text("<p>Brand new.</p>") if kind == "lesson" else question("true_false", explanation="<p>Brand new.</p>")
    )
    place.author_writes(page, lambda raw: [raw[0], new, *raw[1:]])
    assert "Brand new." in place.french(page), "not translated yet: the source's words"
    say(page, {"Brand new.": "Tout neuf."})
    send_and_approve(place.course)
    assert "Tout neuf." in place.french(page)
    place.holds(page, is_published=True)


@pytest.mark.parametrize("kind", ["lesson", "quiz"])
def test_a_block_is_removed_and_brought_back(place: Place, kind: str) -> None:
    page = getattr(place, kind)
    before, words = place.raw(page), place.strings(page)
    for index in range(len(before)):
        publish_source(page, **{field_of(page): before[:index] + before[index + 1 :]})
        place.holds(page)
    place.author_writes(page, lambda _raw: before)
    assert place.strings(page) == words


@pytest.mark.parametrize("kind", ["lesson", "quiz"])
def test_blocks_change_places(place: Place, kind: str) -> None:
    page = getattr(place, kind)
    words = place.strings(page)
    publish_source(page, **{field_of(page): list(reversed(place.raw(page)))})
    assert note(page).stale_since is None, "order is not words: the French follows by itself"
    place.holds(page, is_published=True)
    assert place.strings(page) == words
    ids = [item["id"] for item in stream(target(page)).get_prep_value()]
    assert ids == [item["id"] for item in place.raw(page)]


@pytest.mark.parametrize("kind", ["lesson", "quiz"])
def test_a_stream_is_emptied_and_filled_again(place: Place, kind: str) -> None:
    page = getattr(place, kind)
    before, words = place.raw(page), place.strings(page)
    rest = [rich_text("<p>Soon.</p>")] if kind == "lesson" else [question("true_false")]
    place.author_writes(page, lambda _raw: rest)
    place.author_writes(page, lambda _raw: before)
    assert place.strings(page) == words


@pytest.mark.parametrize("kind", ["lesson", "quiz"])
def test_blocks_are_typed_anew_and_get_other_ids(place: Place, kind: str) -> None:
    page = getattr(place, kind)
    words = place.strings(page)
    place.author_writes(page, fresh_ids)
    assert place.strings(page) == words, "translations move with their words"
    assert "vache" in place.french(page)


def test_a_block_becomes_one_of_another_type(place: Place) -> None:
    def retype(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
        heading = next(item for item in raw if item["type"] == "heading")
        # The same id with another type: what an importer does that numbers its blocks.
        return [
            {"type": "rich_text", "id": heading["id"], "value": "<p>The heading</p>"} if item is heading else item
            for item in raw
        ]

    place.author_writes(place.lesson, retype)
    assert "<p>Le titre</p>" in place.french(place.lesson)


def test_a_question_becomes_one_of_another_type(place: Place) -> None:
    def retype(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
        single = next(item for item in raw if item["type"] == "single_choice")
        value = {**single["value"], "partial_credit": True}
        return [{**item, "type": "multiple_choice", "value": value} if item is single else item for item in raw]

    publish_source(place.quiz, questions=retype(place.raw(place.quiz)))
    place.holds(place.quiz, is_published=True)
    [changed] = [item for item in place.raw(place.quiz) if "goat" in json.dumps(item)]
    assert changed["type"] == "multiple_choice"
    assert "chèvre" in place.french(place.quiz)


def option(place: Place, text: str) -> dict[str, Any]:
    [found] = [
        entry["value"]
        for item in stream(target(place.quiz)).get_prep_value()
        if item["type"] == "single_choice"
        for entry in item["value"]["options"]
        if text in entry["value"]["text"]
    ]
    return found


def test_the_right_option_is_another_one(place: Place) -> None:
    """No words change, so learners of every language are graded by the new key at once."""

    def swap(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for item in raw:
            if item["type"] == "single_choice":
                for entry in item["value"]["options"]:
                    entry["value"]["correct"] = entry["value"]["text"] == "goat"
        return raw

    assert option(place, "chèvre")["correct"] is False
    publish_source(place.quiz, questions=swap(place.raw(place.quiz)))
    assert option(place, "chèvre")["correct"] is True
    assert option(place, "vache")["correct"] is False
    place.holds(place.quiz, is_published=True)


def test_the_words_of_an_option_change(place: Place) -> None:
    def rename(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return json.loads(json.dumps(raw).replace('"goat"', '"sheep"'))

    publish_source(place.quiz, questions=rename(place.raw(place.quiz)))
    row = note(place.quiz)
    assert (row.stale_since is not None, row.changed) == (True, 1)
    assert "chèvre" in place.french(place.quiz), "learners keep what was reviewed"
    [changed] = [row for row in page_strings(place.quiz.translation_key, "fr").rows if row.is_changed]
    assert (changed.source_text, changed.previous_source, changed.translation) == ("sheep", "goat", "")
    place.holds(place.quiz)
    say(place.quiz, {"sheep": "mouton"})
    send_and_approve(place.course)
    assert "mouton" in place.french(place.quiz)
    place.holds(place.quiz, is_published=True)


def test_an_option_is_added_and_one_removed(place: Place) -> None:
    def change(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for item in raw:
            if item["type"] == "single_choice":
                new = {
                    "type": "item",
                    "id": str(uuid.uuid4()),
                    "value": {"text": "mule", "correct": False, "feedback": ""},
                }
                item["value"]["options"] = [new, *item["value"]["options"][:2]]
        return raw

    place.author_writes(place.quiz, change)
    assert "mule" in place.french(place.quiz)
    assert "chèvre" in place.french(place.quiz)


def test_accepted_answers_are_added_in_front(place: Place) -> None:
    def change(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for item in raw:
            if item["type"] == "short_text":
                item["value"]["accepted"] = "Ongola\n" + item["value"]["accepted"]
        return raw

    place.author_writes(place.quiz, change)
    [answers] = [
        item["value"]["accepted"]
        for item in stream(target(place.quiz)).get_prep_value()
        if item["type"] == "short_text"
    ]
    assert answers.splitlines()[:2] == ["Ongola", "Yaoundé la belle"]


def test_rows_of_a_table_move(place: Place) -> None:
    def swap(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for item in raw:
            if item["type"] == "table":
                item["value"]["table"]["rows"].reverse()
        return raw

    place.author_writes(place.lesson, swap)
    assert place.strings(place.lesson)["Togo"] == "Le Togo"
    assert "Le Togo" in place.french(place.lesson)


def test_a_link_gets_another_address_and_the_french_follows(place: Place) -> None:
    def change(raw: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return json.loads(json.dumps(raw).replace("https://example.com/", "https://example.org/new/"))

    publish_source(place.lesson, body=change(place.raw(place.lesson)))
    assert 'href=\\"https://example.org/new/\\">un lien</a>' in place.french(place.lesson)
    place.holds(place.lesson, is_published=True)


def test_synchronising_again_and_again_changes_nothing(place: Place) -> None:
    for page in (place.lesson, place.quiz):
        before = place.strings(page), place.french(page)
        for _time in range(2):
            submit(place.course)
            source = TranslationSource.objects.get(object_id=page.translation_key)
            source.update_from_db()
            source.refresh_segments()
            publish_source(page)
        assert (place.strings(page), place.french(page)) == before
        place.holds(page, is_published=True)


def test_a_field_that_the_source_was_stored_without_is_offered(place: Place) -> None:
    """A new version brought ``summary``: the stored source knows nothing of it (wagtail-localize#467)."""
    Page.objects.get(pk=place.lesson.pk).specific.__class__.objects.filter(pk=place.lesson.pk).update(
        summary="Why loops."
    )
    source = TranslationSource.objects.get(object_id=place.lesson.translation_key)
    content = json.loads(source.content_json)
    del content["summary"]
    source.content_json, source.schema_version = json.dumps(content), "0000_before"
    source.save()
    place.holds(place.lesson)
    assert "Why loops." not in place.strings(place.lesson)
    words = place.strings(place.lesson)
    assert refresh_sources() == 1
    assert refresh_sources() == 0
    assert place.strings(place.lesson) == {**words, "Why loops.": ""}
    assert (note(place.lesson).stale_since is not None, note(place.lesson).changed) == (True, 1)
    assert note(place.quiz).stale_since is None
    say(place.lesson, {"Why loops.": "Pourquoi boucler."})
    send_and_approve(place.course)
    assert target(place.lesson).summary == "Pourquoi boucler."
    place.holds(place.lesson, is_published=True)


@pytest.mark.parametrize("kind", ["lesson", "quiz"])
def test_converted_to_an_alias_and_back(place: Place, kind: str) -> None:
    page = getattr(place, kind)
    words, shown = place.strings(page), place.french(page)
    french = target(page)
    answer = place.client.post(reverse("wagtail_localize:convert_to_alias", args=[french.pk]))
    assert answer.status_code == 302
    french = target(page)
    assert french.alias_of_id == page.pk
    assert place.french(page) == json.dumps(place.raw(page), ensure_ascii=False)
    assert note(page).published_percent == 0, "learners read the source's words and are told"
    place.holds(page)
    submit(place.course)
    assert Translation.objects.filter(source__object_id=page.translation_key).count() == 1
    assert place.strings(page) == words
    send_and_approve(place.course)
    assert target(page).alias_of_id is None
    assert place.french(page) == shown
    place.holds(page, is_published=True)


def test_the_french_page_is_deleted_and_made_again(place: Place) -> None:
    words, shown = place.strings(place.lesson), place.french(place.lesson)
    target(place.lesson).delete()
    assert place.said <= set(StringTranslation.objects.values_list("data", flat=True))
    submit(place.course)
    assert place.strings(place.lesson) == words
    send_and_approve(place.course)
    assert place.french(place.lesson) == shown
    place.holds(place.lesson, is_published=True)


def test_the_source_is_deleted_and_its_words_stay_in_the_memory(place: Place) -> None:
    key = place.lesson.translation_key
    Page.objects.get(pk=place.lesson.pk).specific.delete()
    dispatch()
    assert not Page.objects.filter(translation_key=key).exists()
    assert place.said <= set(StringTranslation.objects.values_list("data", flat=True))
    module = ModulePage.objects.get(locale__language_code="en")
    again = add_lesson(module, "Again", body=[block("heading", {"text": "The heading", "level": "2"})])
    submit(place.course)
    [row] = [row for row in page_strings(again.translation_key, "fr").rows if row.source_text == "The heading"]
    assert [(hint.text, hint.score) for hint in row.suggestions] == [("Le titre", 100)]


def test_learners_see_no_key_in_either_language(place: Place) -> None:
    """Accepted answers are offered to translators, never to learners."""
    for page in (place.quiz, target(place.quiz)):
        shown = json.dumps(
            [str(item) for item in learner_questions(list(page.questions.get_prep_value()), seed="any")],
            ensure_ascii=False,
        )
        for secret in ("Yaoundé", "zebu-secret"):
            assert secret not in shown, (page.locale, secret)


def test_wagtail_localize_screens_of_the_course_open(place: Place) -> None:
    for page in CoursePage.objects.filter(translation_key=place.course.translation_key):
        assert place.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
