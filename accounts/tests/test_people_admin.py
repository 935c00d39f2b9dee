"""People in the Wagtail admin: who may add, change and remove accounts, and what that does."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, make_person, make_superuser
from core.models import AuditEntry
from core.models.outbox import OutboxEvent

pytestmark = pytest.mark.django_db

INDEX = "wagtailusers_users:index"
ADD = "wagtailusers_users:add"


def edit_url(person: User) -> str:
    return reverse("wagtailusers_users:edit", args=[person.pk])


def delete_url(person: User) -> str:
    return reverse("wagtailusers_users:delete", args=[person.pk])


def group(name: str) -> int:
    return Group.objects.get(name=name).pk


@pytest.fixture
def administrator(client):
    person = make_person(roles=["administrator"], name="Ada Min")
    client.force_login(person)
    return person


def form_of(person: User, **changes):
    return {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "groups": list(person.groups.values_list("pk", flat=True)),
        "is_active": "on",
        **changes,
    }


def test_list_shows_and_finds_people(client, administrator):
    make_person("zoe@example.com", name="Zoé Traoré", roles=["translator"])
    page = client.get(reverse(INDEX)).content.decode()
    assert "Zoé Traoré" in page
    assert "zoe@example.com" in page
    assert "translator" in page
    assert "gravatar" not in page
    found = client.get(reverse(INDEX), {"q": "traor"}).content.decode()
    assert "zoe@example.com" in found
    assert administrator.email not in found.partition("<main")[2]
    assert client.get(reverse(INDEX), {"ordering": "-name"}).status_code == 200


def test_list_takes_as_many_queries_for_ten_as_for_two(client, administrator):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(INDEX)).status_code == 200
        return len(queries)

    make_person(roles=["reviewer"])
    count()
    few = count()
    for _ in range(8):
        make_person(roles=["reviewer", "translator"])
    assert count() == few


def test_adding_somebody(client, administrator):
    form = client.get(reverse(ADD)).context["form"]
    assert set(form.fields) == {"email", "name", "language", "groups", "password1", "password2"}
    response = client.post(
        reverse(ADD),
        {
            "email": "New.Person@Example.com",
            "name": "New Person",
            "language": "fr",
            "groups": [group("instructor")],
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )
    assert response.status_code == 302
    person = User.objects.get(email="new.person@example.com")
    assert (person.name, person.language, person.is_superuser) == ("New Person", "fr", False)
    assert [role.name for role in person.groups.all()] == ["instructor"]
    entry = AuditEntry.objects.get(verb="accounts.person_registered", target_key=str(person.public_id))
    assert (entry.actor, entry.facts) == (administrator, {"roles": ["instructor"], "source": "admin"})
    events = OutboxEvent.objects.filter(payload__person_key=str(person.public_id)).order_by("id")
    assert [event.name for event in events] == ["accounts.PersonRegistered", "accounts.RoleGranted"]
    assert events[0].payload["source"] == "admin"
    # They show that the address is theirs when they first log in.
    visitor = Client()
    visitor.post("/en/account/login/", {"login": person.email, "password": PASSWORD})
    assert "_auth_user_id" not in visitor.session
    assert mail.outbox[-1].to == [person.email]


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "taken@example.com"), ("email", "TAKEN@example.com"), ("email", "x"), ("name", "www.example.com")],
)
def test_adding_refuses(client, administrator, field, value):
    make_person("taken@example.com")
    before = User.objects.count()
    data = {"email": "a@example.com", "name": "A B", "language": "", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post(reverse(ADD), {**data, field: value})
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert User.objects.count() == before


def test_administrators_make_no_superusers(client, administrator):
    person = make_person()
    client.post(edit_url(person), form_of(person, is_superuser="on"))
    person.refresh_from_db()
    assert not person.is_superuser
    client.post(edit_url(administrator), form_of(administrator, is_superuser="on"))
    administrator.refresh_from_db()
    assert not administrator.is_superuser


def test_superusers_make_superusers(client):
    client.force_login(make_superuser())
    person = make_person()
    client.post(edit_url(person), form_of(person, is_superuser="on"))
    person.refresh_from_db()
    assert person.is_superuser


def test_administrators_leave_superusers_alone(client, administrator):
    root = make_superuser()
    for url in (edit_url(root), delete_url(root)):
        assert client.get(url).status_code == 302  # Wagtail's way to refuse: back, with a message
        client.post(url, form_of(root, name="Taken over", password1="nine-loud-drums", password2="nine-loud-drums"))
    bulk = reverse("wagtail_bulk_action", args=["accounts", "user", "set_active_state"])
    client.post(f"{bulk}?id={root.pk}", {"mark_as_active": "False"})
    root.refresh_from_db()
    assert (root.name, root.is_active) == ("Root", True)
    assert root.check_password(PASSWORD)


def test_editing_changes_name_roles_and_state(client, administrator):
    person = make_person(roles=["translator"])
    response = client.post(
        edit_url(person), form_of(person, name="Other Name", groups=[group("reviewer")], is_active="")
    )
    assert response.status_code == 302
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("Other Name", False)
    entry = AuditEntry.objects.get(verb="accounts.person_changed")
    assert entry.facts == {
        "fields": ["groups", "is_active", "name"],
        "roles_before": ["translator"],
        "roles_after": ["reviewer"],
    }
    assert person.check_password(PASSWORD)
    events = OutboxEvent.objects.filter(name__contains="Role", payload__person_key=str(person.public_id))
    assert sorted((event.name, event.payload["role"]) for event in events) == [
        ("accounts.RoleGranted", "reviewer"),
        ("accounts.RoleGranted", "translator"),
        ("accounts.RoleRevoked", "translator"),
    ]


def test_a_new_address_from_the_admin_closes_the_old_one(client, administrator):
    person = make_person("old@example.com")
    client.post(edit_url(person), form_of(person, email="New@example.com"))
    person.refresh_from_db()
    assert person.email == "new@example.com"
    assert list(EmailAddress.objects.filter(user=person).values_list("email", "verified")) == [
        ("new@example.com", False)
    ]
    visitor = Client()
    visitor.post("/en/account/login/", {"login": "old@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in visitor.session


def test_an_address_that_is_another_persons_second_one_is_refused(client, administrator):
    EmailAddress.objects.create(user=make_person(), email="second@example.com", verified=True)
    person = make_person("first@example.com")
    response = client.post(edit_url(person), form_of(person, email="second@example.com"))
    assert response.status_code == 200
    assert "email" in response.context["form"].errors
    person.refresh_from_db()
    assert person.email == "first@example.com"


def test_deleting_somebody(client, administrator):
    person = make_person()
    assert client.get(delete_url(person)).status_code == 200
    client.post(delete_url(person))
    assert not User.objects.filter(pk=person.pk).exists()
    entry = AuditEntry.objects.get(verb="accounts.person_deleted")
    assert (entry.actor, entry.target_label) == (administrator, str(person.public_id))


def test_nobody_deletes_themself(client, administrator):
    client.post(delete_url(administrator))
    assert User.objects.filter(pk=administrator.pk).exists()


@pytest.mark.parametrize("role", ["instructor", "translator", "reviewer", "support", "finance"])
def test_other_roles_change_nobody(client, role):
    client.force_login(make_person(roles=[role]))
    person = make_person(name="Before")
    before = User.objects.count()
    client.post(edit_url(person), form_of(person, name="After"))
    client.post(delete_url(person))
    client.post(reverse(ADD), {"email": "a@example.com", "name": "A", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == before
    assert User.objects.get(pk=person.pk).name == "Before"


def test_own_preferences_leave_name_address_and_password_to_the_website(client, administrator):
    page = client.get("/admin/account/")
    assert page.status_code == 200
    html = page.content.decode()
    for field in ("name_email-", "avatar-avatar", "password-new_password1"):
        assert field not in html
    assert "locale-current_time_zone" in html
    assert reverse("account_email") in html


def test_sidebar_greets_by_name(client, administrator):
    assert '"name": "Ada"' in client.get("/admin/").content.decode().replace("&quot;", '"')


def test_createsuperuser_works_without_a_mail(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", email="Root@Example.com", verbosity=0)
    client.post("/en/account/login/", {"login": "root@example.com", "password": PASSWORD})
    assert "_auth_user_id" in client.session
    assert client.get("/admin/").status_code == 200
