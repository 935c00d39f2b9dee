"""Background work of the core: thin wrappers, safe to run twice and side by side."""

from celery import shared_task

from core.dispatch import dispatch
from core.sweep import sweep

__all__ = ["dispatch_outbox", "sweep_tables"]


@shared_task(name="core.dispatch_outbox")
def dispatch_outbox() -> str:
    """Deliver due outbox events; runs after commits and every few seconds."""
    return str(dispatch())


@shared_task(name="core.sweep")
def sweep_tables() -> dict[str, int]:
    """Delete what has served its time; returns rows deleted by table."""
    return sweep()
