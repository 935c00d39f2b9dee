"""Issuing, revoking, reissuing."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.actions.issue_certificate import issue_certificate
from commerce.actions.reissue_certificate import reissue_certificate
from commerce.actions.revoke_certificate import revoke_certificate
from commerce.models import Certificate
from commerce.queries import certificate_by_number, certificates_of
from commerce.tests.factories import NOON, make_certificate, make_enrollment, make_user
from core.clock import frozen
from core.errors import DomainError
from core.ids import READABLE_ALPHABET
from core.models import AuditEntry, OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return make_user(permissions=("commerce.change_certificate",))


@pytest.fixture
def enrollment():
    return make_enrollment(make_user(name="Awa Ndiaye"))


def issue(enrollment, **changes):
    call = {"learner_name": "Awa Ndiaye", "course_title": "Farming", "language": "en", "facts": {"minutes": 90}}
    return issue_certificate(enrollment=enrollment, **{**call, **changes})


def rows():
    return tuple(model.objects.count() for model in (Certificate, OutboxEvent, AuditEntry))


def code_of(call, **kwargs):
    with pytest.raises(DomainError) as refused:
        call(**kwargs)
    return refused.value.code


def test_issues_once_with_the_facts_of_the_moment(enrollment):
    with frozen(NOON):
        first = issue(enrollment)
    again = issue(enrollment, learner_name="Another Name", course_title="Renamed")
    assert again == first
    assert (again.learner_name, again.course_title, again.facts) == ("Awa Ndiaye", "Farming", {"minutes": 90})
    assert first.issued_on == NOON.date()
    assert rows() == (1, 1, 0)


def test_numbers_are_long_and_random(enrollment):
    numbers = {issue(make_enrollment(make_user())).number for _time in range(20)}
    assert len(numbers) == 20
    assert all(len(number) == 16 and set(number) <= set(READABLE_ALPHABET) for number in numbers)


def test_another_template_is_another_certificate(enrollment):
    assert issue(enrollment) != issue(enrollment, template="distinction")


@pytest.mark.parametrize("name", ["", "   ", "\x00\n", "x" * 121])
def test_a_certificate_bears_a_name(enrollment, name):
    assert code_of(issue, enrollment=enrollment, learner_name=name) == "name_required"
    assert rows() == (0, 0, 0)


def test_a_revoked_certificate_does_not_come_back_by_a_repeated_event(enrollment, staff):
    certificate = issue(enrollment)
    revoke_certificate(actor=staff, certificate=certificate, reason="Not their own work.")
    assert issue(enrollment) == certificate
    assert Certificate.objects.count() == 1


def test_revoking_keeps_the_first_reason(enrollment, staff):
    certificate = issue(enrollment)
    with frozen(NOON):
        revoked = revoke_certificate(actor=staff, certificate=certificate, reason=" Not their\nown work. ")
    assert (revoked.revoked_at, revoked.revocation_reason, revoked.revoked_by) == (NOON, "Not their own work.", staff)
    before = rows()
    again = revoke_certificate(actor=staff, certificate=certificate, reason="Another reason.")
    assert (again.revocation_reason, rows()) == ("Not their own work.", before)
    assert list(certificates_of(enrollment.learner)) == []
    assert AuditEntry.objects.get().facts == {"reason": "Not their own work."}


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 301])
def test_revoking_needs_a_reason(enrollment, staff, reason):
    certificate = issue(enrollment)
    before = rows()
    assert code_of(revoke_certificate, actor=staff, certificate=certificate, reason=reason) == "reason_required"
    certificate.refresh_from_db()
    assert (certificate.is_revoked, rows()) == (False, before)


def test_only_staff_with_the_right_revoke_and_reissue(enrollment):
    certificate = issue(enrollment)
    before = rows()
    viewer = make_user(permissions=("commerce.view_certificate",))
    for actor in (enrollment.learner, make_user(), viewer, AnonymousUser(), None):
        assert code_of(revoke_certificate, actor=actor, certificate=certificate, reason="No.") == "not_allowed"
        assert code_of(reissue_certificate, actor=actor, certificate=certificate) == "not_allowed"
    certificate.refresh_from_db()
    assert (certificate.is_revoked, rows()) == (False, before)


def test_reissuing_corrects_the_name_and_points_back(enrollment, staff):
    old = issue(enrollment)
    new = reissue_certificate(actor=staff, certificate=old, learner_name="Awa N'Diaye")
    old.refresh_from_db()
    assert (new.learner_name, new.replaces, new.facts) == ("Awa N'Diaye", old, old.facts)
    assert new.number != old.number
    assert old.is_revoked
    assert old.revocation_reason == "Replaced by a corrected certificate."
    assert list(certificates_of(enrollment.learner)) == [new]
    before = rows()
    assert reissue_certificate(actor=staff, certificate=old, learner_name="Awa N'Diaye") == new
    assert rows() == before
    third = {"actor": staff, "certificate": old, "learner_name": "Third Name"}
    assert code_of(reissue_certificate, **third) == "certificate_replaced"
    assert rows() == before


def test_a_revoked_certificate_can_be_reissued_once(enrollment, staff):
    certificate = issue(enrollment)
    revoke_certificate(actor=staff, certificate=certificate, reason="Misspelt.")
    new = reissue_certificate(actor=staff, certificate=certificate)
    certificate.refresh_from_db()
    assert (new.is_revoked, certificate.revocation_reason) == (False, "Misspelt.")
    revoke_certificate(actor=staff, certificate=new, reason="Again.")
    assert code_of(reissue_certificate, actor=staff, certificate=certificate) == "certificate_replaced"


def test_a_number_is_found_however_it_is_typed(enrollment):
    certificate = make_certificate(enrollment, number="7K3MQ9PXAB2CDEFG")
    for typed in ("7K3MQ9PXAB2CDEFG", "7k3m-q9px-ab2c-defg", " 7K3M Q9PX\tAB2C DEFG\n"):
        assert certificate_by_number(typed) == certificate
    for typed in ("", "-", "7K3M", "' OR 1=1 --", "\x00" * 16, "é" * 16, "x" * 10_000):
        assert certificate_by_number(typed) is None


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Africa/Nairobi", date(2026, 11, 3)),
        ("Africa/Lagos", date(2026, 11, 2)),
        ("America/New_York", date(2026, 11, 2)),
    ],
)
def test_the_day_of_issue_is_the_learners(zone, day):
    learner = make_user(time_zone=zone)
    with frozen(datetime(2026, 11, 2, 22, 30, tzinfo=UTC)):
        certificate = issue_certificate(
            enrollment=make_enrollment(learner), learner_name="Awa", course_title="Loops", language="en", facts={}
        )
    assert certificate.issued_on == day


@pytest.mark.parametrize(
    ("language", "day"), [("en", "2 November 2026"), ("fr", "2 novembre 2026"), ("ar", "2 نوفمبر 2026")]
)
def test_the_day_is_written_in_the_certificates_language(language, day):
    from commerce.certificates.pdf import render_html

    certificate = make_certificate(make_enrollment(make_user()), language=language)
    assert f"<bdi>{day}</bdi>" in render_html(certificate)
