"""Uploads over HTTP: tus 1.0 as its clients speak it, and the JSON around it."""

import base64
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.http import parse_http_date

from accounts.tests.factories import PASSWORD, make_person
from accounts.tests.headless import App
from core import clock
from videos.models import Upload, Video
from videos.tests.conftest import video_folders
from videos.tests.ready import ready_video
from videos.tests.sending import a_clip, instructor, sha256
from videos.tests.stores import s3_address, s3_store

__all__ = ["s3_address", "s3_store", "video_folders"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]

UPLOADS = "/api/v1/uploads/"
PIECE = "application/offset+octet-stream"


class Tus:
    """A client of somebody's."""

    def __init__(self, person: Any, **options: Any) -> None:
        self.client = Client(**options)
        if person is not None:
            self.client.force_login(person)

    def create(self, size: Any, body: bytes = b"", headers: dict[str, str] | None = None, **metadata: str) -> Any:
        told = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items())
        sent = {"tus-resumable": "1.0.0", "upload-length": str(size), "upload-metadata": told, **(headers or {})}
        kind = PIECE if body else "application/x-empty"
        return self.client.post(UPLOADS, body, content_type=kind, headers=sent)

    def begin(self, size: int, **metadata: str) -> str:
        """The address of a new upload."""
        response = self.create(size, **{"filename": "clip.mp4", **metadata})
        assert response.status_code == 201, response.content
        return str(response["Location"])

    def head(self, url: str, **headers: str) -> Any:
        return self.client.head(url, headers={"tus-resumable": "1.0.0", **headers})

    def patch(self, url: str, body: bytes, offset: Any, kind: str = PIECE, **headers: str) -> Any:
        sent = {"tus-resumable": "1.0.0", "upload-offset": str(offset), **headers}
        return self.client.patch(url, body, content_type=kind, headers=sent)

    def delete(self, url: str) -> Any:
        return self.client.delete(url, headers={"tus-resumable": "1.0.0"})


def code_of(response: Any) -> str:
    (error,) = response.json()["errors"]
    assert error["message"]
    return str(error["code"])


@pytest.fixture
def owner() -> Any:
    return instructor()


@pytest.fixture
def tus(owner: Any) -> Tus:
    return Tus(owner)


def test_what_can_be_done_anyone_may_ask(settings) -> None:
    response = Client().options(UPLOADS)
    assert response.status_code == 204
    assert response.content == b""
    assert response["Tus-Resumable"] == response["Tus-Version"] == "1.0.0"
    assert response["Tus-Extension"] == "creation,creation-with-upload,expiration,checksum,termination"
    assert response["Tus-Checksum-Algorithm"] == "sha256,sha1"
    assert response["Tus-Max-Size"] == str(settings.VIDEO_MAX_BYTES)


def test_interrupted_and_resumed_it_becomes_a_video(tus: Tus, video_folders: Path) -> None:
    clip = a_clip(video_folders)
    url = tus.begin(len(clip), title="Loops", language="fr", sha256=sha256(clip))
    response = tus.patch(url, clip[:3000], 0)
    assert (response.status_code, response["Upload-Offset"], response.content) == (204, "3000", b"")
    expires = parse_http_date(response["Upload-Expires"])
    assert expires > (clock.now() + timedelta(hours=71)).timestamp()
    # The browser was closed: another session asks.
    head = tus.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("3000", str(len(clip)))
    assert head["Cache-Control"] == "no-store"
    told = dict(pair.split(" ") for pair in head["Upload-Metadata"].split(","))
    assert base64.b64decode(told["title"]).decode() == "Loops"
    (listed,) = tus.client.get(UPLOADS).json()["uploads"]
    assert (listed["url"], listed["offset"], listed["state"], listed["video"]) == (url, 3000, "open", None)
    response = tus.patch(url, clip[3000:], 3000)
    assert (response.status_code, response["Upload-Offset"]) == (204, str(len(clip)))
    video = Video.objects.get()
    assert (video.title, video.language, video.sha256) == ("Loops", "fr", sha256(clip))
    found = tus.client.get(url).json()
    assert (found["state"], found["was_here"], found["failure"]) == ("done", False, None)
    assert found["video"] == {"id": str(video.public_id), "title": "Loops"}
    assert tus.head(url)["Upload-Offset"] == str(len(clip))
    assert tus.client.post(f"{url}complete/").json() == found
    assert tus.client.get(UPLOADS).json()["uploads"] == []


