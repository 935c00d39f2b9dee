"""Whose time it is: the profile's zone, the device's, the school's; on pages, in mails, for programs' sake too."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.actions.update_profile import update_profile
from accounts.middleware import VisitorTimeZone
from accounts.models import User
from accounts.tests.factories import PASSWORD, make_person
from accounts.time_zones import TIME_ZONE_COOKIE, device_zone, time_zone_of
from core import formats

SUMMER = datetime(2026, 7, 22, 14, 5, tzinfo=UTC)
WINTER = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


def shown(request):
    """What a page of this request prints for the two instants."""
    response = VisitorTimeZone(lambda _request: HttpResponse(f"{formats.moment(SUMMER)} {formats.moment(WINTER)}"))(
        request
    )
    return response.content.decode()


def visit(user=None, device=""):
    request = RequestFactory().get("/")
    if device:
        request.COOKIES[TIME_ZONE_COOKIE] = device
    if user:
        request.COOKIES["sessionid"] = "any"
        request.user = user
    return request


@pytest.mark.parametrize(
    ("zone", "summer", "winter"),
    [("Africa/Lagos", "15:05", "15:05"), ("Africa/Nairobi", "17:05", "17:05"), ("Europe/Paris", "16:05", "15:05")],
)
def test_own_zone_wins_over_the_devices(zone, summer, winter):
    request = visit(User(email="a@example.com", time_zone=zone), device="America/New_York")
    assert shown(request) == f"22 July 2026, {summer} 22 November 2026, {winter}"


def test_without_an_own_zone_the_device_decides():
    assert shown(visit(User(email="a@example.com"), "Africa/Nairobi")).startswith("22 July 2026, 17:05")
    assert shown(visit(None, "Africa/Nairobi")).startswith("22 July 2026, 17:05")


@pytest.mark.parametrize("device", ["", "Mars/Olympus", "../../etc/passwd", "Africa", "x" * 5000, "\x00"])
def test_a_zone_that_is_none_leaves_the_schools(device, settings):
    settings.TIME_ZONE = "Africa/Douala"
    assert device_zone(visit(None, device)) == ""
    assert shown(visit(None, device)).startswith("22 July 2026, 15:05")
    assert time_zone_of(None).key == "Africa/Douala"
    assert time_zone_of(User(time_zone="Mars/Olympus")).key == "Africa/Douala"


def test_a_request_leaves_no_zone_behind():
    before = timezone.get_current_timezone_name()

    def activate_another(_request):
        timezone.activate("Asia/Tokyo")
        return HttpResponse()

    VisitorTimeZone(activate_another)(visit(None, "Africa/Lagos"))
    assert timezone.get_current_timezone_name() == before


@pytest.mark.django_db
def test_visitors_cost_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        shown(visit(None, "Africa/Lagos"))


@pytest.mark.django_db
def test_who_signs_up_gets_the_zone_of_the_device(client):
    client.cookies[TIME_ZONE_COOKIE] = "Africa/Lagos"
    data = {"email": "new@example.com", "name": "Bola", "password1": "a-long-password-7", "website": ""}
    client.post("/en/account/signup/", data)
    assert User.objects.get(email="new@example.com").time_zone == "Africa/Lagos"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Africa/Lagos", "22 July 2026, 15:05 (West Africa Standard Time)"),
        ("Africa/Nairobi", "22 July 2026, 17:05 (East Africa Time)"),
        ("Europe/Paris", "22 July 2026, 16:05 (Central European Summer Time)"),
    ],
)
def test_mails_tell_times_in_the_readers_zone(client, zone, expected, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: SUMMER)
    person = make_person(language="en")
    update_profile(actor=person, person=person, time_zone=zone)
    client.force_login(person)
    client.post(
        "/en/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "another-long-one-7", "password2": "another-long-one-7"},
    )
    assert len(mail.outbox) == 1
    assert expected in mail.outbox[0].body
