"""Write what is translated into drafts and send them to review."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Page
from wagtail_localize.models import TranslationSource

from core import audit
from core.outbox import publish
from courses.actions.submit_course import start_review
from courses.checks import Problem
from courses.errors import ContentProblems
from courses.models import CoursePage
from translation import policies
from translation.courses import languages_to_choose, source_course
from translation.errors import (
    BelowThreshold,
    JobRunning,
    NotATranslator,
    NotInThisLanguage,
    NotSubmitted,
    UnknownLanguage,
)
from translation.events import CourseTranslationSentToReview
from translation.models import CourseTranslationJob, PageTranslation
from translation.queries.reviews import pages_in_review
from translation.queries.tree import published_pages
from translation.standing import is_up_to_date, note_draft, recount
from translation.writing import TranslatedString, mark_errors, original_of, strings_of, write_draft

__all__ = ["send_to_review"]


def send_to_review(
    *, actor: Any, course_key: uuid.UUID, language: str, confirm_below_threshold: bool = False, comment: str = ""
) -> int:
    """Start the review of a course in ``language``; returns how many pages were sent.

    The whole tree goes, so that a course has the same lessons in every language: what isn't translated says what the
    source says, and learners are told. Pages that were taken off the source are left out.

    Raises:
        NotATranslator: the actor may not translate this course.
        NotFound, UnknownLanguage, NotInThisLanguage: no such course in this language.
        JobRunning: it is being prepared in the background.
        NotSubmitted: pages are missing in the language.
        BelowThreshold: pages with too few translated strings, unless confirmed.
        courses.errors.ContentProblems: something must be put right first; strings at fault are marked.
        courses.errors.NothingToReview: nothing is new.
    """
    if not policies.can_translate(actor, course_key):
        raise NotATranslator
    course = source_course(course_key)
    locale = languages_to_choose(course).get(language)
    if locale is None:
        raise UnknownLanguage
    if CourseTranslationJob.objects.filter(
        course_key=course_key,
        locale=locale,
        state__in=[CourseTranslationJob.State.QUEUED, CourseTranslationJob.State.RUNNING],
    ).exists():
        raise JobRunning
    pages = published_pages(course)
    rows = {
        row.page_key: row
        for row in PageTranslation.objects.filter(
            page_key__in=[page.translation_key for page in pages], locale=locale, target__isnull=False
        ).select_related("locale", "target")
    }
    if course_key not in rows:
        raise NotInThisLanguage
    if any(page.translation_key not in rows for page in pages):
        raise NotSubmitted
    _require_threshold(pages, rows, is_confirmed=confirm_below_threshold)
    try:
        return _send(actor, pages, rows, course_key, language, comment.strip())
    except _Flawed as flawed:
        # The transaction is rolled back; which string is at fault is written after it.
        mark_errors(flawed.strings, flawed.error, locale)
        recount([flawed.page.translation_key], locale)
        raise ContentProblems(flawed.problems) from flawed


def _require_threshold(pages: list[Page], rows: Mapping[uuid.UUID, PageTranslation], *, is_confirmed: bool) -> None:
    low = [
        (page.title, rows[page.translation_key].percent)
        for page in pages
        if rows[page.translation_key].percent < settings.TRANSLATION_THRESHOLD
    ]
    if low and not is_confirmed:
        raise BelowThreshold(low)


class _Flawed(Exception):
    """A page that can't be saved as its strings would have it."""

    def __init__(self, error: ValidationError, page: Page, strings: list[TranslatedString]) -> None:
        super().__init__(error)
        self.error, self.page, self.strings = error, page, strings

    @property
    def problems(self) -> list[Problem]:
        fields: Mapping[str, Any] = getattr(self.error, "message_dict", {"": self.error.messages})
        return [
            Problem(self.page.pk, self.page.title, field, message)
            for field, messages in fields.items()
            for message in messages
        ]


@transaction.atomic
def _send(
    actor: Any,
    pages: list[Page],
    rows: Mapping[uuid.UUID, PageTranslation],
    course_key: uuid.UUID,
    language: str,
    comment: str,
) -> int:
    # Two who send at once take turns; the second then finds everything in review.
    PageTranslation.objects.select_for_update().get(pk=rows[course_key].pk)
    sources = {
        source.object_id: source
        for source in TranslationSource.objects.filter(
            object_id__in=list(rows), locale_id__in={row.source_locale_id for row in rows.values()}
        ).select_related("locale", "specific_content_type")
    }
    # What a reviewer is reading isn't changed below their eyes.
    in_review = pages_in_review(row.target_id for row in rows.values() if row.target_id)
    for page in pages:
        row = rows[page.translation_key]
        source = sources.get(page.translation_key)
        if source is None:
            raise NotSubmitted
        if row.target_id not in in_review:
            _write(row, source, page, actor)
    target = CoursePage.objects.select_related("locale").get(pk=rows[course_key].target_id)
    sent = start_review(actor=actor, course=target, only={row.target_id for row in rows.values() if row.target_id})
    audit.record(
        actor=actor,
        verb="translation.sent_to_review",
        target=target,
        facts={"language": language, "pages": sent, "comment": comment},
    )
    publish(CourseTranslationSentToReview(course_key, language, sent, comment))
    return sent


def _write(row: PageTranslation, source: TranslationSource, page: Page, actor: Any) -> None:
    """Write a draft where the last one says something else."""
    strings = strings_of(source, row.locale)
    if is_up_to_date(row, source, strings):
        return
    target: Any = row.target
    specific = target.specific
    try:
        revision = write_draft(source, original_of(source, page), specific, row.locale, actor)
    except ValidationError as error:
        raise _Flawed(error, specific, strings) from error
    note_draft(row, source, strings, revision)
