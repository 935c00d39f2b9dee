"""Captions as text: WebVTT and SRT read, WebVTT written anew, so that nothing gets in that isn't understood.

What is read (https://www.w3.org/TR/webvtt1/, sections 4 and 6): cues with their times, their text in ``b``, ``i``,
``u`` and ``v``, and where they stand (``line``, ``position``, ``align``). Styles, regions, notes, classes, times of
karaoke and whatever else a file holds are left out. Cues may overlap; they are put in order of time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from videos.cue_text import clean_text, plain_text, speaker_of
from videos.errors import CaptionsNotReadable

__all__ = [
    "MAX_BYTES",
    "MAX_CUES",
    "Cue",
    "Paragraph",
    "decode",
    "make_cue",
    "parse",
    "read_time",
    "time_text",
    "transcript",
    "write",
    "write_srt",
]

MAX_BYTES: Final = 1024 * 1024
MAX_CUES: Final = 20_000
#: Characters of one cue; two lines of subtitles have under a hundred.
MAX_CUE_TEXT: Final = 2000
#: Silence after which what is said starts a new paragraph, and how long one may get before the next full stop ends it.
_PAUSE_MS: Final = 2000
_LONG_PARAGRAPH: Final = 450

_ARROW: Final = "-->"
_EXAMPLE: Final = "00:01.000 --> 00:04.000"
#: ``1:02:03.456``, ``02:03,4``: hours may be missing, SRT has a comma.
_TIME = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-5]?[0-9])(?:[.,]([0-9]{1,3}))?")
_TIMING = re.compile(rf"\s*({_TIME.pattern})\s*-->\s*({_TIME.pattern})(?:\s+(.*))?\s*")
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_PERCENT = r"(?:100|[0-9]{1,2})(?:\.[0-9]{1,3})?%"
_SETTINGS: Final = {
    "line": re.compile(rf"(?:-?[0-9]{{1,3}}|{_PERCENT})(?:,(?:start|center|end))?"),
    "position": re.compile(rf"{_PERCENT}(?:,(?:line-left|center|line-right))?"),
    "align": re.compile(r"start|center|end|left|right"),
}
#: Places and colours as SubStation Alpha writes them into SRT files.
_OVERRIDE = re.compile(r"\{\\[^{}\n]*\}")
#: Letters of files that are neither Unicode nor say so, by the captions' language; the West's otherwise.
_OLD_ENCODINGS: Final = {"ar": "cp1256", "fa": "cp1256", "ur": "cp1256", "ru": "cp1251", "uk": "cp1251", "el": "cp1253"}
_SENTENCE_ENDS: Final = (".", "!", "?", "…", "؟", "۔", "。")


@dataclass(frozen=True)
class Cue:
    """What is shown for a while. Made by :func:`make_cue`, so its text and settings are clean."""

    start_ms: int
    end_ms: int
    #: As WebVTT has it: lines with ``b``, ``i``, ``u``, ``v``, anything else escaped.
    text: str
    #: ``line:0 position:50% align:start``, or nothing.
    settings: str = ""

    @property
    def plain(self) -> str:
        """Its words alone, on one line."""
        return " ".join(plain_text(self.text).split())


@dataclass(frozen=True)
class Paragraph:
    """What was said without a pause, by one person."""

    start_ms: int
    end_ms: int
    speaker: str
    cues: tuple[Cue, ...]

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(cue.plain for cue in self.cues)


def make_cue(start_ms: int, end_ms: int, text: str, settings: str = "") -> Cue | None:
    """A cue with its text made clean; None when there is nothing to read.

    Args:
        text: payload of WebVTT or SRT, of any origin.

    Raises:
        ValueError: it ends before it begins.
        CaptionsNotReadable: there is far too much text for one cue.
    """
    if not 0 <= start_ms < end_ms:
        raise ValueError((start_ms, end_ms))
    cleaned = clean_text(text)
    if len(plain_text(cleaned)) > MAX_CUE_TEXT:
        raise CaptionsNotReadable(
            message=_("The caption at %(time)s has more than %(limit)d characters. Divide it.")
            % {"time": time_text(start_ms), "limit": MAX_CUE_TEXT}
        )
    return Cue(start_ms, end_ms, cleaned, _clean_settings(settings)) if plain_text(cleaned).strip() else None


def decode(data: bytes, language: str = "") -> str:
    """The text of a file of captions: UTF-8, UTF-16, or for SRT the old letters of its ``language``.

    Raises:
        CaptionsNotReadable: too large, or no text.
    """
    if len(data) > MAX_BYTES:
        raise CaptionsNotReadable(message=_("This file is too large for captions: at most 1 MB."))
    for encoding in _encodings(data, language):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CaptionsNotReadable(message=_("This is no text. Captions are WebVTT (.vtt) or SubRip (.srt) files."))


def _encodings(data: bytes, language: str) -> Iterator[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
        return
    if b"\0" in data[:4]:
        yield "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        return
    yield "utf-8-sig"
    if not data.lstrip().startswith(b"WEBVTT") and _ARROW.encode() in data and b"\0" not in data:
        yield _OLD_ENCODINGS.get(language.partition("-")[0], "cp1252")
        yield "latin-1"


def parse(text: str) -> list[Cue]:
    """The cues of a WebVTT or SRT text, in order of time.

    Raises:
        CaptionsNotReadable: it is neither, or a line of it can't be understood; the message names the line.
    """
    if len(text) > MAX_BYTES:
        raise CaptionsNotReadable(message=_("This file is too large for captions: at most 1 MB."))
    if "\0" in text:
        raise CaptionsNotReadable(message=_("This is no text. Captions are WebVTT (.vtt) or SubRip (.srt) files."))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_vtt = bool(_HEADER.fullmatch(lines[0]))
    if not is_vtt and _ARROW not in text:
        message = _("These are no captions: no line says from when to when, as in %(example)s.")
        raise CaptionsNotReadable(message=message % {"example": _EXAMPLE})
    cues: list[Cue] = []
    for cue in _Reader(lines, is_vtt=is_vtt).cues():
        cues.append(cue)
        if len(cues) > MAX_CUES:
            raise CaptionsNotReadable(
                message=_("These captions have more than %(limit)d entries.") % {"limit": MAX_CUES}
            )
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


class _Reader:
    """Goes through the lines once."""

    def __init__(self, lines: list[str], *, is_vtt: bool) -> None:
        self.lines = lines
        self.is_vtt = is_vtt
        self.at = 0

    def cues(self) -> Iterator[Cue]:
        if self.is_vtt:
            self._skip_block()
        while self._skip_blank():
            if self.is_vtt and self._is_aside():
                self._skip_block()
                continue
            cue = self._cue()
            if cue:
                yield cue

    def _cue(self) -> Cue | None:
        # A name or a number may stand above the times.
        if not self._is_timing(self.at) and self._is_timing(self.at + 1):
            self.at += 1
        number = self.at + 1
        match = _TIMING.fullmatch(self.lines[self.at])
        if match is None:
            raise self._wrong(number)
        start, end = read_time(match[1]), read_time(match[6])
        self.at += 1
        text = self._text()
        if end <= start:
            raise CaptionsNotReadable(message=_("Line %(line)d: the caption ends before it begins.") % {"line": number})
        return make_cue(start, end, text, match[11] or "")

    def _text(self) -> str:
        """The lines of a cue. In SRT an empty line may stand within them: what follows it has no times of its own."""
        found: list[str] = []
        while self.at < len(self.lines) and not self._is_timing(self.at):
            line = self.lines[self.at]
            if not line.strip():
                self._skip_blank()
                if self.is_vtt or self._starts_cue(self.at):
                    break
                continue
            if not self.is_vtt and line.strip().isdecimal() and self._is_timing(self.at + 1):
                break
            found.append(line)
            self.at += 1
        text = "\n".join(found)
        return text if self.is_vtt else _OVERRIDE.sub("", text)

    def _starts_cue(self, index: int) -> bool:
        return index >= len(self.lines) or self._is_timing(index) or self._is_timing(index + 1)

    def _is_timing(self, index: int) -> bool:
        return index < len(self.lines) and _ARROW in self.lines[index]

    def _is_aside(self) -> bool:
        line = self.lines[self.at].rstrip()
        if line in ("STYLE", "REGION"):
            return not self._is_timing(self.at + 1)
        return (line == "NOTE" or line.startswith(("NOTE ", "NOTE\t"))) and not self._is_timing(self.at)

    def _skip_blank(self) -> bool:
        while self.at < len(self.lines) and not self.lines[self.at].strip():
            self.at += 1
        return self.at < len(self.lines)

    def _skip_block(self) -> None:
        while self.at < len(self.lines) and self.lines[self.at].strip() and not self._is_timing(self.at):
            self.at += 1

    def _wrong(self, number: int) -> CaptionsNotReadable:
        message = _("Line %(line)d: times were expected here, as in %(example)s.")
        return CaptionsNotReadable(message=message % {"line": number, "example": _EXAMPLE})


def read_time(text: str) -> int:
    """Milliseconds of ``1:02:03.456``; hours and parts of a second may be missing.

    Raises:
        ValueError: it is no time.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    hours, minutes, seconds = (int(part or 0) for part in match.group(1, 2, 3))
    return (hours * 3600 + minutes * 60 + seconds) * 1000 + int((match[4] or "").ljust(3, "0"))


