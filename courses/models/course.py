"""The catalogue and a course."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _lazy
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from courses.blocks import PageBodyBlock, PlainListBlock
from courses.page_permissions import CataloguePermissionTester
from courses.publishing import CheckedPage
from courses.serving import ServedPage
from courses.translatable import OwnInEachLanguageField


class CourseIndexPage(ServedPage, Page):
    """The catalogue: lists the courses below it."""

    introduction = models.CharField(_lazy("introduction"), max_length=300, blank=True)

    content_panels: ClassVar = [*Page.content_panels, FieldPanel("introduction")]
    subpage_types: ClassVar = ["courses.CoursePage"]
    max_count_per_parent = 1
    page_description = _lazy("The catalogue of all courses.")

    class Meta:
        verbose_name = _lazy("catalogue")
        verbose_name_plural = _lazy("catalogues")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """Those who may create courses may add one here, and nowhere deeper."""
        return CataloguePermissionTester(user, self)


class CourseTag(TaggedItemBase):
    """A tag on a course."""

    content_object = ParentalKey("courses.CoursePage", on_delete=models.CASCADE, related_name="tagged_items")


class CoursePage(CheckedPage, ServedPage, Page):
    """A course; its modules are pages below it, their lessons and quizzes below them."""

    class Level(models.TextChoices):
        BEGINNER = "beginner", _lazy("Beginner")
        INTERMEDIATE = "intermediate", _lazy("Intermediate")
        ADVANCED = "advanced", _lazy("Advanced")

    class Order(models.TextChoices):
        FREE = "free", _lazy("Any order")
        SEQUENTIAL = "sequential", _lazy("One after the other")

    class Watermark(models.TextChoices):
        NONE = "none", _lazy("Nothing")
        NAME = "name", _lazy("The learner's name")
        EMAIL = "email", _lazy("The learner's e-mail address")

    subtitle = models.CharField(_lazy("subtitle"), max_length=200, blank=True)
    summary = models.TextField(
        _lazy("summary"),
        max_length=400,
        help_text=_lazy("Two sentences for the catalogue: what one will be able to do, and who it is for."),
    )
    body = StreamField(PageBodyBlock(required=False), blank=True, verbose_name=_lazy("About the course"))
    outcomes = StreamField(
        PlainListBlock(required=False),
        blank=True,
        verbose_name=_lazy("What one learns"),
        help_text=_lazy("One a line, beginning with a verb: “Write a program that …”."),
    )
    requirements = StreamField(PlainListBlock(required=False), blank=True, verbose_name=_lazy("What one needs before"))
    audience = StreamField(PlainListBlock(required=False), blank=True, verbose_name=_lazy("Who it is for"))
    level = models.CharField(_lazy("level"), max_length=12, choices=Level.choices, default=Level.BEGINNER)
    cover = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_lazy("cover picture"),
        help_text=_lazy("Wide, 1200 × 675 pixels or more."),
    )
    trailer = models.ForeignKey(
        "videos.Video",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_lazy("trailer"),
        help_text=_lazy("A minute or two about the course. Anyone may watch it."),
    )
    categories = ParentalManyToManyField(
        "courses.Category", blank=True, related_name="courses", verbose_name=_lazy("categories")
    )
    tags = ClusterTaggableManager(through=CourseTag, blank=True, verbose_name=_lazy("tags"))
    estimated_minutes = models.PositiveIntegerField(
        _lazy("estimated minutes"), null=True, blank=True, help_text=_lazy("Empty: the sum of the lessons.")
    )
    lesson_order = models.CharField(
        _lazy("order of the modules"),
        max_length=10,
        choices=Order.choices,
        default=Order.FREE,
        help_text=_lazy("“One after the other” opens a module when the one before it is finished."),
    )
    shows_watermark = models.CharField(
        _lazy("over the videos stands"),
        max_length=5,
        choices=Watermark.choices,
        default=Watermark.NONE,
        help_text=_lazy("It moves about while a video plays, so that whoever copies it is known."),
    )
    allows_downloads = models.BooleanField(
        _lazy("videos can be downloaded"),
        default=False,
        help_text=_lazy("Enrolled learners keep them for places without a line."),
    )
    burns_watermark = models.BooleanField(
        _lazy("downloads bear the learner's name"),
        default=False,
        help_text=_lazy(
            "In the picture itself, or the address if that stands over the videos. A download then has to be made "
            "first, which takes a while. Sound alone has no picture and comes as it is."
        ),
    )
    attribution = models.TextField(
        _lazy("source and licence"),
        max_length=1000,
        blank=True,
        help_text=_lazy("Where the material comes from, if it isn't all yours. Shown at the end of the course page."),
    )
    has_certificate = models.BooleanField(_lazy("gives a certificate"), default=True)
    certificate_signatory = models.CharField(
        _lazy("who signs it"), max_length=120, blank=True, help_text=_lazy("Name and title. Empty: the school.")
    )
    certificate_text = models.CharField(
        _lazy("words on it"),
        max_length=300,
        blank=True,
        help_text=_lazy("What the learner has shown. Empty: the summary's place stays free."),
    )
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("subtitle"),
        FieldPanel("summary"),
        FieldPanel("cover"),
        FieldPanel("trailer"),
        FieldPanel("body"),
        FieldPanel("outcomes"),
        FieldPanel("requirements"),
        FieldPanel("audience"),
        MultiFieldPanel(
            [FieldPanel("level"), FieldPanel("categories"), FieldPanel("tags"), FieldPanel("estimated_minutes")],
            heading=_lazy("In the catalogue"),
            classname="collapsed",
        ),
        MultiFieldPanel(
            [FieldPanel("lesson_order"), FieldPanel("attribution")],
            heading=_lazy("How it is taught"),
            classname="collapsed",
        ),
        MultiFieldPanel(
            [FieldPanel("shows_watermark"), FieldPanel("allows_downloads"), FieldPanel("burns_watermark")],
            heading=_lazy("Videos"),
            classname="collapsed",
        ),
        MultiFieldPanel(
            [FieldPanel("has_certificate"), FieldPanel("certificate_signatory"), FieldPanel("certificate_text")],
            heading=_lazy("Certificate"),
            classname="collapsed",
        ),
    ]
    search_fields: ClassVar = [
        *Page.search_fields,
        index.SearchField("subtitle", boost=2),
        index.SearchField("summary"),
        index.SearchField("body"),
        index.SearchField("tag_names"),
        index.SearchField("instructor_names"),
        index.SearchField("folded_words"),
        index.AutocompleteField("subtitle"),
        index.FilterField("level"),
    ]
    override_translatable_fields: ClassVar = [
        TranslatableField("slug"),
        SynchronizedField("level"),
        SynchronizedField("lesson_order"),
        OwnInEachLanguageField("categories"),
        SynchronizedField("tags"),
        SynchronizedField("estimated_minutes"),
        SynchronizedField("has_certificate"),
        SynchronizedField("trailer"),
        SynchronizedField("shows_watermark"),
        SynchronizedField("allows_downloads"),
        SynchronizedField("burns_watermark"),
    ]
    parent_page_types: ClassVar = ["courses.CourseIndexPage"]
    subpage_types: ClassVar = ["courses.ModulePage"]
    page_description = _lazy("A course with modules, lessons and quizzes.")

    class Meta:
        verbose_name = _lazy("course")
        verbose_name_plural = _lazy("courses")

    @property
    def tag_names(self) -> str:
        """Tags as words for the search index."""
        return " ".join(tag.name for tag in self.tags.all())

    @property
    def instructor_names(self) -> str:
        """Names on the course page, as words for the search index."""
        from courses.queries.members import listed_members

        return " ".join(member.user.get_full_name() for member in listed_members([self.translation_key]))

    @property
    def folded_words(self) -> str:
        """Accented words without their accents, for people who type none: PostgreSQL's search keeps accents apart."""
        from courses.search import folded_words

        texts = (self.title, self.subtitle, self.summary, self.tag_names, self.instructor_names)
        return folded_words(" ".join((*texts, *self.body.stream_block.get_searchable_content(self.body))))
