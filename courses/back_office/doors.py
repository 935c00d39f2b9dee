"""Screens of Wagtail and wagtail-localize that name pages, or hand them on, without asking who looks.

Their templates are fine for an editorial team that shares everything; here an instructor's draft is nobody else's
business. Each is closed where it fetches its pages, so it stays closed wherever it is linked from.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from wagtail.admin.views.chooser import ChosenMultipleView
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page
from wagtail.permissions import page_permission_policy
from wagtail_localize.models import Translation
from wagtail_localize.views.report import TranslationsReportView
from wagtail_localize.views.submit_translations import SubmitPageTranslationView
from wagtail_localize.views.update_translations import UpdateTranslationsView

__all__ = ["install", "visible_pages"]


def visible_pages(user: Any) -> QuerySet[Page]:
    """The pages that ``user`` may know of: what learners can see, and what the explorer shows them."""
    explorable = page_permission_policy.explorable_instances(user)
    return Page.objects.filter(Q(live=True) | Q(pk__in=explorable.values("pk")))


def _is_known(user: Any, page: Page) -> bool:
    """Whether ``user`` sees the page in some language; what was sent to translation is the translators' to know."""
    return visible_pages(user).filter(translation_key=page.translation_key).exists()


_chosen_multiple = ChosenMultipleView.get
_bulk_context = PageBulkAction.get_context_data
_page_to_submit = SubmitPageTranslationView.get_object
_source_to_update = UpdateTranslationsView.get_object
_translations = TranslationsReportView.get_queryset


def _show_chosen(view: ChosenMultipleView, request: HttpRequest) -> HttpResponse:
    """The link chooser's answer to page numbers: it tells the title and address of any."""
    asked = [pk for pk in request.GET.getlist("id") if pk.isdecimal()]
    query = request.GET.copy()
    query.setlist(
        "id", [str(pk) for pk in visible_pages(request.user).filter(pk__in=asked).values_list("pk", flat=True)]
    )
    request.GET = query  # type: ignore[assignment]
    return _chosen_multiple(view, request)


def _bulk_action_context(view: PageBulkAction, **kwargs: Any) -> dict[str, Any]:
    """“You can't delete these:”, by title, whatever the numbers in the address."""
    context = _bulk_context(view, **kwargs)
    denied = context["items_with_no_access"]
    known = set(
        visible_pages(view.request.user).filter(pk__in=[row["item"].pk for row in denied]).values_list("pk", flat=True)
    )
    context["items_with_no_access"] = [row for row in denied if row["item"].pk in known]
    return context


def _page_for_translation(view: SubmitPageTranslationView) -> Page:
    """Sending a page to translation copies it for the translators: a draft of others would be theirs to read.

    Raises:
        PermissionDenied: the page is neither published nor one's own.
    """
    page = _page_to_submit(view)
    if not _is_known(view.request.user, page):
        raise PermissionDenied
    return page


def _source_for_update(view: UpdateTranslationsView) -> Any:
    """The same for bringing translations up to date with their source."""
    source = _source_to_update(view)
    instance = source.get_source_instance()
    if isinstance(instance, Page) and not _is_known(view.request.user, instance):
        raise PermissionDenied
    return source


def _listed_translations(view: TranslationsReportView) -> QuerySet[Translation]:
    """The report lists every page ever sent to translation by title."""
    known = visible_pages(view.request.user).values("translation_key")
    pages = Page.objects.exclude(translation_key__in=known).values("translation_key")
    return _translations(view).exclude(source__object_id__in=pages)


def install() -> None:
    """Put our versions in the places of Wagtail's."""
    ChosenMultipleView.get = _show_chosen
    PageBulkAction.get_context_data = _bulk_action_context
    SubmitPageTranslationView.get_object = _page_for_translation
    UpdateTranslationsView.get_object = _source_for_update
    TranslationsReportView.get_queryset = _listed_translations
