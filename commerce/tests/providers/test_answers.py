"""Answers that can't be read: what was sent stays unknown, and no other exception gets out."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from commerce.providers.base import Retryable, Unknown
from commerce.providers.http import HttpClient

BODIES = {
    "/exponent": b'{"a": 1e99999999999999999999}',
    "/depth": b"[" * 200_000,
    "/bytes": b"\xff\xfe",
    "/text": b"OK",
}


@pytest.fixture(scope="module")
def client() -> Iterator[HttpClient]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = BODIES[self.path]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815 (http.server's names)

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield HttpClient(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", sorted(BODIES))
def test_of_something_sent(client, path):
    client.breaker.note(ok=True)
    with pytest.raises(Unknown):
        client.call("POST", path, json_body={"amount": 1})


@pytest.mark.parametrize("path", sorted(BODIES))
def test_of_a_question(client, path):
    client.breaker.note(ok=True)
    with pytest.raises(Retryable):
        client.call("GET", path, is_safe=True)
