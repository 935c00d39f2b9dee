"""A course in one language: where each of its pages stands, and everything that is done with the course as a whole."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import HeaderButton

from core.errors import DomainError, NotAllowed, NotFound
from courses.back_office.overview import say_refusal
from courses.policies import can_see_drafts
from courses.queries.authoring import course_tree as authored_tree
from translation import actions
from translation.back_office.access import answering, machine_knows, must_translate
from translation.back_office.listing import LanguageLine, card_or_404, language_name
from translation.back_office.markup import isolated
from translation.back_office.media import progress_media
from translation.back_office.words import words_of_course
from translation.errors import BelowThreshold
from translation.models import CourseTranslationJob
from translation.queries import CourseTree, LanguageState, PageRow, State, course_tree

__all__ = ["DeskView", "direction_of", "machine", "send", "submit", "withdraw"]

#: Characters of a comment to the reviewers.
LONGEST_COMMENT = 2000
_COMMENT = "translation_comment"
#: States of pages that there is something to send of.
_NEWS = (State.IN_PROGRESS, State.READY, State.STALE)


def direction_of(language: str) -> str:
    """``rtl`` or ``ltr``."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


@dataclass(frozen=True)
class DeskRow:
    """A page of the tree, with what a reviewer said of it."""

    page: PageRow
    comment: str = ""
    has_comment: bool = False

    @property
    def state(self) -> str:
        """The state for a style sheet; a reviewer's wish comes first."""
        return "changes_requested" if self.has_comment else str(self.page.state)

    @property
    def label(self) -> Any:
        return _("Changes requested") if self.has_comment else self.page.state.label

    @property
    def is_submitted(self) -> bool:
        """Whether there are strings to work on."""
        return self.page.state is not State.MISSING


