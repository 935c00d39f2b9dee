"""Prices in the visitor's currency and times in their zone, without JavaScript, in three languages."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from commerce.models import ExchangeRate
from commerce.tests.factories import NOON, make_enrollment, make_price, make_user
from core import clock
from courses.models import CoursePage, ModulePage
from courses.tests.factories import add_quiz, make_course, make_school
from courses.tests.questions import every_question
from learning.actions.start_attempt import start_attempt
from learning.actions.submit_attempt import submit_attempt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]

NB, NNB = "\u00a0", "\u202f"


def words(html: str, selector: str) -> str:
    """The text of the first element with that class."""
    found = re.search(rf'<(\w+) class="{selector}">(.*?)</\1>', html, flags=re.S)
    assert found, selector
    return unescape(re.sub(r"<[^>]+>", "", found[2])).strip()


def paid(minor: int = 25000, currency: str = "XAF") -> CoursePage:
    course = make_course("Loops", modules=1, lessons=1)
    make_price(course.translation_key, minor, currency)
    return course


def rate(quote: str, value: str, days: int = 0) -> None:
    day = NOON.date() - timedelta(days=days)
    ExchangeRate.objects.create(base="EUR", quote=quote, rate=Decimal(value), valid_from=day, source="manual")


def page(url: str, client: Client | None = None, **headers: str) -> str:
    with clock.frozen(NOON):
        response = (client or Client(headers=headers)).get(url)
    assert response.status_code == 200
    return response.content.decode()


class TestPrices:
    def test_the_charged_amount_first_then_about_how_much(self) -> None:
        html = page(paid().get_url(), **{"accept-language": "fr-FR"})
        assert words(html, "price") == f"25{NNB}000{NB}FCFA about €38.11"
        assert "Charged in XAF (Central African CFA Franc). The exchange rate is fixed by law." in unescape(html)
        card = page("/en/courses/", **{"accept-language": "fr-FR"})
        assert f'<span class="tag warm">25{NNB}000{NB}FCFA</span> about €38.11' in card

    def test_who_thinks_in_the_charged_currency_sees_one_amount(self) -> None:
        html = page(paid().get_url(), **{"accept-language": "fr-CM"})
        assert words(html, "price") == f"25{NNB}000{NB}FCFA"
        assert "Charged in" not in html

    def test_the_day_of_the_rate_is_shown_and_a_stale_one_is_not_used(self) -> None:
        course = paid()
        rate("NGN", "1680", days=2)
        html = page(course.get_url(), **{"accept-language": "en-NG"})
        assert words(html, "price").endswith(f"about NGN{NB}64,028.59")
        assert "Exchange rate of 31 October 2026." in html
        with clock.frozen(NOON + timedelta(days=29)):
            html = Client(headers={"accept-language": "en-NG"}).get(course.get_url()).content.decode()
        assert words(html, "price") == f"25{NNB}000{NB}FCFA"

    def test_a_free_course_stays_free(self) -> None:
        assert words(page(make_course("Free").get_url(), **{"accept-language": "fr-FR"}), "price") == "Free"


class TestChoice:
    def choose(self, client: Client, currency: str, to: str = "/en/courses/") -> str:
        response = client.post("/preferences/", {"currency": currency, "next": to})
        assert response.status_code == 302
        return response.url

    def chosen(self, html: str) -> list[str]:
        return re.findall(r'<option value="(\w+)" selected>', html.split('name="currency"')[1].split("</select>")[0])

    def test_visitors_choose_by_a_form_and_it_lasts(self) -> None:
        client, course = Client(), paid()
        assert self.chosen(page(course.get_url(), client)) == ["XAF"]
        assert self.choose(client, "EUR", course.get_url()) == course.get_url()
        html = page(course.get_url(), client)
        assert self.chosen(html) == ["EUR"]
        assert "about €38.11" in words(html, "price")

    def test_people_keep_their_choice_in_the_profile(self) -> None:
        make_school()
        person, client = make_user(country="NG"), Client()
        client.force_login(person)
        assert self.chosen(page("/en/courses/", client)) == ["NGN"]
        self.choose(client, "GHS")
        person.refresh_from_db()
        assert person.currency == "GHS"
        other_device = Client()
        other_device.force_login(person)
        assert self.chosen(page("/en/courses/", other_device)) == ["GHS"]

    @pytest.mark.parametrize("currency", ["JPY", "xaf", "", "'; drop", "\x00"])
    def test_what_is_not_offered_changes_nothing(self, currency: str) -> None:
        client, person = Client(), make_user()
        client.force_login(person)
        self.choose(client, currency)
        assert "currency" not in client.cookies
        assert User.objects.get(pk=person.pk).currency == ""
        client.cookies["currency"] = "JPY"
        make_school()
        assert self.chosen(page("/en/courses/", client)) == ["XAF"]


class TestTimes:
    @pytest.fixture
    def attempt(self):
        course = make_course("Loops", modules=1)
        quiz = add_quiz(
            ModulePage.objects.child_of(course).get(), questions=every_question(), time_limit_minutes=90, pass_mark=60
        )
        learner = make_user()
        make_enrollment(learner, course.translation_key)
        with clock.frozen(datetime(2026, 7, 22, 14, 5, tzinfo=UTC)):
            return start_attempt(actor=learner, quiz_key=quiz.translation_key, language="en"), quiz, learner

    @pytest.mark.parametrize(
        ("zone", "deadline"),
        [
            ("Africa/Lagos", "22 July 2026, 16:35 (West Africa Standard Time)"),
            ("Africa/Nairobi", "22 July 2026, 18:35 (East Africa Time)"),
            ("Europe/Paris", "22 July 2026, 17:35 (Central European Summer Time)"),
            ("", "22 July 2026, 15:35 (Coordinated Universal Time)"),
        ],
    )
    def test_a_deadline_stands_in_the_learners_zone_and_names_it(self, attempt, zone: str, deadline: str) -> None:
        taken, _quiz, learner = attempt
        User.objects.filter(pk=learner.pk).update(time_zone=zone)
        client = Client()
        client.force_login(learner)
        with clock.frozen(datetime(2026, 7, 22, 14, 10, tzinfo=UTC)):
            html = client.get(f"/en/quiz/attempts/{taken.public_id}/").content.decode()
        assert f'Hand in by <time datetime="2026-07-22T15:35:00+00:00">{deadline}</time>.' in html

    def test_a_list_of_attempts_says_whose_time_it_is(self, attempt) -> None:
        taken, quiz, learner = attempt
        client = Client()
        client.force_login(learner)
        client.cookies["time_zone"] = "Africa/Nairobi"
        with clock.frozen(datetime(2026, 7, 22, 14, 30, tzinfo=UTC)):
            submit_attempt(actor=learner, attempt_id=taken.public_id)
            html = unescape(client.get(quiz.get_url()).content.decode())
        assert '<time datetime="2026-07-22T14:30:00+00:00">22 Jul 2026, 17:30</time>' in html
        assert "Times are in East Africa Time." in html
        assert "<dd>60%</dd>" in html
        assert f"<dd>1{NB}h 30{NB}min</dd>" in html

    def test_the_script_is_only_there_until_the_zone_is_known(self) -> None:
        make_school()
        client = Client()
        assert "islands/time-zone.js" in page("/en/courses/", client)
        client.cookies["time_zone"] = "Africa/Lagos"
        assert "islands/time-zone.js" not in page("/en/courses/", client)
        client = Client()
        client.force_login(make_user(time_zone="Africa/Lagos"))
        assert "islands/time-zone.js" not in page("/en/courses/", client)


class TestQueries:
    """A page with prices costs one query more for the rates, and none while the cache knows them."""

    @pytest.mark.parametrize("where", ["catalogue", "course"])
    def test_one_query_for_all_rates(self, where: str) -> None:
        counts = []
        rate("NGN", "1680")
        course = None
        for number in (10, 40):
            for _course in range(number):
                course = paid()
            assert course is not None
            url = "/en/courses/" if where == "catalogue" else course.get_url()
            found = []
            for country in ("CM", "NG"):
                client = Client(headers={"accept-language": f"en-{country}"})
                page(url, client)
                for is_cached in (False, True):
                    if not is_cached:
                        cache.delete("commerce:rates")
                    with CaptureQueriesContext(connection) as queries:
                        html = page(url, client)
                    found.append(len(queries))
                    assert ("about NGN" in html) is (country == "NG")
            counts.append(found)
        assert counts[0] == counts[1]
        plain, plain_again, first, cached = counts[0]
        assert plain == plain_again
        assert (first, cached) == (plain + 1, plain)
