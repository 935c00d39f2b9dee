"""What a mistake in an uploaded statement or list means, for whoever uploaded it."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from commerce.providers.statements.lines import StatementError

__all__ = ["explained"]


def explained(error: StatementError, otherwise: str | Promise) -> str:
    """Say what is wrong, and in which row or entry; ``otherwise`` where the file is of another kind altogether."""
    said = {
        "empty": _("The file is empty."),
        "unknown_format": _("This is neither CAMT.053, nor MT940, nor a table of a bank of ours: %(detail)s."),
        "unknown_format_alone": _("This is neither CAMT.053 nor MT940, and no bank's tables (CSV) are described."),
        "ambiguous_profile": _("Two banks' files look like this one; put the bank's name into the file's: %(detail)s."),
        "bad_profile": _("The description of a bank's files (BANK_CSV_PROFILES) has a mistake: %(detail)s."),
        "too_large": _("The file is too large: 5 MB at most."),
        "bad_encoding": _("The file's letters are written in another encoding than they should be."),
        "missing_column": _("A column is missing, or there twice: %(detail)s."),
        "bad_amount": _("An amount can't be read: %(detail)s."),
        "bad_date": _("A day can't be read: %(detail)s."),
        "bad_status": _("A status is none of those listed here: %(detail)s."),
        "balance_does_not_fit": _("The balances don't fit the lines, so lines may be missing: %(detail)s."),
        "batch_does_not_fit": _("The parts of a batch don't add up to the whole: %(detail)s."),
    }.get("unknown_format_alone" if error.code == "unknown_format" and not error.detail else error.code)
    if said is None:
        return str(otherwise)
    said %= {"detail": error.detail}
    return _("%(what)s (Row or entry %(place)s.)") % {"what": said, "place": error.place} if error.place else said
