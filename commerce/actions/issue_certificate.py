"""Award a certificate."""

from typing import Any

from django.db import transaction

from accounts.time_zones import time_zone_of
from commerce.errors import NameRequired
from commerce.events import CertificateIssued
from commerce.locks import locked_enrollment
from commerce.models import Certificate, Enrollment
from core import clock, outbox
from core.formats import local_date
from core.ids import readable_code

__all__ = ["NUMBER_LENGTH", "issue_certificate", "write_certificate"]

#: Of an alphabet of 29: 77 bits, so that nobody finds a certificate by trying numbers.
NUMBER_LENGTH = 16
#: Of ``Certificate.learner_name``.
MAX_NAME = 120


def issue_certificate(
    *,
    enrollment: Enrollment,
    learner_name: str,
    course_title: str,
    language: str,
    facts: dict[str, Any],
    template: str = "completion",
) -> Certificate:
    """Issue the certificate of an enrolment; asked again, also at once, it returns the one that exists.

    One that was revoked is returned too: taking back a certificate is not undone by an event that comes twice.
    ``reissue_certificate`` makes a new one.

    Args:
        learner_name: as it shall be printed, at most 120 characters.
        facts: JSON-able; what else is printed (see ``commerce.certificates.facts``).
        template: one certificate for each template.

    Raises:
        NameRequired: the name is empty or too long.
    """
    learner_name = clean_name(learner_name)
    with transaction.atomic():
        locked = locked_enrollment(enrollment.pk)
        latest = Certificate.objects.filter(enrollment=locked, template=template).order_by("-pk").first()
        if latest is not None:
            return latest
        return write_certificate(
            Certificate(
                enrollment=locked,
                template=template,
                learner_name=learner_name,
                course_title=course_title[:255],
                course_key=locked.course_key,
                facts=facts,
                language=language,
            )
        )


def write_certificate(certificate: Certificate) -> Certificate:
    """Number, date and store a new certificate under its locked enrolment, and publish it."""
    certificate.number = readable_code(NUMBER_LENGTH)
    # The day it was where the learner was: near midnight it is another one than in Greenwich.
    certificate.issued_on = local_date(clock.now(), time_zone_of(certificate.enrollment.learner))
    certificate.save(force_insert=True)
    enrollment = certificate.enrollment
    outbox.publish(
        CertificateIssued(
            number=certificate.number,
            enrollment_key=enrollment.public_id,
            learner_key=enrollment.learner.public_id,
            course_key=certificate.course_key,
            replaces=certificate.replaces.number if certificate.replaces else "",
        )
    )
    return certificate


def clean_name(name: str) -> str:
    """Return a name fit for print: one line, no control characters.

    Raises:
        NameRequired: nothing is left, or more than 120 characters.
    """
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not name or len(name) > MAX_NAME:
        raise NameRequired
    return name
