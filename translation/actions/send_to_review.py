"""Write what is translated into drafts and send them to review."""

import uuid
from typing import Any

__all__ = ["send_to_review"]


def send_to_review(
    *, actor: Any, course_key: uuid.UUID, language: str, confirm_below_threshold: bool = False, comment: str = ""
) -> int:
    """Start the review of a course in ``language``; returns how many pages were sent.

    Raises:
        NotATranslator, NotInThisLanguage, NotSubmitted, JobRunning.
        BelowThreshold: pages with too few translated strings, unless confirmed.
        courses.errors.ContentProblems: something must be put right first.
        courses.errors.NothingToReview: nothing is new.
    """
    raise NotImplementedError
