"""Do a job, page by page; may be interrupted anywhere and run again."""

import logging
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override
from wagtail.models import Page

from core import clock
from core.errors import DomainError
from core.outbox import publish
from courses.models import CoursePage
from translation.actions.translate_page import translate_page
from translation.courses import source_course
from translation.errors import SourceNotPublished
from translation.events import CourseTranslationSubmitted
from translation.models import CourseTranslationJob, PageTranslation
from translation.places import arrange_like_source
from translation.queries.tree import published_pages

__all__ = ["LEASE", "run_job", "stranded_jobs"]

logger = logging.getLogger(__name__)
State = CourseTranslationJob.State

#: A running job that didn't move for so long lost its worker. One page takes well under a second.
LEASE = timedelta(minutes=2)
_WENT_WRONG = _lazy("Something went wrong. What was done so far is kept; submit the course again.")


class _LostClaim(Exception):
    """Another worker has the job now."""


def stranded_jobs() -> list[int]:
    """Open jobs that no worker has: the queue lost them, or their worker died."""
    now = clock.now()
    return list(
        CourseTranslationJob.objects.filter(
            Q(state=State.QUEUED, created_at__lt=now - timedelta(seconds=30))
            | Q(state=State.RUNNING, updated_at__lt=now - LEASE)
        ).values_list("pk", flat=True)
    )


def run_job(job_pk: int) -> str:
    """Go on with a job where it stands; returns its state. Does nothing while another worker has it.

    Each page is one transaction together with its progress, so a worker that is killed loses the page it was at,
    and the next one does that page again.
    """
    claim = uuid.uuid4()
    now = clock.now()
    claimed = CourseTranslationJob.objects.filter(
        Q(state=State.QUEUED) | Q(state=State.RUNNING, updated_at__lt=now - LEASE), pk=job_pk
    ).update(state=State.RUNNING, claim=claim, done=0, updated_at=now, error="")
    job = CourseTranslationJob.objects.select_related("locale", "actor").filter(pk=job_pk).first()
    if job is None:
        return ""
    if not claimed:
        return job.state
    try:
        _do(job)
    except _LostClaim:
        return State.RUNNING
    except DomainError as error:
        return _finish(job, State.FAILED, error.message)
    except Exception:
        logger.exception("Translation job %s failed", job.pk)
        return _finish(job, State.FAILED, _WENT_WRONG)
    return _finish(job, State.DONE)


def _do(job: CourseTranslationJob) -> None:
    course = source_course(job.course_key)
    if not course.live:
        raise SourceNotPublished
    pks = [page.pk for page in published_pages(course)]
    CourseTranslationJob.objects.filter(pk=job.pk, claim=job.claim).update(total=len(pks), updated_at=clock.now())
    for number, pk in enumerate(pks, start=1):
        with transaction.atomic():
            page = Page.objects.filter(pk=pk).first()
            if page is not None:
                _do_page(job, page)
            _advance(job, number)
    if job.kind == CourseTranslationJob.Kind.SUBMIT:
        _arrange(course, job)


def _do_page(job: CourseTranslationJob, page: Page) -> None:
    if job.kind == CourseTranslationJob.Kind.MACHINE:
        from translation.actions.translate_by_machine import translate_strings

        row = PageTranslation.objects.filter(page_key=page.translation_key, locale=job.locale).first()
        if row is not None:
            translate_strings(row, job.locale, job.actor)
    else:
        translate_page(page.specific, job.locale, actor=job.actor)


def _advance(job: CourseTranslationJob, done: int) -> None:
    if not CourseTranslationJob.objects.filter(pk=job.pk, claim=job.claim, state=State.RUNNING).update(
        done=done, updated_at=clock.now()
    ):
        raise _LostClaim


def _arrange(course: CoursePage, job: CourseTranslationJob) -> None:
    """A module at a time, as pages are."""
    for parent in [course, *Page.objects.child_of(course).order_by("path")]:
        with transaction.atomic():
            arrange_like_source(parent, job.locale)


@transaction.atomic
def _finish(job: CourseTranslationJob, state: Any, error: str | Promise = "") -> str:
    now = clock.now()
    with override(getattr(job.actor, "language", "") or settings.LANGUAGE_CODE):
        # In the language of the person who reads it.
        words = str(error)
    mine = CourseTranslationJob.objects.filter(pk=job.pk, claim=job.claim, state=State.RUNNING).update(
        state=state, error=words, updated_at=now, finished_at=now
    )
    if mine and state == State.DONE and job.kind == CourseTranslationJob.Kind.SUBMIT:
        job.refresh_from_db()
        publish(CourseTranslationSubmitted(job.course_key, job.locale.language_code, job.total))
    return str(state)
