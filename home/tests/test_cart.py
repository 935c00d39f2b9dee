"""The cart on the website: putting in, taking out, coupons, going along at the log-in."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import PASSWORD, make_person
from commerce.models import Cart, CartItem, Offer, OfferDiscount, OfferPrice, WishlistItem
from commerce.tests.factories import NOON, make_user
from core import clock
from courses.tests.factories import make_course, make_path, make_school
from home.tests.shops import bundle_of, coupon, offer_of, paid_course, words

pytestmark = pytest.mark.django_db

CART = "/en/cart/"


def add(client: Client, offer: Offer, **more: Any) -> Any:
    return client.post(CART, {"do": "add", "offer": str(offer.public_id), **more})


class TestGuest:
    def test_gets_a_cart_with_the_first_thing_only(self, client: Client) -> None:
        course = paid_course()
        client.get(CART)
        client.get(course.get_url())
        assert settings.GUEST_CART_COOKIE not in client.cookies
        assert Cart.objects.count() == 0
        response = add(client, offer_of(course), next=course.get_url())
        assert response["Location"] == course.get_url()
        cookie = response.cookies[settings.GUEST_CART_COOKIE]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert cookie.value not in str(Cart.objects.values_list("token_hash", flat=True))
        page = client.get(CART)
        assert "Loops" in words(page)
        assert "Total 25 000 FCFA" in words(page)

    def test_secure_cookie_where_the_school_has_tls(self, client: Client) -> None:
        response = client.post(CART, {"do": "add", "offer": str(offer_of(paid_course()).public_id)}, secure=True)
        assert response.cookies[settings.GUEST_CART_COOKIE]["secure"] is True

    @pytest.mark.parametrize("offer", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_what_is_not_there_makes_no_cart(self, client: Client, offer: str) -> None:
        make_school()
        client.post(CART, {"do": "add", "offer": offer})
        assert Cart.objects.count() == 0
        assert "This is not for sale at present." in words(client.get(CART))

    def test_the_header_costs_one_question(self, client: Client) -> None:
        def queries_for_carts() -> list[str]:
            client.get("/en/courses/")  # so that what is kept in the cache is there
            with CaptureQueriesContext(connection) as found:
                assert client.get("/en/courses/").status_code == 200
            return [query["sql"] for query in found.captured_queries if "commerce_cart" in query["sql"]]

        make_school()
        assert queries_for_carts() == []
        for number in range(3):
            add(client, offer_of(paid_course(f"Course {number}")))
        assert len(queries_for_carts()) == 1
        assert "Cart 3" in words(client.get("/en/courses/"))
        client.cookies[settings.GUEST_CART_COOKIE] = "guess"
        assert len(queries_for_carts()) == 1
        assert "Cart 3" not in words(client.get("/en/courses/"))

    def test_does_not_see_the_cart_of_another(self, client: Client) -> None:
        add(client, offer_of(paid_course()))
        stranger = Client()
        stranger.cookies[settings.GUEST_CART_COOKIE] = "guess"
        assert "Your cart is empty." in words(stranger.get(CART))
        item = CartItem.objects.get()
        stranger.post(CART, {"do": "remove", "item": str(item.public_id)})
        assert CartItem.objects.count() == 1

    def test_buy_now_leads_through_the_log_in_to_the_checkout(self, client: Client) -> None:
        make_person("awa@example.com", name="Awa Ndiaye")
        response = add(client, offer_of(paid_course()), buy="1")
        assert response["Location"] == "/en/checkout/"
        to_log_in = client.get("/en/checkout/")["Location"]
        assert to_log_in == "/en/account/login/?next=/en/checkout/"
        form = {"login": "awa@example.com", "password": PASSWORD, "next": "/en/checkout/"}
        assert client.post(to_log_in, form)["Location"] == "/en/checkout/"
        assert Cart.objects.get().owner.email == "awa@example.com"
        assert "Loops" in words(client.get("/en/checkout/"))

    def test_cart_is_added_to_the_one_that_was_there(self, client: Client) -> None:
        person = make_person("awa@example.com")
        first, second = paid_course("Loops"), paid_course("Lists")
        other_device = Client()
        other_device.force_login(person)
        add(other_device, offer_of(first))
        for course in (first, second):
            add(client, offer_of(course))
        client.post("/en/account/login/", {"login": "awa@example.com", "password": PASSWORD})
        assert Cart.objects.count() == 1
        assert [item.offer.title for item in CartItem.objects.order_by("pk")] == ["Loops", "Lists"]


class TestChanging:
    @pytest.fixture(autouse=True)
    def learner(self, client: Client) -> Any:
        person = make_user(name="Awa Ndiaye", country="CM")
        client.force_login(person)
        return person

    def test_taken_out(self, client: Client) -> None:
        add(client, offer_of(paid_course()))
        client.post(CART, {"do": "remove", "item": str(CartItem.objects.get().public_id)})
        assert CartItem.objects.count() == 0

    def test_a_coupon_makes_it_cheaper_until_it_is_removed(self, client: Client) -> None:
        coupon()
        add(client, offer_of(paid_course()))
        client.post(CART, {"do": "coupon", "code": "har-vest"})
        page = words(client.get(CART))
        assert "Discount −2 500 FCFA" in page
        assert "Total 22 500 FCFA" in page
        client.post(CART, {"do": "remove_coupon"})
        assert "Total 25 000 FCFA" in words(client.get(CART))

    def test_a_coupon_that_is_none_is_told_where_it_was_typed(self, client: Client) -> None:
        add(client, offer_of(paid_course()))
        response = client.post(CART, {"do": "coupon", "code": "nothing", "next": "/en/checkout/"})
        assert response["Location"] == "/en/checkout/"
        assert "There is no coupon with this code." in words(client.get("/en/checkout/"))

    def test_few_places_are_told_and_none_is_sold_twice(self, client: Client) -> None:
        course = paid_course()
        Offer.objects.update(places=3, places_taken=1)
        assert "2 of 3 places left" in words(client.get(course.get_url()))
        add(client, offer_of(course))
        Offer.objects.update(places_taken=3)
        assert "All places are taken." in words(client.get(CART))
        CartItem.objects.all().delete()
        page = client.get(course.get_url())
        assert "Sold out" in words(page)
        assert "Put on my wishlist" in words(page)
        assert "Buy now" not in words(page)
        assert "Give it as a gift" not in words(page)
        add(client, offer_of(course), next=CART)
        assert "All places are taken." in words(client.get(CART))
        assert CartItem.objects.count() == 0

    def test_a_gift_beside_the_same_for_oneself(self, client: Client, learner: Any) -> None:
        offer = offer_of(paid_course())
        add(client, offer)
        add(client, offer, recipient_email="sister@example.com", recipient_message="For you")
        page = words(client.get(CART))
        assert "Gift for sister@example.com" in page
        assert "Total 50 000 FCFA" in page
        add(client, offer, recipient_email=learner.email, next=CART)
        assert "This is your own address." in words(client.get(CART))
        assert CartItem.objects.count() == 2

    @pytest.mark.parametrize(("typed", "minor"), [("12000", 12_000), ("12 000", 12_000), ("", None), ("30000", 30_000)])
    def test_what_one_can_pay(self, client: Client, typed: str, minor: int | None) -> None:
        course = paid_course()
        Offer.objects.update(pricing=Offer.Pricing.CHOICE)
        OfferPrice.objects.update(minimum_minor=5_000)
        box = words(client.get(course.get_url()))
        assert "At least 5 000 FCFA; we suggest 25 000 FCFA." in box
        add(client, offer_of(course), chosen=typed, currency="XAF")
        assert CartItem.objects.get().chosen_minor == minor

    @pytest.mark.parametrize("typed", ["4999", "-5", "1e9", "a lot", "12.5", "9" * 40, "NaN"])
    def test_what_nobody_can_pay(self, client: Client, typed: str) -> None:
        course = paid_course()
        Offer.objects.update(pricing=Offer.Pricing.CHOICE)
        OfferPrice.objects.update(minimum_minor=5_000)
        add(client, offer_of(course), chosen=typed, currency="XAF")
        assert CartItem.objects.count() == 0

    def test_leads_nowhere_else(self, client: Client) -> None:
        response = add(client, offer_of(paid_course()), next="https://example.org/")
        assert response["Location"] == CART

    def test_the_header_counts(self, client: Client) -> None:
        add(client, offer_of(paid_course()))
        assert "Cart 1" in words(client.get("/en/dashboard/"))

    def test_as_many_queries_for_few_as_for_many(self, client: Client, learner: Any) -> None:
        def queries() -> int:
            client.get(CART)
            with CaptureQueriesContext(connection) as found:
                assert client.get(CART).status_code == 200
            return len(found)

        for number in range(10):
            add(client, offer_of(paid_course(f"Course {number}")))
        few = queries()
        cart = Cart.objects.get()
        for number in range(40):  # more than fit through the door: carts that were merged
            CartItem.objects.create(cart=cart, offer=offer_of(paid_course(f"More {number}")))
        assert queries() == few


class TestBuyBox:
    @pytest.fixture(autouse=True)
    def learner(self, client: Client) -> Any:
        person = make_user(country="CM")
        client.force_login(person)
        return person

    def test_former_price_until_a_day(self, client: Client) -> None:
        course = paid_course()
        OfferDiscount.objects.create(
            offer=offer_of(course), label="Launch price", percent=20, starts_at=NOON, ends_at=NOON + timedelta(days=3)
        )
        with clock.frozen(NOON + timedelta(days=1)):
            page = words(client.get(course.get_url()))
            card = words(client.get("/en/courses/"))
        assert "Former price: 25 000 FCFA 20 000 FCFA Launch price until 5 November 2026" in page
        assert "20 000 FCFA" in card
        with clock.frozen(NOON + timedelta(days=4)):
            assert "Launch price" not in words(client.get(course.get_url()))

    def test_a_free_course_has_none(self, client: Client) -> None:
        page = words(client.get(make_course("Free", modules=1, lessons=1).get_url()))
        assert "Enrol for free" in page
        assert "Add to cart" not in page

    def test_in_the_cart_it_leads_there(self, client: Client) -> None:
        course = paid_course()
        assert "Buy now Add to cart" in words(client.get(course.get_url()))
        add(client, offer_of(course))
        assert "In your cart: go there" in words(client.get(course.get_url()))

    def test_a_path_and_a_bundle_have_one(self, client: Client) -> None:
        courses = [paid_course("Loops"), paid_course("Lists")]
        path = make_path(courses, "From loops to lists")
        offer = Offer.objects.create(kind=Offer.Kind.PATH, key=path.translation_key, title=path.title)
        OfferPrice.objects.create(offer=offer, amount_minor=45_000, currency="XAF")
        assert "45 000 FCFA Buy now" in words(client.get(path.get_url()))
        bundle = bundle_of(*courses)
        page = words(client.get(f"/en/bundles/{bundle.key}/"))
        assert "2 courses in one bundle" in page
        assert "40 000 FCFA Buy now" in page
        bundle.is_on_sale = False
        bundle.save()
        assert client.get(f"/en/bundles/{bundle.key}/").status_code == 404

    def test_a_link_of_an_author_is_remembered(self, client: Client) -> None:
        response = client.get(f"{paid_course().get_url()}?via=KOFI2026")
        assert response.cookies["via"].value == "KOFI2026"
        assert "via" not in client.get(paid_course("Lists").get_url()).cookies


class TestWishlist:
    URL = "/en/wishlist/"

    def test_heart_on_and_off(self, client: Client) -> None:
        client.force_login(make_user())
        course = paid_course()
        form = {"kind": "course", "key": str(course.translation_key), "next": course.get_url()}
        assert "Put on my wishlist" in words(client.get(course.get_url()))
        assert client.post(self.URL, {**form, "do": "add"})["Location"] == course.get_url()
        assert "Take off my wishlist" in words(client.get(course.get_url()))
        assert "Loops" in words(client.get(self.URL))
        client.post(self.URL, {**form, "do": "remove"})
        assert WishlistItem.objects.count() == 0
        assert "Your wishlist is empty." in words(client.get(self.URL))

    def test_what_is_not_there(self, client: Client) -> None:
        make_school()
        client.force_login(make_user())
        client.post(self.URL, {"do": "add", "kind": "plan", "key": "x"})
        assert WishlistItem.objects.count() == 0

    def test_as_many_queries_for_few_as_for_many(self, client: Client) -> None:
        learner = make_user()
        client.force_login(learner)

        def grow(count: int) -> int:
            for _number in range(count):
                WishlistItem.objects.create(learner=learner, key=paid_course("Wished").translation_key)
            client.get(self.URL)
            with CaptureQueriesContext(connection) as found:
                assert client.get(self.URL).status_code == 200
            return len(found)

        assert grow(10) == grow(40)
