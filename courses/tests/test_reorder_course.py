"""Modules and lessons change places, also across modules, with their addresses, and nothing else changes."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from core.models import AuditEntry
from courses.actions import reorder_course
from courses.actions.reorder_course import _longest_run
from courses.errors import NotYourCourse, OutlineChanged, OutlineMismatch, SlugTaken
from courses.models import CoursePage, LessonPage, ModulePage
from courses.queries.authoring import course_tree
from courses.tests.authoring import draft_course, instructor
from courses.tests.factories import make_course, make_school, translate_page

pytestmark = pytest.mark.django_db


def outline(course: CoursePage) -> dict[str, list[str]]:
    tree = course_tree(CoursePage.objects.get(pk=course.pk))
    return {module.title: [item.title for item in module.children] for module in tree.modules}


def order_of(course: CoursePage, wanted: dict[str, list[str]]) -> dict[int, list[int]]:
    pks = dict(Page.objects.descendant_of(course).values_list("title", "pk"))
    return {pks[module]: [pks[item] for item in items] for module, items in wanted.items()}


@pytest.mark.parametrize(
    ("wanted", "moved"),
    [
        ({"Module 1": ["Lesson 1.1", "Lesson 1.2", "Quiz 1"], "Module 2": ["Lesson 2.1", "Lesson 2.2", "Quiz 2"]}, 0),
        ({"Module 2": ["Lesson 2.1", "Lesson 2.2", "Quiz 2"], "Module 1": ["Lesson 1.1", "Lesson 1.2", "Quiz 1"]}, 1),
        ({"Module 1": ["Quiz 1", "Lesson 1.2", "Lesson 1.1"], "Module 2": ["Lesson 2.1", "Lesson 2.2", "Quiz 2"]}, 2),
        ({"Module 1": ["Lesson 1.2", "Quiz 1"], "Module 2": ["Lesson 1.1", "Lesson 2.1", "Lesson 2.2", "Quiz 2"]}, 1),
        ({"Module 1": [], "Module 2": ["Lesson 2.1", "Lesson 1.1", "Lesson 1.2", "Lesson 2.2", "Quiz 2", "Quiz 1"]}, 3),
        ({"Module 2": ["Quiz 1", "Lesson 2.2", "Lesson 1.1"], "Module 1": ["Quiz 2", "Lesson 2.1", "Lesson 1.2"]}, 5),
    ],
)
def test_any_order_can_be_reached(wanted: dict[str, list[str]], moved: int) -> None:
    owner = instructor()
    course = draft_course(owner, modules=2)
    assert reorder_course(actor=owner, course=course, order=order_of(course, wanted)) == moved
    assert outline(course) == wanted
    assert list(outline(course)) == list(wanted)
    for page in Page.objects.descendant_of(course):
        assert page.url_path == f"{page.get_parent().url_path}{page.slug}/"
    assert Page.find_problems() == ([], [], [], [], [])
    audits = AuditEntry.objects.filter(verb="courses.course_reordered")
    assert audits.count() == (1 if moved else 0)


def test_translations_stay_as_they_are() -> None:
    owner = instructor()
    course = draft_course(owner, modules=2)
    french = translate_page(course, make_school("fr").courses, summary="En français.")
    for module in ModulePage.objects.child_of(course):
        copy = translate_page(module, french)
        for lesson in LessonPage.objects.child_of(module):
            translate_page(lesson, copy)
    before = list(Page.objects.descendant_of(french).order_by("path").values_list("pk", "path", "url_path"))
    wanted = {"Module 2": ["Quiz 1", "Lesson 2.1"], "Module 1": ["Quiz 2", "Lesson 2.2", "Lesson 1.2", "Lesson 1.1"]}
    reorder_course(actor=owner, course=course, order=order_of(course, wanted))
    assert outline(course) == wanted
    assert list(Page.objects.descendant_of(french).order_by("path").values_list("pk", "path", "url_path")) == before


@pytest.mark.parametrize(
    "wanted",
    [
        {"Module 1": ["Lesson 1.1", "Lesson 1.2", "Quiz 1"]},
        {"Module 1": ["Lesson 1.1", "Lesson 1.2"], "Module 2": ["Lesson 2.1", "Lesson 2.2", "Quiz 2"]},
        {"Module 1": ["Lesson 1.1", "Lesson 1.1", "Lesson 1.2", "Quiz 1"], "Module 2": ["Lesson 2.2", "Quiz 2"]},
        {"Module 1": ["Lesson 1.1", "Lesson 1.2", "Module 2"], "Quiz 1": ["Lesson 2.1", "Lesson 2.2", "Quiz 2"]},
    ],
)
def test_an_order_that_loses_or_doubles_pages_is_refused(wanted: dict[str, list[str]]) -> None:
    owner = instructor()
    course = draft_course(owner, modules=2)
    before = outline(course)
    with pytest.raises(OutlineMismatch):
        reorder_course(actor=owner, course=course, order=order_of(course, wanted))
    assert outline(course) == before


def test_pages_of_another_course_are_refused() -> None:
    owner = instructor()
    course, other = draft_course(owner), draft_course(owner, "Other")
    mine = order_of(course, outline(course))
    theirs = order_of(other, outline(other))
    (module, items), (_foreign, strangers) = *mine.items(), *theirs.items()
    with pytest.raises(OutlineMismatch):
        reorder_course(actor=owner, course=course, order={module: [*items[:-1], strangers[0]]})


def test_stale_screen_and_foreign_hands_are_refused() -> None:
    owner = instructor()
    course = draft_course(owner, modules=2)
    order = order_of(course, dict(reversed(outline(course).items())))
    with pytest.raises(NotYourCourse):
        reorder_course(actor=instructor(), course=course, order=order)
    version = course_tree(course).version
    reorder_course(actor=owner, course=course, order=order, version=version)
    with pytest.raises(OutlineChanged):
        reorder_course(actor=owner, course=course, order=order, version=version)


def test_equal_addresses_in_one_module_are_refused_with_their_names() -> None:
    owner = instructor()
    course = draft_course(owner, modules=2)
    first, second = LessonPage.objects.descendant_of(course).filter(title__in=["Lesson 1.1", "Lesson 2.1"])
    Page.objects.filter(pk__in=[first.pk, second.pk]).update(slug="same")
    wanted = {"Module 1": ["Lesson 1.1", "Lesson 2.1", "Lesson 1.2", "Quiz 1"], "Module 2": ["Lesson 2.2", "Quiz 2"]}
    before = outline(course)
    with pytest.raises(SlugTaken) as refused:
        reorder_course(actor=owner, course=course, order=order_of(course, wanted))
    assert "“Lesson 1.1” and “Lesson 2.1”" in str(refused.value)
    assert outline(course) == before


@pytest.mark.parametrize(
    ("wanted", "present", "staying"),
    [([1, 2, 3], [1, 2, 3], {1, 2, 3}), ([2, 3, 1], [1, 2, 3], {2, 3}), ([9, 1], [1], {1}), ([], [1], set())],
)
def test_longest_run(wanted: list[int], present: list[int], staying: set[int]) -> None:
    assert _longest_run(wanted, present) == staying


def post(person: Any, course: CoursePage, **data: str) -> Any:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.post(reverse("courses_admin:reorder", args=[course.pk]), data)


def test_buttons_without_script_move_one_step() -> None:
    owner = instructor()
    course = draft_course(owner, modules=2)
    pks = dict(Page.objects.descendant_of(course).values_list("title", "pk"))
    post(owner, course, step=f"down:{pks['Lesson 1.1']}")
    assert outline(course)["Module 1"] == ["Lesson 1.2", "Lesson 1.1", "Quiz 1"]
    post(owner, course, step=f"down:{pks['Quiz 1']}")
    assert outline(course)["Module 2"] == ["Quiz 1", "Lesson 2.1", "Lesson 2.2", "Quiz 2"]
    post(owner, course, step=f"up:{pks['Module 2']}")
    assert list(outline(course)) == ["Module 2", "Module 1"]
    before = outline(course)
    post(owner, course, step=f"up:{pks['Module 2']}")
    assert outline(course) == before


def test_order_of_the_script_is_saved_in_one_post() -> None:
    owner = instructor()
    course = draft_course(owner, modules=2)
    wanted = {"Module 2": ["Lesson 2.1", "Lesson 2.2", "Quiz 2", "Quiz 1"], "Module 1": ["Lesson 1.1", "Lesson 1.2"]}
    order = json.dumps([[module, items] for module, items in order_of(course, wanted).items()])
    response = post(owner, course, order=order, version=course_tree(course).version)
    assert response.status_code == 302
    assert outline(course) == wanted


@pytest.mark.parametrize("order", ["", "{}", "[[1]]", '[["x", []]]', "[[1, 2]]", "null", "[[1,[2]],[1,[2]]]"])
def test_nonsense_is_refused_politely(order: str) -> None:
    owner = instructor()
    course = draft_course(owner)
    before = outline(course)
    assert post(owner, course, order=order).status_code == 302
    assert outline(course) == before


def test_published_courses_keep_their_lessons_when_reordered() -> None:
    owner = instructor()
    course = make_course(modules=2, lessons=2, owner=owner)
    tree = course_tree(course)
    order = {module.pk: [item.pk for item in reversed(module.children)] for module in reversed(tree.modules)}
    reorder_course(actor=owner, course=course, order=order)
    assert Page.objects.descendant_of(course).filter(live=True).count() == 6
    assert [module.pk for module in course_tree(course).modules] == list(order)
