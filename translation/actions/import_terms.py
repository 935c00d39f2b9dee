"""Take terms from a CSV file into the translators' glossary."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Locale

from core import audit
from translation import policies
from translation.errors import BrokenTable, NotATranslator, TableTooLarge
from translation.models import Term

__all__ = ["COLUMNS", "MAX_BYTES", "MAX_ROWS", "TermProblem", "TermReport", "import_terms"]

COLUMNS = ("source_language", "term", "target_language", "translation", "note")
MAX_BYTES = 1024 * 1024
MAX_ROWS = 5000


@dataclass(frozen=True)
class TermProblem:
    """A row that was left out, and the line where it stands."""

    line: int
    message: str


@dataclass
class TermReport:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[TermProblem] = field(default_factory=list)


def import_terms(*, actor: Any, data: bytes) -> TermReport:
    """Add and change the terms of a table with the columns of :data:`COLUMNS`; what isn't in it stays as it is.

    Args:
        data: CSV in UTF-8, separated by commas, semicolons or tabs, with a heading.

    Raises:
        NotATranslator: the actor doesn't keep the glossary.
        TableTooLarge, BrokenTable: nothing was saved.
    """
    if not policies.can_keep_terms(actor):
        raise NotATranslator
    rows = _rows(data)
    report = TermReport()
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    known = {(term.source_locale_id, term.target_locale_id, term.term): term for term in Term.objects.all()}
    added: list[Term] = []
    changed: list[Term] = []
    for line, row in rows:
        try:
            term = _read(row, locales)
        except ValidationError as error:
            report.problems.append(TermProblem(line, " ".join(error.messages)))
            continue
        key = (term.source_locale_id, term.target_locale_id, term.term)
        there = known.get(key)
        if there is None:
            known[key] = term
            added.append(term)
        elif (there.translation, there.note) == (term.translation, term.note):
            report.unchanged += 1
        else:
            there.translation, there.note = term.translation, term.note
            if there.pk and there not in changed:
                changed.append(there)
    with transaction.atomic():
        Term.objects.bulk_create(added)
        Term.objects.bulk_update(changed, ["translation", "note"])
        report.added, report.changed = len(added), len(changed)
        if added or changed:
            facts = {"added": report.added, "changed": report.changed}
            audit.record(actor=actor, verb="translation.terms_imported", target=None, facts=facts)
    return report


def _rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a table with the number of the line where each ends."""
    if len(data) > MAX_BYTES:
        raise TableTooLarge
    try:
        text = data.decode("utf-8-sig")
        if "\x00" in text:
            raise BrokenTable
        heading = text.partition("\n")[0]
        separator = max(",;\t", key=heading.count)
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        names = {name.strip().casefold() for name in reader.fieldnames or []}
        if not set(COLUMNS[:4]) <= names:
            raise BrokenTable
        reader.fieldnames = [name.strip().casefold() for name in reader.fieldnames or []]
        rows: list[tuple[int, dict[str, str]]] = []
        for row in reader:
            if len(rows) >= MAX_ROWS:
                raise TableTooLarge
            rows.append((reader.line_num, {name: row.get(name) or "" for name in COLUMNS}))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BrokenTable from error
    return rows


def _read(row: dict[str, str], locales: dict[str, Locale]) -> Term:
    """A term of one row, not stored.

    Raises:
        ValidationError: it can't be one.
    """
    cells = {name: " ".join(text.split()) for name, text in row.items()}
    pair = []
    for name in ("source_language", "target_language"):
        locale = locales.get(cells[name].lower())
        if locale is None or locale.language_code not in dict(settings.WAGTAIL_CONTENT_LANGUAGES):
            raise ValidationError(_("“%(code)s” is no language of this school.") % {"code": cells[name][:20]})
        pair.append(locale)
    if pair[0] == pair[1]:
        raise ValidationError(_("A term is translated into another language than its own."))
    term = Term(
        source_locale=pair[0],
        term=cells["term"],
        target_locale=pair[1],
        translation=cells["translation"],
        note=cells["note"],
    )
    try:
        term.clean_fields()
    except ValidationError as error:
        told = []
        for name, words in error.message_dict.items():
            column: Any = Term._meta.get_field(name)
            told += [f"{column.verbose_name}: {word}" for word in words]
        raise ValidationError(told) from error
    return term
