"""The website in several languages: where the switch leads, what is offered, what caches and crawlers hear."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from commerce.tests.factories import make_user
from courses.models import Category
from courses.tests.factories import add_lesson, add_module, make_course, make_school, translate_page
from home.addresses import language_links, language_links_of, own_name
from home.preferences import offered_language

pytestmark = pytest.mark.django_db

ADDRESS = "http://127.0.0.1:8000"


def head_links(text: str) -> dict[str, str]:
    """``hreflang`` → address of the alternates in a page's head."""
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text))


def switch(text: str) -> dict[str, str]:
    """Language → what the switch in the foot sends."""
    buttons = re.findall(r'<button class="plain" name="(language|nearest)" value="([a-z-]+):([^"]*)"', text)
    return {code: f"{name} {url}".replace("&amp;", "&") for name, code, url in buttons}


def offer(text: str) -> tuple[str, str, str] | None:
    """Language, address and words of the offer, if the page makes one."""
    found = re.search(r'<div class="page offer" lang="(\w+)" dir="\w+"><a href="([^"]+)"[^>]*>([^<]+)</a>', text)
    return found.groups() if found else None  # type: ignore[return-value]


@pytest.fixture
def trilingual() -> dict[str, Any]:
    """A course in English and French, in a school that has Arabic too."""
    for language in ("en", "fr", "ar"):
        make_school(language)
    course = make_course("Loops", modules=1, lessons=1)
    french = translate_page(course, make_school("fr").courses, "Boucles")
    return {"en": course, "fr": french}


class TestSwitch:
    def test_leads_to_the_translation_or_says_that_it_is_missing(
        self, client: Client, trilingual: dict[str, Any]
    ) -> None:
        text = client.get(trilingual["en"].get_url()).content.decode()
        assert switch(text) == {"fr": f"language {trilingual['fr'].get_url()}", "ar": "nearest /ar/courses/"}
        response = client.post("/preferences/", {"nearest": "ar:/ar/courses/"}, follow=True)
        assert response.redirect_chain == [("/ar/courses/", 302)]
        assert client.cookies["language"].value == "ar"
        assert "هذه الصفحة غير متوفرة بهذه اللغة بعد" in response.content.decode()

    def test_keeps_what_was_asked(self, client: Client, trilingual: dict[str, Any]) -> None:
        text = client.get("/en/courses/?q=loops&level=beginner").content.decode()
        assert switch(text)["fr"] == "language /fr/courses/?q=loops&level=beginner"
        assert head_links(text)["fr"] == f"{ADDRESS}/fr/courses/"

    def test_a_category_is_asked_for_by_its_name_in_the_other_language(
        self, client: Client, trilingual: dict[str, Any]
    ) -> None:
        english = Category.objects.create(title="Data", slug="data", locale=make_school("en").locale)
        Category.objects.create(
            title="Données", slug="donnees", locale=make_school("fr").locale, translation_key=english.translation_key
        )
        text = client.get("/en/courses/?category=data").content.decode()
        assert switch(text)["fr"] == "language /fr/courses/?category=donnees"
        assert switch(text)["ar"] == "language /ar/courses/"

    @pytest.mark.parametrize(
        ("path", "french"),
        [
            ("/en/account/login/?next=/en/courses/", "language /fr/account/login/?next=/en/courses/"),
            ("/certificates/?x=1", "language /certificates/?x=1"),
            ("/certificates/NO-SUCH/", "language /certificates/NO-SUCH/"),
            ("/en/no/such/page/?x=1", "language /fr/no/such/page/?x=1"),
        ],
    )
    def test_stands_on_pages_outside_the_tree(
        self, client: Client, trilingual: dict[str, Any], path: str, french: str
    ) -> None:
        assert switch(client.get(path).content.decode())["fr"] == french

    def test_stands_on_pages_of_a_person(self, client: Client, trilingual: dict[str, Any]) -> None:
        client.force_login(make_user())
        for path in ("dashboard/", "profile/", "account/email/", "account/2fa/"):
            assert switch(client.get(f"/en/{path}").content.decode())["fr"] == f"language /fr/{path}"

    def test_below_an_unpublished_page_nothing_can_be_opened(self, client: Client) -> None:
        course = make_course()
        lesson = add_lesson(add_module(course), is_free_preview=True)
        french = translate_page(course, make_school("fr").courses, live=False)
        module = translate_page(lesson.get_parent().specific, french)
        translate_page(lesson, module)
        assert switch(client.get(lesson.get_url()).content.decode())["fr"] == "nearest /fr/courses/"

    def test_costs_one_query_however_many_languages(self, client: Client, trilingual: dict[str, Any]) -> None:
        page = trilingual["en"]
        language_links_of(page)  # the site's root is read once
        with CaptureQueriesContext(connection) as queries:
            language_links_of(page, "x=1")
        assert len(queries) == 1

    def test_a_language_is_named_in_its_own_words(self) -> None:
        assert [own_name(code) for code in ("en", "fr", "ar", "sw", "tlh")] == [
            "English",
            "Français",
            "العربيّة",
            "Kiswahili",
            "Tlh",
        ]


