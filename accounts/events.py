"""What happened to people."""

from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True)
class PersonRegistered(Event):
    """Somebody has an account now; the address may still be unverified.

    ``source``: ``website``, ``app`` (headless API), ``admin``, or what a command says of itself.
    """

    person_key: UUID
    language: str
    source: str


@dataclass(frozen=True)
class PersonVerifiedEmail(Event):
    """Somebody has shown that they read mail at their address (again, after a change of address)."""

    person_key: UUID


@dataclass(frozen=True)
class RoleGranted(Event):
    """Somebody entered a role of the school."""

    person_key: UUID
    role: str


@dataclass(frozen=True)
class RoleRevoked(Event):
    """Somebody left a role of the school."""

    person_key: UUID
    role: str
