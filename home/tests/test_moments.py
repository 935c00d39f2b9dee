"""What stands below a lesson: one's own notes and everybody's questions, with and without JavaScript."""

import gzip
import random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commerce.models import Enrollment
from commerce.tests.factories import make_user
from community.actions import hide_comment
from community.models import Comment, CommentReport, Thread
from community.tests.factories import Talkers, ask, make_talkers, say
from home.talk_text import as_html
from learning.actions import add_bookmark, save_note
from learning.models import Bookmark, Note
from learning.tests.factories import lesson_with_video
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


@pytest.fixture
def video():
    return ready_video(duration_ms=3_600_000)


@pytest.fixture
def here(video) -> Talkers:
    return make_talkers(lesson_with_video(video))


@pytest.fixture
def url(here: Talkers) -> str:
    return here.lesson.get_url()


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response) -> str:
    return response.content.decode()


class TestNotes:
    def test_kept_with_its_moment_and_led_back_to(self, here, video, url) -> None:
        sent = {"do": "note", "text": "Rows <b>&", "at": "12:34", "video": str(video.public_id)}
        response = client_of(here.learner).post(url, sent)
        note = Note.objects.get()
        assert (response.status_code, response["Location"]) == (302, f"{url}?notes=1#note-{note.public_id}")
        assert (note.text, note.at_ms, note.person) == ("Rows <b>&", 754_000, here.learner)
        page = text_of(client_of(here.learner).get(f"{url}?notes=1"))
        assert "Rows &lt;b&gt;&amp;" in page
        assert "Rows <b>" not in page
        assert f'href="?t=754&amp;v={video.public_id.hex}"' in page

    def test_bookmarks(self, here, video, url) -> None:
        client = client_of(here.learner)
        client.post(url, {"do": "bookmark", "label": "The row", "at": "0:05", "video": str(video.public_id)})
        kept = Bookmark.objects.get()
        assert (kept.at_ms, kept.label) == (5000, "The row")
        client.post(url, {"do": "unbookmark", "id": str(kept.public_id)})
        assert not Bookmark.objects.exists()

    def test_changing_and_removing(self, here, url) -> None:
        client = client_of(here.learner)
        client.post(url, {"do": "note", "text": "First"})
        note = Note.objects.get()
        client.post(url, {"do": "note", "text": "Second", "id": str(note.public_id)})
        assert Note.objects.get().text == "Second"
        client.post(url, {"do": "unnote", "id": str(note.public_id)})
        assert not Note.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({"do": "note", "text": "Typed words", "at": "99"}, "Write the time in minutes and seconds"),
            ({"do": "note", "text": "Typed words" * 600}, "A note has at most 5,000 characters"),
            ({"do": "bookmark", "label": "Typed words", "at": ""}, "Write the time in minutes and seconds"),
            ({"do": "ask", "text": "Typed words", "at": "99:99"}, "Write the time in minutes and seconds"),
        ],
    )
    def test_errors_keep_what_was_typed(self, here, video, url, sent, words) -> None:
        response = client_of(here.learner).post(url, {"video": str(video.public_id), **sent})
        page = text_of(response)
        assert (response.status_code, words in page, "Typed words" in page) == (400, True, True)
        assert (Note.objects.count(), Bookmark.objects.count(), Thread.objects.count()) == (0, 0, 0)

    def test_others_and_visitors_see_none(self, here, video, url) -> None:
        save_note(actor=here.learner, lesson_key=here.lesson.translation_key, text="Quiet-okra")
        for user in (here.other, here.teacher, make_user(is_superuser=True)):
            assert "Quiet-okra" not in text_of(client_of(user).get(f"{url}?notes=all"))
        assert "Quiet-okra" in text_of(client_of(here.learner).get(f"{url}?notes=all"))
        here.lesson.is_free_preview = True
        here.lesson.save()
        page = text_of(Client().get(f"{url}?notes=all"))
        assert ("Quiet-okra" in page, "lesson-moments" in page) == (False, False)
        Client().post(url, {"do": "note", "text": "Mine"})
        assert Note.objects.count() == 1

    def test_a_free_preview_has_notes_and_no_questions(self, here, url) -> None:
        here.lesson.is_free_preview = True
        here.lesson.save()
        ask(here.learner, here.lesson, "Quiet-okra?")
        page = text_of(client_of(make_user()).get(f"{url}?questions=1"))
        assert ('id="notes"' in page, 'id="questions"' in page, "Quiet-okra" in page) == (True, False, False)

    def test_a_script_gets_the_part_alone(self, here, url) -> None:
        client = client_of(here.learner)
        done = client.post(url, {"do": "note", "text": "First"}, headers={"X-Island": "moments"})
        refused = client.post(url, {"do": "note", "text": ""}, headers={"X-Island": "moments"})
        assert (done.status_code, refused.status_code) == (200, 400)
        assert (text_of(done).startswith("<lesson-moments"), "First" in text_of(done)) == (True, True)
        assert 'role="alert"' in text_of(refused)

    def test_downloads(self, here, url) -> None:
        save_note(actor=here.learner, lesson_key=here.lesson.translation_key, text="Rows.")
        Enrollment.objects.update(state=Enrollment.State.CANCELLED)
        client = client_of(here.learner)
        for address in (f"/en/notes/{here.course.translation_key}/notes.md", "/en/notes/notes.md"):
            response = client.get(address)
            assert (response["Content-Type"], "Rows." in text_of(response)) == ("text/markdown; charset=utf-8", True)
            assert response["Content-Disposition"] == 'attachment; filename="notes.md"'
            assert client_of(here.other).get(address).status_code == 404
        assert here.course.title in text_of(client.get("/en/notes/"))
        assert here.course.title not in text_of(client_of(here.other).get("/en/notes/"))

    def test_a_time_in_the_address_is_where_the_video_begins(self, here, video, url) -> None:
        client = client_of(here.learner)
        assert '#t=754"' in text_of(client.get(f"{url}?t=754&v={video.public_id.hex}"))
        for asked in ("?t=99999", "?t=-1", "?t=x", "?t=²", ""):
            assert "#t=" not in text_of(client.get(f"{url}{asked}"))


