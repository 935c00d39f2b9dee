"""Calling a provider over HTTP: time limits, one meaning for every way a call can end, tokens, masked records."""

import base64
import json
import logging
import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import httpx

from commerce.providers.base import Declined, Retryable, Unknown

__all__ = [
    "Answer",
    "Breaker",
    "Exchange",
    "HttpClient",
    "TokenCache",
    "certificates",
    "fetch_client_token",
    "masked",
    "recorder",
]

logger = logging.getLogger(__name__)

#: Seconds: to connect, and for everything else.
TIMEOUT = httpx.Timeout(30.0, connect=5.0)
#: Bytes of an answer that are read; no provider's JSON is near it.
LARGEST_ANSWER = 2_000_000

_SECRET_NAMES = re.compile(
    r"authorization|api[_-]?key|secret|password|passkey|pin$|^pin|token|signature|hash|credential|card|cvc|cvv|"
    r"x-key|encryption|access_code|merchant_key|view_?link|(?:notif|callback|result|time_?out)_?url",
    re.IGNORECASE,
)
_PHONE_NAMES = re.compile(r"phone|msisdn|partyid|subscriber|party_?[ab]$|mobile|account_?number", re.IGNORECASE)
#: Sentences for people, which some providers put numbers into.
_TEXT_NAMES = re.compile(r"message|desc(?:ription)?$|public_?name|remarks|narration", re.IGNORECASE)
_LONG_DIGITS = re.compile(r"(?<!\d)(\d{3})\d{3,12}(\d{2})(?!\d)")
_PHONE_IN_TEXT = re.compile(r"(?<!\d)(\d{3})\d{4,12}(\d{2})(?!\d)")


def masked(value: Any, name: str = "") -> Any:
    """A copy fit for logs, the admin and error reports: no secret, no whole phone or card number."""
    if isinstance(value, Mapping):
        return {key: masked(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item, name) for item in value]
    if _SECRET_NAMES.search(name) and isinstance(value, str | int) and not isinstance(value, bool):
        return "•••" if value != "" else ""
    if _PHONE_NAMES.search(name) and isinstance(value, str | int):
        return _LONG_DIGITS.sub(r"\1•••\2", str(value))
    if isinstance(value, str) and _TEXT_NAMES.search(name):
        return _PHONE_IN_TEXT.sub(r"\1•••\2", value)
    if isinstance(value, Decimal):
        return str(value)
    return value


@dataclass(frozen=True)
class Exchange:
    """One question and its answer as they are kept: masked. ``status`` is 0 where no answer came."""

    method: str
    url: str
    request: Any
    status: int
    answer: Any
    milliseconds: int
    error: str = ""


#: Takes the exchanges of the calls made inside; set by who keeps them. Adapters themselves keep nothing.
recorder: ContextVar[Callable[[Exchange], None] | None] = ContextVar("commerce_exchange_recorder", default=None)


