"""The checkout's first screen, orders, documents, gifts."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commerce.models import Cart, CartItem, Enrollment, Order, OrderLine, TaxRate
from commerce.tests.factories import NOON, make_price, make_user
from commerce.tests.paid_orders import make_order, make_paid_order
from commerce.tests.payments.shop import work_off
from commerce.tests.simulated import SimulatedProviders
from courses.models import CoursePage
from courses.tests.factories import make_school
from home.tests.shops import coupon, offer_of, paid_course, words

pytestmark = pytest.mark.django_db

CHECKOUT = "/en/checkout/"


@pytest.fixture
def learner(client: Client) -> Any:
    person = make_user(name="Awa Ndiaye", country="CM")
    client.force_login(person)
    return person


def fill(client: Client, *courses: CoursePage, **more: str) -> None:
    for course in courses:
        client.post("/en/cart/", {"do": "add", "offer": str(offer_of(course).public_id), **more})


def place(client: Client, page: Any, **more: str) -> Any:
    """Send the form as it stands on a page."""
    context = page.context
    view = context["view"]
    fields = {
        "do": "place",
        "key": context["key"],
        "shown": f"{view.total.minor} {view.currency}",
        "country": context["form"]["country"].value(),
        "currency": view.currency,
        "name": context["form"]["name"].value(),
    }
    return client.post(CHECKOUT, {**fields, **more})


class TestFirstScreen:
    def test_needs_a_log_in_and_something_in_the_cart(self, client: Client) -> None:
        make_school()
        assert client.get(CHECKOUT)["Location"] == f"/en/account/login/?next={CHECKOUT}"
        client.force_login(make_user())
        assert client.get(CHECKOUT)["Location"] == "/en/cart/"

    def test_an_order_is_placed_with_what_was_filled_in(self, client: Client, learner: Any) -> None:
        fill(client, paid_course())
        page = client.get(CHECKOUT)
        assert page.context["form"]["name"].value() == "Awa Ndiaye"
        response = place(client, page, company="Ndiaye & Filles", tax_number="M0123", city="Douala")
        order = Order.objects.get()
        assert response["Location"] == f"/en/orders/{order.public_id}/pay/"
        assert (order.total_minor, order.currency, order.country, order.language) == (25_000, "XAF", "CM", "en")
        assert order.billing == {
            "name": "Awa Ndiaye",
            "company": "Ndiaye & Filles",
            "city": "Douala",
            "tax_number": "M0123",
        }
        fill(client, paid_course("Lists"))
        assert client.get(CHECKOUT).context["form"]["company"].value() == "Ndiaye & Filles"

    def test_sent_twice_it_is_one_order(self, client: Client, learner: Any) -> None:
        fill(client, paid_course())
        page = client.get(CHECKOUT)
        first, second = place(client, page), place(client, page)
        assert first["Location"] == second["Location"]
        assert Order.objects.count() == 1

    def test_country_and_currency_are_shown_before_they_count(self, client: Client, learner: Any) -> None:
        course = paid_course()
        make_price(course.translation_key, 38_00, "EUR")
        TaxRate.objects.create(
            country="FR", name="TVA", percent=20, is_inclusive=False, valid_from=NOON.date().replace(year=2020)
        )
        fill(client, course)
        form = {"do": "update", "country": "FR", "currency": "EUR"}
        url = client.post(CHECKOUT, form)["Location"]
        assert url == f"{CHECKOUT}?country=FR&currency=EUR"
        page = client.get(url)
        assert "TVA €7.60 Total €45.60" in words(page)
        assert Order.objects.count() == 0
        place(client, page)
        order = Order.objects.get()
        assert (order.total_minor, order.currency, order.country, order.tax_minor) == (45_60, "EUR", "FR", 7_60)

    def test_another_total_than_shown_is_no_order(self, client: Client, learner: Any) -> None:
        course = paid_course()
        fill(client, course)
        page = client.get(CHECKOUT)
        offer_of(course).prices.update(amount_minor=30_000)
        response = place(client, page)
        assert Order.objects.count() == 0
        assert "has changed since you opened this page" in words(client.get(response["Location"]))

    @pytest.mark.parametrize(
        "wrong", [{"country": "XX"}, {"currency": "ABC"}, {"name": "x" * 121}, {"country": "<script>"}]
    )
    def test_what_the_form_does_not_take(self, client: Client, learner: Any, wrong: dict[str, str]) -> None:
        fill(client, paid_course())
        page = client.get(CHECKOUT)
        response = place(client, page, **wrong)
        assert response.status_code == 400
        assert Order.objects.count() == 0
        assert "errorlist" in response.content.decode()

    def test_what_is_owed_nothing_for_is_there_at_once(self, client: Client, learner: Any) -> None:
        coupon(percent=100)
        course = paid_course()
        fill(client, course)
        client.post("/en/cart/", {"do": "coupon", "code": "HARVEST"})
        page = client.get(CHECKOUT)
        assert "Get it for free" in words(page)
        response = place(client, page)
        work_off()
        assert Enrollment.objects.get().course_key == course.translation_key
        assert "Start the first lesson" in words(client.get(response["Location"]))

    def test_an_empty_cart_leads_to_the_order_that_waits(self, client: Client, learner: Any) -> None:
        fill(client, paid_course())
        url = place(client, client.get(CHECKOUT))["Location"]
        assert client.get(CHECKOUT)["Location"] == url

    def test_what_is_ordered_already_says_where(self, client: Client, learner: Any) -> None:
        course = paid_course()
        fill(client, course)
        place(client, client.get(CHECKOUT))
        fill(client, course)
        page = client.get(CHECKOUT)
        assert "You have ordered this already and not paid yet." in words(page)
        assert 'href="/en/orders/"' in page.content.decode()
        place(client, page)
        assert Order.objects.count() == 1

    def test_as_many_queries_for_few_as_for_many(self, client: Client, learner: Any) -> None:
        def queries() -> int:
            client.get(CHECKOUT)
            with CaptureQueriesContext(connection) as found:
                assert client.get(CHECKOUT).status_code == 200
            return len(found)

        fill(client, *(paid_course(f"Course {number}") for number in range(10)))
        few = queries()
        cart = Cart.objects.get()
        for number in range(40):
            CartItem.objects.create(cart=cart, offer=offer_of(paid_course(f"More {number}")))
        assert queries() == few


class TestOrders:
    def test_list_and_documents(self, client: Client, learner: Any) -> None:
        make_school()
        order = make_paid_order(learner)
        page = client.get("/en/orders/")
        assert order.number in words(page)
        assert "25 000 FCFA" in words(page)
        make_paid_order()  # of somebody else
        assert len(page.context["rows"]) == 1

    def test_the_invoice_is_a_pdf_for_its_buyer_alone(self, client: Client, learner: Any) -> None:
        from commerce.actions.issue_invoice import issue_invoice

        make_school()
        order = make_paid_order(learner)
        url = f"/en/orders/{order.public_id}/receipt/"
        assert client.get(url).status_code == 404
        invoice = issue_invoice(order)
        found = client.get(url)
        assert (found.status_code, found["Content-Type"]) == (200, "application/pdf")
        assert found["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
        assert found.content.startswith(b"%PDF-")
        assert invoice.number in words(client.get("/en/orders/"))
        assert client.get(f"{url}?number=INV-1").status_code == 404
        stranger = Client()
        stranger.force_login(make_user())
        assert stranger.get(url).status_code == 404
        assert stranger.get(f"/en/orders/{order.public_id}/").status_code == 404

    def test_cancelling(self, client: Client, learner: Any) -> None:
        make_school()
        order = make_order(learner)
        url = f"/en/orders/{order.public_id}/"
        client.post(url, {"do": "cancel"})
        order.refresh_from_db()
        assert order.state == Order.State.CANCELLED
        assert "Cancelled" in words(client.get(url))
        paid = make_paid_order(learner)
        client.post(f"/en/orders/{paid.public_id}/", {"do": "cancel"})
        paid.refresh_from_db()
        assert paid.state == Order.State.FULFILLED

    def test_what_now_after_the_payment(self, client: Client, learner: Any, simulators: SimulatedProviders) -> None:
        course = paid_course()
        fill(client, course)
        fill(client, course, recipient_email="sister@example.com")
        place(client, client.get(CHECKOUT))
        order = Order.objects.get()
        client.post(f"/en/orders/{order.public_id}/pay/", {"provider": "stripe", "key": "k"})
        simulators.approve("stripe")
        attempt = order.attempts.get()
        client.get(f"/en/orders/{order.public_id}/return/{attempt.public_id}/")
        work_off()
        page = client.get(f"/en/orders/{order.public_id}/")
        first = f"{course.get_url()}lessons/"
        assert "What now?" in words(page)
        assert "We have sent the gift to sister@example.com." in words(page)
        assert any(step.url.startswith(course.get_url()) for step in page.context["nexts"]), first

    def test_as_many_queries_for_few_as_for_many(self, client: Client, learner: Any) -> None:
        make_school()

        def queries(url: str) -> int:
            client.get(url)
            with CaptureQueriesContext(connection) as found:
                assert client.get(url).status_code == 200
            return len(found)

        small, large = (make_paid_order(learner, (1_000,) * count) for count in (10, 50))
        pages = [f"/en/orders/{order.public_id}/" for order in (small, large)]
        assert queries(pages[0]) == queries(pages[1])
        unpaid = [make_order(learner, (1_000,) * count) for count in (10, 50)]
        assert queries(f"/en/orders/{unpaid[0].public_id}/pay/") == queries(f"/en/orders/{unpaid[1].public_id}/pay/")
        for _number in range(6):
            make_paid_order(learner)
        few = queries("/en/orders/")
        for _number in range(10):
            make_paid_order(learner)
        assert queries("/en/orders/") == few


class TestGift:
    @pytest.fixture
    def line(self) -> OrderLine:
        course = paid_course()
        line = make_paid_order(make_user(name="Kofi Mensah")).lines.get()
        line.key, line.title, line.recipient_email = course.translation_key, "Loops", "sister@example.com"
        line.recipient_message = "Learn well <3"
        line.save()
        line.courses.update(course_key=course.translation_key)
        return line

    def url(self, line: OrderLine) -> str:
        from commerce.gifts import gift_token

        return f"/en/gifts/{gift_token(line)}/"

    def test_from_the_link_to_the_lesson(self, client: Client, line: OrderLine) -> None:
        url = self.url(line)
        page = words(client.get(url))
        assert "A gift for you Loops From Kofi Mensah Learn well <3" in page
        assert "Sign up and open it" in page
        person = make_user()
        client.force_login(person)
        response = client.post(url)
        assert Enrollment.objects.get().learner == person
        assert response["Location"].startswith("/en/courses/")
        assert client.get(response["Location"]).status_code == 200

    def test_taken_by_somebody_else(self, client: Client, line: OrderLine) -> None:
        for _number in range(2):
            client.force_login(make_user())
            response = client.post(self.url(line))
        assert response.status_code == 409
        assert Enrollment.objects.count() == 1
        assert "Somebody has taken this gift already." in words(client.get(self.url(line)))

    def test_a_link_that_is_none(self, client: Client) -> None:
        make_school()
        assert client.get("/en/gifts/abc:def/").status_code == 404
        client.force_login(make_user())
        assert client.post("/en/gifts/abc:def/").status_code == 404
