"""The operators' screens in the Wagtail admin, for each kind of visitor."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import NoReverseMatch, reverse

from core import audit, clock, dispatch
from core.models import AuditEntry, OutboxDelivery
from core.tests.factories import AuditEntryFactory, PersonFactory, handler, publish

State = OutboxDelivery.State

pytestmark = pytest.mark.django_db


def grant(person, *codenames):
    rows = Permission.objects.filter(codename__in=codenames)
    assert rows.count() == len(codenames)
    person.user_permissions.add(*rows)
    return person


def editor():
    return grant(PersonFactory(is_staff=True), "access_admin")


def operator():
    return grant(editor(), "view_outboxdelivery", "view_auditentry")


def administrator():
    return grant(operator(), "retry_outboxdelivery")


@pytest.fixture
def delivery():
    with handler(lambda event: None):
        row = publish()
    OutboxDelivery.objects.update(
        state=State.SET_ASIDE, set_aside_at=clock.now(), attempts=10, error="RuntimeError: <lamp> out"
    )
    row.refresh_from_db()
    return row


def urls(delivery):
    entry = AuditEntry.objects.first()
    return {
        "outbox": reverse("outbox:index"),
        "delivery": reverse("outbox:inspect", args=[delivery.pk]),
        "retry": reverse("outbox:retry", args=[delivery.pk]),
        "log": reverse("audit_log:index"),
        "entry": reverse("audit_log:inspect", args=[entry.pk]),
    }


ROLES = {
    "anonymous": (None, set()),
    "learner": (PersonFactory, set()),
    "editor": (editor, set()),
    "operator": (operator, {"outbox", "delivery", "log", "entry"}),
    "administrator": (administrator, {"outbox", "delivery", "retry", "log", "entry"}),
    "superuser": (
        lambda: PersonFactory(is_staff=True, is_superuser=True),
        {"outbox", "delivery", "retry", "log", "entry"},
    ),
}


@pytest.mark.parametrize(("make", "expected"), ROLES.values(), ids=ROLES.keys())
def test_who_sees_what(client, delivery, make, expected):
    AuditEntryFactory()
    if make:
        client.force_login(make())
    answers = {name: client.get(url).status_code for name, url in urls(delivery).items()}
    assert {name for name, status in answers.items() if status == 200} == expected
    assert {status for name, status in answers.items() if name not in expected} <= {302, 403}


@pytest.mark.parametrize("make", [None, PersonFactory, editor, operator])
def test_others_can_not_retry(client, delivery, make):
    if make:
        client.force_login(make())
    assert client.post(reverse("outbox:retry", args=[delivery.pk])).status_code in (302, 403)
    delivery.refresh_from_db()
    assert delivery.state == State.SET_ASIDE
    assert not AuditEntry.objects.exists()


def test_an_administrator_reads_the_reason_and_retries(client, delivery):
    person = administrator()
    client.force_login(person)
    retry = reverse("outbox:retry", args=[delivery.pk])
    assert retry in client.get(reverse("outbox:index")).content.decode()
    page = client.get(reverse("outbox:inspect", args=[delivery.pk])).content.decode()
    assert "RuntimeError: &lt;lamp&gt; out" in page
    assert "noon" in page
    assert retry in page
    assert "RuntimeError: &lt;lamp&gt; out" in client.get(retry).content.decode()
    delivery.refresh_from_db()
    assert delivery.state == State.SET_ASIDE  # looking changes nothing

    assert client.post(retry).url == reverse("outbox:index")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (State.WAITING, 0)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.verb, entry.facts["handler"]) == (person, "core.delivery_retried", "core.test_bell")
    client.post(retry)
    assert AuditEntry.objects.count() == 1
    with handler(lambda event: None):
        assert dispatch.dispatch().delivered == 1
    assert retry not in client.get(reverse("outbox:index")).content.decode()


def test_the_log_is_found_by_who_what_and_when(client):
    someone = PersonFactory(email="someone@example.com")
    audit.record(actor=someone, verb="core.bell_rung", label="North bell")
    audit.record(actor=None, verb="core.swept", label="Nightly sweep")
    client.force_login(operator())

    def found(**query):
        text = client.get(reverse("audit_log:index"), query).content.decode()
        return {name for name in ("North bell", "Nightly sweep") if name in text}

    assert found() == {"North bell", "Nightly sweep"}
    assert found(verb="bell") == {"North bell"}
    assert found(who="SOMEONE@") == {"North bell"}
    assert found(since="2100-01-01") == set()
    assert found(until=clock.now().date().isoformat()) == {"North bell", "Nightly sweep"}


@pytest.mark.parametrize("name", ["add", "edit", "delete", "copy"])
@pytest.mark.parametrize("screen", ["outbox", "audit_log"])
def test_nothing_can_be_edited(screen, name):
    with pytest.raises(NoReverseMatch):
        reverse(f"{screen}:{name}")
    with pytest.raises(NoReverseMatch):
        reverse(f"{screen}:{name}", args=[1])


def test_the_list_of_deliveries_asks_the_same_however_long_it_is(client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(administrator())
    counts = []
    for length in (10, 40):
        with handler(lambda event: None):
            while OutboxDelivery.objects.count() < length:
                publish()
        OutboxDelivery.objects.update(state=State.SET_ASIDE, set_aside_at=clock.now())
        client.get(reverse("outbox:index"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("outbox:index")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
