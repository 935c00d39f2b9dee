"""What happened, as data: events are frozen dataclasses that survive a trip through JSON.

A room lists its events in ``events.py``, in the past tense::

    @dataclass(frozen=True)
    class LearnerEnrolled(Event):
        enrollment_key: UUID
        learner_key: UUID
        source: str = "free"

Give fields added later a default: payloads written before the change are still read.
"""

import dataclasses
import types
import typing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, ClassVar, Self
from uuid import UUID

from core import clock
from core.ids import new_public_id
from core.money import Money

__all__ = ["Event", "UnknownEvent", "event_class", "registered_events"]

_registry: dict[str, type["Event"]] = {}


class UnknownEvent(LookupError):
    """A stored event whose class this process doesn't know (newer or removed code)."""


@dataclass(frozen=True)
class Event:
    """Base of all events.

    ``event_name`` is the stored name, ``<app>.<ClassName>`` unless given: ``class Paid(Event, name="commerce.Paid")``.
    Name it explicitly when the class is renamed, or stored events are lost from sight.
    """

    event_name: ClassVar[str] = ""

    #: Same in every delivery of this event: what a handler with effects elsewhere uses as idempotency key.
    public_id: UUID = field(default_factory=new_public_id, kw_only=True, compare=False)
    occurred_at: datetime = field(default_factory=clock.now, kw_only=True, compare=False)

    def __init_subclass__(cls, *, name: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.event_name = name or f"{cls.__module__.partition('.')[0]}.{cls.__name__}"
        other = _registry.get(cls.event_name)
        if other and (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"Two events are called {cls.event_name}: {other!r} and {cls!r}.")
        _registry[cls.event_name] = cls

    def to_payload(self) -> dict[str, Any]:
        """Return the fields as JSON-able data.

        Raises:
            TypeError: a value that doesn't survive JSON exactly (a float, a model), or a class without ``@dataclass``.
        """
        cls = type(self)
        if "__dataclass_fields__" not in cls.__dict__:
            raise TypeError(f"{cls.__name__} needs @dataclass(frozen=True), or its own fields are not stored.")
        return {f.name: _encode(getattr(self, f.name), f.name) for f in dataclasses.fields(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Rebuild an event; unknown keys are ignored, missing ones take their default.

        Raises:
            TypeError: a field without default is missing.
        """
        hints = _hints(cls)  # type: ignore[arg-type]  # a class is hashable, whatever its instances are
        names = [f.name for f in dataclasses.fields(cls) if f.init]
        return cls(**{name: _decode(payload[name], hints[name]) for name in names if name in payload})


def event_class(name: str) -> type[Event]:
    """Return the class of a stored event name.

    Raises:
        UnknownEvent: no such class in this process.
    """
    try:
        return _registry[name]
    except KeyError:
        raise UnknownEvent(name) from None


def registered_events() -> dict[str, type[Event]]:
    """Return all event classes by name."""
    return dict(_registry)


@cache
def _hints(cls: type[Event]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _encode(value: Any, where: str) -> Any:
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, str):  # an enumeration of strings, a translated label already resolved
        return str.__str__(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError(f"{where}: an event holds aware datetimes only.")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, list | tuple):
        return [_encode(item, where) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _encode(item, where) for key, item in value.items()}
    raise TypeError(f"{where}: {type(value).__name__} has no place in an event.")


def _decode(value: Any, hint: Any) -> Any:
    """Turn JSON data back into what the annotation says."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        present = [argument for argument in arguments if argument is not type(None)]
        return _decode(value, present[0]) if len(present) == 1 else value
    if value is None:
        return None
    if origin is list:
        return [_decode(item, arguments[0]) for item in value]
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_decode(item, arguments[0]) for item in value)
        return tuple(_decode(item, argument) for item, argument in zip(value, arguments, strict=True))
    if origin is dict:
        return {key: _decode(item, arguments[1]) for key, item in value.items()}
    if not isinstance(hint, type):
        return value
    if hint is Money:
        return Money(value["minor"], value["currency"])
    if hint is UUID:
        return UUID(value)
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    if issubclass(hint, str) and hint is not str:
        return hint(value)
    return value
