"""Reports of players: who may send them, whose are kept, and when a lesson is done by them."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from commerce.models import Enrollment
from commerce.tests.factories import NOON, make_enrollment, make_user
from core import clock
from core.clock import frozen
from core.errors import DomainError
from core.models import OutboxEvent
from courses.models import CourseMember, LessonPage
from courses.queries.videos import course_keys_showing, videos_in, videos_of_course
from courses.tests.factories import add_lesson, add_module, make_course, make_school, translate_page
from learning.actions.complete_lesson import complete_lesson
from learning.actions.watch_video import WatchResult, watch_video
from learning.errors import AuthenticationRequired, NotEnrolled, VideosNotWatched, WatchedTooSoon
from learning.models import LessonProgress
from learning.tests.factories import enrolled_learner
from videos.errors import ReportNotPlausible, VideoNotFound
from videos.models import Viewer, WatchSession
from videos.streams import LEASE, end_stream, hold_stream, stream_key, streams_of
from videos.tests.showings import make_video

pytestmark = pytest.mark.django_db

SHOWING = uuid.UUID(int=7)
WATCHED = LessonPage.Completion.WATCHED


@pytest.fixture(autouse=True)
def noon():
    with frozen(NOON) as clock:
        yield clock


@pytest.fixture
def video():
    return make_video(100, title="Rows")


def video_block(video):
    return {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}


def lesson_with(*videos, **fields):
    return add_lesson(add_module(make_course()), body=[video_block(video) for video in videos], **fields)


def course_of(lesson):
    return lesson.get_parent().get_parent().specific


def learner_of(lesson):
    return enrolled_learner(course_of(lesson)).learner


def watch(user, video, segments=(), lesson=None, *, number=0, session=SHOWING, at=NOON, **more):
    return watch_video(
        actor=user,
        video_key=video.public_id,
        lesson_key=lesson.translation_key if lesson else None,
        session=session,
        batches=[{"number": number, "segments": list(segments)}] if segments else [],
        at=at,
        **{"position_ms": 0, **more},
    )


def completions():
    return OutboxEvent.objects.filter(name="learning.LessonCompleted").count()


class TestWho:
    def test_a_learner(self, video):
        lesson = lesson_with(video)
        learner = learner_of(lesson)
        found = watch(learner, video, [[0, 30]], lesson, position_ms=30_000, network="3g", country="CM", startup_ms=900)
        assert found == WatchResult(position_ms=30_000, watched_percent=30, is_lesson_completed=False)
        showing = WatchSession.objects.get()
        assert (showing.user, showing.network, showing.country, showing.startup_ms) == (learner, "3g", "CM", 900)

    def test_others_leave_nothing(self, video):
        lesson = lesson_with(video)
        author = make_user()
        CourseMember.objects.create(course_key=course_of(lesson).translation_key, user=author)
        with pytest.raises(AuthenticationRequired):
            watch(AnonymousUser(), video, [[0, 30]], lesson)
        with pytest.raises(NotEnrolled):
            watch(make_user(), video, [[0, 30]], lesson)
        with pytest.raises(VideoNotFound):
            watch(learner_of(lesson), make_video(), [[0, 30]], lesson)
        assert watch(author, video, [[0, 30]], lesson) == WatchResult()
        assert (Viewer.objects.count(), WatchSession.objects.count()) == (0, 0)

    def test_of_a_free_preview_everyone_but_who_made_it(self, video):
        lesson = lesson_with(video, is_free_preview=True)
        author, enrolled_author, uploader = (
            make_user(),
            learner_of(lesson),
            make_user(permissions=("videos.add_video",)),
        )
        for person in (author, enrolled_author):
            CourseMember.objects.create(course_key=course_of(lesson).translation_key, user=person)
        video.uploaded_by = uploader
        video.save()
        assert watch(make_user(), video, [[0, 30]], lesson).watched_percent == 30
        assert watch(enrolled_author, video, [[0, 20]], lesson).watched_percent == 20
        assert watch(author, video, [[0, 30]], lesson) == WatchResult()
        assert watch(uploader, video, [[0, 30]], lesson) == WatchResult()
        assert Viewer.objects.count() == 2

    def test_until_a_minute_after_the_enrolment_was_suspended(self, video, noon):
        lesson = lesson_with(video)
        learner = learner_of(lesson)
        watch(learner, video, [[0, 30]], lesson)
        Enrollment.objects.update(state=Enrollment.State.SUSPENDED)
        assert watch(learner, video, [[30, 40]], lesson, number=1).watched_percent == 40
        cache.clear()  # the minute is over
        with pytest.raises(DomainError, match="suspended"):
            watch(learner, video, [[40, 50]], lesson, number=2)
        assert Viewer.objects.get().seen_seconds == 40


class TestClock:
    def test_a_device_that_says_what_its_clock_shows_is_put_right(self, video):
        lesson = lesson_with(video)
        learner = learner_of(lesson)
        wrong = NOON - timedelta(days=9000)
        for ago, position in ((timedelta(minutes=1), 50_000), (timedelta(minutes=2), 40_000)):
            watch(learner, video, lesson=lesson, position_ms=position, at=wrong, sent_at=wrong + ago)
        viewer = Viewer.objects.get()
        assert (viewer.position_ms, viewer.position_at) == (50_000, NOON - timedelta(minutes=1))
        watch(learner, video, lesson=lesson, position_ms=60_000, at=NOON, sent_at=NOON - timedelta(hours=1))
        viewer.refresh_from_db()
        assert (viewer.position_ms, viewer.position_at) == (60_000, NOON)


class TestCompletion:
    def test_at_the_share_of_every_video(self, video):
        other = make_video(10)
        lesson = lesson_with(video, other, video, completion_rule=WATCHED, watched_percent=75)
        learner = learner_of(lesson)
        assert not watch(learner, video, [[0, 75]], lesson).is_lesson_completed
        assert not watch(learner, other, [[0, 7]], lesson, session=uuid.uuid4()).is_lesson_completed
        assert not LessonProgress.objects.filter(completed_at__isnull=False).exists()
        # 75 per cent of 10 seconds are 8 whole ones.
        for _again in range(2):
            assert watch(learner, other, [[7, 8]], lesson, session=uuid.UUID(int=9)).is_lesson_completed
        assert LessonProgress.objects.get().lesson_key == lesson.translation_key
        assert completions() == 1

    def test_the_same_second_again_and_again_is_one_second(self, video):
        lesson = lesson_with(video, completion_rule=WATCHED, watched_percent=80)
        learner = learner_of(lesson)
        for number in range(5):
            assert not watch(learner, video, [[0, 79]], lesson, number=number).is_lesson_completed
        assert completions() == 0

    def test_another_rule_is_left_alone(self, video):
        lesson = lesson_with(video)
        assert not watch(learner_of(lesson), video, [[0, 100]], lesson).is_lesson_completed
        assert not LessonProgress.objects.exists()

    def test_what_was_reported_stays_when_the_lesson_can_t_be_completed(self, video):
        lesson = lesson_with(video, completion_rule=WATCHED)
        learner = learner_of(lesson)
        watch(learner, video, [[0, 10]], lesson)
        Enrollment.objects.update(state=Enrollment.State.SUSPENDED)
        found = watch(learner, video, [[0, 90]], lesson, number=1)
        assert (found.watched_percent, found.is_lesson_completed) == (90, False)
        assert not LessonProgress.objects.exists()

    def test_refused_reports_complete_nothing(self, video):
        lesson = lesson_with(video, completion_rule=WATCHED)
        with pytest.raises(ReportNotPlausible):
            watch(learner_of(lesson), video, [[0, 100]] * 17, lesson)
        assert (Viewer.objects.count(), LessonProgress.objects.count()) == (0, 0)


class TestByHand:
    def done(self, user, lesson):
        return complete_lesson(actor=user, lesson_key=lesson.translation_key, language="en").completed

    def test_says_how_much_is_missing(self, video):
        other = make_video(200, title="Columns")
        lesson = lesson_with(video, other, completion_rule=WATCHED, watched_percent=50)
        learner = learner_of(lesson)
        watch(learner, video, [[0, 49]], lesson)
        with pytest.raises(VideosNotWatched) as refused:
            self.done(learner, lesson)
        assert str(refused.value) == (
            "This lesson counts as done when you have watched its videos. "
            "Still to watch: 0:01 of “Rows” and 1:40 of “Columns”."
        )
        assert refused.value.code == "videos_not_watched"
        assert not LessonProgress.objects.exists()
        watch(learner, video, [[60, 62]], lesson, number=1)
        with pytest.raises(VideosNotWatched, match="Still to watch: 1:40 of “Columns”"), override("en"):
            self.done(learner, lesson)
        watch(learner, other, [[100, 200]], session=uuid.uuid4())  # from somewhere else: the lesson isn't named
        assert self.done(learner, lesson) == {lesson.translation_key}

    def test_a_word_is_taken_once_there_was_time_for_it(self, video, noon):
        other = make_video(200, title="Columns")
        lesson = lesson_with(video, other, completion_rule=WATCHED, watched_percent=50)
        learner = learner_of(lesson)

        def says():
            return complete_lesson(
                actor=learner, lesson_key=lesson.translation_key, language="en", says_watched=True
            ).completed

        with pytest.raises(WatchedTooSoon, match=r"say so again in 2:30\."):
            says()  # never opened: the time runs from now on
        noon.move(timedelta(seconds=149))
        watch(learner, video, [[0, 20]], lesson)  # what a player reported before takes none of it off
        with pytest.raises(WatchedTooSoon, match=r"say so again in 0:01\."):
            says()
        assert LessonProgress.objects.get().completed_at is None
        noon.move(timedelta(seconds=1))
        assert says() == {lesson.translation_key}
        assert LessonProgress.objects.get().is_claimed
        assert (Viewer.objects.get().seen_seconds, completions()) == (20, 1)

    def test_who_was_seen_to_watch_needs_no_word(self, video):
        lesson = lesson_with(video, completion_rule=WATCHED)
        learner = learner_of(lesson)
        watch(learner, video, [[0, 80]])
        assert complete_lesson(
            actor=learner, lesson_key=lesson.translation_key, language="en", says_watched=True
        ).completed
        assert not LessonProgress.objects.get().is_claimed

    def test_a_word_opens_nothing(self, video):
        lesson = lesson_with(video, completion_rule=WATCHED)
        with pytest.raises(NotEnrolled):
            complete_lesson(actor=make_user(), lesson_key=lesson.translation_key, language="en", says_watched=True)
        assert not LessonProgress.objects.exists()

    def test_what_can_t_be_watched_isn_t_waited_for(self, video):
        lesson = lesson_with(make_video(50, folder=""), completion_rule=WATCHED)
        assert self.done(learner_of(lesson), lesson)
        empty = lesson_with(completion_rule=WATCHED)
        assert self.done(learner_of(empty), empty)

    def test_what_is_done_stays_done(self, video):
        lesson = lesson_with(video, completion_rule=WATCHED)
        learner = learner_of(lesson)
        watch(learner, video, [[0, 80]], lesson)
        LessonPage.objects.update(watched_percent=100)
        assert self.done(learner, lesson)

    def test_authors_need_not_watch(self, video):
        lesson = lesson_with(video, completion_rule=WATCHED)
        author = make_user()
        CourseMember.objects.create(course_key=course_of(lesson).translation_key, user=author)
        assert self.done(author, lesson) == frozenset()


class TestDevice:
    """Who plays keeps a place: a player that has its whole file asks for nothing but these reports."""

    def test_a_report_keeps_it(self, video, noon):
        lesson = lesson_with(video)
        learner = learner_of(lesson)
        hold_stream(learner.pk, stream_key(SHOWING), video)
        hold_stream(learner.pk, stream_key(SHOWING, "a browser"), video)
        for number in range(1, 4):
            noon.move(timedelta(seconds=60))
            watch(learner, video, [[number, number + 1]], lesson, number=number, at=clock.now())
        assert [lease.session for lease in streams_of(learner.pk)] == [SHOWING]
        noon.move(LEASE)
        assert streams_of(learner.pk) == []

    def test_of_a_browser_it_is_the_browsers(self, video, noon):
        lesson = lesson_with(video)
        learner = learner_of(lesson)
        hold_stream(learner.pk, stream_key(SHOWING, "a browser"), video)
        noon.move(timedelta(seconds=60))
        watch(learner, video, [[0, 30]], lesson, session=uuid.uuid4(), bound_to="a browser", at=clock.now())
        noon.move(timedelta(seconds=60))
        assert len(streams_of(learner.pk)) == 1

    def test_an_author_who_looks_keeps_it_too(self, video, noon):
        lesson = lesson_with(video)
        author = make_user()
        CourseMember.objects.create(course_key=course_of(lesson).translation_key, user=author)
        hold_stream(author.pk, stream_key(SHOWING), video)
        noon.move(timedelta(seconds=60))
        watch(author, video, [[0, 30]], lesson, at=clock.now())
        noon.move(timedelta(seconds=60))
        assert len(streams_of(author.pk)) == 1

    def test_what_was_given_back_is_not_taken_again(self, video):
        lesson = lesson_with(video)
        learner = learner_of(lesson)
        hold_stream(learner.pk, stream_key(SHOWING), video)
        end_stream(learner.pk, stream_key(SHOWING))
        watch(learner, video, [[0, 30]], lesson)
        assert streams_of(learner.pk) == []


class TestCost:
    def queries(self, *arguments, **more):
        with CaptureQueriesContext(connection) as captured:
            watch(*arguments, **more)
        return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    def test_a_report_asks_for_little_once_the_first_is_there(self, video):
        plain, by_watching = lesson_with(video), lesson_with(video, completion_rule=WATCHED)
        learner = learner_of(plain)
        make_enrollment(learner, course_of(by_watching).translation_key)
        for lesson, expected in ((plain, 7), (by_watching, 8)):
            session = uuid.uuid4()
            watch(learner, video, [[0, 10]], lesson, session=session)
            counts = {
                self.queries(learner, video, [[0, 9]], lesson, session=session, number=number) for number in (1, 2, 40)
            }
            assert counts == {expected}

    def test_nor_more_when_the_lesson_is_done(self, video):
        lesson = lesson_with(video, *(make_video(10) for _number in range(9)), completion_rule=WATCHED)
        learner = learner_of(lesson)
        for shown in videos_in(lesson):
            watch(learner, shown, [[0, 100]] if shown == video else [[0, 10]], lesson, session=uuid.uuid4())
        assert completions() == 1
        assert self.queries(learner, video, [[0, 9]], lesson, session=SHOWING) == 8


class TestWhereItStands:
    def test_from_a_course_to_its_videos_and_back(self, video, django_assert_num_queries):
        other, trailer, nobodys = (make_video(9, title=title) for title in ("Columns", "Trailer", "Nobody's"))
        lesson = lesson_with(video, other)
        course = course_of(lesson)
        course.trailer = trailer
        course.save()
        french = translate_page(course, make_school("fr").courses, "Cours", trailer=other)
        elsewhere = lesson_with(video)
        assert [found.title for found in videos_of_course(course.translation_key)] == ["Columns", "Rows", "Trailer"]
        assert french.translation_key == course.translation_key
        keys = {course.translation_key, course_of(elsewhere).translation_key}
        with django_assert_num_queries(3):
            assert course_keys_showing(video) == keys
        assert course_keys_showing(trailer) == {course.translation_key}
        assert course_keys_showing(nobodys) == frozenset()
        with django_assert_num_queries(4):
            videos_of_course(course.translation_key)

    def test_of_a_lesson_in_its_order_each_once_if_ready(self, video):
        second = make_video(10)
        lesson = lesson_with(second, video, make_video(5, folder=""), second)
        assert videos_in(LessonPage.objects.get(pk=lesson.pk)) == [second, video]
