"""Take a certificate back."""

from typing import Any

from django.db import transaction

from commerce import policies
from commerce.errors import ReasonRequired
from commerce.events import CertificateRevoked
from commerce.locks import locked_enrollment
from commerce.models import Certificate
from core import audit, clock, outbox
from core.policies import require

__all__ = ["revoke_certificate", "write_revocation"]

#: Of ``Certificate.revocation_reason``.
MAX_REASON = 300


def revoke_certificate(*, actor: Any, certificate: Certificate, reason: str) -> Certificate:
    """Revoke with a reason that whoever verifies it will read; a second time changes nothing.

    Raises:
        NotAllowed: the actor may not change certificates.
        ReasonRequired: no reason, or more than 300 characters.
    """
    require(policies.can_change_certificates(actor))
    reason = clean_reason(reason)
    with transaction.atomic():
        locked_enrollment(certificate.enrollment_id)
        locked = lock_certificate(certificate)
        if not locked.is_revoked:
            write_revocation(locked, actor=actor, reason=reason)
    return locked


def write_revocation(certificate: Certificate, *, actor: Any, reason: str) -> None:
    """Mark a locked certificate as revoked, with audit entry and event."""
    certificate.revoked_at = clock.now()
    certificate.revocation_reason = reason
    certificate.revoked_by = actor
    certificate.save(update_fields=["revoked_at", "revocation_reason", "revoked_by"])
    audit.record(actor=actor, verb="commerce.certificate_revoked", target=certificate, facts={"reason": reason})
    enrollment = certificate.enrollment
    outbox.publish(
        CertificateRevoked(
            number=certificate.number,
            enrollment_key=enrollment.public_id,
            learner_key=enrollment.learner.public_id,
            course_key=certificate.course_key,
            reason=reason,
        )
    )


def lock_certificate(certificate: Certificate) -> Certificate:
    """Lock and return the certificate as it is now; its enrolment is locked already."""
    return (
        Certificate.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enrollment__learner")
        .get(pk=certificate.pk)
    )


def clean_reason(reason: str) -> str:
    """Return the reason on one line.

    Raises:
        ReasonRequired: empty or longer than 300 characters.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > MAX_REASON:
        raise ReasonRequired
    return reason
