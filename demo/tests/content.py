"""Reads the demo courses' Markdown and YAML as plain text, without the importer, so that the two check each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

DEMO = Path(__file__).resolve().parent.parent
COURSES = sorted((DEMO / "courses").iterdir())
LESSONS = sorted(DEMO.glob("courses/**/episodes/*.md"))
QUIZZES = sorted(DEMO.glob("courses/**/episodes/*.quiz.yaml"))

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SELF_CHECK = re.compile(r"^(:{3,}) self-check\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A fenced block of code, with the output printed under it, if any."""

    path: Path
    number: int
    language: str
    code: str
    output: str | None

    def __str__(self) -> str:
        return f"{self.path.relative_to(DEMO)} #{self.number}"


def named(path: Path) -> str:
    """The path as a test's name."""
    return str(path.relative_to(DEMO))


def self_checks(path: Path) -> list[dict[str, Any]]:
    """The questions inside a lesson."""
    return [yaml.safe_load(match[2]) for match in _SELF_CHECK.finditer(path.read_text(encoding="utf-8"))]


def examples(path: Path) -> Iterator[Example]:
    """The code of a lesson in reading order; code inside questions is left out, for its output is the answer."""
    text = _SELF_CHECK.sub("", path.read_text(encoding="utf-8"))
    blocks = list(_FENCE.finditer(text))
    for number, block in enumerate(blocks):
        if block[1] == "output":
            continue
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        adjacent = following and following[1] == "output" and not text[block.end() : following.start()].strip()
        yield Example(path, number, block[1], block[2], following[2] if following and adjacent else None)


def questions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every question of the school with the place it stands in."""
    for path in QUIZZES:
        for question in yaml.safe_load(path.read_text(encoding="utf-8"))["questions"]:
            yield f"{named(path)}:{question['id']}", question
    for path in LESSONS:
        for question in self_checks(path):
            yield f"{named(path)}:{question['id']}", question
