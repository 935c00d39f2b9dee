"""Cloudinary over HTTP: originals go there in pieces, we ask how it stands, and fetch what was made.

Whatever it answers is read within limits and believed for what it is worth: names and sizes are checked by whoever
asked, and addresses of files are made by us, never taken from an answer.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import httpx

from core import clock
from videos.cloudinary.account import Account
from videos.cloudinary.signatures import path_signature, request_signature
from videos.cloudinary.transformations import same

__all__ = ["PIECE_BYTES", "Asset", "Client", "Refused", "Trouble"]

#: Bytes that go at once. They want 5 MB at least; a piece has to be through before the lease on the video ends, on slow
#: lines too.
PIECE_BYTES = 6 * 1024 * 1024
#: Originals and what is made of them are seen with a signed address alone.
_TYPE = "authenticated"
#: Seconds without a byte. Below the lease on a video, or two workers would be at it.
_TIMEOUT = httpx.Timeout(60.0, connect=10.0, read=120.0)
#: Seconds that an answer may take to arrive altogether, and bytes of it that are read.
_ANSWER_SECONDS = 150.0
_LARGEST_ANSWER = 2_000_000
#: They are busy or broken, whoever asks: too many questions (420 is theirs), being worked at, out of order.
_BUSY = frozenset((408, 420, 423, 425, 429))
#: How often a piece is sent again at once, each after so many seconds.
_PAUSES = (1.0, 3.0)
_BLOCK = 256 * 1024
#: Names that come with one answer; they give no more.
_PAGE = 500


class Trouble(Exception):
    """No answer, or none that says anything: ask again.

    Attributes:
        after: when they said that it makes sense, or None.
    """

    def __init__(self, words: str, after: datetime | None = None) -> None:
        self.after = after
        super().__init__(words)


class Refused(Exception):
    """They said no, and would say so again.

    Attributes:
        status: of HTTP.
    """

    def __init__(self, status: int, words: str) -> None:
        self.status = status
        super().__init__(f"Cloudinary answered {status}: {words}")

    @property
    def is_key(self) -> bool:
        """Whether it is not about the video: they don't know us, or not with this key."""
        return self.status == 401


@dataclass(frozen=True)
class Asset:
    """What lies at Cloudinary under one name."""

    name: str
    version: int
    bytes: int
    #: Transformations that are made.
    made: list[str] = field(default_factory=list)
    created_at: datetime | None = None

    def has(self, transformation: str) -> bool:
        """Whether this was made of it."""
        return any(same(transformation, one) for one in self.made)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Asset":
        """From an answer; what is missing or nonsense counts as nothing."""
        derived = data.get("derived")
        made = [item.get("transformation") for item in derived if isinstance(item, dict)] if derived else []
        return cls(
            name=str(data.get("public_id", "")),
            version=_whole(data.get("version")),
            bytes=_whole(data.get("bytes")),
            made=[one for one in made if isinstance(one, str)],
            created_at=_moment(data.get("created_at")),
        )