class TestQuestions:
    def test_asked_answered_shown(self, here, video, url) -> None:
        response = client_of(here.learner).post(
            url, {"do": "ask", "text": "Why rows?", "at": "0:07", "video": str(video.public_id)}
        )
        thread = Thread.objects.get()
        assert response["Location"] == f"{url}?questions=1#thread-{thread.public_id}"
        client_of(here.teacher).post(url, {"do": "reply", "id": str(thread.public_id), "text": "Rain."})
        page = text_of(client_of(here.other).get(url))
        for words in ("Why rows?", "Rain.", ">answered<", ">Instructor<", ">Answer<", 'data-at="7"'):
            assert words in page

    def test_what_is_said_is_words(self, here, url) -> None:
        ask(here.learner, here.lesson, '<script>x</script>\n"><img src=x onerror=y> https://example.com/?a=1&b="2')
        page = text_of(client_of(here.other).get(url))
        assert ("<script>x" in page, "<img src=x" in page) == (False, False)
        assert '<a href="https://example.com/?a=1&amp;b=" rel="nofollow ugc noopener" dir="ltr">' in page

    def test_names_tell_no_address(self, here, url) -> None:
        here.learner.email, here.learner.name = "secret.local.part@example.com", ""
        here.learner.save()
        ask(here.learner, here.lesson)
        assert "secret" not in text_of(client_of(here.other).get(url))

    def test_reporting_hiding_letting_stand(self, here, url) -> None:
        comment = say(here.other, ask(here.learner, here.lesson), "Buy-my-rows")
        target = str(comment.public_id)
        learner, teacher = client_of(here.learner), client_of(here.teacher)
        assert 'name="reason"' in text_of(learner.get(f"{url}?thread={comment.thread.public_id}&talk=report:{target}"))
        learner.post(url, {"do": "report", "id": target, "reason": "spam"})
        assert CommentReport.objects.get().reason == "spam"
        assert "1 report" in text_of(teacher.get(url))
        assert "1 report" not in text_of(learner.get(url))
        refused = learner.post(url, {"do": "hide", "id": target})
        assert (refused.status_code, Comment.objects.get(pk=comment.pk).state) == (400, "visible")
        teacher.post(url, {"do": "hide", "id": target})
        assert "Buy-my-rows" not in text_of(learner.get(url))
        assert "Buy-my-rows" in text_of(client_of(here.other).get(url))
        teacher.post(url, {"do": "restore", "id": target})
        assert "Buy-my-rows" in text_of(learner.get(url))

    def test_changing_and_removing_ones_own(self, here, url) -> None:
        comment = ask(here.learner, here.lesson).comments.get()
        client = client_of(here.learner)
        form = text_of(client.get(f"{url}?thread={comment.thread.public_id}&talk=edit:{comment.public_id}"))
        assert f'id="edit-{comment.public_id}"' in form
        client.post(url, {"do": "edit", "id": str(comment.public_id), "text": "Why circles?"})
        client.post(url, {"do": "remove", "id": str(comment.public_id)})
        page = text_of(client.get(url))
        assert ("Why circles?" in page, "Removed by who wrote it." in page) == (False, True)

    @pytest.mark.parametrize("do", ["hide", "restore", "answer", "edit"])
    def test_tools_of_others_are_not_spread_out(self, here, url, do) -> None:
        comment = say(here.other, ask(here.learner, here.lesson))
        page = text_of(
            client_of(here.learner).get(f"{url}?thread={comment.thread.public_id}&talk={do}:{comment.public_id}")
        )
        assert f'name="do" value="{do}"' not in page

    def test_twenty_a_page_and_one_alone(self, here, url) -> None:
        threads = [ask(here.teacher, here.lesson, f"Question-{number}-") for number in range(23)]
        client = client_of(here.learner)
        first, second = text_of(client.get(url)), text_of(client.get(f"{url}?questions=2"))
        assert (first.count('class="thread"'), second.count('class="thread"')) == (20, 3)
        alone = text_of(client.get(f"{url}?thread={threads[5].public_id}"))
        assert (alone.count('class="thread"'), "Question-5-" in alone) == (1, True)

    def test_a_thread_is_found_by_its_address(self, here, url) -> None:
        thread = ask(here.learner, here.lesson)
        address = f"/en/questions/{thread.public_id}/"
        found = client_of(here.other).get(address)
        assert found["Location"] == f"{url}?thread={thread.public_id}#thread-{thread.public_id}"
        hide_comment(actor=here.teacher, comment_id=thread.comments.get().public_id)
        assert client_of(here.other).get(address).status_code == 404
        assert client_of(here.learner).get(address).status_code == 302

    def test_nonsense(self, here, url) -> None:
        client = client_of(here.learner)
        assert client.post(url, {"do": "dance"}).status_code == 404
        for asked in ("?thread=x", "?talk=edit", "?talk=edit:x", "?questions=x", "?questions=999", "?notes=%00"):
            assert client.get(f"{url}{asked}").status_code == 200
        assert client.post(url, {"do": "reply", "id": "x", "text": "Hm."}).status_code == 400

    def test_locked_lessons_take_nothing(self, here, url) -> None:
        client = client_of(make_user())
        for do in ("note", "ask"):
            assert client.post(url, {"do": do, "text": "Hm."}).status_code == 403
        assert (Note.objects.count(), Thread.objects.count()) == (0, 0)


