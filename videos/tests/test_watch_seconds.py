"""Bits, runs and ranges of numbers: the arithmetic that everything watched is counted with."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from videos.seconds import MAX_GAPS, add_number, bits_of, bytes_of, has_number, runs_of, spread, whole_seconds

RUNS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)).map(lambda pair: (pair[0], pair[0] + pair[1])))


def seconds_in(runs):
    return [second for start, end in runs for second in range(start, end)]


def test_a_rest_of_less_than_a_second_is_not_to_be_watched():
    assert [whole_seconds(ms) for ms in (0, 1, 999, 1000, 60_040, 60_999)] == [0, 1, 1, 1, 60, 60]


@given(RUNS)
def test_bits_are_the_seconds_and_runs_give_them_back(runs):
    bits = bits_of(runs)
    assert {n for n in range(bits.bit_length()) if bits >> n & 1} == set(seconds_in(runs))
    found = runs_of(bits)
    assert bits_of(found) == bits
    assert all(end < start for (_start, end), (start, _end) in pairwise(found))
    assert int.from_bytes(bytes_of(bits), "little") == bits


def test_bytes_are_as_many_as_the_last_second_needs():
    assert [len(bytes_of(bits_of([(0, end)]))) for end in (1, 8, 9, 14_400)] == [1, 1, 2, 1800]


@given(RUNS, st.integers(1, 60))
def test_spread_loses_no_second(runs, width):
    counts: list[int] = []
    spread(runs, width, counts)
    found = seconds_in(runs)
    assert counts == [
        sum(second // width == bucket for second in found) for bucket in range(max(found, default=-1) // width + 1)
    ]


@given(st.lists(st.integers(0, 40)))
def test_numbers_are_kept_as_few_ranges(numbers):
    ranges: list[list[int]] = []
    for number in numbers:
        ranges = add_number(ranges, number)
    assert {n for n in range(50) if has_number(ranges, n)} == set(numbers)
    assert all(last + 1 < first for (_first, last), (first, _last) in pairwise(ranges))


def test_of_too_many_gaps_the_oldest_is_closed():
    ranges: list[list[int]] = []
    for number in range(0, 1000, 2):
        ranges = add_number(ranges, number)
    assert len(ranges) == MAX_GAPS + 1
    assert has_number(ranges, 1)
    assert not has_number(ranges, 997)
    assert all(has_number(ranges, number) for number in range(0, 1000, 2))
