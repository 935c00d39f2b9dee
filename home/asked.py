"""A question as a template shows it: with what was answered, and what may be said about it."""

from dataclasses import dataclass, field
from typing import Any

from home.answers import field_name
from learning.questions import Choice, LearnerQuestion, RightAnswer

__all__ = ["AskedQuestion", "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What is said after an answer: by a self-check, or by a review whose rules allow it."""

    is_correct: bool
    fraction: float = 0.0
    feedback: tuple[Any, ...] = ()
    explanation: Any = ""
    right_answer: RightAnswer | None = None

    @property
    def is_partly_correct(self) -> bool:
        """Some of the points."""
        return not self.is_correct and self.fraction > 0


@dataclass(frozen=True)
class AskedQuestion:
    """One question with its present answer."""

    question: LearnerQuestion
    answer: dict[str, Any] = field(default_factory=dict)
    number: int = 0  #: 1 for the first of a quiz; 0 for a self-check
    sequence: int = 0  #: of the answer saved last
    verdict: Verdict | None = None
    error: str = ""  #: why the answer could not be taken

    @property
    def name(self) -> str:
        """What the names of its fields begin with."""
        return field_name(self.question)

    @property
    def chosen(self) -> list[tuple[Choice, bool]]:
        """Options, and whether each is picked."""
        picked = self.answer.get("option_ids") or []
        return [(option, option.id in picked) for option in self.question.options]

    @property
    def value(self) -> Any:
        """A number, a text, or true or false as words."""
        if self.question.kind == "true_false":
            return {True: "true", False: "false"}.get(self.answer.get("value"), "")  # type: ignore[arg-type]
        return self.answer.get("number" if self.question.kind == "numeric" else "text") or ""

    @property
    def ordered(self) -> list[tuple[Choice, int]]:
        """Items in the learner's order, each with its place; 0 when nothing was ordered yet."""
        by_id = {item.id: item for item in self.question.items}
        order = [key for key in self.answer.get("order") or [] if key in by_id]
        if len(order) != len(by_id):
            return [(item, 0) for item in self.question.items]
        return [(by_id[key], place) for place, key in enumerate(order, start=1)]

    @property
    def places(self) -> range:
        """The places to choose from."""
        return range(1, len(self.question.items) + 1)

    @property
    def joined(self) -> list[tuple[Choice, str]]:
        """Left sides, each with the id of the right side picked for it."""
        matches = self.answer.get("matches") or {}
        return [(left, matches.get(left.id, "")) for left in self.question.lefts]

    @property
    def filled(self) -> list[tuple[str, int, str]]:
        """Pieces of a text with gaps: text before, number of the gap (0: none), what was written in it."""
        blanks = self.answer.get("blanks") or {}
        return [
            ("", piece, blanks.get(str(piece), "")) if isinstance(piece, int) else (piece, 0, "")
            for piece in self.question.segments
        ]
