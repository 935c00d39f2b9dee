"""Lists of threads: their order, what is shown of each, and in how many queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.models import Comment, Thread
from community.queries import SHOWN_COMMENTS, reported_by, talks, threads_at
from community.tests.factories import Talkers, make_talkers
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


@pytest.fixture
def here() -> Talkers:
    return make_talkers()


def thread_at(here: Talkers, at_ms: int | None, video=None, replies: int = 0) -> Thread:
    video_key = (video or here.course.translation_key) if at_ms is not None else None
    thread = Thread.objects.create(
        course_key=here.course.translation_key,
        item_key=here.lesson.translation_key,
        video_key=video_key,
        at_ms=at_ms,
        opened_by=here.learner,
    )
    Comment.objects.bulk_create(
        Comment(thread=thread, author=here.learner, text=f"{number}", is_opening=not number)
        for number in range(replies + 1)
    )
    return thread


def moments(here: Talkers, **options) -> list[int | None]:
    rows = threads_at(here.other, here.lesson.translation_key, sees_hidden=False, **options)
    return [thread.at_ms for thread in rows]


def test_by_moment_or_nearest_first(here: Talkers) -> None:
    for at in (9000, None, 1000, 5000):
        thread_at(here, at)
    assert moments(here) == [None, 1000, 5000, 9000]
    assert moments(here, around_ms=6000) == [5000, 9000, 1000, None]


def test_of_one_video(here: Talkers) -> None:
    video = ready_video().public_id
    thread_at(here, 9000, video)
    thread_at(here, 1000)
    assert moments(here, video_key=video) == [9000]


def test_long_threads_are_cut_and_counted(here: Talkers) -> None:
    short, long = thread_at(here, 1000, replies=2), thread_at(here, 2000, replies=20)
    found = talks([short, long], here.other, sees_hidden=False)
    assert [(len(talk.comments), talk.count, talk.more) for talk in found] == [(3, 3, 0), (SHOWN_COMMENTS, 21, 15)]
    assert [comment.text for comment in found[1].comments] == [str(number) for number in range(SHOWN_COMMENTS)]
    (whole,) = talks([long], here.other, sees_hidden=False, most=None)
    assert (len(whole.comments), whole.more) == (21, 0)


def test_queries_stay_the_same(here: Talkers) -> None:
    counts = []
    for more in (10, 40):
        for number in range(more):
            thread_at(here, number, replies=number % 9)
        with CaptureQueriesContext(connection) as queries:
            rows = threads_at(here.other, here.lesson.translation_key, sees_hidden=False)
            found = talks(rows, here.other, sees_hidden=False)
            names = {comment.author.name for talk in found for comment in talk.comments}
            reported_by(here.other, [comment for talk in found for comment in talk.comments])
        assert names == {here.learner.name}
        counts.append(len(queries))
    assert counts == [4, 4]
