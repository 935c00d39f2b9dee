"""Videos of the demo school: made by ``demo.talks`` beforehand, put into lessons before these are stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from interop.course_source import CourseSource
from interop.markdown import Block
from videos.actions.create_video import create_video
from videos.actions.save_caption import save_caption
from videos.actions.save_chapters import save_chapters
from videos.models import Video

__all__ = ["TalkFile", "add_talks", "load_talks"]


@dataclass(frozen=True)
class TalkFile:
    """A talk in one language. ``chapters``: a line for each, ``0:20 Say something``."""

    name: str
    language: str
    title: str
    file: Path
    vtt: str
    chapters: str


def load_talks(talks: Iterable[TalkFile], owner: Any) -> dict[tuple[str, str], int]:
    """Take the talks into the school, each once, with captions and chapters; returns videos by name and language."""
    found = {}
    for talk in talks:
        with TemporaryDirectory() as scratch:
            # What is taken in is moved away; the talk stays for the next time.
            copy = Path(scratch) / talk.file.name
            copyfile(talk.file, copy)
            video = create_video(
                owner=owner,
                path_or_storage_name=copy,
                filename=f"{talk.name}-{talk.language}.mp4",
                title=talk.title,
                language=talk.language,
            )
        _describe(video, talk, owner)
        found[talk.name, talk.language] = video.pk
    return found


def _describe(video: Video, talk: TalkFile, owner: Any) -> None:
    """Captions and chapters of a new one; what an author has made of them since stays."""
    if not video.captions.exists():
        save_caption(actor=owner, video=video, language=talk.language, source=talk.vtt)
    if not video.chapters.exists():
        save_chapters(actor=owner, video=video, language=talk.language, text=talk.chapters)


def add_talks(source: CourseSource, placed: Iterable[dict[str, Any]], videos: dict[tuple[str, str], int]) -> None:
    """Put talks on top of the lessons that ``placed`` names: ``lesson`` (its file's name), ``talk``, ``caption``.

    A language without a talk of its own shows the one of the course's.
    """
    for place in placed:
        for course in (source, *source.translations):
            key = (place["talk"], course.language)
            number = videos.get(key, videos.get((place["talk"], source.language)))
            words = place.get("caption", {})
            for item in course.items:
                if number is not None and Path(item.path).stem == place["lesson"]:
                    caption = words.get(course.language, "")
                    item.blocks.insert(0, Block("video", {"video": number, "caption": caption, "questions": []}, 1))
