"""Text as a search compares it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.folding import MAX_WORDS, excerpt, fold_text, marked, search_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’Élève ÉTUDIE", "l'eleve etudie"),
        ("cœur Straße ŒUVRE", "coeur strasse oeuvre"),
        ("مُحَمَّدٌ  كِتَابٌ", "محمد كتاب"),
        ("أحمد إلى آدم مدرسة", "احمد الي ادم مدرسه"),
        ("ســلام هٰذا", "سلام هذا"),
        ("हिन्दी की", "हिन्दी की"),
        ("a ´ b", "a  b"),
    ],
)
def test_what_is_the_same_word_is_written_the_same(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@given(st.text(max_size=200))
def test_a_folded_text_has_a_word_for_each_word(text: str) -> None:
    words = text.split()
    folded = fold_text(text)
    assert folded.split(" ") == [fold_text(word) for word in words] or not words
    assert len(folded.split(" ")) == max(1, len(words))


@given(st.text(max_size=80))
def test_whatever_is_asked_for_becomes_few_plain_words(text: str) -> None:
    words = search_words(text)
    assert len(words) <= MAX_WORDS
    assert all(word and not set(word) & set("%_ \\'\"\0") for word in words)


def test_a_question_becomes_its_words_once_each() -> None:
    assert search_words("  L'élève, l'ÉLÈVE! 100% _x_ ") == ["l", "eleve", "100", "x"]


def test_pieces_say_what_was_found_and_add_up_to_the_text() -> None:
    pieces = marked("La récolte du miel, la Récolte.", ["recolte", "miel"])
    assert pieces == [
        ("La ", False),
        ("récolte", True),
        (" du ", False),
        ("miel,", True),
        (" la ", False),
        ("Récolte.", True),
    ]
    assert marked("miel miel", ["miel"]) == [("miel", True), (" ", False), ("miel", True)]


def test_an_excerpt_shows_the_place_and_says_where_it_was_cut() -> None:
    text = " ".join(f"word{number}" for number in range(100)).replace("word50", "Éclair")
    pieces = excerpt(text, fold_text(text), ["eclair"])
    assert pieces == [
        ("… ", False),
        (" ".join(f"word{number}" for number in range(42, 50)) + " ", False),
        ("Éclair", True),
        (" " + " ".join(f"word{number}" for number in range(51, 74)), False),
        (" …", False),
    ]
    assert excerpt("Only this", "only this", ["this"]) == [("Only ", False), ("this", True)]
