"""A receipt and a reminder: by mail and on the website, and the way out of the reminders."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from notifications.tasks import send_waiting_mails
from notifications.tests.factories import happen, make_event, paid
from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import log_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
def test_from_the_mail_to_the_choice(school: School, open_context: OpenContext, java_script: bool) -> None:
    learner = school.people["learner"]
    happen(make_event("PaymentReminderDue", learner))
    happen(paid(learner))
    send_waiting_mails()  # what the workers have not sent yet
    reminder, receipt = mail.outbox
    assert "List-Unsubscribe" not in receipt.extra_headers

    # The link in the reminder works on a device where nobody is logged in.
    stranger = open_context(java_script_enabled=java_script).new_page()
    stranger.goto(reminder.extra_headers["List-Unsubscribe"].strip("<>"))
    stranger.get_by_role("button", name="Stop these mails").click()
    expect(stranger.get_by_role("status")).to_have_text("You get no more mails of this kind: Reminders to pay.")
    expect(stranger.get_by_role("link", name="Log in")).to_be_visible()

    page = open_context(java_script_enabled=java_script).new_page()
    log_in(page, school, "learner")
    header = page.get_by_role("navigation", name="Main")
    expect(header.get_by_role("link", name=re.compile("Notices"))).to_have_text(re.compile(r"Notices\s+2 not read yet"))
    header.get_by_role("link", name=re.compile("Notices")).click()
    expect(page.get_by_role("heading", level=2)).to_have_text(
        [re.compile("receipt for order BO-2026-000017"), re.compile("waits for your payment")]
    )
    page.get_by_role("button", name=re.compile("Mark as read.*Your receipt")).click()
    expect(page.get_by_text("1 not read yet").first).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("not read yet")).to_have_count(0)

    page.get_by_role("link", name="Choose your notices").click()
    receipts = page.get_by_role("group", name="Receipts")
    expect(receipts.get_by_label("By mail")).to_be_checked()
    expect(receipts.get_by_label("By mail")).to_be_disabled()
    reminders = page.get_by_role("group", name="Reminders to pay").get_by_label("By mail")
    expect(reminders).not_to_be_checked()
    reminders.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_have_text("Your choice is saved.")
    expect(reminders).to_be_checked()
