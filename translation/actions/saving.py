"""What storing translations has in common, from a form, a file or a machine."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from core import clock
from translation.standing import recount
from translation.text import plain

__all__ = ["Kind", "store"]

Kind = StringTranslation


@transaction.atomic
def store(
    texts: Mapping[StringSegment, str], locale: Locale, *, actor: Any, tool: str = "", is_machine: bool = False
) -> int:
    """Store translations that are fit to be stored; returns how many are new or different.

    Args:
        texts: by segment, with ``source``, ``context`` and ``string`` loaded; an empty text takes a translation away.
        tool: name of the program they come from.
    """
    there = {
        (row.translation_of_id, row.context_id): row
        for row in StringTranslation.objects.filter(
            context__in={segment.context_id for segment in texts}, locale=locale
        ).select_related("translation_of", "context")
    }
    now = clock.now()
    new: dict[tuple[int, int], StringTranslation] = {}
    changed: dict[tuple[int, int], StringTranslation] = {}
    gone: list[int] = []
    keys: set[uuid.UUID] = set()
    titles: dict[uuid.UUID, str] = {}
    for segment, text in texts.items():
        place = (segment.string_id, segment.context_id)
        row = there.get(place)
        if row is not None and row.data == text and not row.has_error:
            continue
        if row is None and not text:
            continue
        keys.add(segment.source.object_id)
        if segment.context.path == "title":
            titles[segment.source.object_id] = text
        if not text and row is not None:
            gone.append(row.pk)
            continue
        own = row or StringTranslation(translation_of=segment.string, context=segment.context, locale=locale)
        own.data, own.tool_name, own.updated_at = text, tool, now
        own.translation_type = Kind.TRANSLATION_TYPE_MACHINE if is_machine else Kind.TRANSLATION_TYPE_MANUAL
        own.last_translated_by = actor if getattr(actor, "pk", None) else None
        own.has_error, own.field_error = False, ""
        (changed if row else new)[place] = own
    if new:
        StringTranslation.objects.bulk_create(list(new.values()))
    if changed:
        StringTranslation.objects.bulk_update(
            list(changed.values()),
            [
                *("data", "translation_type", "tool_name", "last_translated_by", "has_error", "field_error"),
                "updated_at",
            ],
        )
    if gone:
        StringTranslation.objects.filter(pk__in=gone).delete()
    if keys:
        _title_drafts(titles, locale)
        Translation.objects.filter(source__object_id__in=keys, target_locale=locale).update(
            translations_last_updated_at=now
        )
        recount(keys, locale, edited_at=now)
    return len(new) + len(changed) + len(gone)


def _title_drafts(titles: Mapping[uuid.UUID, str], locale: Locale) -> None:
    """Explorers show the title that translators gave, as wagtail-localize does string by string."""
    if not titles:
        return
    pages = list(Page.objects.filter(translation_key__in=list(titles), locale=locale).only("title", "translation_key"))
    for page in pages:
        page.draft_title = plain(titles[page.translation_key]) or page.title
    Page.objects.bulk_update(pages, ["draft_title"])
