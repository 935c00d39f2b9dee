import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import Event, UnknownEvent, event_class
from core.money import Money


class Kind(StrEnum):
    FREE = "free"
    PAID = "paid"


@dataclass(frozen=True)
class EverythingHappened(Event):
    key: UUID
    at: datetime
    day: date
    count: int
    text: str
    is_final: bool
    kind: Kind
    keys: list[UUID]
    pair: tuple[int, str]
    names: tuple[str, ...]
    facts: dict[str, datetime]
    price: Money
    parent: UUID | None = None


events = st.builds(
    EverythingHappened,
    key=st.uuids(),
    at=st.datetimes(timezones=st.just(UTC)),
    day=st.dates(),
    count=st.integers(),
    text=st.text(),
    is_final=st.booleans(),
    kind=st.sampled_from(Kind),
    keys=st.lists(st.uuids()),
    pair=st.tuples(st.integers(), st.text()),
    names=st.lists(st.text()).map(tuple),
    facts=st.dictionaries(st.text(), st.datetimes(timezones=st.just(UTC))),
    price=st.builds(Money, st.integers(), st.sampled_from(["XAF", "NGN", "TND"])),
    parent=st.none() | st.uuids(),
)


@given(events)
def test_survives_json(event):
    back = EverythingHappened.from_payload(json.loads(json.dumps(event.to_payload())))
    assert back == event
    assert (back.public_id, back.occurred_at) == (event.public_id, event.occurred_at)
    assert type(back.kind) is Kind


def test_other_zones_are_stored_as_utc():
    @dataclass(frozen=True)
    class ZoneSeen(Event):
        at: datetime

    event = ZoneSeen(datetime(2026, 11, 2, 13, tzinfo=timezone(timedelta(hours=1))))
    assert event.to_payload()["at"] == "2026-11-02T12:00:00+00:00"


def test_fields_added_and_removed_later_do_not_stop_old_payloads():
    @dataclass(frozen=True)
    class Grew(Event, name="core.Grew"):
        key: UUID
        source: str = "free"

    key = uuid4()
    assert Grew.from_payload({"key": str(key), "gone": 1}) == Grew(key, "free")
    with pytest.raises(TypeError):
        Grew.from_payload({"source": "paid"})


@pytest.mark.parametrize("value", [1.5, object(), {1: "a"}, b"bytes", datetime(2026, 1, 1), {"deep": [0.1]}])  # noqa: DTZ001
def test_what_json_can_not_hold_is_refused(value):
    @dataclass(frozen=True)
    class OddSeen(Event):
        value: object

    with pytest.raises(TypeError, match="value"):
        OddSeen(value).to_payload()


def test_a_class_without_dataclass_is_refused():
    class Bare(Event):
        key: int

    with pytest.raises(TypeError, match="dataclass"):
        Bare().to_payload()


def test_names_are_unique_and_found_again():
    assert EverythingHappened.event_name == "core.EverythingHappened"
    assert event_class("core.EverythingHappened") is EverythingHappened
    with pytest.raises(UnknownEvent):
        event_class("core.NeverHappened")
    with pytest.raises(TypeError, match="Two events"):

        @dataclass(frozen=True)
        class Other(Event, name="core.EverythingHappened"):
            pass