def test_first_piece_with_the_creation(tus: Tus, video_folders: Path) -> None:
    clip = a_clip(video_folders)
    digest = base64.b64encode(hashlib.sha256(clip[:100]).digest()).decode()
    response = tus.create(len(clip), clip[:100], {"upload-checksum": f"sha256 {digest}"}, filename="a.mp4")
    assert (response.status_code, response["Upload-Offset"]) == (201, "100")
    response = tus.create(len(clip), clip[:99], {"upload-checksum": f"sha256 {digest}"}, filename="a.mp4")
    assert (response.status_code, response["Upload-Offset"]) == (201, "0")
    response = tus.create(len(clip), clip, filename="a.mp4")
    assert (response.status_code, response.json()["state"]) == (201, "done")


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0"])
def test_other_versions(tus: Tus, version: str | None) -> None:
    url = tus.begin(10)
    headers = {"tus-resumable": version} if version else {}
    answers = [
        tus.client.patch(url, b"x", content_type=PIECE, headers={**headers, "upload-offset": "0"}),
        tus.client.head(url, headers=headers),
        tus.client.delete(url, headers=headers),
        tus.client.post(UPLOADS, content_type="application/x-empty", headers={**headers, "upload-length": "5"}),
    ]
    assert [(answer.status_code, answer["Tus-Version"]) for answer in answers] == [(412, "1.0.0")] * 4
    assert Upload.objects.get().offset == 0


def test_wrong_offset_says_the_right_one(tus: Tus) -> None:
    url = tus.begin(100)
    tus.patch(url, b"x" * 40, 0)
    response = tus.patch(url, b"x" * 40, 0)
    assert (response.status_code, response["Upload-Offset"]) == (409, "40")
    assert code_of(response) == "wrong_offset"


def test_a_damaged_piece_is_460(tus: Tus) -> None:
    url = tus.begin(100)
    right = base64.b64encode(hashlib.sha1(b"x" * 40).digest()).decode()
    response = tus.patch(url, b"y" * 40, 0, **{"upload-checksum": f"sha1 {right}"})
    assert (response.status_code, code_of(response)) == (460, "checksum_mismatch")
    assert tus.head(url)["Upload-Offset"] == "0"
    assert tus.patch(url, b"x" * 40, 0, **{"upload-checksum": f"sha1 {right}"}).status_code == 204


@pytest.mark.parametrize("checksum", ["md5 AAAA", "sha256", "sha256 !!", "", "sha256  "])
def test_checksums_that_say_nothing(tus: Tus, checksum: str) -> None:
    url = tus.begin(100)
    response = tus.patch(url, b"x", 0, **{"upload-checksum": checksum})
    assert response.status_code in (400, 460)
    assert Upload.objects.get().offset == 0


def test_only_pieces_of_their_type(tus: Tus) -> None:
    url = tus.begin(100)
    for kind in ("application/json", "application/octet-stream", ""):
        assert tus.patch(url, b"{}", 0, kind=kind).status_code == 415
    assert Upload.objects.get().offset == 0


def test_too_much_is_413(tus: Tus, settings) -> None:
    settings.VIDEO_MAX_BYTES, settings.VIDEO_QUOTA_BYTES = 1000, 1500
    response = tus.create(1001, filename="x")
    assert (response.status_code, code_of(response)) == (413, "file_too_large")
    url = tus.begin(1000)
    response = tus.create(501, filename="x")
    assert (response.status_code, code_of(response)) == (413, "quota_used_up")
    response = tus.patch(url, b"x" * 1001, 0)
    assert (response.status_code, code_of(response)) == (413, "piece_too_long")
    limits = tus.client.get(UPLOADS).json()["limits"]
    assert (limits["max_bytes"], limits["quota_bytes"], limits["quota_left"]) == (1000, 1500, 500)
    assert (limits["open_uploads_left"], limits["ways"]) == (settings.VIDEO_OPEN_UPLOADS - 1, ["disk"])
    assert Upload.objects.get().offset == 0


def test_too_many_at_once_is_429(tus: Tus, settings) -> None:
    settings.VIDEO_OPEN_UPLOADS = 1
    url = tus.begin(10)
    response = tus.create(10, filename="x")
    assert (response.status_code, code_of(response)) == (429, "too_many_uploads")
    assert tus.delete(url).status_code == 204
    assert tus.begin(10)


