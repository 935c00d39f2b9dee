"""Who may take a video along, what the manifest says, and that links to files end as others do."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client

from commerce.models import Enrollment
from commerce.tests.factories import NOON, grant, make_user
from core.clock import frozen
from core.errors import DomainError
from courses.tests.factories import add_lesson, add_module, make_course
from learning.actions.download_video import download_video
from learning.tests.factories import enrolled_learner
from videos.models import Caption, Chapter, StreamLease
from videos.signing import read_token
from videos.tests.ready import bytes_of, ready_video

pytestmark = pytest.mark.django_db
SIZE = 100 + 3 * 3_000


@pytest.fixture(autouse=True)
def clock_at_noon():
    with frozen(NOON) as clock:
        yield clock


@pytest.fixture
def video():
    return ready_video(title="Loops: again/and again")


def course_with(video, *, lesson=None, **fields):
    course = make_course(**{"allows_downloads": True, **fields})
    block = {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}
    add_lesson(add_module(course), body=[block], **(lesson or {}))
    return course


def take(user, video, rendition="144p", **more):
    return download_video(actor=user, video_key=video.public_id, rendition=rendition, **more)


def refused(user, video, **more):
    with pytest.raises(DomainError) as error:
        take(user, video, **more)
    return error.value.code


def test_the_manifest_says_what_to_fetch_and_what_it_must_be(video):
    Caption.objects.create(video=video, language="fr", vtt="WEBVTT\n\né\n")
    chapter = Chapter.objects.create(video=video, language="en", start_ms=0, title="One")
    found = take(enrolled_learner(course_with(video)).learner, video)
    files = {file.name: file for file in found.files}
    assert list(files) == ["144p.mp4", "captions-fr.vtt", "poster.webp"]
    assert (files["144p.mp4"].bytes, files["captions-fr.vtt"].bytes, files["poster.webp"].bytes) == (SIZE, 11, 500)
    assert found.segments == [[100, 3000, 4000], [3100, 3000, 4000], [6100, 3000, 4000]]
    assert found.chapters == (chapter,)
    assert (found.expires_at, found.keep_until) == (NOON + timedelta(days=1), None)
    for file in found.files:
        answer = Client().get(file.url)
        data = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.bytes, file.sha256)
        assert answer.headers["Content-Type"] == file.content_type
    assert StreamLease.objects.count() == 0


def test_a_browser_saves_it_under_the_videos_title(video):
    found = take(enrolled_learner(course_with(video)).learner, video)
    answer = Client().get(found.files[0].url, headers={"range": "bytes=100-"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Loops again and again 144p.mp4"'
    assert b"".join(answer.streaming_content) == bytes_of("144p", SIZE)[100:]


def test_links_and_leave_end_with_the_enrolment(video, clock_at_noon):
    ends_at = NOON + timedelta(hours=2)
    found = take(enrolled_learner(course_with(video), ends_at=ends_at).learner, video)
    assert (found.expires_at, found.keep_until) == (ends_at, ends_at)
    clock_at_noon.move(timedelta(hours=2))
    assert Client().get(found.files[0].url).json()["code"] == "link_expired"


def test_a_suspended_enrolment_stops_a_download(video):
    enrollment = enrolled_learner(course_with(video))
    url = take(enrollment.learner, video).files[0].url
    Enrollment.objects.filter(pk=enrollment.pk).update(state=Enrollment.State.SUSPENDED)
    cache.clear()
    assert Client().get(url).json()["code"] == "link_ended"
    assert refused(enrollment.learner, video) == "enrollment_suspended"


@pytest.mark.parametrize("fields", [{"allows_downloads": False}, {"allows_downloads": False, "burns_watermark": True}])
def test_a_course_that_keeps_its_videos_gives_none(video, fields):
    learner = enrolled_learner(course_with(video, **fields)).learner
    assert refused(learner, video) == "downloads_not_allowed"


def test_who_may_not_watch_may_not_download(video):
    course = course_with(video)
    assert refused(AnonymousUser(), video) == "authentication_required"
    assert refused(make_user(), video) == "not_enrolled"
    assert refused(enrolled_learner(course).learner, video, rendition="720p") == "rendition_not_found"
    assert refused(make_user(), ready_video()) == "video_not_found"


def test_free_previews_are_kept_where_the_course_says_so(video):
    kept = ready_video()
    course_with(video, lesson={"is_free_preview": True})
    course_with(kept, lesson={"is_free_preview": True}, allows_downloads=False)
    person = make_user()
    assert take(person, video).keep_until is None
    assert refused(person, kept) == "downloads_not_allowed"


def test_authors_take_their_own_work_along(video):
    course_with(video, allows_downloads=False)
    author = grant(make_user(), "courses.change_coursepage")
    assert Client().get(take(author, video).files[0].url).status_code == 200


def test_a_link_for_a_browser_is_bound_to_it(video):
    found = take(enrolled_learner(course_with(video)).learner, video, bound_to="ab" * 32)
    assert Client().get(found.files[0].url).status_code == 403
    assert read_token(found.files[0].url.split("/")[2], bound_to="ab" * 32).is_download


def test_the_websites_button_leads_to_the_file(video):
    course = course_with(video)
    learner = enrolled_learner(course).learner
    client = Client()
    client.force_login(learner)
    answer = client.post(f"/en/videos/{video.public_id}/download/", {"rendition": "144p"})
    assert answer.status_code == 302
    client.cookies.update(answer.cookies)
    assert b"".join(client.get(answer.url).streaming_content) == bytes_of("144p", SIZE)
    course.allows_downloads = False
    course.save()
    address = f"/en/videos/{video.public_id}/download/"
    assert client.post(address, {"rendition": "144p"}).status_code == 403
    told = client.post(address, {"rendition": "144p", "next": "/en/dashboard/"}, follow=True)
    assert "can’t be downloaded" in told.content.decode() or "can&#x27;t be downloaded" in told.content.decode()
    assert client.post(address, {"rendition": "144p", "next": "https://example.com/"}).status_code == 403
