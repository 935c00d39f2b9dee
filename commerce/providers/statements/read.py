"""Reading a statement whatever its format is: CAMT.053 by its content, CSV by the profile whose columns it has."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from commerce.providers.statements.camt053 import read_camt053
from commerce.providers.statements.csv_file import CsvProfile, read_csv
from commerce.providers.statements.lines import MAX_FILE, Statement, StatementError

__all__ = ["csv_profiles", "read_statement"]

#: What says that a file is of another bank's form, rather than one of this form with a mistake.
_ANOTHER_FORM = frozenset({"bad_encoding", "missing_column", "not_csv"})


def csv_profiles() -> Mapping[str, CsvProfile]:
    """The forms of CSV files that this school's banks use, by name: ``BANK_CSV_PROFILES``."""
    profiles: Mapping[str, dict[str, Any]] = settings.BANK_CSV_PROFILES
    return {name: CsvProfile(**fields) for name, fields in profiles.items()}


def read_statement(name: str, content: bytes) -> list[Statement]:
    """Read all statements of a file; one with a mistake is refused whole.

    Args:
        name: of the file; it decides nothing, for people rename files.

    Raises:
        StatementError: ``unknown_format`` where no format fits, ``too_large``, or what the format's reader says.
    """
    if len(content) > MAX_FILE:
        raise StatementError("too_large")
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return read_camt053(content)
    trouble: StatementError | None = None
    for profile in csv_profiles().values():
        try:
            return [read_csv(content, profile)]
        except StatementError as error:
            if error.code not in _ANOTHER_FORM:
                raise
            trouble = trouble or error
    # With one profile only, what doesn't fit it is worth saying.
    if trouble is not None and len(csv_profiles()) == 1:
        raise trouble
    raise StatementError("unknown_format", name[:80])
