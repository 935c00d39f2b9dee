"""Whether a question can be answered and graded, judged from its stored form."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from courses.blocks.questions import GAP, QUESTION_TYPES, accepted_answers
from courses.checks.streams import list_values, walk

_TAG = re.compile(r"<[^>]*>")


def is_question(block_name: str) -> bool:
    """Whether a block of this name asks something."""
    return block_name in QUESTION_TYPES


def question_problems(kind: str, value: dict[str, Any]) -> Iterator[str]:
    """Say what keeps a question from being answered or graded."""
    if not any(_says_something(name, inner) for name, inner in walk(value.get("prompt") or [])):
        yield _("The question itself is empty.")
    yield from _CHECKS[kind](value)


def _says_something(name: str, value: Any) -> bool:
    if name == "rich_text":
        return bool(_TAG.sub("", value or "").strip())
    return bool(value)


def _options(value: dict[str, Any], *, exactly_one: bool) -> Iterator[str]:
    options = [option for option in list_values(value.get("options")) if isinstance(option, dict)]
    right = sum(1 for option in options if option.get("correct"))
    if len(options) < 2:
        yield _("A choice needs two options or more.")
    elif exactly_one and right != 1:
        yield _("Mark exactly one option as right.")
    elif right < 1:
        yield _("Mark at least one option as right.")
    if any(not _TAG.sub("", option.get("text") or "").strip() for option in options):
        yield _("An option is empty.")


def _single_choice(value: dict[str, Any]) -> Iterator[str]:
    return _options(value, exactly_one=True)


def _multiple_choice(value: dict[str, Any]) -> Iterator[str]:
    return _options(value, exactly_one=False)


def _true_false(value: dict[str, Any]) -> Iterator[str]:
    if str(value.get("answer")).lower() not in ("true", "false"):
        yield _("Say whether the statement is true or false.")


def _numeric(value: dict[str, Any]) -> Iterator[str]:
    try:
        Decimal(str(value.get("answer")))
    except InvalidOperation:
        yield _("Give the right number.")


def _short_text(value: dict[str, Any]) -> Iterator[str]:
    if not accepted_answers(value.get("accepted") or ""):
        yield _("Give at least one accepted answer.")


def _ordering(value: dict[str, Any]) -> Iterator[str]:
    items = [str(item or "").strip() for item in list_values(value.get("items"))]
    if len(items) < 2 or not all(items):
        yield _("Give two items or more to put in order.")
    elif len(set(items)) != len(items):
        yield _("Two items are the same; learners could not tell them apart.")


def _matching(value: dict[str, Any]) -> Iterator[str]:
    pairs = [pair for pair in list_values(value.get("pairs")) if isinstance(pair, dict)]
    lefts = [str(pair.get("left") or "").strip() for pair in pairs]
    rights = [str(pair.get("right") or "").strip() for pair in pairs]
    choices = [*rights, *accepted_answers(value.get("distractors") or "")]
    if len(pairs) < 2 or not all(lefts) or not all(rights):
        yield _("Give two pairs or more to match.")
    elif len(set(lefts)) != len(lefts) or len(set(choices)) != len(choices):
        yield _("Two choices on one side are the same; learners could not tell them apart.")


def _fill_blanks(value: dict[str, Any]) -> Iterator[str]:
    blanks = [blank for blank in list_values(value.get("blanks")) if isinstance(blank, dict)]
    gaps = sorted(int(number) for number in GAP.findall(value.get("text") or ""))
    if not blanks or gaps != list(range(1, len(blanks) + 1)):
        yield _("Use each of [[1]] to [[%(count)d]] exactly once, one for each gap below.") % {
            "count": max(len(blanks), 1)
        }
    if any(not accepted_answers(blank.get("accepted") or "") for blank in blanks):
        yield _("Give at least one accepted answer for each gap.")


_CHECKS = {
    "single_choice": _single_choice,
    "multiple_choice": _multiple_choice,
    "true_false": _true_false,
    "numeric": _numeric,
    "short_text": _short_text,
    "ordering": _ordering,
    "matching": _matching,
    "fill_blanks": _fill_blanks,
}
