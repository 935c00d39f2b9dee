"""Devices of one account that begin at the same moment."""

import uuid

import pytest

from core.tests.rivals import race
from courses.tests.factories import add_lesson, add_module, make_course
from learning.actions.grant_playback import PlaybackGrant, grant_playback
from learning.tests.factories import enrolled_learner
from videos.errors import TooManyStreams
from videos.models import StreamLease
from videos.tests.ready import ready_video

pytestmark = pytest.mark.django_db(transaction=True)
DEVICES = 10


@pytest.fixture
def video():
    return ready_video()


@pytest.fixture
def learner(video):
    course = make_course()
    block = {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}
    add_lesson(add_module(course), body=[block])
    return enrolled_learner(course).learner


def play(learner, video, **more):
    return grant_playback(actor=learner, video_key=video.public_id, **{"session": uuid.uuid4(), **more})


def test_of_ten_devices_two_play(learner, video, settings):
    settings.VIDEO_STREAMS = 2
    results = race(DEVICES, lambda _n: play(learner, video))
    assert [type(result) for result in results].count(PlaybackGrant) == 2
    assert [type(result) for result in results].count(TooManyStreams) == DEVICES - 2
    assert StreamLease.objects.count() == 2


def test_ten_that_take_over_leave_two(learner, video, settings):
    settings.VIDEO_STREAMS = 2
    results = race(DEVICES, lambda _n: play(learner, video, takes_over=True))
    assert {type(result) for result in results} == {PlaybackGrant}
    assert StreamLease.objects.count() == 2


def test_ten_tabs_of_one_browser_are_one_device(learner, video, settings):
    settings.VIDEO_STREAMS = 1
    results = race(DEVICES, lambda _n: play(learner, video, bound_to="browser"))
    assert {type(result) for result in results} == {PlaybackGrant}
    assert StreamLease.objects.count() == 1