@pytest.mark.parametrize("length", ["", "-1", "1.5", "x", "٣", "9" * 17, "0"])
def test_lengths_that_are_none(tus: Tus, length: str) -> None:
    assert tus.create(length, filename="x").status_code == 400
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "metadata", ["filename !!!", "filename", "a b c", "filename eA==,filename eA==", "title /w==", "x " + "A" * 9000]
)
def test_metadata_that_is_none(tus: Tus, metadata: str) -> None:
    headers = {"tus-resumable": "1.0.0", "upload-length": "10", "upload-metadata": metadata}
    response = tus.client.post(UPLOADS, content_type="application/x-empty", headers=headers)
    assert response.status_code == (400 if metadata != "filename" else 201)


def test_others_and_strangers(tus: Tus) -> None:
    url = tus.begin(100)
    tus.patch(url, b"x" * 10, 0)
    for person, status in ((instructor(), 404), (make_person(), 403), (None, 401)):
        other = Tus(person)
        answers = [
            other.head(url),
            other.patch(url, b"y", 10),
            other.delete(url),
            other.client.get(url),
            other.client.get(f"{url}parts/"),
            other.client.post(f"{url}complete/"),
        ]
        assert [answer.status_code for answer in answers] == [status] * 6
        assert tus.patch(url.replace(url[-5:-2], "000"), b"y", 10).status_code == 404
    for person, status in ((make_person(), 403), (None, 401)):
        other = Tus(person)
        assert [other.create(5, filename="x").status_code, other.client.get(UPLOADS).status_code] == [status] * 2
    assert Upload.objects.get().offset == 10
    assert Tus(instructor()).client.get(UPLOADS).json()["uploads"] == []


def test_a_session_needs_the_csrf_token(owner: Any) -> None:
    tus = Tus(owner, enforce_csrf_checks=True)
    assert tus.create(10, filename="x").status_code == 403
    tus.client.cookies["csrftoken"] = "a" * 32
    response = tus.create(10, b"x" * 4, headers={"x-csrftoken": "a" * 32}, filename="x")
    assert (response.status_code, response["Upload-Offset"]) == (201, "4")
    assert tus.patch(response["Location"], b"y", 4).status_code == 403
    assert tus.patch(response["Location"], b"y", 4, **{"x-csrftoken": "a" * 32}).status_code == 204


def test_an_app_sends_its_token(owner: Any) -> None:
    app = App()
    app.log_in(owner.email, PASSWORD)
    tus = Tus(None, enforce_csrf_checks=True)
    token = {"authorization": f"Bearer {app.access_token}"}
    response = tus.create(10, headers=token, filename="x")
    assert response.status_code == 201
    assert tus.patch(response["Location"], b"y", 0, **token)["Upload-Offset"] == "1"
    assert tus.patch(response["Location"], b"y", 1, authorization="Bearer x").status_code == 401


def test_methods_through_narrow_proxies(tus: Tus) -> None:
    url = tus.begin(100)
    headers = {"tus-resumable": "1.0.0", "upload-offset": "0", "x-http-method-override": "PATCH"}
    response = tus.client.post(url, b"x" * 7, content_type=PIECE, headers=headers)
    assert (response.status_code, response["Upload-Offset"]) == (204, "7")
    headers = {"tus-resumable": "1.0.0", "x-http-method-override": "DELETE"}
    assert tus.client.post(url, headers=headers).status_code == 204
    assert not Upload.objects.exists()
    assert tus.client.post(url, headers={"x-http-method-override": "GET"}).status_code == 405


def test_expired_is_410(tus: Tus, settings) -> None:
    settings.VIDEO_UPLOAD_HOURS = 1
    url = tus.begin(100)
    with clock.travel(timedelta(hours=2)):
        assert tus.head(url).status_code == 410
        response = tus.patch(url, b"x", 0)
        assert (response.status_code, code_of(response)) == (410, "upload_expired")
        assert tus.client.get(url).json()["is_expired"] is True
        assert tus.client.get(UPLOADS).json()["uploads"] == []


