"""Reports become tallies and figures: each once, whoever adds them and whenever they are killed."""

import uuid
from datetime import date, timedelta

import pytest

from commerce.tests.factories import make_user
from core import clock
from videos import tasks
from videos.actions.fold_quality import IDLE, fold_quality
from videos.actions.fold_watch import BUCKETS, bucket_seconds_of, fold_watch
from videos.actions.sweep_watch import sweep_watch
from videos.errors import ReportTooOld
from videos.models import QualityDay, Viewer, WatchBatch, WatchSession, WatchTally
from videos.tests.showings import NOON, make_video, report
from videos.watching import Stretch, quality, statistics, statistics_of

pytestmark = pytest.mark.django_db

FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON) as standing:
        yield standing


@pytest.fixture
def video():
    return make_video(4)


def test_two_viewers_of_a_video_of_four_seconds(video):
    awa, kofi = make_user(), make_user()
    report(awa, video, (0, [[0, 2]]), (1, [[1, 2]]), session=FIRST)
    report(kofi, video, (0, [[0, 4]]), session=SECOND)
    assert statistics(video).views == 0  # nobody has added it up yet
    assert fold_watch() == 3
    tally = WatchTally.objects.get()
    assert (tally.views, tally.unique_viewers, tally.played_seconds) == (2, 2, 7)
    assert (tally.bucket_seconds, tally.reached, tally.plays) == (1, [2, 2, 1, 1], [2, 3, 1, 1])
    report(awa, video, (0, [[0, 1]]))  # another showing of somebody known
    assert (fold_watch(), fold_watch()) == (1, 0)
    found = statistics(video)
    assert (found.views, found.unique_viewers, found.played_seconds, found.average_percent) == (3, 2, 8, 75)
    assert found.stretches == (
        Stretch(0, 1, retention=1, plays=3, replays=1.5),
        Stretch(1, 2, retention=1, plays=3, replays=1.5),
        Stretch(2, 3, retention=0.5, plays=1, replays=1),
        Stretch(3, 4, retention=0.5, plays=1, replays=1),
    )
    assert not WatchBatch.objects.exists()


def test_a_report_that_comes_again_after_it_was_added_up(video):
    user = make_user()
    for _time in range(3):
        report(user, video, (0, [[0, 3]]), (1, [[2, 4]]), session=FIRST)
        fold_watch()
    tally = WatchTally.objects.get()
    assert (tally.views, tally.unique_viewers, tally.reached, tally.plays) == (1, 1, [1] * 4, [1, 1, 2, 1])


def test_long_videos_are_cut_into_as_many_pieces_as_a_drawing_shows():
    video = make_video(4 * 3600)
    assert (bucket_seconds_of(video), bucket_seconds_of(make_video(BUCKETS)), bucket_seconds_of(make_video(1))) == (
        60,
        1,
        1,
    )
    report(make_user(), video, (0, [[30, 90]]))
    fold_watch()
    tally = WatchTally.objects.get()
    assert (tally.reached, tally.plays) == ([30, 30], [30, 30])
    found = statistics(video)
    assert len(found.stretches) == BUCKETS
    assert (found.stretches[0].retention, found.stretches[2]) == (0.5, Stretch(120, 180, 0, 0, 0))
    assert found.average_percent == pytest.approx(100 * 60 / 14_400)


def test_the_rest_is_left_for_the_next_run(video, monkeypatch):
    monkeypatch.setattr("videos.actions.fold_watch._AT_ONCE", 2)
    for _number in range(5):
        report(make_user(), video, (0, [[0, 1]]))
    assert [fold_watch(most=3), WatchBatch.objects.count(), fold_watch(), fold_watch()] == [4, 1, 1, 0]
    assert WatchTally.objects.get().unique_viewers == 5


def test_a_run_over_many_videos_asks_as_often_as_over_few(django_assert_num_queries):
    for count in (3, 30):
        for _number in range(count):
            report(make_user(), make_video(5), (0, [[0, 1]]))
        # Two transactions: reports, tallies, videos, new tallies, the same locked, written, gone; and nothing left.
        with django_assert_num_queries(12):
            assert fold_watch() == count


