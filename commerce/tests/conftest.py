"""Fixtures of this room."""

from commerce.tests.simulated import simulator_server, simulators

__all__ = ["simulator_server", "simulators"]
