"""Put modules and lessons of a course in another order, also across modules."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.move_page import MovePageAction
from wagtail.models import Page

from core import audit
from core.outbox import publish
from courses import policies
from courses.errors import NotYourCourse, OutlineChanged, OutlineMismatch, SlugTaken
from courses.events import CourseReordered
from courses.models import CoursePage
from courses.queries.authoring import CourseTree, course_tree

#: Module pks in order, each with the pks of its lessons and quizzes in order.
Order = Mapping[int, Sequence[int]]


@transaction.atomic
def reorder_course(*, actor: Any, course: CoursePage, order: Order, version: str = "") -> int:
    """Arrange the tree of ``course`` as ``order`` says; returns how many pages moved.

    It holds at once, for learners too: nothing they can open appears or vanishes. Only this language is touched.
    As few pages as possible are moved, so that addresses of lessons that stay in their module stay.

    Args:
        order: names every module and every lesson and quiz of the course exactly once.
        version: of the tree that the person saw (``CourseTree.version``); empty: don't ask.

    Raises:
        NotYourCourse: the actor doesn't write it.
        OutlineChanged: somebody else changed the tree since.
        OutlineMismatch: a page is missing, named twice, or of another course.
        SlugTaken: two pages of one module would have the same address.
    """
    if not policies.can_edit_course(actor, course.translation_key):
        raise NotYourCourse
    # The row lock makes two people who save at once take turns; the second then sees another version.
    course = CoursePage.objects.select_related("locale").select_for_update(of=("self",)).get(pk=course.pk)
    tree = course_tree(course)
    if version and version != tree.version:
        raise OutlineChanged
    _require_same_pages(tree, order)
    _require_free_slugs(order)
    modules = [module.pk for module in tree.modules]
    children = {module.pk: [item.pk for item in module.children] for module in tree.modules}
    moved = arrange_children(list(order), modules, parent=course.pk, actor=actor)
    for module, items in order.items():
        moved += arrange_children(list(items), children[module], parent=module, actor=actor)
    if moved:
        audit.record(actor=actor, verb="courses.course_reordered", target=course, facts={"moved": moved})
        publish(CourseReordered(course_key=course.translation_key, language=course.locale.language_code))
    return len(moved)


def _require_same_pages(tree: CourseTree, order: Order) -> None:
    named = [pk for items in order.values() for pk in items]
    there = {item.pk for module in tree.modules for item in module.children}
    if set(order) != {module.pk for module in tree.modules} or len(named) != len(there) or set(named) != there:
        raise OutlineMismatch


def _require_free_slugs(order: Order) -> None:
    named = {pk for items in order.values() for pk in items}
    pages = {page.pk: page for page in Page.objects.filter(pk__in=named).only("pk", "slug", "draft_title", "title")}
    for items in order.values():
        seen: dict[str, Page] = {}
        for pk in items:
            other = seen.setdefault(pages[pk].slug, pages[pk])
            if other.pk != pk:
                raise SlugTaken(
                    message=_(
                        "“%(one)s” and “%(other)s” have the same address, so they can't be in one module. "
                        "Change the slug of one of them first."
                    )
                    % {"one": other.draft_title, "other": pages[pk].draft_title}
                )


def arrange_children(wanted: list[int], present: list[int], *, parent: int, actor: Any) -> list[int]:
    """Make ``wanted`` the children of ``parent`` in this order; returns the pks that moved.

    Whether somebody may is for the caller to ask.

    Raises:
        SlugTaken: one of them can't move there.
    """
    staying = _longest_run(wanted, present)
    moved = []
    for index, pk in enumerate(wanted):
        if pk in staying:
            continue
        # Fetched anew each time: every move rewrites paths.
        if index:
            _move(pk, wanted[index - 1], "right", actor)
        else:
            _move(pk, parent, "first-child", actor)
        moved.append(pk)
    return moved


def _move(pk: int, target_pk: int, position: str, actor: Any) -> None:
    page, target = Page.objects.get(pk=pk), Page.objects.get(pk=target_pk)
    try:
        # Wagtail wants the right to publish for moving live pages; membership was checked above.
        MovePageAction(page, target, pos=position, user=actor).execute(skip_permission_checks=True)
    except ValidationError as error:
        raise SlugTaken from error


def _longest_run(wanted: list[int], present: list[int]) -> set[int]:
    """The largest set of pages that already stand in the right order to each other (they need not move)."""
    position = {pk: index for index, pk in enumerate(present)}
    tails: list[int] = []
    chains: list[list[int]] = []
    for pk in wanted:
        if pk not in position:
            continue
        place = bisect_left(tails, position[pk])
        chain = [*(chains[place - 1] if place else []), pk]
        tails[place : place + 1] = [position[pk]]
        chains[place : place + 1] = [chain]
    return set(chains[-1]) if chains else set()
