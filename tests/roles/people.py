"""Who knocks: the columns of every table, in this order."""

from enum import StrEnum

__all__ = ["FINANCE", "ROLE_OF", "WHO", "Outcome"]

#: The columns. ``instructor`` owns the courses that the tables speak of; ``other_instructor`` owns another.
WHO = (
    "anonymous",
    "learner",
    "other_learner",
    "instructor",
    "other_instructor",
    "translator",
    "reviewer",
    "support",
    "admin",
)

#: Who keeps the books. No column, for in most tables it would hold one letter all the way down; they have a table of
#: their own in ``tables/admin_money.py``.
FINANCE = "finance"

#: The groups they are in; learners are in none.
ROLE_OF = {
    "instructor": "instructor",
    "other_instructor": "instructor",
    "translator": "translator",
    "reviewer": "reviewer",
    "support": "support",
    "admin": "administrator",
    FINANCE: "finance",
}


class Outcome(StrEnum):
    """What comes of knocking, as one letter in the tables."""

    ALLOWED = "A"  #: answered, and nothing written
    WRITTEN = "W"  #: answered, and something written
    REFUSED = "r"  #: 403, or led elsewhere with an error for a message, or the domain's own refusal
    HIDDEN = "h"  #: 404, or null: as if there were nothing
    LOGIN = "l"  #: sent to the log-in, or told to log in
    INVALID = "i"  #: 400, 409, 412: the door is open, but what was sent fits nothing
    METHOD = "m"  #: 405: the address takes no such method, whoever asks
