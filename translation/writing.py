"""From strings to pages: what a page of the target language says, as a draft that learners don't see.

wagtail-localize saves the page itself before its revision, so a "draft" of a live page would be live at once. Here the
page's row is left alone: it changes when the revision is published.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import slugify
from modelcluster.models import get_all_child_relations
from wagtail.coreutils import find_available_slug
from wagtail.models import COMMENTS_RELATION_NAME, Locale, Page
from wagtail_localize.fields import copy_synchronised_fields
from wagtail_localize.models import (
    OverridableSegment,
    RelatedObjectSegment,
    StringSegment,
    StringTranslation,
    TemplateSegment,
    Translation,
    TranslationLog,
    TranslationSource,
)
from wagtail_localize.segments import (
    OverridableSegmentValue,
    RelatedObjectSegmentValue,
    StringSegmentValue,
    TemplateSegmentValue,
)
from wagtail_localize.segments.ingest import ingest_segments
from wagtail_localize.strings import StringValue

from courses.models import Category, CoursePage
from translation.extraction import refresh_source

__all__ = [
    "TranslatedString",
    "add_target",
    "build",
    "ensure_snippets",
    "mark_errors",
    "original_of",
    "strings_of",
    "write_draft",
]


@dataclass(frozen=True)
class TranslatedString:
    """A string of a source with what it is in one language, if there is anything usable."""

    segment: StringSegment
    translation: str | None


class _LoadedObject(RelatedObjectSegmentValue):
    """A related object that was read together with the others."""

    instance: Any = None

    def get_instance(self, locale: Any) -> Any:
        return self.instance

    def clone(self) -> "_LoadedObject":
        copy = _LoadedObject(self.path, self.content_type, self.translation_key, order=self.order)
        copy.instance = self.instance
        return copy


def strings_of(source: TranslationSource, locale: Locale) -> list[TranslatedString]:
    """The strings of a source in order; translations with errors count as none; one query."""
    rows = (
        StringSegment.objects.filter(source=source)
        .annotate_translation(locale)
        .select_related("context", "string")
        .order_by("order")
    )
    return [TranslatedString(row, row.translation or None) for row in rows]


def original_of(source: TranslationSource, page: Page) -> Any:
    """The source's page with the content that was stored of it, fresh: building a translation uses it up."""
    return page.specific_deferred.with_content_json(json.loads(source.content_json))


def build(
    source: TranslationSource, original: Any, target: Any, locale: Locale, strings: Iterable[TranslatedString]
) -> Any:
    """Make ``target`` say what the strings say; what has no translation is the source's. Nothing is saved.

    Args:
        original: from :func:`original_of`; not to be used again.
        target: the page of the target language; for a new one, a copy of the original.
    """
    if target is not original:
        copy_synchronised_fields(original, target)
    segments: list[Any] = [
        StringSegmentValue(
            row.segment.context.path,
            StringValue(row.translation or row.segment.string.data),
            attrs=json.loads(row.segment.attrs),
            order=row.segment.order,
        )
        for row in strings
    ]
    segments += [
        TemplateSegmentValue(
            row.context.path,
            row.template.template_format,
            row.template.template,
            row.template.string_count,
            order=row.order,
        )
        for row in TemplateSegment.objects.filter(source=source).select_related("template", "context")
    ]
    segments += _related(source, locale)
    overrides = OverridableSegment.objects.filter(source=source).annotate_override_json(locale)
    segments += [
        OverridableSegmentValue(row.context.path, json.loads(row.override_json), order=row.order)
        for row in overrides.filter(override_json__isnull=False).select_related("context")
    ]
    ingest_segments(original, target, source.locale, locale, segments)
    if isinstance(target, CoursePage):
        target.categories = _categories(original, locale)
    return target


def _related(source: TranslationSource, locale: Locale) -> list[_LoadedObject]:
    rows = list(RelatedObjectSegment.objects.filter(source=source).select_related("object__content_type", "context"))
    by_kind = defaultdict(set)
    for row in rows:
        by_kind[row.object.content_type].add(row.object_id)
    found: dict[Any, Any] = {}
    for kind, keys in by_kind.items():
        instances = kind.model_class()._default_manager.filter(translation_key__in=keys, locale=locale)
        found |= {instance.translation_key: instance for instance in instances}
    values = []
    for row in rows:
        if row.object_id in found:
            value = _LoadedObject(row.context.path, row.object.content_type, row.object_id, order=row.order)
            value.instance = found[row.object_id]
            values.append(value)
    return values


