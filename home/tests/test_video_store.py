"""Videos in a store like S3: signed addresses that live as long as the leave to watch, of the store or its CDN."""

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from commerce.tests.factories import NOON, make_user
from core.clock import frozen
from courses.models import LessonPage
from courses.tests.factories import add_lesson, add_module, make_course
from learning.actions.download_video import download_video
from learning.actions.grant_playback import grant_playback
from learning.tests.factories import enrolled_learner
from videos.actions.delete_video import delete_video
from videos.tests.conftest import video_folders
from videos.tests.ready import bytes_of, ready_video
from videos.tests.stores import s3_address, s3_store

__all__ = ["s3_address", "s3_store", "video_folders"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("s3_store")]
WHOLE = bytes_of("144p", 9_100)
HOUR = timedelta(hours=1)


@pytest.fixture
def video(s3_store):
    return ready_video()


@pytest.fixture
def enrollment(video):
    course = make_course(allows_downloads=True)
    block = {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}
    add_lesson(add_module(course), body=[block])
    return enrolled_learner(course)


def base_of(enrollment, video):
    return grant_playback(actor=enrollment.learner, video_key=video.public_id, session=uuid.uuid4()).base_url


def fetch(address, asked=None):
    with urlopen(Request(address, headers={"Range": asked} if asked else {}), timeout=20) as answer:
        return answer.status, answer.read()


def test_a_playlist_leads_to_the_store(video, enrollment, s3_address):
    base = base_of(enrollment, video)
    rungs = [line for line in Client().get(f"{base}master.m3u8").content.decode().splitlines() if line[:1] != "#"]
    playlist = urljoin(f"{base}master.m3u8", rungs[0])
    answer = Client().get(playlist)
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    lines = answer.content.decode().splitlines()
    (address,) = {line for line in lines if line and not line.startswith("#")}
    assert address.startswith(f"{s3_address}/")
    assert any(line.startswith(f'#EXT-X-MAP:URI="{address}"') for line in lines)
    assert fetch(address, "bytes=100-3099") == (206, WHOLE[100:3100])


def test_files_lead_to_the_store_too(video, enrollment):
    base = base_of(enrollment, video)
    for name, held in (("144p.mp4", WHOLE), ("poster.webp", bytes_of(video.poster, 500))):
        answer = Client().get(f"{base}{name}")
        assert answer.status_code == 302
        assert fetch(answer.url) == (200, held)


def test_signed_addresses_end_with_the_leave(video, enrollment):
    with frozen(NOON) as clock:
        base = base_of(enrollment, video)
        clock.move(timedelta(minutes=10))
        asked = parse_qs(urlsplit(Client().get(f"{base}144p.mp4").url).query)
        assert asked["X-Amz-Expires"] == ["1200"]
        assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        assert len(asked["X-Amz-Signature"][0]) == 64
        clock.move(timedelta(minutes=20))
        for name in ("master.m3u8", "144p.m3u8", "144p.mp4"):
            assert Client().get(f"{base}{name}").json()["code"] == "link_expired"


def test_who_has_no_leave_gets_no_address(video, enrollment):
    answer = Client().get(f"/watch/free/{video.public_id}/144p.mp4")
    assert answer.status_code == 404
    assert Client().get(f"/watch/{'A' * 136}/144p.mp4").status_code == 403


def test_a_download_is_saved_under_its_title(video, enrollment):
    manifest = download_video(actor=enrollment.learner, video_key=video.public_id, rendition="144p")
    address = Client().get(manifest.files[0].url).url
    with urlopen(address, timeout=20) as answer:
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{video.title} 144p.mp4"'
        assert answer.read() == WHOLE
    poster = next(file for file in manifest.files if file.name == "poster.webp")
    assert poster.bytes == 500


def test_a_deleted_video_is_gone_from_the_store(video, enrollment, s3_store):
    base = base_of(enrollment, video)
    assert len(list(s3_store.objects.all())) == 6
    LessonPage.objects.all().delete()
    delete_video(actor=make_user(permissions=("videos.delete_video",)), video=video)
    assert list(s3_store.objects.all()) == []
    assert Client().get(f"{base}master.m3u8").status_code == 404


def test_a_cdn_signs_with_its_own_key(video, enrollment, settings):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    storages = {name: dict(value) for name, value in settings.STORAGES.items()}
    storages["videos"]["OPTIONS"] = {
        **storages["videos"]["OPTIONS"],
        "custom_domain": "media.example.com",
        "cloudfront_key_id": "K2EXAMPLE",
        "cloudfront_key": pem.decode(),
    }
    settings.STORAGES = storages
    address = Client().get(f"{base_of(enrollment, video)}144p.mp4").url
    assert address.startswith(f"https://media.example.com/videos/{video.folder}/144p.mp4?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["Key-Pair-Id"] == "K2EXAMPLE"
    assert asked["Signature"]
    assert abs(int(asked["Expires"]) - datetime.now(UTC).timestamp() - 1800) < 60
