"""Background work: thin wrappers, safe to run twice and side by side."""

import logging

from celery import shared_task

from commerce.actions.expire_enrollments import expire_enrollments as expire
from commerce.actions.fetch_exchange_rates import fetch_exchange_rates as fetch
from commerce.actions.reconcile import reconcile_recent
from commerce.rate_sources import RateSourceFailed

__all__ = ["expire_enrollments", "fetch_exchange_rates", "reconcile"]

logger = logging.getLogger(__name__)


@shared_task(name="commerce.expire_enrollments")
def expire_enrollments() -> int:
    """Expire enrolments whose window has closed; runs every five minutes. Returns how many."""
    return expire()


@shared_task(name="commerce.fetch_exchange_rates")
def fetch_exchange_rates() -> int:
    """Take over the rates of the configured source, if any; runs every six hours. Returns how many were new."""
    try:
        done = fetch()
    except RateSourceFailed as failure:
        # No rate is lost by it: the ones in use go on being used until they are too old. The next run tries again.
        logger.error("Exchange rates were not fetched: %s", failure)
        return 0
    return len(done.added) if done else 0


@shared_task(name="commerce.reconcile", time_limit=3600)
def reconcile() -> int:
    """Compare the last days with every provider's own list; runs daily. Returns how many comparisons there were."""
    return len(reconcile_recent())
