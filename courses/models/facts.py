"""What lists and searches need to know of pages, kept beside them so that none has to read them all."""

from django.db import models

from courses.models.course import CoursePage
from courses.models.lesson import LessonPage


class CourseFacts(models.Model):
    """Sums over the published tree of one course page; refreshed whenever that tree changes.

    Not a field of the page: publishing an older revision would write the old sum back.
    """

    course = models.OneToOneField(CoursePage, on_delete=models.CASCADE, related_name="facts", primary_key=True)
    minutes = models.PositiveIntegerField(default=0)
    item_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["minutes"], name="courses_facts_minutes")]

    def __str__(self) -> str:
        return f"{self.minutes} min, {self.item_count} items"


class LessonWords(models.Model):
    """What a published lesson says, for the search inside its course; made anew whenever it is published.

    Apart from the school's search index, which answers everybody: this is read for those who may open the lesson.
    """

    lesson = models.OneToOneField(LessonPage, on_delete=models.CASCADE, related_name="words", primary_key=True)
    text = models.TextField(blank=True)
    #: As :func:`core.folding.fold_text` has it.
    folded = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.text[:80]
