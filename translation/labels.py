"""What a string is, in words: which field, which block; and how many characters fit."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import StreamField

__all__ = ["FieldFacts", "facts_of"]


@dataclass(frozen=True)
class FieldFacts:
    """Of a field or block: its name for people, and the limit of its characters."""

    label: str
    max_length: int | None = None


def facts_of(model: Any, path: str, field_path: str) -> FieldFacts:
    """Describe the place of a string.

    Args:
        path: the context, e.g. ``body.<block id>.title``.
        field_path: the same by names, e.g. ``body.callout.title``.
    """
    return _facts(model, field_path or path, path.rpartition(".")[2], get_language() or "")


@cache
def _facts(model: Any, field_path: str, last: str, language: str) -> FieldFacts:
    name, *rest = field_path.split(".")
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return FieldFacts(name)
    labels = [capfirst(str(field.verbose_name))]
    limit = getattr(field, "max_length", None)
    if isinstance(field, StreamField):
        limit = _walk(field.stream_block, rest, labels, last)
    return FieldFacts(" · ".join(label for label in labels if label), limit)


def _walk(block: Any, names: list[str], labels: list[str], last: str) -> int | None:
    """Add the labels on the way to a block; returns the characters that fit there."""
    for name in names:
        if isinstance(block, blocks.ListBlock):
            block = block.child_block
        elif isinstance(block, blocks.StreamBlock | blocks.StructBlock):
            block = block.child_blocks.get(name)
        if block is None:
            return None
        if not isinstance(block, blocks.ListBlock | blocks.StreamBlock):
            labels.append(capfirst(str(block.label)))
    if isinstance(block, TypedTableBlock):
        labels.append(_cell(last))
    form_field = getattr(block, "field", None)
    return getattr(form_field, "max_length", None)


def _cell(place: str) -> str:
    """``heading-0`` and ``cell-1-2`` as people count."""
    kind, *numbers = place.split("-")
    if kind == "heading" and len(numbers) == 1:
        return _("heading of column %(column)d") % {"column": int(numbers[0]) + 1}
    if kind == "cell" and len(numbers) == 2:
        return _("row %(row)d, column %(column)d") % {"row": int(numbers[0]) + 1, "column": int(numbers[1]) + 1}
    return ""
