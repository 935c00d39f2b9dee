"""What instructors see of their money by program: sums from the books, accounts with their digits hidden, links."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.tests.factories import PASSWORD, make_person
from accounts.tests.headless import App
from api.tests.calls import client_of, data, person
from api.tests.goods import add, codes, paid_course, place
from api.tests.shop_calls import (
    CREATE_REFERRAL_LINK,
    EARNINGS,
    SAVE_PAYOUT_ACCOUNT,
    SWITCH_REFERRAL_LINK,
)
from commerce.bookkeeping import record_capture
from commerce.models import Order, PayoutAccount, ReferralLink
from commerce.tests.factories import NOON, make_user
from commerce.tests.paid_orders import make_paid_order
from commerce.tests.simulated import SimulatedProviders
from core.clock import frozen
from courses.models import CourseMember

pytestmark = pytest.mark.django_db

WALLET = {
    "currency": "XAF",
    "method": "MOBILE",
    "provider": "mtn",
    "country": "CM",
    "holder": "Kofi Mensah",
    "phone": "670 000 001",
}


@pytest.fixture
def author(settings: Any) -> Any:
    settings.PLATFORM_FEE_PERCENT, settings.EARNINGS_HOLD_DAYS = 30, 30
    return make_person("kofi@example.com", roles=("instructor",))


def sell(author: Any, minor: int, *, days: int = 0, hours: int = 0) -> Order:
    """A course of the author's, sold at noon or so much later."""
    at = NOON + timedelta(days=days, hours=hours)
    course = paid_course(f"Course of {minor}", minor)
    CourseMember.objects.create(course_key=course.translation_key, user=author, role="owner")
    order = make_paid_order(prices=(minor,), paid_at=at)
    order.lines.update(key=course.translation_key)
    order.lines.get().courses.update(course_key=course.translation_key, title=course.title)
    with frozen(at):
        record_capture(order, order.payment.accepted_attempt)
    return order


def earnings(client: Client, *, days: int = 0) -> Any:
    with frozen(NOON + timedelta(days=days)):
        return data(client, EARNINGS)["earnings"]


class TestSums:
    def test_what_is_held_back_and_what_is_to_be_paid(self, author: Any, simulators: SimulatedProviders) -> None:
        sell(author, 10_000)
        sell(author, 20_000, days=20)
        found = earnings(client_of(author), days=31)
        (sums,) = found["sums"]
        assert {name: sums[name]["amount"] for name in ("pending", "available", "onTheWay", "paid", "earned")} == {
            "pending": "14000",
            "available": "7000",
            "onTheWay": "0",
            "paid": "0",
            "earned": "21000",
        }
        assert [(row["month"], row["amount"]["amount"]) for row in found["months"]] == [("2026-11-01", "21000")]
        assert [(row["title"], row["course"]["slug"] != "", row["sales"]) for row in found["courses"]] == [
            ("Course of 20000", True, 1),
            ("Course of 10000", True, 1),
        ]
        assert {"provider": "mtn", "name": "MTN MoMo"} in found["payoutProviders"]

    def test_months_are_those_of_the_persons_zone(self, author: Any) -> None:
        author.time_zone = "Pacific/Kiritimati"
        author.save()
        sell(author, 10_000, days=28, hours=11)  # 30 November, 23:00 UTC
        assert earnings(client_of(author))["months"][0]["month"] == "2026-12-01"

    def test_nobody_sees_others(self, author: Any) -> None:
        sell(author, 10_000)
        other = make_person("other@example.com", roles=("instructor",))
        found = earnings(client_of(other))
        assert (found["sums"], found["months"], found["courses"], found["payouts"]) == ([], [], [], [])
        assert earnings(client_of(make_user())) is None

    def test_the_table_over_rest(self, author: Any) -> None:
        sell(author, 10_000)
        app = App()
        app.log_in(author.email, PASSWORD)
        url = "/api/v1/earnings.csv"
        response = Client(headers={"authorization": f"Bearer {app.access_token}"}).get(url)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert "7000" in response.content.decode()
        assert client_of(make_user()).get(url).status_code == 404
        assert Client().get(url).status_code == 401