class DeskView(WagtailAdminTemplateMixin, TemplateView):
    """The desk."""

    template_name = "translation/desk.html"
    header_icon = "wagtail-localize-language"
    _show_breadcrumbs = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.key, self.language = kwargs["course_key"], kwargs["language"]
        must_translate(request.user, self.key)
        self.tree = course_tree(self.key, self.language)
        if not self.tree.course.live:
            raise Http404  # its drafts are their authors' business

    def get_page_title(self) -> str:
        return self.tree.course.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("translation_admin:index"), "label": _("Translations")},
            {"url": reverse("translation_admin:course", args=[self.key]), "label": self.get_page_title()},
            {"url": "", "label": language_name(self.language)},
        ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        """Beside the title: the course's review and outline in this language."""
        target = self.tree.target
        if target is None or not can_see_drafts(self.request.user, target):
            return []
        url = reverse("courses_admin:overview", args=[target.pk])
        return [HeaderButton(_("Course overview"), url=url, icon_name="clipboard-list", priority=10)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tree, user = self.tree, self.request.user
        comments = _comments(tree)
        rows = [DeskRow(row, comments.get(row.target_page_pk, ""), row.target_page_pk in comments) for row in tree.rows]
        return {
            **super().get_context_data(**kwargs),
            "tree": tree,
            "title": isolated(tree.course.title),
            "rows": rows,
            "language": self.language,
            "language_name": language_name(self.language),
            "source_language_name": language_name(tree.source_language),
            "direction": direction_of(self.language),
            "source_direction": direction_of(tree.source_language),
            "counts": _counts(rows),
            "translated": sum(row.translated for row in tree.rows),
            "total": sum(row.total for row in tree.rows),
            "missing": [row for row in rows if not row.is_submitted],
            "card": card_or_404(user, self.key) if any(not row.is_submitted for row in rows) else None,
            "below": _below_threshold(tree),
            "threshold": settings.TRANSLATION_THRESHOLD,
            "comment": self.request.session.pop(_COMMENT, ""),
            "has_news": any(row.state in _NEWS for row in tree.rows),
            "in_review": [row for row in tree.rows if row.state is State.IN_REVIEW],
            "review_comments": _grouped_comments(rows),
            "can_machine_translate": machine_knows(tree.source_language, self.language),
            "job": tree.job,
            "job_lines": [LanguageLine(self.key, len(rows), LanguageState(self.language, job=tree.job))],
            "job_is_open": tree.job is not None and tree.job.is_open,
            "words": words_of_course(user, tree),
            "media": progress_media(),
        }


def _comments(tree: CourseTree) -> dict[int | None, str]:
    """What the reviewers want changed, by page of the target."""
    if tree.target is None:
        return {}
    return {page.pk: page.review_comment for page in authored_tree(tree.target).comments}


def _grouped_comments(rows: list[DeskRow]) -> list[tuple[str, list[DeskRow]]]:
    """Each comment once, with the pages that it was given for: a course is answered as a whole, most often."""
    found: dict[str, list[DeskRow]] = {}
    for row in rows:
        if row.has_comment:
            found.setdefault(row.comment, []).append(row)
    return list(found.items())


def _counts(rows: list[DeskRow]) -> list[tuple[str, Any, int]]:
    """How many pages are in each state that occurs: state, words, number."""
    found: dict[str, tuple[Any, int]] = {}
    for row in rows:
        label, count = found.get(row.state, (row.label, 0))
        found[row.state] = (label, count + 1)
    return [(state, label, count) for state, (label, count) in found.items()]


def _below_threshold(tree: CourseTree) -> list[PageRow]:
    """Pages that learners would read in the source's language for the greater part."""
    return [row for row in tree.rows if row.percent < settings.TRANSLATION_THRESHOLD]


@require_POST
@answering
def submit(request: HttpRequest, course_key: uuid.UUID) -> HttpResponse:
    """Send the whole course to translation, into each language that was ticked."""
    must_translate(request.user, course_key)
    languages = request.POST.getlist("languages")
    if not languages:
        messages.error(request, _("Choose at least one language."))
        return redirect("translation_admin:course", course_key)
    try:
        jobs = actions.submit_course_for_translation(actor=request.user, course_key=course_key, languages=languages)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        say_refusal(request, error)
    else:
        names = ", ".join(language_name(job.locale.language_code) for job in jobs)
        messages.success(
            request, _("The course is being prepared for translation: %(languages)s.") % {"languages": names}
        )
    return redirect("translation_admin:course", course_key)


@require_POST
@answering
def machine(request: HttpRequest, course_key: uuid.UUID, language: str) -> HttpResponse:
    """Let the machine translate what nobody has, in the whole course."""
    must_translate(request.user, course_key)
    try:
        done = actions.translate_by_machine(actor=request.user, course_key=course_key, language=language)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        say_refusal(request, error)
    else:
        if isinstance(done, CourseTranslationJob):
            messages.success(
                request, _("The machine is at work. What it translates is marked, so that you can check it.")
            )
        else:
            messages.success(request, machine_words(done))
    return redirect("translation_admin:desk", course_key, language)


def machine_words(count: int) -> str:
    """What the machine did."""
    if not count:
        return _("There was nothing left to translate.")
    return ngettext(
        "The machine translated %(count)d text. Please check it.",
        "The machine translated %(count)d texts. Please check them.",
        count,
    ) % {"count": count}


@require_POST
@answering
def send(request: HttpRequest, course_key: uuid.UUID, language: str) -> HttpResponse:
    """Send the translation to review; pages below the threshold are named and confirmed first."""
    must_translate(request.user, course_key)
    comment = request.POST.get("comment", "").strip()[:LONGEST_COMMENT]
    try:
        count = actions.send_to_review(
            actor=request.user,
            course_key=course_key,
            language=language,
            confirm_below_threshold=bool(request.POST.get("confirm")),
            comment=comment,
        )
    except BelowThreshold as error:
        return _ask_to_confirm(request, course_key, language, error, comment)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        say_refusal(request, error)
        request.session[_COMMENT] = comment  # the form shows it again
    else:
        words = ngettext("%(count)d page was sent to review.", "%(count)d pages were sent to review.", count)
        messages.success(request, words % {"count": count})
    return redirect("translation_admin:desk", course_key, language)


def _ask_to_confirm(
    request: HttpRequest, course_key: uuid.UUID, language: str, error: BelowThreshold, comment: str
) -> HttpResponse:
    context = {
        "error": error,
        "comment": comment,
        "course_key": course_key,
        "language": language,
        "language_name": language_name(language),
        "threshold": settings.TRANSLATION_THRESHOLD,
        "header_title": _("Send to review"),
        "page_title": _("Send to review"),
        "header_icon": "wagtail-localize-language",
    }
    return render(request, "translation/confirm.html", context)


@require_POST
@answering
def withdraw(request: HttpRequest, course_key: uuid.UUID, language: str) -> HttpResponse:
    """Take the translation back from review."""
    try:
        actions.withdraw_from_review(actor=request.user, course_key=course_key, language=language)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("The translation is yours to change again. Send it to review when it is ready."))
    return redirect("translation_admin:desk", course_key, language)
