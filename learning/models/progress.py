"""How far a learner is. Hangs off the enrolment, so a second enrolment starts afresh."""

from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from commerce.models import Enrollment


class CourseProgress(models.Model):
    """A learner's state in a course: where they stopped, and when they finished which version of it."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="progress", primary_key=True)
    #: Lesson or quiz opened last, for “resume”.
    last_item_key = models.UUIDField(null=True, blank=True)
    last_active_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(_lazy("completed"), null=True, blank=True)
    #: ``CourseOutline.version`` at completion: a lesson added later is new content and undoes nothing.
    completed_version = models.CharField(max_length=16, blank=True)

    class Meta:
        verbose_name = _lazy("progress in a course")
        verbose_name_plural = _lazy("progress in courses")

    def __str__(self) -> str:
        return f"{self.enrollment}"


class LessonProgress(models.Model):
    """One lesson or quiz opened, and when it counted as done."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="lesson_progress")
    lesson_key = models.UUIDField()
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    #: Done on the learner's word: watched where no player counts seconds. Evidence of nothing but the time that passed.
    is_claimed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _lazy("progress in a lesson")
        verbose_name_plural = _lazy("progress in lessons")
        constraints = [models.UniqueConstraint(fields=["enrollment", "lesson_key"], name="learning_lesson_once")]

    def __str__(self) -> str:
        return f"{self.lesson_key}"
