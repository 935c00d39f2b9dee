"""Which page came from which file, so that an import that runs again finds its pages whatever they are called now."""

from django.db import models
from django.utils.translation import gettext_lazy as _lazy


class ImportedCourse(models.Model):
    """A course that came from a folder."""

    #: What the folder calls itself: ``slug:…``, ``source:…`` or ``folder:…``, in this order of preference.
    origin = models.CharField(_lazy("origin"), max_length=500, unique=True)
    course_key = models.UUIDField(_lazy("course"), unique=True)
    imported_at = models.DateTimeField(_lazy("last imported"))

    class Meta:
        verbose_name = _lazy("imported course")
        verbose_name_plural = _lazy("imported courses")

    def __str__(self) -> str:
        return self.origin


class ImportedPage(models.Model):
    """A page of an imported course in one language, with the file it came from."""

    course = models.ForeignKey(ImportedCourse, on_delete=models.CASCADE, related_name="pages")
    language = models.CharField(_lazy("language"), max_length=12)
    source_path = models.CharField(_lazy("source file"), max_length=500)
    page_key = models.UUIDField(_lazy("page"))
    #: SHA-256 of what the import made of the file; equal means that nothing is to be written.
    content_hash = models.CharField(max_length=64, blank=True)
    #: The revision this room wrote last; when the page's latest is another one, somebody has edited it since.
    revision = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_removed = models.BooleanField(_lazy("gone from the source"), default=False)

    class Meta:
        verbose_name = _lazy("imported page")
        verbose_name_plural = _lazy("imported pages")
        constraints = [
            models.UniqueConstraint(fields=["course", "language", "source_path"], name="interop_page_source_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_path} ({self.language})"