def _categories(original: CoursePage, locale: Locale) -> list[Category]:
    """The shelves of the target language; a category that isn't translated yet stays as it is."""
    chosen = list(original.categories.all())
    keys = [category.translation_key for category in chosen]
    own = {row.translation_key: row for row in Category.objects.filter(translation_key__in=keys, locale=locale)}
    return [own.get(category.translation_key, category) for category in chosen]


def add_target(source: TranslationSource, original: Any, parent: Page, locale: Locale, actor: Any) -> Any:
    """Add the page of the target language as a draft at the end of ``parent``; it says what the strings say."""
    page = build(source, original, original, locale, strings_of(source, locale))
    _forget_identity(page)
    page.locale, page.draft_title = locale, page.title
    page.live, page.has_unpublished_changes = False, True
    page.slug = find_available_slug(parent, slugify(page.slug) or "page")
    # Read anew: treebeard counts children on the row, and the caller's copy may be behind.
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    revision = page.save_revision(user=actor, clean=False, log_action="wagtail.copy_for_translation")
    TranslationLog.objects.create(source=source, locale=locale, revision=revision)
    return page


def _forget_identity(page: Any) -> None:
    """Turn a page in memory into one that isn't stored yet, its tags and the like with it."""
    for relation in get_all_child_relations(page):
        children = getattr(page, relation.get_accessor_name())
        if relation.get_accessor_name() == COMMENTS_RELATION_NAME:
            children.set([])
            continue
        for child in children.all():
            child.pk = None
    for name in (
        *("id", "pk", "page_ptr_id", "path", "depth", "alias_of_id", "latest_revision_id", "live_revision_id"),
        *("first_published_at", "last_published_at", "latest_revision_created_at", "go_live_at", "expire_at"),
        *("locked_at", "locked_by_id"),
    ):
        setattr(page, name, None)
    page.numchild, page.url_path = 0, ""
    page.expired = page.locked = False
    page._state.adding = True


def write_draft(source: TranslationSource, original: Any, target: Any, locale: Locale, actor: Any) -> Any:
    """Write a revision of ``target`` that says what the strings say; returns it.

    Raises:
        ValidationError: the page can't be saved with these strings; see :func:`mark_errors`.
    """
    if target.alias_of_id:
        target.alias_of_id = None
        Page.objects.filter(pk=target.pk).update(alias_of=None)
    strings = strings_of(source, locale)
    page = build(source, original, target, locale, strings)
    # A title or address that is not translated falls back to the source's; the address must be free here.
    page.slug = find_available_slug(page.get_parent(), slugify(page.slug) or "page", ignore_page_id=page.pk)
    revision = page.save_revision(user=actor, clean=True, log_action=True)
    TranslationLog.objects.create(source=source, locale=locale, revision=revision)
    Translation.objects.filter(source=source, target_locale=locale).update(
        destination_last_updated_at=revision.created_at
    )
    return revision


def mark_errors(strings: Iterable[TranslatedString], error: ValidationError, locale: Locale) -> None:
    """Say at the strings of a field that it is wrong, as wagtail-localize does; outside the transaction that failed.

    Without its signals: they would write a title that is too long into the page.
    """
    fields: Mapping[str, list[Any]] = getattr(error, "error_dict", {})
    for row in strings:
        if row.translation and row.segment.context.path in fields:
            StringTranslation.objects.filter(
                translation_of_id=row.segment.string_id, context_id=row.segment.context_id, locale=locale
            ).update(has_error=True, field_error=fields[row.segment.context.path][0].messages[0])


def ensure_snippets(source: TranslationSource, original: Any, locale: Locale) -> None:
    """Give the snippets that a page names a translation of their own, where there is none yet.

    Glossary terms of the text and categories of a course: submitted with the source's words, and translated on
    wagtail-localize's screens. Nothing happens to those that exist.
    """
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for row in RelatedObjectSegment.objects.filter(source=source).select_related("object__content_type"):
        wanted[row.object.content_type.model_class()].add(row.object_id)
    if isinstance(original, CoursePage):
        wanted[Category] |= {category.translation_key for category in original.categories.all()}
    for model, keys in wanted.items():
        rows = list(model._default_manager.filter(translation_key__in=keys))
        there = {row.translation_key for row in rows if row.locale_id == locale.pk}
        for row in rows:
            if row.locale_id == source.locale_id and row.translation_key not in there:
                _submit_snippet(row, locale)


def _submit_snippet(snippet: models.Model, locale: Locale) -> None:
    own, _news = refresh_source(snippet)
    try:
        with transaction.atomic():
            Translation.objects.get_or_create(source=own, target_locale=locale)
            copy: Any = snippet.copy_for_translation(locale)  # type: ignore[attr-defined]
            copy.full_clean()
            copy.save()
    except ValidationError:
        # Somebody made a snippet of the same short name by hand: theirs stays, pages name the original.
        return
