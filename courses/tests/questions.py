"""Raw question blocks for tests: one of each type, whose keys are words that nothing else in a page says."""

import uuid
from typing import Any

__all__ = ["KEY_WORD", "every_question", "question", "rich_text"]

#: Stands in every feedback and explanation: its presence in what a learner sees is a leak.
KEY_WORD = "zebu-secret"


def rich_text(html: str) -> dict[str, Any]:
    """A raw rich-text block."""
    return {"type": "rich_text", "value": html, "id": str(uuid.uuid4())}


def _item(value: Any) -> dict[str, Any]:
    return {"type": "item", "value": value, "id": str(uuid.uuid4())}


def _option(text: str, *, correct: bool = False) -> dict[str, Any]:
    return _item({"text": text, "correct": correct, "feedback": f"{KEY_WORD} on {text}"})


def _values(kind: str) -> dict[str, Any]:
    said = {"feedback_correct": f"{KEY_WORD} yes", "feedback_incorrect": f"{KEY_WORD} no"}
    values: dict[str, dict[str, Any]] = {
        "single_choice": {"options": [_option("goat"), _option("cow", correct=True), _option("hen")]},
        "multiple_choice": {
            "options": [
                _option("maize", correct=True),
                _option("iron"),
                _option("millet", correct=True),
                _option("salt"),
            ],
            "partial_credit": True,
        },
        "true_false": {
            "answer": "true",
            "feedback_true": f"{KEY_WORD} true",
            "feedback_false": f"{KEY_WORD} false",
        },
        "numeric": {"answer": "3.140000000", "tolerance": "0.010000000", "unit": "km", **said},
        "short_text": {"accepted": f"Yaoundé\n{KEY_WORD} town", **said},
        "ordering": {"items": [_item(text) for text in ("sow", "weed", "harvest", "thresh")]},
        "matching": {
            "pairs": [
                _item({"left": "Ghana", "right": "Accra"}),
                _item({"left": "Togo", "right": "Lomé"}),
                _item({"left": "Benin", "right": "Porto-Novo"}),
            ],
            "distractors": "Niamey\nBamako",
        },
        "fill_blanks": {
            "text": "for day [[1]] range(3):\n    [[2]](day)",
            "blanks": [_item({"accepted": f"in\n{KEY_WORD} one"}), _item({"accepted": f"print\n{KEY_WORD} two"})],
            **said,
        },
    }
    return values[kind]


def question(kind: str, *, points: int = 1, **changes: Any) -> dict[str, Any]:
    """A raw question of one type; ``changes`` replace parts of its value."""
    value = {
        "prompt": [rich_text(f"<p>What of {kind}?</p>")],
        "points": points,
        "explanation": f"<p>{KEY_WORD} because.</p>",
        **_values(kind),
        **changes,
    }
    return {"type": kind, "id": str(uuid.uuid4()), "value": value}


def every_question() -> list[dict[str, Any]]:
    """One raw question of each of the eight types, a point each."""
    kinds = "single_choice multiple_choice true_false numeric short_text ordering matching fill_blanks"
    return [question(kind) for kind in kinds.split()]