class TestOffer:
    def test_visitors_are_offered_what_their_browser_prefers(self, client: Client, trilingual: dict[str, Any]) -> None:
        url = trilingual["en"].get_url()
        response = client.get(url, headers={"accept-language": "fr-CM,fr;q=0.9,en;q=0.5"})
        french = trilingual["fr"].get_url()
        assert offer(response.content.decode()) == ("fr", french, "Cette page existe aussi en français.")
        assert {"Accept-Language", "Cookie"} <= {part.strip() for part in response["Vary"].split(",")}
        assert response["Content-Language"] == "en"

    @pytest.mark.parametrize("accepted", ["en,fr;q=0.5", "ar,en;q=0.9,fr;q=0.5", "tlh", "", "fr;q=0"])
    def test_nothing_is_offered_otherwise(self, client: Client, trilingual: dict[str, Any], accepted: str) -> None:
        response = client.get(trilingual["en"].get_url(), headers={"accept-language": accepted})
        assert offer(response.content.decode()) is None

    def test_who_has_chosen_is_offered_nothing(self, client: Client, trilingual: dict[str, Any]) -> None:
        url, french = trilingual["en"].get_url(), {"accept-language": "fr"}
        client.cookies["language"] = "en"
        assert offer(client.get(url, headers=french).content.decode()) is None
        del client.cookies["language"]
        client.force_login(make_user(language="en"))
        assert offer(client.get(url, headers=french).content.decode()) is None

    def test_arabic_is_offered_in_arabic(self, client: Client) -> None:
        make_school("en")
        make_school("ar")
        text = client.get("/en/", headers={"accept-language": "ar"}).content.decode()
        assert offer(text) == ("ar", "/ar/", "هذه الصفحة متوفرة بالعربية أيضًا.")
        assert '<div class="page offer" lang="ar" dir="rtl">' in text

    def test_a_page_that_is_missing_is_offered_nowhere(self, client: Client, trilingual: dict[str, Any]) -> None:
        response = client.get("/en/no/such/page/", headers={"accept-language": "fr"})
        assert response.status_code == 404
        assert offer(response.content.decode()) is None

    def test_never_forced(self, client: Client, trilingual: dict[str, Any]) -> None:
        response = client.get("/en/courses/", headers={"accept-language": "fr"})
        assert (response.status_code, response["Content-Language"]) == (200, "en")
        assert "language" not in response.cookies

    def test_knows_the_weight_of_a_wish(self) -> None:
        request = RequestFactory().get("/en/account/login/", headers={"accept-language": "en;q=0.2,ar;q=0.7,fr;q=0.4"})
        with override("en"):
            found = offered_language(request, language_links(request))
        assert found is not None
        assert found.code == "ar"


class TestDirection:
    @pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
    def test_every_page_says_its_language_and_direction(self, client: Client, language: str, direction: str) -> None:
        make_school(language)
        client.force_login(make_user(language=language))
        paths = ["", "courses/", "paths/", "dashboard/", "profile/", "account/email/", "account/2fa/", "no/such/page/"]
        for url in [*(f"/{language}/{path}" for path in paths), "/certificates/", "/certificates/NO-SUCH/"]:
            text = client.get(url).content.decode()
            assert re.search(rf'<html lang="{language}" dir="{direction}"[^>]*>', text), url

    def test_so_does_the_page_of_a_fault(self, rf: RequestFactory) -> None:
        from django.views.defaults import server_error

        with override("ar"):
            text = server_error(rf.get("/ar/")).content.decode()
        assert '<html lang="ar" dir="rtl">' in text
        assert "حدث عطل لدينا" in text
        assert '<a href="/fr/" hreflang="fr" lang="fr" dir="ltr">Français</a>' in text


class TestCaches:
    def test_a_missing_address_for_programs_says_its_language(self, client: Client) -> None:
        response = client.get("/api/nothing/", headers={"accept-language": "fr"})
        assert (response.status_code, response["Content-Language"]) == (404, "fr")
        assert "Accept-Language" in response["Vary"]

    def test_pages_differ_by_what_the_browser_asks_and_remembers(self, client: Client) -> None:
        make_school()
        for url in ("/en/", "/en/account/login/", "/en/no/such/page/", "/certificates/"):
            response = client.get(url)
            varies = {part.strip() for part in response["Vary"].split(",")}
            assert varies >= {"Accept-Language", "Cookie"}, url


