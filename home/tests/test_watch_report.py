"""What players report over HTTP: taken, refused with a reason, and never from another site."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from commerce.tests.factories import NOON
from core.clock import frozen
from courses.tests.factories import add_lesson, add_module, make_course, make_school, translate_page
from home.views.watch import MAX_BYTES
from learning.actions.watch_video import MAX_REPORTS
from learning.models import LessonProgress
from learning.tests.factories import enrolled_learner
from videos.models import Viewer, WatchSession
from videos.tests.showings import make_video

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def noon():
    with frozen(NOON) as clock:
        yield clock


@pytest.fixture
def video():
    return make_video(100)


@pytest.fixture
def lesson(video):
    block = {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}
    module = add_module(make_course())
    return add_lesson(module, body=[block], completion_rule="watched", watched_percent=50)


@pytest.fixture
def learner(lesson):
    return enrolled_learner(lesson.get_parent().get_parent().specific).learner


@pytest.fixture
def browser(learner):
    client = Client(headers={"accept-language": "en-CM,en;q=0.8"})
    client.force_login(learner, backend=BACKEND)
    return client


def told(lesson=None, **fields):
    return {
        "session": str(uuid.UUID(int=7)),
        "lesson": str(lesson.translation_key) if lesson else None,
        "batches": [{"number": 1, "segments": [[0, 30]]}],
        "position_ms": 30_000,
        "at": NOON.isoformat(),
        "sent": NOON.isoformat(),
        "startup_ms": 1200,
        "stalls": 1,
        "stalled_ms": 300,
        "network": "3g",
        **fields,
    }


def send(browser, video, body, **more):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    path = reverse("home:watched_video", args=[video.public_id])
    return browser.post(path, text, content_type="application/json", **more)


def test_a_report_is_counted_and_answered(browser, video, lesson, learner):
    answer = send(browser, video, told(lesson))
    assert (answer.status_code, answer.json()) == (
        200, {"position_ms": 30_000, "watched_percent": 30.0, "is_lesson_completed": False}
    )  # fmt: skip
    assert "no-store" in answer["Cache-Control"]
    showing = WatchSession.objects.get()
    assert (showing.user, showing.country, showing.network) == (learner, "CM", "3g")
    assert (showing.startup_ms, showing.stalls, showing.stalled_ms) == (1200, 1, 300)
    answer = send(browser, video, told(lesson, batches=[{"number": 2, "segments": [[30, 50]]}]))
    assert answer.json()["is_lesson_completed"] is True
    assert LessonProgress.objects.get().completed_at == NOON


def test_a_clock_that_is_wrong_by_years(browser, video, lesson):
    send(browser, video, told(lesson, at="2001-01-01T00:00:00.000Z", sent="2001-01-01T00:05:00.000Z"))
    assert Viewer.objects.get().position_at == NOON - timedelta(minutes=5)


def test_the_address_names_the_lesson_s_language(browser, video, lesson, learner):
    french = make_video(10)
    block = {"type": "video", "id": str(uuid.uuid4()), "value": {"video": french.pk, "caption": ""}}
    parents = [lesson.get_parent().get_parent().specific, lesson.get_parent().specific]
    below = make_school("fr").courses
    for page in parents:
        below = translate_page(page, below, page.title)
    translate_page(lesson, below, "Leçon", body=[block])
    body = json.dumps(told(lesson, batches=[{"number": 1, "segments": [[0, 5]]}]))
    path = reverse("home:watched_video", args=[french.public_id])
    assert path.startswith("/en/")
    answer = browser.post(path, body, content_type="application/json")
    assert answer.json()["is_lesson_completed"] is False  # the English lesson shows another one
    answer = browser.post(path.replace("/en/", "/fr/"), body, content_type="application/json")
    assert answer.json()["is_lesson_completed"] is True


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "[]",
        "7",
        "null",
        '{"a":',
        "[" * 5000,
        b"\xff\xfe",
        {"session": "x"},
        {"session": 5},
        {"lesson": "x"},
        {"lesson": [1]},
        {"batches": None},
        {"batches": {"number": 1}},
        {"batches": [7]},
        {"batches": [{"number": 1, "segments": [[0, 101, 5]]}]},
        {"at": "noon"},
        {"at": "2026-11-02T12:00:00"},
        {"at": 17},
        {"sent": 17},
        {"position_ms": "far"},
        {"startup_ms": -4},
    ],
)
def test_nonsense_is_400_and_leaves_nothing(browser, video, lesson, wrong):
    answer = send(browser, video, {**told(lesson), **wrong} if isinstance(wrong, dict) else wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_report")
    assert Viewer.objects.count() == 0


def test_refusals_say_why(browser, video, lesson):
    assert send(Client(), video, told(lesson)).status_code == 403
    unknown = make_video()
    assert send(browser, unknown, told()).json()["code"] == "video_not_found"
    assert send(browser, unknown, told()).status_code == 404
    many = [{"number": number, "segments": [[0, 100]]} for number in range(20)]
    answer = send(browser, video, told(lesson, batches=many))
    assert (answer.status_code, answer.json()["code"]) == (409, "report_not_plausible")
    long = told(lesson, network="x" * MAX_BYTES)
    assert send(browser, video, long).status_code == 413
    assert browser.get(reverse("home:watched_video", args=[video.public_id])).status_code == 405
    assert Viewer.objects.count() == 0


def test_too_many_in_a_minute_come_again_later(browser, video, lesson, noon):
    statuses = [send(browser, video, told(lesson, batches=[])).status_code for _number in range(MAX_REPORTS + 1)]
    assert statuses == [200] * MAX_REPORTS + [429]
    answer = send(browser, video, told(lesson))
    assert (answer["Retry-After"], answer.json()["code"]) == ("60", "too_many_reports")
    noon.move(timedelta(minutes=1))
    assert send(browser, video, told(lesson)).status_code == 200


class TestForgery:
    @pytest.fixture
    def careful(self, learner):
        client = Client(enforce_csrf_checks=True)
        client.force_login(learner, backend=BACKEND)
        client.get("/en/profile/")
        return client

    def test_with_the_token_from_the_page(self, careful, video, lesson):
        token = careful.cookies["csrftoken"].value
        assert send(careful, video, told(lesson), headers={"X-CSRFToken": token}).status_code == 200

    @pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "x" * 64}, {"Origin": "https://elsewhere.example.com"}])
    def test_without_it_or_from_another_site(self, careful, video, lesson, headers):
        if "Origin" in headers:
            headers = {**headers, "X-CSRFToken": careful.cookies["csrftoken"].value}
        assert send(careful, video, told(lesson), headers=headers).status_code == 403
        assert Viewer.objects.count() == 0
