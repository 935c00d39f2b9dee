"""The school of the journeys: a real course that none of us wrote, with a quiz, and people of every kind."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.tests.factories import make_person
from courses.facts import refresh_facts
from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses.roles import prepare
from courses.tests.factories import add_module, add_quiz, make_course
from courses.tests.questions import every_question, question
from home.pictures import lesson_picture
from interop.storing.school_tree import ensure_school_tree
from interop.tests.folders import load

__all__ = ["School", "build_school"]

COURSE = Path(settings.BASE_DIR).parent / "shared" / "courses" / "git-novice"


@dataclass
class School:
    """Addresses and keys of what stands in it; pages are read anew by those who need them."""

    course_title: str
    course_slug: str
    course_key: Any
    course_path: str
    lessons: list[str]  #: titles in order
    quiz: QuizPage  #: two questions, last in the course
    long_quiz: QuizPage  #: all eight types, in a course of its own
    long_course_key: Any
    long_course_path: str
    people: dict[str, Any] = field(default_factory=dict)
    url: str = ""  #: of the live server

    def __add__(self, path: str) -> str:
        return self.url + path


def build_school() -> School:
    """Import the course and add what the journeys need; some ten seconds."""
    if not COURSE.is_dir():
        reason = "the course git-novice is not beside this repository (../shared/courses/git-novice)"
        if os.environ.get("BAOBAB_NO_SKIP", "") not in ("", "0"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    ensure_school_tree(["en", "fr"])
    prepare()
    course = load(COURSE).course
    module = ModulePage.objects.child_of(course).get()
    quiz = add_quiz(
        module, "What Git keeps", slug="what-git-keeps", questions=[question("single_choice"), question("true_false")]
    )
    refresh_facts(course)
    pages = list(LessonPage.objects.descendant_of(course).order_by("path"))
    make_renditions(pages)
    long_course = make_long_quiz_course()
    people = {
        "learner": make_person("learner@example.com", name="Awa Ndiaye"),
        "instructor": make_person("instructor@example.com", name="Kofi Mensah", roles=("instructor",)),
        "other_instructor": make_person("other@example.com", name="Zola Dube", roles=("instructor",)),
        "reviewer": make_person("reviewer@example.com", name="Amina Bello", roles=("reviewer",)),
        "translator": make_person("translator@example.com", name="Mariama Sow", roles=("translator",)),
    }
    return School(
        course_title=course.title,
        course_slug=course.slug,
        course_key=course.translation_key,
        course_path=course.get_url(),
        lessons=[page.title for page in pages],
        quiz=quiz,
        long_quiz=QuizPage.objects.descendant_of(long_course).get(),
        long_course_key=long_course.translation_key,
        long_course_path=long_course.get_url(),
        people=people,
    )


def make_renditions(pages: list[LessonPage]) -> None:
    """Scale the pictures of lessons now, as the first reader of each would wait for."""
    for page in pages:
        for block in page.body:
            if block.block_type == "image":
                lesson_picture(block.value["image"], "")


def make_long_quiz_course() -> CoursePage:
    """A course whose only item is a quiz of all eight question types, twenty minutes long."""
    course = make_course("Village arithmetic", slug="village-arithmetic")
    add_quiz(
        add_module(course, "Numbers"),
        "All kinds",
        slug="all-kinds",
        questions=every_question(),
        time_limit_minutes=20,
    )
    refresh_facts(course)
    return course
