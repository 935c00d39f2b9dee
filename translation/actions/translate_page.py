"""Make one page translatable into one language."""

from typing import Any

from django.db import transaction
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from translation.actions.adopt_translation import adopt_translation
from translation.errors import NotSubmitted
from translation.extraction import refresh_source
from translation.models import PageTranslation
from translation.places import parent_in, target_of
from translation.standing import course_key_of, ensure_row, note_draft, recount
from translation.text import is_slug_path
from translation.writing import add_target, ensure_snippets, original_of, strings_of

__all__ = ["translate_page"]


@transaction.atomic
def translate_page(page: Page, locale: Locale, *, actor: Any = None) -> PageTranslation:
    """Bring a source page into ``locale``: its strings, a draft, its snippets; again and again with one outcome.

    A page of that language that was made by hand or by an importer is adopted: what it says is its translation.

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
        translation.enabled = True
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
        theirs = target.specific.get_latest_revision_as_object()
        if _words(theirs) != _words(page):  # a copy that nobody has touched is no translation
            adopt_translation(page, theirs)
    recount([page.translation_key], locale)
    row.refresh_from_db()
    return row


def _words(page: Any) -> set[tuple[str, str]]:
    return {
        (value.path, value.string.data)
        for value in extract_segments(page)
        if isinstance(value, StringSegmentValue) and not is_slug_path(value.path)
    }
