"""Sections of the home page."""

from typing import Any

from django.utils.translation import gettext_lazy as _lazy
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from courses.blocks.simple import TEXT_FEATURES


class LinkBlock(blocks.StructBlock):
    """A button: to a page of the school, or to an address."""

    text = blocks.CharBlock(max_length=60, label=_lazy("Words on the button"))
    page = blocks.PageChooserBlock(required=False, label=_lazy("Page"))
    url = blocks.URLBlock(required=False, label=_lazy("or address"))

    class Meta:
        icon = "link"
        label = _lazy("Button")


class HeroBlock(blocks.StructBlock):
    """What a visitor reads first."""

    title = blocks.CharBlock(max_length=120, label=_lazy("Heading"))
    text = blocks.TextBlock(required=False, max_length=400, rows=3, label=_lazy("Text"))
    image = ImageChooserBlock(required=False, label=_lazy("Picture"))
    alt = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_lazy("Description of the picture"),
        help_text=_lazy("Empty: the picture is decoration only."),
    )
    links = blocks.ListBlock(LinkBlock(), min_num=0, max_num=2, default=[], label=_lazy("Buttons"))

    class Meta:
        icon = "home"
        label = _lazy("Opening")
        template = "home/sections/hero.html"


class FeaturedCoursesBlock(blocks.StructBlock):
    """A few courses; chosen, or the newest."""

    title = blocks.CharBlock(max_length=120, label=_lazy("Heading"))
    text = blocks.TextBlock(required=False, max_length=400, rows=2, label=_lazy("Text"))
    courses = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="courses.CoursePage", label=_lazy("Course")),
        min_num=0,
        max_num=6,
        default=[],
        label=_lazy("Courses"),
        help_text=_lazy("None chosen: the newest three."),
    )

    class Meta:
        icon = "pick"
        label = _lazy("Featured courses")
        template = "home/sections/featured_courses.html"


class LearningPathsBlock(blocks.StructBlock):
    """The learning paths."""

    title = blocks.CharBlock(max_length=120, label=_lazy("Heading"))
    text = blocks.TextBlock(required=False, max_length=400, rows=2, label=_lazy("Text"))

    class Meta:
        icon = "list-ol"
        label = _lazy("Learning paths")
        template = "home/sections/learning_paths.html"


class TextSectionBlock(blocks.StructBlock):
    """Plain text, with a picture if wanted."""

    title = blocks.CharBlock(max_length=120, label=_lazy("Heading"))
    body = blocks.RichTextBlock(features=TEXT_FEATURES, label=_lazy("Text"))
    image = ImageChooserBlock(required=False, label=_lazy("Picture"))
    alt = blocks.CharBlock(required=False, max_length=300, label=_lazy("Description of the picture"))

    class Meta:
        icon = "pilcrow"
        label = _lazy("Text")
        template = "home/sections/text.html"


class StepBlock(blocks.StructBlock):
    """One step."""

    title = blocks.CharBlock(max_length=100, label=_lazy("Step"))
    text = blocks.TextBlock(max_length=300, rows=2, label=_lazy("Text"))

    class Meta:
        icon = "order"
        label = _lazy("Step")


class StepsBlock(blocks.StructBlock):
    """How it works, in steps."""

    title = blocks.CharBlock(max_length=120, label=_lazy("Heading"))
    steps = blocks.ListBlock(StepBlock(), min_num=2, max_num=6, label=_lazy("Steps"))

    class Meta:
        icon = "order"
        label = _lazy("Steps")
        template = "home/sections/steps.html"


class QuoteBlock(blocks.StructBlock):
    """What somebody said."""

    text = blocks.TextBlock(max_length=400, rows=3, label=_lazy("Words"))
    who = blocks.CharBlock(max_length=100, label=_lazy("Who"))

    class Meta:
        icon = "openquote"
        label = _lazy("Quote")


class QuotesBlock(blocks.StructBlock):
    """What people say."""

    title = blocks.CharBlock(max_length=120, label=_lazy("Heading"))
    quotes = blocks.ListBlock(QuoteBlock(), min_num=1, max_num=6, label=_lazy("Quotes"))

    class Meta:
        icon = "openquote"
        label = _lazy("Quotes")
        template = "home/sections/quotes.html"


class QuestionAnswerBlock(blocks.StructBlock):
    """A question people ask, with its answer."""

    question = blocks.CharBlock(max_length=200, label=_lazy("Question"))
    answer = blocks.RichTextBlock(features=TEXT_FEATURES, label=_lazy("Answer"))

    class Meta:
        icon = "help"
        label = _lazy("Question")


class FaqBlock(blocks.StructBlock):
    """What people ask."""

    title = blocks.CharBlock(max_length=120, label=_lazy("Heading"))
    questions = blocks.ListBlock(QuestionAnswerBlock(), min_num=1, max_num=20, label=_lazy("Questions"))

    class Meta:
        icon = "help"
        label = _lazy("Questions people ask")
        template = "home/sections/faq.html"


class HomeSectionsBlock(blocks.StreamBlock):
    """What a home page may be made of."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__(
            [
                ("hero", HeroBlock()),
                ("featured_courses", FeaturedCoursesBlock()),
                ("learning_paths", LearningPathsBlock()),
                ("text", TextSectionBlock()),
                ("steps", StepsBlock()),
                ("quotes", QuotesBlock()),
                ("faq", FaqBlock()),
                *(local_blocks or []),
            ],
            **kwargs,
        )
