"""What happens in this room."""

from dataclasses import dataclass
from uuid import UUID

from core.events import Event

__all__ = ["CertificateIssued", "CertificateRevoked", "EnrollmentStateChanged", "LearnerEnrolled"]


@dataclass(frozen=True)
class LearnerEnrolled(Event):
    """A learner may take a course from now on (or from the enrolment's opening on)."""

    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    source: str
    language: str


@dataclass(frozen=True)
class EnrollmentStateChanged(Event):
    """An enrolment was suspended, resumed, cancelled, or its time ran out."""

    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    before: str
    after: str


@dataclass(frozen=True)
class CertificateIssued(Event):
    """A certificate exists; ``replaces`` is the number of the one it stands in for, if any."""

    number: str
    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    replaces: str = ""


@dataclass(frozen=True)
class CertificateRevoked(Event):
    """A certificate was taken back."""

    number: str
    enrollment_key: UUID
    learner_key: UUID
    course_key: UUID
    reason: str
