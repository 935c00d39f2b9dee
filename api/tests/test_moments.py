"""Notes, bookmarks and questions, for programs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.tests.calls import ask as ask_api
from api.tests.calls import client_of, data
from api.tests.moment_calls import (
    ADD_BOOKMARK,
    NOTES,
    NOTES_MARKDOWN,
    OPEN_THREAD,
    REMOVE_BOOKMARK,
    REMOVE_NOTE,
    REPLY,
    REPORT,
    SAVE_NOTE,
    THREADS,
    mark_answered,
    on_comment,
)
from commerce.tests.factories import make_user
from community.models import Comment, CommentReport
from community.tests.factories import Talkers, ask, make_talkers, say
from courses.keys import page_public_id
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
def lesson(here: Talkers) -> str:
    return page_public_id(here.lesson)


@pytest.fixture
def client(here: Talkers) -> Client:
    return client_of(here.learner)


def code(payload: dict) -> str:
    return payload["errors"][0]["code"]


class TestNotes:
    def test_bookmarks(self, client, here, lesson, video) -> None:
        place = {"lessonId": lesson, "videoId": str(video.public_id), "atMs": 754_321, "label": "Rows"}
        found = data(client, ADD_BOOKMARK, input=place)["addBookmark"]["bookmark"]
        assert (found["atMs"], found["label"], found["videoId"]) == (754_000, "Rows", str(video.public_id))
        (listed,) = data(client, NOTES, id=lesson)["lesson"]["bookmarks"]
        assert (listed["id"], listed["label"]) == (found["id"], "Rows")
        other = data(client_of(here.other), REMOVE_BOOKMARK, id=found["id"])["removeBookmark"]
        assert (code(other), other["isRemoved"], Bookmark.objects.count()) == ("bookmark_not_found", False, 1)
        assert data(client, REMOVE_BOOKMARK, id=found["id"])["removeBookmark"] == {"isRemoved": True, "errors": []}

    def test_notes(self, client, here, lesson, video) -> None:
        written = data(client, SAVE_NOTE, input={"lessonId": lesson, "text": "First"})["saveNote"]["note"]
        changed = {"lessonId": lesson, "text": "Second", "noteId": written["id"]}
        changed |= {"videoId": str(video.public_id), "atMs": 5000}
        assert data(client, SAVE_NOTE, input=changed)["saveNote"]["note"]["id"] == written["id"]
        (listed,) = data(client, NOTES, id=lesson)["lesson"]["notes"]
        assert (listed["text"], listed["atMs"]) == ("Second", 5000)
        refused = data(client_of(here.other), SAVE_NOTE, input={**changed, "text": "Mine"})["saveNote"]
        assert (code(refused), Note.objects.get().text) == ("note_not_found", "Second")
        assert data(client, REMOVE_NOTE, id=written["id"])["removeNote"]["isRemoved"] is True

    def test_nobody_elses(self, client, here, lesson) -> None:
        data(client, SAVE_NOTE, input={"lessonId": lesson, "text": "Mine"})
        for user in (here.other, here.teacher, make_user(is_superuser=True)):
            assert data(client_of(user), NOTES, id=lesson)["lesson"] == {"bookmarks": [], "notes": []}
            assert data(client_of(user), NOTES_MARKDOWN)["notesMarkdown"] == ""
        assert data(Client(), NOTES, id=lesson)["lesson"] == {"bookmarks": None, "notes": None}
        assert ask_api(Client(), NOTES_MARKDOWN)["errors"][0]["extensions"]["code"] == "NOT_LOGGED_IN"
        assert "- Mine" in data(client, NOTES_MARKDOWN, id=page_public_id(here.course))["notesMarkdown"]

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"text": ""}, ("note_empty", "text")),
            ({"text": "x" * 5001}, ("note_too_long", "text")),
            ({"atMs": 5}, ("invalid_moment", "at")),
            ({"videoId": "nonsense", "atMs": 5}, ("invalid_id", "videoId")),
            ({"lessonId": "nonsense"}, ("invalid_id", "lessonId")),
        ],
    )
    def test_refusals(self, client, lesson, change, expected) -> None:
        payload = data(client, SAVE_NOTE, input={"lessonId": lesson, "text": "Words", **change})["saveNote"]
        assert (code(payload), payload["errors"][0]["field"], payload["note"]) == (*expected, None)
        assert not Note.objects.exists()


class TestQuestions:
    def test_asked_and_answered(self, client, here, lesson, video) -> None:
        place = {"lessonId": lesson, "text": "Why rows?", "videoId": str(video.public_id), "atMs": 7000}
        thread = data(client, OPEN_THREAD, input=place)["openThread"]["thread"]
        assert (thread["state"], thread["isMine"], thread["atMs"]) == ("OPEN", True, 7000)
        teacher = client_of(here.teacher)
        answer = data(teacher, REPLY, id=thread["id"], text="Rain.")["replyToThread"]["comment"]
        assert (answer["isTeaching"], answer["isMine"], answer["isAnswer"]) == (True, True, True)
        (edge,) = data(client_of(here.other), THREADS, id=lesson)["lesson"]["threads"]["edges"]
        found = edge["node"]
        assert (found["state"], found["commentCount"], found["isMine"]) == ("ANSWERED", 2, False)
        assert [(one["text"], one["isAnswer"]) for one in found["comments"]] == [("Why rows?", False), ("Rain.", True)]

    def test_who_may_not_read(self, client, here, lesson) -> None:
        here.lesson.is_free_preview = True
        here.lesson.save()
        ask(here.learner, here.lesson)
        for other in (Client(), client_of(make_user()), client_of(here.stranger)):
            assert data(other, THREADS, id=lesson)["lesson"]["threads"] is None

    def test_near_a_moment_and_in_pages(self, client, here, lesson, video) -> None:
        for at in (1, 5, 9):
            ask(here.teacher, here.lesson, f"{at}", video_key=video.public_id, at_ms=at * 1000)
        first = data(client, THREADS, id=lesson, first=2, around=6000)["lesson"]["threads"]
        assert [edge["node"]["atMs"] for edge in first["edges"]] == [5000, 9000]
        cursor = first["pageInfo"]["endCursor"]
        rest = data(client, THREADS, id=lesson, after=cursor, around=6000)["lesson"]["threads"]
        assert ([edge["node"]["atMs"] for edge in rest["edges"]], rest["totalCount"]) == ([1000], 3)
        assert data(client, THREADS, id=lesson, video=str(video.public_id))["lesson"]["threads"]["totalCount"] == 3

    def test_changing_reporting_hiding(self, client, here, lesson) -> None:
        comment = say(here.other, ask(here.learner, here.lesson), "Buy rows.")
        target = str(comment.public_id)
        assert code(data(client, on_comment("removeComment"), id=target)["removeComment"]) == "not_your_comment"
        edit = on_comment("editComment", ', text: "Buy circles."')
        assert data(client_of(here.other), edit, id=target)["editComment"]["comment"]["text"] == "Buy circles."
        assert data(client, REPORT, id=target, reason="SPAM")["reportComment"]["isReported"] is True
        again = data(client, REPORT, id=target, reason="SPAM")["reportComment"]
        assert (code(again), again["isReported"]) == ("already_reported", False)
        assert CommentReport.objects.get().reason == "spam"
        hide = on_comment("hideComment", ", reason: SPAM")
        assert code(data(client, hide, id=target)["hideComment"]) == "may_not_moderate"
        assert data(client_of(here.teacher), hide, id=target)["hideComment"]["comment"]["state"] == "HIDDEN"
        (edge,) = data(client, THREADS, id=lesson)["lesson"]["threads"]["edges"]
        assert (edge["node"]["comments"][1]["text"], edge["node"]["comments"][1]["state"]) == ("", "HIDDEN")
        teacher = client_of(here.teacher)
        assert data(teacher, on_comment("restoreComment"), id=target)["restoreComment"]["comment"]["text"]
        marked = data(teacher, mark_answered(), id=target)["markAnswered"]["thread"]
        assert marked["state"] == "ANSWERED"

    def test_names_tell_no_address(self, client, here, lesson) -> None:
        here.other.name = ""
        here.other.save()
        ask(here.other, here.lesson)
        (edge,) = data(client, THREADS, id=lesson)["lesson"]["threads"]["edges"]
        assert edge["node"]["comments"][0]["authorName"] is None


def test_queries_stay_the_same(client, here, lesson) -> None:
    counts: list[int] = []
    for more in (10, 40):
        for number in range(more):
            thread = ask(here.teacher, here.lesson, f"{len(counts)}-{number}")
            Comment.objects.create(thread=thread, author=here.other, text="Hm.")
            Note.objects.create(
                person=here.learner, course_key=here.course.translation_key, lesson_key=here.lesson.translation_key
            )
        data(client, THREADS, id=lesson, first=50)
        with CaptureQueriesContext(connection) as queries:
            data(client, THREADS, id=lesson, first=50)
            data(client, NOTES, id=lesson)
        counts.append(len(queries))
    assert counts[0] == counts[1]
