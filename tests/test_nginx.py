"""The proxy's own configuration, run by a real nginx in front of the school: who gets a video's bytes, who doesn't."""

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from pytest_django.live_server_helper import LiveServer

from commerce.models import Enrollment
from core import clock
from courses.tests.factories import add_lesson, add_module, make_course
from home.watch_cookie import WATCH_COOKIE
from learning.actions.grant_playback import grant_playback
from learning.tests.factories import enrolled_learner
from videos.models import Video
from videos.storage import video_storage
from videos.tests.ready import bytes_of, ready_video

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed (Debian: nginx-light)"),
]
SECRET, OTHER_SECRET = "ab" * 32, "cd" * 32
SIZE = 100 + 3 * 3_000
WHOLE = bytes_of("144p", SIZE)
PATIENCE = 20  #: seconds for nginx to listen


class Proxy:
    """An nginx with the configuration that the image has, but for places and ports."""

    def __init__(self, folder: Path, school: str, videos: Path) -> None:
        self.port = _free_port()
        self.log = folder / "access.log"
        places = {
            "/etc/nginx/baobab/": f"{ROOT / 'deploy' / 'nginx'}/",
            "include /etc/nginx/modules-enabled/*.conf;": "",
            "brotli_static on;": "",  # a module of the image
            "/srv/videos/": f"{videos}/",
            "server web:8000": f"server {school}",
            "listen 8080": f"listen 127.0.0.1:{self.port}",
            "/tmp/nginx": f"{folder}/nginx",
            "/dev/stdout": str(self.log),
        }
        text = (ROOT / "deploy" / "nginx" / "nginx.conf").read_text()
        for found, instead in places.items():
            assert found in text, f"nginx.conf has no {found} any more"
            text = text.replace(found, instead)
        # As root nginx would read as somebody else, who may not look into a test's folder.
        text = ("user root;\n" if os.geteuid() == 0 else "") + text
        self.file = folder / "nginx.conf"
        self.file.write_text(text)

    def __enter__(self) -> "Proxy":
        # What it says before it has read its configuration goes to a log of the machine otherwise.
        self.process = subprocess.Popen(
            ["nginx", "-e", "stderr", "-c", str(self.file), "-g", "daemon off;"],
            stderr=(self.file.parent / "error.log").open("wb"),
        )
        until = time.monotonic() + PATIENCE
        while True:
            try:
                assert self.get("/nginx-alive").status == 204
                return self
            except ConnectionRefusedError:
                said = (self.file.parent / "error.log").read_text()
                assert self.process.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.05)

    def __exit__(self, *_why: object) -> None:
        self.process.terminate()
        self.process.wait()

    def get(self, path: str, secret: str = "", method: str = "GET", **headers: str) -> HTTPResponse:
        """Ask as a browser that has the cookie ``secret``; the answer's ``content`` is its body."""
        connection = HTTPConnection("127.0.0.1", self.port)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if secret:
            sent["Cookie"] = f"sessionid=whatever; {WATCH_COOKIE}={secret}"
        connection.request(method, path, headers=sent)
        answer = connection.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def proxy(live_server: LiveServer, settings: LazySettings, tmp_path: Path) -> Iterator[Proxy]:
    settings.VIDEO_ACCEL_PREFIX = "/protected-videos/"
    settings.SITE_URL = live_server.url
    with Proxy(tmp_path, live_server.url.partition("//")[2], Path(video_storage().path(""))) as found:
        yield found


@pytest.fixture
def video() -> Video:
    return ready_video()


@pytest.fixture
def enrollment(video: Video) -> Enrollment:
    course = make_course()
    block = {"type": "video", "id": str(uuid.uuid4()), "value": {"video": video.pk, "caption": ""}}
    add_lesson(add_module(course), body=[block])
    return enrolled_learner(course)


def base_of(enrollment: Enrollment, video: Video, **more: Any) -> str:
    given = grant_playback(
        actor=enrollment.learner, video_key=video.public_id, session=uuid.uuid4(), **{"bound_to": SECRET, **more}
    )
    return given.base_url


