"""How an app signs up, logs in, stays logged in and logs out."""

from datetime import timedelta

import jwt
import pytest
from allauth.headless.tokens.strategies.jwt.internal import validate_access_token
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from accounts import tokens
from accounts.models import User
from accounts.tests.factories import PASSWORD, link_in_last_mail, make_person
from accounts.tests.headless import ROOT, App, pending
from core import clock
from core.models.outbox import OutboxEvent

pytestmark = pytest.mark.django_db

NEW = {"name": "Awa Ndiaye", "email": "Awa@Example.com", "password": PASSWORD}


def key_in_last_mail() -> str:
    return link_in_last_mail().rstrip("/").rpartition("/")[2]


def logged_in_app() -> tuple[App, User]:
    person, app = make_person(), App()
    assert app.log_in(person.email, PASSWORD).status_code == 200
    return app, person


def is_accepted(access_token: str) -> bool:
    return validate_access_token(access_token) is not None


def test_from_sign_up_to_log_out():
    app = App(language="fr")
    response = app.call("POST", "auth/signup", NEW)
    assert response.status_code == 401
    assert pending(response) == ["verify_email"]
    assert app.access_token == ""
    user = User.objects.get()
    assert (user.name, user.email, user.language) == ("Awa Ndiaye", "awa@example.com", "fr")
    assert OutboxEvent.objects.get(name="accounts.PersonRegistered").payload["source"] == "app"

    # The key is the last part of the link in the mail.
    response = app.call("POST", "auth/email/verify", {"key": key_in_last_mail()})
    assert response.status_code == 200
    assert response.json()["data"]["user"] == {
        "id": str(user.public_id),
        "email": "awa@example.com",
        "display": "Awa Ndiaye",
        "name": "Awa Ndiaye",
        "language": "fr",
        "has_usable_password": True,
    }
    assert is_accepted(app.access_token)

    first = app.access_token
    assert app.refresh().status_code == 200
    assert app.access_token != first

    response = app.call("GET", "auth/session")
    assert response.status_code == 200
    assert response.json()["data"]["user"]["id"] == str(user.public_id)

    assert app.call("DELETE", "auth/session").status_code == 401
    assert not is_accepted(app.access_token)
    assert app.refresh().status_code == 400


def test_verifying_without_the_session_of_the_sign_up_leaves_logging_in_to_do():
    App().call("POST", "auth/signup", NEW)
    other = App()
    assert other.call("POST", "auth/email/verify", {"key": key_in_last_mail()}).status_code == 401
    assert other.access_token == ""
    assert other.log_in("awa@example.com", PASSWORD).status_code == 200
    assert is_accepted(other.access_token)


def test_wrong_key_verifies_nothing():
    app = App()
    app.call("POST", "auth/signup", NEW)
    response = app.call("POST", "auth/email/verify", {"key": "MQ:forged:key"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "invalid_or_expired_key"
    assert app.log_in("awa@example.com", PASSWORD).status_code == 401


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "required"),
        ("name", "see https://example.com", "name"),
        ("email", "nope", "invalid"),
        ("password", "short", "password_too_short"),
    ],
)
def test_sign_up_refuses(field, value, code):
    response = App().call("POST", "auth/signup", {**NEW, field: value})
    assert response.status_code == 400
    assert (field, code) in [(error["param"], error["code"]) for error in response.json()["errors"]]
    assert not User.objects.exists()


def test_sign_up_with_a_taken_address_answers_as_with_a_new_one():
    make_person("taken@example.com")
    taken = App().call("POST", "auth/signup", {**NEW, "email": "taken@example.com"})
    new = App().call("POST", "auth/signup", NEW)
    assert taken.status_code == new.status_code == 401
    assert taken.json()["data"] == new.json()["data"]
    assert set(taken.json()["meta"]) == set(new.json()["meta"])
    assert User.objects.filter(email="taken@example.com").count() == 1


def test_known_and_unknown_addresses_look_the_same_at_log_in():
    person = make_person()
    wrong = App().log_in(person.email, "wrong password")
    unknown = App().log_in("nobody@example.com", "wrong password")
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()


