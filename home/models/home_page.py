"""The home page: sections an editor arranges."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from courses.serving import ServedPage
from home.blocks import HomeSectionsBlock


class HomePage(ServedPage, Page):
    """The first page, one a language."""

    sections = StreamField(HomeSectionsBlock(required=False), blank=True, verbose_name=_lazy("Sections"))

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("sections")]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["courses.CourseIndexPage", "courses.LearningPathIndexPage"]
    page_description = _lazy("The first page of the school.")

    class Meta:
        verbose_name = _lazy("home page")
        verbose_name_plural = _lazy("home pages")
