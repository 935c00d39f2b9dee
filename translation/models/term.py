"""The translators' glossary: how a word is to be put, so that a course says the same throughout."""

from django.db import models
from django.utils.translation import gettext_lazy as _lazy
from wagtail.models import Locale


class Term(models.Model):
    """A term of one language and what it is called in another."""

    source_locale = models.ForeignKey(
        Locale, on_delete=models.CASCADE, related_name="+", verbose_name=_lazy("source language")
    )
    term = models.CharField(_lazy("term"), max_length=100)
    target_locale = models.ForeignKey(
        Locale, on_delete=models.CASCADE, related_name="+", verbose_name=_lazy("target language")
    )
    translation = models.CharField(_lazy("translation"), max_length=100)
    note = models.CharField(
        _lazy("note"), max_length=300, blank=True, help_text=_lazy("When to use it, what to avoid, its gender.")
    )

    class Meta:
        verbose_name = _lazy("translators’ term")
        verbose_name_plural = _lazy("translators’ terms")
        ordering = ["term"]
        constraints = [
            models.UniqueConstraint(fields=["source_locale", "target_locale", "term"], name="translation_term_once")
        ]

    def __str__(self) -> str:
        return f"{self.term} → {self.translation}"
