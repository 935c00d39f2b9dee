"""The strings of a page, the source beside the translation; each saved on its own, or all at once."""

import re
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail_localize.models import StringSegment, StringTranslation

from core.errors import DomainError, NotAllowed, NotFound
from courses.back_office.overview import say_refusal
from courses.policies import can_edit_page
from translation import actions
from translation.back_office.access import answering, must_translate_page
from translation.back_office.desk import direction_of, machine_words
from translation.back_office.fields import FILTERS, StringField, belongs, clash, fingerprint, normalised, refusal_of
from translation.back_office.listing import language_name
from translation.back_office.media import strings_media
from translation.queries import PageRow, PageStrings, State, StringRow, course_tree, page_strings
from translation.queries.strings import TranslatedPage, translated_page
from translation.writing import build, original_of, strings_of

__all__ = ["StringsView", "machine", "preview", "save_one"]

#: Strings on one screen.
SCREEN = 100

_FIELD = re.compile(r"t-\d{1,18}")


class StringsView(WagtailAdminTemplateMixin, TemplateView):
    """The form. What can't be saved comes back as it was typed, with the reason beside it."""

    template_name = "translation/strings.html"
    header_icon = "wagtail-localize-language"
    _show_breadcrumbs = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.key, self.language = kwargs["page_key"], kwargs["language"]
        self.refused: dict[int, StringField] = {}
        #: Typed for strings that the page doesn't have any more.
        self.homeless: list[str] = []
        self.load()
        must_translate_page(request.user, self.strings.course_key)
        self.show = request.GET.get("show", "all")
        if self.show not in FILTERS:
            self.show = "all"

    def load(self) -> None:
        self.strings: PageStrings = page_strings(self.key, self.language)

    @property
    def url(self) -> str:
        """This screen."""
        return reverse("translation_admin:strings", args=[self.key, self.language])

    def get_page_title(self) -> str:
        return self.strings.page.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [*self.breadcrumbs_items, {"url": reverse("translation_admin:index"), "label": _("Translations")}]
        if self.strings.course_key and self.tree is not None:
            course = [self.strings.course_key]
            items += [
                {"url": reverse("translation_admin:course", args=course), "label": self.tree.course.title},
                {
                    "url": reverse("translation_admin:desk", args=[*course, self.language]),
                    "label": language_name(self.language),
                },
            ]
        return [*items, {"url": "", "label": self.get_page_title()}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.find_neighbours()
        return super().get(request, *args, **kwargs)

    def find_neighbours(self) -> None:
        """The course around the page, for the way to the pages before and after."""
        self.tree = None
        self.before: PageRow | None = None
        self.after: PageRow | None = None
        if self.strings.course_key is None:
            return
        self.tree = course_tree(self.strings.course_key, self.language)
        rows = [row for row in self.tree.rows if row.state is not State.MISSING]
        place = next((index for index, row in enumerate(rows) if row.page_key == self.key), None)
        if place is not None:
            self.before = rows[place - 1] if place else None
            self.after = rows[place + 1] if place + 1 < len(rows) else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save what differs from what the form was made of; ``use`` puts a suggestion in place of a text."""
        saved = self.save_posted()
        if saved:
            words = ngettext("%(count)d text is saved.", "%(count)d texts are saved.", saved)
            messages.success(request, words % {"count": saved})
        if self.homeless:
            messages.error(
                request, _("The original changed meanwhile. What you typed for texts that went stands below.")
            )
        if self.refused:
            words = ngettext(
                "%(count)d text could not be saved. It stands below as you typed it.",
                "%(count)d texts could not be saved. They stand below as you typed them.",
                len(self.refused),
            )
            messages.error(request, words % {"count": len(self.refused)})
        if self.refused or self.homeless:
            self.load()
            return self.get(request, *args, **kwargs)
        if not saved:
            messages.info(request, _("Everything is saved already."))
        anchor = f"#string-{self.used}" if self.used is not None else ""
        return redirect(self.here() + anchor)

    def here(self) -> str:
        """This screen with its filter and number."""
        query = self.request.GET.copy()
        for name in set(query) - {"show", "p"}:
            del query[name]
        return f"{self.url}?{query.urlencode()}" if query else self.url

    def save_posted(self) -> int:
        """Save one by one, so that one mistake keeps nothing else back; returns how many were saved."""
        self.used, suggestion = _used(self.request.POST.get("use", ""))
        sent = self.request.POST
        posted = {int(name[2:]): str(text) for name, text in sent.items() if _FIELD.fullmatch(name)}
        if self.used is not None:
            posted[self.used] = suggestion
        saved = 0
        for row in self.strings.rows:
            text = normalised(posted.pop(row.segment_id, row.translation))
            was = self.request.POST.get(f"was-{row.segment_id}", "")
            if fingerprint(text) == was or text == row.translation:
                continue
            refusal = self.save(row, text, was)
            if refusal:
                self.refused[row.segment_id] = StringField(row, typed=text, refusal=refusal)
            else:
                saved += 1
        for segment_id, text in posted.items():
            if text.strip() and fingerprint(normalised(text)) != self.request.POST.get(f"was-{segment_id}", ""):
                self.homeless.append(normalised(text))
        return saved

    def save(self, row: StringRow, text: str, was: str) -> str:
        """Save a string; returns why not, or nothing."""
        if refusal := refusal_of(text) or clash(row.translation, was):
            return refusal
        try:
            actions.save_string(
                actor=self.request.user,
                page_key=self.key,
                language=self.language,
                segment_id=row.segment_id,
                text=text,
            )
        except NotAllowed as error:
            raise PermissionDenied from error
        except DomainError as error:
            return str(error)
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        strings = self.strings
        fields = [StringField(row) for row in strings.rows]
        for field in fields:
            if refused := self.refused.get(field.row.segment_id):
                field.typed, field.refusal = refused.typed, refused.refusal
        shown = [field for field in fields if belongs(self.show, field) or field.row.segment_id in self.refused]
        page = Paginator(shown, SCREEN).get_page(self.request.GET.get("p"))
        return {
            **super().get_context_data(**kwargs),
            "strings": strings,
            "fields": page.object_list,
            "homeless": self.homeless,
            "page": page,
            "filters": [
                {"name": name, "label": label, "count": sum(belongs(name, field) for field in fields)}
                for name, label in FILTERS.items()
            ],
            "can_edit_target": can_edit_page(self.request.user, strings.target),
            "show": self.show,
            "here": self.here(),
            "language": self.language,
            "language_name": language_name(self.language),
            "source_language_name": language_name(strings.source_language),
            "direction": direction_of(self.language),
            "source_direction": direction_of(strings.source_language),
            "tree": self.tree,
            "before": self.before,
            "after": self.after,
            "media": strings_media(),
        }


def _used(value: str) -> tuple[int | None, str]:
    """A button's ``<segment>:<text>``."""
    number, colon, text = value.partition(":")
    return (int(number), text) if colon and _FIELD.fullmatch(f"t-{number}") else (None, "")


def page_or_refusal(request: HttpRequest, page_key: uuid.UUID, language: str) -> TranslatedPage:
    """A page under translation, for those who may translate it.

    Raises:
        PermissionDenied: they may not.
        NotFound, NotInThisLanguage: there is none.
    """
    found = translated_page(page_key, language)
    must_translate_page(request.user, found.row.course_key)
    return found


def stored_translation(found: TranslatedPage, segment_id: int) -> str:
    """What is stored for a string now, as it is stored; empty where there is nothing."""
    segment = StringSegment.objects.filter(pk=segment_id, source=found.source).first()
    if segment is None:
        return ""
    stored = StringTranslation.objects.filter(
        translation_of_id=segment.string_id, context_id=segment.context_id, locale=found.locale
    )
    return stored.values_list("data", flat=True).first() or ""


@require_POST
@answering
def save_one(request: HttpRequest, page_key: uuid.UUID, language: str, segment_id: int) -> JsonResponse:
    """Save one string for the script; answers what is stored, or why it was not saved."""
    text = normalised(request.POST.get("text", ""))
    found = page_or_refusal(request, page_key, language)
    before = stored_translation(found, segment_id)
    if refusal := refusal_of(text):
        return JsonResponse({"saved": False, "error": refusal}, status=400)
    if refusal := clash(before, request.POST.get("was", "")):
        # Asked again, the answer is yes: the script sends this with the next attempt.
        return JsonResponse({"saved": False, "error": refusal, "was": fingerprint(before)}, status=409)
    try:
        row = actions.save_string(
            actor=request.user, page_key=page_key, language=language, segment_id=segment_id, text=text
        )
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        return JsonResponse({"saved": False, "error": str(error)}, status=400)
    standing = found.row
    standing.refresh_from_db()
    return JsonResponse(
        {
            "saved": True,
            "text": row.translation,
            "was": fingerprint(row.translation),
            "translated": standing.translated,
            "total": standing.total,
            "percent": standing.percent,
        }
    )


@require_POST
@answering
def machine(request: HttpRequest, page_key: uuid.UUID, language: str) -> HttpResponse:
    """Let the machine translate what nobody has, on one page."""
    try:
        done = actions.translate_by_machine(actor=request.user, page_key=page_key, language=language)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, machine_words(done if isinstance(done, int) else 0))
    return redirect("translation_admin:strings", page_key, language)


@require_safe
@answering
def preview(request: HttpRequest, page_key: uuid.UUID, language: str) -> HttpResponseBase:
    """The page as it will be, with the translations as they are now; nothing is written."""
    found = page_or_refusal(request, page_key, language)
    target: Any = found.row.target
    strings = strings_of(found.source, found.locale)
    original = original_of(found.source, found.page)
    translated = build(found.source, original, target.specific, found.locale, strings)
    return translated.make_preview_request(request, translated.default_preview_mode)
