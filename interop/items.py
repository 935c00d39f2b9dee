"""One lesson or one quiz of a folder."""

import math
import re
from pathlib import PurePosixPath
from typing import Any

from interop.course_source import ItemSource
from interop.errors import CourseRefused
from interop.folder.front_matter import MarkdownFile
from interop.folder.settings import Settings, slug_of
from interop.folder.yaml_source import YamlMapping
from interop.markdown import Block, read_markdown, walk
from interop.markdown.inline import InlineWriter, plain
from interop.markdown.questions import question_block
from interop.markdown.reader import Reader
from interop.markdown.surroundings import Surroundings
from interop.report import FileReport

#: Reading speed of a learner in a second language, words a minute.
WORDS_A_MINUTE = 130
MINUTES_A_QUESTION = 2


def read_lesson(path: str, source: MarkdownFile, report: FileReport, surroundings: Surroundings) -> ItemSource:
    """Read a lesson's file."""
    read = read_markdown(
        source.text, first_line=source.first_line, report=report, surroundings=surroundings, takes_title=True
    )
    settings = Settings(source.settings, report)
    title = settings.text("title", limit=255)
    if title and read.title and read.title != title:
        read.blocks.insert(0, Block("heading", {"text": read.title[:200], "level": "2"}, source.first_line))
    title = title or read.title or _name(path)
    minutes = (settings.number("teaching") or 0) + (settings.number("exercises") or 0)
    if not settings.has("teaching") and not settings.has("exercises"):
        minutes = _reading_minutes(read.blocks)
    fields = {
        "summary": settings.text("summary", limit=400),
        "estimated_minutes": max(1, minutes),
        "is_free_preview": settings.flag("free_preview"),
        "completion_rule": settings.choice("completion", ["opened", "scrolled", "quiz"], "scrolled"),
    }
    return ItemSource(
        path, source.path, "lesson", title[:255], _slug(path, settings), fields, read.blocks, [], read.terms
    )


def read_quiz(path: str, data: Any, report: FileReport, surroundings: Surroundings) -> ItemSource:
    """Read a quiz's file.

    Raises:
        CourseRefused: it is no list of settings.
    """
    if not isinstance(data, YamlMapping):
        raise CourseRefused("A quiz must be lines of “name: value”.", path=report.path, line=1)
    settings = Settings(data, report)
    intro = read_markdown(
        str(data.get("intro") or ""),
        first_line=data.line,
        report=report,
        surroundings=surroundings,
        with_questions=False,
    )
    reader = Reader(InlineWriter(surroundings, report), report)
    entries = data.get("questions")
    questions = [question_block(reader, entry, data.line) for entry in entries] if isinstance(entries, list) else []
    found = [question for question in questions if question is not None]
    _check_names(found, report)
    limit = settings.number("time_limit", least=1)
    fields = {
        "pass_mark": settings.number("pass_mark", most=100) if settings.has("pass_mark") else 70,
        "attempts_allowed": settings.number("attempts", least=1),
        "time_limit_minutes": limit,
        "shuffle_questions": settings.flag("shuffle"),
        "shuffle_options": settings.flag("shuffle_options", True),
        "draw_count": settings.number("draw", least=1),
        "show_after": settings.choice("show", ["nothing", "score", "answers"], "answers"),
        "show_when": settings.choice("show_when", ["submission", "passed", "attempts_used"], "submission"),
        "estimated_minutes": settings.number("estimated_minutes", least=1)
        or min(limit or 600, max(1, MINUTES_A_QUESTION * len(found))),
    }
    title = settings.text("title", limit=255) or _name(path)
    blocks = [block for block in intro.blocks if block.type in ("rich_text", "code", "image", "table", "math")]
    return ItemSource(path, report.path, "quiz", title, _slug(path, settings), fields, blocks, found)


def _check_names(questions: list[Block], report: FileReport) -> None:
    """Two questions of one name would share their learners' answers: the second goes without a name."""
    seen: set[str] = set()
    for question in questions:
        if question.key and question.key in seen:
            report.changed(question.line, f"Two questions are called “{question.key}”.", "Give each an id of its own.")
            question.key = ""
        seen.add(question.key)


def _name(path: str) -> str:
    words = re.sub(r"[-_]+", " ", slug_of(_stem(path))).strip()
    return words[:1].upper() + words[1:]


def _stem(path: str) -> str:
    return PurePosixPath(path).name.split(".", 1)[0]


def _slug(path: str, settings: Settings) -> str:
    return slug_of(settings.text("slug") or _stem(path))


def _reading_minutes(blocks: list[Block]) -> int:
    words = 0
    for block in walk(blocks):
        if block.type == "rich_text":
            words += len(plain(block.value).split())
        elif block.type == "code":
            words += len(block.value["code"].split())
    return math.ceil(words / WORDS_A_MINUTE)
