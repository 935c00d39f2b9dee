"""Fixtures of the API's tests."""

from commerce.tests.simulated import simulator_server, simulators

__all__ = ["simulator_server", "simulators"]
