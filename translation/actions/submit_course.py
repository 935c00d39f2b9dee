"""Bring a whole course into other languages."""

import uuid
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction

from core import audit, clock
from translation import policies
from translation.courses import languages_to_choose, source_course
from translation.errors import NotATranslator, SourceNotPublished, UnknownLanguage
from translation.models import CourseTranslationJob

__all__ = ["queue_job", "submit_course_for_translation"]


@transaction.atomic
def submit_course_for_translation(
    *, actor: Any, course_key: uuid.UUID, languages: Iterable[str]
) -> list[CourseTranslationJob]:
    """Queue one job a language; where one is open already, that one is returned.

    Raises:
        NotATranslator: the actor may not translate this course.
        NotFound: no such course.
        SourceNotPublished: it isn't published in the language it is written in.
        UnknownLanguage: none chosen, none of the school, or the one it is written in.
    """
    if not policies.can_translate(actor, course_key):
        raise NotATranslator
    course = source_course(course_key)
    if not course.live:
        raise SourceNotPublished
    known = languages_to_choose(course)
    codes = list(dict.fromkeys(languages))
    if not codes or not set(codes) <= set(known):
        raise UnknownLanguage
    jobs = [queue_job(course_key, known[code], CourseTranslationJob.Kind.SUBMIT, actor) for code in codes]
    audit.record(actor=actor, verb="translation.course_submitted", target=course, facts={"languages": codes})
    return jobs


def queue_job(course_key: uuid.UUID, locale: Any, kind: str, actor: Any) -> CourseTranslationJob:
    """The open job of a course and language, or a new one, which a worker starts after the commit."""
    job, is_new = CourseTranslationJob.objects.get_or_create(
        course_key=course_key,
        locale=locale,
        state__in=[CourseTranslationJob.State.QUEUED, CourseTranslationJob.State.RUNNING],
        defaults={
            "state": CourseTranslationJob.State.QUEUED,
            "kind": kind,
            "actor": actor if getattr(actor, "pk", None) else None,
            "updated_at": clock.now(),
        },
    )
    if is_new:
        transaction.on_commit(partial(_start, job.pk), robust=True)
    return job


def _start(job_pk: int) -> None:
    """Ask a worker; where the queue doesn't answer, the periodic run finds the job."""
    from translation.tasks import start

    start(job_pk)
