"""The second factor: setting it up, logging in with it, and staff who owe one."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from accounts import policies
from accounts.actions.revoke_role import revoke_role
from accounts.models import User
from accounts.tests.factories import PASSWORD, make_person, make_superuser
from accounts.tests.headless import App, pending

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_second_factor(person: User) -> User:
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    return person


def log_in(client: Client, person: User, next_page: str = ""):
    return client.post(
        "/en/account/login/" + (f"?next={next_page}" if next_page else ""),
        {"login": person.email, "password": PASSWORD},
    )


def test_secrets_are_encrypted_in_the_database():
    person = give_second_factor(make_person())
    stored = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    assert SECRET not in str(stored.data)
    assert stored.wrap().validate_code(code_of(SECRET))


def test_secrets_survive_a_new_secret_key(settings):
    person = give_second_factor(make_person())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of thirty-two signs!"
    stored = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    assert stored.wrap().validate_code(code_of(SECRET))


def test_website_asks_for_the_code_after_the_password(client):
    person = give_second_factor(make_person())
    response = log_in(client, person, "/en/courses/")
    assert response.url.startswith("/en/account/2fa/authenticate/")
    assert "_auth_user_id" not in client.session
    wrong = client.post(response.url, {"code": "000000"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    right = client.post(response.url, {"code": code_of(SECRET)})
    assert right.url == "/en/courses/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_code_works_once():
    person = give_second_factor(make_person())
    code = code_of(SECRET)
    outcomes = []
    for _ in range(2):
        client = Client()
        client.post(log_in(client, person).url, {"code": code})
        outcomes.append("_auth_user_id" in client.session)
    assert outcomes == [True, False]


def test_a_recovery_code_opens_once():
    person = give_second_factor(make_person())
    code = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0]
    outcomes = []
    for _ in range(2):
        client = Client()
        client.post(log_in(client, person).url, {"code": code})
        outcomes.append("_auth_user_id" in client.session)
    assert outcomes == [True, False]


def test_app_asks_for_the_code_after_the_password():
    person, app = give_second_factor(make_person()), App()
    response = app.log_in(person.email, PASSWORD)
    assert response.status_code == 401
    assert pending(response) == ["mfa_authenticate"]
    assert app.access_token == ""
    assert app.call("POST", "auth/2fa/authenticate", {"code": "000000"}).status_code == 400
    assert app.call("POST", "auth/2fa/authenticate", {"code": code_of(SECRET)}).status_code == 200
    assert app.access_token


def test_staff_may_enter_without_second_factor_where_it_is_not_required(client, settings):
    settings.REQUIRE_STAFF_MFA = False
    client.force_login(make_person(roles=["instructor"]))
    assert client.get("/admin/").status_code == 200


def test_staff_are_led_through_the_set_up_and_back(client, settings):
    settings.REQUIRE_STAFF_MFA = True
    person = make_person(roles=["instructor"])
    log_in(client, person)
    response = client.get("/admin/pages/?tab=1")
    assert (response.status_code, response.url) == (
        302,
        "/en/account/2fa/totp/activate/?next=%2Fadmin%2Fpages%2F%3Ftab%3D1",
    )
    asked = client.get(response.url)  # allauth wants the password again before it hands out a secret
    assert asked.url.startswith("/en/account/reauthenticate/")
    form = client.get(client.post(asked.url, {"password": PASSWORD}).url)
    done = client.post(response.url, {"code": code_of(form.context["form"].secret)})
    assert done.url == "/en/account/2fa/recovery-codes/"
    codes = client.get(done.url)
    assert codes.context["continue_url"] == "/admin/pages/?tab=1"
    assert len(codes.context["unused_codes"]) == 10
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("role", ["instructor", "translator", "reviewer", "support", "finance", "administrator"])
def test_every_role_is_staff(role, client, settings):
    settings.REQUIRE_STAFF_MFA = True
    client.force_login(make_person(roles=[role]))
    assert client.get("/admin/").url.startswith("/en/account/2fa/totp/activate/")


def test_superuser_owes_a_second_factor_too(client, settings):
    settings.REQUIRE_STAFF_MFA = True
    root = make_superuser()
    client.force_login(root)
    assert client.get("/admin/").url.startswith("/en/account/2fa/totp/activate/")
    assert not root.has_perm("accounts.delete_user")
    give_second_factor(root)
    assert root.has_perm("accounts.delete_user")


def test_scripts_in_the_admin_get_403_instead_of_a_page(client, settings):
    settings.REQUIRE_STAFF_MFA = True
    client.force_login(make_person(roles=["instructor"]))
    assert client.get("/admin/", headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403


def test_recovery_codes_alone_are_no_second_factor(client, settings):
    settings.REQUIRE_STAFF_MFA = True
    person = make_person(roles=["instructor"])
    RecoveryCodes.activate(person)
    client.force_login(person)
    assert client.get("/admin/").status_code == 302


def test_staff_operations_are_refused_on_any_face_until_the_factor_is_there(settings):
    settings.REQUIRE_STAFF_MFA = True
    person = make_person(roles=["support"])
    assert policies.is_staff(person)
    assert not policies.acts_as_staff(person)
    assert not policies.is_support(person)
    assert not person.has_perm("commerce.view_enrollment")
    assert not person.has_module_perms("commerce")
    give_second_factor(person)
    assert policies.acts_as_staff(person)
    assert policies.is_support(person)
    assert person.has_perm("commerce.view_enrollment")
    assert person.has_module_perms("commerce")


def test_learners_owe_nothing(client, settings, django_assert_num_queries):
    settings.REQUIRE_STAFF_MFA = True
    person = User.objects.get(pk=make_person().pk)
    assert not policies.is_staff(person)
    assert not policies.owes_second_factor(person)
    with django_assert_num_queries(0):  # known by now
        assert not policies.owes_second_factor(person)


def test_people_without_business_in_the_admin_get_403_not_a_loop(client):
    client.force_login(make_person())
    for path in ("/admin/", "/admin/pages/", "/admin/account/", "/admin/no-such-page/"):
        assert client.get(path).status_code == 403, path


def test_who_lost_the_role_is_out_at_once(client):
    person = make_person(roles=["instructor"])
    client.force_login(person)
    assert client.get("/admin/").status_code == 200
    revoke_role(actor=None, person=person, role="instructor")
    assert client.get("/admin/").status_code == 403


def test_anonymous_visitors_of_the_admin_come_to_the_one_log_in(client):
    response = client.get("/admin/pages/")
    assert response.url == "/en/account/login/?next=/admin/pages/"
    response = client.get("/admin/login/?next=/admin/images/")
    assert response.url == "/en/account/login/?next=/admin/images/"


def test_wagtails_own_log_in_lets_nobody_past_the_second_factor(client):
    person = give_second_factor(make_person(roles=["instructor"]))
    client.post("/admin/login/", {"username": person.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/password_reset/", follow=True).status_code == 404


def test_logged_in_staff_at_the_log_in_page_go_to_the_admin(client):
    client.force_login(make_person(roles=["instructor"]))
    assert client.get("/admin/login/").url == reverse("wagtailadmin_home")