class TestAccounts:
    def save(self, client: Client, **fields: str) -> dict[str, Any]:
        return data(client, SAVE_PAYOUT_ACCOUNT, input={**WALLET, **fields})["savePayoutAccount"]

    def test_an_account_is_kept_and_shown_masked(self, author: Any, simulators: SimulatedProviders) -> None:
        client = client_of(author)
        saved = self.save(client)["account"]
        assert (saved["provider"], saved["methodName"], saved["holder"]) == ("mtn", "MTN MoMo", "Kofi Mensah")
        assert "670000001" not in saved["destination"].replace(" ", "")
        assert PayoutAccount.objects.get().phone == "+237670000001"
        assert self.save(client, holder="Kofi M.")["account"]["holder"] == "Kofi M."
        assert PayoutAccount.objects.count() == 1
        assert [one["holder"] for one in earnings(client)["payoutAccounts"]] == ["Kofi M."]

    def test_operators_are_called_by_their_brand(self, author: Any, simulators: SimulatedProviders) -> None:
        query = '{ earnings { payoutProviders(currency: "NGN", country: "NG", method: BANK) { provider name } } }'
        providers = data(client_of(author), query)["earnings"]["payoutProviders"]
        found = {one["provider"]: one["name"] for one in providers}
        assert found == {"bank": "Bank transfer", "paystack": "Paystack", "flutterwave": "Flutterwave"}

    def test_what_is_refused(self, author: Any, simulators: SimulatedProviders) -> None:
        client = client_of(author)
        refused = [
            ({"currency": "FRF"}, ("invalid_currency", "currency")),
            ({"country": "Cameroon"}, ("invalid_country", "country")),
            ({"provider": "barter"}, ("provider", "provider")),
            ({"provider": "mpesa"}, ("provider", "provider")),
            ({"phone": "12"}, ("invalid_phone", "phone")),
            ({"holder": "x"}, ("holder", "holder")),
            ({"holder": "a\x00b"}, ("invalid_input", "holder")),
            ({"method": "BANK", "provider": "bank"}, ("bank", "bank")),
        ]
        for fields, wanted in refused:
            assert codes(self.save(client, **fields)) == [wanted]
        answer = self.save(client, method="BANK", provider="bank", bank="Ecobank", accountNumber="!")
        assert answer["errors"][0]["field"] == "accountNumber"
        assert codes(self.save(client_of(make_user()))) == [("not_allowed", None)]
        assert codes(self.save(Client())) == [("not_logged_in", None)]
        assert PayoutAccount.objects.count() == 0


class TestLinks:
    def test_a_link_brings_a_buyer(self, author: Any) -> None:
        client = client_of(author)
        link = data(client, CREATE_REFERRAL_LINK, label="Radio")["createReferralLink"]["link"]
        assert (link["label"], link["isActive"], len(link["code"])) == ("Radio", True, 8)
        buyer = client_of(person("awa@example.com", country="CM"))
        add(buyer, paid_course())
        assert place(buyer, referral=link["code"])["errors"] == []
        assert Order.objects.get().referral == link["code"]

    def test_codes_and_switches(self, author: Any) -> None:
        client = client_of(author)

        def make(code: str) -> dict[str, Any]:
            return data(client, CREATE_REFERRAL_LINK, code=code)["createReferralLink"]

        link = make("kofi 2026")["link"]
        assert link["code"] == "KOFI2026"
        for wrong in ("kofi2026", "abc", "x" * 33, "naïve"):
            assert codes(make(wrong)) == [("referral_code", "code")]
        off = data(client, SWITCH_REFERRAL_LINK, id=link["id"], on=False)["switchReferralLink"]["link"]
        assert off["isActive"] is False
        assert [one["isActive"] for one in earnings(client)["referralLinks"]] == [False]
        other = client_of(make_person("other@example.com", roles=("instructor",)))
        answer = data(other, SWITCH_REFERRAL_LINK, id=link["id"], on=True)["switchReferralLink"]
        assert codes(answer) == [("not_found", "linkId")]
        assert ReferralLink.objects.get().is_active is False
        learner = data(client_of(make_user()), CREATE_REFERRAL_LINK)["createReferralLink"]
        assert codes(learner) == [("not_allowed", None)]
