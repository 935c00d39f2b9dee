"""A course as a folder tells it, before anything of it is stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from interop.folder.files import CourseFolder
from interop.markdown import Block


@dataclass
class ItemSource:
    """A lesson or a quiz."""

    path: str  #: from the course's root in this language, the same in every language
    file: str  #: from the folder's root
    kind: str  #: ``lesson`` or ``quiz``
    title: str
    slug: str
    fields: dict[str, Any] = field(default_factory=dict)  #: of the page, as they are stored
    blocks: list[Block] = field(default_factory=list)  #: body of a lesson, introduction of a quiz
    questions: list[Block] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)  #: glossary words the lesson links to


@dataclass
class ModuleSource:
    """A module."""

    title: str
    slug: str
    summary: str
    items: list[ItemSource]

    @property
    def path(self) -> str:
        """What the module is recorded under."""
        return f"module:{self.slug}"


@dataclass
class TermSource:
    """A word of the glossary."""

    name: str  #: what links call it
    term: str
    definition: str
    line: int


@dataclass
class CourseSource:
    """A course in one language, with its translations."""

    folder: CourseFolder
    prefix: str  #: folder of this language inside ``folder``: empty or ``translations/fr/``
    language: str
    origin: str
    title: str
    slug: str
    fields: dict[str, Any]
    lists: dict[str, list[str]]  #: outcomes, requirements, audience
    categories: list[str]
    tags: list[str]
    cover: str  #: path from the folder's root
    body: list[Block]
    modules: list[ModuleSource]
    glossary: list[TermSource]
    translations: list["CourseSource"] = field(default_factory=list)

    @property
    def items(self) -> Iterator[ItemSource]:
        """Every lesson and quiz in order."""
        for module in self.modules:
            yield from module.items
