"""In which language programs are answered: messages follow the caller, codes never change."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from api.tests.calls import COMPLETE, client_of, person
from courses.tests.factories import make_course

pytestmark = pytest.mark.django_db

LOCALES = {
    "en": "This school speaks: en, fr, ar.",
    "fr": "Cette école parle : en, fr, ar.",
    "ar": "تتحدث هذه المدرسة: en, fr, ar.",
}
UNKNOWN_LOCALE = '{ course(slug: "loops", locale: "tlh") { id } }'


def post(client: Client, query: str, language: str = "", **headers: str) -> Any:
    """An answer to a document, asked for in a language."""
    if language:
        headers["accept-language"] = language
    return client.post("/graphql/", json.dumps({"query": query}), content_type="application/json", headers=headers)


def refusal(response: Any) -> tuple[str, str]:
    """Code and message of the one error."""
    (error,) = response.json()["errors"]
    return error["extensions"]["code"], error["message"]


class TestGraphQL:
    @pytest.mark.parametrize("language", ["en", "fr", "ar"])
    def test_refusals_are_in_the_language_the_caller_accepts(self, client: Client, language: str) -> None:
        response = post(client, UNKNOWN_LOCALE, f"{language};q=0.9,tlh")
        assert refusal(response) == ("UNKNOWN_LOCALE", LOCALES[language])
        assert response["Content-Language"] == language
        assert "Accept-Language" in response["Vary"]

    def test_profile_decides_where_the_caller_names_no_language(self) -> None:
        client = client_of(person("awa@example.com", language="ar"))
        response = post(client, UNKNOWN_LOCALE)
        assert refusal(response)[1] == LOCALES["ar"]
        assert response["Content-Language"] == "ar"
        assert refusal(post(client, UNKNOWN_LOCALE, "fr"))[1] == LOCALES["fr"]
        # None of ours, or none at all wanted: the profile again.
        assert refusal(post(client, UNKNOWN_LOCALE, "tlh, *"))[1] == LOCALES["ar"]
        assert refusal(post(client, UNKNOWN_LOCALE, "fr;q=0"))[1] == LOCALES["ar"]

    def test_cookie_of_the_website_does_not_count(self, client: Client) -> None:
        client.cookies["language"] = "fr"
        assert refusal(post(client, UNKNOWN_LOCALE))[1] == LOCALES["en"]

    @pytest.mark.parametrize(
        ("query", "code", "french", "arabic"),
        [
            (
                '{ courses(after: "no") { totalCount } }',
                "INVALID_CURSOR",
                "Ce curseur n'est pas l'un des nôtres ; recommencez sans lui.",
                "هذا المؤشر ليس من مؤشراتنا؛ ابدأ من جديد من دونه.",
            ),
            (
                "{ courses(first: 1000) { totalCount } }",
                "INVALID_PAGE_SIZE",
                "Demandez de 0 à 100 lignes avec `first`.",
                "اطلب من 0 إلى 100 صف باستخدام `first`.",
            ),
            (
                '{ lesson(id: "no") { id } }',
                "INVALID_ID",
                "Ce n'est pas un de nos identifiants.",
                "هذا ليس من معرّفاتنا.",
            ),
            (
                "{ me { id } " + "x: me { id } " * 21 + "}",
                "QUERY_TOO_EXPENSIVE",
                "Le même champ au plus 20 fois dans une sélection.",
                "يُكتب الحقل نفسه 20 مرة على الأكثر في التحديد الواحد.",
            ),
            (
                "query A { me { id } } query B { me { id } }",
                "BAD_REQUEST",
                "Nommez dans operationName l'opération à exécuter.",
                "اذكر في operationName العملية التي يجب تنفيذها.",
            ),
        ],
        ids=["cursor", "page size", "id", "limit", "operation"],
    )
    def test_each_kind_of_refusal(self, client: Client, query: str, code: str, french: str, arabic: str) -> None:
        assert refusal(post(client, query, "fr")) == (code, french)
        assert refusal(post(client, query, "ar")) == (code, arabic)

    def test_payload_errors_keep_their_codes(self, client: Client) -> None:
        course = make_course(modules=1, lessons=1)
        query = COMPLETE.replace("$id: ID!", "").replace("mutation ()", "mutation")
        query = query.replace("$id", f'"{course.translation_key}"')
        texts = {}
        for language in ("en", "fr", "ar"):
            answer = post(client, query, language).json()
            (error,) = answer["data"]["completeLesson"]["errors"]
            texts[language] = (error["code"], error["message"])
        assert texts == {
            "en": ("not_logged_in", "Log in first."),
            "fr": ("not_logged_in", "Connectez-vous d'abord."),
            "ar": ("not_logged_in", "سجّل الدخول أولًا."),
        }

    def test_a_bad_token_is_refused_in_the_callers_language(self, client: Client) -> None:
        response = post(client, "{ me { id } }", "ar", authorization="Bearer no")
        assert response.status_code == 401
        assert response.json()["errors"][0]["message"] == (
            "رمز الدخول غير صالح أو انتهت صلاحيته. جدّده، أو سجّل الدخول من جديد."
        )
        assert response["Content-Language"] == "ar"

    def test_a_wrong_method_is_refused_in_the_callers_language(self, client: Client) -> None:
        response = client.put("/graphql/", headers={"accept-language": "fr"})
        assert response.status_code == 405
        assert response.json()["errors"][0]["message"] == "Utilisez POST, ou GET pour les requêtes de lecture."


class TestRest:
    ADDRESS = "/api/v1/certificates/NO-SUCH-NUMBER.pdf"
    TEXTS = {
        "en": "No certificate has this number. Check it for typing mistakes.",
        "fr": "Aucun certificat ne porte ce numéro. Vérifiez qu'il est bien tapé.",
        "ar": "لا توجد شهادة بهذا الرقم. تحقق من كتابته.",
    }

    @pytest.mark.parametrize("language", ["en", "fr", "ar"])
    def test_refusals_are_in_the_language_the_caller_accepts(self, client: Client, language: str) -> None:
        response = client.get(self.ADDRESS, headers={"accept-language": language})
        assert response.status_code == 404
        assert response.json() == {
            "errors": [{"code": "not_found", "field": None, "message": self.TEXTS[language]}],
        }
        assert response["Content-Language"] == language
        assert "Accept-Language" in response["Vary"]

    def test_profile_decides_where_the_caller_names_no_language(self) -> None:
        client = client_of(person("awa@example.com", language="fr"))
        response = client.get(self.ADDRESS)
        assert response.json()["errors"][0]["message"] == self.TEXTS["fr"]
        assert response["Content-Language"] == "fr"
        response = client.get(self.ADDRESS, headers={"accept-language": "ar"})
        assert response.json()["errors"][0]["message"] == self.TEXTS["ar"]

    def test_the_librarys_own_refusals_too(self, client: Client) -> None:
        cache.clear()
        for _time in range(120):
            last = client.get(self.ADDRESS, headers={"accept-language": "fr"})
        assert last.status_code == 404
        response = client.get(self.ADDRESS, headers={"accept-language": "fr"})
        assert response.status_code == 429
        (error,) = response.json()["errors"]
        assert error["code"] == "throttled"
        assert error["message"].startswith("Requête ralentie")
        assert response["Content-Language"] == "fr"
