"""What people choose to be told: on the page, by one click in a mail; and what they have read."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.tests.factories import make_person, make_superuser
from core import clock
from notifications.actions.mark_read import mark_read
from notifications.actions.set_preference import set_preference
from notifications.actions.unsubscribe import unsubscribe
from notifications.categories import CATEGORIES, Channel
from notifications.errors import (
    CannotSwitchOff,
    ChannelUnknown,
    LinkNotValid,
    MayNotChangeNotices,
    NotificationCategoryUnknown,
)
from notifications.models import Notification, Preference
from notifications.queries import choices_of, notes, notifications_of, unread_count
from notifications.tests.factories import NOON, make_notification
from notifications.tokens import unsubscribe_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def awa():
    return make_person("awa@example.com")


class TestSetPreference:
    def test_off_and_on_again(self, awa) -> None:
        for is_on in (False, False, True):
            choice = set_preference(actor=awa, person=awa, category="subscriptions", channel="mail", is_on=is_on)
            assert (choice.is_on, choice.can_change) == (is_on, True)
            found = {(c.category.name, c.channel): c.is_on for c in choices_of(awa)}
            assert found["subscriptions", Channel.MAIL] is is_on
        assert Preference.objects.count() == 1

    @pytest.mark.parametrize("category", ["receipts", "renewals", "payouts", "gifts"])
    @pytest.mark.parametrize("channel", list(Channel))
    def test_required_ones_stay_on(self, awa, category: str, channel: str) -> None:
        with pytest.raises(CannotSwitchOff) as refusal:
            set_preference(actor=awa, person=awa, category=category, channel=channel, is_on=False)
        assert (refusal.value.code, refusal.value.field) == ("notification_required", "category")
        assert not Preference.objects.exists()
        assert set_preference(actor=awa, person=awa, category=category, channel=channel, is_on=True).is_on

    def test_a_row_from_before_a_category_was_required_counts_for_nothing(self, awa) -> None:
        Preference.objects.create(person=awa, category="receipts", channel="mail", is_on=False)
        assert all(choice.is_on for choice in choices_of(awa))

    @pytest.mark.parametrize(
        ("category", "channel", "error"),
        [
            ("nothing", "mail", NotificationCategoryUnknown),
            ("staff", "mail", NotificationCategoryUnknown),  # not one of hers
            ("subscriptions", "pigeon", ChannelUnknown),
        ],
    )
    def test_unknown(self, awa, category: str, channel: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            set_preference(actor=awa, person=awa, category=category, channel=channel, is_on=False)
        assert not Preference.objects.exists()

    def test_nobody_chooses_for_others(self, awa) -> None:
        for actor in (AnonymousUser(), None, make_person(), make_superuser()):
            with pytest.raises(MayNotChangeNotices):
                set_preference(actor=actor, person=awa, category="subscriptions", channel="mail", is_on=False)
        assert not Preference.objects.exists()

    def test_staff_see_their_alarms_among_the_choices(self, awa) -> None:
        assert {choice.category.name for choice in choices_of(awa)} == set(CATEGORIES) - {"staff"}
        assert {choice.category.name for choice in choices_of(make_superuser())} == set(CATEGORIES)


class TestUnsubscribe:
    def test_one_category_of_one_person_twice(self, awa) -> None:
        other = make_person()
        token = unsubscribe_token(awa, CATEGORIES["payment_reminders"])
        for _time in range(2):
            assert unsubscribe(token).name == "payment_reminders"
        assert [(c.category.name, c.channel) for c in choices_of(awa) if not c.is_on] == [
            ("payment_reminders", Channel.MAIL)
        ]
        assert all(choice.is_on for choice in choices_of(other))

    def test_years_later(self, awa) -> None:
        token = unsubscribe_token(awa, CATEGORIES["subscriptions"])
        with clock.frozen(NOON.replace(year=2036)):
            assert unsubscribe(token).name == "subscriptions"

    @pytest.mark.parametrize("what", ["forged", "required", "gone", "empty"])
    def test_links_that_are_not_valid(self, awa, what: str) -> None:
        category = CATEGORIES["receipts" if what == "required" else "payment_reminders"]
        token = {"forged": lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"), "empty": lambda t: ""}.get(
            what, lambda t: t
        )(unsubscribe_token(awa, category))
        if what == "gone":
            awa.is_active = False
            awa.save()
        with pytest.raises(LinkNotValid):
            unsubscribe(token)
        assert not Preference.objects.exists()


class TestMarkRead:
    def test_some_and_all(self, awa) -> None:
        rows = [make_notification(awa) for _number in range(3)]
        others = make_notification(make_person())
        with clock.frozen(NOON):
            assert mark_read(actor=awa, person=awa, public_ids=[rows[0].public_id, others.public_id]) == 1
        assert unread_count(awa) == 2
        assert mark_read(actor=awa, person=awa) == 2
        assert mark_read(actor=awa, person=awa) == 0
        rows[0].refresh_from_db()
        others.refresh_from_db()
        assert (rows[0].read_at, others.read_at) == (NOON, None)

    def test_nobody_reads_for_others(self, awa) -> None:
        make_notification(awa)
        for actor in (AnonymousUser(), make_person(), make_superuser()):
            with pytest.raises(MayNotChangeNotices):
                mark_read(actor=actor, person=awa)
        assert unread_count(awa) == 1

    def test_none_of_an_unknown_id(self, awa) -> None:
        make_notification(awa)
        assert mark_read(actor=awa, person=awa, public_ids=[uuid.uuid4()]) == 0


class TestList:
    def test_the_newest_first_and_ones_own(self, awa) -> None:
        first, second = make_notification(awa), make_notification(awa)
        make_notification(make_person())
        assert list(notifications_of(awa)) == [second, first]
        assert not notifications_of(AnonymousUser()).exists()
        assert not notifications_of(make_superuser()).exists()

    def test_kinds_that_no_code_knows_are_left_out(self, awa) -> None:
        make_notification(awa)
        Notification.objects.update(kind="from_another_time")
        assert (list(notifications_of(awa)), unread_count(awa)) == ([], 0)

    def test_alarms_vanish_from_the_list_of_former_staff(self) -> None:
        root = make_superuser()
        make_notification(root, "staff_payment")
        assert unread_count(root) == 1
        root.is_superuser = False
        root.save()
        assert unread_count(type(root).objects.get(pk=root.pk)) == 0

    def test_a_notice_speaks_the_language_of_its_reading(self, awa) -> None:
        from django.utils import translation

        make_notification(awa, "payout_sent")
        titles = []
        for language in ("en", "ar"):
            with translation.override(language):
                titles.append(notes(notifications_of(awa))[0].letter.title)
        assert titles[0] != titles[1]  # the amount at least is written another way

    def test_counting_ends_somewhere(self, awa) -> None:
        row = make_notification(awa)
        Notification.objects.bulk_create(
            [Notification(person=awa, event_key=uuid.uuid4(), kind=row.kind, data=row.data) for _number in range(120)]
        )
        assert unread_count(awa) == 100