class TestSearchEngines:
    def test_alternates_name_every_language_and_a_default(self, client: Client, trilingual: dict[str, Any]) -> None:
        english, french = (ADDRESS + trilingual[code].get_url() for code in ("en", "fr"))
        for code, own in (("en", english), ("fr", french)):
            text = client.get(trilingual[code].get_url()).content.decode()
            assert head_links(text) == {"en": english, "fr": french, "x-default": english}
            assert f'<link rel="canonical" href="{own}">' in text

    def test_a_page_in_one_language_has_none(self, client: Client) -> None:
        make_school("fr")
        assert head_links(client.get(make_course().get_url()).content.decode()) == {}

    def test_sitemap_names_translations(self, client: Client, trilingual: dict[str, Any]) -> None:
        cache.clear()
        text = client.get("/sitemap.xml").content.decode()
        entry = next(
            part for part in text.split("<url>") if f"<loc>{ADDRESS}{trilingual['fr'].get_url()}</loc>" in part
        )
        found = dict(re.findall(r'<xhtml:link rel="alternate" hreflang="([^"]+)" href="([^"]+)"/>', entry))
        english, french = (ADDRESS + trilingual[code].get_url() for code in ("en", "fr"))
        assert found == {"en": english, "fr": french, "x-default": english}

    def test_sitemap_costs_the_same_for_few_and_many(self, client: Client) -> None:
        make_school("fr")

        def queries() -> int:
            cache.clear()
            with CaptureQueriesContext(connection) as captured:
                assert client.get("/sitemap.xml").status_code == 200
            return len(captured)

        add_pages(10)
        queries()  # warms what is cached for the process
        few = queries()
        add_pages(40)
        assert queries() == few


def add_pages(count: int, make: Callable[..., Any] = make_course) -> None:
    """So many courses with a translation each."""
    catalogue = make_school("fr").courses
    for _number in range(count):
        translate_page(make(), catalogue)


class TestNothingIsLeftInEnglish:
    """Pages of the interface in Arabic: any Latin word on them that is no name would be a text nobody marked."""

    #: Names, addresses, formats and currencies: the same in every language.
    SAME = re.compile(
        r"https?://\S+|\S+@\S+|[A-Z]{3}(?= – )|UTC\S*|JPEG|PNG|WebP|GIF|PDF|QR|Baobab|Awa|English|Français"
        r"|[A-Z2-7]{16,}"  # the key of a second factor
    )
    PAGES = """ courses/ courses/?q=nothing paths/ dashboard/ profile/ account/email/ account/password/change/
        account/2fa/ account/2fa/totp/activate/ account/reauthenticate/ account/logout/ no/such/page/"""
    VISITORS = """account/login/ account/signup/ account/password/reset/ account/password/reset/done/
        account/password/reset/key/1-abc/ account/confirm-email/ account/confirm-email/nothing/"""

    def words(self, text: str) -> list[str]:
        """Latin words that a page shows or has read aloud."""
        text = re.sub(r"<(script|style|svg|code)\b.*?</\1>", " ", text, flags=re.S)
        text = re.sub(r"<option[^>]*>.*?</option>", " ", text, flags=re.S)
        read_aloud = re.findall(r'\s(?:alt|title|aria-label|placeholder)="([^"]*)"', text)
        shown = re.sub(r"<[^>]*>", " ", text)
        return re.findall(r"[A-Za-zÀ-ÿ]{2,}", self.SAME.sub(" ", " ".join([shown, *read_aloud])))

    @pytest.mark.parametrize("path", ["", *PAGES.split()])
    def test_to_a_person(self, client: Client, path: str) -> None:
        make_school("ar")
        type(home := make_school("ar").home).objects.filter(pk=home.pk).update(title="الرئيسية")
        for page in (make_school("ar").courses, make_school("ar").paths):
            type(page).objects.filter(pk=page.pk).update(title="قائمة")
        learner = make_user(name="Awa", email="awa@example.com")
        client.post("/ar/account/login/", {"login": learner.email, "password": "secret"})
        client.force_login(learner)
        text = client.get(f"/ar/{path}", follow=True).content.decode()
        assert self.words(text) == []

    @pytest.mark.parametrize("path", VISITORS.split())
    def test_to_a_visitor(self, client: Client, path: str) -> None:
        assert self.words(client.get(f"/ar/{path}").content.decode()) == []

    @pytest.mark.parametrize("url", ["/certificates/", "/certificates/1234-5678/"])
    def test_where_the_address_names_no_language(self, client: Client, url: str) -> None:
        assert self.words(client.get(url, headers={"accept-language": "ar"}).content.decode()) == []

    @pytest.mark.parametrize(
        ("path", "given", "said"),
        [
            ("account/signup/", {}, "هذا الحقل مطلوب."),
            (
                "account/signup/",
                {"name": "www.example.com", "email": "no"},
                "اكتب اسمًا، لا عنوان موقع أو بريد إلكتروني.",
            ),
            ("account/signup/", {"password1": "12345"}, "كلمة المرور"),
            ("account/login/", {"login": "nobody@example.com", "password": "no"}, "كلمة"),
        ],
    )
    def test_what_a_form_answers(self, client: Client, path: str, given: dict[str, str], said: str) -> None:
        text = client.post(f"/ar/{path}", given).content.decode()
        errors = " ".join(re.findall(r'class="errorlist[^>]*>(.*?)</ul>', text, flags=re.S))
        assert said in errors
        assert self.words(errors) == []
