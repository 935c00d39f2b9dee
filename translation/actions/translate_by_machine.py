"""Let a machine translate what nobody has."""

import logging
import uuid
from typing import Any

from django.db import transaction
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation
from wagtail_localize.strings import StringValue

from core import audit
from translation.actions.saving import store
from translation.actions.scope import scope_of
from translation.actions.submit_course import queue_job
from translation.errors import InvalidTranslation, MachineTranslationFailed, MachineTranslationOff
from translation.labels import facts_of
from translation.machine import translator_for
from translation.models import CourseTranslationJob, PageTranslation
from translation.text import checked, is_slug_path

__all__ = ["translate_by_machine", "translate_strings"]

logger = logging.getLogger(__name__)
#: Strings in one question to the provider: DeepL takes 50.
_BATCH = 50


def translate_by_machine(
    *, actor: Any, language: str, page_key: uuid.UUID | None = None, course_key: uuid.UUID | None = None
) -> int | CourseTranslationJob:
    """Translate the strings of a page that have no translation yet; returns how many. A course becomes a job.

    Addresses and the answers that questions accept are left to people. What comes back is marked as made by a machine.

    Raises:
        NotATranslator: the actor may not translate this.
        NotFound, UnknownLanguage, NotInThisLanguage: nothing of the kind.
        MachineTranslationOff: no provider, or none for these languages.
        MachineTranslationFailed: the provider didn't answer; what came before is saved.
    """
    scope = scope_of(actor, language, page_key, course_key)
    if translator_for(scope.source, scope.locale) is None:
        raise MachineTranslationOff
    with transaction.atomic():
        audit.record(
            actor=actor,
            verb="translation.machine_asked",
            label=next(iter(scope.titles.values()), ""),
            facts={"course": str(scope.course_key or ""), "page": str(page_key or ""), "language": language},
        )
        if course_key is not None:
            return queue_job(course_key, scope.locale, CourseTranslationJob.Kind.MACHINE, actor)
    return translate_strings(scope.rows[0], scope.locale, actor)


def translate_strings(row: PageTranslation, locale: Locale, actor: Any) -> int:
    """Translate what is missing on one page; returns how many strings.

    Raises:
        MachineTranslationOff, MachineTranslationFailed: as above.
    """
    translator = translator_for(row.source_locale, locale)
    if translator is None:
        raise MachineTranslationOff
    saved = 0
    for part in _batches(_missing(row, locale)):
        asked = {StringValue(segment.string.data) for segment in part}
        try:
            answers = translator.translate(row.source_locale, locale, list(asked))
        except Exception as error:  # whatever a provider's client raises
            logger.warning("Machine translation failed: %s", error)
            raise MachineTranslationFailed from error
        texts = {}
        for segment in part:
            answer = answers.get(StringValue(segment.string.data))
            text = _fit(segment, answer.data) if answer is not None else ""
            if text:
                texts[segment] = text
        saved += store(texts, locale, actor=actor, tool=str(translator.display_name), is_machine=True)
    return saved


def _missing(row: PageTranslation, locale: Locale) -> list[StringSegment]:
    there = set(
        StringTranslation.objects.filter(context__object_id=row.page_key, locale=locale).values_list(
            "translation_of_id", "context_id"
        )
    )
    segments = (
        StringSegment.objects.filter(source__object_id=row.page_key, source__locale_id=row.source_locale_id)
        .select_related("source__specific_content_type", "context", "string")
        .order_by("order")
    )
    return [
        segment
        for segment in segments
        if (segment.string_id, segment.context_id) not in there
        and not is_slug_path(segment.context.path)
        and not segment.context.field_path.endswith(".accepted")
    ]


def _batches(segments: list[StringSegment]) -> Any:
    return (segments[start : start + _BATCH] for start in range(0, len(segments), _BATCH))


def _fit(segment: StringSegment, text: str) -> str:
    """The machine's words if they can be used: a lost link or gap would break the page."""
    model = segment.source.specific_content_type.model_class()
    facts = facts_of(model, segment.context.path, segment.context.field_path)
    try:
        return checked(segment.string.data, text.strip(), path=segment.context.path, max_length=facts.max_length)
    except InvalidTranslation:
        return ""
