"""What a price is in the learner's money, and when a quiz ends on the learner's clock."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from commerce.actions.add_example_rates import add_example_rates
from commerce.actions.enroll import enroll
from commerce.tests.factories import make_price
from core import clock
from courses.models import QuizPage
from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import log_in, start_quiz

pytestmark = pytest.mark.browser


@pytest.fixture(params=["with scripts", "without"])
def visitor(request: pytest.FixtureRequest, open_context: OpenContext) -> Iterator[Page]:
    """Somebody from Lagos who has no account."""
    has_scripts = request.param == "with scripts"
    context = open_context(java_script_enabled=has_scripts, locale="en-NG", timezone_id="Africa/Lagos")
    yield context.new_page()
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    assert cookies.get("time_zone") == ("Africa/Lagos" if has_scripts else None)


def test_a_visitor_sees_prices_in_their_currency_and_chooses_another(school: School, visitor: Page) -> None:
    make_price(school.course_key, 25000)
    add_example_rates()
    visitor.goto(school + school.course_path)
    price = visitor.locator(".enroll .price")
    expect(price).to_have_text(re.compile(r"^25\s000\sFCFA\s+about NGN\s64,028\.59$"))
    choice = visitor.get_by_label("Show prices in")
    expect(choice).to_have_value("NGN")
    choice.select_option("EUR")
    visitor.get_by_role("button", name="Change").click()
    expect(price).to_have_text(re.compile(r"^25\s000\sFCFA\s+about €38\.11$"))
    assert visitor.url == school + school.course_path
    visitor.goto(school + "/fr/courses/")
    expect(visitor.locator("#currency")).to_have_value("EUR")


@pytest.mark.parametrize(
    ("zone", "deadline"),
    [
        ("Africa/Nairobi", "22 July 2026, 17:35 (East Africa Time)"),
        ("Europe/Paris", "22 July 2026, 16:35 (Central European Summer Time)"),
    ],
)
def test_a_quiz_ends_on_the_learners_clock(school: School, open_context: OpenContext, zone: str, deadline: str) -> None:
    learner = school.people["learner"]
    enroll(actor=learner, learner=learner, course_key=school.long_course_key)
    QuizPage.objects.filter(pk=school.long_quiz.pk).update(time_limit_minutes=30)
    page = open_context(timezone_id=zone).new_page()
    log_in(page, school, "learner")
    with clock.frozen(datetime(2026, 7, 22, 14, 5, tzinfo=UTC), all_threads=True):
        start_quiz(page, school, school.long_quiz)
        expect(page.get_by_text("Hand in by")).to_have_text(f"Hand in by {deadline}.")
