"""How the state of a page, and of a course from its pages, comes about."""

from collections.abc import Iterable
from datetime import datetime

from translation.queries.rows import State

__all__ = ["course_state", "page_state"]


def page_state(
    *,
    exists: bool,
    is_live: bool,
    is_in_review: bool,
    stale_since: datetime | None,
    total: int,
    translated: int,
    edited_at: datetime | None,
    drafted_at: datetime | None,
) -> State:
    """Where one page stands.

    A live page counts as published when all that translators did is live; else it is in progress or ready again.
    """
    if not exists:
        return State.MISSING
    if is_in_review:
        return State.IN_REVIEW
    if is_live and stale_since:
        return State.STALE
    has_news = edited_at is not None and (drafted_at is None or edited_at > drafted_at)
    if is_live and not has_news and (translated or not total):
        return State.PUBLISHED
    return State.READY if translated == total else State.IN_PROGRESS


def course_state(states: Iterable[State]) -> State:
    """Where the course stands as a whole: what has to be done first."""
    seen = set(states)
    if not seen or seen == {State.MISSING}:
        return State.MISSING
    for state in (State.STALE, State.IN_REVIEW):
        if state in seen:
            return state
    if seen == {State.PUBLISHED}:
        return State.PUBLISHED
    return State.READY if seen <= {State.READY, State.PUBLISHED} else State.IN_PROGRESS
