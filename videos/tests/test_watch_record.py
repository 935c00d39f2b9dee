"""One viewer's reports: counted once, in any order, checked, and as cheap after many as after few."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.tests.factories import make_user
from core import clock
from core.errors import InvalidInput
from videos.actions.record_watch import record_watch
from videos.errors import ReportNotPlausible, ReportTooOld, SessionOfAnotherVideo, VideoNotReady
from videos.models import Video, Viewer, WatchBatch, WatchSession
from videos.reports import MAX_BATCHES, MAX_SEGMENTS
from videos.seconds import runs_of
from videos.tests.showings import NOON, as_sent, make_video, report
from videos.watching import resume_position, resume_positions, watched_percent, watched_seconds

pytestmark = pytest.mark.django_db

SHOWING = uuid.UUID(int=7)


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def video():
    return make_video(100)


def seen_by(viewer):
    return runs_of(int.from_bytes(viewer.seen, "little"))


class TestCounting:
    def test_what_was_seen_twice_counts_once_as_seen_and_twice_as_played(self, user, video):
        viewer = report(user, video, (0, [[0, 30], [10, 20]]), session=SHOWING, position_ms=20_000)
        assert (seen_by(viewer), viewer.seen_seconds, viewer.played_seconds) == ([(0, 30)], 30, 40)
        viewer = report(user, video, (1, [[20, 40]]), session=SHOWING)
        assert (seen_by(viewer), viewer.seen_seconds, viewer.played_seconds) == ([(0, 40)], 40, 60)
        viewer.refresh_from_db()
        assert (viewer.seen_seconds, viewer.played_seconds, viewer.position_ms) == (40, 60, 20_000)
        assert watched_percent(user, video) == 40

    def test_a_report_that_comes_again_changes_nothing(self, user, video):
        batches = [(0, [[0, 30]]), (1, [[30, 60]])]
        report(user, video, *batches, session=SHOWING)
        before = list(WatchBatch.objects.values()), Viewer.objects.values().get(), WatchSession.objects.values().get()
        for again in (batches, batches[::-1], batches[:1], [(1, [[0, 100]])]):
            report(user, video, *again, session=SHOWING)
        after = list(WatchBatch.objects.values()), Viewer.objects.values().get(), WatchSession.objects.values().get()
        assert after == before

    def test_the_same_number_in_one_report_counts_once(self, user, video):
        viewer = report(user, video, (0, [[0, 10]]), (0, [[50, 90]]))
        assert (viewer.seen_seconds, viewer.played_seconds) == (10, 10)

    def test_of_each_batch_only_what_is_new_is_fresh(self, user, video):
        report(user, video, (1, [[20, 50]]), (0, [[0, 30]]), session=SHOWING)
        report(user, video, (0, [[25, 60]]))
        rows = WatchBatch.objects.order_by("pk").values_list(
            "number", "fresh", "is_first_of_viewer", "is_first_of_session"
        )
        assert list(rows) == [
            (0, [[0, 30]], True, True),
            (1, [[30, 50]], False, False),
            (0, [[50, 60]], False, True),
        ]

    def test_a_showing_without_a_second_played_is_no_view(self, user, video):
        report(user, video, (0, []), session=SHOWING, startup_ms=900)
        assert (WatchSession.objects.get().is_view, WatchBatch.objects.count()) == (False, 0)
        report(user, video, (0, [[0, 50]]), (1, [[0, 5]]), session=SHOWING)  # 0 has arrived
        assert (WatchSession.objects.get().is_view, Viewer.objects.get().seen_seconds) == (True, 5)

    @settings(max_examples=30, deadline=None)
    @given(data=st.data())
    def test_any_order_with_any_repeats_comes_to_the_same(self, data):
        user, video = make_user(), make_video(60)
        runs = st.tuples(st.integers(0, 50), st.integers(1, 10)).map(lambda pair: [pair[0], pair[0] + pair[1]])
        batches = dict(enumerate(data.draw(st.lists(st.lists(runs, max_size=4), min_size=1, max_size=8))))
        sent = data.draw(st.permutations(list(batches) * 2))
        for number in sent:
            moment = NOON - timedelta(seconds=len(batches) - number)
            report(user, video, (number, batches[number]), session=SHOWING, position_ms=number, at=moment)
        viewer = Viewer.objects.get(user=user)
        played = [second for segments in batches.values() for start, end in segments for second in range(start, end)]
        assert (viewer.seen_seconds, viewer.played_seconds) == (len(set(played)), len(played))
        assert {second for start, end in seen_by(viewer) for second in range(start, end)} == set(played)
        assert viewer.position_ms == len(batches) - 1
        fresh = [run for row in WatchBatch.objects.filter(session__user=user) for run in row.fresh]
        assert sorted(second for start, end in fresh for second in range(start, end)) == sorted(set(played))
        WatchSession.objects.filter(user=user).delete()


class TestPosition:
    def test_follows_the_newest_moment_not_the_last_to_arrive(self, user, video):
        for position, minutes in ((30_000, 2), (10_000, 1), (50_000, 3), (20_000, 3)):
            report(user, video, position_ms=position, at=NOON - timedelta(hours=1) + timedelta(minutes=minutes))
        assert resume_position(user, video) == 50_000

    def test_a_clock_that_runs_ahead_doesn_t_block_other_devices(self, user, video):
        report(user, video, position_ms=30_000, at=NOON + timedelta(days=300))
        with clock.travel(timedelta(minutes=1)):
            report(user, video, position_ms=10_000, at=clock.now())
        assert resume_position(user, video) == 10_000

    def test_who_came_to_the_end_begins_anew(self, user, video):
        report(user, video, position_ms=94_999)
        assert resume_position(user, video) == 94_999
        report(user, video, position_ms=999_000, at=NOON - timedelta(seconds=1))
        assert resume_position(user, video) == 94_999
        with clock.travel(timedelta(seconds=1)):
            report(user, video, position_ms=999_000, at=clock.now())
        assert Viewer.objects.get().position_ms == 100_000
        assert resume_position(user, video) == 0

    def test_of_many_videos_in_one_query(self, user, video, django_assert_num_queries):
        videos = [video, *(make_video(50) for _number in range(20))]
        pks = [video.pk for video in videos]
        report(user, video, (0, [[0, 9]]), position_ms=9000)
        with django_assert_num_queries(1):
            assert sum(resume_positions(user, videos).values()) == 9000
        with django_assert_num_queries(1):
            assert sum(watched_seconds(user, pks).values()) == 9
        with django_assert_num_queries(0):
            assert set(watched_seconds(AnonymousUser(), pks).values()) == {0}


class TestChecks:
    @pytest.mark.parametrize(
        "batches",
        [
            [{"number": 0, "segments": [[10, 10]]}],
            [{"number": 0, "segments": [[20, 10]]}],
            [{"number": 0, "segments": [[-1, 10]]}],
            [{"number": 0, "segments": [[100, 101]]}],
            [{"number": 0, "segments": [[0, 103]]}],
            [{"number": 0, "segments": [[0, 10.5]]}],
            [{"number": 0, "segments": [[0, "9"]]}],
            [{"number": 0, "segments": [[0, True]]}],
            [{"number": 0, "segments": [[0, 5, 9]]}],
            [{"number": 0, "segments": ["09"]}],
            [{"number": 0, "segments": [7]}],
            [{"number": 0, "segments": None}],
            [{"number": 0, "segments": [[0, 1]] * (MAX_SEGMENTS + 1)}],
            [{"number": -1, "segments": []}],
            [{"number": 2**31, "segments": []}],
            [{"number": None, "segments": []}],
            [{"segments": []}],
            [{"number": number, "segments": []} for number in range(MAX_BATCHES + 1)],
        ],
    )
    def test_nonsense_is_refused_and_nothing_written(self, user, video, batches):
        good = as_sent([(90, [[0, 5]])])
        with pytest.raises(InvalidInput):
            record_watch(user=user, video=video, session=SHOWING, batches=[*good, *batches], position_ms=0, at=NOON)
        assert (Viewer.objects.count(), WatchSession.objects.count(), WatchBatch.objects.count()) == (0, 0, 0)

    @pytest.mark.parametrize("wrong", [{"position_ms": -1}, {"stalls": "2"}, {"startup_ms": 1.5}, {"stalled_ms": None}])
    def test_other_numbers_too(self, user, video, wrong):
        with pytest.raises(InvalidInput):
            report(user, video, **wrong)
        assert Viewer.objects.count() == 0

    def test_the_end_may_be_rounded_up(self, user, video):
        viewer = report(user, video, (0, [[90, 102]]))
        assert seen_by(viewer) == [(90, 100)]

    def test_a_video_that_is_not_ready(self, user):
        for fields in ({"folder": ""}, {"duration_ms": 0}):
            with pytest.raises(VideoNotReady):
                report(user, make_video(10, **fields), (0, [[0, 5]]))

    def test_a_report_older_than_showings_are_kept(self, user, video, settings):
        settings.VIDEO_SESSION_DAYS = 30
        report(user, video, (0, [[0, 5]]), at=NOON - timedelta(days=30))
        with pytest.raises(ReportTooOld):
            report(user, video, (0, [[0, 5]]), at=NOON - timedelta(days=30, seconds=1))
        assert Viewer.objects.get().played_seconds == 5

    def test_a_showing_is_of_one_video(self, user, video):
        report(user, video, (0, [[0, 5]]), session=SHOWING)
        with pytest.raises(SessionOfAnotherVideo):
            report(user, make_video(10), (1, [[0, 5]]), session=SHOWING)
        assert (Viewer.objects.count(), WatchBatch.objects.count()) == (1, 1)
        report(make_user(), video, (0, [[0, 5]]), session=SHOWING)  # somebody else's key is another

    def test_more_than_can_have_been_played(self, user, video):
        at_once = [(number, [[0, 100]]) for number in range(16)]
        report(user, video, *at_once, session=SHOWING)  # gathered offline
        with pytest.raises(ReportNotPlausible):
            report(user, video, (16, [[0, 1]]), session=SHOWING)
        with pytest.raises(ReportNotPlausible):  # another showing gives no more
            report(user, video, (0, [[0, 1]]))
        assert Viewer.objects.get().played_seconds == 1600
        report(user, video, *at_once, session=SHOWING)  # repeated: nothing is added
        with clock.travel(timedelta(seconds=40)):
            report(user, video, (16, [[0, 100]]), session=SHOWING)
        assert Viewer.objects.get().played_seconds == 1700


class TestQuality:
    def test_totals_in_any_order(self, user, video):
        for startup, stalls, stalled in ((None, 0, 0), (1500, 2, 700), (1500, 1, 300)):
            report(
                user,
                video,
                session=SHOWING,
                startup_ms=startup,
                stalls=stalls,
                stalled_ms=stalled,
                network="3g",
                country="CM",
            )
        showing = WatchSession.objects.get()
        assert (showing.startup_ms, showing.stalls, showing.stalled_ms) == (1500, 2, 700)
        assert (showing.network, showing.country) == ("3g", "CM")

    def test_what_nobody_could_compare_is_left_out_or_cut(self, user, video):
        for network, country in (("<b>wifi</b>", "Cameroon"), ("unknown", "cm"), ("4g", "CM")):
            report(
                user, video, session=SHOWING, startup_ms=10**9, stalls=10**6, stalled_ms=10**9,
                network=network, country=country,
            )  # fmt: skip
        showing = WatchSession.objects.get()
        assert (showing.startup_ms, showing.stalls, showing.stalled_ms) == (600_000, 1000, 3_600_000)
        assert (showing.network, showing.country) == ("4g", "CM")


class TestCost:
    def cost(self, user, video, session, number, segments):
        with CaptureQueriesContext(connection) as captured:
            report(user, video, (number, segments), session=session)
        sent = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        return len(sent), max(len(sql) for sql in sent)

    def test_after_five_hundred_batches_as_after_ten(self, user):
        video = make_video(14_400)
        costs = {}
        for number in range(501):
            start = number * 28
            cost = self.cost(user, video, SHOWING, number, [[start, start + 30]])
            if number in (10, 500):
                showing, viewer = WatchSession.objects.get(), Viewer.objects.get()
                costs[number] = cost, len(str(showing.numbers))
        (queries, _longest), numbers = costs[10]
        assert costs[500][0][0] == queries == 5
        assert (numbers, costs[500][1]) == (len("[[0, 10]]"), len("[[0, 500]]"))
        assert len(viewer.seen) == (500 * 28 + 30 + 7) // 8 <= 1800

    def test_the_same_seconds_again_cost_no_byte_more(self, user, video):
        report(user, video, (0, [[0, 100]]), session=SHOWING)
        WatchBatch.objects.all().delete()
        before = self.cost(user, video, SHOWING, 100, [[0, 3]])
        with clock.travel(timedelta(days=1)):
            for number in range(101, 400):
                report(user, video, (number, [[0, 100]]), session=SHOWING)
        assert len(Viewer.objects.get().seen) == 13
        with clock.travel(timedelta(days=1)):
            after = self.cost(user, video, SHOWING, 400, [[0, 3]])
        assert after[0] == before[0]
        assert after[1] - before[1] < 20  # longer numbers, and nothing else

    def test_many_batches_at_once_cost_as_many_queries_as_one(self, user):
        video = make_video(5000)
        report(user, video, session=SHOWING)
        one = self.cost(user, video, SHOWING, 0, [[0, 30]])[0]
        with CaptureQueriesContext(connection) as captured:
            report(user, video, *((n, [[n * 10, n * 10 + 10]]) for n in range(1, 50)), session=SHOWING)
        assert len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]) == one


def test_a_video_that_goes_takes_all_of_it_along(user, video):
    report(user, video, (0, [[0, 5]]))
    Video.objects.all().delete()
    assert (Viewer.objects.count(), WatchSession.objects.count(), WatchBatch.objects.count()) == (0, 0, 0)
