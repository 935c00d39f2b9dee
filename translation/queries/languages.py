"""What learners' pages and the APIs need to know of languages."""

import uuid
from collections.abc import Iterable
from typing import Any

from wagtail.models import Page

from courses.queries.visibility import visible_of_any_kind
from translation.models import PageTranslation
from translation.queries.rows import AvailableLocale, TranslationNotice

__all__ = ["notice_for", "translations_of"]


def translations_of(page_keys: Iterable[uuid.UUID], *, visible: bool = True) -> dict[uuid.UUID, list[AvailableLocale]]:
    """The languages that pages exist in, by page key; two queries at most. Keys without a page are left out.

    The original comes first. A page that no translation is known of counts as written in its language.

    Args:
        visible: leave out what learners can't see.
    """
    keys = set(page_keys)
    if not keys:
        return {}
    pages = Page.objects.filter(translation_key__in=keys)
    if visible:
        pages = visible_of_any_kind(pages)
    states = {
        (state.page_key, state.locale_id): state
        for state in PageTranslation.objects.filter(page_key__in=keys).defer(
            "published_strings", "draft_strings", "draft_content", "published_content"
        )
    }
    found: dict[uuid.UUID, list[AvailableLocale]] = {}
    rows = pages.order_by("locale_id").values(
        "pk", "translation_key", "locale_id", "locale__language_code", "url_path", "title", "alias_of_id"
    )
    for row in rows:
        state = states.get((row["translation_key"], row["locale_id"]))
        found.setdefault(row["translation_key"], []).append(_available(row, state))
    for languages in found.values():
        languages.sort(key=lambda language: not language.is_source)
    return found


def _available(row: dict[str, Any], state: PageTranslation | None) -> AvailableLocale:
    is_alias = row["alias_of_id"] is not None
    return AvailableLocale(
        language=row["locale__language_code"],
        page_pk=row["pk"],
        url_path=row["url_path"],
        is_source=state is None and not is_alias,
        is_stale=bool(state and state.stale_since),
        stale_since=state.stale_since if state else None,
        percent=state.published_percent if state else 0 if is_alias else 100,
        title=row["title"],
    )


def notice_for(page: Page) -> TranslationNotice | None:
    """What a learner should know of the translation being read; None for originals and good translations; one query."""
    state = (
        PageTranslation.objects.filter(page_key=page.translation_key, locale_id=page.locale_id)
        .values("published_percent", "stale_since", "source_locale__language_code")
        .first()
    )
    if state is None or (state["published_percent"] >= 100 and state["stale_since"] is None):
        return None
    return TranslationNotice(
        percent=state["published_percent"],
        is_untranslated=state["published_percent"] == 0,
        is_stale=state["stale_since"] is not None,
        stale_since=state["stale_since"],
        source_language=state["source_locale__language_code"],
    )
