"""Give a video captions in a language, or better ones."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from core import audit, clock
from core.policies import require
from videos.captions import known_language, require_within
from videos.errors import CaptionsNotReadable
from videos.locks import locked_video
from videos.models import Caption, Video
from videos.passages import keep_passages
from videos.policies import can_change
from videos.webvtt import MAX_BYTES, MAX_CUES, Cue, decode, parse, write

__all__ = ["save_caption"]


@transaction.atomic
def save_caption(*, actor: Any, video: Video, language: str, source: str | bytes | Sequence[Cue]) -> Caption:
    """Put what ``source`` says into the place of whatever captions there are in ``language``.

    Args:
        source: a file's bytes or text, WebVTT or SRT, or cues that were edited.

    Raises:
        NotAllowed: the actor doesn't look after the video.
        VideoNotFound: it was deleted.
        CaptionsNotReadable: what was sent is no captions, or belongs to a longer video.
    """
    require(can_change(actor, video))
    language = known_language(language)
    if isinstance(source, bytes):
        source = decode(source, language)
    cues = parse(source) if isinstance(source, str) else sorted(source, key=lambda cue: (cue.start_ms, cue.end_ms))
    video = locked_video(video.pk)
    require_within(video, cues)
    text = write(cues)
    if len(cues) > MAX_CUES or len(text.encode()) > 2 * MAX_BYTES:
        raise CaptionsNotReadable
    caption, is_new = Caption.objects.get_or_create(video=video, language=language, defaults={"vtt": text})
    if is_new or caption.vtt != text:
        caption.vtt, caption.changed_at = text, clock.now()
        caption.save(update_fields=["vtt", "changed_at"])
        keep_passages(caption)
        audit.record(
            actor=actor, verb="videos.caption_saved", target=video, facts={"language": language, "cues": len(cues)}
        )
    return caption
