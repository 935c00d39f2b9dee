"""Forget jobs that are long done."""

from datetime import timedelta

from core import clock
from translation.models import CourseTranslationJob

__all__ = ["KEEP", "sweep_jobs"]

#: What the audit log and the pages themselves tell longer.
KEEP = timedelta(days=90)


def sweep_jobs() -> int:
    """Delete jobs that ended longer ago than :data:`KEEP`; returns how many."""
    return CourseTranslationJob.objects.filter(finished_at__lt=clock.now() - KEEP).delete()[0]
