"""Background work: thin wrappers, safe to run twice and side by side."""

from celery import shared_task

from learning.actions.submit_overdue_attempts import submit_overdue_attempts as submit

__all__ = ["submit_overdue_attempts"]


@shared_task(name="learning.submit_overdue_attempts")
def submit_overdue_attempts() -> int:
    """Hand in attempts whose time is over; runs every minute. Returns how many."""
    return submit()
