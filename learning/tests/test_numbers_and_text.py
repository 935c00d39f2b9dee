"""How typed numbers and words are read."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.grading import fold, parse_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("3.14", "3.14"),
        ("3,14", "3.14"),
        ("1 000", "1000"),
        ("1\u202f000,5", "1000.5"),
        ("1,000.5", "1000.5"),
        ("1.000,5", "1000.5"),
        ("1,000,000", "1000000"),
        ("1.000.000", "1000000"),
        ("−2", "-2"),
        ("+2", "2"),
        (".5", "0.5"),
        ("5.", "5"),
        ("6.02e23", "6.02e23"),
        ("-0", "0"),
    ],
)
def test_reads(typed, number):
    assert parse_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    ["", "nan", "NaN", "inf", "-Infinity", "1e31", "1e999", "1e-999", "two", "1/2", "0x10", "1" * 65, "--1", "."],
)
def test_refuses(typed):
    assert parse_number(typed) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=5))
def test_reads_what_python_writes(number):
    text = f"{number:f}"
    assert parse_number(text) == number
    assert parse_number(text.replace(".", ",")) == number


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Œuf", "oeuf"), ("l’eau", "l'eau"), ("STRASSE", "straße"), ("Ọjọ́", "ojo"), ("ﬁn", "fin"), ("a  b", " a\u00a0b ")],
)
def test_same_words(one, other):
    assert fold(one) == fold(other)
