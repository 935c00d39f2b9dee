"""Keep :class:`~translation.models.PageTranslation` true: how much is translated, what learners read, what is stale."""

import hashlib
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from wagtail.fields import StreamField
from wagtail.models import Locale, Page
from wagtail_localize.fields import get_translatable_fields
from wagtail_localize.models import StringSegment, StringTranslation, TranslationSource

from core import clock
from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from translation.models import PageTranslation
from translation.text import hash_of, is_slug_path
from translation.writing import TranslatedString, strings_of

__all__ = [
    "Strings",
    "changed_since",
    "compare_with_source",
    "content_of",
    "course_key_of",
    "ensure_row",
    "is_up_to_date",
    "note_draft",
    "note_published",
    "percent_of",
    "recount",
    "snapshot",
]

#: ``{context path: [hash of each source string, in order]}``
Strings = dict[str, list[str]]

_BLOCK_KEYS = re.compile(r' data-block-key=\\?"[^"\\]*\\?"')


def snapshot(strings: Iterable[TranslatedString]) -> Strings:
    """The source strings of a page by context."""
    found: Strings = {}
    for row in strings:
        found.setdefault(row.segment.context.path, []).append(hash_of(row.segment.string.data))
    return found


def percent_of(strings: Iterable[TranslatedString]) -> int:
    """How much is translated, addresses left out."""
    counted = [row for row in strings if not is_slug_path(row.segment.context.path)]
    return sum(1 for row in counted if row.translation) * 100 // len(counted) if counted else 100


def content_of(source: TranslationSource) -> str:
    """A fingerprint of all that a translation takes from the source, strings included; its address doesn't count."""
    content = json.loads(source.content_json)
    model = source.specific_content_type.model_class()
    names = sorted({field.field_name for field in get_translatable_fields(model)} - {"slug"})
    said = {
        name: _without_item_ids(json.loads(value) if _is_stream(model, name, value) else value)
        for name in names
        # What is empty says nothing: a new version that brings a field makes no translation stale.
        if (value := content.get(name)) and value != "[]"
    }
    # The editor gives paragraphs new names at will.
    text = _BLOCK_KEYS.sub("", json.dumps(said, sort_keys=True))
    return hashlib.sha256(text.encode()).hexdigest()


def _is_stream(model: Any, name: str, value: Any) -> bool:
    return isinstance(value, str) and isinstance(model._meta.get_field(name), StreamField)


def _without_item_ids(value: Any) -> Any:
    """Items of lists that were stored without ids get others at each reading."""
    if isinstance(value, list):
        return [_without_item_ids(item) for item in value]
    if isinstance(value, dict):
        is_item = value.get("type") == "item"
        return {key: _without_item_ids(item) for key, item in value.items() if not (is_item and key == "id")}
    return value


def changed_since(current: Strings, published: Strings) -> int:
    """How many strings of ``current`` are new or different."""
    return sum(
        (Counter(hashes) - Counter(published.get(path, []))).total()
        for path, hashes in current.items()
        if not is_slug_path(path)
    )


def course_key_of(page: Page) -> uuid.UUID | None:
    """The course that a page belongs to, if it is a course or a part of one."""
    model = page.specific_class
    if model is CoursePage:
        return page.translation_key
    levels = {ModulePage: 1, LessonPage: 2, QuizPage: 2}.get(model)
    if levels is None:
        return None
    path = page.path[: -levels * Page.steplen]
    return Page.objects.filter(path=path).values_list("translation_key", flat=True).first()


