"""The customer's phone and the pages of imitated providers: what people see, and where it leads."""

import re
import uuid
from datetime import UTC, datetime
from html import unescape
from typing import Any

import httpx
import pytest

from commerce.providers import registry
from commerce.providers.base import Attempt, Customer, ProviderState, Redirect, ShowUri
from commerce.simulators.core import SimulatorServer
from commerce.simulators.stripe import StripeSimulator
from commerce.tests.simulated import SimulatedProviders
from core.money import Money

pytestmark = pytest.mark.one_database

BACK = "https://school.example.com/back"
PUSHES = [
    ("mtn", 25_000, "XAF", "CM", "+237670000001", "25 000 FCFA"),
    ("orange_cm", 25_000, "XAF", "CM", "+237690000008", "25 000 FCFA"),
    ("airtel", 25_000, "UGX", "UG", "+256752000001", "UGX 25,000"),
    ("mpesa", 1_000_00, "KES", "KE", "+254712345678", "KES 1,000.00"),
]


def start(code: str, minor: int, currency: str, country: str, phone: str = "", text: str = "Python") -> Any:
    """Start a payment, and return a function that asks where it stands, and the next step."""
    provider = registry.provider(code)
    attempt = Attempt(
        uuid.uuid4(),
        "B-1001",
        Money(minor, currency),
        datetime.now(UTC),
        description=text,
        country=country,
        phone=phone,
    )
    attempt = Attempt(**{**attempt.__dict__, "data": provider.prepare(attempt)})
    begun = provider.initiate(attempt, Customer("awa@example.com"), return_url=BACK, notify_url="http://127.0.0.1/x")
    stored = Attempt(**{**attempt.__dict__, "provider_ref": begun.provider_ref, "data": {**attempt.data, **begun.data}})
    return lambda: provider.fetch_status(stored).state, begun.next


def read(address: str) -> str:
    answer = httpx.get(address)
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u202f", " ").replace("\u00a0", " ")


def press(address: str, page: str, button: str) -> httpx.Response:
    """Send the first form of ``page`` by one of its buttons, as a browser does."""
    form = re.search(r"<form.*?</form>", page, flags=re.S)
    assert form is not None
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    pressed = re.search(rf'<button[^>]* name="(\w+)" value="{button}"', form[0])
    assert pressed is not None
    return httpx.post(address, data={**fields, pressed[1]: button})


@pytest.fixture
def phone(simulators: SimulatedProviders) -> str:
    return f"{simulators.url}/phone/"


