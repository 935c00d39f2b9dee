"""A question with its key, read from the raw blocks of a page or from an attempt that froze them.

Nothing of this module leaves the server; ``learning.questions`` makes what learners see.
"""

import hashlib
import hmac
import random
import uuid
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings

from courses.blocks.questions import GAP, QUESTION_TYPES, accepted_answers

__all__ = ["Entry", "KeyedQuestion", "freeze_question", "read_question"]


@dataclass(frozen=True)
class Entry:
    """One option, item, left or right side: an outward id and what it says (rich text for options, else plain)."""

    id: str
    text: str
    is_correct: bool = False
    feedback: str = ""


@dataclass(frozen=True)
class KeyedQuestion:
    """A question of any type with everything that grading needs; fields that its type lacks are empty."""

    key: str
    kind: str
    points: int
    prompt: Any  #: raw stream of simple blocks
    explanation: str  #: rich text
    options: tuple[Entry, ...] = ()
    partial_credit: bool = False
    answer: str = ""  #: of true/false and numeric
    tolerance: Decimal = Decimal(0)
    unit: str = ""
    accepted: tuple[str, ...] = ()
    items: tuple[Entry, ...] = ()  #: in the right order
    lefts: tuple[Entry, ...] = ()
    rights: tuple[Entry, ...] = ()  #: those of ``lefts`` in their order, then the distractors
    segments: tuple[str | int, ...] = ()
    blanks: tuple[tuple[str, ...], ...] = ()
    feedback: tuple[str, str] = ("", "")  #: said when wrong (or “false” is picked), when right (or “true”)
    order: tuple[str, ...] = ()  #: frozen order of option, item or right ids; empty: not frozen

    @property
    def right_answer(self) -> Decimal | None:
        """The number of a numeric question."""
        return _decimal(self.answer)


def read_question(source: Any) -> KeyedQuestion:
    """Read a question from a raw block, from a child of a stream, or from an attempt.

    Args:
        source: ``{"type", "value", "id"}`` as stored, perhaps frozen by :func:`freeze_question`, or a ``StreamChild``.

    Raises:
        ValueError: it is no question.
    """
    if isinstance(source, KeyedQuestion):
        return source
    raw = source if isinstance(source, dict) else source.get_prep_value()
    kind, value = raw.get("type"), raw.get("value")
    if kind not in QUESTION_TYPES or not isinstance(value, dict) or not raw.get("id"):
        raise ValueError("not a question")
    key = str(raw["id"])
    ids = raw.get("ids") or {}
    return KeyedQuestion(
        key=key,
        kind=kind,
        points=max(1, int(value.get("points") or 1)),
        prompt=value.get("prompt") or [],
        explanation=value.get("explanation") or "",
        feedback=(
            value.get("feedback_false") or value.get("feedback_incorrect") or "",
            value.get("feedback_true") or value.get("feedback_correct") or "",
        ),
        order=tuple(raw.get("order") or ()),
        **_READERS[kind](key, value, ids),
    )


def freeze_question(source: Any, *, seed: str, shuffle_options: bool) -> dict[str, Any]:
    """Return a raw question fit for an attempt: ids and the order of options written down, whatever the page becomes.

    Args:
        seed: decides the order.
        shuffle_options: for choice questions; items to order and right sides are always shuffled.
    """
    raw = source if isinstance(source, dict) else source.get_prep_value()
    question = read_question(raw)
    ids = {
        name: [entry.id for entry in getattr(question, name)]
        for name in ("options", "items", "lefts", "rights")
        if getattr(question, name)
    }
    return {
        "id": question.key,
        "type": question.kind,
        "value": raw["value"],
        "ids": ids,
        "order": list(presented_order(question, seed=seed, shuffle_options=shuffle_options)),
    }


