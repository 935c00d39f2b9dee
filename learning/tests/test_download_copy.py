"""A course that wants its learners' names in the picture: who gets whose copy, when, and what else a link opens."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commerce.actions.change_enrollment_state import move_enrollment
from commerce.events import EnrollmentStateChanged
from commerce.models import Enrollment
from commerce.tests.factories import NOON, grant, make_user
from core.clock import frozen
from core.errors import DomainError
from courses.tests.factories import add_lesson, add_module, make_course
from learning.actions.download_video import download_video
from learning.downloads import Manifest, Preparation
from learning.handlers import drop_copies
from learning.tests.factories import enrolled_learner
from videos.models import Caption, MarkedCopy
from videos.tests.conftest import video_folders
from videos.tests.ready import copy_bytes, finished, ready_video
from videos.tests.sources import stored_files

__all__ = ["video_folders"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]
SIZE = 100 + 3 * 3_000


@pytest.fixture(autouse=True)
def clock_at_noon():
    cache.clear()
    with frozen(NOON) as clock:
        yield clock


@pytest.fixture
def video(video_folders):
    found = ready_video(title="Loops")
    Caption.objects.create(video=found, language="fr", vtt="WEBVTT\n\né\n")
    return found


@pytest.fixture
def course(video):
    return course_with(video)


def course_with(video, *, lesson=None, **fields):
    course = make_course(**{"allows_downloads": True, "burns_watermark": True, **fields})
    block = {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}
    add_lesson(add_module(course), body=[block], **(lesson or {}))
    return course


def take(user, video, rendition="144p", **more):
    return download_video(actor=user, video_key=video.public_id, rendition=rendition, **more)


def take_ready(user, video, rendition="144p", **more):
    """Ask, have it made, ask again."""
    take(user, video, rendition)
    finished(MarkedCopy.objects.get(user=user, rendition__video=video, rendition__name=rendition))
    return take(user, video, rendition, **more)


def refused(user, video, **more):
    with pytest.raises(DomainError) as error:
        take(user, video, **more)
    return error.value.code


def body_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_first_it_is_prepared_then_it_is_theirs(video, course):
    learner = enrolled_learner(course).learner
    learner.name = "Amina Bello"
    first = take(learner, video)
    assert (type(first), first.progress, first.bytes) == (Preparation, 0, SIZE)
    MarkedCopy.objects.update(state=MarkedCopy.State.MAKING, progress=40)
    assert take(learner, video).progress == 40
    copy = MarkedCopy.objects.get()
    assert (copy.text, copy.right) == ("Amina Bello", Enrollment.objects.get().public_id)
    finished(copy)
    found = take(learner, video)
    assert (type(found), found.copy, found.init_bytes, found.segments) == (Manifest, copy, 100, [[100, 4900, 4000]])
    assert [file.name for file in found.files] == ["144p.mp4", "captions-fr.vtt", "poster.webp"]
    film = found.files[0]
    assert (film.bytes, film.sha256) == (5_000, hashlib.sha256(copy_bytes(copy)).hexdigest())
    for file in found.files:
        answer = Client().get(file.url)
        data = body_of(answer)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.bytes, file.sha256)
        assert answer.headers["Content-Type"] == file.content_type
    answer = Client().get(film.url, headers={"range": "bytes=100-199"})
    assert (answer.status_code, body_of(answer)) == (206, copy_bytes(copy)[100:200])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Loops 144p.mp4"'


def test_its_link_opens_no_picture_without_the_name(video, course):
    base = take_ready(enrolled_learner(course).learner, video).files[0].url.removesuffix("144p.mp4")
    for name in ("360p.mp4", "master.m3u8", "144p.m3u8", "storyboard.webp", "storyboard.vtt", "mark.png", "x.mp4"):
        assert Client().get(base + name).status_code == 404, name
    assert Client().get(base + "audio.mp4").status_code == 200


def test_sound_has_no_picture_and_comes_at_once(video, course):
    found = take(enrolled_learner(course).learner, video, "audio")
    sound = video.renditions.get(name="audio")
    assert (found.copy, found.files[0].bytes, found.files[0].sha256) == (None, sound.bytes, sound.sha256)
    base = found.files[0].url.removesuffix("audio.mp4")
    assert len(body_of(Client().get(base + "audio.mp4"))) == sound.bytes
    for name in ("144p.mp4", "360p.mp4", "master.m3u8"):
        assert Client().get(base + name).status_code == 404, name
    assert MarkedCopy.objects.count() == 0


def test_nobody_gets_anybody_elses(video, course):
    one, other = enrolled_learner(course).learner, enrolled_learner(course).learner
    mine, theirs = take_ready(one, video), take_ready(other, video)
    films = [body_of(Client().get(found.files[0].url)) for found in (mine, theirs)]
    assert films == [copy_bytes(MarkedCopy.objects.get(user=person)) for person in (one, other)]
    assert films[0] != films[1]
    # A row that is another person's is not served, whatever a link of ours says.
    MarkedCopy.objects.filter(user=other).delete()
    MarkedCopy.objects.filter(user=one).update(user=other)
    assert Client().get(mine.files[0].url).status_code == 404


def test_a_link_for_a_browser_is_bound_to_it(video, course):
    found = take_ready(enrolled_learner(course).learner, video, bound_to="ab" * 32)
    assert Client().get(found.files[0].url).status_code == 403
    client = Client()
    client.cookies["watch"] = "ab" * 32
    assert client.get(found.files[0].url).status_code == 200


@pytest.mark.parametrize(
    ("shown", "name", "text"),
    [("none", "Amina Bello", "Amina Bello"), ("email", "Amina Bello", "a@example.com"), ("name", "", "a@example.com")],
)
def test_name_or_address_as_over_the_player(video, shown, name, text):
    learner = enrolled_learner(course_with(video, shows_watermark=shown)).learner
    learner.name, learner.email = name, "a@example.com"
    learner.save()
    take(learner, video)
    assert MarkedCopy.objects.get().text == text


def test_a_new_name_is_a_new_copy_and_the_former_ends(video, course, django_capture_on_commit_callbacks):
    learner = enrolled_learner(course).learner
    former = take_ready(learner, video)
    learner.name = "Amina Diop"
    learner.save()
    with django_capture_on_commit_callbacks(execute=True):
        assert isinstance(take(learner, video), Preparation)
    assert MarkedCopy.objects.get().text == "Amina Diop"
    assert Client().get(former.files[0].url).status_code == 404
    assert not any(name.startswith("copies/") for name in stored_files())


def test_links_end_with_the_enrolment_and_files_go(video, course, django_capture_on_commit_callbacks):
    enrollment = enrolled_learner(course)
    url = take_ready(enrollment.learner, video).files[0].url
    assert any(name.startswith("copies/") for name in stored_files())
    move_enrollment(enrollment, Enrollment.State.SUSPENDED)
    cache.clear()
    assert Client().get(url).json()["code"] == "link_ended"
    assert refused(enrollment.learner, video) == "enrollment_suspended"
    with django_capture_on_commit_callbacks(execute=True):
        drop_copies(event_of(enrollment, "active", "suspended"))
    assert MarkedCopy.objects.count() == 0
    assert not any(name.startswith("copies/") for name in stored_files())


def test_an_enrolment_that_goes_on_keeps_its_copies(video, course):
    enrollment = enrolled_learner(course)
    take_ready(enrollment.learner, video)
    drop_copies(event_of(enrollment, "suspended", "active"))
    assert MarkedCopy.objects.count() == 1


def event_of(enrollment, before, after):
    return EnrollmentStateChanged(
        enrollment_key=enrollment.public_id,
        learner_key=enrollment.learner.public_id,
        course_key=enrollment.course_key,
        before=before,
        after=after,
    )


def test_the_links_time_is_the_enrolments(video, course, clock_at_noon):
    ends_at = NOON + timedelta(hours=2)
    found = take_ready(enrolled_learner(course, ends_at=ends_at).learner, video)
    assert (found.expires_at, found.keep_until) == (ends_at, ends_at)
    clock_at_noon.move(timedelta(hours=2))
    assert Client().get(found.files[0].url).json()["code"] == "link_expired"


def test_a_copy_after_its_days_is_not_served_before_it_is_swept(video, course):
    url = take_ready(enrolled_learner(course).learner, video).files[0].url
    MarkedCopy.objects.update(expires_at=NOON)
    assert Client().get(url).status_code == 404


def test_who_may_not_watch_begins_nothing(video, course):
    assert refused(make_user(), video) == "not_enrolled"
    assert refused(enrolled_learner(course).learner, video, rendition="720p") == "rendition_not_found"
    course.allows_downloads = False
    course.save()
    assert refused(enrolled_learner(course).learner, video) == "downloads_not_allowed"
    assert MarkedCopy.objects.count() == 0


def test_a_free_preview_is_for_those_who_are_enrolled(video):
    course = course_with(video, lesson={"is_free_preview": True})
    assert refused(make_user(), video) == "downloads_not_allowed"
    assert refused(make_user(), video, rendition="audio") == "downloads_not_allowed"
    assert isinstance(take(enrolled_learner(course).learner, video), Preparation)
    assert MarkedCopy.objects.count() == 1


def test_authors_take_their_work_along_as_it_is(video, course):
    author = grant(make_user(), "courses.change_coursepage")
    found = take(author, video)
    assert (found.copy, found.files[0].sha256) == (None, video.renditions.get(name="144p").sha256)


def test_a_range_of_a_copy_costs_a_query_or_two(video, course):
    url = take_ready(enrolled_learner(course).learner, video).files[0].url
    body_of(Client().get(url))
    with CaptureQueriesContext(connection) as queries:
        assert len(body_of(Client().get(url, headers={"range": "bytes=0-99"}))) == 100
    assert len(queries) == 2  # whose it is, and what it is called on the learner's device
