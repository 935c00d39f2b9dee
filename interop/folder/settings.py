"""Reading values out of ``config.yaml``, front matter and quiz files: bounded, of the right kind, or reported."""

import re

from django.utils.text import slugify

from interop.folder.yaml_source import YamlMapping
from interop.report import FileReport

_PREFIX = re.compile(r"^\d+[-_. ]*")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


class Settings:
    """A mapping of settings with its file's report."""

    def __init__(self, data: YamlMapping, report: FileReport) -> None:
        self.data = data
        self.report = report

    def has(self, name: str) -> bool:
        """Whether a value is given."""
        return self.data.get(name) not in (None, "", [])

    def text(self, name: str, default: str = "", limit: int = 0) -> str:
        """Words on one line; longer than ``limit`` they are cut at a sentence or word, and reported."""
        value = self.data.get(name)
        if value is None or isinstance(value, dict | list):
            if value:
                self._wrong(name, "text")
            return default
        words = " ".join(str(value).split())
        if limit and len(words) > limit:
            self.report.changed(self.data.line, f"“{name}” was cut after {limit} characters.", "Shorten it.")
            words = shortened(words, limit)
        return words

    def texts(self, name: str, limit: int = 250) -> list[str]:
        """A list of words; one text counts as a list of one, or of its sentences when it is longer than ``limit``."""
        value = self.data.get(name)
        if isinstance(value, str):
            text = " ".join(value.split())
            value = [text] if len(text) <= limit else _SENTENCE.split(text)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(name, "a list")
            return []
        words = [" ".join(str(item).split()) for item in value if not isinstance(item, dict | list)]
        if len(words) < len(value) or any(len(item) > limit for item in words):
            self.report.changed(self.data.line, f"“{name}” was shortened to plain items of {limit} characters.")
        return [shortened(item, limit) for item in words if item]

    def number(self, name: str, *, least: int = 0, most: int = 32_000) -> int | None:
        """A whole number between the bounds; None when there is none."""
        value = self.data.get(name)
        if value is None:
            return None
        try:
            number = round(float(str(value)))
        except (ValueError, OverflowError):
            self._wrong(name, "a number")
            return None
        if not least <= number <= most:
            self.report.changed(self.data.line, f"“{name}” must be between {least} and {most}.", "Correct it.")
            return max(least, min(most, number))
        return number

    def flag(self, name: str, default: bool = False) -> bool:
        """Yes or no."""
        value = self.data.get(name, default)
        return str(value).lower() in ("true", "yes", "1") if not isinstance(value, bool) else value

    def choice(self, name: str, choices: list[str], default: str) -> str:
        """One of the choices."""
        value = self.text(name).lower()
        if value and value not in choices:
            self.report.changed(
                self.data.line,
                f"“{name}: {value[:40]}” is unknown; it is “{default}” now.",
                f"Choose of {', '.join(choices)}.",
            )
        return value if value in choices else default

    def mapping(self, name: str) -> "Settings":
        """Settings inside settings."""
        value = self.data.get(name)
        return Settings(value if isinstance(value, YamlMapping) else YamlMapping(), self.report)

    def _wrong(self, name: str, wanted: str) -> None:
        self.report.lost(self.data.line, f"“{name}” is not {wanted}; it was left out.", "Correct it.")


def shortened(text: str, limit: int) -> str:
    """The text's first sentences that fit, or its first words with an ellipsis."""
    if len(text) <= limit:
        return text
    kept = ""
    for sentence in _SENTENCE.split(text):
        if len(kept) + len(sentence) + 1 > limit:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or text[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def slug_of(name: str, fallback: str = "lesson") -> str:
    """A slug from a file's name without its number, or from a title."""
    return slugify(_PREFIX.sub("", name))[:80].strip("-") or slugify(name)[:80].strip("-") or fallback
