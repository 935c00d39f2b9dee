"""Requests that go past most of what stands before a page."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from videos.delivery import WATCH_PREFIX

__all__ = ["Watching", "past_middleware"]

V = TypeVar("V", bound=Callable[..., Any])


def past_middleware(view: V) -> V:
    """Mark a view below ``/watch/`` that needs no session, language, compression or policy of a page."""
    view.goes_past_middleware = True  # type: ignore[attr-defined]
    return view


class Watching:
    """Answer for the files of videos at once.

    A browser sends the session's cookie along with every range of bytes; reading session, person and language for each
    would be most of the work, and compressing a video breaks ranges. Stands behind what guards a connection (other
    origins, HTTPS) and before everything about people and pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(WATCH_PREFIX):
            try:
                match = resolve(request.path_info)
            except Resolver404:
                return self.get_response(request)
            if getattr(match.func, "goes_past_middleware", False):
                request.resolver_match = match
                answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
                return answer
        return self.get_response(request)
