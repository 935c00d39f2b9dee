"""The imitated providers for tests: one server for a run, everything forgotten between tests.

Tests of this room have the fixture by its ``conftest.py``; others' import it there as this one does::

    def test_it(simulators, client):
        …                                            # initiate a payment, as the house does
        simulators.approve("mtn", reference)         # the customer confirms on the phone
        simulators.deliver(client)                   # the provider's messages reach the house

Messages are kept back until a test delivers them, to Django's test client, in the order, number and form that the
faults of a simulator say; ``simulators.point_to(live_server.url)`` has them sent by themselves, for browser tests.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from commerce.providers import registry
from commerce.simulators import keys
from commerce.simulators.core import Faults, Simulator, SimulatorServer, Webhook
from commerce.simulators.school import all_simulators, point_to
from core import clock

__all__ = ["SimulatedProviders", "simulator_server", "simulators"]


class SimulatedProviders:
    """What a test does with the imitated providers; ``simulators["mtn"]`` is one of them."""

    def __init__(self, server: SimulatorServer, site_url: str) -> None:
        self.server = server
        self.url = server.root
        self._delivered: set[int] = set()
        for simulator in server.simulators:
            simulator.reset()
            simulator.faults.drop_webhooks = True
        point_to(server.simulators, site_url)

    def __getitem__(self, code: str) -> Simulator:
        return self.server.by_code[code]

    def faults(self, code: str) -> Faults:
        """What goes wrong next: ``simulators.faults("mtn").http_500 = 1``."""
        return self[code].faults

    def waiting(self, code: str) -> list[dict[str, Any]]:
        """Payments that wait for a customer: reference, phone, amount, currency, text."""
        return self[code].waiting()

    def approve(self, code: str, reference: str = "") -> None:
        """The customer pays; the one payment that waits, where no reference is given."""
        self[code].approve(reference or self.only(code))

    def reject(self, code: str, reference: str = "") -> None:
        """The customer refuses."""
        self[code].reject(reference or self.only(code))

    def expire(self, code: str, reference: str = "") -> None:
        """Nobody did anything in time."""
        self[code].expire(reference or self.only(code))

    def only(self, code: str) -> str:
        """Reference of the one payment that waits."""
        (one,) = self.waiting(code)
        return str(one["reference"])

    def transfer(self, text: str, amount: str, currency: str = "XAF") -> None:
        """A transfer with this text arrives at the bank; the statement is at ``bank/statement.xml``."""
        self["bank"].approve(f"{text} {amount} {currency}")

    def undelivered(self) -> list[Webhook]:
        """Messages that no test has delivered yet, oldest first for each provider."""
        found = [message for simulator in self.server.simulators for message in simulator.sent]
        return [message for message in found if id(message) not in self._delivered]

    def deliver(self, client: Client) -> list[int]:
        """Hand all messages that wait to the house, and return its answers."""
        return [self.hand_over(message, client) for message in self.undelivered()]

    def hand_over(self, message: Webhook, client: Client) -> int:
        """Hand one message to the house, as often as a test likes; returns the status of its answer."""
        self._delivered.add(id(message))
        kind = message.headers.get("Content-Type", "application/octet-stream")
        headers = {name: value for name, value in message.headers.items() if name != "Content-Type"}
        path = urlsplit(message.url).path
        answer = client.generic(message.method, path, message.body, content_type=kind, headers=headers)
        message.status = answer.status_code
        return answer.status_code

    def keep_time(self) -> None:
        """Put the providers' clocks to the house's, after a test has moved that."""
        difference = clock.now() - self["mtn"].now()
        for simulator in self.server.simulators:
            simulator.shift += difference

    def point_to(self, site_url: str) -> None:
        """Send messages by themselves from now on, to a school that listens there."""
        point_to(self.server.simulators, site_url)
        for simulator in self.server.simulators:
            simulator.faults.drop_webhooks = False


@pytest.fixture(scope="session")
def simulator_server() -> Iterator[SimulatorServer]:
    """All imitated providers on a free port."""
    with SimulatorServer(all_simulators()) as server:
        yield server


@pytest.fixture
def simulators(simulator_server: SimulatorServer, settings: LazySettings) -> Iterator[SimulatedProviders]:
    """The imitated providers, empty, and every provider of the house configured to talk to them."""
    keys.keep_in(settings.VAR_DIR)
    settings.PAYMENT_SIMULATOR_URL = simulator_server.root
    registry.reset()
    yield SimulatedProviders(simulator_server, settings.SITE_URL)
    registry.reset()
