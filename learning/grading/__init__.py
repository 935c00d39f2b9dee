"""Grading: pure functions from a question with its key and an answer to a share of the points."""

from learning.grading.answers import clean_answer, is_empty
from learning.grading.grade import Grade, grade
from learning.grading.keyed import KeyedQuestion, freeze_question, read_question
from learning.grading.numbers import parse_number
from learning.grading.text import fold

__all__ = [
    "Grade",
    "KeyedQuestion",
    "clean_answer",
    "fold",
    "freeze_question",
    "grade",
    "is_empty",
    "parse_number",
    "read_question",
]
