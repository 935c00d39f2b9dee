"""Search inside a course: what is found, the moment it leads to, and that nothing leaks."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from commerce.tests.factories import NOON, make_user
from core import clock
from courses.lesson_words import keep_words
from courses.models import CoursePage, LessonPage, LessonWords, ModulePage
from courses.tests.factories import add_lesson, add_module, make_course, make_school, translate_page
from courses.tests.questions import question, rich_text
from home.views.course_search import PER_PAGE
from learning.course_search import MAX_SEARCHES, SEARCHES_SECONDS
from learning.tests.factories import enrolled_learner
from videos.actions.save_caption import save_caption
from videos.models import Passage, Video
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


def said(video: Video, language: str, *cues: tuple[int, str]) -> Video:
    """Captions of a video: at which second what is said, three seconds each."""
    text = "\n\n".join(
        f"00:{at // 60:02}:{at % 60:02}.000 --> 00:{at // 60:02}:{at % 60 + 2:02}.900\n{what}" for at, what in cues
    )
    save_caption(actor=make_user(is_superuser=True), video=video, language=language, source=f"WEBVTT\n\n{text}\n")
    return video


def film(video: Video) -> dict[str, Any]:
    value = {"video": video.pk, "caption": "", "questions": []}
    return {"type": "video", "id": str(uuid.uuid4()), "value": value}


def lesson_in(module: ModulePage, title: str = "", *body: dict[str, Any], **fields: Any) -> LessonPage:
    """A lesson as publishing leaves it."""
    page: LessonPage = add_lesson(module, title, body=list(body) or [rich_text("<p>Nothing.</p>")], **fields)
    keep_words(page)
    return page


def address(course: CoursePage, language: str = "en") -> str:
    with translation.override(language):
        return reverse("home:course_search", args=[course.translation_key])


def learner_of(client: Client, course: CoursePage) -> Any:
    learner = enrolled_learner(course).learner
    client.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return learner


def found(client: Client, course: CoursePage, words: str, language: str = "en") -> list[tuple[str, str, str]]:
    """Lesson's title, moment and text of each place."""
    answer = client.get(address(course, language), {"q": words})
    assert answer.status_code == 200
    return [
        (hit.item.title, f"{hit.seconds}" if hit.video else "", "".join(text for text, _is_found in hit.excerpt))
        for hit in answer.context["hits"]
    ]


@pytest.fixture
def course() -> CoursePage:
    made: CoursePage = make_course("Bees")
    return made


@pytest.fixture
def module(course: CoursePage) -> ModulePage:
    made: ModulePage = add_module(course)
    return made