def test_who_has_a_link_gets_ranges(proxy, video, enrollment):
    base = base_of(enrollment, video)
    answer = proxy.get(f"{base}144p.mp4", SECRET, Range="bytes=100-3099")
    assert (answer.status, answer.content) == (206, WHOLE[100:3100])
    assert answer.headers["Content-Range"] == f"bytes 100-3099/{SIZE}"
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Cache-Control"].startswith("private, max-age=")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "X-Accel-Redirect" not in answer.headers
    assert proxy.get(f"{base}144p.mp4", SECRET, Range="bytes=-10").content == WHOLE[-10:]
    assert proxy.get(f"{base}144p.mp4", SECRET).content == WHOLE
    head = proxy.get(f"{base}144p.mp4", SECRET, method="HEAD")
    assert (head.status, head.headers["Content-Length"]) == (200, str(SIZE))
    assert proxy.get(f"{base}144p.mp4", SECRET, Range=f"bytes={SIZE}-").status == 416
    tag = answer.headers["ETag"]
    assert proxy.get(f"{base}144p.mp4", SECRET, Range="bytes=0-9", If_Range=tag).status == 206
    assert proxy.get(f"{base}144p.mp4", SECRET, Range="bytes=0-9", If_Range='"x"').status == 200
    assert proxy.get(f"{base}144p.mp4", SECRET, If_None_Match=tag).status == 304
    assert proxy.get(f"{base}master.m3u8", SECRET).content.startswith(b"#EXTM3U")
    assert proxy.get(f"{base}poster.webp", SECRET).headers["Content-Type"] == "image/webp"


def test_links_that_do_not_hold_are_refused(proxy, video, enrollment):
    base = base_of(enrollment, video)
    altered = base[:30] + ("A" if base[30] != "A" else "B") + base[31:]
    with clock.travel(-timedelta(hours=5)):
        expired = base_of(enrollment, video)
    for address, secret in ((altered, SECRET), (expired, SECRET), (base, OTHER_SECRET), (base, "")):
        for name in ("master.m3u8", "144p.m3u8", "144p.mp4", "poster.webp"):
            answer = proxy.get(f"{address}{name}", secret, Range="bytes=0-9")
            assert (answer.status, answer.headers["Content-Type"]) == (403, "application/json"), (address, name)
    Enrollment.objects.filter(pk=enrollment.pk).update(state=Enrollment.State.SUSPENDED)
    cache.clear()
    assert proxy.get(f"{base}144p.mp4", SECRET).status == 403


def test_nobody_gets_in_past_the_school(proxy, video, enrollment):
    base = base_of(enrollment, video)
    inside = f"/protected-videos/{video.folder}/144p.mp4"
    for path in (
        inside,
        f"/protected-videos/../protected-videos/{video.folder}/144p.mp4",
        inside.replace("protected", "%70rotected"),
        f"/static/../protected-videos/{video.folder}/144p.mp4",
        f"/media/../..{inside}",
        f"/media/videos/{video.folder}/144p.mp4",
        f"/videos/{video.folder}/144p.mp4",
        "/protected-videos/",
    ):
        for secret in ("", SECRET):
            answer = proxy.get(path, secret, X_Accel_Redirect=inside)
            assert answer.status in (400, 404), path
            assert WHOLE[:50] not in answer.content, path
    for name in ("..%2f..%2fbaobab.sqlite3", "..%2f144p.mp4", "%2e%2e/144p.mp4", "720p.mp4"):
        assert proxy.get(f"{base}{name}", SECRET).status in (400, 403, 404), name


def test_other_frontends_see_what_they_got(proxy, video, enrollment, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    base = base_of(enrollment, video, bound_to="")
    answer = proxy.get(f"{base}144p.mp4", Range="bytes=0-9", Origin="https://app.example.com")
    assert answer.content == WHOLE[:10]
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "Content-Range" in answer.headers["Access-Control-Expose-Headers"]
    stranger = proxy.get(f"{base}144p.mp4", Range="bytes=0-9", Origin="https://other.example.com")
    assert "Access-Control-Allow-Origin" not in stranger.headers


def test_no_log_holds_the_key_of_a_link(proxy, video, enrollment):
    base = base_of(enrollment, video, bound_to="")
    for name in ("144p.mp4", "master.m3u8", "nothing.mp4"):
        proxy.get(f"{base}{name}")
    proxy.process.terminate()
    proxy.process.wait()
    logged = proxy.log.read_text()
    assert base.split("/")[2] not in logged
    assert '"GET /watch/-/master.m3u8" 200' in logged
    assert '"GET /watch/-/nothing.mp4" 404' in logged
    assert f'"GET /protected-videos/{video.folder}/144p.mp4" 200' in logged
