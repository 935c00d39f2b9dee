"""Wrong passwords: the short brake of allauth and the long one of django-axes, on the website and for apps."""

import pytest
from axes.models import AccessAttempt
from django.test import Client

from accounts.tests.factories import PASSWORD, make_person
from accounts.tests.headless import App

pytestmark = pytest.mark.django_db


@pytest.fixture
def axes(settings):
    """Lock out after three, and let allauth's own brake stay out of the way."""
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3
    settings.ACCOUNT_RATE_LIMITS = {"login": "1000/m/ip", "login_failed": "1000/m/ip"}


def try_on_website(email: str, password: str, address: str = "192.0.2.1"):
    client = Client(REMOTE_ADDR=address)
    response = client.post("/en/account/login/", {"login": email, "password": password})
    response.got_in = "_auth_user_id" in client.session
    return response


def test_website_locks_out_and_says_until_when(axes):
    person = make_person()
    codes = [try_on_website(person.email.upper(), "wrong password").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    attempt = AccessAttempt.objects.get()
    assert (attempt.username, attempt.ip_address) == (person.email, "192.0.2.1")
    locked = try_on_website(person.email, PASSWORD)
    assert (locked.status_code, locked["Retry-After"], locked.got_in) == (429, "900", False)
    assert "wrong password" not in attempt.post_data


def test_lock_out_is_of_one_account_from_one_place(axes):
    person, other = make_person(), make_person()
    for _ in range(3):
        try_on_website(person.email, "wrong password")
    assert try_on_website(other.email, PASSWORD).got_in
    assert try_on_website(person.email, PASSWORD, address="192.0.2.2").got_in


def test_unknown_addresses_are_locked_out_alike(axes):
    codes = [try_on_website("nobody@example.com", "wrong password").status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]


def test_success_forgets_the_failures(axes):
    person = make_person()
    for _ in range(2):
        try_on_website(person.email, "wrong password")
    assert try_on_website(person.email, PASSWORD).got_in
    assert not AccessAttempt.objects.exists()


def test_trying_on_does_not_lengthen_the_lock_out(axes):
    person = make_person()
    for _ in range(3):
        try_on_website(person.email, "wrong password")
    before = AccessAttempt.objects.get()
    try_on_website(person.email, "wrong password")
    after = AccessAttempt.objects.get()
    assert (after.attempt_time, after.failures_since_start) == (before.attempt_time, 3)


def test_app_is_locked_out_in_json(axes):
    person = make_person()
    codes = [App().log_in(person.email, "wrong password").status_code for _ in range(3)]
    assert codes == [400, 400, 429]
    locked = App().log_in(person.email, PASSWORD)
    assert locked.status_code == 429
    assert locked.json()["status"] == 429
    assert locked["Retry-After"] == "900"
    assert AccessAttempt.objects.get().username == person.email


def test_website_and_app_count_together(axes):
    person = make_person()
    for _ in range(2):
        try_on_website(person.email, "wrong password", address="127.0.0.1")
    assert App().log_in(person.email, "wrong password").status_code == 429


def test_allauth_brakes_guesses_at_one_account_from_anywhere(settings):
    person = make_person()
    for number in range(5):
        try_on_website(person.email, "wrong password", address=f"192.0.2.{number}")
    braked = try_on_website(person.email, PASSWORD, address="192.0.2.9")
    assert not braked.got_in
    assert braked.context["form"].non_field_errors() == ["Too many failed login attempts. Try again later."]
    assert App().log_in(person.email, PASSWORD).json()["errors"][0]["code"] == "too_many_login_attempts"
