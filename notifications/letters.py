"""A message in words: made from its kind and its event, in the active language and time zone."""

import re
from dataclasses import dataclass

from django.template import Context, Engine

from core.events import Event
from notifications import links
from notifications.kinds import Kind
from notifications.words import WORDS, rows_of, words_of

__all__ = ["Letter", "Paragraph", "kept", "letter_of"]

_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some lines; ``is_quote``: somebody else than the school wrote them."""

    text: str
    is_quote: bool = False

    @property
    def lines(self) -> list[str]:
        """The lines as they read, without the marks of a quotation."""
        lines = self.text.split("\n")
        return [line.removeprefix(">").removeprefix(" ") for line in lines] if self.is_quote else lines


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to be shown or sent; plain text throughout, not escaped for anything.

    Attributes:
        title: one line, the subject of a mail.
        rows: label and value.
        path: where the button leads, without host; empty for none.
        action: what the button says.
    """

    title: str
    paragraphs: list[Paragraph]
    rows: list[tuple[str, str]]
    path: str
    action: str

    @property
    def summary(self) -> str:
        """The first paragraph, for lists."""
        return self.paragraphs[0].text if self.paragraphs else ""


def kept(kind: Kind, event: Event) -> dict:
    """Return what is stored of ``event`` for a message of this kind."""
    data = event.to_payload()
    return {name: _emptied(value) if name in kind.hides else value for name, value in data.items()}


def letter_of(kind: Kind, data: dict) -> Letter:
    """Put a stored message into words.

    Args:
        data: what :func:`kept` gave when the message was written.

    Raises:
        TypeError: ``data`` lacks a field that the event has no default for.
    """
    event = kind.event.from_payload(data)
    words = words_of(event)
    # Not for HTML: whoever shows a letter escapes it.
    context = Context({"event": event, **words}, autoescape=False)
    text = Engine.get_default().get_template(kind.template).render(context)
    paragraphs = [
        Paragraph(part.strip(), is_quote=part.lstrip().startswith(">"))
        for part in _BLANK_LINES.split(text)
        if part.strip()
    ]
    path, action = links.way_to(kind.places, event)
    return Letter(
        # What people named themselves may hold line breaks, which no header may.
        title=" ".join((str(kind.subject) % (dict.fromkeys(WORDS, "") | words)).splitlines()),
        paragraphs=paragraphs,
        rows=rows_of(words, kind.rows),
        path=path,
        action=action,
    )


def _emptied(value: object) -> object:
    if isinstance(value, dict) and "minor" in value:  # an amount
        return {**value, "minor": 0}
    return ""
