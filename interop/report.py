"""The loss report: what an import could not carry over as it was, where, and what to do about it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How much a finding matters, worst first."""

    UNSAFE = "unsafe"  #: removed because it could harm a reader
    LOST = "lost"  #: in the source, not in the course
    CHANGED = "changed"  #: carried over in another form
    NOTE = "note"  #: carried over; worth knowing


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not in the course as it is in the source."""

    path: str
    line: int
    kind: Kind
    message: str
    advice: str = ""

    @property
    def place(self) -> str:
        """``file:line`` as editors and terminals understand it."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass
class LossReport:
    """Findings in the order they were made; the same finding is kept once."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, path: str, line: int, kind: Kind, message: str, advice: str = "") -> None:
        """Note a finding."""
        finding = Finding(path, line, kind, message, advice)
        if finding not in self.findings:
            self.findings.append(finding)

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self.findings, key=lambda finding: (finding.path, finding.line)))

    def __len__(self) -> int:
        return len(self.findings)

    def of_kind(self, kind: Kind) -> list[Finding]:
        """The findings of one kind, by file and line."""
        return [finding for finding in self if finding.kind is kind]

    def to_json(self) -> list[dict[str, Any]]:
        """The findings as JSON-able rows."""
        return [asdict(finding) for finding in self]


@dataclass(frozen=True, slots=True)
class FileReport:
    """A report seen from one file, so that a parser need not know which file it reads."""

    report: LossReport
    path: str

    def unsafe(self, line: int, message: str, advice: str = "") -> None:
        """Something was removed because it could harm a reader."""
        self.report.add(self.path, line, Kind.UNSAFE, message, advice)

    def lost(self, line: int, message: str, advice: str = "") -> None:
        """Something of the source is not in the course."""
        self.report.add(self.path, line, Kind.LOST, message, advice)

    def changed(self, line: int, message: str, advice: str = "") -> None:
        """Something is in the course in another form."""
        self.report.add(self.path, line, Kind.CHANGED, message, advice)

    def note(self, line: int, message: str, advice: str = "") -> None:
        """Something that the person who imports should know."""
        self.report.add(self.path, line, Kind.NOTE, message, advice)
