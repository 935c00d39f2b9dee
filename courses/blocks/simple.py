"""Blocks that may stand anywhere: in a lesson, in a callout, in a question."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from latex2mathml.converter import convert as latex_to_mathml
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from courses.blocks.languages import CODE_LANGUAGES
from courses.blocks.translation import SameInEveryLanguageBlock, TranslatableTableBlock

#: What an author may do inside running text; headings have a block of their own.
TEXT_FEATURES = [
    "bold",
    "italic",
    "code",
    "link",
    "document-link",
    "ol",
    "ul",
    "superscript",
    "subscript",
    "strikethrough",
    "blockquote",
    "h3",
    "h4",
    "hr",
]
#: Groups of the block chooser; plain text stands before them.
GROUP_TEXT = _lazy("Structure and boxes")
GROUP_TECHNICAL = _lazy("Code, tables, formulas")
GROUP_MEDIA = _lazy("Pictures and media")
#: Inside a table cell, an option of a question, a caption.
INLINE_FEATURES = ["bold", "italic", "code", "link", "superscript", "subscript"]


class CodeBlock(blocks.StructBlock):
    """A listing, coloured on the server, with a button to copy it."""

    language = blocks.ChoiceBlock(choices=CODE_LANGUAGES, default="python", label=_lazy("Language"), search_index=False)
    code = SameInEveryLanguageBlock(
        label=_lazy("Code"), rows=10, help_text=_lazy("Paste it as it is; indentation is kept.")
    )
    caption = blocks.CharBlock(
        required=False, max_length=200, label=_lazy("Caption"), help_text=_lazy("For example the name of the file.")
    )

    class Meta:
        icon = "code"
        group = GROUP_TECHNICAL
        label = _lazy("Code")
        template = "courses/blocks/code.html"
        preview_value = {
            "language": "python",
            "code": 'for day in range(1, 4):\n    print("Day", day)',
            "caption": "days.py",
        }
        description = _lazy("A listing with colours and a copy button.")


class ImageBlock(blocks.StructBlock):
    """A picture with a caption, described for those who don't see it."""

    image = ImageChooserBlock(label=_lazy("Picture"))
    alt = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_lazy("Description for people who can't see it"),
        help_text=_lazy("What would you say about this picture on the phone?"),
    )
    decorative = blocks.BooleanBlock(
        required=False, label=_lazy("Decoration only"), help_text=_lazy("It tells nothing: no description is needed.")
    )
    caption = blocks.RichTextBlock(required=False, features=INLINE_FEATURES, label=_lazy("Caption"))

    class Meta:
        icon = "image"
        group = GROUP_MEDIA
        preview_template = "courses/samples/media.html"
        label = _lazy("Picture")
        template = "courses/blocks/image.html"
        description = _lazy("A picture with description and caption.")


class TableBlock(blocks.StructBlock):
    """A table whose first row are headings; cells hold text with links and code."""

    caption = blocks.CharBlock(required=False, max_length=200, label=_lazy("Caption"))
    table = TranslatableTableBlock(
        [("text", blocks.RichTextBlock(features=INLINE_FEATURES, label=_lazy("Text"), required=False))],
        label=_lazy("Table"),
    )

    class Meta:
        icon = "table"
        group = GROUP_TECHNICAL
        preview_value = {
            "caption": "Data types",
            "table": {
                "columns": [{"type": "text", "heading": "Type"}, {"type": "text", "heading": "Example"}],
                "rows": [
                    {"values": ["<p>int</p>", "<p><code>42</code></p>"]},
                    {"values": ["<p>str</p>", "<p><code>'maize'</code></p>"]},
                ],
                "caption": "",
            },
        }
        label = _lazy("Table")
        template = "courses/blocks/table.html"
        description = _lazy("Rows and columns with headings.")


class MathBlock(blocks.StructBlock):
    """A formula in LaTeX, shown as MathML made on the server."""

    latex = SameInEveryLanguageBlock(
        rows=3,
        max_length=2000,
        label=_lazy("Formula in LaTeX"),
        help_text=_lazy(r"For example  \frac{a}{b}  or  x^2 + 1."),
    )
    description = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_lazy("In words"),
        help_text=_lazy("Read aloud where a formula can't be shown."),
    )

    class Meta:
        icon = "superscript"
        group = GROUP_TECHNICAL
        label = _lazy("Formula")
        template = "courses/blocks/math.html"
        preview_value = {"latex": r"t = \frac{8 \times s}{v}", "description": "t equals eight s over v"}
        description = _lazy("A mathematical formula.")

    def clean(self, value: Any) -> Any:
        """Refuse LaTeX that can't be turned into MathML."""
        value = super().clean(value)
        try:
            latex_to_mathml(value["latex"])
        except Exception as error:  # latex2mathml raises a family of unrelated classes
            raise StructBlockValidationError(
                block_errors={"latex": ValidationError(_("This formula can't be read. Check braces and commands."))}
            ) from error
        return value


class AudioBlock(blocks.StructBlock):
    """A recording with what is said in it."""

    document = DocumentChooserBlock(label=_lazy("Recording"), help_text=_lazy("MP3, M4A or OGG."))
    title = blocks.CharBlock(max_length=200, label=_lazy("Title"))
    transcript = blocks.TextBlock(
        label=_lazy("What is said"), help_text=_lazy("For learners who can't hear it or can't load it.")
    )

    class Meta:
        icon = "media"
        group = GROUP_MEDIA
        preview_template = "courses/samples/media.html"
        label = _lazy("Audio")
        template = "courses/blocks/audio.html"
        description = _lazy("A recording with its text.")


def simple_blocks() -> list[tuple[str, blocks.Block]]:
    """Fresh instances of the blocks that may stand anywhere, by name."""
    return [
        (
            "rich_text",
            blocks.RichTextBlock(
                features=TEXT_FEATURES,
                icon="pilcrow",
                label=_lazy("Text"),
                template="courses/blocks/rich_text.html",
                description=_lazy("Paragraphs, lists, links."),
                preview_value="<p>A <b>variable</b> is a name for a value.</p>",
            ),
        ),
        ("code", CodeBlock()),
        ("image", ImageBlock()),
        ("table", TableBlock()),
        ("math", MathBlock()),
    ]


class SimpleBodyBlock(blocks.StreamBlock):
    """A short body: what stands inside a callout, a solution, an introduction."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__([*simple_blocks(), *(local_blocks or [])], **kwargs)
