"""Work on a whole course, in the background."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy
from wagtail.models import Locale


class CourseTranslationJob(models.Model):
    """Bringing a course into one language, or having its strings translated by a machine; page by page."""

    class Kind(models.TextChoices):
        SUBMIT = "submit", _lazy("submit for translation")
        MACHINE = "machine", _lazy("translate by machine")

    class State(models.TextChoices):
        QUEUED = "queued", _lazy("waiting")
        RUNNING = "running", _lazy("running")
        DONE = "done", _lazy("done")
        FAILED = "failed", _lazy("failed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course_key = models.UUIDField(_lazy("course"), db_index=True)
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+", verbose_name=_lazy("language"))
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SUBMIT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Pages.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    #: What a person reads when it failed.
    error = models.TextField(blank=True)
    #: Names the worker that has it; whoever finds another name here stops.
    claim = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    #: Moves with every page; a running job that stands still for long lost its worker.
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _lazy("translation job")
        verbose_name_plural = _lazy("translation jobs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course_key", "locale"],
                condition=Q(state__in=["queued", "running"]),
                name="translation_job_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.course_key} ({self.locale}): {self.done}/{self.total}"

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """Pages done, in percent."""
        if self.state == self.State.DONE:
            return 100
        return self.done * 100 // self.total if self.total else 0