def test_password_reset_by_key():
    person = make_person()
    logged_in = App()
    logged_in.log_in(person.email, PASSWORD)
    app = App()
    known = app.call("POST", "auth/password/request", {"email": person.email})
    letter_key = key_in_last_mail()
    unknown = App().call("POST", "auth/password/request", {"email": "nobody@example.com"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    response = app.call("POST", "auth/password/reset", {"key": letter_key, "password": "nine-loud-drums"})
    assert response.status_code == 401  # done; now log in
    assert not is_accepted(logged_in.access_token)
    assert logged_in.refresh().status_code == 400
    assert App().log_in(person.email, "nine-loud-drums").status_code == 200


def test_password_change_ends_every_token():
    app, person = logged_in_app()
    other = App()
    other.log_in(person.email, PASSWORD)
    response = app.call(
        "POST", "account/password/change", {"current_password": PASSWORD, "new_password": "nine-loud-drums"}
    )
    assert response.status_code == 200
    assert not is_accepted(app.access_token)
    assert not is_accepted(other.access_token)
    assert app.refresh().status_code == other.refresh().status_code == 400
    # The answer carries a new session token: this app goes on with it, or logs in again.
    app.access_token = ""
    assert app.call("GET", "auth/session").status_code == 200


def test_deactivated_person_is_out_at_once():
    app, person = logged_in_app()
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert not is_accepted(app.access_token)
    assert app.refresh().status_code == 400


def test_lost_answer_to_a_refresh_may_be_asked_for_again():
    app, _person = logged_in_app()
    first = app.refresh_token
    assert app.refresh(first).status_code == 200  # the app never saw this answer
    assert app.refresh(first).status_code == 200


def test_refresh_token_used_after_its_grace_ends_the_whole_log_in():
    app, _person = logged_in_app()
    stolen = app.refresh_token
    assert app.refresh().status_code == 200
    assert is_accepted(app.access_token)
    with clock.travel(timedelta(seconds=tokens.GRACE + 1)):
        assert app.refresh(stolen).status_code == 400
    assert not is_accepted(app.access_token)
    assert app.refresh().status_code == 400


def test_session_remembers_no_more_tokens_than_are_good():
    app, _person = logged_in_app()
    for turn in range(1, 5):
        with clock.travel(timedelta(seconds=turn * (tokens.GRACE + 1))):
            assert app.refresh().status_code == 200
    state = Session.objects.get(pk=app.session_token).get_decoded()["headless_refresh_tokens"]
    assert len(state) == 2  # the present one, and the one before in its grace


def test_access_and_refresh_tokens_are_not_interchangeable():
    app, _person = logged_in_app()
    assert not is_accepted(app.refresh_token)
    assert app.refresh(app.access_token).status_code == 400


def test_tokens_of_another_key_or_none_are_refused():
    app, _person = logged_in_app()
    payload = jwt.decode(app.access_token, options={"verify_signature": False})
    assert not is_accepted(jwt.encode(payload, "x" * 64, algorithm="HS256"))
    assert not is_accepted(jwt.encode(payload, None, algorithm="none"))
    assert not is_accepted(jwt.encode(payload, django_settings.SECRET_KEY.ljust(32, "-"), algorithm="HS256"))
    assert is_accepted(jwt.encode(payload, django_settings.HEADLESS_JWT_PRIVATE_KEY, algorithm="HS256"))


def test_rs256_with_a_private_key(settings):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    settings.HEADLESS_JWT_PRIVATE_KEY = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    settings.HEADLESS_JWT_ALGORITHM = "RS256"
    app, _person = logged_in_app()
    assert jwt.get_unverified_header(app.access_token)["alg"] == "RS256"
    assert is_accepted(app.access_token)


def test_mails_asked_for_by_an_app_lead_to_its_pages_when_it_has_some(settings, client):
    settings.HEADLESS_FRONTEND_URLS = {
        "account_confirm_email": "https://app.example.com/account/verify-email/{key}",
        "account_reset_password_from_key": "https://app.example.com/account/password/reset/{key}",
    }
    App().call("POST", "auth/signup", NEW)
    assert "https://app.example.com/account/verify-email/" in mail.outbox[-1].body
    client.post("/en/account/signup/", {"name": "Bo", "email": "bo@example.com", "password1": PASSWORD})
    assert "https://app.example.com" not in mail.outbox[-1].body


def test_browsers_own_endpoint_is_closed():
    assert Client().get("/_allauth/browser/v1/auth/session", follow=True).status_code == 404


def test_website_session_is_not_a_log_in_of_the_api(client):
    client.force_login(make_person())
    assert client.get(f"{ROOT}/auth/session").status_code == 401
