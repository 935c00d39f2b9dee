"""Which pages a learner may know of: the one rule that every list, child field and detail page goes through.

Visible means: published, below published pages only, and not in a part of the tree that an editor made private.
Whether a learner may *open* a visible lesson is ``learning``'s question.
"""

from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest, Length, Substr
from wagtail.models import Page, PageViewRestriction

P = TypeVar("P", bound=Page)


def visible(pages: "QuerySet[P]", *, ancestors: int) -> "QuerySet[P]":
    """Narrow ``pages`` to those visible, without a query of its own.

    Args:
        pages: any page queryset.
        ancestors: how many levels above a page must be published as well (a course: 0, a lesson: 2).
    """
    pages = pages.filter(live=True).exclude(Exists(_restrictions()))
    for level in range(1, ancestors + 1):
        pages = pages.exclude(Exists(_unpublished_ancestor(level)))
    return pages


def visible_of_any_kind(pages: "QuerySet[Page]") -> "QuerySet[Page]":
    """As :func:`visible`, for pages of several types: each asks as many levels above it as its type does."""
    from courses.models import LessonPage, ModulePage, QuizPage

    pages = visible(pages, ancestors=0)
    for level, kinds in ((1, (ModulePage, LessonPage, QuizPage)), (2, (LessonPage, QuizPage))):
        types = ContentType.objects.get_for_models(*kinds).values()
        pages = pages.exclude(Q(content_type__in=[kind.pk for kind in types]) & Exists(_unpublished_ancestor(level)))
    return pages


def _restrictions() -> "QuerySet[PageViewRestriction]":
    return PageViewRestriction.objects.annotate(path_below=_outer_path()).filter(path_below__startswith=F("page__path"))


def _unpublished_ancestor(level: int) -> "QuerySet[Page]":
    # Equality on the ancestor's path, so that the unique index serves and no tree is walked.
    # Never below nothing: PostgreSQL may try it on pages that a condition beside it leaves out, and refuses less.
    length = Greatest(Length(OuterRef("path")) - level * Page.steplen, 0)
    path = Substr(OuterRef("path"), 1, length)
    return Page.objects.filter(live=False, path=path)


def _outer_path() -> Any:
    return ExpressionWrapper(OuterRef("path"), output_field=CharField())