def ensure_row(page: Page, locale: Locale, target: Page | None, *, course_key: uuid.UUID | None) -> PageTranslation:
    """The row of a source page in a language, made where it is missing."""
    row, is_new = PageTranslation.objects.get_or_create(
        page_key=page.translation_key,
        locale=locale,
        defaults={"source_locale_id": page.locale_id, "course_key": course_key, "target": target},
    )
    target_pk = target.pk if target else None
    wanted = {"source_locale_id": page.locale_id, "course_key": course_key, "target_id": target_pk}
    if not is_new and any(getattr(row, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save(update_fields=[*wanted, "updated_at"])
    return row


@transaction.atomic
def recount(page_keys: Iterable[uuid.UUID], locale: Locale, *, edited_at: datetime | None = None) -> None:
    """Count strings and translations of pages anew; three queries however many pages.

    Args:
        edited_at: when a translation of all of these pages was changed, if one was.
    """
    # Locked, so that of two who translate one page at once the second counts what the first has saved.
    wanted = PageTranslation.objects.filter(page_key__in=list(page_keys), locale=locale)
    rows = list(wanted.select_for_update().order_by("pk"))
    if not rows:
        return
    translated = StringTranslation.objects.filter(
        translation_of_id=OuterRef("string_id"), context_id=OuterRef("context_id"), locale=locale, has_error=False
    )
    counts = (
        StringSegment.objects.filter(
            source__object_id__in=[row.page_key for row in rows],
            source__locale_id__in={row.source_locale_id for row in rows},
        )
        .exclude(context__path="slug")
        .annotate(is_translated=Exists(translated))
        .values("source__object_id", "source__locale_id")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(is_translated=True)))
        .order_by()
    )
    found = {(row["source__object_id"], row["source__locale_id"]): row for row in counts}
    for row in rows:
        count = found.get((row.page_key, row.source_locale_id), {"total": 0, "done": 0})
        row.total, row.translated = count["total"], count["done"]
        row.edited_at = edited_at or row.edited_at
        row.updated_at = clock.now()
    PageTranslation.objects.bulk_update(rows, ["total", "translated", "edited_at", "updated_at"])


def is_up_to_date(row: PageTranslation, source: TranslationSource, strings: Iterable[TranslatedString]) -> bool:
    """Whether the last draft says what the strings say now."""
    return bool(row.draft_fingerprint) and row.draft_fingerprint == _fingerprint(source, strings)


def note_draft(
    row: PageTranslation, source: TranslationSource, strings: Iterable[TranslatedString], revision: Any
) -> None:
    """Remember what a revision of the target was made of."""
    listed = list(strings)
    row.draft_revision = revision.pk if revision else None
    row.draft_percent = percent_of(listed)
    row.draft_strings = snapshot(listed)
    row.draft_content = content_of(source)
    row.draft_fingerprint = _fingerprint(source, listed)
    row.drafted_at = clock.now()
    row.save(
        update_fields=[
            *("draft_revision", "draft_percent", "draft_strings", "draft_content", "draft_fingerprint", "drafted_at"),
            "updated_at",
        ]
    )


def note_published(row: PageTranslation, source: TranslationSource, revision: Any) -> None:
    """Remember what learners read from now on, and whether that is behind the source already."""
    strings = strings_of(source, row.locale)
    if revision is None or row.draft_revision != revision.pk:
        # Published on another way, wagtail-localize's own screen for one: from the strings as they are.
        note_draft(row, source, strings, revision)
    row.published_percent = row.draft_percent
    row.published_strings = row.draft_strings
    row.published_content = row.draft_content
    row.stale_since = None
    compare_with_source(row, source, strings, since=source.last_updated_at or clock.now())
    row.save(
        update_fields=[
            *("published_percent", "published_strings", "published_content", "stale_since", "changed"),
            "updated_at",
        ]
    )


def compare_with_source(
    row: PageTranslation, source: TranslationSource, strings: Iterable[TranslatedString], *, since: datetime
) -> None:
    """Set ``changed`` and ``stale_since`` of a row whose target is live; the row is not saved."""
    row.changed = changed_since(snapshot(strings), row.published_strings)
    if content_of(source) == row.published_content:
        row.stale_since = None
    else:
        row.stale_since = row.stale_since or since


def _fingerprint(source: TranslationSource, strings: Iterable[TranslatedString]) -> str:
    said = [[row.segment.context.path, row.segment.string.data, row.translation] for row in strings]
    return hashlib.sha256(json.dumps([content_of(source), said]).encode()).hexdigest()