def test_statistics_of_many_videos_in_one_query(video, django_assert_num_queries):
    report(make_user(), video, (0, [[0, 1]]))
    fold_watch()
    videos = [video, *(make_video(9) for _number in range(10))]
    with django_assert_num_queries(1):
        assert sum(found.views for found in statistics_of(videos).values()) == 1


class TestQuality:
    def showing(self, video, startup=None, stalls=0, stalled=0, network="3g", country="CM", played=4):
        return report(
            make_user(),
            video,
            (0, [[0, played]] if played else []),
            startup_ms=startup,
            stalls=stalls,
            stalled_ms=stalled,
            network=network,
            country=country,
            at=clock.now(),
        )

    def test_showings_that_are_over_count_once(self, video, noon):
        self.showing(video, 1000, 1, 1000)
        self.showing(video, 3000, 3, 3000)
        self.showing(video, None, played=0)  # gave up before the first picture
        self.showing(video, 500, network="wifi", country="GH")
        self.showing(make_video(4), 700)
        assert fold_quality() == 0
        noon.move(IDLE + timedelta(seconds=1))
        assert (fold_quality(), fold_quality()) == (5, 0)
        first, second = quality([video])
        assert (first.country, first.network, first.showings, first.started) == ("CM", "3g", 3, 2)
        assert (first.startup_ms, first.stalls, first.stalled) == (2000, 4 / 3, 4 / 12)
        assert (second.country, second.network, second.showings, second.startup_ms) == ("GH", "wifi", 1, 500)
        assert (second.stalls, second.stalled) == (0, 0)
        assert [row.showings for row in quality()] == [4, 1]

    def test_days_add_up_and_old_ones_are_left_out(self, video, noon):
        for _day in range(3):
            self.showing(video, 1000)
            self.showing(video, 2000)
            noon.move(timedelta(days=1))
            assert fold_quality() == 2
        assert list(QualityDay.objects.order_by("day").values_list("day", "showings")) == [
            (date(2026, 11, day), 2) for day in (2, 3, 4)
        ]
        assert [row.showings for row in quality([video], days=3)] == [4]  # the fifth: today and two days before
        assert quality([video], days=1) == []

    def test_many_videos_in_one_query(self, video, django_assert_num_queries):
        videos = [video, make_video(3)]
        with django_assert_num_queries(1):
            assert quality(videos) == []


class TestSweep:
    def test_showings_go_after_their_days_and_sums_stay(self, video, noon, settings):
        settings.VIDEO_SESSION_DAYS = 30
        user = make_user()
        report(user, video, (0, [[0, 3]]), session=FIRST, at=NOON)
        fold_watch()
        noon.move(timedelta(days=20))
        fold_quality()
        report(make_user(), video, (0, [[0, 3]]), session=SECOND, at=clock.now())
        assert sweep_watch() == 0
        noon.move(timedelta(days=11))
        assert (sweep_watch(), sweep_watch()) == (1, 0)
        assert WatchSession.objects.get().key == SECOND
        assert Viewer.objects.filter(user=user).get().seen_seconds == 3
        with pytest.raises(ReportTooOld):  # it comes once more
            report(user, video, (0, [[0, 3]]), session=FIRST, at=NOON)
        fold_watch()
        assert WatchTally.objects.get().played_seconds == 6

    def test_what_is_not_added_up_yet_stays(self, video, noon):
        report(make_user(), video, (0, [[0, 3]]), session=FIRST)
        report(make_user(), video, (0, []), session=SECOND)
        noon.move(timedelta(days=401))
        assert sweep_watch() == 0  # the quality of neither
        fold_quality()
        assert sweep_watch() == 1  # the seconds of the first
        fold_watch()
        assert sweep_watch() == 1

    def test_in_pieces(self, video, noon, monkeypatch):
        monkeypatch.setattr("videos.actions.sweep_watch._AT_ONCE", 2)
        for _number in range(5):
            report(make_user(), video)
        noon.move(timedelta(days=401))
        fold_quality()
        assert sweep_watch() == 5


def test_tasks_do_all_three(video, noon):
    report(make_user(), video, (0, [[0, 3]]))
    assert tasks.fold_watch() == 1
    noon.move(timedelta(hours=1))
    assert tasks.fold_quality() == 1
    noon.move(timedelta(days=500))
    assert tasks.sweep_watch() == 1
