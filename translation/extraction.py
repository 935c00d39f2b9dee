"""Keep wagtail-localize's source of a page up to date, in as many queries for a long page as for a short one.

wagtail-localize asks the database about each string, its context, its segment and its field by itself: about six
queries a string. The rows made here are the same; only an order that moved is written into the row that is there, so
that translators' open forms stay valid.
"""

import json
import uuid
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from modelcluster.models import ClusterableModel, get_serializable_data_for_fields
from wagtail_localize.models import (
    OverridableSegment,
    RelatedObjectSegment,
    String,
    StringSegment,
    StringTranslation,
    Template,
    TemplateSegment,
    TranslatableObject,
    TranslationContext,
    TranslationSource,
    get_schema_version,
)
from wagtail_localize.segments import (
    OverridableSegmentValue,
    RelatedObjectSegmentValue,
    StringSegmentValue,
    TemplateSegmentValue,
)
from wagtail_localize.segments.extract import extract_segments

__all__ = ["refresh_source", "source_of"]


def source_of(page: Any) -> TranslationSource | None:
    """The source that translations of ``page`` are made from, if it was ever submitted."""
    return TranslationSource.objects.filter(object_id=page.translation_key, locale_id=page.locale_id).first()


@transaction.atomic
def refresh_source(instance: Any) -> tuple[TranslationSource, bool]:
    """Store what ``instance`` says now as the source of its translations; whether that is news.

    Args:
        instance: a specific page or a snippet, as learners see it.
    """
    content_type = ContentType.objects.get_for_model(instance.get_translation_model())
    TranslatableObject.objects.get_or_create(translation_key=instance.translation_key, content_type=content_type)
    content = _content_of(instance)
    version = get_schema_version(instance._meta.app_label)
    source = source_of(instance)
    if source and source.schema_version == version and json.loads(source.content_json) == json.loads(content):
        return source, False
    facts = {
        "object_repr": str(instance)[:200],
        "content_json": content,
        "schema_version": version,
        "last_updated_at": timezone.now(),
    }
    if source is None:
        source = TranslationSource.objects.create(
            object_id=instance.translation_key,
            locale_id=instance.locale_id,
            specific_content_type=ContentType.objects.get_for_model(type(instance)),
            **facts,
        )
    else:
        for name, value in facts.items():
            setattr(source, name, value)
        source.save(update_fields=list(facts))
    _store_segments(source, instance)
    _carry_over(source)
    return source, True


def _content_of(instance: Any) -> str:
    if isinstance(instance, ClusterableModel):
        return instance.to_json()
    return json.dumps(get_serializable_data_for_fields(instance), cls=DjangoJSONEncoder)


def _store_segments(source: TranslationSource, instance: Any) -> None:
    values = extract_segments(instance)
    contexts = _contexts(source, instance, [value.path for value in values])
    texts = [value for value in values if isinstance(value, StringSegmentValue)]
    strings = _strings(source.locale_id, [value.string.data for value in texts])
    _store(
        StringSegment,
        source,
        [(value.order, _key(contexts[value.path], strings[value.string.data], _dumps(value.attrs))) for value in texts],
        ("context_id", "string_id", "attrs"),
    )
    frames = [value for value in values if isinstance(value, TemplateSegmentValue)]
    templates = _templates(frames)
    _store(
        TemplateSegment,
        source,
        [(value.order, _key(contexts[value.path], templates[_template_uuid(value)])) for value in frames],
        ("context_id", "template_id"),
    )
    related = [value for value in values if isinstance(value, RelatedObjectSegmentValue)]
    _ensure_objects(related)
    _store(
        RelatedObjectSegment,
        source,
        [(value.order, _key(contexts[value.path], value.translation_key)) for value in related],
        ("context_id", "object_id"),
    )
    _store(
        OverridableSegment,
        source,
        [
            (value.order, _key(contexts[value.path], _dumps(value.data)))
            for value in values
            if isinstance(value, OverridableSegmentValue)
        ],
        ("context_id", "data_json"),
    )


def _carry_over(source: TranslationSource) -> None:
    """Keep translations of strings that moved to another place of the page; two queries.

    A block that was typed anew has another id, a cell of a table another place, and wagtail-localize would ask again
    for what was translated. Only translations whose own place is gone are taken, the latest first.
    """
    asked = set(StringSegment.objects.filter(source=source).values_list("string_id", "context_id"))
    known = list(
        StringTranslation.objects.filter(
            context__object_id=source.object_id, translation_of_id__in={string for string, _context in asked}
        )
        .order_by("updated_at", "pk")
        .values_list(
            "locale_id", "translation_of_id", "context_id", "data", "translation_type", "tool_name", "has_error"
        )
    )
    there = {(locale, string, context) for locale, string, context, *_rest in known}
    left_over = {
        (locale, string): rest
        for locale, string, context, *rest in known
        if (string, context) not in asked and not rest[-1]
    }
    StringTranslation.objects.bulk_create(
        [
            StringTranslation(
                locale_id=locale,
                translation_of_id=string,
                context_id=context,
                data=data,
                translation_type=kind,
                tool_name=tool,
            )
            for (locale, moved), (data, kind, tool, _error) in left_over.items()
            for string, context in asked
            if string == moved and (locale, string, context) not in there
        ],
        ignore_conflicts=True,
    )


