"""From the price on a course's page to its first lesson, with every provider imitated."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from accounts.tests.factories import PASSWORD, make_superuser
from commerce.actions.add_to_cart import add_to_cart
from commerce.actions.import_statement import import_statement
from commerce.actions.place_order import place_order
from commerce.actions.settle_refund import settle_refund
from commerce.carts import cart_for
from commerce.models import (
    Cart,
    Coupon,
    Enrollment,
    Offer,
    OfferPrice,
    Order,
    OrderLine,
    PaymentAttempt,
    Plan,
    Refund,
    Subscription,
)
from commerce.tests.factories import make_offer, make_price
from commerce.tests.payments.shop import AMOUNTS, PHONES
from commerce.tests.simulated import SimulatedProviders, simulator_server, simulators
from core.money import Money, format_money
from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import bring_in, link_in_mail_to, log_in

__all__ = ["simulator_server", "simulators"]

pytestmark = pytest.mark.browser

PAGES = ("stripe", "orange_web", "paystack", "flutterwave")
#: Airtel's other countries: what is paid, and from which phone.
AIRTEL = {"KE": ("KES", 1_500_00, "+254733000001"), "ZM": ("ZMW", 600_00, "+260977000001")}


@dataclass
class Shop:
    """The school, with one course for sale and a browser in which its buyer is logged in."""

    school: School
    providers: SimulatedProviders
    open_context: OpenContext

    def sell(self, currency: str = "XAF", minor: int = 25_000) -> str:
        """Give the course a price; returns it as people read it."""
        make_price(self.school.course_key, minor, currency)
        return format_money(Money(minor, currency), "en")

    def order(self, currency: str, country: str) -> str:
        """An order that waits for its money, placed without the pages before; returns where it is paid."""
        learner = self.school.people["learner"]
        cart, _token = cart_for(learner)
        add_to_cart(actor=learner, cart=cart, offer=Offer.objects.get(key=self.school.course_key))
        order = place_order(actor=learner, cart=cart, currency=currency, country=country, idempotency_key="journey")
        return f"{self.school.url}/en/orders/{order.public_id}/pay/"

    def buyer(self, country: str = "CM", **options: Any) -> Page:
        """A page of the learner's, logged in without the form."""
        learner = self.school.people["learner"]
        learner.country = country
        learner.save(update_fields=["country"])
        context = self.open_context(**options)
        bring_in(context, self.school.url, learner)
        return context.new_page()


@pytest.fixture
def shop(school: School, simulators: SimulatedProviders, open_context: OpenContext) -> Shop:
    """Messages of providers are kept back: a school behind a wall has to find out by itself."""
    return Shop(school, simulators, open_context)


def buy(page: Page, school: School) -> None:
    """From the course's page to where one chooses how to pay."""
    page.goto(school + school.course_path)
    page.get_by_role("button", name="Buy now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your order")
    page.get_by_role("button", name="Go on to payment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How do you want to pay?")


def choose(page: Page, provider: str, price: str, phone: str = "") -> None:
    """Choose a way to pay and go on."""
    page.locator(f'input[name="provider"][value="{provider}"]').check()
    if phone:
        page.locator(f'input[name="phone-{provider}"]').fill(phone)
    page.get_by_role("button", name=f"Pay {price}").click()


def approve_on_the_phone(shop: Shop, price: str) -> None:
    """What the customer does with the prompt, in another window."""
    phone = shop.open_context(viewport={"width": 360, "height": 740}).new_page()
    phone.goto(f"{shop.providers.url}/phone/")
    expect(phone.get_by_role("heading", name=re.compile("^Pay"))).to_contain_text(price)
    phone.get_by_role("button", name="Approve").click()
    expect(phone.get_by_role("status")).to_contain_text("Approved.")


def begin_the_course(page: Page, school: School) -> None:
    """From “what now?” to the first lesson."""
    expect(page.get_by_role("heading", name="What now?")).to_be_visible()
    page.get_by_role("link", name="Start the first lesson").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(school.lessons[0])
    enrolled = Enrollment.objects.get(course_key=school.course_key)
    assert (enrolled.state, enrolled.source, enrolled.learner) == ("active", "purchase", school.people["learner"])
    order = Order.objects.get()
    assert (order.state, order.payment.captured_minor) == (Order.State.FULFILLED, order.total_minor)