class TestFinds:
    def test_titles_texts_and_what_is_said_with_its_moment(
        self, client: Client, course: CoursePage, module: ModulePage
    ) -> None:
        video = ready_video(segments=30, language="en")
        said(video, "en", (3, "Good morning."), (6, "Honey is gathered"), (9, "in the dry season."))
        lesson_in(module, "The box", rich_text("<p>Wood and <b>honey</b> frames.</p>"))
        lesson_in(module, "The field", film(video))
        lesson_in(module, "Honey", rich_text("<p>Sweet.</p>"))
        learner_of(client, course)
        assert found(client, course, "HONEY") == [
            ("Honey", "", "Sweet."),
            ("The box", "", "Wood and honey frames."),
            ("The field", "6", "Good morning. Honey is gathered in the dry season."),
        ]

    def test_link_leads_to_the_second_with_a_script_and_without(
        self, client: Client, course: CoursePage, module: ModulePage
    ) -> None:
        video = said(ready_video(segments=30), "en", (3, "Good morning."), (62, "The queen lays eggs."))
        lesson = lesson_in(module, "The field", film(ready_video()), film(video))
        learner_of(client, course)
        content = client.get(address(course), {"q": "queen eggs"}).content.decode()
        link = re.search(r'href="([^"]+)" dir="ltr"><span class="unseen">[^<]+, </span>1:02</a>', content)
        assert link
        path, _hash, anchor = link[1].replace("&amp;", "&").partition("#")
        assert path == f"{lesson.get_url()}?t=62&v={video.public_id.hex}"
        page = client.get(path)
        shown = page.context["videos"].by_pk[video.pk]
        assert shown.config["resume"] == 62_000  # the player begins there
        assert re.search(r'src="/watch/[^"]+/144p\.mp4#t=62"', page.content.decode())  # and so does a plain video
        assert f'id="{anchor}"' in page.content.decode()

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("La récolte à l’été", "ETE recolte"),
            ("Le cœur de la ruche", "coeur"),
            ("النَّحْلُ يَصْنَعُ العَسَلَ", "العسل النحل"),
            ("إلى المدرسة", "الى المدرسه"),
            ("100 % honey_comb", "100 comb"),
        ],
    )
    def test_case_accents_and_vowel_signs_make_no_difference(
        self, client: Client, course: CoursePage, module: ModulePage, text: str, words: str
    ) -> None:
        video = said(ready_video(segments=30), "en", (7, text))
        lesson_in(module, "Said", film(video))
        lesson_in(module, "Written", rich_text(f"<p>{text}</p>"))
        lesson_in(module, "Other", rich_text("<p>Something else.</p>"))
        learner_of(client, course)
        assert found(client, course, words) == [("Said", "7", text), ("Written", "", text)]

    def test_all_words_are_wanted(self, client: Client, course: CoursePage, module: ModulePage) -> None:
        lesson_in(module, "The box", rich_text("<p>Smoke calms.</p>"))
        lesson_in(module, "The smoker", rich_text("<p>Light it.</p>"))
        learner_of(client, course)
        assert [title for title, _at, _text in found(client, course, "smoke")] == ["The smoker", "The box"]
        assert [title for title, _at, _text in found(client, course, "smoke box")] == ["The box"]  # title and text
        assert found(client, course, "smoke honey") == []
        assert found(client, course, "' OR 1=1 -- %") == []
        assert found(client, course, "  ") == []

    def test_captions_are_those_of_the_page_else_what_is_spoken(
        self, client: Client, course: CoursePage, module: ModulePage
    ) -> None:
        make_school("fr")
        both = said(said(ready_video(segments=9, language="en"), "en", (1, "The hive")), "fr", (2, "La ruche"))
        spoken = said(said(ready_video(segments=9, language="en"), "en", (3, "The hive")), "ar", (4, "خلية"))
        lesson = lesson_in(module, "A lesson", film(both), film(spoken))
        french = translate_page(course, make_school("fr").courses)
        keep_words(translate_page(lesson, translate_page(module, french), "Une leçon"))
        learner_of(client, course)
        assert found(client, course, "hive") == [("A lesson", "1", "The hive"), ("A lesson", "3", "The hive")]
        assert found(client, course, "ruche") == []
        assert found(client, course, "ruche", "fr") == [("Une leçon", "2", "La ruche")]
        assert found(client, course, "hive", "fr") == [("Une leçon", "3", "The hive")]

    def test_corrected_captions_are_found_as_they_are_now(
        self, client: Client, course: CoursePage, module: ModulePage
    ) -> None:
        video = said(ready_video(segments=9), "en", (1, "The beef hive"))
        lesson_in(module, "A lesson", film(video))
        learner_of(client, course)
        said(video, "en", (1, "The bee hive"))
        assert found(client, course, "beef") == []
        assert found(client, course, "bee") == [("A lesson", "1", "The bee hive")]
        assert Passage.objects.count() == 1

    def test_publishing_makes_the_words_anew_and_a_draft_does_not(
        self, client: Client, course: CoursePage, module: ModulePage
    ) -> None:
        lesson = lesson_in(module, "A lesson", rich_text("<p>Old words.</p>"))
        learner_of(client, course)
        lesson.body = [("rich_text", "<p>New words.</p>")]
        draft = lesson.save_revision()
        assert (len(found(client, course, "old")), found(client, course, "new")) == (1, [])
        draft.publish()
        assert (found(client, course, "old"), len(found(client, course, "new"))) == ([], 1)


