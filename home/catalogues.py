"""The message catalogues in ``locale/``: what the code asks to be translated, and how much of that is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation.template import templatize

__all__ = ["Completeness", "completeness", "marked_texts", "translated_languages"]

#: Words that mark a text.
_KEYWORDS = dict.fromkeys(
    ["_", "_lazy"]
    + [f"{kind}{ending}" for kind in ("gettext", "ngettext", "pgettext", "npgettext") for ending in ("", "_lazy")]
    + ["gettext_noop"]
)
#: Not part of the website: made, installed, or never shown.
_ELSEWHERE = {
    ".venv",
    ".git",
    "node_modules",
    "var",
    "static",
    "tests",
    "migrations",
    "scripts",
    "locale",
    "__pycache__",
}
_TEMPLATES = (".html", ".txt", ".svg", ".xml")
_TAGS = re.compile(r"</?[a-z][^<>]*>")
_BRACES = re.compile(r"\{[a-z_]+\}")
#: A context and a text, or two: one and many.
Key = tuple[str | None, str, str | None]


@dataclass
class Completeness:
    """How far a language is."""

    language: str
    total: int = 0
    translated: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def percent(self) -> int:
        """Whole percent; only all of it is 100."""
        return self.translated * 100 // self.total if self.total else 0

    def __str__(self) -> str:
        name = LANG_INFO[self.language]["name"]
        return f"{name}: {self.translated} of {self.total}, {self.percent} %"


def translated_languages() -> list[str]:
    """The languages that have a catalogue; the texts themselves are English."""
    return sorted(path.parent.parent.name for path in _folder().glob("*/LC_MESSAGES/django.po"))


def completeness(language: str, marked: set[Key] | None = None) -> Completeness:
    """Compare a catalogue with what the code marks, and look at every translation in it.

    A problem is: a marked text that is missing or not translated, a guess (fuzzy), a placeholder or an HTML tag that is
    not as in the original, a plural form too few.
    """
    catalogue = _catalogue(language)
    found = Completeness(language)
    messages = {_key(message): message for message in catalogue if message.id}
    if catalogue.fuzzy:
        found.problems.append("The header is marked fuzzy, so nothing of it would be compiled.")
    for key in sorted(marked_texts() if marked is None else marked, key=str):
        found.total += 1
        wrong = _problem(messages.get(key), catalogue)
        if wrong:
            found.problems.append(f"{wrong}: {key[1]!r}")
        else:
            found.translated += 1
    return found


def marked_texts() -> set[Key]:
    """Every text that Python code and templates of the house mark for translation."""
    found: set[Key] = set()
    for path in _sources():
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What Django makes of a template for gettext; its indentation means nothing to Python.
            source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
        found.update(_keys_in(source))
    return found


def _keys_in(source: str) -> Iterator[Key]:
    file = BytesIO(source.encode())
    for _line, name, given, _comments in extract_python(file, _KEYWORDS, [], {"encoding": "utf-8"}):
        # Without the arguments that are no text: a number, a call.
        arguments: tuple[Any, ...] = given if isinstance(given, tuple) else (given,)
        texts = [text for text in arguments if isinstance(text, str)]
        name = str(name)
        has_context, wanted = "pgettext" in name, 2 if name.startswith(("ng", "np")) else 1
        context = texts.pop(0) if has_context and texts else None
        if len(texts) >= wanted:
            yield context, texts[0], texts[1] if wanted == 2 else None


def _sources() -> Iterator[Path]:
    root = Path(settings.BASE_DIR)
    for path in sorted(root.rglob("*")):
        is_source = path.suffix == ".py" or (path.suffix in _TEMPLATES and "templates" in path.parts)
        if is_source and not _ELSEWHERE & set(path.relative_to(root).parts):
            yield path


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "locale"


def _catalogue(language: str) -> Catalog:
    with (_folder() / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def _key(message: Message) -> Key:
    if isinstance(message.id, str):
        return message.context, message.id, None
    return message.context, message.id[0], message.id[1]


def _problem(message: Message | None, catalogue: Catalog) -> str:
    """What is wrong with a translation; nothing when it is good."""
    if message is None:
        return "not collected, run `make messages`"
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not forms or not all(forms):
        return "not translated"
    if message.fuzzy:
        return "a guess (fuzzy)"
    if len(forms) != (1 if isinstance(message.id, str) else catalogue.num_plurals):
        return f"{len(forms)} plural forms of {catalogue.num_plurals}"
    errors = [str(error) for error in message.check(catalogue)]
    if errors:
        return errors[0]
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    for pattern in (_TAGS, _BRACES):
        allowed = [sorted(pattern.findall(original)) for original in originals]
        if any(sorted(pattern.findall(form)) not in allowed for form in forms):
            return "tags or placeholders differ"
    if any(form[:1].isspace() != originals[0][:1].isspace() for form in forms):
        return "blanks at the start differ"
    if any(form[-1:].isspace() != originals[0][-1:].isspace() for form in forms):
        return "blanks at the end differ"
    return ""
