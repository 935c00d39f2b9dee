"""Signed links: what they say, and that nothing else gets in."""

import base64
import dataclasses
import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.tests.factories import NOON
from core.clock import frozen
from videos.errors import LinkExpired, LinkNotValid, LinkOfAnotherBrowser, VideoNotReady
from videos.models import Video
from videos.signing import Link, grant_token, processing_of, read_token

HOUR = timedelta(hours=1)
VIDEO = Video(public_id=uuid.UUID(int=7), folder=f"{uuid.UUID(int=7).hex}/00c0ffee")
VIEWER, STREAM, RIGHT = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)


@pytest.fixture(autouse=True)
def _noon():
    with frozen(NOON):
        yield


def a_token(**fields):
    return grant_token(VIDEO, **{"expires_at": NOON + HOUR, "viewer": VIEWER, **fields})


def test_a_token_says_what_it_was_given():
    token = a_token(right=RIGHT, stream=STREAM, bound_to="secret", is_download=True)
    link = read_token(token, bound_to="secret")
    assert link == Link(
        video=VIDEO.public_id,
        processing="00c0ffee",
        expires_at=NOON + HOUR,
        viewer=VIEWER,
        right=RIGHT,
        stream=STREAM,
        is_bound=True,
        is_download=True,
    )
    assert link.folder == VIDEO.folder
    assert link.seconds_left == 3600


def test_what_is_left_out_is_nobody():
    link = read_token(grant_token(VIDEO, expires_at=NOON + HOUR))
    assert (link.viewer, link.right, link.stream) == (None, None, None)
    assert (link.is_bound, link.is_download) == (False, False)


def test_it_fits_into_one_part_of_an_address():
    token = a_token(right=RIGHT, stream=STREAM, bound_to="secret")
    assert len(token) == 136
    assert token.isascii()
    assert not set(token) & set("/?#%+=.")


@pytest.mark.parametrize(("seconds", "works"), [(-1, False), (0, False), (1, True)])
def test_it_works_until_its_second_has_come(seconds, works):
    token = a_token(expires_at=NOON + timedelta(seconds=seconds))
    if works:
        assert read_token(token).seconds_left == seconds
    else:
        with pytest.raises(LinkExpired):
            read_token(token)


def test_no_sign_of_it_can_be_changed():
    token = a_token()
    for place in range(len(token)):
        for other in {"A", "_", chr(ord(token[place]) ^ 1)} - {token[place]}:
            altered = token[:place] + other + token[place + 1 :]
            with pytest.raises(LinkNotValid):
                read_token(altered)


@pytest.mark.parametrize(
    "spell",
    [
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token + "=",
        lambda token: token + "\n",
        lambda token: token[:50] + "!" + token[50:],
        lambda token: token[:50] + " " + token[51:],
        lambda token: "",
        lambda token: "é" * 136,
    ],
)
def test_there_is_one_way_to_spell_it(spell):
    with pytest.raises(LinkNotValid):
        read_token(spell(a_token()))


@given(st.binary(min_size=102, max_size=102))
def test_guesses_are_refused(raw):
    with frozen(NOON), pytest.raises(LinkNotValid):
        read_token(base64.urlsafe_b64encode(raw).decode())


@pytest.mark.parametrize("secret", ["", "another"])
def test_a_link_of_a_browser_fails_in_another(secret):
    with pytest.raises(LinkOfAnotherBrowser):
        read_token(a_token(bound_to="secret"), bound_to=secret)


def test_an_apps_link_works_whatever_cookie_comes_along():
    assert read_token(a_token(), bound_to="anything").viewer == VIEWER


def test_a_replaced_key_opens_what_it_signed(settings):
    settings.SECRET_KEY = "the former key, thirty-two signs or more"
    token = a_token(bound_to="secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a key of today of thirty-two signs", [settings.SECRET_KEY]
    assert read_token(token, bound_to="secret").viewer == VIEWER
    assert a_token(bound_to="secret") != token
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(LinkNotValid):
        read_token(token, bound_to="secret")


def test_two_videos_have_two_tokens():
    other = dataclasses.replace(read_token(a_token()), video=uuid.UUID(int=8))
    assert other.folder == f"{uuid.UUID(int=8).hex}/00c0ffee"
    video = Video(public_id=uuid.UUID(int=8), folder=other.folder)
    assert read_token(grant_token(video, expires_at=NOON + HOUR)).video == uuid.UUID(int=8)


@pytest.mark.parametrize("folder", ["", "somewhere", f"{VIDEO.public_id.hex}/..", f"{VIDEO.public_id.hex}/00C0FFEE"])
def test_without_files_there_is_no_link(folder):
    with pytest.raises(VideoNotReady):
        processing_of(Video(public_id=VIDEO.public_id, folder=folder))
