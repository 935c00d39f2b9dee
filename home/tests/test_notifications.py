"""Notices on the website: the list, the choices, the way out that stands in mails."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.factories import make_person, make_superuser
from notifications.categories import CATEGORIES
from notifications.models import Notification, Preference
from notifications.queries import choices_of, unread_count
from notifications.tests.factories import make_notification
from notifications.tokens import unsubscribe_token

pytestmark = pytest.mark.django_db

LIST = "/en/notices/"
CHOICES = "/en/notices/choices/"


@pytest.fixture
def awa(client: Client) -> User:
    """Somebody who is logged in."""
    person = make_person("awa@example.com", name="Awa Ndiaye")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return person


def page(client: Client, url: str = LIST) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


class TestList:
    def test_shows_titles_and_what_happened(self, client: Client, awa: User) -> None:
        row = make_notification(awa)
        number = row.data["order_number"]
        text = page(client)
        assert f"Your receipt for order {number}" in text
        assert "We have received 25\u202f000\u00a0FCFA for Farming with data and Soil. Thank you!" in text
        assert text.count(">Mark as read<") == 1

    def test_is_empty_at_first(self, client: Client, awa: User) -> None:
        assert "There is nothing to tell you yet." in page(client)

    def test_what_others_are_told_stays_with_them(self, client: Client, awa: User) -> None:
        row = make_notification(make_person())
        assert row.data["order_number"] not in page(client)
        client.post(LIST, {"id": str(row.public_id)})
        client.post(LIST)
        row.refresh_from_db()
        assert row.read_at is None

    def test_texts_are_no_markup(self, client: Client, awa: User) -> None:
        row = make_notification(awa)
        row.data["titles"] = ["<script>alert(1)</script>"]
        row.save()
        text = page(client)
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text

    def test_one_is_read_then_all(self, client: Client, awa: User) -> None:
        first, second, third = (make_notification(awa) for _number in range(3))
        response = client.post(LIST, {"id": str(second.public_id), "next": f"{LIST}?page=1"})
        assert (response.status_code, response["Location"]) == (302, f"{LIST}?page=1")
        unread = set(Notification.objects.filter(read_at=None))
        assert unread == {first, third}
        client.post(LIST)
        assert unread_count(awa) == 0
        assert ">Mark as read<" not in page(client)

    @pytest.mark.parametrize("sent", ["nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_an_id_that_is_none_marks_nothing(self, client: Client, awa: User, sent: str) -> None:
        make_notification(awa)
        assert client.post(LIST, {"id": sent}).status_code == 302
        assert unread_count(awa) == 1

    def test_leads_nowhere_else(self, client: Client, awa: User) -> None:
        assert client.post(LIST, {"next": "https://example.org/"})["Location"] == LIST

    def test_reading_the_page_changes_nothing(self, client: Client, awa: User) -> None:
        make_notification(awa)
        page(client)
        assert unread_count(awa) == 1

    def test_pages(self, client: Client, awa: User) -> None:
        for _number in range(45):
            make_notification(awa)
        assert page(client).count(">Mark as read<") == 20
        last = page(client, f"{LIST}?page=3")
        assert last.count(">Mark as read<") == 5
        assert f'href="{LIST}?page=2"' in last

    def test_queries_stay_the_same(self, client: Client, awa: User) -> None:
        counts = []
        for more in (10, 40):
            for _number in range(more):
                make_notification(awa)
            page(client)
            with CaptureQueriesContext(connection) as queries:
                page(client)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestHeader:
    def test_tells_how_many_are_unread(self, client: Client, awa: User) -> None:
        make_notification(awa)
        make_notification(awa)
        text = re.sub(r"<[^>]*>", "", page(client, "/en/dashboard/"))
        assert "Notices 2 not read yet" in text

    def test_costs_visitors_nothing(self, client: Client) -> None:
        with CaptureQueriesContext(connection) as queries:
            text = page(client, "/en/account/login/")
        assert "notifications_" not in str(queries.captured_queries)
        assert "/notices/" not in text

    def test_costs_others_one_query(self, client: Client, awa: User) -> None:
        with CaptureQueriesContext(connection) as queries:
            page(client, "/en/dashboard/")
        assert str(queries.captured_queries).count('FROM "notifications_notification"') == 1


class TestChoices:
    def test_shows_what_is_required_and_why(self, client: Client, awa: User) -> None:
        text = page(client, CHOICES)
        assert re.search(r'value="receipts:mail" id="[\w-]+" checked disabled', text)
        assert re.search(r'value="payment_reminders:mail" id="[\w-]+" checked>', text)
        assert "The law asks us to confirm what you paid and what you get back." in text
        assert "staff:mail" not in text

    def test_saves(self, client: Client, awa: User) -> None:
        on = [
            "payment_reminders:website",
            "subscriptions:website",
            "subscriptions:mail",
            "questions:website",
            "questions:mail",
        ]
        assert client.post(CHOICES, {"on": on})["Location"] == CHOICES
        off = {f"{c.category.name}:{c.channel}" for c in choices_of(awa) if not c.is_on}
        assert off == {"payment_reminders:mail"}
        assert "Your choice is saved." in page(client, CHOICES)
        client.post(CHOICES, {"on": [*on, "payment_reminders:mail"]})
        assert all(choice.is_on for choice in choices_of(awa))

    def test_nothing_chosen_leaves_what_is_required(self, client: Client, awa: User) -> None:
        client.post(CHOICES, {})
        assert {choice.category.name for choice in choices_of(awa) if choice.is_on} == {
            "receipts",
            "renewals",
            "payouts",
            "gifts",
        }

    def test_staff_choose_about_alarms(self, client: Client) -> None:
        client.force_login(make_superuser(), backend="allauth.account.auth_backends.AuthenticationBackend")
        text = page(client, CHOICES)
        assert re.search(r'value="staff:website" id="[\w-]+" checked disabled', text)
        assert re.search(r'value="staff:mail" id="[\w-]+" checked>', text)


class TestWayOut:
    @pytest.fixture
    def reader(self) -> User:
        """Somebody who got a mail and is not logged in."""
        return make_person("reader@example.com")

    @pytest.fixture
    def url(self, reader: User) -> str:
        return f"/en/unsubscribe/{unsubscribe_token(reader, CATEGORIES['payment_reminders'])}/"

    def test_looking_changes_nothing(self, client: Client, url: str) -> None:
        text = page(client, url)
        assert "Do you want no more mails of this kind: Reminders to pay?" in text
        assert "reader@example.com" not in text
        assert client.head(url).status_code == 200
        assert not Preference.objects.exists()

    def test_a_mail_program_posts_without_cookie_or_token(self, reader: User, url: str) -> None:
        strict = Client(enforce_csrf_checks=True)
        for _time in range(2):
            response = strict.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
            assert response.status_code == 200
        assert [(row.person, row.category, row.channel, row.is_on) for row in Preference.objects.all()] == [
            (reader, "payment_reminders", "mail", False)
        ]

    def test_logs_nobody_in(self, client: Client, url: str) -> None:
        client.post(url)
        assert client.get(CHOICES).status_code == 302

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_forged_links(self, client: Client, url: str, method: str) -> None:
        response = getattr(client, method)(f"{url[:-4]}xxx/")
        assert response.status_code == 404
        assert "This link is not valid." in response.content.decode()
        assert not Preference.objects.exists()

    def test_from_right_to_left(self, client: Client, url: str) -> None:
        assert 'dir="rtl"' in page(client, url.replace("/en/", "/ar/"))
