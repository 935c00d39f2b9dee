"""What a learner sees of a question holds nothing of its key."""

import dataclasses
import json
from typing import Any

import pytest
from wagtail.blocks import StreamValue

from courses.models import ModulePage
from courses.tests.factories import add_quiz, make_course
from courses.tests.questions import KEY_WORD, every_question, question
from learning.actions import start_attempt
from learning.grading import freeze_question, read_question
from learning.questions import attempt_questions, learner_question, learner_questions
from learning.tests.factories import enrolled_learner

EVERY = every_question()
KINDS = [raw["type"] for raw in EVERY]


def as_json(value: Any) -> Any:
    """Everything reachable from a learner's question, as an API or a template could print it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name.name: as_json(getattr(value, name.name)) for name in dataclasses.fields(value)}
    if isinstance(value, StreamValue):
        return [{"type": child.block_type, "value": str(child.value), "html": child.render()} for child in value]
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    return value if isinstance(value, (int, bool)) or value is None else str(value)


@pytest.mark.parametrize("raw", EVERY, ids=KINDS)
def test_no_key_in_what_a_learner_sees(raw):
    for source in (raw, freeze_question(raw, seed="s", shuffle_options=True)):
        seen = as_json(learner_question(source, seed="s"))
        text = json.dumps(seen, ensure_ascii=False)
        assert KEY_WORD not in text
        assert not {"correct", "accepted", "answer", "tolerance", "explanation", "feedback"} & set(seen)
        if raw["type"] in ("short_text", "numeric"):
            assert "aound" not in text
            assert "3.14" not in text
            assert "0.01" not in text


def test_ids_of_a_pair_have_nothing_in_common():
    raw = next(raw for raw in EVERY if raw["type"] == "matching")
    keyed = read_question(raw)
    block_ids = {item["id"] for item in raw["value"]["pairs"]}
    outward = {entry.id for entry in (*keyed.lefts, *keyed.rights)}
    assert len(outward) == 8
    assert not outward & block_ids


def test_items_to_order_never_come_in_the_right_order():
    for number in range(60):
        for items in (["a", "b"], ["a", "b", "c"], ["a", "a", "b"]):
            raw = question("ordering", items=[{"type": "item", "value": text, "id": text} for text in items])
            seen = learner_question(raw, seed=str(number))
            assert sorted(choice.html for choice in seen.items) == items
            assert [choice.html for choice in seen.items] != items


def test_the_same_seed_shows_the_same_order_and_frozen_ones_keep_theirs():
    raw = question("single_choice")
    frozen = freeze_question(raw, seed="first", shuffle_options=True)
    orders = {tuple(option.id for option in learner_question(frozen, seed=str(number)).options) for number in range(9)}
    assert orders == {tuple(frozen["order"])}
    again = [learner_question(raw, seed="x", shuffle_options=True) for _time in range(2)]
    assert again[0].options == again[1].options


def test_frozen_questions_survive_a_changed_page_and_a_new_secret_key(settings):
    raw = question("matching")
    frozen = freeze_question(raw, seed="s", shuffle_options=True)
    before = learner_question(frozen, seed="s")
    settings.SECRET_KEY = "another key"
    assert learner_question(frozen, seed="s").rights == before.rights


def test_plain_text_is_escaped_and_rich_options_are_not():
    raw = question("matching", distractors="<script>\n")
    assert "&lt;script&gt;" in {choice.html for choice in learner_question(raw, seed="s").rights}
    options = [{"type": "item", "id": "a1", "value": {"text": "<b>bold</b>", "correct": True, "feedback": ""}}]
    assert learner_question(question("single_choice", options=options), seed="s").options[0].html == "<b>bold</b>"


def test_gaps_stand_where_the_text_has_them():
    seen = learner_question(question("fill_blanks"), seed="s")
    assert seen.segments == ("for day ", 1, " range(3):\n    ", 2, "(day)")


def test_no_question_is_no_question():
    with pytest.raises(ValueError, match="not a question"):
        learner_question({"type": "rich_text", "id": "x", "value": "<p></p>"}, seed="s")


@pytest.mark.django_db
def test_pictures_of_all_prompts_come_in_as_many_queries_as_of_one(django_assert_num_queries):
    from wagtail.images.models import Image
    from wagtail.images.tests.utils import get_test_image_file

    image = Image.objects.create(title="Tree", file=get_test_image_file())

    def pool(count):
        prompt = [{"type": "image", "id": "i", "value": {"image": image.pk, "alt": "A tree"}}]
        return [question("short_text", prompt=prompt) for _number in range(count)]

    for count in (1, 10):
        with django_assert_num_queries(1):
            seen = learner_questions(pool(count), seed="s")
            assert [child.value["image"].pk for one in seen for child in one.prompt] == [image.pk] * count


@pytest.mark.django_db
def test_children_of_a_page_and_of_an_attempt_agree_on_ids():
    course = make_course(modules=1)
    quiz = add_quiz(ModulePage.objects.child_of(course).get(), shuffle_options=False)
    learner = enrolled_learner(course).learner
    attempt = start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en")
    page = learner_questions(list(quiz.questions), seed="s")
    taken = attempt_questions(attempt)
    assert [one.key for one in page] == [one.key for one in taken]
    assert [one.options for one in page] == [one.options for one in taken]
    assert [{choice.id for choice in one.rights} for one in page] == [
        {choice.id for choice in one.rights} for one in taken
    ]
