"""What lists need to know of a course's tree, kept beside the page so that no list has to add it up."""

from django.db import models

from courses.models.course import CoursePage


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
