"""Modules and lessons."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

from courses.blocks import LessonBodyBlock
from courses.publishing import CheckedPage
from courses.serving import ServedPage


class ModulePage(CheckedPage, ServedPage, Page):
    """A part of a course: a few lessons and quizzes that belong together."""

    summary = models.TextField(_lazy("summary"), max_length=400, blank=True)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("summary")]
    override_translatable_fields: ClassVar = [TranslatableField("slug")]
    parent_page_types: ClassVar = ["courses.CoursePage"]
    subpage_types: ClassVar = ["courses.LessonPage", "courses.QuizPage"]
    page_description = _lazy("A part of a course; lessons and quizzes go below it.")

    class Meta:
        verbose_name = _lazy("module")
        verbose_name_plural = _lazy("modules")


class LessonPage(CheckedPage, ServedPage, Page):
    """One lesson on one page."""

    class Completion(models.TextChoices):
        OPENED = "opened", _lazy("when it is opened")
        SCROLLED = "scrolled", _lazy("when its end is reached, or marked as done")
        QUIZ = "quiz", _lazy("when the next quiz of its module is passed")
        WATCHED = "watched", _lazy("when its videos are watched")

    summary = models.TextField(_lazy("summary"), max_length=400, blank=True)
    body = StreamField(LessonBodyBlock(), verbose_name=_lazy("Content"))
    estimated_minutes = models.PositiveSmallIntegerField(_lazy("estimated minutes"), default=10)
    is_free_preview = models.BooleanField(
        _lazy("free preview"), default=False, help_text=_lazy("Anyone may read it without enrolling.")
    )
    completion_rule = models.CharField(
        _lazy("counts as done"), max_length=10, choices=Completion.choices, default=Completion.SCROLLED
    )
    watched_percent = models.PositiveSmallIntegerField(
        _lazy("per cent to watch"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_lazy("Of each video, where the lesson counts as done when its videos are watched."),
    )

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("estimated_minutes"),
                FieldPanel("completion_rule"),
                FieldPanel("watched_percent"),
                FieldPanel("is_free_preview"),
            ],
            heading=_lazy("For learners"),
        ),
    ]
    override_translatable_fields: ClassVar = [
        TranslatableField("slug"),
        SynchronizedField("estimated_minutes"),
        SynchronizedField("is_free_preview"),
        SynchronizedField("completion_rule"),
        SynchronizedField("watched_percent"),
    ]
    parent_page_types: ClassVar = ["courses.ModulePage"]
    subpage_types: ClassVar[list[str]] = []
    page_description = _lazy("One lesson: text, code, pictures, exercises.")

    class Meta:
        verbose_name = _lazy("lesson")
        verbose_name_plural = _lazy("lessons")
