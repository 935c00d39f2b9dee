"""What is shown and said in a talk, read from its YAML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = ["Slide", "Talk", "read_talk", "talks"]

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Slide:
    """A heading, lines or code below it, and the sentences said to it: each uncovers one line more."""

    title: str
    lines: tuple[str, ...]
    is_code: bool
    say: tuple[str, ...]


@dataclass(frozen=True)
class Talk:
    """One talk in one language."""

    name: str
    language: str
    title: str
    slides: tuple[Slide, ...]


def talks() -> list[str]:
    """Names of all talks."""
    return sorted(path.stem for path in HERE.glob("*.yaml"))


def read_talk(name: str, language: str) -> Talk | None:
    """Read a talk; None where it was not written in that language."""
    data = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    if language not in data["title"]:
        return None
    slides = tuple(
        Slide(
            title=entry["title"][language],
            lines=tuple(entry.get("code", entry.get("lines"))[language]),
            is_code="code" in entry,
            say=tuple(entry["say"][language]),
        )
        for entry in data["slides"]
    )
    return Talk(name, language, data["title"][language], slides)
