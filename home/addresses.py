"""Addresses of pages, made from what lists have loaded, without a query for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, get_language_info
from wagtail.models import Page

from courses.addresses import path_of

__all__ = [
    "LanguageLink",
    "absolute",
    "address_of",
    "alternates",
    "language_links",
    "language_links_of",
    "localized",
    "own_name",
    "safe_next",
]


@dataclass(frozen=True)
class LanguageLink:
    """The way to the same thing in another language, or to the nearest thing that is there."""

    code: str
    name: str
    url: str
    is_current: bool
    is_exact: bool  #: really the same page, so that search engines may be told

    @property
    def absolute(self) -> str:
        """With scheme and host, without what was asked: as search engines know the page."""
        return absolute(urlsplit(self.url).path)

    @property
    def direction(self) -> str:
        """How the language is written: ``ltr`` or ``rtl``."""
        return "rtl" if get_language_info(self.code)["bidi"] else "ltr"


def absolute(url: str) -> str:
    """Put the school's address before a path."""
    return url if url.startswith(("http://", "https://")) else f"{settings.SITE_URL}{url}"


def localized(path: str, language: str | None = None) -> str:
    """The address of ``path`` in a language: ``localized("courses/")`` is ``/en/courses/``."""
    return f"/{language or get_language() or settings.LANGUAGE_CODE}/{path}"


def address_of(url_path: str, language: str) -> str:
    """The address of a page from its ``url_path`` in the tree, as its outline gives it."""
    return path_of(url_path, language) or localized("", language)


def language_links(request: HttpRequest) -> list[LanguageLink]:
    """The languages, each leading to the present address in it."""
    current = get_language()
    path = request.get_full_path()
    return [
        LanguageLink(code, own_name(code), translate_url(path, code), code == current, is_exact=True)
        for code, _name in settings.LANGUAGES
    ]


def language_links_of(page: Page, asked: str = "") -> list[LanguageLink]:
    """The languages, each leading to the page's translation, or to that of the nearest page above; one query.

    Args:
        asked: the query in the present address, which the translation is asked too.
    """
    paths = [page.path[: end or None] for end in range(0, -len(page.path), -Page.steplen)]
    keys = Page.objects.filter(path__in=paths).values("translation_key")
    nearest: dict[str, dict[str, Any]] = {}
    closed: set[str] = set()
    rows = Page.objects.filter(translation_key__in=keys, depth__gt=1).order_by("depth")
    for row in rows.values("locale__language_code", "url_path", "translation_key", "live"):
        code = row["locale__language_code"]
        if not row["live"]:
            closed.add(code)  # what stands below it can't be opened either
        elif code not in closed:
            nearest[code] = row
    links = []
    for code, _name in settings.LANGUAGES:
        found = nearest.get(code)
        url = address_of(found["url_path"], code) if found else localized("", code)
        is_exact = found is not None and found["translation_key"] == page.translation_key
        url = f"{url}?{asked}" if asked and is_exact else url
        links.append(LanguageLink(code, own_name(code), url, code == page.locale.language_code, is_exact))
    return links


def alternates(links: Iterable[LanguageLink]) -> list[tuple[str, str]]:
    """The same page in every language that has it, for search engines: ``(hreflang, address)``.

    Empty where only one language has it. ``x-default``, for readers of none of these languages, is the school's own
    language, or the first that is there.
    """
    exact = [(link.code, link.absolute) for link in links if link.is_exact]
    if len(exact) < 2:
        return []
    by_code = dict(exact)
    return [*exact, ("x-default", by_code.get(settings.LANGUAGE_CODE, exact[0][1]))]


def safe_next(request: HttpRequest, url: str, fallback: str) -> str:
    """``url`` if it leads nowhere but to this school."""
    hosts = {request.get_host()}
    if url and url_has_allowed_host_and_scheme(url, allowed_hosts=hosts, require_https=request.is_secure()):
        return url
    return fallback


def own_name(code: str) -> str:
    """A language in its own words: ``Français``."""
    name: str = get_language_info(code)["name_local"] if code in LANG_INFO else code
    return name[:1].upper() + name[1:]
