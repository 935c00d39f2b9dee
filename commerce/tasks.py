"""Background work: thin wrappers, safe to run twice and side by side."""

import logging

from celery import shared_task

from commerce.actions.catch_up import catch_up as ask_for_missed
from commerce.actions.expire_enrollments import expire_enrollments as expire
from commerce.actions.expire_orders import expire_orders as expire_unpaid
from commerce.actions.fetch_exchange_rates import fetch_exchange_rates as fetch
from commerce.actions.poll_payments import poll_payments as poll
from commerce.actions.process_provider_event import process_due_events as process_due
from commerce.actions.process_provider_event import process_provider_event
from commerce.actions.reconcile import reconcile_recent
from commerce.actions.remind_of_payments import remind_of_payments as remind
from commerce.actions.renew_subscriptions import renew_subscriptions as renew
from commerce.actions.settle_payout import settle_due_payouts
from commerce.actions.settle_refund import settle_due_refunds
from commerce.actions.share_pool import share_due_periods
from commerce.actions.sweep_carts import sweep_carts as sweep
from commerce.actions.sweep_fulfilments import sweep_fulfilments as give_forgotten
from commerce.actions.sweep_provider_log import sweep_provider_log as forget_exchanges
from commerce.books_check import check_books as look_for_faults
from commerce.models import ProviderEventRecord
from commerce.payments.alarms import raise_alarms
from commerce.rate_sources import RateSourceFailed

__all__ = [
    "catch_up",
    "check_books",
    "expire_enrollments",
    "expire_orders",
    "fetch_exchange_rates",
    "poll_payments",
    "process_due_events",
    "process_provider_events",
    "reconcile",
    "remind_of_payments",
    "renew_subscriptions",
    "send_payout",
    "send_refund",
    "settle_payouts",
    "settle_refunds",
    "share_pool",
    "sweep_carts",
    "sweep_fulfilments",
    "sweep_provider_log",
    "watch_payments",
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


@shared_task(name="commerce.sweep_provider_log")
def sweep_provider_log() -> dict[str, int]:
    """Delete exchanges with providers and their messages that are old; runs once a day. Returns how many of each."""
    return forget_exchanges()


@shared_task(name="commerce.expire_orders")
def expire_orders() -> int:
    """Cancel orders that nobody has paid in time; runs every ten minutes. Returns how many."""
    return expire_unpaid()


@shared_task(name="commerce.remind_of_payments")
def remind_of_payments() -> int:
    """Remind people of transfers that have not come; runs every hour. Returns how many."""
    return remind()


@shared_task(name="commerce.poll_payments")
def poll_payments() -> int:
    """Ask providers about payments whose time has come; runs every five seconds. Returns how many."""
    return poll()


@shared_task(name="commerce.process_provider_events")
def process_provider_events(provider: str, keys: list[str]) -> None:
    """Do what some messages that were just stored ask for."""
    for pk in ProviderEventRecord.objects.filter(provider=provider, key__in=keys).values_list("pk", flat=True):
        process_provider_event(pk)


@shared_task(name="commerce.process_due_events")
def process_due_events() -> int:
    """Do what messages ask for that were left over or failed; runs every ten seconds. Returns how many."""
    return process_due()


@shared_task(name="commerce.sweep_fulfilments")
def sweep_fulfilments() -> int:
    """Give what was paid and not given; runs every minute. Returns how many."""
    return give_forgotten()


@shared_task(name="commerce.watch_payments")
def watch_payments() -> int:
    """Tell staff of payments that are stuck; runs every minute. Returns how many were new."""
    return raise_alarms()


@shared_task(name="commerce.catch_up")
def catch_up() -> dict[str, int]:
    """Ask providers for what they told us while we couldn't listen; runs every hour. Returns how many, by provider."""
    return ask_for_missed()


@shared_task(name="commerce.send_refund")
def send_refund(refund_pk: int) -> None:
    """Send one refund that was just approved."""
    from commerce.actions.send_refund import send_refund as send

    send(refund_pk)


@shared_task(name="commerce.settle_refunds")
def settle_refunds() -> int:
    """Send refunds that are due, and ask about those under way; runs every 20 seconds. Returns how many."""
    return settle_due_refunds()


@shared_task(name="commerce.renew_subscriptions")
def renew_subscriptions() -> int:
    """Do what is due for subscriptions: reminders, orders, prompts, ends; runs every five minutes. Returns how many."""
    return renew()


@shared_task(name="commerce.send_payout")
def send_payout(payout_pk: int) -> None:
    """Send one payout that was just approved."""
    from commerce.actions.send_payout import send_payout as send

    send(payout_pk)


@shared_task(name="commerce.settle_payouts")
def settle_payouts() -> int:
    """Send payouts that are due, and ask about those under way; runs every 20 seconds. Returns how many."""
    return settle_due_payouts()


@shared_task(name="commerce.share_pool")
def share_pool() -> int:
    """Share out subscriptions' periods that are over; runs every hour. Returns how many."""
    return share_due_periods()


@shared_task(name="commerce.check_books", time_limit=3600)
def check_books() -> int:
    """Check the books, with an alarm in the log for each fault; runs daily. Returns how many faults there are."""
    faults = look_for_faults()
    for fault in faults:
        logger.critical("The books don't agree: %s", fault)
    return len(faults)
