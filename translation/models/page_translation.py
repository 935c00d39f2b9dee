"""Where a page stands in one language."""

from django.db import models
from django.utils.translation import gettext_lazy as _lazy
from wagtail.models import Locale, Page


class PageTranslation(models.Model):
    """A page in one target language: how much of it is translated, and what its learners read.

    Kept beside wagtail-localize's rows, so that lists are flat queries. ``draft_*`` describe the revision that was
    written last from the strings, ``published_*`` the one that is live. Strings are written as
    ``{context path: [hash of each source string]}``.
    """

    page_key = models.UUIDField(_lazy("page"))
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+", verbose_name=_lazy("language"))
    source_locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    #: Null for pages outside courses.
    course_key = models.UUIDField(_lazy("course"), null=True, blank=True, db_index=True)
    total = models.PositiveIntegerField(default=0)
    translated = models.PositiveIntegerField(default=0)
    published_percent = models.PositiveSmallIntegerField(default=0)
    stale_since = models.DateTimeField(_lazy("stale since"), null=True, blank=True)
    #: Strings of the source that are new or different since the target was published.
    changed = models.PositiveIntegerField(default=0)
    published_strings = models.JSONField(default=dict, blank=True)
    #: Fingerprint of everything in the source that isn't a string: keys, code, structure.
    published_content = models.CharField(max_length=64, blank=True)
    draft_revision = models.PositiveBigIntegerField(null=True, blank=True)
    draft_percent = models.PositiveSmallIntegerField(default=0)
    draft_strings = models.JSONField(default=dict, blank=True)
    draft_content = models.CharField(max_length=64, blank=True)
    #: Fingerprint of the source and the translations that the draft was made of.
    draft_fingerprint = models.CharField(max_length=64, blank=True)
    #: When a translation was last changed, and when one was last written into a draft.
    edited_at = models.DateTimeField(null=True, blank=True)
    drafted_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _lazy("translation of a page")
        verbose_name_plural = _lazy("translations of pages")
        constraints = [models.UniqueConstraint(fields=["page_key", "locale"], name="translation_page_once")]
        indexes = [models.Index(fields=["course_key", "locale"], name="translation_course")]

    def __str__(self) -> str:
        return f"{self.page_key} ({self.locale})"

    @property
    def percent(self) -> int:
        """Translated strings in percent, rounded down: 100 means all of them. A page without strings is done."""
        return self.translated * 100 // self.total if self.total else 100
