"""Make one page translatable into one language."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from translation.errors import NotSubmitted
from translation.extraction import refresh_source
from translation.models import PageTranslation
from translation.places import parent_in, target_of
from translation.standing import course_key_of, ensure_row, note_draft, note_published, recount
from translation.writing import add_target, ensure_snippets, original_of, strings_of

__all__ = ["translate_page"]


@transaction.atomic
def translate_page(page: Page, locale: Locale, *, actor: Any = None) -> PageTranslation:
    """Bring a source page into ``locale``: its strings, a draft, its snippets; again and again with one outcome.

    A page of that language that was made by hand or by an importer is taken over: what it says becomes the
    translations of the strings that have none.

    Args:
        page: the specific page, as learners see it.

    Raises:
        NotSubmitted: its parent is not there in the language.
    """
    source, _is_news = refresh_source(page)
    ensure_snippets(source, page, locale)
    target = target_of(page, locale)
    row = ensure_row(page, locale, target, course_key=course_key_of(page))
    translation, is_new = Translation.objects.get_or_create(source=source, target_locale=locale)
    if not translation.enabled:
        translation.enabled = is_new = True
        translation.save(update_fields=["enabled"])
    if target is None:
        parent = parent_in(page, locale, make=True)
        if parent is None:
            raise NotSubmitted
        target = add_target(source, original_of(source, page), parent, locale, actor)
        row.target = target
        row.save(update_fields=["target", "updated_at"])
        note_draft(row, source, strings_of(source, locale), target.latest_revision)
    elif is_new and not target.alias_of_id:
        _take_over(source, target.specific, locale)
        if target.live:
            note_published(row, source, target.live_revision)
    recount([page.translation_key], locale)
    row.refresh_from_db()
    return row


def _take_over(source: TranslationSource, target: Any, locale: Locale) -> None:
    """Make what a page says the translations of the source's strings, where both have as many in a place."""
    said: dict[str, list[str]] = {}
    if ContentType.objects.get_for_model(type(target)) != source.specific_content_type:
        return
    for value in extract_segments(target):
        if isinstance(value, StringSegmentValue):
            said.setdefault(value.path, []).append(value.string.data)
    asked: dict[str, list[Any]] = {}
    for row in strings_of(source, locale):
        asked.setdefault(row.segment.context.path, []).append(row)
    new = {}
    for path, rows in asked.items():
        texts = said.get(path, [])
        if len(texts) != len(rows):
            continue
        for row, text in zip(rows, texts, strict=True):
            # The same words in both languages may be a name, or may be untranslated: nobody said which.
            if row.translation is None and text != row.segment.string.data:
                new[row.segment.string_id, row.segment.context_id] = text
    StringTranslation.objects.bulk_create(
        [
            StringTranslation(
                translation_of_id=string,
                context_id=context,
                locale=locale,
                data=text,
                translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
            )
            for (string, context), text in new.items()
        ],
        ignore_conflicts=True,
    )
