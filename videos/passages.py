"""What is said in videos, to be searched: paragraphs of captions, kept folded beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from core.folding import fold_text
from videos.errors import CaptionsNotReadable
from videos.models import Caption, Passage
from videos.webvtt import parse, transcript

__all__ = ["MAX_FOUND", "Found", "find_said", "keep_missing_passages", "keep_passages", "spoken_in"]

#: Places of one search; nobody reads further.
MAX_FOUND: Final = 500


@dataclass(frozen=True)
class Found:
    """A paragraph that holds all words looked for."""

    passage_pk: int
    caption_pk: int
    start_ms: int


def keep_passages(caption: Caption) -> None:
    """Cut the captions into paragraphs anew; two queries, in one transaction."""
    rows = [
        Passage(
            caption=caption,
            start_ms=part.start_ms,
            cues=[[cue.start_ms, cue.plain] for cue in part.cues],
            folded=fold_text(part.text),
        )
        for part in transcript(parse(caption.vtt))
    ]
    with transaction.atomic():
        caption.passages.all().delete()
        Passage.objects.bulk_create(rows, batch_size=500)


def keep_missing_passages() -> int:
    """Cut captions that were never cut: those from before this was kept. Returns how many there were."""
    count = 0
    for caption in Caption.objects.filter(passages=None, vtt__contains="-->").iterator(chunk_size=50):
        try:
            keep_passages(caption)
        except CaptionsNotReadable:
            continue  # written by no version of ours; it can be shown no more than searched
        count += 1
    return count


def spoken_in(video_pks: Iterable[int], language: str) -> dict[int, tuple[int, str]]:
    """The captions to search, by their pk, as video's pk and language; one query.

    In ``language`` where there are some, else in the spoken one, else the first there are: as the transcript shows.
    """
    rows: Any = Caption.objects.filter(video__in=set(video_pks)).exclude(video__folder="").order_by("language")
    best: dict[int, tuple[int, int, str]] = {}
    for pk, video_pk, written, spoken in rows.values_list("pk", "video_id", "language", "video__language"):
        rank = 0 if written == language else 1 if written == spoken else 2
        if video_pk not in best or rank < best[video_pk][0]:
            best[video_pk] = (rank, pk, written)
    return {pk: (video_pk, written) for video_pk, (_rank, pk, written) in best.items()}


def find_said(caption_pks: Iterable[int], words: Sequence[str]) -> list[Found]:
    """Paragraphs of these captions that hold all ``words``, as ``core.folding.search_words`` gives them; one query.

    The database reads the paragraphs of these captions and nothing else: some megabytes for a course of fifty hours.
    At most :data:`MAX_FOUND`.
    """
    if not words:
        return []
    rows = Passage.objects.filter(caption__in=list(caption_pks))
    for word in words:
        rows = rows.filter(folded__contains=word)
    found = rows.order_by("caption_id", "start_ms", "pk").values_list("pk", "caption_id", "start_ms")
    return [Found(*row) for row in found[:MAX_FOUND]]