def presented_order(question: KeyedQuestion, *, seed: str, shuffle_options: bool) -> tuple[str, ...]:
    """The order in which a learner meets options, items or right sides: the frozen one, or one made of ``seed``.

    Items to put in order never stand in the right one, if at least two differ.
    """
    if question.order:
        return question.order
    entries = list(question.options or question.items or question.rights)
    if question.options and not shuffle_options:
        return tuple(entry.id for entry in entries)
    random.Random(f"{seed}:{question.key}").shuffle(entries)  # noqa: S311 (an order, not a secret)
    right = [entry.text for entry in question.items]
    if len(set(right)) > 1:
        while [entry.text for entry in entries] == right:
            entries.append(entries.pop(0))
    return tuple(entry.id for entry in entries)


def _choice(key: str, value: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    frozen = ids.get("options")
    options = []
    for index, (given_id, option) in enumerate(_listed(value.get("options"))):
        option = option if isinstance(option, dict) else {}
        outward = frozen[index] if frozen else given_id or _derived_id(key, "option", index)
        options.append(
            Entry(outward, str(option.get("text") or ""), bool(option.get("correct")), option.get("feedback") or "")
        )
    return {"options": tuple(options), "partial_credit": bool(value.get("partial_credit", False))}


def _true_false(key: str, value: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    return {"answer": str(value.get("answer") or "").lower()}


def _numeric(key: str, value: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "answer": str(value.get("answer", "")),
        "tolerance": _decimal(value.get("tolerance")) or Decimal(0),
        "unit": value.get("unit") or "",
    }


def _short_text(key: str, value: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    return {"accepted": tuple(accepted_answers(value.get("accepted") or ""))}


def _ordering(key: str, value: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    texts = [str(text) for _given_id, text in _listed(value.get("items"))]
    return {"items": _entries(key, "item", texts, ids.get("items"))}


def _matching(key: str, value: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    pairs = [pair if isinstance(pair, dict) else {} for _given_id, pair in _listed(value.get("pairs"))]
    rights = [str(pair.get("right", "")) for pair in pairs]
    return {
        "lefts": _entries(key, "left", [str(pair.get("left", "")) for pair in pairs], ids.get("lefts")),
        "rights": _entries(key, "right", rights + accepted_answers(value.get("distractors") or ""), ids.get("rights")),
    }


def _fill_blanks(key: str, value: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    parts = GAP.split(value.get("text") or "")
    blanks = [blank if isinstance(blank, dict) else {} for _given_id, blank in _listed(value.get("blanks"))]
    return {
        "segments": tuple(int(part) if index % 2 else part for index, part in enumerate(parts) if index % 2 or part),
        "blanks": tuple(tuple(accepted_answers(blank.get("accepted") or "")) for blank in blanks),
    }


_READERS = {
    "single_choice": _choice,
    "multiple_choice": _choice,
    "true_false": _true_false,
    "numeric": _numeric,
    "short_text": _short_text,
    "ordering": _ordering,
    "matching": _matching,
    "fill_blanks": _fill_blanks,
}


def _listed(raw: Any) -> list[tuple[str, Any]]:
    """The values of a raw list block with their block ids, in Wagtail's present form and in the one without ids."""
    found = []
    for child in raw or []:
        if isinstance(child, dict) and child.get("type") == "item" and "value" in child:
            found.append((str(child.get("id") or ""), child["value"]))
        else:
            found.append(("", child))
    return found


def _entries(key: str, role: str, texts: list[str], frozen: list[str] | None) -> tuple[Entry, ...]:
    """Entries under ids that tell nothing of position or pair.

    Block ids won't do: both sides of a pair share one, and an importer may count them up in the right order.
    """
    return tuple(
        Entry(frozen[index] if frozen else _derived_id(key, role, index), text) for index, text in enumerate(texts)
    )


def _derived_id(key: str, role: str, index: int) -> str:
    text = f"learning.question:{key}:{role}:{index}"
    digest = hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()
    return str(uuid.UUID(bytes=digest[:16]))


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
