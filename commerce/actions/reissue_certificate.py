"""Put a corrected certificate in the place of another."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from commerce import policies
from commerce.actions.issue_certificate import clean_name, write_certificate
from commerce.actions.revoke_certificate import clean_reason, lock_certificate, write_revocation
from commerce.errors import CertificateIsReplaced
from commerce.locks import locked_enrollment
from commerce.models import Certificate
from core import audit
from core.policies import require

__all__ = ["reissue_certificate"]


def reissue_certificate(
    *, actor: Any, certificate: Certificate, learner_name: str | None = None, reason: str = ""
) -> Certificate:
    """Revoke ``certificate`` and return a new one that points to it; the facts stay as they were.

    The same request twice returns the same new certificate.

    Args:
        learner_name: the corrected name; the old one when left out.
        reason: shown with the old one; “Replaced by a corrected certificate.” when left out.

    Raises:
        NotAllowed: the actor may not change certificates.
        NameRequired: the name is empty or too long.
        ReasonRequired: the reason is longer than 300 characters.
        CertificateIsReplaced: another certificate of the enrolment stands in its place, under another name.
    """
    require(policies.can_change_certificates(actor))
    name = clean_name(certificate.learner_name if learner_name is None else learner_name)
    reason = clean_reason(reason or _default_reason(certificate.language))
    with transaction.atomic():
        enrollment = locked_enrollment(certificate.enrollment_id)
        old = lock_certificate(certificate)
        valid = Certificate.objects.filter(enrollment=enrollment, template=old.template, revoked_at=None).first()
        if valid is not None and valid.pk != old.pk:
            if valid.replaces_id == old.pk and valid.learner_name == name:
                return valid
            raise CertificateIsReplaced
        if Certificate.objects.filter(replaces=old).exists():
            raise CertificateIsReplaced
        if not old.is_revoked:
            write_revocation(old, actor=actor, reason=reason)
        new = write_certificate(
            Certificate(
                enrollment=enrollment,
                template=old.template,
                learner_name=name,
                course_title=old.course_title,
                course_key=old.course_key,
                facts=old.facts,
                language=old.language,
                replaces=old,
            )
        )
        audit.record(actor=actor, verb="commerce.certificate_reissued", target=new, facts={"replaces": old.number})
    return new


def _default_reason(language: str) -> str:
    with override(language):
        return _("Replaced by a corrected certificate.")
