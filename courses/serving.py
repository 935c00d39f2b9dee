"""Where the website hangs its views on page types, without this room knowing the website.

Wagtail asks a page to serve itself. A page type here looks up the view that a higher floor registered for it,
for visitors and for previews of drafts alike (see docs/adr/0004).
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from wagtail.models import Page

from courses.preview import HEADLESS, HeadlessPreview

PageView = Callable[..., HttpResponse]
_views: dict[type[Page], PageView] = {}


def page_view(page_class: type[Page]) -> Callable[[PageView], PageView]:
    """Register ``view(request, page, *, preview: bool)`` as the way to show ``page_class``.

    Raises:
        RuntimeError: the page type has another view already.
    """

    def register(view: PageView) -> PageView:
        if _views.get(page_class, view) is not view:
            raise RuntimeError(f"{page_class.__name__} has a view already")
        _views[page_class] = view
        return view

    return register


class ServedPage(HeadlessPreview):
    """Mixin for page types shown by a registered view."""

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page to a visitor."""
        return self._show(request, preview=False)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show a draft to its author, with nothing recorded."""
        if mode_name == HEADLESS:
            return self.serve_headless_preview(request)
        return self._show(request, preview=True)

    def _show(self, request: HttpRequest, *, preview: bool) -> HttpResponse:
        view = _views.get(type(self))
        if view is None:
            raise Http404
        return view(request, self, preview=preview)
