"""Say in one language which parts a video has."""

from typing import Any

from django.db import transaction

from core import audit
from core.policies import require
from videos.captions import known_language, read_chapters
from videos.locks import locked_video
from videos.models import Chapter, Video
from videos.policies import can_change

__all__ = ["save_chapters"]


@transaction.atomic
def save_chapters(*, actor: Any, video: Video, language: str, text: str) -> list[Chapter]:
    """Replace the chapters in ``language`` by those of ``text``, one a line: ``1:30 Loops``. Empty takes them away.

    Raises:
        NotAllowed: the actor doesn't look after the video.
        VideoNotFound: it was deleted.
        ChaptersNotReadable: a line can't be understood; the message names it.
    """
    require(can_change(actor, video))
    language = known_language(language)
    video = locked_video(video.pk)
    wanted = read_chapters(text, duration_ms=video.duration_ms)
    present = list(Chapter.objects.filter(video=video, language=language))
    if [(chapter.start_ms, chapter.title) for chapter in present] == wanted:
        return present
    Chapter.objects.filter(video=video, language=language).delete()
    made = Chapter.objects.bulk_create(
        [Chapter(video=video, language=language, start_ms=start, title=title) for start, title in wanted]
    )
    audit.record(
        actor=actor, verb="videos.chapters_saved", target=video, facts={"language": language, "chapters": len(made)}
    )
    return made