def test_queries_stay_the_same(here, video, url) -> None:
    client = client_of(here.learner)
    counts: list[int] = []
    for more in (10, 40):
        for number in range(more):
            place = {"lesson_key": here.lesson.translation_key, "video_key": video.public_id}
            at = (len(counts) * 100 + number) * 1000
            add_bookmark(actor=here.learner, at_ms=at, **place)
            save_note(actor=here.learner, text="Again.", at_ms=at, **place)
            say(here.other, ask(here.teacher, here.lesson, f"{at}"), f"{at}")
        Comment.objects.update(written_at="2026-01-01T00:00Z")
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\nb\n\nc", '<p dir="auto">a<br>b</p><p dir="auto">c</p>'),
        ("<b>&\"'", '<p dir="auto">&lt;b&gt;&amp;&quot;&#x27;</p>'),
        (
            "(see https://example.com/a_(b).)",
            '<p dir="auto">(see <a href="https://example.com/a_(b)" rel="nofollow ugc noopener" dir="ltr">'
            "https://example.com/a_(b)</a>.)</p>",
        ),
        ("javascript:alert(1) data:text/html,x //example.com www.example.com", None),
        ("https://", None),
        ("x" * 3000, None),
        ("https://example.com/" + "(" * 2900, ...),
    ],
)
def test_text_as_html(text: str, html) -> None:
    found = as_html(text)
    if html is ...:
        assert found.count("<a ") == 1
    else:
        assert found == (html or f'<p dir="auto">{text}</p>')


def test_twenty_questions_weigh_little(here, url) -> None:
    words = random.Random(7)

    def said() -> str:
        return " ".join("".join(words.choices("abdeiklmnorstu", k=words.randint(2, 9))) for _number in range(30))

    client = client_of(here.learner)
    empty = len(gzip.compress(client.get(url).content))
    for _number in range(20):
        thread = ask(here.teacher, here.lesson, said())
        for _reply in range(2):
            say(here.teacher, thread, said())
    full = len(gzip.compress(client.get(url).content))
    letters = sum(len(gzip.compress(text.encode())) for text in Comment.objects.values_list("text", flat=True))
    assert full - empty < letters + 10_000
