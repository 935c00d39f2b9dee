"""Who writes a course. Outside the page, so that a change holds at once, for drafts and for every language."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy


class CourseMember(models.Model):
    """A person who may edit a course, in all its languages."""

    class Role(models.TextChoices):
        OWNER = "owner", _lazy("Owner")
        INSTRUCTOR = "instructor", _lazy("Instructor")
        CO_AUTHOR = "co_author", _lazy("Co-author")

    course_key = models.UUIDField(_lazy("course"), db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="course_memberships",
        verbose_name=_lazy("person"),
    )
    role = models.CharField(_lazy("role"), max_length=12, choices=Role.choices, default=Role.CO_AUTHOR)
    #: Named on the course page; an importer or a school's own account may own a course silently.
    is_listed = models.BooleanField(_lazy("named on the course page"), default=True)
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _lazy("course member")
        verbose_name_plural = _lazy("course members")
        ordering = ["course_key", "sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["course_key", "user"], name="courses_member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