class TestPhone:
    @pytest.mark.parametrize(("code", "minor", "currency", "country", "number", "shown"), PUSHES)
    @pytest.mark.parametrize(("button", "state"), [("approve", ProviderState.SUCCEEDED), ("reject", None)])
    def test_prompt_is_answered(
        self,
        phone: str,
        code: str,
        minor: int,
        currency: str,
        country: str,
        number: str,
        shown: str,
        button: str,
        state: ProviderState | None,
    ) -> None:
        fetch, _next = start(code, minor, currency, country, number)
        page = read(phone)
        assert shown in page
        assert number[-9:] in page
        answered = press(phone, page, button)
        assert (answered.status_code, answered.headers["Location"]) == (303, f"/phone/?done={button}")
        assert fetch() in ([state] if state else [ProviderState.FAILED, ProviderState.CANCELED])
        after = read(f"{phone}?done={button}")
        assert "No prompt waits" in after
        assert ("Approved." in after, "Refused." in after) == (button == "approve", button == "reject")

    def test_several_wait_and_each_form_is_for_its_own(self, phone: str, simulators: SimulatedProviders) -> None:
        first, _next = start(*PUSHES[0][:5])
        second, _next = start(*PUSHES[1][:5])
        page = read(phone)
        assert page.count('value="approve"') == page.count('value="reject"') == 2
        press(phone, page, "approve")
        assert (first(), second()) == (ProviderState.SUCCEEDED, ProviderState.PENDING)

    def test_answered_already(self, phone: str, simulators: SimulatedProviders) -> None:
        fetch, _next = start(*PUSHES[0][:5])
        page = read(phone)
        press(phone, page, "reject")
        assert press(phone, page, "approve").headers["Location"] == "/phone/?done=gone"
        assert fetch() is ProviderState.FAILED
        nonsense = httpx.post(phone, data={"provider": "cowries", "reference": "x", "do": "approve"})
        assert nonsense.headers["Location"] == "/phone/?done=gone"

    def test_looks_again_by_itself_only_while_nothing_waits(self, phone: str) -> None:
        assert 'http-equiv="refresh"' in read(phone)
        start(*PUSHES[0][:5])
        assert 'http-equiv="refresh"' not in read(phone)

    def test_text_is_text(self, phone: str, simulators: SimulatedProviders) -> None:
        start(*PUSHES[1][:5], text="<script>alert(1)</script>")
        assert "<script" not in httpx.get(phone).text

    def test_notices_are_ours(self, phone: str) -> None:
        assert "hello" not in httpx.get(f"{phone}?done=hello").text

    def test_the_servers_root_leads_there(self, simulators: SimulatedProviders) -> None:
        assert httpx.get(simulators.url + "/").headers["Location"] == "/phone/"

    def test_without_those_who_ask_on_phones(self) -> None:
        with SimulatorServer([StripeSimulator()]) as server:
            page = read(f"{server.root}/phone/")
        assert "No prompt waits" in page
        assert "/bank/" not in page


class TestPages:
    @pytest.mark.parametrize(
        ("code", "minor", "currency", "shown"),
        [
            ("orange_web", 25_000, "XAF", "25 000 FCFA"),
            ("stripe", 10_50, "USD", "$10.50"),
            ("stripe", 25_000, "XAF", "25 000 FCFA"),
            ("paystack", 5_000_00, "NGN", "5,000.00"),
            ("flutterwave", 25_000, "XAF", "25 000 FCFA"),
            ("btcpay", 25_000, "XAF", "25 000 FCFA"),
        ],
    )
    @pytest.mark.parametrize("button", ["approve", "decline"])
    def test_leads_back(
        self, simulators: SimulatedProviders, code: str, minor: int, currency: str, shown: str, button: str
    ) -> None:
        fetch, step = start(code, minor, currency, "")
        assert isinstance(step, Redirect | ShowUri)
        address = step.url if isinstance(step, Redirect) else step.page
        page = read(address)
        assert shown in page
        assert "no real money" in page
        answered = press(address, page, button)
        assert answered.status_code == 303
        assert answered.headers["Location"].partition("?")[0] == BACK
        assert (fetch() is ProviderState.SUCCEEDED) == (button == "approve")


class TestBank:
    def test_a_transfer_arrives_and_is_on_the_statement(self, simulators: SimulatedProviders) -> None:
        address = f"{simulators.url}/bank/"
        assert "Nothing arrived yet" in read(address)
        sent = httpx.post(address, data={"text": "PAY-7F3K2QXA5 <b>", "amount": "25000", "currency": "XAF"})
        assert "The transfer arrived" in sent.text
        assert "25 000 FCFA: PAY-7F3K2QXA5 <b>" in read(address)
        assert "<b>" not in httpx.get(address).text
        assert b"PAY-7F3K2QXA5" in httpx.get(f"{address}statement.xml").content

    @pytest.mark.parametrize("amount", ["", "a lot", "1,5"])
    def test_no_amount(self, simulators: SimulatedProviders, amount: str) -> None:
        address = f"{simulators.url}/bank/"
        sent = httpx.post(address, data={"text": "PAY", "amount": amount, "currency": "XAF"})
        assert "An amount is digits" in sent.text
        assert "Nothing arrived yet" in read(address)
