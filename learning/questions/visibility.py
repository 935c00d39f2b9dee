"""What a learner sees after handing in: the one function of the quiz's two settings and the state of things."""

from typing import Literal

__all__ = ["Shows", "what_shows"]

Shows = Literal["nothing", "score", "answers"]


def what_shows(
    *, show_after: str, show_when: str, is_submitted: bool, has_passed: bool, attempts_are_used_up: bool
) -> Shows:
    """Return how much of an attempt its learner may see.

    Args:
        show_after: ``nothing``, ``score`` or ``answers``: the most that is ever shown.
        show_when: ``submission``, ``passed`` (any attempt did) or ``attempts_used`` (passed, or none is left).
        is_submitted: whether this attempt was handed in; an open one shows nothing.
        has_passed: whether any attempt of the enrolment passed the quiz.
        attempts_are_used_up: whether no further attempt may be started; never so where attempts are unlimited.
    """
    if not is_submitted or show_after not in ("score", "answers"):
        return "nothing"
    is_due = {
        "submission": True,
        "passed": has_passed,
        "attempts_used": has_passed or attempts_are_used_up,
    }.get(show_when, False)
    if not is_due:
        return "nothing"
    return "score" if show_after == "score" else "answers"
