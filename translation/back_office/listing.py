"""Every course with its languages: on the first page of the admin, as a list, and one course by itself."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.forms import Media
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import WorkflowState

from translation import policies
from translation.back_office.access import answering, must_translate
from translation.back_office.media import progress_media
from translation.models import CourseTranslationJob, PageTranslation
from translation.queries import CourseRow, LanguageState, State, courses_for

__all__ = [
    "CourseCard",
    "CourseView",
    "IndexView",
    "LanguageLine",
    "TranslationsPanel",
    "card_or_404",
    "cards",
    "changes_requested",
    "language_name",
    "progress",
    "words_of",
]

PANEL_SIZE = 6
PAGE_SIZE = 24
_ATTENTION = (State.STALE, State.IN_PROGRESS, State.READY, State.IN_REVIEW)


def language_name(code: str) -> str:
    """What a language is called by whoever looks."""
    return str(dict(settings.WAGTAIL_CONTENT_LANGUAGES).get(code, code))


@dataclass(frozen=True)
class LanguageLine:
    """A course in one language, as a line of its card."""

    course_key: uuid.UUID
    pages_in_source: int
    found: LanguageState
    has_comments: bool = False

    @property
    def name(self) -> str:
        return language_name(self.found.language)

    @property
    def url(self) -> str:
        """The desk."""
        return reverse("translation_admin:desk", args=[self.course_key, self.found.language])

    @property
    def job(self) -> Any:
        """The job that runs, or failed last; what is done needs no more words."""
        job = self.found.job
        return job if job is not None and job.state != CourseTranslationJob.State.DONE else None

    @property
    def job_words(self) -> str:
        """How far it is, or what went wrong."""
        return words_of(self.job) if self.job is not None else ""

    @property
    def state(self) -> str:
        """The state for a style sheet; a reviewer's wish comes first."""
        return "changes_requested" if self.has_comments else str(self.found.state)

    @property
    def label(self) -> str | Promise:
        return _("Changes requested") if self.has_comments else self.found.state.label

    @property
    def waits_for(self) -> str:
        """Whose turn it is; empty when it is nobody's."""
        if self.job is not None and self.job.is_open:
            return ""
        if self.has_comments:
            return _("A reviewer asked for changes; waits for translators")
        words = {
            State.MISSING: "",
            State.IN_PROGRESS: _("Waits for translators"),
            State.READY: _("Can be sent to review"),
            State.IN_REVIEW: _("Waits for a reviewer"),
            State.STALE: _("The original changed; waits for translators"),
            State.PUBLISHED: "",
        }
        return words[self.found.state]


@dataclass(frozen=True)
class CourseCard:
    """A course in a list."""

    row: CourseRow
    languages: tuple[LanguageLine, ...]

    @property
    def url(self) -> str:
        """The course's own screen."""
        return reverse("translation_admin:course", args=[self.row.course_key])

    @property
    def source_language(self) -> str:
        return language_name(self.row.source_language)

    @property
    def jobs(self) -> list[CourseTranslationJob]:
        """Jobs that run or failed."""
        return [line.job for line in self.languages if line.job is not None]

    @property
    def has_open_job(self) -> bool:
        return any(job.is_open for job in self.jobs)

    @property
    def begun(self) -> tuple[LanguageLine, ...]:
        """Languages that the course is or is being brought into."""
        return tuple(line for line in self.languages if line.found.state is not State.MISSING)

    @property
    def missing(self) -> tuple[LanguageLine, ...]:
        """Languages that it could be submitted to."""
        return tuple(line for line in self.languages if line.found.state is State.MISSING)

    @property
    def urgency(self) -> int:
        """Small comes first: what runs, what a reviewer wants, what the source left behind, what is begun."""
        places = [0] if self.has_open_job else []
        for line in self.languages:
            if line.has_comments:
                places.append(1)
            elif line.found.state in _ATTENTION:
                places.append(2 + _ATTENTION.index(line.found.state))
        return min(places, default=9)


