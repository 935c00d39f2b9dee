"""From a question and an answer to a share of the points."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from learning.errors import InvalidAnswer
from learning.grading.answers import clean_answer, is_empty
from learning.grading.keyed import KeyedQuestion, read_question
from learning.grading.numbers import parse_number
from learning.grading.text import fold

__all__ = ["Grade", "grade"]


@dataclass(frozen=True)
class Grade:
    """How an answer was judged.

    ``fraction`` is the exact share of the points in [0, 1]. ``feedback`` is plain text, in the order of the options
    picked. ``parts`` tells right from wrong for each option picked, item, left side or gap, by its id.
    """

    fraction: Fraction
    feedback: tuple[str, ...] = ()
    parts: dict[str, bool] = field(default_factory=dict)

    @property
    def is_correct(self) -> bool:
        """Whether the whole of the points is earned."""
        return self.fraction == 1


def grade(question: Any, answer: Any) -> Grade:
    """Judge ``answer``; whatever it is, this never raises: an answer of the wrong shape earns nothing.

    - single choice, true/false, number, short text: all or nothing;
    - multiple choice: with partial credit (right picks − wrong picks) ÷ right options, at least 0, else all or nothing;
    - ordering: share of items in their right place (simple to explain to learners, unlike longest common runs);
    - matching: share of left sides joined rightly; fill in the blanks: share of gaps.

    Args:
        question: a ``KeyedQuestion``, or what ``read_question`` takes.
        answer: as posted or stored.
    """
    question = read_question(question)
    try:
        cleaned = clean_answer(question, answer)
    except InvalidAnswer:
        return Grade(Fraction(0))
    if is_empty(cleaned):
        return Grade(Fraction(0))
    (value,) = cleaned.values()
    return _GRADERS[question.kind](question, value)


def _choice(question: KeyedQuestion, picked: list[str]) -> Grade:
    parts = {option.id: option.is_correct for option in question.options if option.id in picked}
    right = {option.id for option in question.options if option.is_correct}
    hits = sum(parts.values())
    if question.kind == "multiple_choice" and question.partial_credit and right:
        fraction = max(Fraction(0), Fraction(hits - (len(picked) - hits), len(right)))
    else:
        fraction = Fraction(int(set(picked) == right))
    said = tuple(option.feedback for option in question.options if option.id in picked and option.feedback)
    return Grade(fraction, said, parts)


def _true_false(question: KeyedQuestion, value: bool) -> Grade:
    said = question.feedback[value]
    return Grade(Fraction(int(question.answer == str(value).lower())), (said,) if said else ())


def _numeric(question: KeyedQuestion, text: str) -> Grade:
    number, right = parse_number(text), question.right_answer
    if number is None or right is None:
        return Grade(Fraction(0))
    # As fractions: a difference of Decimals is rounded to 28 digits.
    return _whole(question, abs(Fraction(number) - Fraction(right)) <= Fraction(question.tolerance))


def _short_text(question: KeyedQuestion, text: str) -> Grade:
    return _whole(question, _is_accepted(text, question.accepted))


def _ordering(question: KeyedQuestion, order: list[str]) -> Grade:
    texts = {item.id: item.text for item in question.items}
    parts = {
        given: texts[given] == right.text for given, right in zip(order, question.items, strict=True)
    }  # by text: equal items may change places
    return _share(question, parts)


def _matching(question: KeyedQuestion, matches: dict[str, str]) -> Grade:
    said = {right.id: right.text for right in question.rights}
    parts = {
        left.id: said.get(matches.get(left.id, "")) == right.text
        for left, right in zip(question.lefts, question.rights, strict=False)
    }
    return _share(question, parts)


def _fill_blanks(question: KeyedQuestion, texts: dict[str, str]) -> Grade:
    parts = {
        str(number): _is_accepted(texts.get(str(number), ""), accepted)
        for number, accepted in enumerate(question.blanks, start=1)
    }
    return _share(question, parts)


_GRADERS: dict[str, Any] = {
    "single_choice": _choice,
    "multiple_choice": _choice,
    "true_false": _true_false,
    "numeric": _numeric,
    "short_text": _short_text,
    "ordering": _ordering,
    "matching": _matching,
    "fill_blanks": _fill_blanks,
}


def _is_accepted(text: str, accepted: tuple[str, ...]) -> bool:
    given = fold(text)
    return bool(given) and any(given == fold(answer) for answer in accepted)


def _whole(question: KeyedQuestion, is_right: bool) -> Grade:
    said = question.feedback[is_right]
    return Grade(Fraction(int(is_right)), (said,) if said else ())


def _share(question: KeyedQuestion, parts: dict[str, bool]) -> Grade:
    fraction = Fraction(sum(parts.values()), len(parts)) if parts else Fraction(0)
    said = question.feedback[fraction == 1]
    return Grade(fraction, (said,) if said else (), parts)
