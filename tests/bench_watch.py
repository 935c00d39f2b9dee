"""What players' reports cost on PostgreSQL: as an action, over HTTP, and added up. Part of ``make bench``."""

import json
import os
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

__all__ = ["measure_watching"]

VIEWERS, EACH = 50, 10
#: Seconds between two reports of one player.
_EVERY = 15


def measure_watching(measure: Callable[[str, Callable[[], Any]], float]) -> None:
    """Print a line for a report as the action, after ten and after five hundred, over HTTP, and for adding up."""
    from commerce.models import Enrollment
    from commerce.tests.factories import make_enrollment, make_user
    from core import clock
    from courses.models import CoursePage
    from courses.tests.factories import add_lesson, add_module
    from learning.actions import watch_video
    from videos.actions.fold_watch import fold_watch
    from videos.models import WatchBatch
    from videos.tests.showings import make_video, report

    watch_video.MAX_REPORTS = 10**9
    video = make_video(3600)
    body = [{"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}]
    course = CoursePage.objects.order_by("pk").first()
    lesson = add_lesson(add_module(course), body=body, completion_rule="watched")
    learner = make_user()
    make_enrollment(learner, course.translation_key, state=Enrollment.State.ACTIVE)
    session, number = uuid.uuid4(), 0

    def one() -> None:
        nonlocal number
        start = number * 7 % 3500
        report(learner, video, (number, [[start, start + 15]]), session=session, at=clock.now())
        number += 1

    for _report in range(10):
        one()
    few = measure("watch data: a report, after ten", one)
    # So much may be reported at once; what was played before is forgiven, what is written stays as long.
    while number < 500:
        learner.watched.update(played_seconds=0)
        one()
    learner.watched.update(played_seconds=0)
    many = measure("watch data: a report, after five hundred", one)
    print(f"watch data: after five hundred to after ten {'':24} ratio {many / few:6.2f}")
    learner.watched.update(played_seconds=0)
    measure("watch data: a report over HTTP, in a lesson", _over_http(learner, video, lesson))
    _many_viewers(video)
    _fold(fold_watch, WatchBatch.objects.count())


def _over_http(learner: Any, video: Any, lesson: Any) -> Callable[[], Any]:
    from core import clock

    client = Client()
    client.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
    path, session, sent = reverse("home:watched_video", args=[video.public_id]), str(uuid.uuid4()), iter(range(10**6))

    def request() -> Any:
        number = next(sent)
        start = number * 11 % 3500
        told = {
            "session": session,
            "lesson": str(lesson.translation_key),
            "batches": [{"number": number, "segments": [[start, start + 15]]}],
            "position_ms": start * 1000,
            "at": clock.now().isoformat(),
        }
        response = client.post(path, json.dumps(told), content_type="application/json")
        assert response.status_code == 200, response.content
        return response

    return request


def _many_viewers(video: Any) -> None:
    """Reports of many, one after another: how many a second a process takes, and who could watch by that."""
    from commerce.tests.factories import make_user
    from core import clock
    from videos.tests.showings import report

    people = [(make_user(), uuid.uuid4()) for _viewer in range(VIEWERS)]
    started, cpu = time.monotonic(), time.process_time()
    for number in range(EACH):
        for person, session in people:
            report(person, video, (number, [[number * 15, number * 15 + 15]]), session=session, at=clock.now())
    seconds, cpu = time.monotonic() - started, time.process_time() - cpu
    a_second = VIEWERS * EACH / seconds
    print(
        f"watch data: {a_second:.0f} reports a second by one process ({cpu * 1000 / (VIEWERS * EACH):.1f} ms of its"
        f" CPU each): {a_second * _EVERY:,.0f} people watching; this machine has {os.cpu_count()} cores"
    )


def _fold(fold_watch: Callable[[], int], waiting: int) -> None:
    connection.ensure_connection()
    cpu = time.process_time()
    folded = fold_watch()
    assert folded == waiting, (folded, waiting)
    cpu = time.process_time() - cpu
    print(f"watch data: {folded} reports added up by a worker, {cpu * 1000 / folded:.2f} ms of its CPU each")
