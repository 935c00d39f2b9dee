"""Save the translation of one string."""

import uuid
from typing import Any

from django.db import transaction
from wagtail_localize.models import StringSegment, TemplateSegment

from translation import policies
from translation.actions.saving import store
from translation.errors import NotATranslator, StringGone
from translation.labels import facts_of
from translation.queries.rows import StringRow
from translation.queries.strings import string_rows, translated_page
from translation.text import checked, from_typed

__all__ = ["save_string"]


@transaction.atomic
def save_string(*, actor: Any, page_key: uuid.UUID, language: str, segment_id: int, text: str) -> StringRow:
    """Store ``text`` for the string; empty text takes the translation away.

    Args:
        text: HTML for strings of running text, else plain text, as ``StringRow.is_html`` says.

    Raises:
        NotATranslator: the actor may not translate this page.
        NotFound, NotInThisLanguage, UnknownLanguage: no such page in this language.
        StringGone: the source changed.
        InvalidTranslation: with what was typed; nothing was saved.
    """
    found = translated_page(page_key, language)
    if not policies.can_translate_page(actor, found.row.course_key):
        raise NotATranslator
    segment = (
        StringSegment.objects.filter(pk=segment_id, source=found.source)
        .select_related("source", "context", "string")
        .first()
    )
    if segment is None:
        raise StringGone
    is_html = TemplateSegment.objects.filter(source=found.source, context_id=segment.context_id).exists()
    data = from_typed(text, is_html=is_html)
    if data:
        facts = facts_of(
            found.source.specific_content_type.model_class(), segment.context.path, segment.context.field_path
        )
        data = checked(segment.string.data, data, path=segment.context.path, max_length=facts.max_length, typed=text)
    store({segment: data}, found.locale, actor=actor)
    return string_rows(found, [segment.pk])[0]