class TestLeaksNothing:
    def test_visitors_find_free_previews_alone(self, client: Client, course: CoursePage, module: ModulePage) -> None:
        video = said(ready_video(segments=9), "en", (1, "Secret honey"))
        free = said(ready_video(segments=9), "en", (2, "Free honey"))
        lesson_in(module, "Paid honey", film(video))
        lesson_in(module, "Preview", film(free), is_free_preview=True)
        assert found(client, course, "honey") == [("Preview", "2", "Free honey")]
        answer = client.get(address(course), {"q": "honey"})
        assert b"Secret" not in answer.content
        assert b"Paid honey" not in answer.content
        assert b"Found in 1 place" in answer.content
        assert b"Only the lessons that you may open now are searched." in answer.content

    def test_locked_modules_drafts_and_other_courses_are_not_searched(self, client: Client) -> None:
        course = make_course(lesson_order=CoursePage.Order.SEQUENTIAL)
        lesson_in(add_module(course), "First honey")
        lesson_in(add_module(course), "Locked honey")
        lesson_in(add_module(course, live=False), "Hidden honey")
        lesson_in(add_module(make_course()), "Other honey")
        learner_of(client, course)
        assert [title for title, _at, _text in found(client, course, "honey")] == ["First honey"]

    def test_questions_and_their_keys_are_not_searched(
        self, client: Client, course: CoursePage, module: ModulePage
    ) -> None:
        asked = question("true_false")
        lesson = lesson_in(module, "A lesson", rich_text("<p>Read.</p>"), asked)
        assert LessonWords.objects.get(lesson=lesson).text == "Read."

    def test_what_is_no_word_of_the_author_is_not_searched(self, module: ModulePage) -> None:
        code = {"type": "code", "value": {"language": "python", "code": "print(1)", "caption": "sum.py"}}
        heading = {"type": "heading", "value": {"text": "Sums", "level": "2"}}
        lesson = lesson_in(module, "A lesson", heading, code)
        assert LessonWords.objects.get(lesson=lesson).text == "Sums print(1) sum.py"

    def test_draft_course_is_hidden(self, client: Client) -> None:
        course = make_course(live=False)
        assert client.get(address(course), {"q": "honey"}).status_code == 404

    def test_is_not_for_search_engines_nor_for_shared_caches(self, client: Client, course: CoursePage) -> None:
        answer = client.get(address(course), {"q": "honey"})
        assert b'<meta name="robots" content="noindex">' in answer.content
        assert "private" in answer["Cache-Control"]


class TestBounds:
    def test_pages(self, client: Client, course: CoursePage, module: ModulePage) -> None:
        for number in range(PER_PAGE + 3):
            lesson_in(module, f"Honey {number}")
        learner_of(client, course)
        assert len(found(client, course, "honey")) == PER_PAGE
        second = client.get(address(course), {"q": "honey", "page": "2"})
        assert [hit.item.title for hit in second.context["hits"]] == ["Honey 20", "Honey 21", "Honey 22"]
        assert b'href="?q=honey&amp;page=1"' in second.content

    def test_long_questions_are_cut(self, client: Client, course: CoursePage, module: ModulePage) -> None:
        lesson_in(module, "Honey", is_free_preview=True)
        answer = client.get(address(course), {"q": "honey " * 1000})
        assert answer.status_code == 200
        assert len(answer.context["q"]) == 120
        assert client.get(address(course), {"q": "honey\0"}).status_code == 200

    def test_too_many_searches_are_refused_for_a_minute(
        self, client: Client, course: CoursePage, module: ModulePage
    ) -> None:
        lesson_in(module, "Honey", is_free_preview=True)
        other = Client(REMOTE_ADDR="192.0.2.7")
        with clock.frozen(NOON):
            answers = [client.get(address(course), {"q": "honey"}).status_code for _time in range(MAX_SEARCHES + 1)]
            assert set(answers[:-1]) == {200}
            assert answers[-1] == 429
            assert other.get(address(course), {"q": "honey"}).status_code == 200
        with clock.frozen(NOON + timedelta(seconds=SEARCHES_SECONDS)):
            assert client.get(address(course), {"q": "honey"}).status_code == 200

    def test_queries_do_not_grow(self, client: Client, course: CoursePage, module: ModulePage) -> None:
        learner_of(client, course)

        def queries(count: int) -> int:
            while LessonPage.objects.count() < count:
                lesson_in(module, "Honey", film(said(ready_video(ladder=()), "en", (1, "honey"))))
            client.get(address(course), {"q": "honey"})
            with CaptureQueriesContext(connection) as captured:
                client.get(address(course), {"q": "honey"})
            return len(captured)

        assert queries(10) == queries(50)


class TestForm:
    def test_stands_in_the_outline_and_beside_each_lesson(
        self, client: Client, course: CoursePage, module: ModulePage
    ) -> None:
        lesson = lesson_in(module)
        assert address(course).encode() not in client.get(course.get_url()).content  # nothing to search for visitors
        learner_of(client, course)
        for page in (course, lesson):
            assert f'action="{address(course)}"'.encode() in client.get(page.get_url()).content
