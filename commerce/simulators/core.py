"""What all imitated providers share: a server, a store in memory, faults on request, webhooks with real signatures."""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from commerce.providers.http import certificates
from commerce.simulators.phone import phone_page

__all__ = ["Simulator", "SimulatorServer", "answer_json", "route"]

logger = logging.getLogger(__name__)

#: Largest body that is read.
MAX_BODY = 1_000_000
#: Seconds for one webhook.
WEBHOOK_TIMEOUT = 10.0

View = Callable[..., Response]


def answer_json(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(data, ensure_ascii=False, default=str), status, dict(headers or {}), "application/json")


def route(path: str, *methods: str) -> Callable[[View], View]:
    """Serve ``path`` (werkzeug's syntax, below the provider's name) by a method of a :class:`Simulator`."""

    def mark(view: View) -> View:
        view.__dict__.setdefault("simulated_routes", []).append((path, methods or ("GET",)))
        return view

    return mark


@dataclass
class Call:
    """A request that a simulator got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body or b"null")


@dataclass
class Webhook:
    """A message on its way to us."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    status: int = 0  #: of the last delivery; 0 before it, -1 where nobody answered


@dataclass
class Faults:
    """What goes wrong next. Numbers count calls down; flags stay until they are cleared."""

    http_500: int = 0
    html_error: int = 0
    hang: int = 0
    drop_webhooks: bool = False
    duplicate_webhooks: int = 1
    bad_signature: bool = False
    reorder: bool = False
    wrong_amount: bool = False
    delay: float = 0.0  #: seconds before a webhook leaves
    hang_seconds: float = 60.0


