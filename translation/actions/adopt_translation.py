"""Make a page that was translated elsewhere, by an importer for one, a translation as this room knows them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import (
    OverridableSegment,
    SegmentOverride,
    StringTranslation,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments import OverridableSegmentValue, StringSegmentValue
from wagtail_localize.segments.extract import extract_segments, quote_path_component
from wagtail_localize.strings import StringValue, validate_translation_links

from translation.extraction import refresh_source
from translation.models import PageTranslation
from translation.standing import course_key_of, ensure_row, note_draft, note_published, recount
from translation.writing import TranslatedString, strings_of

__all__ = ["Adoption", "adopt_translation", "is_adopted"]


@dataclass(frozen=True)
class Adoption:
    """What became of the texts of a translated page."""

    strings: int  #: known as translations now
    unmatched: tuple[str, ...]  #: contexts of the original where the translation says more, or less
    replaced: int  #: translations that people had made here and that say something else now


def is_adopted(target: Page) -> bool:
    """Whether the latest revision of a translated page is one that this room knows."""
    return PageTranslation.objects.filter(
        page_key=target.translation_key, locale_id=target.locale_id, draft_revision=target.latest_revision_id
    ).exists()


@transaction.atomic
def adopt_translation(original: Any, target: Any) -> Adoption:
    """Make everything that ``target`` says the translation of what ``original`` says, paired by block id and place.

    Words that are the same in both languages count as translated: whoever brings a translation has decided on each.
    Code and pictures that differ become overrides. The page itself is not written. Runs again with one outcome.

    Args:
        original: a specific page or a snippet, as learners see it.
        target: the same in another language; of a page, its latest revision.
    """
    locale = target.locale
    source, _is_news = refresh_source(original)
    row = None
    if isinstance(target, Page):
        row = ensure_row(original, locale, target, course_key=course_key_of(original))
    translation, _is_new = Translation.objects.get_or_create(source=source, target_locale=locale)
    asked = strings_of(source, locale)
    said = list(extract_segments(target))
    pairs, unmatched = _pair(asked, [value for value in said if isinstance(value, StringSegmentValue)])
    replaced, known = _store_strings(source, pairs, locale)
    _store_overrides(source, locale, pairs, said)
    now = timezone.now()
    Translation.objects.filter(pk=translation.pk).update(
        enabled=True, translations_last_updated_at=now, destination_last_updated_at=now
    )
    if row is not None:
        strings = [
            TranslatedString(string.segment, known.get((string.segment.string_id, string.segment.context_id)))
            for string in asked
        ]
        # Read anew: the copy at hand may have been made before it went live.
        stored = Page.objects.select_related("latest_revision").get(pk=target.pk)
        note_draft(row, source, strings, stored.latest_revision)
        if stored.live and stored.live_revision_id == stored.latest_revision_id:
            note_published(row, source, stored.latest_revision)
        recount([original.translation_key], locale)
    return Adoption(len(pairs), tuple(unmatched), replaced)


_Pair = tuple[TranslatedString, StringSegmentValue]


def _pair(asked: Iterable[TranslatedString], said: Iterable[StringSegmentValue]) -> tuple[list[_Pair], list[str]]:
    """Strings with what stands in their place; places that hold another number of strings are left out."""
    theirs: dict[str, list[StringSegmentValue]] = {}
    for value in said:
        theirs.setdefault(value.path, []).append(value)
    ours: dict[str, list[TranslatedString]] = {}
    for string in asked:
        ours.setdefault(string.segment.context.path, []).append(string)
    pairs: list[_Pair] = []
    for path, strings in ours.items():
        values = theirs.get(path, [])
        if len(values) == len(strings):
            pairs += zip(strings, values, strict=True)
    unmatched = [path for path in {**ours, **theirs} if len(ours.get(path, [])) != len(theirs.get(path, []))]
    return pairs, unmatched


def _store_strings(
    source: TranslationSource, pairs: Iterable[_Pair], locale: Locale
) -> tuple[int, dict[tuple[int, int], str]]:
    """Write the translations; returns how many of people's own were replaced, and all that is usable now."""
    wanted = {(string.segment.string_id, string.segment.context_id): (string, value) for string, value in pairs}
    present = {
        (row.translation_of_id, row.context_id): row
        for row in StringTranslation.objects.filter(locale=locale, context__object_id=source.object_id)
    }
    new, changed, replaced = [], [], 0
    for key, (string, value) in wanted.items():
        row = present.get(key)
        if row is not None and row.data == value.string.data and not row.has_error:
            continue
        if row is None:
            row = StringTranslation(translation_of_id=key[0], context_id=key[1], locale=locale)
            new.append(row)
        else:
            replaced += row.last_translated_by_id is not None
            changed.append(row)
        row.data = value.string.data
        row.translation_type, row.tool_name = StringTranslation.TRANSLATION_TYPE_MANUAL, ""
        row.last_translated_by, row.updated_at = None, timezone.now()
        row.has_error, row.field_error = not _is_valid(string.segment.string.data, row.data), ""
    # In bulk: wagtail-localize's own save asks the database about each string.
    StringTranslation.objects.bulk_create(new)
    StringTranslation.objects.bulk_update(
        changed,
        ["data", "translation_type", "tool_name", "last_translated_by", "updated_at", "has_error", "field_error"],
    )
    usable = [row for row in [*present.values(), *new] if not row.has_error and row.data]
    return replaced, {(row.translation_of_id, row.context_id): row.data for row in usable}


def _is_valid(source: str, text: str) -> bool:
    if "<" not in text:
        return True
    try:
        StringValue.from_translated_html(text)
        validate_translation_links(source, text)
    except ValueError:
        return False
    return True


def _store_overrides(source: TranslationSource, locale: Locale, pairs: Iterable[_Pair], said: Iterable[Any]) -> None:
    """What isn't a string and differs: code, pictures, pages that are linked, addresses of links."""
    own = {value.path: value.data for value in said if isinstance(value, OverridableSegmentValue)}
    for string, value in pairs:
        for name, attributes in (json.loads(string.segment.attrs) or {}).items():
            address, theirs = attributes.get("href"), (value.attrs or {}).get(name, {}).get("href")
            if address and theirs:
                own[f"{string.segment.context.path}.{quote_path_component(address)}"] = theirs
    wanted: dict[int, str] = {}
    segments = list(OverridableSegment.objects.filter(source=source).select_related("context"))
    for segment in segments:
        theirs = own.get(segment.context.path)
        if theirs and theirs != segment.data:
            wanted[segment.context_id] = json.dumps(theirs, cls=DjangoJSONEncoder)
    present = {
        row.context_id: row
        for row in SegmentOverride.objects.filter(
            locale=locale, context_id__in={segment.context_id for segment in segments}
        )
    }
    gone = [row.pk for context, row in present.items() if context not in wanted]
    if gone:
        SegmentOverride.objects.filter(pk__in=gone).delete()
    changed = []
    for context, data in wanted.items():
        row = present.get(context)
        if row is not None and (row.data_json != data or row.has_error):
            row.data_json, row.has_error, row.field_error = data, False, ""
            changed.append(row)
    SegmentOverride.objects.bulk_update(changed, ["data_json", "has_error", "field_error"])
    SegmentOverride.objects.bulk_create(
        SegmentOverride(locale=locale, context_id=context, data_json=data)
        for context, data in wanted.items()
        if context not in present
    )
