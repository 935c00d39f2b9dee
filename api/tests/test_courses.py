"""The catalogue and a course through GraphQL: the contract, filters, paging, visibility, flat query counts."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageViewRestriction

from api.tests.calls import COURSE_FIELDS, COURSES, LESSON, ask, client_of, data, person
from commerce.actions.enroll import enroll
from commerce.tests.factories import make_price
from courses.keys import page_public_id
from courses.models import Category, CourseMember
from courses.tests.factories import add_lesson, add_module, make_course, make_path, make_school, translate_page

pytestmark = pytest.mark.django_db


def titles(answer: dict) -> list[str]:
    return [edge["node"]["title"] for edge in answer["courses"]["edges"]]


def test_contract_fields_of_a_course() -> None:
    course = make_course("Loops", modules=1, lessons=2, quiz=True, level="intermediate", subtitle="Again and again")
    teacher = person("teacher@example.com")
    CourseMember.objects.create(course_key=course.translation_key, user=teacher, role="owner")
    category = Category.objects.create(locale=course.locale, slug="programming", title="Programming")
    course.categories.add(category)
    course.save()
    node = data(Client(), COURSES, first=20)["courses"]["edges"][0]["node"]
    assert node["title"] == "Loops"
    assert node["level"] == "INTERMEDIATE"
    assert node["locale"] == "en"
    assert node["url"].endswith(f"/en/courses/{course.slug}/")
    assert node["durationMinutes"] == 20
    assert node["categories"] == [{"slug": "programming", "title": "Programming"}]
    assert node["instructors"] == [{"name": "Teacher"}]
    assert [lesson["kind"] for lesson in node["modules"][0]["lessons"]] == ["LESSON", "LESSON", "QUIZ"]
    assert [lesson["isLocked"] for lesson in node["modules"][0]["lessons"]] == [True, True, True]
    assert node["viewer"] == {"isEnrolled": False, "progress": 0.0, "nextLesson": None}


def test_paging_walks_every_course_once() -> None:
    for number in range(5):
        make_course(f"Course {number}")
    seen, after = [], None
    for _page in range(5):
        found = data(Client(), COURSES, first=2, after=after, orderBy="TITLE")
        seen += titles(found)
        after = found["courses"]["pageInfo"]["endCursor"]
        if not found["courses"]["pageInfo"]["hasNextPage"]:
            break
    assert seen == [f"Course {number}" for number in range(5)]
    assert found["courses"]["totalCount"] == 5


@pytest.mark.parametrize(("first", "code"), [(-1, "INVALID_PAGE_SIZE"), (101, "INVALID_PAGE_SIZE")])
def test_page_size_out_of_bounds_is_refused(first: int, code: str) -> None:
    query = "query ($n: Int) { courses(first: $n) { totalCount } }"
    assert ask(Client(), query, n=first)["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize("cursor", ["x", "!!!", "bzotMQ", "a" * 5000, ""])
def test_foreign_cursor_is_refused_or_is_the_beginning(cursor: str) -> None:
    answer = ask(Client(), COURSES, first=1, after=cursor)
    assert "data" in answer
    assert answer["data"] is None or cursor == ""


def test_filters_by_level_price_category_and_language() -> None:
    easy = make_course("Easy", level="beginner")
    hard = make_course("Hard", level="advanced")
    make_price(hard.translation_key, 25000)
    school = make_school("fr")
    translate_page(easy, school.courses, "Facile")
    assert titles(data(Client(), COURSES, filter={"level": "ADVANCED"})) == ["Hard"]
    assert titles(data(Client(), COURSES, filter={"isFree": True})) == ["Easy"]
    assert titles(data(Client(), COURSES, filter={"isFree": False})) == ["Hard"]
    assert titles(data(Client(), COURSES, filter={"locale": "fr"})) == ["Facile"]
    assert titles(data(Client(), COURSES, filter={"category": "none-such"})) == []
    assert ask(Client(), COURSES, filter={"locale": "xx"})["errors"][0]["extensions"]["code"] == "UNKNOWN_LOCALE"


@pytest.mark.parametrize(
    "text", ['"', "'", "\x00", "   ", "AND OR NOT", "a*b:c^2", "(((", "%_", "é" * 500, "🦒", "élève", "-", "NEAR/2"]
)
def test_any_search_text_is_safe(text: str) -> None:
    make_course("Loops")
    assert "errors" not in ask(Client(), COURSES, search=text)


def test_search_finds_by_title_summary_and_without_accents() -> None:
    make_course("Les élèves comptent", summary="Compter au marché.")
    make_course("Loops", summary="Repeat with Python.")
    for text in ("élèves", "eleves", "ELEVES"):
        assert titles(data(Client(), COURSES, search=text)) == ["Les élèves comptent"]
    assert titles(data(Client(), COURSES, search="python")) == ["Loops"]


def test_drafts_and_private_parts_show_nowhere() -> None:
    draft = make_course("Draft", live=False)
    course = make_course("Public", modules=1, lessons=1)
    module = add_module(course, "Hidden module", live=False)
    below = add_lesson(module, "Below a hidden module")
    unpublished = add_lesson(add_module(course, "Shown"), "Unpublished", live=False)
    private = make_course("Private", modules=1, lessons=1)
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    path = make_path([course, draft, private], "Way")
    text = str(data(Client(), COURSES))
    paths = """{ learningPaths { edges { node { slug stages { courses { title modules {
        title lessons { title } } } } } } } }"""
    path_text = str(data(Client(), paths))
    for word in ("Draft", "Hidden", "Below", "Unpublished", "Private"):
        assert word not in text
        assert word not in path_text
    assert "Public" in path_text
    assert path.slug in path_text
    for page in (draft, private):
        assert data(Client(), "query ($s: String) { course(slug: $s) { id } }", s=page.slug)["course"] is None
    for page in (below, unpublished):
        assert data(Client(), LESSON, id=page_public_id(page))["lesson"] is None


def test_course_asks_for_exactly_one_name() -> None:
    assert ask(Client(), "{ course { id } }")["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


def test_course_comes_in_the_language_asked_for() -> None:
    course = make_course("Loops")
    translated = translate_page(course, make_school("fr").courses, "Boucles")
    query = """query ($slug: String, $id: ID, $locale: String) {
        course(slug: $slug, id: $id, locale: $locale) { title locale key } }"""
    assert data(Client(), query, slug=course.slug, locale="fr")["course"]["title"] == "Boucles"
    assert data(Client(), query, slug=translated.slug, locale="en")["course"]["title"] == "Loops"
    assert data(Client(), query, id=page_public_id(course))["course"]["title"] == "Loops"
    assert data(Client(), query, id=str(course.translation_key), locale="fr")["course"]["title"] == "Boucles"


def _rows(count: int) -> None:
    image = Image.objects.create(title="Cover", file=get_test_image_file(size=(400, 225)))
    category = Category.objects.create(locale=make_school().locale, slug="all", title="All")
    teacher = person("teacher@example.com")
    for number in range(count):
        course = make_course(f"Course {number:02}", modules=2, lessons=5, cover=image)
        course.refresh_from_db()
        course.categories.add(category)
        course.save()
        CourseMember.objects.create(course_key=course.translation_key, user=teacher, role="owner")


def _queries(client: Client, query: str, **variables: object) -> int:
    data(client, query, **variables)  # sites, content types and renditions are cached by the first call
    with CaptureQueriesContext(
        connection,
    ) as captured:
        data(client, query, **variables)
    return len(captured)


def test_list_of_courses_costs_the_same_at_10_and_50_rows(media_root) -> None:
    _rows(50)
    learner = person("learner@example.com")
    visitor, member = Client(), client_of(learner)
    from courses.models import CoursePage

    for course in CoursePage.objects.all():
        enroll(actor=learner, learner=learner, course_key=course.translation_key)
    assert len(data(visitor, COURSES, first=50)["courses"]["edges"]) == 50
    assert _queries(visitor, COURSES, first=10) == _queries(visitor, COURSES, first=50) <= 6
    assert _queries(member, COURSES, first=10) == _queries(member, COURSES, first=50)


def test_one_course_costs_the_same_at_10_and_50_lessons() -> None:
    short, long = make_course("Short", modules=2, lessons=5), make_course("Long", modules=5, lessons=10)
    query = f"query ($s: String) {{ course(slug: $s) {{ {COURSE_FIELDS} }} }}"
    assert _queries(Client(), query, s=short.slug) == _queries(Client(), query, s=long.slug)


def test_learning_paths_cost_the_same_at_10_and_50_rows() -> None:
    courses = [make_course(modules=1, lessons=2) for _number in range(5)]
    for _number in range(50):
        make_path(courses)
    query = """query ($n: Int) { learningPaths(first: $n) { edges { node { title stages { title courses {
        title durationMinutes modules { title } } } } } } }"""
    assert _queries(Client(), query, n=10) == _queries(Client(), query, n=50)
