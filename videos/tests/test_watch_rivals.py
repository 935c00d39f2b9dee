"""A thousand learners on bad networks, workers in each other's way and one that is killed: the sums are exact."""

import os
import random
import signal
import subprocess
import sys
import uuid
from collections import Counter

import pytest
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import User
from commerce.tests.factories import make_user
from core import clock
from core.tests.rivals import race
from videos.actions.fold_quality import IDLE, fold_quality
from videos.actions.fold_watch import fold_watch
from videos.models import QualityDay, Video, Viewer, WatchBatch, WatchSession, WatchTally
from videos.tests.showings import make_video, report
from videos.watching import statistics

pytestmark = pytest.mark.django_db(transaction=True)

LEARNERS, VIDEOS, SECONDS = 1000, 3, 60
THREADS = 3


def seconds_in(segments):
    return [second for start, end in segments for second in range(start, end)]


class Crowd:
    """Learners with what each has watched, and the reports as they arrive: repeated, out of order, for all mixed up.

    Every fourth sends its two batches one by one and the first of them again, the others both at once and, as if no
    answer had come, once more.
    """

    def __init__(self) -> None:
        self.random = random.Random(20261102)
        self.users = User.objects.bulk_create([User(email=f"viewer{number}@example.com") for number in range(LEARNERS)])
        self.videos = [make_video(SECONDS) for _number in range(VIDEOS)]
        self.played: dict[tuple[int, int], list[int]] = {}
        self.sent = []
        for number, user in enumerate(self.users):
            video = self.videos[number % VIDEOS]
            session = uuid.UUID(int=number + 1)
            batches = [(n, [self.segment() for _part in range(self.random.randint(1, 2))]) for n in range(2)]
            self.played[user.pk, video.pk] = [second for _n, segments in batches for second in seconds_in(segments)]
            reports = [batches, batches[::-1]] if number % 4 else [batches[:1], batches[1:], batches[:1]]
            self.sent += [(user, video, session, batches) for batches in reports]
        self.random.shuffle(self.sent)

    def segment(self) -> list[int]:
        start = self.random.randrange(SECONDS - 10)
        return [start, start + self.random.randint(1, 10)]

    def send(self, share: int) -> None:
        """Send a thread's share of all reports; a worker comes by now and then."""
        for number, (user, video, session, batches) in enumerate(self.sent[share::THREADS]):
            report(user, video, *batches, session=session, startup_ms=100, at=clock.now())
            if number % 100 == share:
                fold_watch(most=50)


def test_a_thousand_learners_reports_add_up_exactly():
    crowd = Crowd()
    assert len(crowd.sent) == 2250
    results = race(THREADS, crowd.send)
    assert results == [None] * THREADS
    race(4, lambda _number: fold_watch())
    fold_watch()
    viewers = {(row.user_id, row.video_id): row for row in Viewer.objects.all()}
    assert {key: row.played_seconds for key, row in viewers.items()} == {
        key: len(played) for key, played in crowd.played.items()
    }
    assert {key: row.seen_seconds for key, row in viewers.items()} == {
        key: len(set(played)) for key, played in crowd.played.items()
    }
    assert not WatchBatch.objects.exists()
    for video in crowd.videos:
        played = {user: seconds for (user, pk), seconds in crowd.played.items() if pk == video.pk}
        tally = WatchTally.objects.get(video=video)
        assert (tally.views, tally.unique_viewers) == (len(played), len(played))
        plays = Counter(second for seconds in played.values() for second in seconds)
        reached = Counter(second for seconds in played.values() for second in set(seconds))
        assert tally.plays == [plays[second] for second in range(len(tally.plays))]
        assert tally.reached == [reached[second] for second in range(len(tally.reached))]
        assert (sum(tally.plays), sum(tally.reached)) == (plays.total(), reached.total())
        assert tally.played_seconds == plays.total()
        share = 100 * reached.total() / (len(played) * SECONDS)
        assert statistics(video).average_percent == pytest.approx(share)


def test_twenty_tabs_of_one_viewer():
    user, video = make_user(), make_video(SECONDS)
    session = uuid.uuid4()

    def send(number):
        for batch in (number, number // 2):
            report(user, video, (batch, [[batch, batch + 2]]), session=session)
        return report(user, video, (0, [[50, 51]]))  # a showing of its own

    race(20, send)
    fold_watch()
    assert (Viewer.objects.count(), WatchSession.objects.count()) == (1, 21)
    tally = WatchTally.objects.get()
    assert (tally.unique_viewers, tally.views, tally.played_seconds) == (1, 21, 20 * 2 + 20)
    assert sum(tally.reached) == Viewer.objects.get().seen_seconds == 22
    assert tally.reached[:22] == [1] * 21 + [0]


def test_one_showing_of_two_videos_at_once_is_of_the_first():
    user, videos = make_user(), [make_video(SECONDS) for _number in range(2)]
    session = uuid.uuid4()
    results = race(8, lambda number: report(user, videos[number % 2], (0, [[0, 5]]), session=session))
    showing = WatchSession.objects.get()
    assert {getattr(result, "code", "recorded") for result in results} == {"recorded", "session_of_another_video"}
    assert Viewer.objects.filter(seen_seconds=5).get().video_id == showing.video_id
    fold_watch()
    assert WatchTally.objects.get().played_seconds == 5


def test_rival_workers_count_each_showing_once():
    video = make_video(SECONDS)
    users = User.objects.bulk_create([User(email=f"viewer{number}@example.com") for number in range(60)])
    for number, user in enumerate(users):
        report(user, video, startup_ms=100, network=("3g", "4g")[number % 2])
    with clock.travel(IDLE * 2, all_threads=True):
        counted = race(4, lambda _number: fold_quality())
        assert sum(counted) + fold_quality() == 60
    assert sorted(QualityDay.objects.values_list("network", "showings", "started", "startup_ms")) == [
        ("3g", 30, 30, 3000),
        ("4g", 30, 30, 3000),
    ]


WORKER = """
import os, signal
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from videos.actions import fold_watch as module
from videos.models import WatchTally

count, runs = module._count, []

def die_in_the_third(rows):
    count(rows)
    runs.append(1)
    if len(runs) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

module._AT_ONCE = 10
module._count = die_in_the_third
module.fold_watch()
"""


def test_a_worker_killed_in_the_middle():
    video = make_video(SECONDS)
    users = User.objects.bulk_create([User(email=f"viewer{number}@example.com") for number in range(40)])
    for user in users:
        report(user, video, (0, [[0, 10]]))
    connection.close()
    worker = subprocess.run(
        [sys.executable, "-c", WORKER],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "TEST_DATABASE": str(connection.settings_dict["NAME"])},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert worker.returncode == -signal.SIGKILL, worker.stderr.decode()
    tally = WatchTally.objects.get()
    assert (tally.unique_viewers, WatchBatch.objects.count()) == (20, 20)  # what the third run did is undone
    assert fold_watch() == 20
    tally.refresh_from_db()
    assert (tally.views, tally.unique_viewers, tally.played_seconds) == (40, 40, 400)
    assert tally.reached == [40] * 10
    assert Video.objects.get().viewers.count() == 40
