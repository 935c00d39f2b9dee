"""Every mail about an account, as it is sent: in the reader's language to the last word, links included."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from accounts.tests.factories import PASSWORD, link_in_last_mail, make_person

pytestmark = pytest.mark.django_db

#: Subjects by kind of mail.
SUBJECTS = {
    "fr": {
        "sign_up": "Confirmez votre adresse e-mail",
        "sign_up_again": "Ce compte existe déjà",
        "reset": "E-mail de réinitialisation de mot de passe",
        "reset_of_nobody": "Compte inconnu",
        "password_changed": "Mot de passe modifié",
        "address_changed": "E-mail modifié",
    },
    "ar": {
        "sign_up": "أكد عنوان البريد الإلكتروني",
        "sign_up_again": "الحساب موجود بالفعل",
        "reset": "رسالة إعادة ضبط كلمة المرور",
        "reset_of_nobody": "حساب غير معروف",
        "password_changed": "تم تغيير كلمة المرور",
        "address_changed": "تم تغيير عنوان البريد الالكتروني",
    },
}


def sign_up(client: Client, language: str) -> None:
    client.post(f"/{language}/account/signup/", {"name": "Awa", "email": "awa@example.com", "password1": PASSWORD})


def sign_up_again(client: Client, language: str) -> None:
    make_person("awa@example.com", language=language)
    client.post("/en/account/signup/", {"name": "Awa", "email": "awa@example.com", "password1": PASSWORD})


def reset(client: Client, language: str) -> None:
    make_person("awa@example.com", language=language)
    client.post("/en/account/password/reset/", {"email": "awa@example.com"})


def reset_of_nobody(client: Client, language: str) -> None:
    client.post(f"/{language}/account/password/reset/", {"email": "nobody@example.com"})


def password_changed(client: Client, language: str) -> None:
    client.force_login(make_person("awa@example.com", language=language))
    new = {"oldpassword": PASSWORD, "password1": "nine-loud-drums", "password2": "nine-loud-drums"}
    client.post("/en/account/password/change/", new)


def address_changed(client: Client, language: str) -> None:
    person = make_person("awa@example.com", language=language)
    client.post("/en/account/login/", {"login": person.email, "password": PASSWORD})
    asked = client.post("/en/account/email/", {"action_add": "", "email": "new@example.com"})
    client.post(asked.url, {"password": PASSWORD})
    client.post(link_in_last_mail())


TRIGGERS: list[Callable[[Client, str], None]] = [
    sign_up,
    sign_up_again,
    reset,
    reset_of_nobody,
    password_changed,
    address_changed,
]


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger.__name__)
def test_is_in_the_readers_language(client: Client, trigger: Callable[[Client, str], None], language: str) -> None:
    client.defaults["HTTP_USER_AGENT"] = "Django"
    trigger(client, language)
    letter = mail.outbox[-1]
    assert letter.subject == SUBJECTS[language][trigger.__name__]
    for path in re.findall(r"https?://[^/\s]+(/\S+)", letter.body):
        assert path.startswith(f"/{language}/"), path
    assert foreign_words(letter.body, language) == []


def foreign_words(body: str, language: str) -> list[str]:
    """English words in a mail, those left out that are the same everywhere."""
    body = re.sub(r"https?://\S+|\S+@\S+|127\.0\.0\.1(:\d+)?|Baobab|Django\S*|IP", " ", body)
    if language == "ar":
        return re.findall(r"[A-Za-z]{2,}", body)
    return re.findall(r"\b(?:the|you|your|this|was|has|account|password|thank|hello|from)\b", body, flags=re.I)
