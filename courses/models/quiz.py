"""A quiz: questions with their keys, and the rules for taking it. Attempts live in ``learning``."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

from courses.blocks import QuestionPoolBlock, SimpleBodyBlock
from courses.publishing import CheckedPage
from courses.serving import ServedPage


class QuizPage(CheckedPage, ServedPage, Page):
    """A quiz in a module. Nothing of ``questions`` is indexed, and no block of it renders itself."""

    class Show(models.TextChoices):
        NOTHING = "nothing", _lazy("nothing but that it was handed in")
        SCORE = "score", _lazy("the score")
        ANSWERS = "answers", _lazy("the score, and each answer with its explanation")

    class ShowWhen(models.TextChoices):
        SUBMISSION = "submission", _lazy("right after handing in")
        PASSED = "passed", _lazy("once the quiz is passed")
        ATTEMPTS_USED = "attempts_used", _lazy("once passed or no attempt is left")

    introduction = StreamField(SimpleBodyBlock(required=False), blank=True, verbose_name=_lazy("Introduction"))
    questions = StreamField(QuestionPoolBlock(), verbose_name=_lazy("Questions"))
    estimated_minutes = models.PositiveSmallIntegerField(_lazy("estimated minutes"), default=10)
    pass_mark = models.PositiveSmallIntegerField(
        _lazy("pass mark, percent"), default=70, validators=[MaxValueValidator(100)]
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _lazy("attempts allowed"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_lazy("Empty: as many as one likes."),
    )
    time_limit_minutes = models.PositiveSmallIntegerField(
        _lazy("time limit, minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_lazy("Empty: no limit. What was saved in time counts even when the connection breaks."),
    )
    shuffle_questions = models.BooleanField(_lazy("shuffle the questions"), default=False)
    shuffle_options = models.BooleanField(_lazy("shuffle the options"), default=True)
    draw_count = models.PositiveSmallIntegerField(
        _lazy("draw this many"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_lazy("Each attempt gets so many questions of the pool, drawn by chance. Empty: all of them."),
    )
    show_after = models.CharField(_lazy("learners see"), max_length=10, choices=Show.choices, default=Show.ANSWERS)
    show_when = models.CharField(
        _lazy("they see it"), max_length=14, choices=ShowWhen.choices, default=ShowWhen.SUBMISSION
    )

    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("questions"),
        MultiFieldPanel(
            [
                FieldPanel("pass_mark"),
                FieldPanel("attempts_allowed"),
                FieldPanel("time_limit_minutes"),
                FieldPanel("draw_count"),
                FieldPanel("shuffle_questions"),
                FieldPanel("shuffle_options"),
                FieldPanel("estimated_minutes"),
            ],
            heading=_lazy("Rules"),
        ),
        MultiFieldPanel([FieldPanel("show_after"), FieldPanel("show_when")], heading=_lazy("After handing in")),
    ]
    override_translatable_fields: ClassVar = [
        TranslatableField("slug"),
        *(
            SynchronizedField(name)
            for name in (
                "estimated_minutes",
                "pass_mark",
                "attempts_allowed",
                "time_limit_minutes",
                "shuffle_questions",
                "shuffle_options",
                "draw_count",
                "show_after",
                "show_when",
            )
        ),
    ]
    parent_page_types: ClassVar = ["courses.ModulePage"]
    subpage_types: ClassVar[list[str]] = []
    page_description = _lazy("Questions, graded by the school.")

    class Meta:
        verbose_name = _lazy("quiz")
        verbose_name_plural = _lazy("quizzes")
