"""Grading, type by type, and what holds for any answer."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.tests.questions import KEY_WORD, every_question, question
from learning.errors import InvalidAnswer
from learning.grading import clean_answer, freeze_question, grade, read_question
from learning.tests.factories import right_answer, wrong_answer

ALL = [freeze_question(raw, seed="s", shuffle_options=True) for raw in every_question()]
BY_KIND = {raw["type"]: raw for raw in ALL}
KINDS = list(BY_KIND)


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_earns_everything(kind):
    assert grade(BY_KIND[kind], right_answer(BY_KIND[kind])).fraction == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_answer_earns_nothing(kind):
    assert grade(BY_KIND[kind], wrong_answer(BY_KIND[kind])).fraction == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ["option_ids", "value", "number", "text", "order", "matches", "blanks"]


def _ids(raw: dict[str, Any]) -> list[str]:
    return [given for ids in raw["ids"].values() for given in ids] or ["1"]


@st.composite
def near_answers(draw, raw):
    """Answers that look right: known fields, known ids, and junk beside them."""
    known = st.sampled_from(_ids(raw)) | st.sampled_from(["1", "2", "9", "in", "print", "yaounde", "3,14", ""])
    value = draw(JSON | known | st.lists(known | JSON, max_size=8) | st.dictionaries(known, known | JSON, max_size=5))
    return {draw(st.sampled_from(FIELDS)): value}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_any_answer_earns_between_nothing_and_everything(kind, data):
    answer = data.draw(JSON | near_answers(BY_KIND[kind]))
    found = grade(BY_KIND[kind], answer)
    assert 0 <= found.fraction <= 1
    assert found.is_correct == (found.fraction == 1)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_cleaning_keeps_one_field_or_refuses_and_changes_no_grade(kind, data):
    raw = BY_KIND[kind]
    answer = data.draw(JSON | near_answers(raw))
    keyed = read_question(raw)
    try:
        cleaned = clean_answer(keyed, answer)
    except InvalidAnswer:
        return
    assert len(cleaned) == 1
    assert clean_answer(keyed, cleaned) == cleaned
    assert grade(raw, cleaned) == grade(raw, answer)


@given(picked=st.lists(st.sampled_from(BY_KIND["multiple_choice"]["ids"]["options"]), unique=True))
def test_partial_credit_is_right_picks_less_wrong_ones(picked):
    keyed = read_question(BY_KIND["multiple_choice"])
    right = {option.id for option in keyed.options if option.is_correct}
    expected = max(Fraction(0), Fraction(len(right & set(picked)) - len(set(picked) - right), len(right)))
    assert grade(keyed, {"option_ids": picked}).fraction == expected


def test_without_partial_credit_a_part_earns_nothing():
    raw = question("multiple_choice", partial_credit=False)
    ids = right_answer(raw)["option_ids"]
    assert grade(raw, {"option_ids": ids[:1]}).fraction == 0
    assert grade(raw, {"option_ids": ids}).fraction == 1


@pytest.mark.parametrize(
    ("typed", "fraction"),
    [
        ("3.14", 1),
        ("3,14", 1),
        (" 3.15 ", 1),
        ("3.13", 1),
        ("3.1501", 0),
        ("314e-2", 1),
        ("0 003,14", 1),
        ("٣٫١٤", 0),
        ("٣.١٤", 1),
        ("", 0),
    ],
)
def test_numbers_as_people_type_them(typed, fraction):
    assert grade(BY_KIND["numeric"], {"number": typed}).fraction == fraction


@pytest.mark.parametrize("typed", ["Yaoundé", " yaounde", "YAOUNDE\u0301 ", "Yaounde\u0301", f"{KEY_WORD}  TOWN"])
def test_short_texts_forgive_case_accents_and_spaces(typed):
    assert grade(BY_KIND["short_text"], {"text": typed}).fraction == 1


def test_ordering_counts_items_in_their_right_place():
    keyed = read_question(BY_KIND["ordering"])
    sow, weed, harvest, thresh = (item.id for item in keyed.items)
    assert grade(keyed, {"order": [sow, weed, thresh, harvest]}).fraction == Fraction(1, 2)
    assert grade(keyed, {"order": [weed, harvest, thresh, sow]}).fraction == 0


def test_matching_and_gaps_earn_their_share():
    keyed = read_question(BY_KIND["matching"])
    matches = dict(list(right_answer(keyed)["matches"].items())[:2])
    assert grade(keyed, {"matches": matches}).fraction == Fraction(2, 3)
    assert grade(BY_KIND["fill_blanks"], {"blanks": {"1": "IN", "2": "say"}}).fraction == Fraction(1, 2)


def test_feedback_is_that_of_the_options_picked():
    keyed = read_question(BY_KIND["single_choice"])
    goat = keyed.options[0]
    assert grade(keyed, {"option_ids": [goat.id]}).feedback == (goat.feedback,)
    assert grade(BY_KIND["true_false"], {"value": False}).feedback == (f"{KEY_WORD} false",)


DEEP: Any = []
for _level in range(500):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("single_choice", None),
        ("single_choice", []),
        ("single_choice", {"option_ids": "x"}),
        ("single_choice", {"option_ids": [{}]}),
        ("single_choice", {"option_ids": ["nobody"]}),
        ("single_choice", {"option_ids": BY_KIND["single_choice"]["ids"]["options"]}),
        ("multiple_choice", {"option_ids": ["a"] * 100_000}),
        ("multiple_choice", {"option_ids": DEEP}),
        ("true_false", {"value": "true"}),
        ("true_false", {"value": 1}),
        ("numeric", {"number": "NaN"}),
        ("numeric", {"number": "Infinity"}),
        ("numeric", {"number": float("nan")}),
        ("numeric", {"number": "1e999999999"}),
        ("numeric", {"number": 10**400}),
        ("numeric", {"number": "9" * 60}),
        ("numeric", {"number": True}),
        ("short_text", {"text": "a" * 2001}),
        ("short_text", {"text": "a\x00b"}),
        ("short_text", {"text": "\ud800"}),
        ("short_text", {"text": {"deep": DEEP}}),
        ("ordering", {"order": BY_KIND["ordering"]["ids"]["items"][:2]}),
        ("ordering", {"order": {}}),
        ("matching", {"matches": {"x": "y"}}),
        ("matching", {"matches": {BY_KIND["matching"]["ids"]["lefts"][0]: []}}),
        ("matching", {"matches": []}),
        ("fill_blanks", {"blanks": {"3": "in"}}),
        ("fill_blanks", {"blanks": {"1": 5}}),
        ("fill_blanks", {"blanks": {"1": "x" * 501}}),
    ],
)
def test_hostile_answers_are_refused_with_a_message(kind, answer):
    with pytest.raises(InvalidAnswer) as refused:
        clean_answer(read_question(BY_KIND[kind]), answer)
    assert (refused.value.code, refused.value.field) == ("invalid_answer", "answer")
    assert len(str(refused.value)) > 10
    assert grade(BY_KIND[kind], answer).fraction == 0
