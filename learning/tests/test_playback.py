"""Who may watch a video, for how long, on how many devices; and that links end when the right does."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.models import Enrollment
from commerce.tests.factories import NOON, grant, make_enrollment, make_price, make_user
from core.clock import frozen
from core.errors import DomainError
from courses.models import CourseMember, CoursePage
from courses.tests.factories import add_lesson, add_module, make_course, translate_page
from learning.actions.end_playback import end_playback
from learning.actions.grant_playback import grant_playback
from learning.actions.renew_playback import renew_playback
from learning.errors import AuthenticationRequired
from learning.tests.factories import enrolled_learner
from learning.videos import check_link, free_folder, may_watch, public_video
from videos.errors import LinkEnded, TooManyStreams
from videos.models import StreamLease, Video
from videos.signing import read_token
from videos.tests.ready import ready_video

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
State = Enrollment.State


@pytest.fixture(autouse=True)
def clock_at_noon():
    with frozen(NOON) as clock:
        yield clock


@pytest.fixture
def video():
    return ready_video()


def video_block(video):
    return {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}


def course_with(video, **lesson):
    """A course whose one lesson shows the video."""
    course = make_course()
    page = add_lesson(add_module(course), body=[video_block(video)], **lesson)
    return course, page


def play(user, video, session=None, **more):
    return grant_playback(actor=user, video_key=video.public_id, session=session or uuid.uuid4(), **more)


def link_of(found, bound_to=""):
    return read_token(found.base_url.split("/")[2], bound_to=bound_to)


def refused(user, video, **more):
    with pytest.raises(DomainError) as error:
        play(user, video, **more)
    assert StreamLease.objects.count() == 0
    return error.value.code


def test_who_may_watch_the_video_of_a_lesson(video):
    course, _lesson = course_with(video)
    author, reviewer, uploader = make_user(), make_user(), make_user(permissions=("videos.add_video",))
    CourseMember.objects.create(course_key=course.translation_key, user=author, role=CourseMember.Role.OWNER)
    reviewer.groups.add(Group.objects.get(name="reviewer"))
    Video.objects.filter(pk=video.pk).update(uploaded_by=uploader)
    other_author = make_user(permissions=("videos.add_video", "courses.add_coursepage", "wagtailadmin.access_admin"))
    closed = enrolled_learner(course).learner
    closed.is_active = False
    people = {
        "visitor": AnonymousUser(),
        "learner": enrolled_learner(course).learner,
        "learner of another course": enrolled_learner(make_course()).learner,
        "closed account": closed,
        "author": author,
        "reviewer": reviewer,
        "who uploaded it": uploader,
        "another author": other_author,
        "administrator": make_user(permissions=("videos.change_video",)),
    }
    video.refresh_from_db()
    assert {who: may_watch(person, video) for who, person in people.items()} == {
        "visitor": False,
        "learner": True,
        "learner of another course": False,
        "closed account": False,
        "author": True,
        "reviewer": True,
        "who uploaded it": True,
        "another author": False,
        "administrator": True,
    }


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": State.SUSPENDED}, "enrollment_suspended"),
        ({"state": State.CANCELLED}, "not_enrolled"),
        ({"state": State.EXPIRED}, "not_enrolled"),
        ({"ends_at": NOON}, "not_enrolled"),
        ({"starts_at": NOON + HOUR}, "enrollment_not_open"),
        ({"state": State.PENDING}, "enrollment_not_open"),
    ],
)
def test_an_enrolment_that_gives_no_access_gives_no_links(video, fields, code):
    course, _lesson = course_with(video)
    assert refused(enrolled_learner(course, **fields).learner, video) == code


def test_visitors_and_strangers_are_told_what_they_lack(video):
    course_with(video)
    assert refused(AnonymousUser(), video) == "authentication_required"
    assert refused(make_user(), video) == "not_enrolled"


def test_a_module_that_is_locked_keeps_its_video(video):
    course = make_course(lesson_order=CoursePage.Order.SEQUENTIAL, modules=1, lessons=1)
    add_lesson(add_module(course), body=[video_block(video)])
    assert refused(enrolled_learner(course).learner, video) == "module_locked"


def test_what_no_published_page_shows_is_unknown(video):
    course, lesson = course_with(video)
    learner = enrolled_learner(course).learner
    assert refused(learner, ready_video()) == "video_not_found"
    lesson.unpublish()
    assert refused(learner, video) == "video_not_found"
    with pytest.raises(DomainError) as error:
        grant_playback(actor=learner, video_key=uuid.uuid4(), session=uuid.uuid4())
    assert error.value.code == "video_not_found"


def test_a_video_without_files_is_not_ready(video):
    course, _lesson = course_with(video)
    Video.objects.filter(pk=video.pk).update(folder="")
    assert refused(enrolled_learner(course).learner, video) == "video_not_ready"


def test_an_author_watches_in_a_draft_of_a_published_lesson():
    course, lesson = course_with(ready_video())
    later = ready_video()
    author = make_user()
    CourseMember.objects.create(course_key=course.translation_key, user=author, role=CourseMember.Role.OWNER)
    assert not may_watch(author, later, lesson.translation_key)
    lesson.body = [("video", {"video": later, "caption": "", "questions": []})]
    lesson.save_revision()
    assert may_watch(author, later, lesson.translation_key)
    assert not may_watch(enrolled_learner(course).learner, later, lesson.translation_key)


def test_the_lesson_that_is_asked_about_tells_its_reason(video):
    suspended, lesson = course_with(video)
    other, other_lesson = course_with(video)
    learner = make_user()
    make_enrollment(learner, suspended.translation_key, state=State.SUSPENDED)
    assert refused(learner, video, lesson_key=lesson.translation_key) == "enrollment_suspended"
    assert refused(learner, video, lesson_key=other_lesson.translation_key) == "not_enrolled"
    make_enrollment(learner, other.translation_key)
    assert play(learner, video, lesson_key=lesson.translation_key).base_url.startswith("/watch/")


def test_a_learner_of_a_translation_watches(video):
    course, lesson = course_with(video)
    learner = enrolled_learner(course).learner
    french = translate_page(course, make_course(language="fr").get_parent())
    module = translate_page(lesson.get_parent().specific, french)
    spoken = ready_video()
    translate_page(lesson, module, body=[video_block(spoken)])
    assert may_watch(learner, spoken)


def test_free_previews_and_trailers_are_everyones(video):
    trailer = ready_video()
    _course, lesson = course_with(video, is_free_preview=True)
    make_course(trailer=trailer)
    for found in (video, trailer):
        given = play(AnonymousUser(), found)
        assert given.is_free
        assert given.base_url == f"/watch/free/{found.public_id}/"
        assert given.expires_at is None
        assert free_folder(found.public_id) == found.folder
    assert StreamLease.objects.count() == 0
    lesson.is_free_preview = False
    lesson.save()
    cache.clear()
    assert free_folder(video.public_id) == ""
    assert public_video(video.public_id) == video.folder


def test_links_name_the_files(video):
    course, _lesson = course_with(video)
    given = play(enrolled_learner(course).learner, video, bound_to="browser")
    base = given.base_url
    assert (given.hls_url, given.lite_url, given.audio_url) == (
        f"{base}master.m3u8",
        f"{base}144p.mp4",
        f"{base}audio.mp4",
    )
    assert link_of(given, "browser").folder == video.folder


def test_a_recording_plays_its_sound():
    recording = ready_video(ladder=())
    course, _lesson = course_with(recording)
    given = play(enrolled_learner(course).learner, recording)
    assert given.lite_url == given.audio_url == f"{given.base_url}audio.mp4"


@pytest.mark.parametrize(
    ("ends_at", "segments", "bound_to", "lasts"),
    [
        (None, 3, "browser", 4 * HOUR),
        (None, 3 * 3600 // 4, "browser", 6 * HOUR),
        (NOON + HOUR, 3, "browser", HOUR),
        (None, 3, "", HOUR / 2),
        (NOON + MINUTE, 3, "", MINUTE),
    ],
)
def test_links_last_long_enough_and_never_longer_than_the_enrolment(ends_at, segments, bound_to, lasts):
    video = ready_video()
    Video.objects.filter(pk=video.pk).update(duration_ms=segments * 4000)
    course, _lesson = course_with(video)
    given = play(enrolled_learner(course, ends_at=ends_at).learner, video, bound_to=bound_to)
    assert given.expires_at == NOON + lasts
    assert link_of(given, bound_to).expires_at == NOON + lasts


@pytest.mark.parametrize("change", ["suspended", "over", "account closed", "cancelled"])
def test_links_end_within_a_minute_when_the_right_does(video, clock_at_noon, change):
    course, _lesson = course_with(video)
    enrollment = enrolled_learner(course)
    link = link_of(play(enrollment.learner, video))
    row = Enrollment.objects.filter(pk=enrollment.pk)
    if change == "suspended":
        row.update(state=State.SUSPENDED)
    elif change == "over":
        row.update(ends_at=NOON)
    elif change == "cancelled":
        row.update(state=State.CANCELLED)
    else:
        type(enrollment.learner).objects.filter(pk=enrollment.learner.pk).update(is_active=False)
    check_link(link)  # believed for a minute
    cache.clear()  # which the cache counts by the machine's clock
    with pytest.raises(LinkEnded):
        check_link(link)
    row.update(state=State.ACTIVE, ends_at=None)
    type(enrollment.learner).objects.update(is_active=True)
    cache.clear()
    check_link(link)


def test_a_link_is_looked_up_once_a_minute(video):
    course, _lesson = course_with(video)
    link = link_of(play(enrolled_learner(course).learner, video))
    with CaptureQueriesContext(connection) as first:
        check_link(link)
    cache.clear()
    with CaptureQueriesContext(connection) as later:
        check_link(link)
    with CaptureQueriesContext(connection) as again:
        check_link(link)
    assert (len(first), len(later), len(again)) == (0, 2, 0)


def test_as_many_devices_as_the_school_allows(video, settings):
    settings.VIDEO_STREAMS = 2
    course, _lesson = course_with(video)
    learner, other = enrolled_learner(course).learner, enrolled_learner(course).learner
    play(learner, video, device="Firefox, Android")
    play(learner, video, device="School app, iPhone")
    play(other, video, device="Somebody else's")
    with pytest.raises(TooManyStreams) as error:
        play(learner, video, device="Chrome, Windows")
    assert error.value.devices == ("Firefox, Android", "School app, iPhone")
    assert StreamLease.objects.filter(user=learner).count() == 2


def test_watching_here_instead_ends_the_device_that_began_first(video, settings, clock_at_noon):
    settings.VIDEO_STREAMS = 2
    course, _lesson = course_with(video)
    learner = enrolled_learner(course).learner
    sessions = [uuid.uuid4() for _device in range(3)]
    first, second = (play(learner, video, session) for session in sessions[:2])
    clock_at_noon.move(timedelta(seconds=30))
    play(learner, video, sessions[0])  # still plays; it began first all the same
    third = play(learner, video, sessions[2], takes_over=True)
    cache.clear()
    with pytest.raises(LinkEnded):
        check_link(link_of(first))
    check_link(link_of(second))
    check_link(link_of(third))
    with pytest.raises(TooManyStreams):
        renew_playback(actor=learner, video_key=video.public_id, session=sessions[0])


def test_a_device_that_says_nothing_for_ninety_seconds_makes_room(video, settings, clock_at_noon):
    settings.VIDEO_STREAMS = 1
    course, _lesson = course_with(video)
    learner = enrolled_learner(course).learner
    before = play(learner, video, device="old")
    clock_at_noon.move(timedelta(seconds=89))
    with pytest.raises(TooManyStreams):
        play(learner, video, device="new")
    clock_at_noon.move(timedelta(seconds=1))
    after = play(learner, video, device="new")
    cache.clear()
    check_link(link_of(after))
    with pytest.raises(LinkEnded):
        check_link(link_of(before))


def test_fetching_files_renews_the_lease(video, settings, clock_at_noon):
    settings.VIDEO_STREAMS = 1
    course, _lesson = course_with(video)
    learner = enrolled_learner(course).learner
    link = link_of(play(learner, video))
    for _minute in range(3):
        clock_at_noon.move(MINUTE)
        cache.clear()
        check_link(link)
    with pytest.raises(TooManyStreams):
        play(learner, video)


def test_a_device_that_paused_goes_on_where_there_is_room(video, settings, clock_at_noon):
    settings.VIDEO_STREAMS = 1
    course, _lesson = course_with(video)
    link = link_of(play(enrolled_learner(course).learner, video))
    clock_at_noon.move(10 * MINUTE)
    cache.clear()
    check_link(link)
    assert StreamLease.objects.get().seen_at == NOON + 10 * MINUTE


def test_tabs_of_one_browser_are_one_device(video, settings):
    settings.VIDEO_STREAMS = 1
    course, _lesson = course_with(video)
    learner = enrolled_learner(course).learner
    for _reload in range(5):
        play(learner, video, bound_to="browser")
    with pytest.raises(TooManyStreams):
        play(learner, video, bound_to="another")


def test_ending_makes_room_at_once(video, settings):
    settings.VIDEO_STREAMS = 1
    course, _lesson = course_with(video)
    learner = enrolled_learner(course).learner
    session = uuid.uuid4()
    play(learner, video, session)
    end_playback(actor=make_user(), session=session)
    assert StreamLease.objects.count() == 1
    end_playback(actor=learner, session=session)
    play(learner, video)
    with pytest.raises(AuthenticationRequired):
        end_playback(actor=AnonymousUser(), session=session)


def test_renewing_looks_at_the_right_anew(video):
    course, _lesson = course_with(video)
    enrollment = enrolled_learner(course)
    session = uuid.uuid4()
    play(enrollment.learner, video, session)
    Enrollment.objects.filter(pk=enrollment.pk).update(state=State.SUSPENDED)
    with pytest.raises(DomainError) as error:
        renew_playback(actor=enrollment.learner, video_key=video.public_id, session=session)
    assert error.value.code == "enrollment_suspended"


@pytest.mark.parametrize(
    ("shown", "source", "is_priced", "text"),
    [
        ("name", "purchase", True, "Ama"),
        ("email", "purchase", True, "ama@example.com"),
        ("name", "subscription", False, "Ama"),
        ("name", "free", True, "Ama"),
        ("name", "free", False, ""),
        ("none", "purchase", True, ""),
    ],
)
def test_the_watermark_names_learners_of_courses_that_cost_something(video, shown, source, is_priced, text):
    course, _lesson = course_with(video)
    course.shows_watermark = shown
    course.save()
    if is_priced:
        make_price(course.translation_key)
    learner = make_user("ama@example.com", name="Ama")
    make_enrollment(learner, course.translation_key, source=source)
    assert play(learner, video).watermark_text == text


def test_authors_watch_without_a_watermark(video):
    course, _lesson = course_with(video)
    course.shows_watermark = "name"
    course.save()
    author = grant(make_user(), "courses.change_coursepage")
    given = play(author, video)
    assert given.watermark_text == ""
    check_link(link_of(given))


def test_the_number_of_queries_does_not_grow_with_the_course(video):
    counts = []
    for lessons in (1, 20):
        course = make_course(modules=2, lessons=lessons)
        shown = ready_video()
        add_lesson(add_module(course), body=[video_block(shown)])
        learner = enrolled_learner(course).learner
        may_watch(learner, shown)  # content types are read once a process
        with CaptureQueriesContext(connection) as queries:
            play(learner, shown)
        counts.append(len(queries))
    assert counts == [18, 18]
