"""Learning paths: courses in stages."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import TranslatableField

from courses.blocks import PageBodyBlock, PathStagesBlock, PlainListBlock
from courses.publishing import CheckedPage
from courses.serving import ServedPage


class LearningPathIndexPage(ServedPage, Page):
    """Lists the learning paths below it."""

    introduction = models.CharField(_lazy("introduction"), max_length=300, blank=True)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("introduction")]
    subpage_types: ClassVar = ["courses.LearningPathPage"]
    max_count_per_parent = 1
    page_description = _lazy("The list of learning paths.")

    class Meta:
        verbose_name = _lazy("list of learning paths")
        verbose_name_plural = _lazy("lists of learning paths")


class LearningPathPage(CheckedPage, ServedPage, Page):
    """A way through several courses, in stages."""

    summary = models.TextField(_lazy("summary"), max_length=400)
    body = StreamField(PageBodyBlock(required=False), blank=True, verbose_name=_lazy("About the path"))
    outcomes = StreamField(PlainListBlock(required=False), blank=True, verbose_name=_lazy("What one can do at its end"))
    cover = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_lazy("cover picture"),
    )
    stages = StreamField(PathStagesBlock(), verbose_name=_lazy("Stages"))

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("cover"),
        FieldPanel("body"),
        FieldPanel("outcomes"),
        FieldPanel("stages"),
    ]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    override_translatable_fields: ClassVar = [TranslatableField("slug")]
    parent_page_types: ClassVar = ["courses.LearningPathIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    page_description = _lazy("Several courses in stages, towards a goal.")

    class Meta:
        verbose_name = _lazy("learning path")
        verbose_name_plural = _lazy("learning paths")
