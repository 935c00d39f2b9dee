"""Answers read from a form, in the shape that ``learning`` stores. A question's fields begin with its key."""

from typing import Any

from django.http import QueryDict

from learning.questions import LearnerQuestion

__all__ = ["answer_in", "field_name"]


def field_name(question: LearnerQuestion) -> str:
    """The name of a question's field, or what the names of its fields begin with."""
    return f"q-{question.key}"


def answer_in(data: QueryDict, question: LearnerQuestion) -> dict[str, Any]:
    """What was answered; an empty answer where nothing was."""
    name = field_name(question)
    if question.options:
        return {"option_ids": data.getlist(name)}
    if question.kind == "true_false":
        return {"value": {"true": True, "false": False}.get(data.get(name, ""))}
    if question.kind == "numeric":
        return {"number": data.get(name, "")}
    if question.items:
        return {"order": _order(data, name, question)}
    if question.lefts:
        return {"matches": {left.id: data.get(f"{name}-{left.id}", "") for left in question.lefts}}
    if question.segments:
        gaps = [piece for piece in question.segments if isinstance(piece, int)]
        return {"blanks": {str(gap): data.get(f"{name}-{gap}", "") for gap in gaps}}
    return {"text": data.get(name, "")}


def _order(data: QueryDict, name: str, question: LearnerQuestion) -> list[str]:
    """Items by the place chosen for each; equal places keep the order shown, no place at all is no answer."""
    places = {item.id: data.get(f"{name}-{item.id}", "") for item in question.items}
    if not any(places.values()):
        return []
    shown = [item.id for item in question.items]
    return sorted(shown, key=lambda item: int(places[item]) if places[item].isdecimal() else len(shown) + 1)
