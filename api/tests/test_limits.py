"""Bombs are refused by a few milliseconds of counting, before anything expensive sees them."""

import time

import pytest
from graphql import get_introspection_query, parse

from api.graphql.limits import Limits, TooExpensive, check_document


def bounds() -> Limits:
    return Limits(depth=12, cost=10_000, aliases=20, directives=20, fragments=60, page_size=100)


def fragment_bomb(levels: int) -> str:
    """Each fragment spreads the next twice: 2 ** levels fields when expanded."""
    parts = [f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels)]
    return "{ ...F0 } " + " ".join(parts) + f" fragment F{levels} on Query {{ me {{ id }} }}"


BOMBS = {
    "aliases": ("{ " + " ".join(f"a{i}: me {{ id }}" for i in range(200)) + " }", "aliases"),
    "depth": ("{ me " + "{ course " * 40 + "{ id }" + " }" * 40 + " }", "levels deep"),
    "namesakes": ("{ " + "me { id } " * 200 + " }", "same field"),
    "fields": ("{ me { " + " ".join(f"f{i}" for i in range(900)) + " } }", "fields in one document"),
    "directives": ("{ me " + "@include(if: true) " * 300 + "{ id } }", "directives"),
    "fragments": (fragment_bomb(80), "fragments"),
    "fragment doubling": (fragment_bomb(40), "costs"),
    "page size": (
        "{ courses(first: 100) { edges { node { modules { lessons { id } instructors { id } } } } } "
        "more: courses(first: 100) { edges { node { modules { lessons { id title kind isLocked } } } } } }",
        "costs",
    ),
    "variable page size": (
        "query ($n: Int) { courses(first: $n) { edges { node { modules { lessons { id title kind } } } } } "
        "b: courses(first: $n) { edges { node { modules { lessons { id title kind } } } } } }",
        "costs",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_and_says_which_limit(name: str) -> None:
    text, words = BOMBS[name]
    with pytest.raises(TooExpensive, match=words):
        check_document(parse(text), {"n": 100}, bounds())


def test_cyclic_fragments_end_and_are_left_to_validation() -> None:
    document = parse("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")
    assert check_document(document, {}, bounds()) == 0


def test_work_grows_with_the_document_and_not_with_what_it_expands_to() -> None:
    def work(levels: int) -> float:
        document = parse(fragment_bomb(levels))
        limits = bounds()
        limits.cost = 10**30
        started = time.process_time()
        for _ in range(20):
            check_document(document, {}, limits)
        return time.process_time() - started

    # 25 levels more multiply the expansion by 2 ** 25; the work must stay within the document's own growth.
    assert work(50) < 20 * work(25) + 0.01


def test_cost_multiplies_by_rows_asked_for() -> None:
    document = parse("{ courses(first: 7) { edges { node { id title } } } }")
    assert check_document(document, {}, bounds()) == 1 + 7 * (1 + 1 + 2)


def test_rows_from_a_variable_count_as_given() -> None:
    document = parse("query ($n: Int) { courses(first: $n) { totalCount } }")
    assert check_document(document, {"n": 5}, bounds()) == 6
    assert check_document(document, {}, bounds()) == 21


def test_introspection_nesting_is_not_the_depth_of_data() -> None:
    nested = "{ __schema { types { fields { type " + "{ ofType " * 9 + "{ name }" + " }" * 9 + " } } } }"
    assert check_document(parse(nested), {}, bounds()) > 0
    assert check_document(parse(get_introspection_query()), {}, bounds()) > 0


def test_contract_list_of_fifty_courses_is_served() -> None:
    document = parse(
        """{ courses(first: 50) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
        id slug title subtitle summary level locale url durationMinutes cover { src srcset alt width height }
        categories { slug title } instructors { name } modules { id title lessons { id title kind durationMinutes
        isFreePreview isLocked isCompleted } } viewer { isEnrolled progress nextLesson { id title } } } } } }"""
    )
    limits = Limits()
    assert check_document(document, {}, limits) <= limits.cost
