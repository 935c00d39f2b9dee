"""Categories and glossary of the demo school, in its languages."""

import uuid
from typing import Any

from wagtail_localize.models import Translation

from courses.models import Category, GlossaryTerm
from interop.storing.school_tree import locale_of
from translation.actions.adopt_translation import adopt_translation

#: Keys of words with the locales that translators find them in.
Known = set[tuple[uuid.UUID, int]]


def load_categories(entries: list[dict[str, Any]], languages: list[str]) -> None:
    """Make or correct the categories: ``slug``, ``title`` and ``description`` by language."""
    _load_all(Category, entries, languages, ["title", "description"])


def load_glossary(entries: list[dict[str, Any]], languages: list[str]) -> None:
    """Make or correct the glossary: ``slug``, ``term`` and ``definition`` by language."""
    _load_all(GlossaryTerm, entries, languages, ["term", "definition"])


def _load_all(model: Any, entries: list[dict[str, Any]], languages: list[str], fields: list[str]) -> None:
    known: Known = set(
        Translation.objects.filter(
            source__specific_content_type__app_label=model._meta.app_label,
            source__specific_content_type__model=model._meta.model_name,
        ).values_list("source__object_id", "target_locale_id")
    )
    for entry in entries:
        _load(model, entry, languages, fields, known)


def _load(model: Any, entry: dict[str, Any], languages: list[str], fields: list[str], known: Known) -> None:
    """One word in all languages, joined by its translation key."""
    original: Any = None
    for language in languages:
        values = {name: " ".join(str((entry.get(name) or {}).get(language, "")).split()) for name in fields}
        if not values[fields[0]]:
            continue
        locale = locale_of(language)
        row = model.objects.filter(locale=locale, slug=entry["slug"]).first()
        if row is None and original is not None:
            row = model.objects.filter(locale=locale, translation_key=original.translation_key).first()
        if row is None:
            row = model(locale=locale, slug=entry["slug"])
            if original is not None:
                row.translation_key = original.translation_key
        is_news = row.pk is None or any(getattr(row, field) != value for field, value in values.items())
        if is_news:
            for field, value in values.items():
                setattr(row, field, value)
            row.save()
        if original is None:
            original = row
        elif is_news or (row.translation_key, locale.pk) not in known:
            adopt_translation(original, row)
