"""Pages of the website answer, and say what they should to whom."""

import uuid

import pytest
from django.test import Client

from accounts.models import User
from commerce.models import Enrollment
from commerce.tests.factories import make_certificate, make_enrollment, make_price, make_user
from core import clock
from courses.models import CourseMember
from courses.tests.factories import (
    add_lesson,
    add_module,
    add_quiz,
    make_course,
    make_path,
    make_school,
    translate_page,
)
from courses.tests.questions import KEY_WORD, every_question
from home.models import HomePage
from learning.models import LessonProgress

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(client: Client) -> User:
    learner = make_user(name="Amina Diallo")
    client.force_login(learner)
    return learner


class TestRoot:
    def test_browser_language_decides(self, client: Client) -> None:
        response = client.get("/", headers={"accept-language": "fr-CM,fr;q=0.9"})
        assert (response.status_code, response["Location"]) == (302, "/fr/")

    def test_cookie_wins_over_browser(self, client: Client) -> None:
        client.cookies["language"] = "en"
        assert client.get("/", headers={"accept-language": "fr"})["Location"] == "/en/"

    def test_profile_of_somebody_logged_in_wins(self, client: Client) -> None:
        client.force_login(make_user(language="fr"))
        client.cookies["language"] = "en"
        assert client.get("/", headers={"accept-language": "en"})["Location"] == "/fr/"

    def test_unknown_language_falls_back(self, client: Client) -> None:
        assert client.get("/", headers={"accept-language": "tlh"})["Location"] == "/en/"


