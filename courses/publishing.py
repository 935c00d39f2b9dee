"""The last gate before learners: no page of a course goes live with an error in its content, whatever the way.

The editor and the review say it earlier and better (``courses.forms``, ``courses.actions.submit_course``); scheduled
publishing, bulk actions, scripts and importers end here.
"""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from courses.checks import content_of, content_problems, errors_in
from courses.forms import CheckedPageForm

__all__ = ["CheckedPage"]


class CheckedPage:
    """Mixin for page types whose content is checked when they go live."""

    base_form_class = CheckedPageForm

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse a revision that goes live with errors; anything else is saved as Wagtail does.

        Raises:
            ValidationError: the content of a revision that is being published has an error.
        """
        if self._is_going_live():
            require_publishable(self)
        return super().save(*args, **kwargs)  # type: ignore[misc]

    def _is_going_live(self) -> bool:
        """Wagtail publishes by saving the page with the revision as ``live_revision``."""
        page: Any = self
        if not page.live or page.live_revision_id is None or page.pk is None:
            return False
        stored = type(page)._base_manager.filter(pk=page.pk).values_list("live_revision_id", "live").first()
        return stored != (page.live_revision_id, True)


def require_publishable(page: Any) -> None:
    """Go on only if the content that ``page`` holds has no error.

    Raises:
        ValidationError: with messages by field.
    """
    messages: dict[str, list[str]] = {}
    for problem in errors_in(content_problems(content_of(page))):
        messages.setdefault(problem.field or NON_FIELD_ERRORS, []).append(problem.message)
    if messages:
        raise ValidationError(messages)