class Simulator:
    """One provider. Subclasses serve its paths with :func:`route` and say what approving means.

    Everything that requests change lives in :attr:`lock`; answers are made inside it, webhooks leave outside it.
    """

    code: ClassVar[str]

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.shift = timedelta(0)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            self.faults = Faults()
            self.calls: deque[Call] = deque(maxlen=10_000)
            self.sent: list[Webhook] = []
            self._held: list[Webhook] = []
            self.shift = timedelta(0)
            self.clear()

    def clear(self) -> None:
        """Forget the provider's own rows; for subclasses."""

    def now(self) -> datetime:
        """The provider's clock, which the control API can put forward."""
        return datetime.now(UTC) + self.shift

    # What a person or a test makes happen; ``reference`` is the provider's or ours, as the subclass documents.

    def approve(self, reference: str) -> None:
        """The customer confirms."""
        raise NotImplementedError

    def reject(self, reference: str) -> None:
        """The customer refuses."""
        raise NotImplementedError

    def expire(self, reference: str) -> None:
        """Nobody did anything in time."""
        raise NotImplementedError

    def late_success(self, reference: str) -> None:
        """Paid after it had failed or expired."""
        self.approve(reference)

    def waiting(self) -> list[dict[str, Any]]:
        """Payments that wait for a customer, for the page with the phone: reference, phone, amount, currency, text."""
        return []

    # Webhooks

    def send_webhook(self, url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> None:
        """Deliver a message in the background, as often, as late and in the order that the faults say."""
        faults = self.faults
        if not url:
            return
        messages = [Webhook(method, url, dict(headers), body) for _time in range(max(1, faults.duplicate_webhooks))]
        with self.lock:
            self.sent.extend(messages)
            if faults.drop_webhooks:
                return
            if faults.reorder and not self._held:
                self._held = messages
                return
            # The newer ones first.
            messages, self._held = messages + self._held, []
        threading.Thread(target=self._deliver, args=(messages, faults.delay), daemon=True).start()

    def release_webhooks(self) -> None:
        """Send what was held back to be reordered, and everything that was dropped."""
        with self.lock:
            messages = self._held or [message for message in self.sent if message.status == 0]
            self._held = []
        self._deliver(messages, 0.0)

    def _deliver(self, messages: list[Webhook], delay: float) -> None:
        time.sleep(delay)
        for message in messages:
            try:
                answered = httpx.request(
                    message.method,
                    message.url,
                    content=message.body,
                    headers=message.headers,
                    timeout=WEBHOOK_TIMEOUT,
                    verify=certificates(),
                )
                message.status = answered.status_code
            except httpx.HTTPError as error:
                message.status = -1
                logger.info("Webhook of %s not delivered: %s", self.code, type(error).__name__)

    # Requests

    def before(self, request: Request) -> Response | None:
        """Misbehave if that was asked for; after the request was *processed* where ``hang`` and errors say so."""
        return None

    def trouble(self) -> Response | None:
        """The fault that is due, if one is: answered in place of the real answer, after the work was done."""
        with self.lock:
            if self.faults.hang > 0:
                self.faults.hang -= 1
                seconds = self.faults.hang_seconds
            elif self.faults.http_500 > 0:
                self.faults.http_500 -= 1
                return answer_json({"message": "Internal Server Error"}, 500)
            elif self.faults.html_error > 0:
                self.faults.html_error -= 1
                return Response("<html><body>Request Rejected</body></html>", 200, content_type="text/html")
            else:
                return None
        time.sleep(seconds)
        return Response(status=504)


class _Quiet(WSGIRequestHandler):
    """No line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@dataclass
class SimulatorServer:
    """All imitated providers on one port.

    Use as a context manager in tests: ``with SimulatorServer([MtnSimulator()]) as server: server.url("mtn")``.
    """

    simulators: list[Simulator]
    host: str = "127.0.0.1"
    port: int = 0
    _server: BaseWSGIServer | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.by_code = {simulator.code: simulator for simulator in self.simulators}
        rules = [
            Rule("/__control/<code>/<action>", methods=["POST"], endpoint=self._control),
            Rule("/phone/", methods=["GET", "POST"], endpoint=self._phone),
            Rule("/", methods=["GET"], endpoint=self._home),
        ]
        for simulator in self.simulators:
            for name in dir(type(simulator)):
                for path, methods in getattr(getattr(type(simulator), name), "simulated_routes", []):
                    endpoint = (simulator, getattr(simulator, name))
                    rules.append(Rule(f"/{simulator.code}{path}", methods=list(methods), endpoint=endpoint))
        self._map = Map(rules, strict_slashes=False, merge_slashes=False)

    @property
    def root(self) -> str:
        """Address of the server, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    def url(self, code: str) -> str:
        """Base address of a provider."""
        return f"{self.root}/{code}"

    def start(self) -> "SimulatorServer":
        """Listen, on a free port if none was given, answering in threads."""
        self._server = make_server(self.host, self.port, self.application, threaded=True, request_handler=_Quiet)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def __enter__(self) -> "SimulatorServer":
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def application(self, environ: dict[str, Any], start_response: Any) -> Any:
        """WSGI."""
        request = Request(environ)
        request.max_content_length = MAX_BODY
        try:
            endpoint, arguments = self._map.bind_to_environ(environ).match()
            if isinstance(endpoint, tuple):
                response = self._serve(request, endpoint, arguments)
            else:
                response = endpoint(request, **arguments)
        except HTTPException as error:
            response = error.get_response(environ)
        return response(environ, start_response)

    def _serve(self, request: Request, endpoint: tuple[Simulator, View], arguments: Mapping[str, Any]) -> Response:
        simulator, view = endpoint
        body = request.get_data()
        path = request.path.removeprefix(f"/{simulator.code}")
        with simulator.lock:
            simulator.calls.append(Call(request.method, path, dict(request.headers), body))
            response = simulator.before(request) or view(request, **arguments)
        # The work is done; whether the answer arrives is another matter.
        return simulator.trouble() or response

    def _home(self, request: Request) -> Response:
        return redirect("/phone/")

    def _phone(self, request: Request) -> Response:
        return phone_page(request, self.by_code)

    def _control(self, request: Request, code: str, action: str) -> Response:
        """``POST /__control/<provider>/<action>``, JSON body: ``reference`` and what the action takes."""
        simulator = self.by_code.get(code)
        if simulator is None:
            raise NotFound(f"No provider {code!r} here.")
        given = request.get_json(silent=True) or {}
        reference = str(given.get("reference", ""))
        count = int(given.get("count", 1))
        faults = simulator.faults
        actions: dict[str, Callable[[], object]] = {
            "approve": lambda: simulator.approve(reference),
            "reject": lambda: simulator.reject(reference),
            "expire": lambda: simulator.expire(reference),
            "late_success": lambda: simulator.late_success(reference),
            "release": simulator.release_webhooks,
            "reset": simulator.reset,
            "delay": lambda: setattr(faults, "delay", float(given.get("seconds", 1))),
            "drop_webhook": lambda: setattr(faults, "drop_webhooks", bool(given.get("on", True))),
            "duplicate_webhook": lambda: setattr(faults, "duplicate_webhooks", count),
            "reorder": lambda: setattr(faults, "reorder", bool(given.get("on", True))),
            "bad_signature": lambda: setattr(faults, "bad_signature", bool(given.get("on", True))),
            "wrong_amount": lambda: setattr(faults, "wrong_amount", bool(given.get("on", True))),
            "http_500_next": lambda: setattr(faults, "http_500", count),
            "html_error_next": lambda: setattr(faults, "html_error", count),
            "hang_next": lambda: setattr(faults, "hang", count),
            "forward": lambda: setattr(simulator, "shift", simulator.shift + timedelta(seconds=int(given["seconds"]))),
        }
        if action == "waiting":
            return answer_json(simulator.waiting())
        if action not in actions:
            raise NotFound(f"No action {action!r}; there are: {', '.join(sorted(actions))}, waiting.")
        try:
            actions[action]()
        except KeyError as missing:
            return answer_json({"error": f"Nothing here is called {missing}."}, 404)
        return answer_json({"done": action})
