"""A certificate: what was true when it was issued, under a number that can't be guessed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from commerce.models.enrollment import Enrollment


class Certificate(models.Model):
    """Issued once per enrolment and template; later changes of name or title don't change it.

    A reissue (a misspelt name, say) revokes the old one and points to it.
    """

    number = models.CharField(_lazy("number"), max_length=24, unique=True, editable=False)
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, related_name="certificates", verbose_name=_lazy("enrolment")
    )
    template = models.CharField(_lazy("template"), max_length=40, default="completion")
    learner_name = models.CharField(_lazy("name of the learner"), max_length=120)
    course_title = models.CharField(_lazy("title of the course"), max_length=255)
    course_key = models.UUIDField(_lazy("course"))
    #: Everything else printed on it: signatory, words, minutes, outcomes, version of the course.
    facts = models.JSONField(default=dict)
    language = models.CharField(_lazy("language"), max_length=12)
    issued_on = models.DateField(_lazy("issued on"))
    revoked_at = models.DateTimeField(_lazy("revoked"), null=True, blank=True)
    revocation_reason = models.CharField(_lazy("reason"), max_length=300, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_lazy("revoked by"),
    )
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_lazy("replaces"),
    )

    class Meta:
        verbose_name = _lazy("certificate")
        verbose_name_plural = _lazy("certificates")
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "template"],
                condition=models.Q(revoked_at__isnull=True),
                name="commerce_certificate_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_revoked(self) -> bool:
        """Whether it was taken back."""
        return self.revoked_at is not None