@dataclass
class Breaker:
    """Stops calling a provider that doesn't answer: after ``failures`` in a row, for ``pause`` seconds."""

    failures: int = 5
    pause: float = 30.0
    _count: int = 0
    _open_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Go on, or refuse at once.

        Raises:
            Retryable: the provider has been failing; nothing was sent.
        """
        with self._lock:
            if time.monotonic() < self._open_until:
                raise Retryable("provider_trouble", "the provider has not been answering; paused")

    def note(self, *, ok: bool) -> None:
        """Count an outcome."""
        with self._lock:
            self._count = 0 if ok else self._count + 1
            if self._count >= self.failures:
                self._open_until = time.monotonic() + self.pause
                self._count = 0


@dataclass(frozen=True)
class Answer:
    """What came back. ``data`` is the JSON, with numbers as int and Decimal; None where there was none.

    ``text`` is the body as it came, unmasked, for libraries that read it themselves.
    """

    status: int
    data: Any
    headers: Mapping[str, str]
    text: str = field(default="", repr=False)

    @property
    def is_ok(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300


class TokenCache:
    """An access token, fetched when there is none or it is about to end; one for all threads."""

    def __init__(self, margin: float = 60.0) -> None:
        self._margin = margin
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def get(self, fetch: Callable[[], tuple[str, float]]) -> str:
        """The token; ``fetch`` gives a new one and the seconds it lives."""
        with self._lock:
            if not self._token or time.monotonic() >= self._until:
                token, lifetime = fetch()
                # Some tokens live for three minutes: the margin never eats all of it.
                self._token, self._until = token, time.monotonic() + max(lifetime - self._margin, lifetime / 2)
            return self._token

    def forget(self) -> None:
        """After a 401."""
        with self._lock:
            self._token = ""


@cache
def certificates(ca_bundle: str = "") -> ssl.SSLContext:
    """Whose certificates are believed: the usual authorities, or those of a bundle; read once a process.

    Reading the usual ones takes 40 ms and half a megabyte, and a school has a dozen providers.

    Args:
        ca_bundle: path of a bundle.
    """
    return httpx.create_ssl_context(ca_bundle or True)


class HttpClient:
    """HTTP to one provider. Certificates are always checked.

    Args:
        ca_bundle: path of a bundle for hosts whose chain lacks an intermediate certificate.
    """

    def __init__(self, base_url: str, *, ca_bundle: str = "", timeout: httpx.Timeout = TIMEOUT) -> None:
        self.base_url = base_url.rstrip("/")
        self.breaker = Breaker()
        self._client = httpx.Client(
            base_url=self.base_url, timeout=timeout, verify=certificates(ca_bundle), follow_redirects=False
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        is_safe: bool = False,
    ) -> Answer:
        """Send one request and read JSON.

        Args:
            is_safe: asking again changes nothing (GET, tokens): then every trouble is :class:`Retryable`.

        Raises:
            Retryable: certainly not accepted, or the request was safe.
            Unknown: sent, and no conclusive answer: time-out, broken connection, 5xx, no JSON where there is a body.
        """
        self.breaker.check()
        trouble: type[Retryable | Unknown] = Retryable if is_safe else Unknown
        started = time.monotonic()
        question = json_body if json_body is not None else dict(form or {})
        body = content
        if body is None and json_body is not None:  # both: bytes that were signed, and what they say for the record
            body = json.dumps(json_body, ensure_ascii=False).encode()
        all_headers = {"Accept": "application/json", **(headers or {})}
        if json_body is not None:
            all_headers.setdefault("Content-Type", "application/json")

        def keep(status: int, answer: Any, error: str = "") -> None:
            keeper = recorder.get()
            if keeper is not None:
                took = int((time.monotonic() - started) * 1000)
                url = self.base_url + path
                keeper(Exchange(method, url, masked(question), status, masked(answer), took, error))

        try:
            if content is not None or json_body is not None:
                response = self._client.request(method, path, content=body, headers=all_headers, params=params)
            else:
                response = self._client.request(
                    method, path, data=dict(form) if form else None, headers=all_headers, params=params
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            self.breaker.note(ok=False)
            keep(0, None, type(error).__name__)
            raise Retryable("provider_trouble", f"no connection: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            self.breaker.note(ok=False)
            keep(0, None, type(error).__name__)
            raise trouble("provider_trouble", f"no answer: {type(error).__name__}") from error
        data, is_json = _read(response)
        keep(response.status_code, data if is_json else response.text[:500])
        self.breaker.note(ok=response.status_code < 500 and is_json)
        if response.status_code == 429:
            raise Retryable("provider_trouble", "throttled", raw=masked(data) if is_json else {})
        if response.content and not is_json and response.status_code != 401:
            # A firewall or a proxy before the provider answered, with whatever status. Only a 401 means one thing in
            # any format (gateways write it in XML): the token is to be renewed, and nothing was accepted.
            raise trouble("provider_trouble", f"HTTP {response.status_code} without JSON")
        lowered = {key.lower(): value for key, value in response.headers.items()}
        return Answer(response.status_code, data, lowered, response.text)


def _read(response: httpx.Response) -> tuple[Any, bool]:
    if not response.content:
        return None, True
    if len(response.content) > LARGEST_ANSWER:
        return None, False
    try:
        return json.loads(response.content, parse_float=Decimal), True
    except (ValueError, ArithmeticError, RecursionError):  # an exponent or a depth beyond bounds is no answer either
        return None, False


def fetch_client_token(
    http: HttpClient,
    path: str,
    user: str,
    secret: str,
    *,
    complaint: Callable[[Answer], str] = lambda answer: f"HTTP {answer.status}",
) -> tuple[str, float]:
    """An access token by OAuth's client credentials, and the seconds it lives; for :meth:`TokenCache.get`.

    Args:
        complaint: what an answer that refuses says, fit for a log.

    Raises:
        Declined: the credentials are refused.
        Retryable: no token in the answer.
    """
    pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
    answer = http.call(
        "POST",
        path,
        form={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {pair}"},
        is_safe=True,
    )
    if answer.status in (400, 401, 403):
        raise Declined("our_configuration", f"no token: {complaint(answer)}")
    try:
        # Some send the lifetime as a string.
        return str(answer.data["access_token"]), float(answer.data["expires_in"])
    except (KeyError, TypeError, ValueError):
        raise Retryable("provider_trouble", f"no token in the answer, HTTP {answer.status}") from None