def test_what_is_no_video_is_said_with_the_last_piece(tus: Tus) -> None:
    url = tus.begin(5000, filename="film.mp4")
    assert tus.patch(url, bytes(2500), 0).status_code == 204
    response = tus.patch(url, bytes(2500), 2500)
    assert (response.status_code, code_of(response)) == (422, "video_unreadable")
    assert tus.head(url).status_code == 410
    found = tus.client.get(url).json()
    assert (found["state"], found["failure"]["code"], found["video"]) == ("refused", "video_unreadable", None)
    response = tus.client.post(f"{url}complete/")
    assert (response.status_code, code_of(response)) == (422, "video_unreadable")
    assert tus.delete(url).status_code == 204
    assert tus.client.get(url).status_code == 404


def test_the_answer_to_the_last_piece_was_lost(tus: Tus, video_folders: Path, monkeypatch) -> None:
    clip = a_clip(video_folders)
    url = tus.begin(len(clip))
    with monkeypatch.context() as patch:
        patch.setattr("api.rest.uploads.hand_in_upload", lambda **_k: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            tus.patch(url, clip, 0)
    assert tus.head(url)["Upload-Offset"] == str(len(clip))
    assert tus.client.get(url).json()["state"] == "open"
    done = tus.client.post(f"{url}complete/")
    assert (done.status_code, done.json()["state"]) == (200, "done")


def test_half_a_file_is_not_handed_in(tus: Tus) -> None:
    url = tus.begin(100)
    response = tus.client.post(f"{url}complete/")
    assert (response.status_code, code_of(response)) == (409, "upload_incomplete")


def test_the_same_file_again(tus: Tus, video_folders: Path) -> None:
    clip = a_clip(video_folders)
    for _time in range(2):
        url = tus.begin(len(clip))
        tus.patch(url, clip, 0)
    assert tus.client.get(url).json()["was_here"] is True
    response = tus.create(len(clip), filename="x", sha256=sha256(clip))
    assert (response.status_code, code_of(response)) == (409, "video_already_here")


def test_a_new_source_for_ones_own_video(tus: Tus, owner: Any, video_folders: Path) -> None:
    clip = a_clip(video_folders)
    mine, others = ready_video(uploaded_by=owner), ready_video(uploaded_by=instructor())
    for key in (others.public_id, "nonsense", instructor().public_id):
        assert tus.create(len(clip), filename="x", replaces=str(key)).status_code == 404
    url = tus.begin(len(clip), replaces=str(mine.public_id))
    tus.patch(url, clip, 0)
    mine.refresh_from_db()
    assert (mine.state, mine.sha256) == ("waiting", sha256(clip))
    assert tus.client.get(url).json()["was_here"] is False


def test_as_json(tus: Tus) -> None:
    def post(**body: Any) -> Any:
        return tus.client.post(UPLOADS, json.dumps(body), content_type="application/json")

    response = post(size=100, filename="x.mp4", title="X")
    assert (response.status_code, response.json()["title"]) == (201, "X")
    assert tus.patch(response["Location"], b"y", 0)["Upload-Offset"] == "1"
    assert post(filename="x.mp4").status_code == 400
    assert post(size=100).status_code == 400
    assert post(size=100, filename="x", way="pigeon").status_code == 400
    assert post(size=100, filename="x", way="multipart").status_code == 400  # files lie in a folder here
    assert tus.client.get(f"{response['Location']}parts/").status_code == 400
    assert Upload.objects.count() == 1


def test_parts_to_the_store(tus: Tus, s3_store: Any, video_folders: Path) -> None:
    import urllib.request

    clip = a_clip(video_folders)
    assert tus.client.get(UPLOADS).json()["limits"]["ways"] == ["disk", "multipart"]
    body = {"size": len(clip), "filename": "x.mp4", "way": "multipart", "sha256": sha256(clip)}
    url = tus.client.post(UPLOADS, json.dumps(body), content_type="application/json")["Location"]
    assert tus.patch(url, b"x", 0).status_code == 400
    parts = tus.client.get(f"{url}parts/?numbers=1").json()
    assert (parts["count"], parts["arrived"], list(parts["addresses"])) == (1, [], ["1"])
    for numbers in ("2", "0", "x", "1,,2", "-1", "9" * 9):
        assert tus.client.get(f"{url}parts/", {"numbers": numbers}).status_code == 400
    response = tus.client.post(f"{url}complete/")
    assert (response.status_code, code_of(response)) == (409, "parts_missing")
    headers = {"Content-Type": "application/octet-stream"}
    request = urllib.request.Request(parts["addresses"]["1"], data=clip, method="PUT", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        etag = answer.headers["ETag"]
    assert tus.client.get(f"{url}parts/").json()["arrived"] == [1]

    def complete(told: Any) -> Any:
        return tus.client.post(f"{url}complete/", json.dumps({"parts": told}), content_type="application/json")

    assert complete([{"number": 1, "etag": "other"}]).status_code == 409
    for nonsense in ("x", [1], [{"number": "1", "etag": etag}], [{"number": 1}], [{"number": True, "etag": "x"}]):
        assert complete(nonsense).status_code == 400
    done = complete([{"number": 1, "etag": etag}])
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert Video.objects.get().sha256 == sha256(clip)


def test_refusals_are_in_the_callers_language(tus: Tus) -> None:
    response = tus.client.get(f"{UPLOADS}00000000-0000-0000-0000-000000000000/", headers={"accept-language": "fr"})
    assert response.status_code == 404
    assert response["Content-Language"] == "fr"


def test_beginning_is_limited(tus: Tus, monkeypatch) -> None:
    monkeypatch.setattr("api.rest.uploads.NewUploads.rate", "2/min")
    assert [tus.create(10, filename="x").status_code for _time in range(3)] == [201, 201, 429]
    assert tus.client.get(UPLOADS).status_code == 200


class TestOtherFrontends:
    """Their uploaders run in a browser, which asks first and hides what it wasn't told to show."""

    ORIGIN = "https://app.example.com"

    @pytest.fixture(autouse=True)
    def _allowed(self, settings: Any) -> None:
        settings.CORS_ALLOWED_ORIGINS = [self.ORIGIN]

    def asked(self, origin: str, method: str, headers: str, url: str = UPLOADS) -> Any:
        sent = {"access-control-request-method": method, "access-control-request-headers": headers}
        return Client().options(url, headers={"origin": origin, **sent})

    @pytest.mark.parametrize(
        ("method", "headers"),
        [
            ("POST", "authorization,tus-resumable,upload-length,upload-metadata"),
            ("HEAD", "authorization,tus-resumable"),
            ("PATCH", "authorization,content-type,tus-resumable,upload-checksum,upload-offset"),
            ("POST", "authorization,content-type,tus-resumable,upload-offset,x-http-method-override"),
            ("DELETE", "authorization,tus-resumable"),
        ],
    )
    def test_may_send_what_tus_says(self, method: str, headers: str) -> None:
        for url in (UPLOADS, f"{UPLOADS}0f1e2d3c-0000-4000-8000-000000000000/"):
            answer = self.asked(self.ORIGIN, method, headers, url)
            assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, self.ORIGIN)
            assert method in answer["Access-Control-Allow-Methods"].split(", ")
            assert set(headers.split(",")) <= set(answer["Access-Control-Allow-Headers"].split(", "))
            assert "Access-Control-Allow-Credentials" not in answer

    def test_may_read_what_tus_says(self, owner: Any) -> None:
        app = App()
        app.log_in(owner.email, PASSWORD)
        sent = {"origin": self.ORIGIN, "authorization": f"Bearer {app.access_token}", "tus-resumable": "1.0.0"}
        created = Client().post(
            UPLOADS, b"", content_type="application/x-empty", headers={**sent, "upload-length": "9"}
        )
        head = Client().head(created["Location"], headers=sent)
        capabilities = Client().options(UPLOADS, headers={"origin": self.ORIGIN})
        assert (created.status_code, head.status_code, capabilities.status_code) == (201, 200, 204)
        for answer in (created, head, capabilities):
            told = {name for name in answer.headers if name.startswith(("Tus-", "Upload-", "Location"))}
            assert told <= set(answer["Access-Control-Expose-Headers"].split(", "))
            assert answer["Access-Control-Allow-Origin"] == self.ORIGIN

    def test_not_those_we_do_not_know(self) -> None:
        foreign = "https://foreign.example.com"
        for answer in (
            self.asked(foreign, "PATCH", "tus-resumable,upload-offset"),
            Client().options(UPLOADS, headers={"origin": foreign}),
        ):
            assert not [name for name in answer.headers if name.startswith("Access-Control-")]