def test_from_the_course_to_its_first_lesson_by_mobile_money(shop: Shop) -> None:
    price = shop.sell()
    assert price == "25\u202f000\u00a0FCFA"
    page = shop.buyer()
    buy(page, shop.school)
    choose(page, "mtn", price, PHONES["mtn"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm on your phone")
    approve_on_the_phone(shop, price)
    begin_the_course(page, shop.school)


@pytest.mark.parametrize(
    ("provider", "currency", "minor", "country", "phone"),
    [
        *((code, *AMOUNTS[code], PHONES[code]) for code in ("orange_cm", "airtel", "mpesa")),
        *(("airtel", currency, minor, country, phone) for country, (currency, minor, phone) in AIRTEL.items()),
    ],
    ids=["orange_cm", "airtel-UG", "mpesa", "airtel-KE", "airtel-ZM"],
)
def test_by_a_prompt_on_the_phone(
    shop: Shop, provider: str, currency: str, minor: int, country: str, phone: str
) -> None:
    price = shop.sell(currency, minor)
    page = shop.buyer(country)
    page.goto(shop.order(currency, country))
    choose(page, provider, price, phone)
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm on your phone")
    shop.providers.approve(provider)
    begin_the_course(page, shop.school)


@pytest.mark.parametrize("provider", PAGES)
def test_on_the_page_of_a_provider(shop: Shop, provider: str) -> None:
    currency, minor, country = AMOUNTS[provider]
    price = shop.sell(currency, minor)
    page = shop.buyer(country)
    page.goto(shop.order(currency, country))
    choose(page, provider, price)
    page.wait_for_url(f"{shop.providers.url}/**")
    page.get_by_role("button", name="Approve").click()
    begin_the_course(page, shop.school)


def test_from_a_wallet_by_a_code(shop: Shop) -> None:
    currency, minor, country = AMOUNTS["btcpay"]
    price = shop.sell(currency, minor)
    page = shop.buyer(country)
    page.goto(shop.order(currency, country))
    choose(page, "btcpay", price)
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay with your wallet")
    expect(page.get_by_role("img", name="QR code to pay with").first).to_be_visible()
    shop.providers.approve("btcpay")
    begin_the_course(page, shop.school)


def test_by_transfer_once_the_statement_is_there(shop: Shop) -> None:
    """The bank's page takes the transfer; finance imports the statement, and the page that waits goes on."""
    price = shop.sell()
    page = shop.buyer()
    page.goto(shop.order("XAF", "CM"))
    choose(page, "bank", price)
    expect(page.get_by_role("heading", level=1)).to_have_text("Transfer the money")
    reference = PaymentAttempt.objects.get().next_step["reference"]
    expect(page.get_by_text(reference)).to_be_visible()
    shop.providers.transfer(f"Course {reference}", "25000")
    statement = httpx.get(f"{shop.providers.url}/bank/statement.xml").content
    import_statement(actor=make_superuser(), name="statement.xml", content=statement)
    page.get_by_role("link", name="Look again now").click()
    begin_the_course(page, shop.school)


def test_without_java_script(shop: Shop) -> None:
    price = shop.sell()
    page = shop.buyer(java_script_enabled=False)
    buy(page, shop.school)
    choose(page, "mtn", price, "6 70 00 00 01")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm on your phone")
    approve_on_the_phone(shop, price)
    page.get_by_role("link", name="Look again now").click()
    begin_the_course(page, shop.school)


def test_refused_on_the_phone_and_paid_by_card(shop: Shop) -> None:
    price = shop.sell()
    page = shop.buyer()
    page.goto(shop.order("XAF", "CM"))
    choose(page, "mtn", price, "670000001")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm on your phone")
    shop.providers.reject("mtn")
    expect(page.get_by_text("You refused the payment on your phone.")).to_be_visible()
    page.get_by_role("link", name="Try again or pay in another way").click()
    choose(page, "stripe", price)
    page.wait_for_url(f"{shop.providers.url}/**")
    page.get_by_role("button", name="Approve").click()
    begin_the_course(page, shop.school)
    assert sorted(PaymentAttempt.objects.values_list("state", flat=True)) == ["failed", "succeeded"]


def test_a_guests_cart_goes_along_and_a_coupon_counts(shop: Shop) -> None:
    shop.sell()
    Coupon.objects.create(code="HARVEST", percent=20)
    page = shop.open_context(locale="en-CM").new_page()
    page.goto(shop.school + shop.school.course_path)
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Cart 1").click()
    page.get_by_role("link", name="Check out").click()
    page.get_by_label("Email").fill(shop.school.people["learner"].email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your order")
    page.get_by_text("You have a coupon?").click()
    page.get_by_label("Code of the coupon").fill("harvest")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".totals")).to_contain_text("20\u202f000\u00a0FCFA")
    page.get_by_role("button", name="Go on to payment").click()
    choose(page, "orange_web", "20\u202f000\u00a0FCFA")
    page.wait_for_url(f"{shop.providers.url}/**")
    page.get_by_role("button", name="Approve").click()
    begin_the_course(page, shop.school)
    assert Cart.objects.get().items.count() == 0
    assert Coupon.objects.get().uses == 1


def test_a_gift_reaches_somebody_else(shop: Shop) -> None:
    price = shop.sell()
    page = shop.buyer()
    page.goto(shop.school + shop.school.course_path)
    page.get_by_text("Give it as a gift").click()
    page.get_by_label("E-mail address of who gets it").fill("translator@example.com")
    page.get_by_label("A few words from you").fill("Learn well")
    page.get_by_role("button", name="Add the gift to the cart").click()
    page.get_by_role("link", name="Check out").click()
    page.get_by_role("button", name="Go on to payment").click()
    choose(page, "orange_web", price)
    page.wait_for_url(f"{shop.providers.url}/**")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("We have sent the gift to translator@example.com.")).to_be_visible()
    link = link_in_mail_to("translator@example.com")
    other = shop.open_context().new_page()
    log_in(other, shop.school, "translator")
    other.goto(link)
    expect(other.get_by_text("Learn well")).to_be_visible()
    other.get_by_role("button", name="Open the gift").click()
    expect(other.get_by_role("heading", level=1)).to_have_text(shop.school.lessons[0])
    assert Enrollment.objects.get().learner == shop.school.people["translator"]
    assert OrderLine.objects.get().recipient == shop.school.people["translator"]


