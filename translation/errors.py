"""What the room refuses, in words that say what to do."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound

__all__ = [
    "BelowThreshold",
    "BrokenFile",
    "BrokenTable",
    "FileTooLarge",
    "InvalidTranslation",
    "JobRunning",
    "MachineTranslationFailed",
    "MachineTranslationOff",
    "NotATranslator",
    "NotInThisLanguage",
    "NotSubmitted",
    "SourceNotPublished",
    "StringGone",
    "TableTooLarge",
    "UnknownLanguage",
    "WrongLanguage",
]


class NotATranslator(NotAllowed):
    """Neither a translator nor an author of the course."""

    code = "not_a_translator"
    message = _lazy("You may not translate this. Ask an administrator to make you a translator.")


class UnknownLanguage(InvalidInput):
    """No language of this school, or the one the course is written in."""

    code = "unknown_language"
    message = _lazy("This course can't be translated into that language. Choose another one.")
    field = "languages"


class SourceNotPublished(Conflict):
    """The course isn't published in the language it is written in."""

    code = "source_not_published"
    message = _lazy("This course is not published yet. Publish it first, then translate it.")


class NotInThisLanguage(NotFound):
    """The page or course was not submitted into the language."""

    code = "not_in_this_language"
    message = _lazy("This page is not being translated into that language. Submit its course first.")


class NotSubmitted(Conflict):
    """Pages of the course are missing in the target language."""

    code = "not_submitted"
    message = _lazy(
        "Some pages of this course are missing in this language. Submit the course again, then repeat this."
    )


class JobRunning(Conflict):
    """A background job has the course."""

    code = "job_running"
    message = _lazy("This course is being prepared in the background. Wait until that is done, then repeat this.")


class StringGone(Conflict):
    """The source changed: the string isn't in the page any more."""

    code = "string_gone"
    message = _lazy("The original changed meanwhile and this text is not in it any more. Reload the page.")


class InvalidTranslation(InvalidInput):
    """A translation that would break the page; ``text`` is what was typed."""

    code = "invalid_translation"
    message = _lazy("This translation can't be used.")
    field = "translation"

    def __init__(self, message: str | Promise | None = None, *, text: str = "") -> None:
        super().__init__(message=message)
        self.text = text


class BelowThreshold(Conflict):
    """Pages with fewer translated strings than the school asks for; ``pages`` are their titles and percents."""

    code = "below_threshold"
    message = _lazy("Some pages are translated in part only. Confirm that learners may see them like this.")

    def __init__(self, pages: Sequence[tuple[str, int]], message: str | Promise | None = None) -> None:
        super().__init__(message=message)
        self.pages = tuple(pages)


class FileTooLarge(InvalidInput):
    """More than the import reads."""

    code = "file_too_large"
    message = _lazy("This file is larger than 5 MB. Export the pages one by one instead.")
    field = "file"


class BrokenFile(InvalidInput):
    """Nothing in the file can be read as PO."""

    code = "broken_file"
    message = _lazy("This is not a PO file. Export one here, fill in its “msgstr” lines and send it again.")
    field = "file"


class WrongLanguage(InvalidInput):
    """The file's header names another language."""

    code = "wrong_language"
    message = _lazy("This file is for another language. Choose the page of that language, or another file.")
    field = "file"


class TableTooLarge(InvalidInput):
    """More terms than an import takes."""

    code = "table_too_large"
    message = _lazy("This table is too large: 1 MB and 5,000 terms are the most. Send it in parts.")
    field = "file"


class BrokenTable(InvalidInput):
    """Nothing in the file can be read as a table of terms."""

    code = "broken_table"
    message = _lazy(
        "This is not a table of terms. Send CSV in UTF-8 with the columns source_language, term, target_language, "
        "translation and note."
    )
    field = "file"


class MachineTranslationOff(Conflict):
    """No provider is configured, or it doesn't know the pair of languages."""

    code = "machine_translation_off"
    message = _lazy("Machine translation is not switched on for these languages. Ask an administrator.")


class MachineTranslationFailed(Conflict):
    """The provider didn't answer, or not as agreed; what came before is saved."""

    code = "machine_translation_failed"
    message = _lazy("The translation service did not answer. What it had translated is saved; try again later.")
