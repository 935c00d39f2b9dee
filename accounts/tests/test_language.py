"""A person's own language: pages without one in their address, the cookie, mails."""

import re

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.http import HttpResponse
from django.test import RequestFactory
from wagtail.users.models import UserProfile

from accounts.middleware import ProfileLanguage
from accounts.queries import language_of
from accounts.tests.factories import PASSWORD, link_in_last_mail, make_person
from accounts.tests.headless import App

pytestmark = pytest.mark.django_db

COOKIE = django_settings.LANGUAGE_COOKIE_NAME


def test_own_language_wins_over_the_browsers_where_the_address_names_none(client):
    person = make_person(language="fr")
    english = {"accept-language": "en"}
    assert client.get("/", headers=english).url == "/en/"
    client.force_login(person)
    assert client.get("/", headers=english).url == "/fr/"


def test_address_wins_over_the_own_language(client):
    client.force_login(make_person(language="fr"))
    assert client.get("/en/account/password/change/").wsgi_request.LANGUAGE_CODE == "en"


def test_without_an_own_language_the_browser_decides(client):
    client.force_login(make_person(language=""))
    assert client.get("/", headers={"accept-language": "fr"}).url == "/fr/"


def test_admin_speaks_the_own_language(client):
    client.force_login(make_person(language="fr", roles=["administrator"]))
    response = client.get("/admin/", headers={"accept-language": "en"})
    assert '<html lang="fr"' in response.content.decode()


def test_admin_offers_the_schools_languages_and_no_others(client):
    client.force_login(make_person(language="ar", roles=["administrator"]))
    text = client.get("/admin/account/").content.decode()
    assert '<html lang="ar" dir="rtl"' in text
    offered = re.findall(
        r'<option value="([a-z-]+)"[^>]*>', text.partition("preferred_language")[2].partition("</select>")[0]
    )
    assert offered == ["en", "fr", "ar"]


def test_wagtail_writes_in_the_own_language_unless_another_was_chosen_for_the_admin():
    person = make_person(language="ar")
    profile = UserProfile.get_for_user(person)
    assert profile.get_preferred_language() == "ar"
    profile.preferred_language = "fr"
    assert profile.get_preferred_language() == "fr"
    profile.preferred_language = "tlh"  # of a time when the school spoke it
    assert profile.get_preferred_language() == "ar"
    assert UserProfile.get_for_user(make_person()).get_preferred_language() == "en"


def test_logging_in_sets_the_cookie_and_logging_out_keeps_it(client):
    person = make_person(language="fr")
    response = client.post("/en/account/login/", {"login": person.email, "password": PASSWORD})
    assert response.cookies[COOKIE].value == "fr"
    client.post("/en/account/logout/")
    assert client.get("/", headers={"accept-language": "en"}).url == "/fr/"


def test_the_cookie_is_sent_once(client):
    client.force_login(make_person(language="fr"))
    assert COOKIE in client.get("/en/account/password/change/").cookies
    assert COOKIE not in client.get("/en/account/password/change/").cookies


def test_visitors_cost_no_query_and_get_no_cookie(django_assert_num_queries):
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        response = ProfileLanguage(lambda _request: HttpResponse())(request)
    assert not response.cookies


def test_language_of():
    assert language_of(make_person(language="fr"), "en") == "fr"
    assert language_of(make_person(), "fr") == "fr"
    assert language_of(make_person(), "xx") == "en"


def test_mails_are_written_in_the_language_of_the_page_at_sign_up(client):
    client.post("/fr/account/signup/", {"name": "Awa", "email": "awa@example.com", "password1": PASSWORD})
    letter = mail.outbox[-1]
    assert letter.subject == "Confirmez votre adresse e-mail"
    assert "Bonjour" in letter.body
    assert "/fr/account/confirm-email/" in letter.body
    client.post("/en/account/signup/", {"name": "Bo", "email": "bo@example.com", "password1": PASSWORD})
    letter = mail.outbox[-1]
    assert letter.subject == "Please Confirm Your Email Address"
    assert "Hello from Baobab!" in letter.body


def test_mails_to_a_known_person_are_in_their_language_whatever_page_asked(client):
    person = make_person(language="fr")
    client.post("/en/account/password/reset/", {"email": person.email})
    assert mail.outbox[-1].subject == "E-mail de réinitialisation de mot de passe"
    assert "c'est Baobab" in mail.outbox[-1].body
    client.force_login(person)
    client.post(
        "/en/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "nine-loud-drums", "password2": "nine-loud-drums"},
    )
    assert mail.outbox[-1].subject == "Mot de passe modifié"


def test_mails_to_an_app_user_follow_what_the_app_speaks():
    App(language="fr").call("POST", "auth/signup", {"name": "Awa", "email": "awa@example.com", "password": PASSWORD})
    assert mail.outbox[-1].subject == "Confirmez votre adresse e-mail"
    assert link_in_last_mail().startswith("/fr/account/confirm-email/")


def test_a_name_never_gets_into_a_strangers_mail(client):
    client.post(
        "/en/account/signup/", {"name": "You won a prize", "email": "victim@example.com", "password1": PASSWORD}
    )
    assert "prize" not in mail.outbox[-1].body
    assert "prize" not in mail.outbox[-1].subject


def test_mails_are_files_when_nothing_is_configured(client, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    client.post("/fr/account/signup/", {"name": "Awa", "email": "awa@example.com", "password1": PASSWORD})
    (letter,) = tmp_path.iterdir()
    assert "To: awa@example.com" in letter.read_text()