def changes_requested() -> set[tuple[uuid.UUID, str]]:
    """The translations for which a reviewer asked for changes, by course and language; two queries."""
    waiting = WorkflowState.objects.filter(status=WorkflowState.STATUS_NEEDS_CHANGES)
    pks = [int(pk) for pk in waiting.values_list("object_id", flat=True) if pk.isdigit()]
    rows = PageTranslation.objects.filter(target_id__in=pks, course_key__isnull=False)
    return {(key, code) for key, code in rows.values_list("course_key", "locale__language_code") if key}


def cards(rows: Iterable[CourseRow]) -> list[CourseCard]:
    """Cards in the order given."""
    commented = changes_requested()
    return [
        CourseCard(
            row,
            tuple(
                LanguageLine(row.course_key, row.pages, found, (row.course_key, code) in commented)
                for code, found in row.languages.items()
            ),
        )
        for row in rows
    ]


class TranslationsPanel(Component):
    """What a translator sees first."""

    name = "translations"
    template_name = "translation/panel.html"
    order = 45

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def media(self) -> Media:
        """The bars move here, too."""
        return progress_media()

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The courses where something is to be done, up to six."""
        found = sorted(cards(courses_for(self.request.user)), key=lambda card: card.urgency)
        return {
            "request": self.request,
            "cards": found[:PANEL_SIZE],
            "total": len(found),
            "more": max(0, len(found) - PANEL_SIZE),
        }


class _Screen(WagtailAdminTemplateMixin, TemplateView):
    """For those who translate."""

    header_icon = "wagtail-localize-language"
    _show_breadcrumbs = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "media": progress_media()}


class IndexView(_Screen):
    """All courses that one may translate."""

    template_name = "translation/index.html"
    page_title = _lazy("Translations")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        must_translate(request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = sorted(cards(courses_for(self.request.user)), key=lambda card: card.urgency)
        page = Paginator(found, PAGE_SIZE).get_page(self.request.GET.get("p"))
        return {
            **super().get_context_data(**kwargs),
            "cards": page.object_list,
            "page": page,
            "is_translator": self.request.user.has_perm(policies.TRANSLATE),
        }


def card_or_404(user: Any, course_key: uuid.UUID) -> CourseCard:
    """A course by its key.

    Raises:
        PermissionDenied: somebody else's.
        Http404: nothing of that key can be translated.
    """
    must_translate(user, course_key)
    rows = [row for row in courses_for(user) if row.course_key == course_key]
    if not rows:
        raise Http404
    return cards(rows)[0]


class CourseView(_Screen):
    """A course with all its languages: submit it, watch it being prepared, go on to a language."""

    template_name = "translation/course.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.card = card_or_404(request.user, kwargs["course_key"])

    def get_page_title(self) -> str:
        return self.card.row.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("translation_admin:index"), "label": _("Translations")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "card": self.card}


@require_safe
@answering
def progress(request: HttpRequest, course_key: uuid.UUID) -> JsonResponse:
    """How far the jobs of a course are, for the script that moves the bars."""
    must_translate(request.user, course_key)
    jobs = CourseTranslationJob.objects.filter(course_key=course_key).order_by("-pk").select_related("locale")
    latest: dict[int, CourseTranslationJob] = {}
    for job in jobs[:100]:
        latest.setdefault(job.locale_id, job)
    rows = [
        {"id": str(job.public_id), "done": job.done, "total": job.total, "words": words_of(job)}
        for job in latest.values()
    ]
    return JsonResponse({"jobs": rows, "running": any(job.is_open for job in latest.values())})


def words_of(job: CourseTranslationJob) -> str:
    """Where a job stands."""
    if job.state == job.State.FAILED:
        return job.error or _("It failed.")
    if job.state == job.State.DONE:
        return _("Done")
    if not job.total:
        return _("Waiting to begin")
    return _("%(done)d of %(total)d pages") % {"done": job.done, "total": job.total}
