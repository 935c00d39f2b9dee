"""How videos are watched, on pages for those who made them: exact, flat, mirrored, and nobody else's."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from commerce.tests.factories import NOON, make_user
from core.clock import frozen
from courses.models import CourseMember
from courses.tests.factories import add_lesson, add_module, make_course
from home.watch_chart import WIDTH, watch_chart
from learning.tests.factories import enrolled_learner
from videos.actions.fold_quality import fold_quality
from videos.actions.fold_watch import fold_watch
from videos.tests.showings import make_video, report
from videos.watching import Stretch

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def noon():
    with frozen(NOON) as clock:
        yield clock


@pytest.fixture
def author():
    return make_user(name="Ama Owusu")


def video_block(video):
    return {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}


def taught_by(author, *videos):
    course = make_course("Sowing")
    CourseMember.objects.create(course_key=course.translation_key, user=author)
    add_lesson(add_module(course), body=[video_block(video) for video in videos])
    return course


@pytest.fixture
def video():
    return make_video(40, title="In <rows>")


@pytest.fixture
def watched(video, noon):
    """Two viewers, one to the end and one half; half of it again. Two showings played well, one gave up."""
    awa, kofi = make_user(), make_user()
    report(awa, video, (0, [[0, 40], [20, 30]]), startup_ms=1000, stalls=1, stalled_ms=5000, network="3g", country="CM")
    report(kofi, video, (0, [[0, 20]]), startup_ms=2500, network="wifi")
    report(make_user(), video, network="3g", country="CM")
    fold_watch()
    noon.move(timedelta(hours=1))
    fold_quality()
    return video


def browser_of(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


class TestWho:
    def test_only_authors_of_a_course_that_shows_it(self, author, video):
        course = taught_by(author, video)
        other = make_user()
        taught_by(other, make_video())
        boss = make_user(permissions=("courses.change_coursepage",))
        pages = (f"/en/teaching/videos/{video.public_id}/", f"/en/teaching/{course.translation_key}/videos/")
        for page in pages:
            for person in (author, boss):
                assert browser_of(person).get(page).status_code == 200
            for person in (other, enrolled_learner(course).learner, make_user(permissions=("videos.add_video",))):
                assert browser_of(person).get(page).status_code == 404
            assert Client().get(page)["Location"].startswith("/en/account/login/")

    def test_the_instructor_s_page_leads_there_and_shows_the_link_to_nobody_else(self, author, video):
        course = taught_by(author, video)
        page, link = f"/en/instructors/{author.public_id}/", f"/en/teaching/{course.translation_key}/videos/"
        assert link in browser_of(author).get(page).content.decode()
        for client in (Client(), browser_of(make_user())):
            answer = client.get(page)
            assert (answer.status_code, link in answer.content.decode()) == (200, False)


class TestPage:
    def test_figures_and_tables(self, author, watched):
        taught_by(author, watched)
        answer = browser_of(author).get(f"/en/teaching/videos/{watched.public_id}/")
        text = words(answer)
        for figure in ("Views 2", "Viewers 2", "Seen of it, on average 75%", "Time watched 1 min"):
            assert figure in text.replace("\u00a0", " "), figure
        # A row of the table is two seconds: all have seen the first ones, one of two the last.
        assert "0:00–0:02 100% 2.0" in text
        assert "0:20–0:22 50% 2.0" in text
        assert "0:38–0:40 50% 1.0" in text
        assert text.index("Cameroon") < text.index("unknown")
        assert "Cameroon 3G 2 1.0 s 50% 0.5 9%" in text.replace("\u00a0", " ")
        assert "unknown Wi-Fi 1 2.5 s 0% 0.0 0%" in text.replace("\u00a0", " ")
        assert answer.content.count(b"<svg viewBox") == 1

    def test_before_anybody_watched(self, author, video):
        taught_by(author, video)
        answer = browser_of(author).get(f"/en/teaching/videos/{video.public_id}/")
        assert "Nobody has watched this video yet." in words(answer)
        assert b"watch-chart" not in answer.content

    def test_titles_are_text(self, author, video):
        course = taught_by(author, video)
        for path in (f"videos/{video.public_id}/", f"{course.translation_key}/videos/"):
            content = browser_of(author).get(f"/en/teaching/{path}").content
            assert b"In &lt;rows&gt;" in content
            assert b"<rows>" not in content

    def test_the_list_asks_as_often_for_many_videos_as_for_one(self, author, watched):
        def queries(course):
            page = f"/en/teaching/{course.translation_key}/videos/"
            client.get(page)
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(page)
            return len(captured), answer

        client = browser_of(author)
        one, answer = queries(taught_by(author, watched))
        assert "In <rows> 0:40 2 2 75%" in words(answer).replace("&lt;", "<").replace("&gt;", ">")
        many, answer = queries(taught_by(author, watched, *(make_video(9) for _number in range(20))))
        assert answer.content.count(b"/en/teaching/videos/") == 21
        assert many == one


class TestChart:
    STRETCHES = (
        Stretch(0, 30, retention=1, plays=4, replays=1),
        Stretch(30, 60, retention=0.5, plays=1, replays=1),
        Stretch(60, 90, retention=0, plays=0, replays=0),
    )

    def numbers(self, drawn, name):
        return [float(found) for found in re.findall(rf'<rect class="heat"[^>]* {name}="([\d.]+)"', drawn)]

    def test_the_curve_falls_and_the_band_is_darkest_where_most_is_played(self):
        drawn = watch_chart(self.STRETCHES, "How <it> goes")
        curve = re.search(r'<polyline class="curve" points="([^"]+)"', drawn)[1]
        heights = [float(point.split(",")[1]) for point in curve.split()]
        assert heights == [10, 100, 190, 190]
        assert self.numbers(drawn, "fill-opacity") == [1, 0.25]
        assert 'aria-label="How &lt;it&gt; goes"' in drawn
        assert re.findall(r">(\d:\d\d)<", drawn) == ["0:00", "0:45", "1:30"]

    def test_from_right_to_left_it_is_mirrored(self):
        drawn, mirrored = (watch_chart(self.STRETCHES, "x", is_rtl=is_rtl) for is_rtl in (False, True))
        widths = self.numbers(drawn, "width")
        assert widths == self.numbers(mirrored, "width")
        assert [WIDTH - x - width for x, width in zip(self.numbers(drawn, "x"), widths, strict=True)] == pytest.approx(
            self.numbers(mirrored, "x"), abs=0.11
        )

    def test_nothing_is_drawn_of_nothing(self):
        assert watch_chart((), "x") == watch_chart([Stretch(0, 1, 0, 0, 0)], "x") == ""

    def test_numbers_of_a_drawing_are_the_same_in_every_language(self):
        with override("ar"):
            assert 'fill-opacity="0.25"' in watch_chart(self.STRETCHES, "x", is_rtl=True)
