"""Take translations from a PO file."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import polib
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail_localize.models import StringSegment

from core import audit
from translation.actions.export_po import context_name
from translation.actions.saving import store
from translation.actions.scope import Scope, scope_of, segments_in
from translation.errors import FileTooLarge, InvalidTranslation, WrongLanguage
from translation.labels import facts_of
from translation.po import read_po
from translation.text import checked

__all__ = ["MAX_BYTES", "PoProblem", "PoReport", "import_po"]

MAX_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class PoProblem:
    """Something that was not saved, and the line where it stands."""

    line: int
    message: str


@dataclass
class PoReport:
    """What an import did, in strings."""

    saved: int = 0
    unchanged: int = 0
    problems: list[PoProblem] = field(default_factory=list)


@transaction.atomic
def import_po(
    *,
    actor: Any,
    data: bytes,
    language: str,
    page_key: uuid.UUID | None = None,
    course_key: uuid.UUID | None = None,
) -> PoReport:
    """Save what is right in the file and report the rest by line; twice the same file changes nothing.

    Entries without a translation are left alone, and so is what the file doesn't name.

    Raises:
        NotATranslator: the actor may not translate this.
        NotFound, UnknownLanguage, NotInThisLanguage: nothing of the kind.
        FileTooLarge, BrokenFile, WrongLanguage: nothing was saved.
    """
    scope = scope_of(actor, language, page_key, course_key)
    if len(data) > MAX_BYTES:
        raise FileTooLarge
    file = read_po(data)
    _require_language(file.header, scope)
    report = PoReport(problems=[PoProblem(line, message) for line, message in file.problems])
    known, names = _known(scope)
    texts: dict[StringSegment, str] = {}
    for line, entry in file.entries:
        if not entry.msgstr and not entry.msgid_plural:
            continue
        segments = known.get((_context(entry, scope), entry.msgid), [])
        problem = _problem(entry, segments, names, scope)
        if problem:
            report.problems.append(PoProblem(line, problem))
            continue
        try:
            text = _fit(segments[0], entry.msgstr)
        except InvalidTranslation as error:
            report.problems.append(PoProblem(line, str(error)))
            continue
        texts[segments[0]] = text
    report.saved = store(texts, scope.locale, actor=actor, tool="PO")
    report.unchanged = len(texts) - report.saved
    report.problems.sort(key=lambda problem: problem.line)
    audit.record(
        actor=actor,
        verb="translation.po_imported",
        label=next(iter(scope.titles.values()), ""),
        facts={
            "course": str(scope.course_key or ""),
            "page": str(page_key or ""),
            "language": language,
            "saved": report.saved,
            "problems": len(report.problems),
        },
    )
    return report


def _require_language(header: dict[str, str], scope: Scope) -> None:
    named = header.get("Language", "").strip().replace("_", "-").lower()
    if named and named != scope.locale.language_code and named.partition("-")[0] != scope.locale.language_code:
        raise WrongLanguage(
            message=_("This file is for the language “%(named)s”, and this is “%(wanted)s”. Choose another file.")
            % {"named": named, "wanted": scope.locale.language_code}
        )


def _known(scope: Scope) -> tuple[dict[tuple[str, str], list[StringSegment]], set[str]]:
    """The strings by context and text, and the contexts alone."""
    known: dict[tuple[str, str], list[StringSegment]] = {}
    for segment in segments_in(scope):
        name = context_name(segment.source.object_id, segment.context.path)
        known.setdefault((name, segment.string.data), []).append(segment)
    return known, {name for name, _text in known}


def _context(entry: polib.POEntry, scope: Scope) -> str:
    """The context as :func:`context_name` has it; a file of wagtail-localize for one page names the place alone."""
    named = entry.msgctxt or ""
    head, colon, _path = named.partition(":")
    if (not colon or len(head) != 32) and not scope.is_course:
        return context_name(scope.rows[0].page_key, named)
    return named


def _problem(entry: polib.POEntry, segments: list[StringSegment], names: set[str], scope: Scope) -> str:
    if entry.msgid_plural:
        return _("Plural forms have no place here.")
    if segments:
        return _("It is marked as “fuzzy”. Check it and take the mark away.") if entry.fuzzy else ""
    if _context(entry, scope) in names:
        return _("The original says something else now: “%(text)s”. Export it again.") % {"text": entry.msgid[:80]}
    return _("There is no such text here: “%(text)s”.") % {"text": entry.msgid[:80]}


def _fit(segment: StringSegment, text: str) -> str:
    model = segment.source.specific_content_type.model_class()
    facts = facts_of(model, segment.context.path, segment.context.field_path)
    return checked(segment.string.data, text.strip(), path=segment.context.path, max_length=facts.max_length)
