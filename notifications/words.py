"""What an event says, as people read it: amounts, days, names, in the active language and time zone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from core import formats
from core.events import Event
from videos.moments import moment_text

__all__ = ["WORDS", "rows_of", "words_of"]

_ATTENTION = {
    "mismatch": _lazy("the amount paid is not the amount owed"),
    "unknown": _lazy("the provider does not know whether it was paid"),
    "late": _lazy("it was paid after the order had ended"),
    "surplus": _lazy("it was paid twice, or too much was paid"),
    "not_granted": _lazy("it is paid, but what was bought could not be given"),
    "webhooks": _lazy("the provider’s messages don’t arrive"),
    "refund_by_hand": _lazy("money has to be given back by hand: its provider can’t"),
    "reconciliation": _lazy("the provider’s books differ from ours"),
}


def _attention(kind: str) -> str:
    return str(_ATTENTION.get(kind, kind))


def _quoted(text: str) -> str:
    """What somebody wrote, marked as theirs on every line, so that it passes for nothing of ours."""
    return "\n".join(f"> {line}" for line in text.strip().splitlines())


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that an event says.

    Attributes:
        field: of the event.
        label: what stands before it in a list.
        write: makes text of it.
    """

    field: str
    label: str | Promise
    write: Callable[[Any], str] = str


def _day(value: Any) -> str:
    return formats.day(value)


def _moment(value: Any) -> str:
    return formats.zoned_moment(value)


#: By the name that subjects and templates use.
WORDS = {
    "number": Word("order_number", _lazy("Order number")),
    "titles": Word("titles", _lazy("What you ordered"), formats.listed),
    "amount": Word("amount", _lazy("Amount"), formats.money),
    "refund": Word("refund_amount", _lazy("Refund"), formats.money),
    "disputed": Word("disputed_amount", _lazy("Disputed amount"), formats.money),
    "document": Word("number", _lazy("Document")),
    "plan": Word("plan", _lazy("Plan")),
    "former_plan": Word("former_plan", _lazy("Plan before")),
    "period_end": Word("period_ends_at", _lazy("Paid until"), _day),
    "grace_end": Word("grace_ends_at", _lazy("Access until"), _day),
    "pay_by": Word("pay_until", _lazy("Pay by"), _moment),
    "destination": Word("destination", _lazy("Sent to")),
    "paid_day": Word("paid_on", _lazy("Sent on"), _day),
    "provider": Word("provider", _lazy("Provider")),
    "reason": Word("reason", _lazy("Reason")),
    "trouble": Word("kind", _lazy("What is the matter"), _attention),
    "course": Word("course_title", _lazy("Course")),
    "lesson": Word("lesson_title", _lazy("Lesson")),
    "moment": Word("at_ms", _lazy("Moment"), moment_text),
    "giver": Word("giver_name", _lazy("From")),
    "recipient": Word("recipient_email", _lazy("For")),
    "quoted_message": Word("message", _lazy("Message"), _quoted),
    "quoted_note": Word("note", _lazy("Note"), _quoted),
    "happened": Word("occurred_at", _lazy("Date"), _moment),
}


def words_of(event: Event) -> dict[str, str]:
    """Return every word that ``event`` has something to say for; the others are missing."""
    found = {}
    for name, word in WORDS.items():
        value = getattr(event, word.field, None)
        if value not in (None, "", ()):
            found[name] = word.write(value)
    return found


def rows_of(words: dict[str, str], names: Iterable[str]) -> list[tuple[str, str]]:
    """Return those ``words`` as label and value, in the order of ``names``; what isn't there is left out."""
    return [(str(WORDS[name].label), words[name]) for name in names if name in words]
