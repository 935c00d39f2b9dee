"""The search index of pages that tests make: brought up to date when somebody searches, not page by page.

Indexing is a third of what a page costs on PostgreSQL, and few tests search. Those that do find every page, because
the search itself adds first what waits. Pages that the product saves are indexed as always.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from modelsearch.backends.base import BaseSearchBackend
from modelsearch.index import insert_or_update_object
from wagtail.models import Page
from wagtail.signal_handlers import disable_reference_index_auto_update

__all__ = ["indexing_waits", "left_out", "searching_adds_first", "when_searched"]

_TASK = "modelsearch.signal_handlers.insert_or_update_object_task"


class _NoTask:
    """In the task's place; a mock would cost more than what it spares."""

    @staticmethod
    def enqueue(*_arguments: Any) -> None:
        """Leave the index alone."""


#: Pages made in this test that the index lacks; None outside a test, where what is made outlives it.
_waiting: list[Page] | None = None


@contextmanager
def indexing_waits() -> Iterator[None]:
    """Within a test: pages of factories wait for a search. What a wider fixture makes is indexed at once."""
    global _waiting
    _waiting = []
    try:
        yield
    finally:
        _waiting = None


@contextmanager
def when_searched(page: Page, *, has_references: bool = True) -> Iterator[None]:
    """Save ``page`` inside this, and the search index learns of it at the next search.

    Args:
        has_references: whether it may name pictures, documents or people, which Wagtail keeps an index of, too.
    """
    with ExitStack() as stack:
        if not has_references:
            stack.enter_context(disable_reference_index_auto_update())
        if _waiting is not None:
            stack.enter_context(mock.patch(_TASK, _NoTask))
        yield
    if _waiting is not None:
        _waiting.append(page)


@contextmanager
def left_out() -> Iterator[None]:
    """Leave the search and reference indexes alone: no search is for these lessons, and nothing refers from them."""
    global _waiting
    waiting, _waiting = _waiting, None
    try:
        with mock.patch(_TASK, _NoTask), disable_reference_index_auto_update():
            yield
    finally:
        _waiting = waiting


def _add_waiting_pages() -> None:
    """Bring the index up to date."""
    while _waiting:
        # Read anew: it may have changed since, or be gone.
        page = Page.objects.filter(pk=_waiting.pop(0).pk).specific().first()
        if page is not None:
            insert_or_update_object(page)


@contextmanager
def searching_adds_first() -> Iterator[None]:
    """Inside this, every search of Wagtail adds the waiting pages before it looks."""
    search = BaseSearchBackend._search

    def add_and_search(backend: BaseSearchBackend, *args: Any, **options: Any) -> Any:
        _add_waiting_pages()
        return search(backend, *args, **options)

    with mock.patch.object(BaseSearchBackend, "_search", add_and_search):
        yield