def time_text(ms: int, separator: str = ".") -> str:
    """``00:01:02.345`` as WebVTT has it."""
    seconds, rest = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{rest:03}"


def _clean_settings(text: str) -> str:
    found: dict[str, str] = {}
    for part in text.split():
        name, _colon, value = part.partition(":")
        value = "center" if (name, value) == ("align", "middle") else value
        rule = _SETTINGS.get(name)
        if rule is not None and rule.fullmatch(value):
            found.setdefault(name, value)
    return " ".join(f"{name}:{found[name]}" for name in _SETTINGS if name in found)


def write(cues: Iterable[Cue]) -> str:
    """WebVTT with these cues; :func:`parse` gives the same ones back."""
    blocks = [
        f"{time_text(cue.start_ms)} --> {time_text(cue.end_ms)} {cue.settings}".rstrip() + f"\n{cue.text}\n"
        for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def write_srt(cues: Iterable[Cue]) -> str:
    """The same as SubRip, for programs that know nothing else; without formatting."""
    blocks = []
    for number, cue in enumerate(cues, start=1):
        text = plain_text(cue.text).replace(_ARROW, "->")
        blocks.append(f"{number}\n{time_text(cue.start_ms, ',')} --> {time_text(cue.end_ms, ',')}\n{text}\n")
    return "\n".join(blocks)


def transcript(cues: Iterable[Cue]) -> list[Paragraph]:
    """What is said, to read: cues joined to paragraphs, which end with a pause, a speaker, or a long thought.

    A cue that repeats the one before it, as captions that roll do, is left out.
    """
    paragraphs: list[list[Cue]] = []
    speaker = last = ""
    length = 0
    for cue in cues:
        if not cue.plain or cue.plain == last:
            continue
        speaks = speaker_of(cue.text)
        before = paragraphs[-1][-1] if paragraphs else None
        if (
            before is None
            or cue.start_ms - before.end_ms >= _PAUSE_MS
            or (speaks and speaks != speaker)
            or (length >= _LONG_PARAGRAPH and before.plain.endswith(_SENTENCE_ENDS))
        ):
            paragraphs.append([])
            length = 0
        paragraphs[-1].append(cue)
        speaker, last = speaks or speaker, cue.plain
        length += len(cue.plain)
    return [
        Paragraph(part[0].start_ms, max(cue.end_ms for cue in part), speaker_of(part[0].text), tuple(part))
        for part in paragraphs
    ]
