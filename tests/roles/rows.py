"""Reading the tables: one row of text for one address, one letter for one person."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse

from tests.roles.people import WHO
from tests.roles.school import World

__all__ = ["Row", "read"]


@dataclass(frozen=True)
class Row:
    """``METHOD name?query argument,argument <form +key  letters``; letters in the order of the columns.

    Arguments name things of the school (their primary keys go into the address); a word that names nothing, or begins
    with ``=``, stands for itself. ``<form`` names the data to send. ``+key``: those who are let in are told what is
    right, by the quiz's rules or because they translate it; ``+draft``: they are shown a draft.
    """

    method: str
    name: str
    query: str
    arguments: tuple[str, ...]
    form: str
    shows_key: bool
    shows_draft: bool
    expected: dict[str, str]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.method, self.name + self.query, ",".join(self.arguments), self.form]))

    def url(self, world: World) -> str:
        """The address in this school."""
        arguments = [argument_of(world, name) for name in self.arguments]
        query = re.sub(r"\{(\w+)\}", lambda found: str(argument_of(world, found[1])), self.query)
        if self.name.startswith("page:"):
            return world.names[self.name.removeprefix("page:")].get_url() + query
        path = self.name if self.name.startswith("/") else reverse(self.name, args=arguments)
        return path + query


def argument_of(world: World, name: str) -> Any:
    """A row's key, anything else as it is; what begins with ``=`` and what names nothing stands for itself."""
    if name.startswith("="):
        return name[1:]
    value = world.names.get(name, name)
    return value.pk if isinstance(value, Model) else value


def read(table: str, who: Sequence[str] = WHO) -> list[Row]:
    """The rows of a table; empty lines and comments are left out.

    Args:
        who: whom the letters are for, in their order.

    Raises:
        ValueError: a row doesn't have a letter for everybody.
    """
    return list(_rows(table, who))


def _rows(table: str, who: Sequence[str]) -> Iterator[Row]:
    # The last signs are the letters; blanks between them are for looks.
    shape = re.compile(rf"(\S+\s+\S.*?)\s\s+((?:\S\s*){{{len(who)}}})")
    for line in table.splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        found = shape.fullmatch(text)
        if found is None:
            raise ValueError(f"A row needs a method, a name and {len(who)} letters: {line!r}")
        words, letters = found[1].split(), re.sub(r"\s", "", found[2])
        method, address, *rest = words
        name, mark, query = address.partition("?")
        form = next((word[1:] for word in rest if word.startswith("<")), "")
        arguments = next((tuple(word.split(",")) for word in rest if word[0] not in "<+"), ())
        expected = dict(zip(who, letters, strict=True))
        yield Row(method, name, mark + query, arguments, form, "+key" in rest, "+draft" in rest, expected)
