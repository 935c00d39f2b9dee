"""Forms of the page editor."""

from django import forms
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from courses.checks import Problem, content_of, errors_in, page_problems
from courses.checks.rules import content_problems

__all__ = ["CheckedPageForm"]


class CheckedPageForm(WagtailAdminPageForm):
    """Refuses to publish or submit what ``courses.checks`` calls an error; drafts are always saved.

    Wagtail defers validation while a draft is saved (``is_deferred_validation``) and does it in full for every other
    action of the editor.
    """

    def _post_clean(self) -> None:
        """Check once the cleaned values have been put into the page."""
        super()._post_clean()
        self._refuse_others_videos()
        if not self.is_deferred_validation and not self._gives_back and not self.errors:
            for problem in errors_in(self._problems()):
                self._show(problem)

    def _refuse_others_videos(self) -> None:
        """Drafts are no exception: who writes a page may watch what it shows."""
        from courses.video_rights import strangers_videos

        for video in strangers_videos(self.for_user, self.instance):
            message = _("The video “%(video)s” is somebody else's. Ask them to put it into the course.")
            field = "trailer" if getattr(self.instance, "trailer_id", None) == video.pk else "body"
            field_or_none = field if field in self.fields else None
            self.add_error(field_or_none, forms.ValidationError(message % {"video": video.title}, code="others_video"))

    @property
    def _gives_back(self) -> bool:
        """Whether a review is being refused or withdrawn: that must be possible whatever the page says."""
        is_refused = bool(self.data.get("action-workflow-action")) and self.data.get("workflow-action-name") == "reject"
        return is_refused or bool(self.data.get("action-cancel-workflow"))

    def _problems(self) -> list[Problem]:
        # A page that isn't in the tree yet answers for its content alone.
        return page_problems(self.instance) if self.instance.pk else content_problems(content_of(self.instance))

    def _show(self, problem: Problem) -> None:
        field = problem.field if problem.field in self.fields else None
        self.add_error(field, forms.ValidationError(problem.message, code="content_problem"))
