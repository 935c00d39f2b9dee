"""Background work: thin wrappers, safe to run twice and side by side."""

from celery import shared_task

from translation.actions.run_job import run_job as run

__all__ = ["run_job"]


@shared_task(name="translation.run_job")
def run_job(job_pk: int) -> str:
    """Go on with a job; returns its state."""
    return run(job_pk)
