"""What was watched, through GraphQL: reported by apps, read by authors."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.tests.calls import ask, client_of, data
from commerce.tests.factories import NOON, make_user
from core.clock import frozen
from courses.keys import page_public_id
from courses.models import CourseMember
from courses.tests.factories import add_lesson, add_module, make_course
from learning.tests.factories import enrolled_learner
from videos.actions.fold_quality import fold_quality
from videos.actions.fold_watch import fold_watch
from videos.models import Viewer, WatchSession
from videos.tests.showings import make_video

pytestmark = pytest.mark.django_db

REPORT_WATCH = """mutation ($input: ReportWatchInput!) { reportWatch(input: $input) {
  positionMs watchedPercent lessonCompleted errors { code field message } } }"""
STATISTICS = """query ($id: ID!) { videoStatistics(videoId: $id) {
  views uniqueViewers playedSeconds averagePercent stretches { start end retention plays replays }
  quality { country network showings started startupMs stalls stalled } } }"""
SESSION = str(uuid.UUID(int=7))


@pytest.fixture(autouse=True)
def noon():
    with frozen(NOON) as clock:
        yield clock


@pytest.fixture
def video():
    return make_video(10)


@pytest.fixture
def lesson(video):
    block = {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}
    return add_lesson(add_module(make_course()), body=[block], completion_rule="watched", watched_percent=50)


@pytest.fixture
def course(lesson):
    return lesson.get_parent().get_parent().specific


def told(video, lesson=None, *segments, number=0, **more):
    return {
        "videoId": str(video.public_id),
        "lessonId": page_public_id(lesson) if lesson else None,
        "sessionId": SESSION,
        "batches": [{"number": number, "segments": [{"start": start, "end": end} for start, end in segments]}],
        "positionMs": 4000,
        "at": NOON.isoformat(),
        **more,
    }


def report(client, *arguments, **more):
    return data(client, REPORT_WATCH, input=told(*arguments, **more))["reportWatch"]


def test_an_app_reports_and_the_lesson_is_done(video, lesson, course):
    learner = enrolled_learner(course).learner
    client = client_of(learner)
    more = {"startupMs": 900, "stalls": 2, "stalledMs": 100, "network": "4g", "sentAt": NOON.isoformat()}
    assert report(client, video, lesson, (0, 4), **more) == {
        "positionMs": 4000, "watchedPercent": 40.0, "lessonCompleted": False, "errors": []
    }  # fmt: skip
    assert report(client, video, lesson, (0, 4))["watchedPercent"] == 40
    assert report(client, video, lesson, (3, 5), number=1)["lessonCompleted"] is True
    showing = WatchSession.objects.get()
    assert (showing.user, showing.startup_ms, showing.stalls, showing.network) == (learner, 900, 2, "4g")


def test_refusals_are_answers(video, lesson, course):
    client = client_of(enrolled_learner(course).learner)

    def refused(*arguments, by=client, **more):
        answer = report(by, *arguments, **more)
        assert answer["positionMs"] is None
        return [(error["code"], error["field"]) for error in answer["errors"]]

    assert refused(video, lesson, (4, 2)) == [("invalid_report", "segments")]
    assert refused(video, lesson, positionMs=-1) == [("invalid_report", "positionMs")]
    assert refused(video, lesson, at="2026-11-02T12:00:00") == [("invalid_report", "at")]
    assert refused(video, lesson, videoId="x") == [("invalid_id", "videoId")]
    assert refused(video, lesson, sessionId="x") == [("invalid_id", "sessionId")]
    assert refused(make_video()) == [("video_not_found", None)]
    assert refused(video, lesson, by=client_of(make_user())) == [("not_enrolled", None)]
    assert refused(video, lesson, by=Client()) == [("not_logged_in", None)]
    assert refused(video, lesson, *[(0, 10)] * 90) == [("report_not_plausible", None)]
    assert Viewer.objects.count() == 0


def test_authors_read_how_it_is_watched(video, lesson, course, noon):
    author = make_user()
    CourseMember.objects.create(course_key=course.translation_key, user=author)
    for _viewer in range(2):
        more = {"startupMs": 900, "network": "3g", "sessionId": str(uuid.uuid4())}
        report(client_of(enrolled_learner(course).learner), video, lesson, (0, 5), (0, 1), **more)
    assert report(client_of(author), video, lesson, (0, 9))["watchedPercent"] == 0  # leaves no trace
    fold_watch()
    noon.move(timedelta(hours=1))
    fold_quality()
    client = client_of(author)
    found = data(client, STATISTICS, id=str(video.public_id))["videoStatistics"]
    assert (found["views"], found["uniqueViewers"], found["playedSeconds"], found["averagePercent"]) == (2, 2, 12, 50)
    assert [stretch["plays"] for stretch in found["stretches"]] == [4, 2, 2, 2, 2, 0, 0, 0, 0, 0]
    assert found["stretches"][0] == {"start": 0, "end": 1, "retention": 1, "plays": 4, "replays": 2}
    assert found["quality"] == [
        {
            "country": None, "network": "3g", "showings": 2, "started": 2, "startupMs": 900, "stalls": 0, "stalled": 0,
        }
    ]  # fmt: skip
    for other in (make_user(), enrolled_learner(course).learner):
        assert data(client_of(other), STATISTICS, id=str(video.public_id)) == {"videoStatistics": None}
    assert ask(Client(), STATISTICS, id=str(video.public_id))["errors"][0]["extensions"]["code"] == "NOT_LOGGED_IN"


def test_statistics_cost_the_same_after_many_views(video, lesson, course):
    author = make_user()
    CourseMember.objects.create(course_key=course.translation_key, user=author)
    client = client_of(author)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            data(client, STATISTICS, id=str(video.public_id))
        return len(captured)

    before = queries()
    for _viewer in range(5):
        report(client_of(enrolled_learner(course).learner), video, lesson, (0, 5), sessionId=str(uuid.uuid4()))
    fold_watch()
    assert queries() == before
