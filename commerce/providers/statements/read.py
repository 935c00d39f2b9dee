"""A bank's statement, whatever its format: CAMT.053, MT940 or CSV, told by what is in it, for people rename files."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from commerce.providers.statements.camt053 import read_camt053
from commerce.providers.statements.csv_file import CsvProfile, read_csv
from commerce.providers.statements.lines import MAX_FILE, Statement, StatementError
from commerce.providers.statements.mt940_file import looks_like_mt940, read_mt940

__all__ = ["format_of", "read_statement"]

#: What other files that people take for a statement begin with.
_OTHERS = {b"%PDF": "PDF", b"PK\x03\x04": "ZIP, XLSX", b"\xd0\xcf\x11\xe0": "XLS"}
#: What says that a CSV file is of another bank's form, rather than one of this form with a mistake.
_ANOTHER_FORM = frozenset({"bad_encoding", "missing_column", "not_csv"})


def read_statement(
    name: str, content: bytes, *, profiles: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Statement]:
    """Read all statements of a file; one with a mistake is refused whole.

    Args:
        name: of the file; decides only between profiles of CSV files that both fit, by their names.
        profiles: fields of :class:`CsvProfile` by name; ``BANK_CSV_PROFILES`` when left out.

    Raises:
        StatementError: ``too_large``; ``empty``; ``unknown_format`` (``detail`` says what it looks like, or what each
            profile misses); ``ambiguous_profile``; ``bad_profile``; or what the format's reader says.
    """
    if len(content) > MAX_FILE:
        raise StatementError("too_large")
    if not content.strip():
        raise StatementError("empty")
    for start, what in _OTHERS.items():
        if content.startswith(start):
            raise StatementError("unknown_format", what)
    match format_of(content):
        case "camt053":
            return read_camt053(content)
        case "mt940":
            return read_mt940(content)
    return [_read_csv(name, content, settings.BANK_CSV_PROFILES if profiles is None else profiles)]


def format_of(content: bytes) -> str:
    """What a file is read as: ``camt053``, ``mt940`` or else ``csv``."""
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<")):
        return "camt053"
    return "mt940" if looks_like_mt940(content) else "csv"


def _read_csv(name: str, content: bytes, profiles: Mapping[str, Mapping[str, Any]]) -> Statement:
    found: dict[str, Statement | StatementError] = {}
    misses = []
    for title, fields in profiles.items():
        try:
            profile = CsvProfile(**fields)
        except (TypeError, ValueError) as error:
            raise StatementError("bad_profile", f"{title}: {error}") from None
        try:
            found[title] = read_csv(content, profile)
        except StatementError as error:
            if error.code in _ANOTHER_FORM:
                misses.append(f"{title}: {error}")
            else:
                # The columns are this profile's; what is in them is not.
                found[title] = error
    if not found:
        raise StatementError("unknown_format", "; ".join(misses))
    if len(found) > 1:
        named = {title: one for title, one in found.items() if title.casefold() in name.casefold()}
        if len(named) != 1:
            raise StatementError("ambiguous_profile", ", ".join(found))
        found = named
    (only,) = found.values()
    if isinstance(only, StatementError):
        raise only
    return only
