"""The base class on a model at hand: people and the audit entries about them."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import NotAllowed, NotFound
from core.models import AuditEntry
from core.policies import AnyOf, HasPermission, Policy, is_person, require
from core.tests.factories import AuditEntryFactory, PersonFactory


class Nothing(Policy[AuditEntry]):
    model = AuditEntry


class OwnDeeds(Policy[AuditEntry]):
    model = AuditEntry

    def for_user(self, user, rows):
        return rows.filter(actor=user)


class PublicDeeds(Policy[AuditEntry]):
    model = AuditEntry

    def for_user(self, user, rows):
        return self.for_anonymous(rows)

    def for_anonymous(self, rows):
        return rows.filter(verb="core.public")


@pytest.fixture
def people(db):
    return PersonFactory(), PersonFactory()


@pytest.fixture
def deeds(people):
    me, other = people
    return AuditEntryFactory(actor=me), AuditEntryFactory(actor=other), AuditEntryFactory(verb="core.public")


def seen(policy, user):
    return set(policy.filter(user))


def test_what_is_not_said_is_denied(people, deeds):
    superuser = PersonFactory(is_superuser=True)
    for user in (None, AnonymousUser(), people[0], superuser):
        assert seen(Nothing(), user) == set()
        assert not any(Nothing().allows(user, deed) for deed in deeds)


def test_the_list_and_the_answer_agree(people, deeds):
    me, other = people
    mine, theirs, public = deeds
    for policy in (OwnDeeds(), PublicDeeds(), OwnDeeds() | PublicDeeds(), Nothing()):
        for user in (me, other, None, AnonymousUser()):
            assert seen(policy, user) == {deed for deed in deeds if policy.allows(user, deed)}
    assert seen(OwnDeeds(), me) == {mine}
    assert seen(OwnDeeds(), other) == {theirs}
    assert seen(PublicDeeds(), AnonymousUser()) == {public}


def test_a_deactivated_account_counts_as_nobody(people, deeds):
    me, _ = people
    me.is_active = False
    assert not is_person(me)
    assert seen(OwnDeeds(), me) == set()
    assert seen(PublicDeeds(), me) == {deeds[2]}


def test_any_of_joins_without_doubling_and_keeps_the_rows_it_was_given(people, deeds):
    me, _ = people
    mine, _theirs, public = deeds
    both = OwnDeeds() | PublicDeeds() | OwnDeeds()
    assert isinstance(both, AnyOf)
    assert sorted(both.filter(me), key=lambda deed: deed.pk) == [mine, public]
    assert list(both.filter(me, AuditEntry.objects.filter(verb="core.public"))) == [public]
    with CaptureQueriesContext(connection) as queries:
        list(both.filter(me))
    assert len(queries) == 1


def test_policies_on_different_models_are_not_joined(people):
    with pytest.raises(TypeError):
        OwnDeeds() | HasPermission(type(people[0]), "core.view_auditentry")


def test_a_permission_opens_every_row(people, deeds):
    me, other = people
    me.user_permissions.add(Permission.objects.get(codename="view_auditentry", content_type__app_label="core"))
    policy = HasPermission(AuditEntry, "core.view_auditentry")
    assert seen(policy, me) == set(deeds)
    assert seen(policy, other) == seen(policy, None) == set()


def test_rows_that_are_not_stored_are_denied(people):
    assert not OwnDeeds().allows(people[0], AuditEntry(actor=people[0]))
    assert not OwnDeeds().allows(people[0], None)


def test_require_and_get_refuse(people, deeds):
    me, _ = people
    mine, theirs, _public = deeds
    OwnDeeds().require(me, mine)
    assert OwnDeeds().get(me, pk=mine.pk) == mine

    class NotYours(NotAllowed):
        code = "not_yours"

    with pytest.raises(NotYours):
        OwnDeeds().require(me, theirs, NotYours)
    with pytest.raises(NotFound):
        OwnDeeds().get(me, pk=theirs.pk)


def test_require_takes_a_condition():
    require(True)
    with pytest.raises(NotAllowed) as refusal:
        require(False, "not_enrolled", "Enrol first.")
    assert (refusal.value.code, str(refusal.value)) == ("not_enrolled", "Enrol first.")
    with pytest.raises(NotAllowed) as refusal:
        require(None)
    assert refusal.value.code == "not_allowed"
