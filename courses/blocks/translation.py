"""How blocks meet wagtail-localize: what translators are offered, and what is the same in every language.

wagtail-localize takes every text for translatable and knows no typed tables. Marks of right options, code and formulae
must not be offered: translating them would change what is right, or what runs. Answers that learners type are offered:
a French learner types French, and an attempt is graded by the page it was begun on.
"""

from collections import defaultdict
from typing import Any

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock

__all__ = ["AcceptedAnswersBlock", "MomentBlock", "SameInEveryLanguageBlock", "TranslatableTableBlock"]


class _OwnInALanguage:
    """Mixin: nothing that translators see, but a language may have its own (an *override* of wagtail-localize)."""

    def get_translatable_segments(self, value: Any) -> list[Any]:
        """Nothing to translate; a place for a language's own."""
        from wagtail_localize.segments import OverridableSegmentValue

        return [OverridableSegmentValue("", value)] if value else []

    def restore_translated_segments(self, value: Any, segments: list[Any]) -> Any:
        """The language's own, else the original's."""
        return next((segment.data for segment in segments if isinstance(segment.data, str) and segment.data), value)


class SameInEveryLanguageBlock(_OwnInALanguage, blocks.TextBlock):
    """A text that translations take over as it is, unless a language was given its own.

    It is no string to translate and counts in no percentage. A course that comes with its translations may have
    programs whose names and outputs are in the language: such a text is wagtail-localize's *override*.
    """

    def value_from_form(self, value: Any) -> Any:
        """Lines end as in imported text: browsers send CR LF, which listings would carry into every frontend."""
        return value.replace("\r\n", "\n") if isinstance(value, str) else value

    def deconstruct(self) -> tuple[str, Any, Any]:
        """To migrations a plain text."""
        _path, args, kwargs = super().deconstruct()
        return "wagtail.blocks.TextBlock", args, kwargs


class MomentBlock(_OwnInALanguage, blocks.CharBlock):
    """A moment of a video, ``m:ss``; a language that shows a video of its own may have its own."""

    def deconstruct(self) -> tuple[str, Any, Any]:
        """To migrations a line of text."""
        _path, args, kwargs = super().deconstruct()
        return "wagtail.blocks.CharBlock", args, kwargs


class AcceptedAnswersBlock(SameInEveryLanguageBlock):
    """The accepted answers of a question, one a line; translators get each as a string of its own.

    All of them stand in one context, as the paragraphs of a text do, so that an answer keeps its translation when
    others are added before it. A translation of several lines accepts each of them.
    """

    def get_translatable_segments(self, value: Any) -> list[Any]:
        """A string for each answer."""
        from wagtail_localize.segments import StringSegmentValue

        return [StringSegmentValue("", line.strip()) for line in (value or "").splitlines() if line.strip()]

    def restore_translated_segments(self, value: Any, segments: list[Any]) -> Any:
        """The answers in the order of the original."""
        return "\n".join(segment.render_text() for segment in sorted(segments, key=lambda segment: segment.order))


class TranslatableTableBlock(TypedTableBlock):
    """A table whose headings and cells translators see, cell by cell.

    Cells have no ids, so a segment is named by its place (``heading-0``, ``cell-1-2``): moving rows in the original
    asks for their translations again, which wagtail-localize finds in its memory by their text.
    """

    def get_translatable_segments(self, table: TypedTable) -> list[Any]:
        """Segments of headings and cells."""
        # Imported here: this module loads with the models, before wagtail-localize's are ready.
        from wagtail_localize.segments import StringSegmentValue
        from wagtail_localize.segments.extract import StreamFieldSegmentExtractor

        extract = StreamFieldSegmentExtractor(None).handle_block
        found = [
            StringSegmentValue("", column["heading"]).wrap(f"heading-{index}")
            for index, column in enumerate(table.columns)
            if column["heading"]
        ]
        for y, row in enumerate(table.row_data):
            for x, (column, value) in enumerate(zip(table.columns, row["values"], strict=True)):
                found += [segment.wrap(f"cell-{y}-{x}") for segment in extract(column["block"], value)]
        return found

    def restore_translated_segments(self, table: TypedTable, segments: list[Any]) -> TypedTable:
        """The table with its texts replaced; what has no translation stays as it is."""
        from wagtail_localize.segments.ingest import StreamFieldSegmentsWriter

        write = StreamFieldSegmentsWriter(None, None, None).handle_block
        by_place = defaultdict(list)
        for segment in segments:
            place, rest = segment.unwrap()
            by_place[place].append(rest)
        columns = [
            {**column, "heading": by_place[f"heading-{index}"][0].render_text()}
            if by_place.get(f"heading-{index}")
            else column
            for index, column in enumerate(table.columns)
        ]
        rows = []
        for y, row in enumerate(table.row_data):
            cells = []
            for x, (column, value) in enumerate(zip(columns, row["values"], strict=True)):
                own = by_place.get(f"cell-{y}-{x}")
                cells.append(write(column["block"], value, own) if own else value)
            rows.append({"values": cells})
        return TypedTable(columns=columns, row_data=rows, caption=table.caption)
