"""Background work: thin wrappers, safe to run twice and side by side."""

import logging

from celery import shared_task

from translation.actions.refresh_sources import refresh_sources as refresh
from translation.actions.run_job import run_job as run
from translation.actions.run_job import stranded_jobs
from translation.actions.sweep_jobs import sweep_jobs as sweep

__all__ = ["refresh_sources", "resume_jobs", "run_job", "start", "sweep_jobs"]

logger = logging.getLogger(__name__)


@shared_task(name="translation.run_job")
def run_job(job_pk: int) -> str:
    """Go on with a job; returns its state."""
    return run(job_pk)


@shared_task(name="translation.resume_jobs")
def resume_jobs() -> int:
    """Go on with jobs whose worker died or whose message was lost; runs every minute. Returns how many."""
    jobs = stranded_jobs()
    for job_pk in jobs:
        run(job_pk)
    return len(jobs)


@shared_task(name="translation.refresh_sources")
def refresh_sources() -> int:
    """Offer translators the fields that a new version brought; runs every hour. Returns how many pages changed."""
    return refresh()


@shared_task(name="translation.sweep_jobs")
def sweep_jobs() -> int:
    """Forget jobs that are long done; runs every day. Returns how many."""
    return sweep()


def start(job_pk: int) -> None:
    """Ask a worker for a job. A broker that is down costs a warning: the periodic run finds the job."""
    try:
        run_job.apply_async((job_pk,), retry=False, ignore_result=True)
    except Exception as error:  # whatever the broker's client raises, the request has succeeded
        logger.warning("The task queue did not take the translation job: %s", error)
