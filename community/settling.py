"""Reports that somebody has dealt with."""

from community.models import Comment
from core import clock

__all__ = ["settle_reports"]


def settle_reports(comment: Comment) -> int:
    """Note that the open reports of a comment, which the caller holds locked, are dealt with; return how many."""
    count = comment.reports.filter(settled_at=None).update(settled_at=clock.now())
    if comment.open_reports:
        comment.open_reports = 0
        comment.save(update_fields=["open_reports"])
    return count
