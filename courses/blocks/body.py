"""The body of a lesson and of a course page."""

from typing import Any

from django.utils.translation import gettext_lazy as _lazy
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.embeds.blocks import EmbedBlock as WagtailEmbedBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from courses.blocks.questions import question_blocks
from courses.blocks.simple import GROUP_MEDIA, GROUP_TEXT, AudioBlock, SimpleBodyBlock, simple_blocks
from courses.blocks.video import LessonVideoBlock, VideoBlock

CALLOUT_KINDS = [
    ("note", _lazy("Note")),
    ("tip", _lazy("Tip")),
    ("warning", _lazy("Warning")),
    ("objectives", _lazy("What you will learn")),
    ("questions", _lazy("Questions to keep in mind")),
    ("keypoints", _lazy("Key points")),
    ("prerequisites", _lazy("Before you start")),
    ("exercise", _lazy("Exercise")),
]


class HeadingBlock(blocks.StructBlock):
    """A heading inside a lesson; it appears in the lesson's table of contents."""

    text = blocks.CharBlock(max_length=200, label=_lazy("Heading"))
    level = blocks.ChoiceBlock(
        choices=[("2", _lazy("Section")), ("3", _lazy("Sub-section")), ("4", _lazy("Detail"))],
        default="2",
        label=_lazy("Level"),
        search_index=False,
    )

    class Meta:
        icon = "title"
        group = GROUP_TEXT
        label = _lazy("Heading")
        template = "courses/blocks/heading.html"
        preview_value = {"text": "Loops", "level": "2"}
        description = _lazy("Starts a section; appears in the lesson's contents.")


class CalloutBlock(blocks.StructBlock):
    """A box that stands out: a tip, a warning, an exercise."""

    kind = blocks.ChoiceBlock(choices=CALLOUT_KINDS, default="note", label=_lazy("Kind"), search_index=False)
    title = blocks.CharBlock(
        required=False, max_length=200, label=_lazy("Title"), help_text=_lazy("Empty: the name of the kind.")
    )
    body = SimpleBodyBlock(label=_lazy("Content"))

    class Meta:
        icon = "info-circle"
        group = GROUP_TEXT
        label = _lazy("Callout")
        template = "courses/blocks/callout.html"
        preview_value = {"kind": "tip", "title": "", "body": [{"type": "rich_text", "value": "<p>Save often.</p>"}]}
        description = _lazy("A box for a note, a tip, a warning, an exercise.")


class SolutionBlock(blocks.StructBlock):
    """Something the learner opens when ready: a solution, a hint, a digression."""

    title = blocks.CharBlock(
        required=False, max_length=200, label=_lazy("Title"), help_text=_lazy("Empty: “Solution”.")
    )
    body = SimpleBodyBlock(label=_lazy("Content"))

    class Meta:
        icon = "view"
        group = GROUP_TEXT
        label = _lazy("Solution to open")
        template = "courses/blocks/solution.html"
        preview_value = {"title": "", "body": [{"type": "rich_text", "value": "<p>It prints 3.</p>"}]}
        description = _lazy("Closed at first; the learner opens it.")


class FileBlock(blocks.StructBlock):
    """A file to download, with its size shown first."""

    document = DocumentChooserBlock(label=_lazy("File"))
    title = blocks.CharBlock(
        required=False, max_length=200, label=_lazy("Title"), help_text=_lazy("Empty: the file's own title.")
    )

    class Meta:
        icon = "doc-full"
        group = GROUP_MEDIA
        preview_template = "courses/samples/media.html"
        label = _lazy("File")
        template = "courses/blocks/file.html"
        description = _lazy("A file to download.")


class EmbedBlock(blocks.StructBlock):
    """A video or page of elsewhere; shown as a link until the learner asks for it, to spare their data."""

    url = WagtailEmbedBlock(label=_lazy("Address"), help_text=_lazy("For example a video on YouTube or Vimeo."))
    caption = blocks.CharBlock(
        max_length=200, label=_lazy("What it is"), help_text=_lazy("Shown before it is loaded: learners pay for data.")
    )

    class Meta:
        icon = "link"
        group = GROUP_MEDIA
        preview_template = "courses/samples/media.html"
        label = _lazy("Embed")
        template = "courses/blocks/embed.html"
        description = _lazy("A video or page from another site.")


class GlossaryTermBlock(blocks.StructBlock):
    """A word of the glossary with its definition."""

    term = SnippetChooserBlock("courses.GlossaryTerm", label=_lazy("Term"))

    class Meta:
        icon = "help"
        group = GROUP_TEXT
        preview_template = "courses/samples/media.html"
        label = _lazy("Glossary term")
        template = "courses/blocks/glossary_term.html"
        description = _lazy("A word with its definition, kept in one place.")


def _page_blocks(video: blocks.Block) -> list[tuple[str, blocks.Block]]:
    return [
        ("heading", HeadingBlock()),
        *simple_blocks(),
        ("callout", CalloutBlock()),
        ("solution", SolutionBlock()),
        ("file", FileBlock()),
        ("video", video),
        ("embed", EmbedBlock()),
        ("audio", AudioBlock()),
        ("glossary_term", GlossaryTermBlock()),
    ]


class PageBodyBlock(blocks.StreamBlock):
    """The body of a course or learning path page: everything but questions."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__([*_page_blocks(VideoBlock()), *(local_blocks or [])], **kwargs)


class LessonBodyBlock(blocks.StreamBlock):
    """The body of a lesson; a question in it is a self-check that counts for nothing."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        group = _lazy("Self-check question")
        own = [*_page_blocks(LessonVideoBlock()), *question_blocks(group=group)]
        super().__init__([*own, *(local_blocks or [])], **kwargs)
