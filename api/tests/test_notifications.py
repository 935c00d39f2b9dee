"""Notices and choices about them, for programs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.tests.calls import ask, client_of, data, person
from notifications.models import Notification, Preference
from notifications.tests.factories import make_notification

pytestmark = pytest.mark.django_db

LIST = """query ($first: Int, $after: String, $unreadOnly: Boolean) {
  notifications(first: $first, after: $after, unreadOnly: $unreadOnly) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { id kind category title text url isRead createdAt readAt } } } }"""
COUNT = "{ unreadNotificationCount }"
CHOICES = "{ notificationPreferences { category title channel isOn canChange whyRequired } }"
MARK = """mutation ($ids: [ID!]) { markNotificationsRead(input: {ids: $ids}) {
  marked unreadCount errors { code field message } } }"""
CHOOSE = """mutation ($category: String!, $channel: NotificationChannel!, $isOn: Boolean!) {
  setNotificationPreference(input: {category: $category, channel: $channel, isOn: $isOn}) {
    preference { category channel isOn } errors { code field message } } }"""


@pytest.fixture
def awa():
    return person("awa@example.com")


@pytest.fixture
def client(awa) -> Client:
    return client_of(awa)


def nodes(answer: dict) -> list[dict]:
    return [edge["node"] for edge in answer["notifications"]["edges"]]


def test_the_list_in_words(client: Client, awa) -> None:
    row = make_notification(awa)
    (node,) = nodes(data(client, LIST))
    assert node == {
        "id": str(row.public_id),
        "kind": "order_paid",
        "category": "receipts",
        "title": f"Your receipt for order {row.data['order_number']}",
        "text": "We have received 25\u202f000\u00a0FCFA for Farming with data and Soil. Thank you!",
        "url": node["url"],
        "isRead": False,
        "createdAt": row.created_at.isoformat(),
        "readAt": None,
    }


def test_pages_of_it(client: Client, awa) -> None:
    rows = [str(make_notification(awa).public_id) for _number in range(5)][::-1]
    first = data(client, LIST, first=2)["notifications"]
    assert first["totalCount"] == 5
    rest = data(client, LIST, first=3, after=first["pageInfo"]["endCursor"])["notifications"]
    assert [edge["node"]["id"] for edge in first["edges"] + rest["edges"]] == rows
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


def test_queries_stay_the_same(client: Client, awa) -> None:
    counts = []
    for more in (10, 40):
        for _number in range(more):
            make_notification(awa)
        data(client, LIST, first=50)
        with CaptureQueriesContext(connection) as queries:
            data(client, LIST, first=50)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_others_have_their_own(client: Client, awa) -> None:
    row = make_notification(person("kofi@example.com"))
    assert nodes(data(client, LIST)) == []
    answer = data(client, MARK, ids=[str(row.public_id)])["markNotificationsRead"]
    assert answer == {"marked": 0, "unreadCount": 0, "errors": []}
    assert Notification.objects.get().read_at is None


@pytest.mark.parametrize("query", [LIST, COUNT, CHOICES])
def test_visitors_log_in_first(query: str) -> None:
    assert ask(Client(), query)["errors"][0]["extensions"]["code"] == "NOT_LOGGED_IN"


def test_marking_some_then_all(client: Client, awa) -> None:
    rows = [make_notification(awa) for _number in range(3)]
    answer = data(client, MARK, ids=[str(rows[0].public_id)])["markNotificationsRead"]
    assert answer == {"marked": 1, "unreadCount": 2, "errors": []}
    assert [node["id"] for node in nodes(data(client, LIST, unreadOnly=True))] == [
        str(row.public_id) for row in (rows[2], rows[1])
    ]
    assert data(client, MARK, ids=[])["markNotificationsRead"]["marked"] == 0
    assert data(client, COUNT) == {"unreadNotificationCount": 2}
    assert data(client, "mutation { markNotificationsRead(input: {}) { marked } }") == {
        "markNotificationsRead": {"marked": 2}
    }
    assert data(client, COUNT) == {"unreadNotificationCount": 0}


@pytest.mark.parametrize(("ids", "code"), [(["nonsense"], "invalid_id"), (["1"] * 101, "too_many_ids")])
def test_ids_that_are_none(client: Client, awa, ids: list[str], code: str) -> None:
    make_notification(awa)
    (error,) = data(client, MARK, ids=ids)["markNotificationsRead"]["errors"]
    assert (error["code"], error["field"]) == (code, "ids")
    assert data(client, COUNT) == {"unreadNotificationCount": 1}


def test_choices(client: Client, awa) -> None:
    answer = data(client, CHOOSE, category="payment_reminders", channel="MAIL", isOn=False)
    assert answer["setNotificationPreference"] == {
        "preference": {"category": "payment_reminders", "channel": "MAIL", "isOn": False},
        "errors": [],
    }
    found = data(client, CHOICES)["notificationPreferences"]
    assert [(row["category"], row["channel"]) for row in found if not row["isOn"]] == [("payment_reminders", "MAIL")]
    (receipts,) = (row for row in found if (row["category"], row["channel"]) == ("receipts", "MAIL"))
    assert receipts == {
        "category": "receipts",
        "title": "Receipts",
        "channel": "MAIL",
        "isOn": True,
        "canChange": False,
        "whyRequired": "The law asks us to confirm what you paid and what you get back.",
    }


@pytest.mark.parametrize(
    ("category", "code"), [("receipts", "notification_required"), ("staff", "notification_category_unknown")]
)
def test_choices_that_are_refused(client: Client, category: str, code: str) -> None:
    answer = data(client, CHOOSE, category=category, channel="MAIL", isOn=False)["setNotificationPreference"]
    assert answer["preference"] is None
    assert (answer["errors"][0]["code"], answer["errors"][0]["field"]) == (code, "category")
    assert not Preference.objects.exists()


def test_in_the_answers_language(client: Client, awa) -> None:
    awa.language = "ar"
    awa.save()
    make_notification(awa, "payout_sent")
    (node,) = nodes(data(client, LIST))
    assert "\u2067" in node["title"] or "\u2066" in node["title"]
