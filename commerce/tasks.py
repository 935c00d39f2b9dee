"""Background work: thin wrappers, safe to run twice and side by side."""

import logging

from celery import shared_task

from commerce.actions.expire_enrollments import expire_enrollments as expire
from commerce.actions.expire_orders import expire_orders as expire_unpaid
from commerce.actions.fetch_exchange_rates import fetch_exchange_rates as fetch
from commerce.actions.reconcile import reconcile_recent
from commerce.actions.remind_of_payments import remind_of_payments as remind
from commerce.actions.sweep_carts import sweep_carts as sweep
from commerce.rate_sources import RateSourceFailed

__all__ = [
    "expire_enrollments",
    "expire_orders",
    "fetch_exchange_rates",
    "reconcile",
    "remind_of_payments",
    "sweep_carts",
]

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


@shared_task(name="commerce.sweep_carts")
def sweep_carts() -> int:
    """Delete guests' carts that were left behind; runs once a day. Returns how many."""
    return sweep()


@shared_task(name="commerce.expire_orders")
def expire_orders() -> int:
    """Cancel orders that nobody has paid in time; runs every ten minutes. Returns how many."""
    return expire_unpaid()


@shared_task(name="commerce.remind_of_payments")
def remind_of_payments() -> int:
    """Remind people of transfers that have not come; runs every hour. Returns how many."""
    return remind()
