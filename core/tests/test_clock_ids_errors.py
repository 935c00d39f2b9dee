import threading
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core import clock, ids
from core.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_now_is_aware_and_in_utc():
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


def test_frozen_stands_still_until_moved_and_ends_with_the_block():
    with clock.frozen(NOON.astimezone(timezone(timedelta(hours=1)))) as standing:
        assert clock.now() == NOON == clock.now()
        assert clock.now().tzinfo is UTC
        standing.move(timedelta(minutes=5))
        assert clock.now() == NOON + timedelta(minutes=5)
    assert clock.now() > NOON + timedelta(days=-3650)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_travel_adds_to_the_clock_it_finds():
    with clock.frozen(NOON), clock.travel(timedelta(days=1)), clock.travel(timedelta(hours=-1)):
        assert clock.now() == NOON + timedelta(hours=23)
    with clock.travel(timedelta(days=365)):
        first = clock.now()
        assert first - datetime.now(UTC) > timedelta(days=364)
        assert clock.now() >= first


def test_naive_instants_are_refused():
    with pytest.raises(ValueError), clock.frozen(datetime(2026, 11, 2)):  # noqa: DTZ001
        pass


@pytest.mark.parametrize("all_threads", [True, False])
def test_other_threads_see_it_only_when_asked(all_threads):
    seen = []
    with clock.frozen(NOON, all_threads=all_threads):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert (seen == [NOON]) is all_threads


def test_readable_codes_use_the_alphabet_and_do_not_repeat():
    codes = {ids.readable_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {12}
    assert set("".join(codes)) == set(ids.READABLE_ALPHABET)
    assert not set(ids.READABLE_ALPHABET) & set("0O1ILUV")


def test_grouped_codes_read_back():
    code = ids.readable_code(10, group=4)
    assert [len(part) for part in code.split("-")] == [4, 4, 2]
    assert ids.normalize_code(f" {code.lower()} ") == code.replace("-", "")


@pytest.mark.parametrize(("length", "alphabet"), [(0, "ABC"), (4, "A"), (4, "AAB")])
def test_impossible_codes_are_refused(length, alphabet):
    with pytest.raises(ValueError):
        ids.readable_code(length, alphabet)


def test_public_ids_are_random():
    first, second = ids.new_public_id(), ids.new_public_id()
    assert first != second
    assert first.version == 4
    assert isinstance(first, uuid.UUID)


def test_refusals_have_a_code_and_a_sentence():
    class SeatTaken(Conflict):
        code = "seat_taken"
        message = "Taken."

    assert SeatTaken().code == "seat_taken"
    assert str(SeatTaken()) == "Taken."
    assert issubclass(SeatTaken, DomainError)
    refusal = InvalidInput("too_long", "Too long.", field="title")
    assert (refusal.code, str(refusal), refusal.field) == ("too_long", "Too long.", "title")
    assert [kind().code for kind in (NotAllowed, NotFound, Conflict, InvalidInput)] == [
        "not_allowed",
        "not_found",
        "conflict",
        "invalid_input",
    ]
