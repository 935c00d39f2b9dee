"""The roles: what each may do, wherever the table is applied."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from wagtail.models import GroupCollectionPermission

from accounts import policies
from accounts.actions.apply_roles import apply_roles
from accounts.actions.grant_role import grant_role
from accounts.actions.revoke_role import revoke_role
from accounts.errors import MayNotManagePerson, RoleUnknown
from accounts.roles import ROLES
from accounts.tests.factories import make_person, make_superuser
from core.models import AuditEntry
from core.models.outbox import OutboxEvent

pytestmark = pytest.mark.django_db

ALL = {"instructor", "translator", "reviewer", "support", "finance", "administrator"}

#: permission → roles that hold it; everybody else doesn't.
TABLE = {
    "wagtailadmin.access_admin": ALL,
    "courses.add_glossaryterm": {"instructor", "administrator"},
    "courses.change_glossaryterm": {"instructor", "translator", "administrator"},
    "courses.delete_glossaryterm": {"administrator"},
    "courses.change_category": {"translator", "administrator"},
    "courses.add_category": {"administrator"},
    "wagtail_localize.submit_translation": {"translator", "administrator"},
    "commerce.view_enrollment": {"support", "finance", "administrator"},
    "commerce.change_enrollment": {"support", "administrator"},
    "commerce.delete_enrollment": {"administrator"},
    "commerce.view_order": {"support", "finance", "administrator"},
    "commerce.view_payment": {"support", "finance", "administrator"},
    "commerce.change_payment": {"finance", "administrator"},
    "commerce.add_refund": {"support", "finance", "administrator"},
    "commerce.change_refund": {"finance", "administrator"},
    "commerce.change_offer": {"finance", "administrator"},
    "commerce.change_coupon": {"finance", "administrator"},
    "commerce.view_ledgertransaction": {"finance", "administrator"},
    "commerce.change_courseshare": {"finance", "administrator"},
    "commerce.change_courseterms": {"finance", "administrator"},
    "commerce.add_payoutrun": {"finance", "administrator"},
    "commerce.change_payoutrun": {"finance", "administrator"},
    "commerce.delete_payment": {"administrator"},
    "commerce.change_certificate": {"support", "administrator"},
    "accounts.view_user": {"support", "finance", "administrator"},
    "accounts.change_user": {"administrator"},
    "auth.change_group": {"administrator"},
    "core.view_auditentry": {"administrator"},
    "core.retry_outboxdelivery": {"administrator"},
    "auth.change_permission": set(),
    "sessions.view_session": set(),
    "mfa.delete_authenticator": set(),
    "account.change_emailaddress": set(),
    "axes.delete_accessattempt": set(),
}


@pytest.mark.parametrize("permission", TABLE)
def test_table(permission):
    assert Permission.objects.filter(
        content_type__app_label=permission.partition(".")[0], codename=permission.partition(".")[2]
    ).exists()
    holders = {role for role in ALL if make_person(roles=[role]).has_perm(permission)}
    assert holders == TABLE[permission]
    assert not make_person().has_perm(permission)
    assert make_superuser().has_perm(permission)


def test_all_names_in_the_table_exist():
    assert apply_roles() == []


def test_applying_again_changes_nothing():
    def state():
        return (
            {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()},
            set(GroupCollectionPermission.objects.values_list("pk", flat=True)),
        )

    before = state()
    apply_roles()
    assert state() == before


def test_what_a_school_added_stays_and_what_it_lost_comes_back():
    group = Group.objects.get(name="reviewer")
    extra = Permission.objects.get(codename="view_enrollment")
    needed = Permission.objects.get(codename="access_admin")
    group.permissions.add(extra)
    group.permissions.remove(needed)
    apply_roles()
    held = set(group.permissions.all())
    assert {extra, needed} <= held


def test_migrate_makes_groups_that_were_deleted_anew():
    Group.objects.filter(name__in=ALL).delete()
    call_command("migrate", "accounts", verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) >= ALL
    assert make_person(roles=["support"]).has_perm("commerce.view_order")


def test_everybody_who_writes_may_choose_pictures_and_files():
    for role in ROLES:
        verbs = set(
            GroupCollectionPermission.objects.filter(
                group__name=role.name, collection__depth=1, permission__codename__startswith="choose_"
            ).values_list("permission__codename", flat=True)
        )
        assert verbs == (set() if role.name in ("support", "finance") else {"choose_image", "choose_document"}), (
            role.name
        )


def test_granting_and_revoking_is_told_and_written_down():
    administrator, person = make_person(roles=["administrator"]), make_person()
    assert grant_role(actor=administrator, person=person, role="translator") is True
    assert policies.is_translator(person)
    assert grant_role(actor=administrator, person=person, role="translator") is False
    assert revoke_role(actor=administrator, person=person, role="translator") is True
    assert not policies.is_translator(person)
    assert revoke_role(actor=administrator, person=person, role="translator") is False
    entries = AuditEntry.objects.filter(target_key=str(person.public_id), verb__contains="role").order_by("id")
    assert [(entry.verb, entry.actor, entry.facts) for entry in entries] == [
        ("accounts.role_granted", administrator, {"role": "translator"}),
        ("accounts.role_revoked", administrator, {"role": "translator"}),
    ]
    events = OutboxEvent.objects.filter(payload__person_key=str(person.public_id), name__contains="Role")
    assert sorted(event.name for event in events) == ["accounts.RoleGranted", "accounts.RoleRevoked"]


@pytest.mark.parametrize("role", sorted(ALL - {"administrator"}))
def test_only_administrators_grant_roles(role):
    actor, person = make_person(roles=[role]), make_person()
    with pytest.raises(MayNotManagePerson):
        grant_role(actor=actor, person=person, role="administrator")
    assert policies.role_names(person) == frozenset()
    assert not AuditEntry.objects.filter(target_key=str(person.public_id), verb="accounts.role_granted").exists()


def test_administrators_leave_superusers_alone():
    with pytest.raises(MayNotManagePerson):
        revoke_role(actor=make_person(roles=["administrator"]), person=make_superuser(), role="support")


def test_unknown_role():
    with pytest.raises(RoleUnknown):
        grant_role(actor=None, person=make_person(), role="emperor")


def test_roles_are_read_once_a_request(django_assert_num_queries):
    person = make_person(roles=["instructor", "reviewer"])
    with django_assert_num_queries(1):
        assert policies.is_instructor(person)
        assert policies.is_reviewer(person)
        assert not policies.is_support(person)


def test_deactivated_people_act_in_no_role():
    person = make_person(roles=["instructor"])
    person.is_active = False
    assert policies.role_names(person) == frozenset()
    assert not policies.is_instructor(person)
    assert not policies.is_staff(person)
