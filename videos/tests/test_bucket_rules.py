"""The rules that schools give their bucket, put to a store: who may send parts and play, and what they may read."""

from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from videos.actions.start_upload import start_upload
from videos.storage import video_storage
from videos.tests.ready import bytes_of, ready_video
from videos.tests.sending import instructor
from videos.tests.stores import open_to, s3_address, s3_store
from videos.uploads_parts import parts_of, signed

__all__ = ["s3_address", "s3_store"]

pytestmark = pytest.mark.django_db
SCHOOL = "https://school.example.com"
FOREIGN = "https://foreign.example.com"


@pytest.fixture
def bucket(s3_store: Any) -> Any:
    open_to(s3_store, SCHOOL)
    return s3_store


def ask(address: str, origin: str, method: str = "GET", data: bytes | None = None, **headers: str) -> Any:
    """The store's answer, or its refusal."""
    sent = {"Origin": origin, **{name.replace("_", "-"): value for name, value in headers.items()}}
    try:
        return urlopen(Request(address, data, sent, method=method), timeout=20)
    except HTTPError as refusal:
        return refusal


def named(answer: Any, header: str) -> set[str]:
    """What a header of the answer lists."""
    return {name.strip() for name in (answer.headers[header] or "").split(",") if name.strip()}


def test_parts_are_sent_and_their_etags_read(bucket: Any) -> None:
    upload = start_upload(actor=instructor(), size=1000, filename="clip.mp4", way="multipart")
    address = signed(upload, [1])[1]

    before = ask(address, SCHOOL, "OPTIONS", Access_Control_Request_Method="PUT")
    sent = ask(address, SCHOOL, "PUT", bytes(1000), Content_Type="application/octet-stream")

    assert (before.status, before.headers["Access-Control-Allow-Origin"]) == (200, SCHOOL)
    assert "PUT" in named(before, "Access-Control-Allow-Methods")
    assert "Content-Type" in named(before, "Access-Control-Allow-Headers")
    assert (sent.status, sent.headers["Access-Control-Allow-Origin"]) == (200, SCHOOL)
    assert "ETag" in named(sent, "Access-Control-Expose-Headers")
    assert parts_of(upload).arrived == {1: sent.headers["ETag"]}


def test_ranges_are_played_and_their_place_read(bucket: Any) -> None:
    rung = ready_video().renditions.get(name="144p")
    address = video_storage().url(rung.file)

    before = ask(
        address, SCHOOL, "OPTIONS", Access_Control_Request_Method="GET", Access_Control_Request_Headers="range"
    )
    part = ask(address, SCHOOL, Range="bytes=100-199")

    assert (before.status, before.headers["Access-Control-Allow-Origin"]) == (200, SCHOOL)
    assert "Range" in named(before, "Access-Control-Allow-Headers")
    assert (part.status, part.read()) == (206, bytes_of("144p", 200)[100:])
    assert part.headers["Content-Range"] == f"bytes 100-199/{rung.bytes}"
    assert named(part, "Access-Control-Expose-Headers") >= {"Content-Range", "Content-Length"}


def test_other_websites_are_told_nothing(bucket: Any) -> None:
    address = video_storage().url(ready_video().renditions.get(name="144p").file)
    before = ask(address, FOREIGN, "OPTIONS", Access_Control_Request_Method="PUT")
    part = ask(address, FOREIGN, Range="bytes=100-199")
    assert before.status == 403
    for answer in (before, part):
        assert answer.headers["Access-Control-Allow-Origin"] is None
        assert answer.headers["Access-Control-Expose-Headers"] is None