class Client:
    """What we ask Cloudinary for. One at a time; close it, or use it as a context manager."""

    def __init__(self, account: Account) -> None:
        self.account = account
        # Certificates are checked, redirects are not followed, and the environment's proxies hold as everywhere.
        self._http = httpx.Client(timeout=_TIMEOUT, follow_redirects=False, headers={"User-Agent": "Baobab"})

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._http.close()

    # ── Asking ────────────────────────────────────────────────────────────────

    def find(self, name: str) -> Asset | None:
        """What lies there under this name; None for nothing.

        Raises:
            Trouble, Refused: as :meth:`_call`.
        """
        try:
            data = self._call("GET", f"resources/video/{_TYPE}/{quote(name)}", auth=self._basic)
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise
        asset = Asset.read(data)
        if asset.name != name or not asset.version:
            raise Trouble("Cloudinary answered about something else")
        return asset

    def all_below(self, prefix: str) -> Iterator[Asset]:
        """Everything there whose name begins so.

        Raises:
            Trouble, Refused: as :meth:`_call`.
        """
        question: dict[str, str] = {"prefix": prefix, "max_results": str(_PAGE)}
        for _page in range(100):
            data = self._call("GET", f"resources/video/{_TYPE}", auth=self._basic, params=question)
            found = data.get("resources")
            for item in found if isinstance(found, list) else []:
                if isinstance(item, dict):
                    yield Asset.read(item)
            if not isinstance(data.get("next_cursor"), str):
                return
            question["next_cursor"] = data["next_cursor"]

    def destroy(self, name: str) -> None:
        """Remove an original with all that was made of it; nothing there is fine.

        Raises:
            Trouble, Refused: as :meth:`_call`.
        """
        self._call("POST", "video/destroy", data=self._signed({"public_id": name, "type": _TYPE, "invalidate": "1"}))

    # ── Sending ───────────────────────────────────────────────────────────────

    def upload(self, path: Path, name: str, eager: str, tell_url: str, tell: Callable[[float], None]) -> None:
        """Send an original and say what is to be made of it; what lies there under the name is replaced.

        Args:
            tell_url: where they say when it is done.
            tell: called with the share that is sent; what it raises ends the sending.

        Raises:
            Trouble, Refused: as :meth:`_call`.
        """
        parameters = {
            "public_id": name,
            "type": _TYPE,
            "overwrite": "1",
            "eager": eager,
            "eager_async": "1",
            "eager_notification_url": tell_url,
        }
        size = path.stat().st_size
        # A new one for each try: of a former one they may have kept some pieces.
        sending = uuid.uuid4().hex
        with path.open("rb") as file:
            for start in range(0, size, PIECE_BYTES):
                piece = _Piece(file, start, min(PIECE_BYTES, size - start), lambda done: tell(done / size))
                headers = {}
                if size > PIECE_BYTES:
                    headers["X-Unique-Upload-Id"] = sending
                    headers["Content-Range"] = f"bytes {start}-{start + piece.length - 1}/{size}"
                self._send(piece, parameters, headers)

    def _send(self, piece: "_Piece", parameters: Mapping[str, str], headers: Mapping[str, str]) -> None:
        """Send a piece, some times: a line that breaks for a moment shall not cost all that went before."""
        for pause in (*_PAUSES, None):
            try:
                self._call(
                    "POST",
                    "video/upload",
                    # Signed now: a signature is worth an hour, and originals of hours take longer.
                    data=self._signed(parameters),
                    files={"file": ("source", piece, "application/octet-stream")},
                    headers=dict(headers),
                )
            except Trouble as trouble:
                if pause is None or trouble.after:
                    raise
                time.sleep(pause)
            else:
                return

    # ── Fetching ──────────────────────────────────────────────────────────────

    def download(
        self, asset: Asset, transformation: str, target: Path, most: int, tell: Callable[[float], None]
    ) -> None:
        """Fetch what was made of an original, as it is; ``target`` is there when all of it is.

        Args:
            most: bytes that are taken; more is refused.
            tell: called with the share that is here; what it raises ends the fetching.

        Raises:
            Trouble, Refused: as :meth:`_call`.
        """
        half = target.with_name(f"{target.name}.part")
        with self._open("GET", self._address(asset, transformation)) as answer:
            self._check_file(answer)
            expected = _whole(answer.headers.get("content-length"))
            done = 0
            with half.open("wb") as copy:
                for block in answer.iter_bytes(_BLOCK):
                    done += len(block)
                    if max(done, expected) > most:
                        raise Refused(answer.status_code, f"a file of more than {most} bytes")
                    copy.write(block)
                    tell(done / expected if expected else 0.0)
        if not done or (expected and done != expected):
            raise Trouble(f"{done} of {expected} bytes came")
        half.replace(target)

    def why_not(self, asset: Asset, transformation: str) -> str:
        """Why something isn't made yet, as their delivery says it; empty where it may still come.

        Raises:
            Trouble, Refused: as :meth:`_call`.
        """
        with self._open("GET", self._address(asset, transformation)) as answer:
            words = _one_line(answer.headers.get("x-cld-error", ""))
            # A large one isn't made while somebody waits at the line; that says nothing about the work in hand.
            is_final = answer.status_code in (400, 404, 409, 422) and "synchronous" not in words
            return words or f"HTTP {answer.status_code}" if is_final else ""

    def _address(self, asset: Asset, transformation: str) -> str:
        path = f"{transformation}/{asset.name}.mp4"
        signature = path_signature(path, self.account.secret, self.account.algorithm)
        end = f"{transformation}/v{asset.version}/{asset.name}.mp4"
        return f"{self.account.delivery}/{self.account.cloud}/video/{_TYPE}/{signature}/{end}"

    def _check_file(self, answer: httpx.Response) -> None:
        words = _one_line(answer.headers.get("x-cld-error", ""))
        if answer.status_code in _BUSY or answer.status_code >= 500:
            raise Trouble(f"the file is not there yet: HTTP {answer.status_code} {words}", _reset(answer))
        if 400 <= answer.status_code < 500:
            raise Refused(answer.status_code, words or "no file")
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        if answer.status_code != 200 or kind not in ("video/mp4", "application/octet-stream", "binary/octet-stream"):
            raise Trouble(f"HTTP {answer.status_code} with {kind or 'nothing'} in place of a film")

    # ── Calls ─────────────────────────────────────────────────────────────────

    @property
    def _basic(self) -> httpx.BasicAuth:
        return httpx.BasicAuth(self.account.key, self.account.secret)

    def _signed(self, parameters: Mapping[str, str]) -> dict[str, str]:
        given = {**parameters, "timestamp": str(int(clock.now().timestamp()))}
        signature = request_signature(given, self.account.secret, self.account.algorithm)
        return {**given, "api_key": self.account.key, "signature": signature}

    def _call(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """Ask the API; returns what it answers.

        Raises:
            Trouble: no answer, too many questions, out of order, or something that isn't JSON.
            Refused: it said no.
        """
        with self._open(method, f"{self.account.api}/v1_1/{self.account.cloud}/{path}", **given) as answer:
            if answer.status_code in _BUSY or answer.status_code >= 500:
                raise Trouble(f"HTTP {answer.status_code}", _reset(answer))
            data = _read(answer)
        if answer.status_code == 401:
            # Where they don't know who asks they answer in HTML.
            raise Refused(401, _complaint(data) or "not authorized")
        if data is None or not answer.status_code < 500:
            raise Trouble(f"HTTP {answer.status_code} without JSON")
        if answer.status_code >= 400 or "error" in data:
            raise Refused(answer.status_code, _complaint(data) or "no reason given")
        if answer.status_code >= 300:
            raise Trouble(f"HTTP {answer.status_code}: redirects are not followed")
        return data

    @contextmanager
    def _open(self, method: str, url: str, **given: Any) -> Iterator[httpx.Response]:
        auth = given.pop("auth", None)
        try:
            with self._http.stream(method, url, auth=auth, **given) as answer:
                yield answer
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            # Without their words: addresses hold signatures.
            raise Trouble(f"no answer: {type(error).__name__}") from None


class _Piece:
    """Part of a file that is read like one, and says how far it is; what is sent twice is read twice."""

    def __init__(self, file: BinaryIO, start: int, length: int, tell: Callable[[float], None]) -> None:
        self.file = file
        self.start = start
        self.length = length
        self.place = 0
        self.told = tell

    def read(self, count: int = -1) -> bytes:
        """The next bytes of the piece."""
        left = self.length - self.place
        self.file.seek(self.start + self.place)
        block = self.file.read(left if count < 0 else min(left, count))
        self.place += len(block)
        self.told(self.start + self.place)
        return block

    def seek(self, place: int, whence: int = 0) -> int:
        """Go somewhere in the piece."""
        self.place = (0, self.place, self.length)[whence] + place
        return self.place

    def tell(self) -> int:
        """Where it stands."""
        return self.place


def _read(answer: httpx.Response) -> dict[str, Any] | None:
    """The JSON object of an answer; None where there is none. Neither endless nor endlessly slow."""
    deadline = time.monotonic() + _ANSWER_SECONDS
    body = bytearray()
    for block in answer.iter_bytes():
        body += block
        if len(body) > _LARGEST_ANSWER or time.monotonic() > deadline:
            return None
    try:
        data = json.loads(bytes(body))
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _complaint(data: Mapping[str, Any] | None) -> str:
    error = (data or {}).get("error")
    return _one_line(str(error.get("message", ""))) if isinstance(error, dict) else ""


def _one_line(words: str) -> str:
    """Fit for a log and a screen. They repeat what was signed, which is no secret, but the signature is nobody's."""
    return " ".join(words.partition("String to sign")[0].split())[:500]


def _reset(answer: httpx.Response) -> datetime | None:
    """When their limit on questions begins anew."""
    for name in ("x-featureratelimit-reset", "retry-after"):
        given = answer.headers.get(name, "")
        if given.isascii() and given.isdigit() and len(given) < 6:
            return clock.now() + timedelta(seconds=int(given))
        try:
            moment = parsedate_to_datetime(given)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _whole(value: Any) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError, OverflowError):
        return 0


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
