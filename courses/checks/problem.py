"""One thing to put right, said so that an author can."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem stops publishing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """What is wrong on a page, in the language that is active when it is found."""

    page_pk: int | None
    page_title: str
    #: Name of the field that can be edited to put it right; empty for what concerns the page as a whole.
    field: str
    message: str
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether it stops publishing."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        return f"{self.page_title}: {self.message}" if self.page_title else self.message


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    """Those of ``problems`` that stop publishing."""
    return [problem for problem in problems if problem.is_error]
