"""Categories and glossary of the demo school, in its languages."""

from typing import Any

from courses.models import Category, GlossaryTerm
from interop.storing.school_tree import locale_of


def load_categories(entries: list[dict[str, Any]], languages: list[str]) -> None:
    """Make or correct the categories: ``slug``, ``title`` and ``description`` by language."""
    for entry in entries:
        _load(Category, entry, languages, ["title", "description"])


def load_glossary(entries: list[dict[str, Any]], languages: list[str]) -> None:
    """Make or correct the glossary: ``slug``, ``term`` and ``definition`` by language."""
    for entry in entries:
        _load(GlossaryTerm, entry, languages, ["term", "definition"])


def _load(model: Any, entry: dict[str, Any], languages: list[str], fields: list[str]) -> None:
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
        if row.pk is None or any(getattr(row, field) != value for field, value in values.items()):
            for field, value in values.items():
                setattr(row, field, value)
            row.save()
        original = original or row
