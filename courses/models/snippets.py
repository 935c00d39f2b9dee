"""Words shared by many courses: categories of the catalogue, terms of the glossary."""

from django.db import models
from django.utils.translation import gettext_lazy as _lazy
from wagtail.admin.panels import FieldPanel
from wagtail.models import TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField


class Category(TranslatableMixin, index.Indexed, models.Model):
    """A shelf of the catalogue."""

    title = models.CharField(_lazy("title"), max_length=100)
    slug = models.SlugField(_lazy("short name in addresses"), max_length=100)
    description = models.CharField(_lazy("description"), max_length=300, blank=True)

    panels = [FieldPanel("title"), FieldPanel("slug"), FieldPanel("description")]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title"), index.FilterField("locale_id")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _lazy("category")
        verbose_name_plural = _lazy("categories")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["locale", "slug"], name="courses_category_slug")]

    def __str__(self) -> str:
        return self.title


class GlossaryTerm(TranslatableMixin, index.Indexed, models.Model):
    """A word and what it means, written once and shown wherever a lesson names it."""

    slug = models.SlugField(_lazy("short name"), max_length=100)
    term = models.CharField(_lazy("term"), max_length=100)
    definition = models.TextField(_lazy("definition"), max_length=1000)

    panels = [FieldPanel("term"), FieldPanel("slug"), FieldPanel("definition")]
    # Found by importers, shown to nobody.
    override_translatable_fields = [SynchronizedField("slug", overridable=False)]
    search_fields = [index.SearchField("term"), index.AutocompleteField("term"), index.FilterField("locale_id")]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _lazy("glossary term")
        verbose_name_plural = _lazy("glossary terms")
        ordering = ["term"]
        constraints = [models.UniqueConstraint(fields=["locale", "slug"], name="courses_glossary_slug")]

    def __str__(self) -> str:
        return self.term