class TestPreferences:
    def test_language_goes_to_the_cookie_and_leads_on(self, client: Client) -> None:
        response = client.post("/preferences/", {"language": "fr:/fr/courses/"})
        assert (response["Location"], response.cookies["language"].value) == ("/fr/courses/", "fr")

    def test_language_goes_to_the_profile(self, client: Client, learner: User) -> None:
        client.post("/preferences/", {"language": "fr:/fr/"})
        learner.refresh_from_db()
        assert learner.language == "fr"

    def test_theme_is_shown_and_forgotten(self, client: Client) -> None:
        make_school()
        client.post("/preferences/", {"theme": "dark", "next": "/en/"})
        assert b'data-theme="dark"' in client.get("/en/").content
        client.post("/preferences/", {"theme": "auto", "next": "/en/"})
        assert b"data-theme" not in client.get("/en/").content

    @pytest.mark.parametrize("url", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
    def test_leads_nowhere_else(self, client: Client, url: str) -> None:
        assert client.post("/preferences/", {"theme": "dark", "next": url})["Location"] == "/"

    def test_theme_that_is_none_sets_nothing(self, client: Client) -> None:
        assert "theme" not in client.post("/preferences/", {"theme": '"><script>'}).cookies


class TestHome:
    def test_sections_in_their_order(self, client: Client) -> None:
        make_course("Python: first steps")
        home = HomePage.objects.get()
        home.sections = [
            {"type": "hero", "value": {"title": "Learn here", "text": "", "links": []}, "id": str(uuid.uuid4())},
            {"type": "featured_courses", "value": {"title": "Begin", "courses": []}, "id": str(uuid.uuid4())},
        ]
        home.save()
        text = client.get("/en/").content.decode()
        assert text.index("Learn here") < text.index("Begin") < text.index("Python: first steps")

    def test_without_sections_shows_the_newest_courses(self, client: Client) -> None:
        make_course("Python: first steps")
        assert b"Python: first steps" in client.get("/en/").content


class TestCatalogue:
    def test_search_and_facets_without_scripts(self, client: Client) -> None:
        make_course("Python: first steps", level="beginner", modules=1, lessons=1)
        make_course("Data with SQLite", level="advanced", modules=1, lessons=1)
        text = client.get("/en/courses/?level=advanced").content.decode()
        assert "Data with SQLite" in text
        assert "Python: first steps" not in text

    def test_nothing_found_shows_the_way_out(self, client: Client) -> None:
        make_course()
        text = client.get("/en/courses/?category=nothing").content.decode()
        assert "No course fits." in text
        assert 'href="/en/courses/"' in text

    def test_paid_and_free(self, client: Client) -> None:
        make_course("A gift")
        make_price(make_course("A purchase").translation_key)
        text = client.get("/en/courses/?price=paid").content.decode()
        assert "A purchase" in text
        assert "A gift" not in text

    @pytest.mark.parametrize("asked", ["?page=99", "?page=x", "?duration=ages", "?q=%00%22*", "?order=;drop"])
    def test_any_address_is_safe(self, client: Client, asked: str) -> None:
        make_course()
        assert client.get(f"/en/courses/{asked}").status_code == 200

    def test_suggestions(self, client: Client) -> None:
        course = make_course("Python: first steps")
        found = client.get("/en/catalogue/suggestions/?q=pyt").json()["results"]
        assert found == [{"title": "Python: first steps", "url": course.get_url()}]


class TestCourse:
    def test_enrols_and_leads_to_the_first_lesson(self, client: Client, learner: User) -> None:
        course = make_course(modules=1, lessons=2)
        response = client.post(course.get_url())
        lesson = course.get_descendants().filter(depth=course.depth + 2).first()
        assert response["Location"] == lesson.get_url()
        assert Enrollment.objects.get().learner == learner

    def test_visitor_is_led_to_the_log_in(self, client: Client) -> None:
        course = make_course(modules=1, lessons=1)
        response = client.post(course.get_url())
        assert response["Location"].startswith("/en/account/login/?next=")
        assert not Enrollment.objects.exists()

    def test_paid_course_is_refused_with_a_word(self, client: Client, learner: User) -> None:
        course = make_course(modules=1, lessons=1)
        make_price(course.translation_key)
        response = client.post(course.get_url(), follow=True)
        assert "This course has to be paid for." in response.content.decode()
        assert not Enrollment.objects.exists()

    def test_names_other_language_and_canonical_address(self, client: Client) -> None:
        course = make_course()
        translation = translate_page(course, make_school("fr").courses)
        text = client.get(course.get_url()).content.decode()
        assert f'<link rel="canonical" href="http://127.0.0.1:8000{course.get_url()}">' in text
        assert f'hreflang="fr" href="http://127.0.0.1:8000{translation.get_url()}"' in text

    def test_untranslated_course_leads_to_the_other_catalogue(self, client: Client) -> None:
        course = make_course()
        catalogue = make_school("fr").courses
        text = client.get(course.get_url()).content.decode()
        assert f'value="fr:{catalogue.get_url()}"' in text
        assert 'hreflang="fr"' not in text

    def test_module_leads_to_its_place_in_the_course(self, client: Client) -> None:
        module = add_module(course := make_course())
        assert client.get(module.get_url())["Location"] == f"{course.get_url()}#module-{module.translation_key}"


class TestLesson:
    def test_not_enrolled_gets_a_helpful_page(self, client: Client, learner: User) -> None:
        lesson = add_lesson(add_module(course := make_course()))
        response = client.get(lesson.get_url())
        assert response.status_code == 403
        assert course.get_url() in response.content.decode()
        assert b"Hello." not in response.content
        assert not LessonProgress.objects.exists()

    def test_free_preview_is_open_to_visitors(self, client: Client) -> None:
        lesson = add_lesson(add_module(make_course()), is_free_preview=True)
        assert b"Hello." in client.get(lesson.get_url()).content

    def test_locked_module_says_where_to_go_on(self, client: Client, learner: User) -> None:
        course = make_course(lesson_order="sequential")
        first = add_lesson(add_module(course))
        later = add_lesson(add_module(course))
        make_enrollment(learner, course.translation_key)
        response = client.get(later.get_url())
        assert response.status_code == 403
        assert first.get_url() in response.content.decode()

    def test_marked_as_done_without_scripts(self, client: Client, learner: User) -> None:
        lesson = add_lesson(add_module(course := make_course()))
        make_enrollment(learner, course.translation_key)
        assert client.post(lesson.get_url(), {"complete": "1"})["Location"] == f"{lesson.get_url()}#end"
        assert LessonProgress.objects.get().completed_at is not None

    def test_marked_as_done_by_the_script(self, client: Client, learner: User) -> None:
        lesson = add_lesson(module := add_module(course := make_course()))
        add_lesson(module)
        make_enrollment(learner, course.translation_key)
        response = client.post(lesson.get_url(), {"complete": "1"}, headers={"x-island": "lesson-end"})
        assert response.json() == {"fraction": 0.5}

    def test_author_leaves_no_trace(self, client: Client) -> None:
        author = make_user()
        client.force_login(author)
        lesson = add_lesson(add_module(course := make_course()))
        CourseMember.objects.create(course_key=course.translation_key, user=author, role="owner")
        assert client.get(lesson.get_url()).status_code == 200
        assert not LessonProgress.objects.exists()

    def test_neighbours_across_modules(self, client: Client, learner: User) -> None:
        course = make_course()
        one = add_lesson(add_module(course))
        two = add_lesson(add_module(course))
        make_enrollment(learner, course.translation_key)
        assert f'rel="next" href="{two.get_url()}"' in client.get(one.get_url()).content.decode()


class TestSelfCheck:
    @pytest.fixture
    def lesson(self):
        return add_lesson(add_module(make_course()), body=every_question(), is_free_preview=True)

    def test_page_holds_nothing_of_the_key(self, client: Client, lesson) -> None:
        assert KEY_WORD not in client.get(lesson.get_url()).content.decode()

    def test_verdict_on_the_same_page_without_scripts(self, client: Client, lesson) -> None:
        block = next(block for block in lesson.body if block.block_type == "true_false")
        text = client.post(lesson.get_url(), {"question": block.id, f"q-{block.id}": "true"}).content.decode()
        assert "Right." in text
        assert f"{KEY_WORD} true" in text

    def test_verdict_alone_for_the_script(self, client: Client, lesson) -> None:
        block = next(block for block in lesson.body if block.block_type == "numeric")
        data = {"question": block.id, f"q-{block.id}": "9"}
        response = client.post(lesson.get_url(), data, headers={"x-island": "self-check"})
        assert "Not right." in response.content.decode()
        assert b"<html" not in response.content

    def test_answer_that_is_no_number_is_explained(self, client: Client, lesson) -> None:
        block = next(block for block in lesson.body if block.block_type == "numeric")
        text = client.post(lesson.get_url(), {"question": block.id, f"q-{block.id}": "many"}).content.decode()
        assert "Write a number, for example 3.14." in text

    @pytest.mark.parametrize("key", ["", "x", "73ddde1b-3806-4b49-aff9-262a0164439e"])
    def test_unknown_question_is_not_found(self, client: Client, lesson, key: str) -> None:
        assert client.post(lesson.get_url(), {"question": key}).status_code == 404


class TestOwnPages:
    @pytest.mark.parametrize("path", ["dashboard", "profile"])
    def test_visitor_is_led_to_the_log_in(self, client: Client, path: str) -> None:
        assert client.get(f"/en/{path}/")["Location"] == f"/en/account/login/?next=/en/{path}/"

    def test_dashboard_resumes(self, client: Client, learner: User) -> None:
        lesson = add_lesson(add_module(course := make_course("Python: first steps")), "What a program is")
        make_enrollment(learner, course.translation_key)
        text = client.get("/en/dashboard/").content.decode()
        assert f'href="{lesson.get_url()}"' in text
        assert "0% done" in text

    def test_profile_is_saved(self, client: Client, learner: User) -> None:
        data = {"name": "Amina D.", "bio": "", "country": "CM", "phone": "", "time_zone": "UTC", "language": ""}
        assert client.post("/en/profile/", data).status_code == 302
        learner.refresh_from_db()
        assert (learner.name, learner.country) == ("Amina D.", "CM")

    def test_profile_mistake_is_shown_and_nothing_is_saved(self, client: Client, learner: User) -> None:
        response = client.post("/en/profile/", {"name": "", "time_zone": "UTC"})
        assert response.status_code == 400
        learner.refresh_from_db()
        assert learner.name == "Amina Diallo"


class TestCertificates:
    def test_valid_one_in_any_spelling(self, client: Client) -> None:
        certificate = make_certificate(make_enrollment(make_user()), learner_name="Amina Diallo")
        spelt = certificate.number.lower()
        spelt = f"{spelt[:4]}-{spelt[4:]}"
        text = client.get(f"/certificates/{spelt}/").content.decode()
        assert "This certificate is valid." in text
        assert "Amina Diallo" in text

    def test_revoked_one_tells_why(self, client: Client) -> None:
        certificate = make_certificate(
            make_enrollment(make_user()), revoked_at=clock.now(), revocation_reason="Copied answers"
        )
        text = client.get(f"/certificates/{certificate.number}/").content.decode()
        assert "This certificate is not valid any more." in text
        assert "Copied answers" in text
        assert "This certificate is valid." not in text

    def test_unknown_one_helps(self, client: Client) -> None:
        response = client.get("/certificates/ABCD/")
        assert response.status_code == 404
        assert "No such certificate" in response.content.decode()

    def test_form_leads_to_the_page(self, client: Client) -> None:
        assert client.get("/certificates/?number=ab cd")["Location"] == "/certificates/ab%20cd/"


class TestRest:
    def test_instructor_of_a_published_course_has_a_page(self, client: Client) -> None:
        person = make_user(name="Kofi Mensah")
        CourseMember.objects.create(course_key=make_course("Shell").translation_key, user=person)
        text = client.get(f"/en/instructors/{person.public_id}/").content.decode()
        assert "Kofi Mensah" in text
        assert "Shell" in text
        assert person.email not in text

    def test_others_have_none(self, client: Client) -> None:
        make_school()
        assert client.get(f"/en/instructors/{make_user().public_id}/").status_code == 404

    def test_path_shows_stages_and_next_course(self, client: Client, learner: User) -> None:
        course = make_course("Python: first steps", modules=1, lessons=1)
        path = make_path([course])
        text = client.get(path.get_url()).content.decode()
        assert "Begin here: Python: first steps" in " ".join(text.split())

    def test_sitemap_names_what_is_public(self, client: Client) -> None:
        module = add_module(course := make_course())
        free, closed = add_lesson(module, is_free_preview=True), add_lesson(module)
        quiz = add_quiz(module)
        draft = make_course(live=False)
        text = client.get("/sitemap.xml").content.decode()
        assert course.get_url() in text
        assert free.get_url() in text
        assert not [page for page in (closed, quiz, draft) if f"{page.url_path.split('/', 2)[2]}<" in text]

    def test_robots(self, client: Client) -> None:
        assert b"Sitemap: http://127.0.0.1:8000/sitemap.xml" in client.get("/robots.txt").content

    def test_nothing_here_helps(self, client: Client) -> None:
        make_school()
        response = client.get("/en/nothing/")
        assert response.status_code == 404
        assert "This page does not exist" in response.content.decode()

    def test_pages_hold_no_inline_script_or_style(self, client: Client, learner: User) -> None:
        course = make_course(modules=1, lessons=1)
        for url in ("/en/", "/en/courses/", course.get_url(), "/en/dashboard/", "/en/profile/", "/en/account/email/"):
            text = client.get(url).content.decode()
            assert " style=" not in text
            assert "<style" not in text
            assert text.count("<script") == text.count('<script type="module" src=')
