"""Search inside a course through GraphQL."""

import uuid

import pytest
from django.test import Client

from api.tests.calls import ask, client_of, data
from commerce.tests.factories import NOON
from core.clock import frozen
from courses.keys import page_public_id
from courses.lesson_words import keep_words
from courses.tests.factories import add_lesson, add_module, make_course
from courses.tests.questions import rich_text
from learning.course_search import MAX_SEARCHES
from learning.tests.factories import enrolled_learner
from videos.actions.save_caption import save_caption
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]
SEARCH = """query ($id: ID!, $words: String!, $first: Int, $after: String) { course(id: $id) {
  searchInside(query: $words, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { lesson { id title isLocked } excerpt { text isMatch } videoId startSeconds locale url } } } } }"""


@pytest.fixture
def school():
    """A course with a written lesson and a filmed one, which is a free preview."""
    course = make_course()
    module = add_module(course)
    video = ready_video()
    written = add_lesson(module, "Written", body=[rich_text("<p>Récolte the honey.</p>")])
    value = {"video": video.pk, "caption": "", "questions": []}
    filmed = add_lesson(
        module, "Filmed", body=[{"type": "video", "id": str(uuid.uuid4()), "value": value}], is_free_preview=True
    )
    for lesson in (written, filmed):
        keep_words(lesson)
    learner = enrolled_learner(course).learner
    learner.is_superuser = True  # whoever looks after videos
    save_caption(actor=learner, video=video, language="en", source="WEBVTT\n\n00:04.000 --> 00:06.000\nLa recolte.\n")
    learner.is_superuser = False
    return course, video, written, filmed, learner


def search(client, course, query="RÉCOLTE", **more):
    answer = data(client, SEARCH, id=page_public_id(course), words=query, **more)
    return answer["course"]["searchInside"]


def test_learner_finds_lessons_and_moments(school):
    course, video, written, filmed, learner = school
    found = search(client_of(learner), course)
    assert found["totalCount"] == 2
    first, second = (edge["node"] for edge in found["edges"])
    assert first == {
        "lesson": {"id": page_public_id(written), "title": "Written", "isLocked": False},
        "excerpt": [{"text": "Récolte", "isMatch": True}, {"text": " the honey.", "isMatch": False}],
        "videoId": None,
        "startSeconds": None,
        "locale": "en",
        "url": f"http://testserver{written.get_url()}",
    }
    assert second == {
        "lesson": {"id": page_public_id(filmed), "title": "Filmed", "isLocked": False},
        "excerpt": [{"text": "La ", "isMatch": False}, {"text": "recolte.", "isMatch": True}],
        "videoId": str(video.public_id),
        "startSeconds": 4.0,
        "locale": "en",
        "url": f"http://testserver{filmed.get_url()}?t=4&v={video.public_id.hex}",
    }


def test_pages_go_on_where_they_ended(school):
    course, _video, _written, _filmed, learner = school
    client = client_of(learner)
    found = search(client, course, first=1)
    assert ([edge["node"]["lesson"]["title"] for edge in found["edges"]], found["totalCount"]) == (["Written"], 2)
    rest = search(client, course, first=1, after=found["pageInfo"]["endCursor"])
    assert [edge["node"]["lesson"]["title"] for edge in rest["edges"]] == ["Filmed"]
    assert rest["pageInfo"]["hasNextPage"] is False


def test_visitor_finds_free_previews_alone(school):
    found = search(Client(), school[0])
    assert [edge["node"]["lesson"]["title"] for edge in found["edges"]] == ["Filmed"]
    assert found["totalCount"] == 1


def test_too_many_searches_are_refused(school):
    course = school[0]
    client = Client(REMOTE_ADDR="192.0.2.9")
    with frozen(NOON):
        for _time in range(MAX_SEARCHES):
            search(client, course)
        answer = ask(client, SEARCH, id=page_public_id(course), words="honey")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["TOO_MANY_SEARCHES"]
