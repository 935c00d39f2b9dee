"""Sign-up, verification, log-in, reset and change through the website's own pages."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import PASSWORD, link_in_last_mail, make_person
from core.models.outbox import OutboxEvent

pytestmark = pytest.mark.django_db

NEW = {"name": "Awa Ndiaye", "email": "Awa@Example.com", "password1": PASSWORD}


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def log_in(client: Client, email: str, password: str = PASSWORD, language: str = "en"):
    return client.post(f"/{language}/account/login/", {"login": email, "password": password})


def test_sign_up_keeps_the_name_and_waits_for_verification(client):
    response = client.post("/en/account/signup/", NEW)
    assert response.status_code == 302
    assert response.url == "/en/account/confirm-email/"
    user = User.objects.get()
    assert (user.email, user.name, user.language) == ("awa@example.com", "Awa Ndiaye", "en")
    assert not is_logged_in(client)
    assert [letter.to for letter in mail.outbox] == [["awa@example.com"]]
    event = OutboxEvent.objects.get(name="accounts.PersonRegistered")
    assert event.payload["person_key"] == str(user.public_id)
    assert (event.payload["source"], event.payload["language"]) == ("website", "en")


def test_link_in_the_mail_verifies_and_logs_in_where_the_sign_up_was(client):
    client.post("/fr/account/signup/", NEW)
    assert User.objects.get().language == "fr"
    response = client.post(link_in_last_mail())
    assert response.status_code == 302
    assert EmailAddress.objects.get().verified
    assert is_logged_in(client)
    event = OutboxEvent.objects.get(name="accounts.PersonVerifiedEmail")
    assert event.payload["person_key"] == str(User.objects.get().public_id)


def test_link_opened_in_another_browser_verifies_without_logging_in(client):
    client.post("/en/account/signup/", NEW)
    other = Client()
    assert other.get(link_in_last_mail()).status_code == 200
    other.post(link_in_last_mail())
    assert EmailAddress.objects.get().verified
    assert not is_logged_in(other)


@pytest.mark.parametrize("is_same_browser", [True, False])
def test_after_verification_one_is_led_where_one_was_going(client, is_same_browser):
    course = "/en/courses/python/"
    client.post("/en/account/signup/", {**NEW, "next": course})
    browser = client if is_same_browser else Client()
    page = browser.get(link_in_last_mail())
    assert page.status_code == 200
    response = browser.post(link_in_last_mail(), {"next": page.context["redirect_field_value"]})
    if not is_same_browser:
        assert response.url == "/en/account/login/?next=%2Fen%2Fcourses%2Fpython%2F"
        response = browser.post(response.url, {"login": NEW["email"], "password": PASSWORD, "next": course})
    assert response.url == course
    assert is_logged_in(browser)


def test_a_next_on_another_host_is_not_carried_into_the_mail(client):
    client.post("/en/account/signup/", {**NEW, "next": "https://evil.example/"})
    assert "evil" not in mail.outbox[-1].body


def test_log_in_before_verification_sends_the_mail_again_instead(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"confirm_email": None}
    person = make_person(is_verified=False)
    response = log_in(client, person.email)
    assert response.url == "/en/account/confirm-email/"
    assert not is_logged_in(client)
    assert mail.outbox[-1].to == [person.email]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Visit https://example.com now"),
        ("name", "www.example.com"),
        ("name", "Awa\u202egnp"),
        ("name", "12345"),
        ("name", ""),
        ("name", "x" * 121),
        ("email", "not-an-address"),
        ("password1", "short"),
        ("password1", "1234567890123"),
        ("password1", "password123"),
    ],
)
def test_sign_up_refuses(client, field, value):
    response = client.post("/en/account/signup/", {**NEW, field: value})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert not User.objects.exists()
    assert mail.outbox == []


def test_log_in_takes_the_address_in_any_case_and_keeps_next(client):
    person = make_person("learner@example.com")
    response = client.post(
        "/en/account/login/?next=/en/courses/", {"login": "LEARNER@Example.com", "password": PASSWORD}
    )
    assert (response.status_code, response.url) == (302, "/en/courses/")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_log_in_ignores_a_next_on_another_host(client):
    person = make_person()
    response = client.post(
        "/en/account/login/?next=https://evil.example.com/", {"login": person.email, "password": PASSWORD}
    )
    assert response.url == "/dashboard/"


def test_log_in_of_a_deactivated_person_is_refused(client):
    person = make_person()
    User.objects.filter(pk=person.pk).update(is_active=False)
    log_in(client, person.email)
    assert not is_logged_in(client)


def test_known_and_unknown_addresses_look_the_same_at_log_in(client):
    person = make_person()
    wrong = log_in(client, person.email, "wrong password")
    unknown = log_in(client, "nobody@example.com", "wrong password")
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert wrong.context["form"].non_field_errors() == [
        "The email address and/or password you specified are not correct."
    ]


def test_sign_up_with_a_taken_address_looks_like_a_new_one_and_writes_to_the_owner(client):
    person = make_person("taken@example.com", name="Owner")
    taken = client.post("/en/account/signup/", {**NEW, "email": "taken@example.com"})
    taken_letter = mail.outbox[-1]
    new = Client().post("/en/account/signup/", NEW)
    assert (taken.status_code, taken.url) == (new.status_code, new.url)
    assert User.objects.filter(email="taken@example.com").get() == person
    person.refresh_from_db()
    assert person.name == "Owner"
    assert "an account using that email address already exists" in taken_letter.body.replace("\n", " ")


def test_password_reset_looks_the_same_for_known_and_unknown_addresses(client):
    person = make_person()
    known = client.post("/en/account/password/reset/", {"email": person.email})
    unknown = client.post("/en/account/password/reset/", {"email": "nobody@example.com"})
    assert (
        (known.status_code, known.url)
        == (unknown.status_code, unknown.url)
        == (302, reverse("account_reset_password_done"))
    )


def test_password_reset_by_mail_ends_other_log_ins(client):
    person = make_person()
    elsewhere = Client()
    log_in(elsewhere, person.email)
    client.post("/en/account/password/reset/", {"email": person.email})
    link = link_in_last_mail()
    form_page = client.get(link)
    response = client.post(form_page.url, {"password1": "nine-loud-drums", "password2": "nine-loud-drums"})
    assert response.status_code == 302
    person.refresh_from_db()
    assert person.check_password("nine-loud-drums")
    assert not elsewhere.get("/en/account/password/change/").wsgi_request.user.is_authenticated
    # The link worked once.
    assert Client().get(link).context["token_fail"] is True


def test_password_change_keeps_this_log_in_ends_others_and_tells_the_owner(client):
    person = make_person()
    elsewhere = Client()
    log_in(elsewhere, person.email)
    log_in(client, person.email)
    response = client.post(
        "/en/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "nine-loud-drums", "password2": "nine-loud-drums"},
    )
    assert response.status_code == 302
    assert client.get("/en/account/password/change/").wsgi_request.user == person
    assert not elsewhere.get("/en/account/password/change/").wsgi_request.user.is_authenticated
    assert mail.outbox[-1].to == [person.email]
    assert "Your password has been changed" in mail.outbox[-1].body


def test_password_change_needs_the_old_one(client):
    person = make_person()
    client.force_login(person)
    client.post(
        "/en/account/password/change/",
        {"oldpassword": "wrong", "password1": "nine-loud-drums", "password2": "nine-loud-drums"},
    )
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_new_address_replaces_the_old_one_only_once_verified(client):
    person = make_person("old@example.com")
    log_in(client, person.email)
    asked = client.post("/en/account/email/", {"email": "new@example.com", "action_add": ""})
    assert asked.url.startswith("/en/account/reauthenticate/")
    client.post(asked.url, {"password": PASSWORD})  # and the change goes on
    person.refresh_from_db()
    assert person.email == "old@example.com"
    assert mail.outbox[-1].to == ["new@example.com"]
    client.post(link_in_last_mail())
    person.refresh_from_db()
    assert person.email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("new@example.com", True, True)]
    assert mail.outbox[-1].to == ["old@example.com"]


def test_log_out_needs_a_post(client):
    person = make_person()
    client.force_login(person)
    assert client.get("/en/account/logout/").status_code == 200
    assert is_logged_in(client)
    client.post("/en/account/logout/")
    assert not is_logged_in(client)


def test_sign_up_is_limited_by_address_of_the_machine(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    codes = [
        Client().post("/en/account/signup/", {**NEW, "email": f"p{number}@example.com"}).status_code
        for number in range(3)
    ]
    assert codes == [302, 302, 429]
    assert User.objects.count() == 2
