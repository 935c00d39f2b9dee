"""Strings as a PO file, for translators who work elsewhere."""

import uuid
from typing import Any

import polib
from django.conf import settings
from wagtail_localize.models import StringTranslation

from core import clock
from translation.actions.scope import Scope, scope_of, segments_in
from translation.labels import facts_of

__all__ = ["context_name", "export_po"]


def context_name(page_key: uuid.UUID, path: str) -> str:
    """The ``msgctxt`` of a string: its page and its place there."""
    return f"{page_key.hex}:{path}"


def export_po(
    *, actor: Any, language: str, page_key: uuid.UUID | None = None, course_key: uuid.UUID | None = None
) -> polib.POFile:
    """All strings of one page, or of all pages of a course, with the translations there are; a few queries.

    Raises:
        NotATranslator: the actor may not translate this.
        NotFound, UnknownLanguage, NotInThisLanguage: nothing of the kind.
    """
    scope = scope_of(actor, language, page_key, course_key)
    segments = segments_in(scope)
    texts = {
        (row["translation_of_id"], row["context_id"]): row["data"]
        for row in StringTranslation.objects.filter(
            context__in={segment.context_id for segment in segments}, locale=scope.locale
        ).values("translation_of_id", "context_id", "data")
    }
    file = polib.POFile(wrapwidth=0)
    file.metadata = _header(scope)
    seen = set()
    for segment in segments:
        key, path = segment.source.object_id, segment.context.path
        name = context_name(key, path)
        if (name, segment.string_id) in seen:  # the same words twice in one text are translated once
            continue
        seen.add((name, segment.string_id))
        model = segment.source.specific_content_type.model_class()
        label = facts_of(model, path, segment.context.field_path).label
        file.append(
            polib.POEntry(
                msgctxt=name,
                msgid=segment.string.data,
                msgstr=texts.get((segment.string_id, segment.context_id), ""),
                comment=f"{scope.titles.get(key, '')} – {label}",
            )
        )
    return file


def _header(scope: Scope) -> dict[str, str]:
    now = clock.now().strftime("%Y-%m-%d %H:%M%z")
    return {
        "Project-Id-Version": f"{settings.SITE_NAME}: {next(iter(scope.titles.values()), '')}",
        "POT-Creation-Date": now,
        "PO-Revision-Date": now,
        "Language": scope.locale.language_code,
        "X-Source-Language": scope.source.language_code,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
