"""Accounts made by commands, imports and staff; reads about people."""

import uuid

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.actions.register_person import register_person
from accounts.errors import EmailTaken, RoleUnknown
from accounts.models import User
from accounts.queries import people_in_role, person_by_email, person_by_public_id
from accounts.tests.factories import PASSWORD, make_person
from core.models.outbox import OutboxEvent

pytestmark = pytest.mark.django_db


def test_registers_with_roles_and_a_verified_address(client):
    person = register_person(
        actor=None,
        email=" Author@Example.com ",
        name=" Author ",
        password=PASSWORD,
        language="fr",
        is_verified=True,
        roles=["instructor", "reviewer"],
        source="demo",
    )
    assert (person.email, person.name, person.language) == ("author@example.com", "Author", "fr")
    assert sorted(person.groups.values_list("name", flat=True)) == ["instructor", "reviewer"]
    names = OutboxEvent.objects.order_by("id").values_list("name", flat=True)
    assert list(names) == [
        "accounts.PersonRegistered",
        "accounts.PersonVerifiedEmail",
        "accounts.RoleGranted",
        "accounts.RoleGranted",
    ]
    client.post("/en/account/login/", {"login": "author@example.com", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_without_a_password_there_is_no_way_in_but_a_reset():
    person = register_person(actor=None, email="a@example.com")
    assert not person.has_usable_password()


def test_taken_addresses():
    make_person("a@example.com")
    EmailAddress.objects.create(user=make_person(), email="second@example.com", verified=True)
    for email in ("A@example.com", "second@example.com"):
        with pytest.raises(EmailTaken):
            register_person(actor=None, email=email)
    assert User.objects.count() == 2


def test_a_wrong_value_writes_nothing():
    for wrong in ({"email": "nope"}, {"name": "www.example.com"}, {"language": "xx"}):
        with pytest.raises(ValidationError):
            register_person(actor=None, **{"email": "a@example.com", **wrong})
    with pytest.raises(RoleUnknown):
        register_person(actor=None, email="a@example.com", roles=["emperor"])
    assert not User.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_the_database_itself_keeps_addresses_apart():
    make_person("a@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="A@EXAMPLE.com")])


def test_reads():
    person = make_person("a@example.com", roles=["reviewer"])
    gone = make_person("gone@example.com", roles=["reviewer"])
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert person_by_email(" A@Example.com") == person
    assert person_by_email("gone@example.com") is None
    assert person_by_public_id(str(person.public_id)) == person
    assert person_by_public_id(uuid.uuid4()) is None
    assert person_by_public_id("nonsense") is None
    assert list(people_in_role("reviewer")) == [person]


def test_how_people_are_called():
    person = User(email="awa@example.com", name="")
    assert (person.get_full_name(), person.get_short_name(), str(person)) == ("awa", "awa", "awa@example.com")
    person.name = "Awa Ndiaye"
    assert (person.get_full_name(), person.get_short_name(), str(person)) == ("Awa Ndiaye", "Awa", "Awa Ndiaye")
