"""Learning paths out of ``demo/paths/*.yaml``."""

import uuid
from collections.abc import Callable
from typing import Any

from wagtail.blocks import StreamValue
from wagtail.models import Page

from courses.models import LearningPathIndexPage, LearningPathPage
from interop.storing.block_ids import keep_ids
from interop.storing.pages import stored_rows
from interop.storing.school_tree import locale_of
from translation.actions.adopt_translation import adopt_translation, is_adopted


def load_path(data: dict[str, Any], find_page: Callable[[str, str], Page | None]) -> dict[str, LearningPathPage]:
    """Make or update a learning path in its languages; returns its pages by language.

    Args:
        data: ``title slug lang summary outcomes stages`` and ``translations`` with the same fields.
        find_page: a course's page by slug, in the language asked for or else in another one.
    """
    pages: dict[str, LearningPathPage] = {}
    original: LearningPathPage | None = None
    for language, entry in {data["lang"]: data, **(data.get("translations") or {})}.items():
        page = _load(entry, data, language, original, find_page)
        original = original or page
        pages[language] = page
    return pages


def _load(
    entry: dict[str, Any],
    data: dict[str, Any],
    language: str,
    original: LearningPathPage | None,
    find_page: Callable[[str, str], Page | None],
) -> LearningPathPage:
    locale = locale_of(language)
    slug = entry.get("slug") or data["slug"]
    found = LearningPathPage.objects.filter(locale=locale)
    found = found.filter(translation_key=original.translation_key) if original else found.filter(slug=slug)
    page = found.first()
    is_new = page is None
    if page is None:
        page = LearningPathPage(locale=locale, slug=slug, title=entry["title"], live=False)
        page.translation_key = original.translation_key if original else uuid.uuid4()
        LearningPathIndexPage.objects.get(locale=locale).add_child(instance=page)
    fields = {"title": entry["title"], "summary": " ".join(entry["summary"].split())}
    streams = {"outcomes": _items(entry.get("outcomes", [])), "stages": _stages(entry, language, find_page)}
    before = {name: stored_rows(page, name) for name in streams}
    for name, rows in streams.items():
        if original is not None:
            keep_ids(rows, stored_rows(original, name), is_translation=True, earlier=before[name])
        else:
            keep_ids(rows, before[name])
    if is_new or streams != before or any(getattr(page, name) != value for name, value in fields.items()):
        for name, value in fields.items():
            setattr(page, name, value)
        for name, rows in streams.items():
            setattr(page, name, StreamValue(page._meta.get_field(name).stream_block, rows, is_lazy=True))
        page.save_revision(clean=False).publish()
    if original is not None and not is_adopted(page):
        adopt_translation(original, page)
    return page


def _items(texts: list[str]) -> list[dict[str, Any]]:
    return [{"type": "item", "value": " ".join(str(text).split())} for text in texts]


def _stages(entry: dict[str, Any], language: str, find_page: Callable[[str, str], Page | None]) -> list[dict[str, Any]]:
    rows = []
    for stage in entry["stages"]:
        pages = [page for slug in stage["courses"] if (page := find_page(slug, language))]
        value = {
            "title": stage["title"],
            "summary": " ".join(str(stage.get("summary", "")).split()),
            "courses": [{"type": "item", "value": page.pk} for page in pages],
        }
        rows.append({"type": "stage", "value": value})
    return rows
