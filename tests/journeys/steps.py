"""What people do in several journeys: log in, answer a question, follow the link of a mail."""

import re
from typing import Any

from django.conf import settings
from django.core import mail
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from accounts.tests.factories import PASSWORD
from learning.models import QuizAttempt
from tests.journeys.school import School

__all__ = [
    "answer",
    "attempt_on",
    "bring_in",
    "link_in_mail_to",
    "log_in",
    "log_in_to_admin",
    "question_on",
    "start_quiz",
]


def log_in(page: Page, school: School, who: str) -> None:
    """Log in through the website's form."""
    page.goto(school + "/en/account/login/")
    _give_credentials(page, school, who)
    page.wait_for_url("**/dashboard/")


def bring_in(context: BrowserContext, url: str, person: Any) -> None:
    """Log somebody in without the form, by a session of theirs, at the school of ``url``."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


def log_in_to_admin(page: Page, school: School, who: str) -> None:
    """Ask for the admin, log in where that leads, and arrive."""
    page.goto(school + "/admin/")
    _give_credentials(page, school, who)
    page.wait_for_url("**/admin/")


def _give_credentials(page: Page, school: School, who: str) -> None:
    page.get_by_label("Email").fill(school.people[who].email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


def link_in_mail_to(address: str) -> str:
    """The first link in the last mail to an address."""
    letter = next(letter for letter in reversed(mail.outbox) if letter.to == [address])
    found = re.search(r"https?://\S+", letter.body)
    assert found, letter.body
    return found.group()


def start_quiz(page: Page, school: School, quiz: Any) -> QuizAttempt:
    """Open a quiz's page and start an attempt."""
    page.goto(school + quiz.get_url())
    page.get_by_role("button", name="Start the quiz").click()
    page.wait_for_url("**/quiz/attempts/**")
    return attempt_on(page)


def attempt_on(page: Page) -> QuizAttempt:
    """The attempt that a page shows."""
    return QuizAttempt.objects.get(public_id=page.url.rstrip("/").rpartition("/")[2])


def question_on(page: Page, key: str) -> Locator:
    """The field set of one question."""
    return page.locator(f'fieldset[data-question="{key}"]')


def answer(place: Locator, key: str, given: dict[str, Any]) -> None:
    """Give an answer (in the shape that is stored) by the controls that a learner sees.

    Args:
        place: the question on the page.
        key: the question's.
    """
    name = f"q-{key}"
    match given:
        case {"option_ids": options}:
            for option in options:
                place.locator(f'input[name="{name}"][value="{option}"]').check()
        case {"value": value}:
            place.get_by_label("True" if value else "False", exact=True).check()
        case {"number": text} | {"text": text}:
            place.locator(f'input[name="{name}"]').fill(text)
        case {"order": items}:
            _put_in_order(place, name, items)
        case {"matches": matches}:
            for left, right in matches.items():
                place.locator(f'select[name="{name}-{left}"]').select_option(right)
        case {"blanks": blanks}:
            for number, text in blanks.items():
                place.locator(f'input[name="{name}-{number}"]').fill(text)
        case _:
            raise AssertionError(given)


def _put_in_order(place: Locator, name: str, items: list[str]) -> None:
    """By the arrows where the script has put them there, else by choosing a place for each."""
    rows = place.locator("ol.ordering > li")
    by_arrows = place.locator(".moves").count() > 0
    for wanted, item in enumerate(items):
        select = f'select[name="{name}-{item}"]'
        if not by_arrows:
            place.locator(select).select_option(str(wanted + 1))
            continue
        row = rows.filter(has=place.page.locator(select))
        while rows.nth(wanted).locator(select).count() == 0:
            row.get_by_role("button", name="Move up").click()
    if by_arrows:
        expect(rows).to_have_count(len(items))
