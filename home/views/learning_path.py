"""Learning paths: the list, and one with its stages and the learner's progress."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commerce.models import Offer
from courses.models import LearningPathIndexPage, LearningPathPage
from courses.queries.outline import outlines_for
from courses.queries.pages import courses_by_keys, path_course_keys, public_paths
from courses.serving import page_view
from home.buy_boxes import buy_box
from home.cards import CourseCard, course_cards
from home.page_context import page_context
from home.pictures import load_renditions
from home.reading import load_pictures
from home.shop import keep_referral
from learning.access import CourseAccess, course_accesses


@dataclass(frozen=True)
class Stage:
    """A stage with the courses that are published, and how far the learner is in each."""

    title: str
    summary: str
    steps: list[tuple[CourseCard, CourseAccess]]

    @property
    def is_done(self) -> bool:
        """Whether every course of it was finished."""
        return bool(self.steps) and all(access.is_completed for _card, access in self.steps)


@page_view(LearningPathIndexPage)
def show_paths(request: HttpRequest, page: LearningPathIndexPage, *, preview: bool) -> HttpResponse:
    """List the learning paths."""
    paths = list(public_paths(page.locale.language_code))
    load_renditions(path.cover for path in paths)
    cards = [(path, path.get_url(request), len(path.stages)) for path in paths]
    context = page_context(request, page, preview=preview, section="paths", cards=cards)
    return render(request, "home/paths.html", context)


@page_view(LearningPathPage)
def show_path(request: HttpRequest, page: LearningPathPage, *, preview: bool) -> HttpResponse:
    """Show a path's stages; courses are shown in its language where they exist in it."""
    stages = stages_of(request, page)
    accesses = [access for stage in stages for _card, access in stage.steps]
    load_pictures(page.body)
    context = page_context(
        request,
        page,
        preview=preview,
        section="paths",
        stages=stages,
        course_count=len(accesses),
        done_count=sum(access.is_completed for access in accesses),
        fraction=sum(access.fraction for access in accesses) / len(accesses) if accesses else 0.0,
        next_card=_next_card(stages),
        buy=buy_box(request, Offer.Kind.PATH, page.translation_key),
        owns_all=bool(accesses) and all(access.has_access for access in accesses),
    )
    return keep_referral(request, render(request, "home/path.html", context))


def stages_of(request: HttpRequest, page: LearningPathPage) -> list[Stage]:
    """The stages with cards and access of their courses, in a fixed number of queries."""
    keys = path_course_keys([page])[page.pk]
    found = courses_by_keys({key for stage in keys for key in stage}, page.locale.language_code)
    courses = list(found.values())
    accesses = course_accesses(request.user, courses, outlines_for(courses))
    cards = {card.course.translation_key: card for card in course_cards(request, courses)}
    return [
        Stage(
            title=block.value["title"],
            summary=block.value["summary"],
            steps=[(cards[key], accesses[found[key].pk]) for key in dict.fromkeys(stage_keys) if key in found],
        )
        for block, stage_keys in zip(page.stages, keys, strict=True)
    ]


def _next_card(stages: list[Stage]) -> CourseCard | None:
    steps = (step for stage in stages for step in stage.steps)
    return next((card for card, access in steps if not access.is_completed), None)
