"""The person who asks, their enrolments and certificates; and what anyone may verify."""

from dataclasses import dataclass
from typing import Any

import graphene
from django.conf import settings

from accounts.time_zones import time_zone_of
from api.graphql.batches import CourseBatch
from api.graphql.context import context_of
from api.graphql.types.course import CourseNode, CourseType
from commerce.models import Certificate, Enrollment
from commerce.queries import certificates_of, held_enrollments, one_for_each_course
from courses.queries.outline import CourseOutline
from courses.queries.pages import courses_by_keys
from learning.access import CourseAccess

#: Enrolments of one person served at once; nobody studies more courses at a time.
MAX_ENROLLMENTS = 200


class EnrollmentState(graphene.Enum):
    """Where an enrolment stands."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class EnrollmentNode:
    """An enrolment with its course, if that is still visible."""

    enrollment: Enrollment
    course: CourseNode | None

    @property
    def access(self) -> CourseAccess | None:
        return self.course.access if self.course else None

    @property
    def outline(self) -> CourseOutline | None:
        return self.course.outline if self.course else None


class EnrollmentType(graphene.ObjectType):
    """A learner's enrolment in a course."""

    class Meta:
        name = "Enrollment"

    id = graphene.ID(required=True)
    state = graphene.Field(EnrollmentState, required=True)
    course_title = graphene.String(required=True, description="As it was on enrolling.")
    course = graphene.Field(CourseType, description="Null when the course was withdrawn.")
    progress = graphene.Float(required=True, description="0 to 1.")
    enrolled_at = graphene.DateTime(required=True)

    @staticmethod
    def resolve_id(node: EnrollmentNode, info: Any) -> str:
        return str(node.enrollment.public_id)

    @staticmethod
    def resolve_state(node: EnrollmentNode, info: Any) -> str:
        return str(node.enrollment.state)

    @staticmethod
    def resolve_course_title(node: EnrollmentNode, info: Any) -> str:
        return node.enrollment.course_title

    @staticmethod
    def resolve_progress(node: EnrollmentNode, info: Any) -> float:
        return node.access.fraction if node.access else 0.0

    @staticmethod
    def resolve_enrolled_at(node: EnrollmentNode, info: Any) -> Any:
        return node.enrollment.enrolled_at


class CertificateType(graphene.ObjectType):
    """What a certificate says; the same for everyone who has its number."""

    class Meta:
        name = "Certificate"

    number = graphene.String(required=True)
    learner_name = graphene.String(required=True)
    course_title = graphene.String(required=True)
    issued_on = graphene.Date(required=True)
    is_revoked = graphene.Boolean(required=True)
    revocation_reason = graphene.String(description="When revoked.")
    url = graphene.String(required=True, description="Page where anyone verifies it.")
    pdf_url = graphene.String(required=True)

    @staticmethod
    def resolve_revocation_reason(certificate: Certificate, info: Any) -> str | None:
        return certificate.revocation_reason or None

    @staticmethod
    def resolve_url(certificate: Certificate, info: Any) -> str:
        return f"{settings.SITE_URL}/certificates/{certificate.number}/"

    @staticmethod
    def resolve_pdf_url(certificate: Certificate, info: Any) -> str:
        return f"{settings.SITE_URL}/api/v1/certificates/{certificate.number}.pdf"


class Me(graphene.ObjectType):
    """The person who is logged in."""

    id = graphene.ID(required=True)
    email = graphene.String(required=True)
    name = graphene.String(required=True)
    language = graphene.String(required=True)
    time_zone = graphene.String(required=True, description="IANA name; the school's where the profile names none.")
    currency = graphene.String(required=True, description="That prices are shown in: chosen, or the country's.")
    country = graphene.String(required=True)
    saves_data = graphene.Boolean(
        required=True, description="Videos shall begin with the smallest picture, unless a device says otherwise."
    )
    enrollments = graphene.List(
        graphene.NonNull(EnrollmentType),
        required=True,
        description="One a course: the open one, else the last expired.",
    )
    certificates = graphene.List(graphene.NonNull(CertificateType), required=True)

    @staticmethod
    def resolve_id(person: Any, info: Any) -> str:
        return str(person.public_id)

    @staticmethod
    def resolve_time_zone(person: Any, info: Any) -> str:
        return time_zone_of(person).key

    @staticmethod
    def resolve_currency(person: Any, info: Any) -> str:
        return context_of(info).currency

    @staticmethod
    def resolve_enrollments(person: Any, info: Any) -> list[EnrollmentNode]:
        found = one_for_each_course(held_enrollments(person))
        return enrollment_nodes([*found.values()][:MAX_ENROLLMENTS], info)

    @staticmethod
    def resolve_certificates(person: Any, info: Any) -> list[Certificate]:
        return list(certificates_of(person)[:MAX_ENROLLMENTS])


def enrollment_nodes(enrollments: list[Enrollment], info: Any) -> list[EnrollmentNode]:
    """Nodes whose courses share one batch."""
    context = context_of(info)
    courses = courses_by_keys((enrollment.course_key for enrollment in enrollments), context.language)
    batch = CourseBatch(list(courses.values()), context)
    return [
        EnrollmentNode(
            enrollment,
            CourseNode(courses[enrollment.course_key], batch) if enrollment.course_key in courses else None,
        )
        for enrollment in enrollments
    ]