def _key(*parts: Any) -> tuple[Any, ...]:
    return parts


def _dumps(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder)


def _contexts(source: TranslationSource, instance: Any, paths: Iterable[str]) -> dict[str, int]:
    """Ids of contexts by path, made where they are missing."""
    wanted = {TranslationContext._get_path_id(path): path for path in paths}
    found = {
        row.path_id: row for row in TranslationContext.objects.filter(object_id=source.object_id, path_id__in=wanted)
    }
    bare = [row for row in found.values() if not row.field_path]
    for row in bare:
        row.field_path = _field_path(row.path, instance)
    if bare:
        TranslationContext.objects.bulk_update(bare, ["field_path"])
    missing = [
        TranslationContext(
            object_id=source.object_id, path=path, path_id=path_id, field_path=_field_path(path, instance)
        )
        for path_id, path in wanted.items()
        if path_id not in found
    ]
    if missing:
        TranslationContext.objects.bulk_create(missing, ignore_conflicts=True)
        rows = TranslationContext.objects.filter(
            object_id=source.object_id, path_id__in=[row.path_id for row in missing]
        )
        found |= {row.path_id: row for row in rows}
    return {path: found[path_id].pk for path_id, path in wanted.items()}


def _field_path(path: str, instance: Any) -> str:
    """wagtail-localize's own answer, without its habit of saving each row by itself."""
    stand_in = SimpleNamespace(path=path, field_path="", save=lambda **_kwargs: None)
    return TranslationContext.get_field_path(stand_in, instance)


def _strings(locale_pk: int, texts: Iterable[str]) -> dict[str, int]:
    """Ids of strings by text, made where they are missing."""
    wanted = {String._get_data_hash(text): text for text in texts}

    def stored(hashes: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
        rows = String.objects.filter(locale_id=locale_pk, data_hash__in=list(hashes))
        return dict(rows.values_list("data_hash", "pk"))

    found = stored(wanted)
    missing = [hashed for hashed in wanted if hashed not in found]
    if missing:
        String.objects.bulk_create(
            [String(locale_id=locale_pk, data_hash=hashed, data=wanted[hashed]) for hashed in missing],
            ignore_conflicts=True,
        )
        found |= stored(missing)
    return {text: found[hashed] for hashed, text in wanted.items()}


def _template_uuid(value: TemplateSegmentValue) -> uuid.UUID:
    return uuid.uuid5(uuid.uuid5(Template.BASE_UUID_NAMESPACE, value.format), value.template)


def _templates(values: Iterable[TemplateSegmentValue]) -> dict[uuid.UUID, int]:
    """Ids of templates by their hash, made where they are missing."""
    wanted = {_template_uuid(value): value for value in values}

    def stored(hashes: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
        return dict(Template.objects.filter(uuid__in=list(hashes)).values_list("uuid", "pk"))

    found = stored(wanted)
    missing = [hashed for hashed in wanted if hashed not in found]
    if missing:
        Template.objects.bulk_create(
            [
                Template(
                    uuid=hashed,
                    template=wanted[hashed].template,
                    template_format=wanted[hashed].format,
                    string_count=wanted[hashed].string_count,
                )
                for hashed in missing
            ],
            ignore_conflicts=True,
        )
        found |= stored(missing)
    return found


def _ensure_objects(values: Iterable[RelatedObjectSegmentValue]) -> None:
    wanted = {value.translation_key: value.content_type for value in values}
    if wanted:
        TranslatableObject.objects.bulk_create(
            [TranslatableObject(translation_key=key, content_type=kind) for key, kind in wanted.items()],
            ignore_conflicts=True,
        )


def _store(
    model: Any, source: TranslationSource, wanted: list[tuple[int, tuple[Any, ...]]], names: tuple[str, ...]
) -> None:
    """Make the segments of one kind be exactly ``wanted``: pairs of an order and the values of ``names``."""
    present: dict[tuple[Any, ...], list[Any]] = {}
    for row in model.objects.filter(source=source).order_by("order"):
        present.setdefault(tuple(getattr(row, name) for name in names), []).append(row)
    new, moved = [], []
    for order, key in wanted:
        rows = present.get(key)
        if not rows:
            new.append(model(source=source, order=order, **dict(zip(names, key, strict=True))))
            continue
        row = rows.pop(0)
        if row.order != order:
            row.order = order
            moved.append(row)
    gone = [row.pk for rows in present.values() for row in rows]
    if gone:
        model.objects.filter(pk__in=gone).delete()
    if moved:
        model.objects.bulk_update(moved, ["order"])
    if new:
        model.objects.bulk_create(new)
