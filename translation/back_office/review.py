"""What a reviewer has to know of a translation, on the course's own screen; and the way to review, by the desk."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from core import audit
from core.errors import DomainError
from core.models import AuditEntry
from courses.models import CoursePage
from translation import policies
from translation.back_office.listing import language_name
from translation.models import PageTranslation
from translation.queries import CourseTree, State, course_tree

__all__ = ["TranslationPanel", "add_panel", "is_translation", "lead_to_desk"]


def is_translation(course: CoursePage) -> bool:
    """Whether the course in this language is made from another one's strings."""
    rows = PageTranslation.objects.filter(page_key=course.translation_key, locale_id=course.locale_id)
    return rows.exclude(source_locale_id=course.locale_id).exists()


class TranslationPanel(Component):
    """How much of a course is translated, and which of its pages are not, to those who decide whether it goes live."""

    name = "translation"
    template_name = "translation/review_panel.html"
    order = 10

    def __init__(self, request: HttpRequest, course: CoursePage, tree: CourseTree) -> None:
        self.request, self.course, self.tree = request, course, tree

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Whole course and pages below the threshold."""
        key, language = self.course.translation_key, self.tree.language
        may_translate = policies.can_translate(self.request.user, key)
        return {
            "tree": self.tree,
            "below": [row for row in self.tree.rows if row.percent < settings.TRANSLATION_THRESHOLD],
            "threshold": settings.TRANSLATION_THRESHOLD,
            "source_language_name": language_name(self.tree.source_language),
            "comment": self.comment(),
            "desk": reverse("translation_admin:desk", args=[key, language]) if may_translate else "",
        }

    def comment(self) -> str:
        """What the translator wrote to the reviewers when the course was sent, as long as they read it."""
        if not any(row.state is State.IN_REVIEW for row in self.tree.rows):
            return ""
        sent = AuditEntry.objects.filter(
            verb="translation.sent_to_review",
            target_type=audit.target_type(self.course),
            target_key=audit.target_key(self.course),
            facts__language=self.tree.language,
        )
        facts = sent.order_by("-pk").values_list("facts", flat=True).first() or {}
        return str(facts.get("comment", ""))


def add_panel(request: HttpRequest, course: CoursePage, panels: list[Component]) -> None:
    """Hook ``construct_course_panels`` of the courses' room."""
    if not is_translation(course):
        return
    try:
        tree = course_tree(course.translation_key, course.locale.language_code)
    except DomainError:
        # The source is gone or not published: there is nothing to compare with.
        return
    panels.append(TranslationPanel(request, course, tree))


def lead_to_desk(request: HttpRequest, course: CoursePage) -> HttpResponse | None:
    """Hook ``before_send_course``: a translation is sent from its desk, which writes its drafts first."""
    if not is_translation(course) or not policies.can_translate(request.user, course.translation_key):
        return None
    messages.info(request, _("This is a translation: send it to review from here."))
    return redirect("translation_admin:desk", course.translation_key, course.locale.language_code)
