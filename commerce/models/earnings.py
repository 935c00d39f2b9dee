"""Who earns what from a course: co-authors' shares, terms, links that bring buyers."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.ids import PublicIdModel

__all__ = ["CourseShare", "CourseTerms", "ReferralLink"]


class CourseShare(models.Model):
    """A co-author's part of what a course earns, as a weight among the others'."""

    course_key = models.UUIDField(_lazy("course"), db_index=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="course_shares")
    weight = models.PositiveIntegerField(_lazy("weight"), default=1)

    class Meta:
        verbose_name = _lazy("share of a course")
        verbose_name_plural = _lazy("shares of courses")
        ordering: ClassVar = ["course_key", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["course_key", "author"], name="commerce_course_share_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="commerce_course_share_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.weight}"


class CourseTerms(models.Model):
    """The platform's part of a course, where it isn't the usual one; per cent of the net price."""

    course_key = models.UUIDField(_lazy("course"), unique=True)
    platform_percent = models.DecimalField(_lazy("platform's part in per cent"), max_digits=5, decimal_places=2)
    referred_percent = models.DecimalField(
        _lazy("platform's part of buyers an author brought"), max_digits=5, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _lazy("terms of a course")
        verbose_name_plural = _lazy("terms of courses")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(platform_percent__gte=0, platform_percent__lte=100)
                & (Q(referred_percent__isnull=True) | Q(referred_percent__gte=0, referred_percent__lte=100)),
                name="commerce_course_terms_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform_percent} %"


class ReferralLink(PublicIdModel):
    """A code in an instructor's links: of what is bought through it they keep more."""

    code = models.CharField(_lazy("code"), max_length=32, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referral_links")
    label = models.CharField(_lazy("label"), max_length=80, blank=True)
    is_active = models.BooleanField(_lazy("active"), default=True)
    created_at = models.DateTimeField(_lazy("made"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _lazy("referral link")
        verbose_name_plural = _lazy("referral links")
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.code
