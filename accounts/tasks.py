"""Background work about people."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="accounts.clear_expired_sessions")
def clear_expired_sessions() -> None:
    """Delete log-ins whose time is over (apps' tokens hang on them too)."""
    call_command("clearsessions")
