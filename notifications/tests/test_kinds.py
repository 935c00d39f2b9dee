"""The table of messages is complete, and every message is one in every language."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core import mail
from django.template.loader import get_template
from django.utils import translation

from accounts.tests.factories import make_person
from commerce import events
from core.events import Event, registered_events
from core.outbox import handlers_of
from courses.models import CourseMember
from notifications.actions.send_mail import due_mails, send_mail
from notifications.actions.tell import tell
from notifications.categories import CATEGORIES, STAFF_PERMISSION, Channel
from notifications.kinds import KINDS, SILENT, Kind, To
from notifications.letters import kept, letter_of
from notifications.links import PLACES
from notifications.models import MailDelivery
from notifications.tests.factories import GIFT_KEY, make_event

pytestmark = pytest.mark.django_db

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
#: Events of commerce that are not about money: other messages than these will tell of them.
NOT_MONEY = {
    events.LearnerEnrolled,
    events.EnrollmentStateChanged,
    events.CertificateIssued,
    events.CertificateRevoked,
}
#: What makes the event of a kind one that the kind applies to.
VARIANTS = {
    "credit_note_issued": {"kind": "credit_note"},
    "order_expired": {"reason": "expired"},
    "subscription_renewal_by_hand": {"pay_by_hand": True},
}


def event_of(kind: Kind, person) -> Event:
    return make_event(kind.event.__name__, person, **VARIANTS.get(kind.name, {}))


class TestTable:
    def test_every_event_about_money_is_told_or_deliberately_not(self) -> None:
        told = {kind.event for kind in KINDS.values() if kind.event.event_name.startswith("commerce.")}
        of_commerce = {event for name, event in registered_events().items() if name.startswith("commerce.")}
        of_commerce = {event for event in of_commerce if not event.__name__.startswith("_")}
        assert told & set(SILENT) == set()
        assert of_commerce - NOT_MONEY == told | set(SILENT)

    def test_each_told_event_has_one_handler_here(self) -> None:
        for event in {kind.event for kind in KINDS.values()}:
            ours = [name for name in handlers_of(event.event_name) if name.startswith("notifications.")]
            assert ours == [f"notifications.tell_{event.__name__}"]

    def test_the_readme_tells_of_each(self) -> None:
        rows = [re.findall(r"`(\w+)`", row) for row in README.splitlines() if row.startswith("| `")]
        listed = {(row[0], row[1]) for row in rows if len(row) > 1}
        assert listed == {(kind.event.__name__, kind.name) for kind in KINDS.values()}
        assert {row[0] for row in rows if len(row) == 1} == {event.__name__ for event in SILENT}

    def test_staff_alarms_are_those_that_need_a_permission(self) -> None:
        assert {name for name, category in CATEGORIES.items() if category.permission} == {"staff"}
        assert {kind.category.name for kind in KINDS.values() if kind.to is To.STAFF} == {"staff"}
        assert CATEGORIES["staff"].permission == STAFF_PERMISSION

    def test_what_cannot_be_switched_off_says_why(self) -> None:
        for category in CATEGORIES.values():
            assert bool(category.why) is (category.switchable != frozenset(Channel)), category.name

    def test_required_categories(self) -> None:
        required = {name for name, category in CATEGORIES.items() if not category.switchable}
        assert required == {"receipts", "renewals", "payouts", "gifts"}

    def test_places_exist(self) -> None:
        assert {place for kind in KINDS.values() for place in kind.places} == set(PLACES)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("name", KINDS)
def test_rendered(name: str, language: str) -> None:
    kind = KINDS[name]
    person = make_person("awa@example.com", name="Awa Ndiaye", language=language)
    person.is_superuser = True
    person.save()
    event = event_of(kind, person)
    if kind.to is To.TEACHERS:
        CourseMember.objects.create(course_key=event.course_key, user=person)
    with translation.override(language):
        letter = letter_of(kind, kept(kind, event))
    assert letter.title
    assert "%(" not in letter.title
    assert letter.paragraphs
    assert "None" not in letter.title + letter.summary
    assert [value for _label, value in letter.rows if value in ("", "None")] == []
    assert len(letter.rows) == len(kind.rows)
    if kind.to is not To.ADDRESS:
        assert GIFT_KEY not in str(kept(kind, event))
    tell(event)
    posted = MailDelivery.objects.filter(kind=name)
    assert posted.count() == (Channel.MAIL in kind.channels)
    for row in posted:
        assert send_mail(row.pk) is True
        _check(kind, language if kind.to is not To.ADDRESS else "en", letter)


def _check(kind: Kind, language: str, letter) -> None:
    """The mail as its reader gets it."""
    (sent,) = mail.outbox
    message = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text, html = (part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert message["Content-Language"] == language
    assert message["Auto-Submitted"] == "auto-generated"
    assert len(html.encode()) < 15_000
    assert re.findall(r"<(?:img|script|link|table)\b|src=|@import|url\(", html) == []
    assert ("{{" in html + text, "{%" in html + text) == (False, False)
    if kind.to is not To.ADDRESS:
        assert letter.title == message["Subject"].strip()
        for paragraph in letter.paragraphs:
            assert paragraph.text in text
    assert (("List-Unsubscribe" in message), ("List-Unsubscribe-Post" in message)) == (
        (kind.category.can_switch(Channel.MAIL),) * 2
    )


@pytest.mark.parametrize("name", KINDS)
def test_template_is_plain_text(name: str) -> None:
    source = get_template(KINDS[name].template).template.source
    assert re.findall(r"<[a-z/]", source) == []


def test_nothing_is_left_waiting() -> None:
    person = make_person("awa@example.com")
    CourseMember.objects.create(course_key=event_of(KINDS["question_asked"], person).course_key, user=person)
    for name in KINDS:
        tell(event_of(KINDS[name], person))
    for pk in due_mails():
        send_mail(pk)
    assert set(MailDelivery.objects.values_list("state", flat=True)) == {MailDelivery.State.SENT}


@pytest.mark.parametrize("name", KINDS)
def test_leads_somewhere(name: str) -> None:
    kind = KINDS[name]
    event = event_of(kind, make_person())
    letter = letter_of(kind, kept(kind, event))
    assert letter.path
    assert letter.action
