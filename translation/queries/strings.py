"""The strings of a page, with everything that helps to translate them."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from wagtail.models import Locale, Page
from wagtail_localize.models import String, StringSegment, StringTranslation, TemplateSegment, TranslationSource

from core.errors import NotFound
from translation.courses import locale_named
from translation.errors import NotInThisLanguage
from translation.labels import facts_of
from translation.machine import translator_for
from translation.models import PageTranslation
from translation.queries.glossary import term_hits
from translation.queries.memory import suggestions_for
from translation.queries.rows import PageStrings, StringRow, Suggestion
from translation.text import as_typed, hash_of, is_slug_path, plain

__all__ = ["TranslatedPage", "page_strings", "string_rows", "translated_page"]


@dataclass(frozen=True)
class TranslatedPage:
    """A page in one target language, as the room's reads and writes need it."""

    row: PageTranslation
    source: TranslationSource
    page: Page
    locale: Locale


def translated_page(page_key: uuid.UUID, language: str) -> TranslatedPage:
    """Find a page under translation; three queries.

    Raises:
        UnknownLanguage: none of the school.
        NotFound: no such page.
        NotInThisLanguage: it was not submitted into ``language``.
    """
    locale = locale_named(language)
    row = (
        PageTranslation.objects.filter(page_key=page_key, locale=locale)
        .select_related("source_locale", "locale", "target")
        .first()
    )
    if row is None or row.target is None:
        if not Page.objects.filter(translation_key=page_key).exists():
            raise NotFound
        raise NotInThisLanguage
    source = (
        TranslationSource.objects.filter(object_id=page_key, locale_id=row.source_locale_id)
        .select_related("locale", "specific_content_type")
        .first()
    )
    page = Page.objects.filter(translation_key=page_key, locale_id=row.source_locale_id).first()
    if source is None or page is None:
        raise NotInThisLanguage
    return TranslatedPage(row, source, page, locale)


def page_strings(page_key: uuid.UUID, language: str) -> PageStrings:
    """The strings in the order of the page; a bounded number of queries however many there are.

    Raises:
        UnknownLanguage: none of the school.
        NotFound: no such page.
        NotInThisLanguage: it was not submitted into ``language``.
    """
    found = translated_page(page_key, language)
    row = found.row
    return PageStrings(
        page=found.page,
        target=row.target,
        language=language,
        source_language=row.source_locale.language_code,
        course_key=row.course_key,
        rows=string_rows(found),
        total=row.total,
        translated=row.translated,
        percent=row.percent,
        stale_since=row.stale_since,
        changed=row.changed,
        can_machine_translate=translator_for(row.source_locale, found.locale) is not None,
    )


def string_rows(found: TranslatedPage, segment_ids: Iterable[int] | None = None) -> tuple[StringRow, ...]:
    """The rows of all strings, or of those named; up to seven queries."""
    every = list(
        StringSegment.objects.filter(source=found.source).select_related("context", "string").order_by("order")
    )
    chosen = set(segment_ids) if segment_ids is not None else None
    segments = [segment for segment in every if chosen is None or segment.pk in chosen]
    translations = {
        (row.translation_of_id, row.context_id): row
        for row in StringTranslation.objects.filter(
            context__in=[segment.context_id for segment in segments], locale=found.locale
        ).select_related("translation_of", "context")
    }
    rich = set(TemplateSegment.objects.filter(source=found.source).values_list("context_id", flat=True))
    changes = _changes(found.row, every)
    wanted = [
        (segment.pk, segment.string.data, segment.context_id in rich)
        for segment in segments
        if (segment.string_id, segment.context_id) not in translations and not _is_quiet(segment)
    ]
    suggestions = suggestions_for(wanted, found.row.source_locale, found.locale)
    terms = term_hits({segment.string.data for segment in segments}, found.row.source_locale, found.locale)
    title = _translated_title(every, translations)
    rows = []
    for segment in segments:
        text, is_html = segment.string.data, segment.context_id in rich
        own: Any = translations.get((segment.string_id, segment.context_id))
        facts = facts_of(
            found.source.specific_content_type.model_class(), segment.context.path, segment.context.field_path
        )
        offered = suggestions.get(segment.pk, ())
        if is_slug_path(segment.context.path) and own is None and title:
            offered = (Suggestion(title, text, 100),)
        rows.append(
            StringRow(
                segment_id=segment.pk,
                order=segment.order,
                field_label=facts.label,
                context_path=segment.context.path,
                source_html=text,
                source_text=as_typed(text, is_html=is_html),
                translation=as_typed(own.data, is_html=is_html) if own else "",
                is_html=is_html,
                is_machine=bool(own) and own.translation_type == StringTranslation.TRANSLATION_TYPE_MACHINE,
                is_optional=is_slug_path(segment.context.path),
                max_length=facts.max_length,
                error=(own.get_error() or "") if own else "",
                is_changed=segment.pk in changes,
                previous_source=changes.get(segment.pk, ""),
                suggestions=offered,
                terms=terms.get(text, ()),
            )
        )
    return tuple(rows)


def _is_quiet(segment: StringSegment) -> bool:
    """Whether the memory has nothing to say: addresses, and answers that only this question knows."""
    return is_slug_path(segment.context.path) or segment.context.field_path.endswith(".accepted")


def _translated_title(segments: list[StringSegment], translations: dict[tuple[int, int], Any]) -> str:
    """An address made of the translated title, for languages in Latin letters."""
    for segment in segments:
        if segment.context.path == "title":
            own = translations.get((segment.string_id, segment.context_id))
            return slugify(plain(own.data)) if own else ""
    return ""


def _changes(row: PageTranslation, segments: list[StringSegment]) -> dict[int, str]:
    """What stood in the place of strings that are new or different since the target was published, by segment.

    Empty for a string that is new; nothing where the target was never published. One query at most.
    """
    if not row.published_strings:
        return {}
    current: dict[str, list[StringSegment]] = {}
    for segment in segments:
        if not is_slug_path(segment.context.path):
            current.setdefault(segment.context.path, []).append(segment)
    before: dict[int, str] = {}
    for path, there in current.items():
        hashes = [hash_of(segment.string.data) for segment in there]
        published = row.published_strings.get(path, [])
        known, gone = Counter(published), Counter(published) - Counter(hashes)
        replaced = [hashed for hashed in published if _take(gone, hashed)]
        for segment, hashed in zip(there, hashes, strict=True):
            if not _take(known, hashed):
                before[segment.pk] = replaced.pop(0) if replaced else ""
    texts = (
        {
            hashed.hex: text
            for hashed, text in String.objects.filter(
                locale_id=row.source_locale_id, data_hash__in=[hashed for hashed in before.values() if hashed]
            ).values_list("data_hash", "data")
        }
        if any(before.values())
        else {}
    )
    return {pk: texts.get(hashed, "") for pk, hashed in before.items()}


def _take(counts: Counter[str], name: str) -> bool:
    if counts[name] <= 0:
        return False
    counts[name] -= 1
    return True
