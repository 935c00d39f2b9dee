"""The number of queries of a page does not depend on how many rows it shows."""

import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Picture
from wagtail.images.models import Image

from commerce.actions.enroll import enroll
from commerce.tests.factories import make_user
from courses.facts import refresh_facts
from courses.models import Category, CourseMember, CoursePage
from courses.tests.factories import add_lesson, add_module, make_course, make_school
from courses.tests.questions import every_question, rich_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]

FEW, MANY = 10, 50


def picture() -> Image:
    """A small picture in Wagtail's library."""
    content = BytesIO()
    Picture.new("RGB", (16, 9), "#d48a1c").save(content, "PNG")
    content.seek(0)
    return Image.objects.create(title="A picture", file=ImageFile(content, name=f"{uuid.uuid4()}.png"))


def courses(count: int) -> list[CoursePage]:
    """Courses with cover, category and instructor."""
    school = make_school()
    category, _created = Category.objects.get_or_create(locale=school.locale, slug="data", title="Data")
    instructor = make_user(name="Kofi Mensah")
    made = []
    for _number in range(count):
        course = make_course(modules=1, lessons=2, cover=picture())
        course.categories.set([category])
        course.save()
        CourseMember.objects.create(course_key=course.translation_key, user=instructor)
        made.append(course)
    return made


def queries_of(client: Client, url: str) -> int:
    """Queries of a page that was shown once before, so that renditions and caches are there."""
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return len(queries)


def counts(grow: Callable[[int], None], client: Client, url: str | Callable[[], str]) -> tuple[int, int]:
    """Queries with few rows, then with many."""
    grow(FEW)
    few = queries_of(client, url if isinstance(url, str) else url())
    grow(MANY - FEW)
    many = queries_of(client, url if isinstance(url, str) else url())
    return few, many


def learner_of(client: Client) -> Any:
    """Log a new learner in."""
    learner = make_user(name="Amina Diallo")
    client.force_login(learner)
    return learner


def test_catalogue(client: Client) -> None:
    learner_of(client)
    few, many = counts(courses, client, "/en/courses/")  # type: ignore[arg-type]
    assert few == many


def test_catalogue_search(client: Client) -> None:
    few, many = counts(courses, client, "/en/courses/?q=course&level=beginner&price=free")  # type: ignore[arg-type]
    assert few == many


def test_course_page_by_number_of_lessons(client: Client) -> None:
    course = make_course(cover=picture())
    module = add_module(course)
    enroll(actor=(learner := learner_of(client)), learner=learner, course_key=course.translation_key)

    def grow(count: int) -> None:
        for _number in range(count):
            add_lesson(module)
        refresh_facts(course)

    few, many = counts(grow, client, course.get_url())
    assert few == many


def test_lesson_by_number_of_blocks_and_lessons(client: Client) -> None:
    course = make_course()
    module = add_module(course)
    lesson = add_lesson(module)
    enroll(actor=(learner := learner_of(client)), learner=learner, course_key=course.translation_key)

    def grow(count: int) -> None:
        blocks = []
        for number in range(count):
            image = {"image": picture().pk, "alt": "A picture", "decorative": False, "caption": ""}
            blocks += [
                rich_text(f"<p>{number}</p>"),
                {"type": "image", "value": image, "id": str(uuid.uuid4())},
                {
                    "type": "code",
                    "value": {"language": "python", "code": f"print({number})", "caption": ""},
                    "id": str(uuid.uuid4()),
                },
                every_question()[number % 8],
            ]
            add_lesson(module)
        lesson.body = [*lesson.body.get_prep_value(), *blocks]
        lesson.save()

    few, many = counts(grow, client, lesson.get_url())
    assert few == many


def test_dashboard(client: Client) -> None:
    learner = learner_of(client)

    def grow(count: int) -> None:
        for course in courses(count):
            enroll(actor=learner, learner=learner, course_key=course.translation_key)

    few, many = counts(grow, client, "/en/dashboard/")
    assert few == many


def test_learning_path(client: Client) -> None:
    from courses.tests.factories import make_path

    learner_of(client)
    made: list[CoursePage] = []
    paths = []

    def grow(count: int) -> None:
        made.extend(courses(count))
        paths.append(make_path(made[:20] if len(made) < MANY else made))

    few, many = counts(grow, client, lambda: paths[-1].get_url())
    assert few == many
