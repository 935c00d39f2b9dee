"""Adapters are tested against the imitated providers, over real HTTP."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from commerce.providers.base import Attempt, Customer
from core.money import Money


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No adapter touches a database, so its tests run once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.one_database)


@pytest.fixture
def customer() -> Customer:
    return Customer(email="awa@example.com", name="Awa Ndiaye", phone="+237670000001", country="CM", language="fr")


@pytest.fixture
def make_attempt() -> Any:
    """Build an attempt: ``make_attempt(25_000, "XAF", phone=…)``."""

    def make(minor: int = 25_000, currency: str = "XAF", **fields: Any) -> Attempt:
        values = {
            "order_number": "B-1001",
            "phone": "+237670000001",
            "country": "CM",
            "description": "Python",
            **fields,
        }
        return Attempt(id=uuid.uuid4(), amount=Money(minor, currency), created_at=datetime.now(UTC), **values)

    return make


class Inbox:
    """Where webhooks arrive in tests: what came, in order."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, dict[str, str], bytes]] = []
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {key.lower(): value for key, value in self.headers.items()}
                inbox.messages.append((self.command, self.path, headers, body))
                self.send_response(200)
                self.end_headers()

            do_POST = do_PUT = _take  # noqa: N815 (http.server's names)

            def log_message(self, *_arguments: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks/secret"
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def wait_for(self, count: int, seconds: float = 5.0) -> list[tuple[str, str, dict[str, str], bytes]]:
        """The first ``count`` messages; fails when fewer come in time."""
        import time

        until = time.monotonic() + seconds
        while len(self.messages) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.messages) >= count, f"{len(self.messages)} of {count} webhooks came"
        return self.messages[:count]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    opened = Inbox()
    yield opened
    opened.close()
