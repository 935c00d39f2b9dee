from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser

from core import audit, clock
from core.audit import AppendOnlyError
from core.models import AuditEntry
from core.tests.factories import AuditEntryFactory, PersonFactory

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_records_who_what_whom_and_when():
    person, target = PersonFactory(), PersonFactory()
    with clock.frozen(NOON):
        entry = audit.record(
            actor=person, verb="core.bell_rung", target=target, label="The bell", facts={"times": 3}, ip="2001:db8::1"
        )
    entry = AuditEntry.objects.get(pk=entry.pk)
    assert (entry.at, entry.actor, entry.actor_public_id) == (NOON, person, person.public_id)
    assert (entry.verb, entry.facts, entry.ip) == ("core.bell_rung", {"times": 3}, "2001:db8::1")
    assert (entry.target_type, entry.target_label) == ("accounts.user", "The bell")
    assert UUID(entry.target_key) == target.public_id


@pytest.mark.parametrize("actor", [None, AnonymousUser()])
def test_the_platform_itself_has_no_account(actor):
    entry = audit.record(actor=actor, verb="core.swept")
    assert (entry.actor, entry.actor_public_id, entry.target_type, entry.facts) == (None, None, "", {})


def test_long_names_are_cut():
    assert len(audit.record(actor=None, verb="core.x", label="n" * 400).target_label) == 255


def test_a_row_without_public_id_goes_by_its_primary_key():
    entry = AuditEntryFactory()
    assert audit.target_key(entry) == str(entry.pk)


ATTEMPTS = {
    "save": lambda entry: entry.save(),
    "save as new": lambda entry: AuditEntry(pk=entry.pk, verb="core.forged").save(),
    "delete": lambda entry: entry.delete(),
    "queryset update": lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(verb="core.forged"),
    "queryset delete": lambda entry: AuditEntry.objects.all().delete(),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([entry], ["verb"]),
    "update or create": lambda entry: AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"verb": "core.x"}),
    "upsert": lambda entry: AuditEntry.objects.bulk_create(
        [AuditEntry(pk=entry.pk, verb="core.forged")],
        update_conflicts=True,
        update_fields=["verb"],
        unique_fields=["id"],
    ),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_nothing_is_changed_or_deleted(attempt):
    entry = AuditEntryFactory(verb="core.bell_rung")
    with pytest.raises(AppendOnlyError):
        attempt(entry)
    assert list(AuditEntry.objects.values_list("pk", "verb")) == [(entry.pk, "core.bell_rung")]


def test_an_erased_person_leaves_the_entry_behind():
    person = PersonFactory()
    key = person.public_id
    entry = audit.record(actor=person, verb="core.bell_rung")
    person.delete()
    entry = AuditEntry.objects.get(pk=entry.pk)
    assert (entry.actor, entry.actor_public_id) == (None, key)
