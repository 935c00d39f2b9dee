"""Answers as they come in: checked against their question and cut to what it asks, before anything is stored."""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _lazy

from learning.errors import InvalidAnswer
from learning.grading.keyed import Entry, KeyedQuestion
from learning.grading.numbers import MAX_CHARACTERS, parse_number

__all__ = ["MAX_TEXT", "clean_answer", "is_empty"]

MAX_TEXT = 2000  #: characters of a short text
MAX_BLANK = 500  #: characters in a gap
_MAX_ENTRIES = 100

#: PostgreSQL's JSON takes neither NUL nor half a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean_answer(question: KeyedQuestion, answer: Any) -> dict[str, Any]:
    """Return ``answer`` in its one stored form; what the question doesn't ask for is dropped.

    An empty pick, text or order is fine: it clears an answer given before.

    Raises:
        InvalidAnswer: the shape is wrong, an id is none of the question's, a text is too long, a number is none.
    """
    name, clean = _CLEANERS[question.kind]
    if not isinstance(answer, dict) or name not in answer:
        raise InvalidAnswer(message=_lazy("The answer to this question is an object with “%s”.") % name)
    return {name: clean(question, answer[name])}


def is_empty(answer: dict[str, Any] | None) -> bool:
    """Whether a clean answer says nothing."""
    if not answer:
        return True
    (value,) = answer.values()
    if isinstance(value, dict):
        return not any(value.values())
    return value is None or value in ("", [])


def _option_ids(question: KeyedQuestion, value: Any) -> list[str]:
    picked = _ids(value, question.options)
    if question.kind == "single_choice" and len(picked) > 1:
        raise InvalidAnswer(message=_lazy("Pick one option only."))
    return picked


def _boolean(question: KeyedQuestion, value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise InvalidAnswer(message=_lazy("Answer with true or false."))


def _number(question: KeyedQuestion, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InvalidAnswer(message=_lazy("Write a number, for example 3.14."))
    if isinstance(value, int) and abs(value) >= 10**MAX_CHARACTERS:  # str() refuses the hugest
        raise InvalidAnswer(message=_lazy("Write a number, for example 3.14."))
    text = _text(str(value), MAX_CHARACTERS).strip()
    if text and parse_number(text) is None:
        raise InvalidAnswer(message=_lazy("Write a number, for example 3.14."))
    return text


def _short(question: KeyedQuestion, value: Any) -> str:
    return "" if value is None else _text(value, MAX_TEXT)


def _order(question: KeyedQuestion, value: Any) -> list[str]:
    order = _ids(value, question.items)
    if order and len(order) != len(question.items):
        raise InvalidAnswer(message=_lazy("Put every item in the order, each once."))
    return order


def _matches(question: KeyedQuestion, value: Any) -> dict[str, str]:
    pairs = _mapping(value)
    lefts, rights = ({entry.id for entry in side} for side in (question.lefts, question.rights))
    for left, right in pairs.items():
        if left not in lefts or not (right in (None, "") or (isinstance(right, str) and right in rights)):
            raise InvalidAnswer(message=_lazy("One of the choices is not of this question."))
    return {left: right for left, right in pairs.items() if right}


def _blanks(question: KeyedQuestion, value: Any) -> dict[str, str]:
    gaps = {str(number) for number in range(1, len(question.blanks) + 1)}
    texts = _mapping(value)
    if not texts.keys() <= gaps:
        raise InvalidAnswer(message=_lazy("There is no such gap in this question."))
    return {gap: "" if text is None else _text(text, MAX_BLANK) for gap, text in texts.items()}


_CLEANERS: dict[str, tuple[str, Callable[[KeyedQuestion, Any], Any]]] = {
    "single_choice": ("option_ids", _option_ids),
    "multiple_choice": ("option_ids", _option_ids),
    "true_false": ("value", _boolean),
    "numeric": ("number", _number),
    "short_text": ("text", _short),
    "ordering": ("order", _order),
    "matching": ("matches", _matches),
    "fill_blanks": ("blanks", _blanks),
}


def _ids(value: Any, entries: tuple[Entry, ...]) -> list[str]:
    """Ids of ``entries``, each kept once, in the order given."""
    if value is None:
        return []
    known = {entry.id for entry in entries}
    if not isinstance(value, list) or len(value) > _MAX_ENTRIES:
        raise InvalidAnswer(message=_lazy("Give a list of choices."))
    if not all(isinstance(item, str) and item in known for item in value):
        raise InvalidAnswer(message=_lazy("One of the choices is not of this question."))
    return list(dict.fromkeys(value))


def _mapping(value: Any) -> dict[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > _MAX_ENTRIES:
        raise InvalidAnswer(message=_lazy("Give an object of choices."))
    return value


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str):
        raise InvalidAnswer(message=_lazy("Answer with text."))
    if len(value) > limit:
        raise InvalidAnswer(message=_lazy("This answer is too long."))
    if _UNSTORABLE.search(value):
        raise InvalidAnswer(message=_lazy("This answer holds characters that are no text."))
    return value
