"""What runs an imitated service: a server on this machine, and what goes wrong on request."""

import json
import logging
import shutil
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

__all__ = ["Faults", "ImitatedService", "Notice", "answer_error", "answer_json"]

logger = logging.getLogger(__name__)


@dataclass
class Faults:
    """What goes wrong next. Numbers count calls of the API down; what is said about files holds until it is unsaid."""

    http_500: int = 0
    rate_limited: int = 0
    html_error: int = 0
    hang_up: int = 0
    #: Of calls before the first that goes wrong.
    after: int = 0
    #: Answers that are sent with another status, and what stands in them.
    answers: list[tuple[int, bytes, str]] = field(default_factory=list)
    #: Seconds before films are coded; nothing is coded while ``holds``.
    slow: float = 0.0
    holds: bool = False
    #: Transformations with this in them can't be made.
    fails: str = ""
    #: They are coded with key frames where the coder likes.
    ignores_key_frames: bool = False
    drop_notices: bool = False
    duplicate_notices: int = 1
    bad_signature: bool = False
    #: In place of films: where to go instead, or what is sent, with its kind.
    redirect: str = ""
    delivers: tuple[bytes, str] | None = None
    #: Whether it is said before how long it is.
    promises: bool = True
    #: Films end after so many bytes, though more were promised.
    cuts_after: int = 0


@dataclass
class Notice:
    """A notice on its way to us."""

    url: str
    headers: dict[str, str]
    body: bytes
    status: int = 0  #: that we answered; 0 before, -1 where nobody did


class _Quiet(WSGIRequestHandler):
    """No line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class ImitatedService:
    """A server with a folder for its files. A context manager in tests.

    Args:
        folder: where it keeps files; emptied at the end.
    """

    #: What is served.
    routes: Map

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self.folder = folder
        self.host, self.port = host, port
        self.faults = Faults()
        #: Seconds that its clock is ahead.
        self.shift = 0.0
        self.lock = threading.RLock()
        #: Method and path of each request, in order.
        self.calls: deque[tuple[str, str]] = deque(maxlen=10_000)
        self.notices: list[Notice] = []
        self.threads: list[threading.Thread] = []
        self._server: BaseWSGIServer | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._server = make_server(self.host, self.port, self.application, threaded=True, request_handler=_Quiet)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.faults.holds = False
        self.join()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def join(self) -> None:
        """Wait until all that was ordered is made and told."""
        while self.threads:
            self.threads.pop().join(timeout=120)

    def release(self) -> None:
        """Code what was held back, and wait for it."""
        self.faults.holds = False
        self.join()

    def now(self) -> float:
        """Its clock, seconds since 1970; ``shift`` puts it forward."""
        return time.time() + self.shift

    def application(self, environ: dict[str, Any], start_response: Any) -> Any:
        """WSGI."""
        request = Request(environ)
        with self.lock:
            self.calls.append((request.method, request.path))
        try:
            endpoint, arguments = self.routes.bind_to_environ(environ).match()
            is_file = self.is_file(endpoint)
            trouble = None if is_file else self._trouble(request)
            response = trouble or endpoint(request, **arguments)
        except HTTPException as error:
            response = error.get_response(environ)
        except ConnectionAbortedError:
            with suppress(KeyError, OSError):
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise
        return response(environ, start_response)

    def _trouble(self, request: Request) -> Response | None:
        faults = self.faults
        with self.lock:
            if faults.after > 0:
                faults.after -= 1
                return None
            if faults.hang_up > 0:
                faults.hang_up -= 1
                raise ConnectionAbortedError
            if faults.answers:
                status, body, kind = faults.answers.pop(0)
                request.get_data()
                return Response(body, status, content_type=kind)
            for name, status in (("http_500", 500), ("rate_limited", 420)):
                if getattr(faults, name) > 0:
                    setattr(faults, name, getattr(faults, name) - 1)
                    request.get_data()
                    return self._limited() if status == 420 else answer_error(500, "Internal Server Error")
            if faults.html_error > 0:
                faults.html_error -= 1
                request.get_data()
                return Response("<html><body>Bad Gateway</body></html>", 200, content_type="text/html")
        return None

    def _limited(self) -> Response:
        reset = (datetime.now(UTC) + timedelta(minutes=30)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        answer = answer_error(420, f"Rate Limit Exceeded. Limit of 500 api operations reached. Try again on {reset}")
        answer.headers["X-FeatureRateLimit-Limit"] = "500"
        answer.headers["X-FeatureRateLimit-Remaining"] = "0"
        answer.headers["X-FeatureRateLimit-Reset"] = reset
        return answer

    def is_file(self, endpoint: object) -> bool:
        """Whether an address is that of a file, which faults of the API don't reach."""
        return False

    def send(self, notice: Notice, post: Callable[..., Any] = httpx.post) -> None:
        """Deliver a notice."""
        try:
            notice.status = post(notice.url, content=notice.body, headers=notice.headers, timeout=10).status_code
        except httpx.HTTPError as error:
            notice.status = -1
            logger.info("A notice was not delivered: %s", type(error).__name__)


def answer_json(data: Mapping[str, Any], status: int = 200) -> Response:
    """An answer of the API."""
    return Response(json.dumps(data), status, content_type="application/json; charset=utf-8")


def answer_error(status: int, words: str) -> Response:
    """A refusal, with their words."""
    answer = answer_json({"error": {"message": words}}, status)
    answer.headers["X-Cld-Error"] = words
    return answer
