"""What instructors see of their earnings."""

from typing import Any

import pytest
from django.test import Client

from accounts.tests.factories import make_person
from commerce.models import CourseShare, PayoutAccount, ReferralLink
from commerce.tests.factories import make_user
from commerce.tests.payments.shop import begin, new_order, settled, work_off
from commerce.tests.simulated import SimulatedProviders
from courses.roles import prepare
from courses.tests.factories import make_school
from home.tests.shops import words

pytestmark = pytest.mark.django_db

URL = "/en/earnings/"


@pytest.fixture
def instructor(client: Client) -> Any:
    make_school()
    prepare()
    person = make_person(name="Kofi Mensah", roles=("instructor",))
    client.force_login(person)
    return person


def test_nobody_else_has_such_a_page(client: Client) -> None:
    make_school()
    client.force_login(make_user())
    assert client.get(URL).status_code == 404
    assert client.get(f"{URL}table.csv").status_code == 404


def test_what_was_sold_is_held_back_first(client: Client, instructor: Any, simulators: SimulatedProviders) -> None:
    assert "Nothing of yours has been sold yet." in words(client.get(URL))
    order = new_order()
    CourseShare.objects.create(course_key=order.lines.get().courses.get().course_key, author=instructor)
    attempt = begin(order)
    simulators.approve("mtn")
    settled(attempt)
    work_off()
    page = words(client.get(URL))
    assert "Held back 17 500 FCFA" in page
    assert "To be paid out 0 FCFA" in page
    assert "Course 1 1 17 500 FCFA" in page
    table = client.get(f"{URL}table.csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert f"{order.number},17500,XAF" in table.content.decode()


def test_only_who_pays_to_wallets_is_an_operator(
    client: Client, instructor: Any, simulators: SimulatedProviders
) -> None:
    operators = [name for code, name in client.get(URL).context["account_form"].fields["provider"].choices if code]
    assert operators == ["MTN MoMo", "Orange Money", "Airtel Money", "M-Pesa", "Paystack", "Flutterwave"]


def test_where_the_money_goes(client: Client, instructor: Any, simulators: SimulatedProviders) -> None:
    form = {"do": "account", "currency": "XAF", "country": "CM", "holder": "Kofi Mensah"}
    mobile = {**form, "method": "mobile", "provider": "mtn", "phone": "6 70 00 00 01"}
    assert client.post(URL, mobile).status_code == 302
    account = PayoutAccount.objects.get()
    assert (account.owner, account.phone, account.provider) == (instructor, "+237670000001", "mtn")
    page = words(client.get(URL))
    assert "MTN MoMo, +237 6•• ••• •01" in page
    assert "670000001" not in page
    refused = client.post(URL, {**mobile, "phone": "12"})
    assert refused.status_code == 400
    assert "errorlist" in refused.content.decode()
    refused = client.post(URL, {**form, "method": "bank", "account_number": "CM00123"})
    assert refused.status_code == 400
    account.refresh_from_db()
    assert account.phone == "+237670000001"


def test_links(client: Client, instructor: Any) -> None:
    client.post(URL, {"do": "link", "label": "Radio"})
    link = ReferralLink.objects.get()
    assert (link.owner, link.label) == (instructor, "Radio")
    assert f"/en/courses/?via={link.code}" in client.get(URL).content.decode()
    client.post(URL, {"do": "off", "link": str(link.public_id)})
    link.refresh_from_db()
    assert not link.is_active
    stranger = Client()
    stranger.force_login(make_person(roles=("instructor",)))
    stranger.post(URL, {"do": "on", "link": str(link.public_id)})
    link.refresh_from_db()
    assert not link.is_active
    assert Client().get(f"/en/courses/?via={link.code}").cookies["via"].value == link.code