def test_money_back_and_the_course_closes(shop: Shop) -> None:
    price = shop.sell()
    page = shop.buyer()
    page.goto(shop.order("XAF", "CM"))
    choose(page, "mtn", price, PHONES["mtn"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm on your phone")
    shop.providers.approve("mtn")
    page.get_by_role("link", name="Ask for your money back").click()
    page.get_by_label("Why").select_option("bought_by_mistake")
    page.get_by_role("button", name="Ask for the money").click()
    expect(page.get_by_text("The money is on its way back to where it came from.")).to_be_visible()
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.order.learner) == (25_000, shop.school.people["learner"])
    shop.providers.keep_time()
    settle_refund(refund.public_id, trigger="poll")
    page.reload()
    expect(page.get_by_text("Given back", exact=True)).to_be_visible()
    page.goto(shop.school + shop.school.course_path)
    expect(page.get_by_role("button", name="Buy now")).to_be_visible()


def test_a_subscription_by_mobile_money_opens_the_course(shop: Shop) -> None:
    shop.sell()
    offer = make_offer(Offer.Kind.PLAN, title="Everything")
    OfferPrice.objects.create(offer=offer, amount_minor=5_000, currency="XAF")
    Plan.objects.create(offer=offer)
    page = shop.buyer()
    page.goto(shop.school + "/en/subscriptions/")
    page.get_by_role("button", name=re.compile(r"^Subscribe\s*: Everything")).click()
    choose(page, "mtn", "5\u202f000\u00a0FCFA", PHONES["mtn"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm on your phone")
    approve_on_the_phone(shop, "5\u202f000\u00a0FCFA")
    expect(page.get_by_role("link", name="Choose a course")).to_be_visible()
    page.goto(shop.school + shop.school.course_path)
    page.get_by_role("button", name="Enrol").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(shop.school.lessons[0])
    page.goto(shop.school + "/en/subscriptions/")
    page.get_by_role("link", name="Manage").click()
    page.get_by_role("button", name="Cancel the subscription").click()
    expect(page.get_by_text("it is not renewed.")).to_be_visible()
    assert Subscription.objects.get().cancels_at_period_end
