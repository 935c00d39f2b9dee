"""Block ids that stay: an edited paragraph, an added picture or a translation keeps the ids of what is the same.

Learners' answers hang on the ids of questions and their options, translations and comments on those of any block.
All functions work on StreamField's stored form: lists of ``{"type", "value", "id"}``.
"""

import json
import uuid
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any

Row = dict[str, Any]


def keep_ids(
    new: list[Row], old: list[Row], *, is_translation: bool = False, earlier: list[Row] | None = None
) -> list[Row]:
    """Give every block of ``new`` an id, in place: that of its counterpart in ``old``, or a fresh one.

    Counterparts are, in this order: blocks that carry their id already (questions with a name), equal blocks in the
    same order, equal blocks that moved, and blocks of one type between the same neighbours.

    Args:
        is_translation: ``old`` is the original in another language, so that only types and order can be compared.
        earlier: what a translation said before; blocks that the original lacks keep their ids from there.
    """
    by_id = {row.get("id"): row for row in old if row.get("id")}
    partner: dict[int, Row] = {}
    taken: set[int] = set()
    for number, row in enumerate(new):
        known = by_id.get(row.get("id"))
        if known is not None:
            partner[number] = known
            taken.add(id(known))
    free_new = [number for number, row in enumerate(new) if number not in partner and not row.get("id")]
    free_old = [row for row in old if id(row) not in taken and row.get("id")]
    _align(new, free_new, free_old, partner, _kind if is_translation else _content)
    if earlier:
        given = {row["id"] for row in partner.values()}
        rest = [number for number in free_new if number not in partner]
        spare = [row for row in earlier if row.get("id") and row["id"] not in given]
        _align(new, rest, spare, partner, _content)
    for number, row in enumerate(new):
        counterpart = partner.get(number)
        row["id"] = row.get("id") or (counterpart["id"] if counterpart else str(uuid.uuid4()))
        _inner(row.get("value"), counterpart.get("value") if counterpart else None, is_translation=is_translation)
    return new


def _align(
    new: list[Row], free_new: list[int], free_old: list[Row], partner: dict[int, Row], mark: Callable[[Row], str]
) -> None:
    new_marks = [mark(new[number]) for number in free_new]
    old_marks = [mark(row) for row in free_old]
    codes = SequenceMatcher(None, new_marks, old_marks, autojunk=False).get_opcodes()
    used: set[int] = set()
    for tag, new_from, new_to, old_from, _old_to in codes:
        if tag == "equal":
            for step in range(new_to - new_from):
                partner[free_new[new_from + step]] = free_old[old_from + step]
                used.add(old_from + step)
    for place, number in enumerate(free_new):  # moved
        if number not in partner:
            same = next((i for i, old in enumerate(old_marks) if i not in used and old == new_marks[place]), None)
            if same is not None:
                partner[number] = free_old[same]
                used.add(same)
    for tag, new_from, new_to, old_from, old_to in codes:  # changed in place
        if tag != "replace":
            continue
        candidates = [index for index in range(old_from, old_to) if index not in used]
        for place in range(new_from, new_to):
            number = free_new[place]
            if number in partner:
                continue
            match = next((i for i in candidates if free_old[i].get("type") == new[number].get("type")), None)
            if match is not None:
                partner[number] = free_old[match]
                used.add(match)
                candidates = [index for index in candidates if index > match]


def _inner(value: Any, old: Any, *, is_translation: bool) -> None:
    """Ids of the lists inside a block: a callout's body, a question's options."""
    if not isinstance(value, dict):
        return
    before = old if isinstance(old, dict) else {}
    for name, inner in value.items():
        if _is_stream(inner):
            counterpart = before.get(name)
            known: list[Row] = counterpart if isinstance(counterpart, list) and _is_stream(counterpart) else []
            keep_ids(inner, known, is_translation=is_translation)


def _is_stream(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) and "type" in row and "value" in row for row in value)


def _kind(row: Row) -> str:
    return str(row.get("type"))


def _content(row: Row) -> str:
    return json.dumps(without_ids(row), sort_keys=True, ensure_ascii=False)


def without_ids(value: Any) -> Any:
    """The same content with no ids anywhere."""
    if isinstance(value, list):
        return [without_ids(item) for item in value]
    if isinstance(value, dict):
        is_row = "type" in value and "value" in value
        return {name: without_ids(item) for name, item in value.items() if not (is_row and name == "id")}
    return value
