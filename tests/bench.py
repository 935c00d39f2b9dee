"""``make bench``: CPU of the main requests, on PostgreSQL, in one run, as ratios to what the same data costs bare.

CPU time of this process and of its PostgreSQL back end, so that neither a busy machine nor a network shows. Nothing
here asserts a time; ``tests`` assert the query counts.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("BAOBAB_ENV", "test")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402

from tests.bench_payments import measure_settlements  # noqa: E402

COURSES, MODULES, LESSONS, ROUNDS = 50, 2, 5, 40

GRAPHQL = """{ courses(first: 50) { edges { node { id slug title subtitle summary level
  modules { id title lessons { id title kind durationMinutes isFreePreview } } } } } }"""

#: The same courses, modules and lessons, put together by the database alone.
JSON_AGG = """
select json_agg(c) from (
  select p.translation_key, p.slug, p.title, cp.subtitle, cp.summary, cp.level,
    (select json_agg(m) from (
      select mp.translation_key, mp.title,
        (select json_agg(l) from (
          select lp.translation_key, lp.title, cl.estimated_minutes, cl.is_free_preview
          from wagtailcore_page lp join courses_lessonpage cl on cl.page_ptr_id = lp.id
          where lp.path between mp.path || '0000' and mp.path || 'ZZZZ' and lp.depth = mp.depth + 1 and lp.live
          order by lp.path) l) as lessons
      from wagtailcore_page mp
      where mp.path between p.path || '0000' and p.path || 'ZZZZ' and mp.depth = p.depth + 1 and mp.live
      order by mp.path) m) as modules
  from wagtailcore_page p join courses_coursepage cp on cp.page_ptr_id = p.id
  where p.live order by p.first_published_at desc nulls last limit 50) c
"""


def backend_cpu() -> float:
    """CPU seconds of this connection's PostgreSQL process, by /proc; 0 where it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(name: str, request: Callable[[], Any], beside: float | None = None) -> float:
    """Run ``request`` warm, print its CPU milliseconds and queries, and its ratio to ``beside``."""
    for _warm in range(3):
        request()
    with CaptureQueriesContext(connection) as captured:
        request()
    queries = len(captured)  # read now: Django forgets its log with the next request
    before, database = time.process_time(), backend_cpu()
    for _round in range(ROUNDS):
        request()
    python = (time.process_time() - before) * 1000 / ROUNDS
    postgres = (backend_cpu() - database) * 1000 / ROUNDS
    total = python + postgres
    ratio = f"   ratio {total / beside:6.2f}" if beside else ""
    print(f"{name:44} {python:7.1f} + {postgres:5.1f} ms CPU (Python + PostgreSQL) {queries:3} queries{ratio}")
    return total


def build() -> Any:
    """Fifty published courses of ten lessons each, with covers, people and categories; one enrolled learner."""
    from django.contrib.auth import get_user_model
    from django.core.files.images import ImageFile
    from wagtail.images import get_image_model

    from commerce.actions.enroll import enroll
    from courses.models import Category, CourseMember
    from courses.tests.factories import make_course, make_school

    school = make_school()
    with open(settings.BASE_DIR / "demo/images/hero.png", "rb") as file:
        cover = get_image_model().objects.create(title="Cover", file=ImageFile(file, name="cover.png"))
    category = Category.objects.create(locale=school.locale, slug="programming", title="Programming")
    people = get_user_model().objects
    teacher = people.create_user("teacher@example.com", name="Teacher")
    learner = people.create_user("learner@example.com", name="Learner")
    for number in range(COURSES):
        course = make_course(f"Course {number:02}", modules=MODULES, lessons=LESSONS, cover=cover)
        course.refresh_from_db()  # treebeard counted the modules on the row; saving this copy would undo that
        course.categories.add(category)
        course.save()
        CourseMember.objects.create(course_key=course.translation_key, user=teacher, role="owner")
        enroll(actor=learner, learner=learner, course_key=course.translation_key)
    return learner


#: What a stranger may send to hurt; each must be refused after little work.
BOMBS = {
    "400 aliases": "{ " + " ".join(f"a{i}: courses {{ totalCount }}" for i in range(400)) + " }",
    "fragments, 2^40 fields": "{ ...F0 } "
    + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(40))
    + " fragment F40 on Query { me { id } }",
    "cyclic fragments": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A me { id } }",
    "200 levels": "{ " + "course { " * 200 + "id" + " }" * 200 + " }",
    "600 directives": "{ me " + "@include(if: true) " * 600 + "{ id } }",
    "10,000 namesakes": "{ " + "me { id } " * 10_000 + "}",
    "90 kB of brackets": "{" * 90_000,
    "batch of 1,000": "[" + ",".join(['{"query":"{ me { id } }"}'] * 1000) + "]",
}


def refused(client: Client, text: str) -> Callable[[], Any]:
    """A bomb sent to the endpoint, which must answer with errors and nothing else."""
    body = text if text.startswith("[") else json.dumps({"query": text})

    def request() -> Any:
        response = client.post("/graphql/", body, content_type="application/json")
        assert list(response.json()) == ["errors"], response.content[:200]
        return response

    return request


def run() -> None:
    """Build a database of its own, measure, drop it."""
    if connection.vendor != "postgresql":
        raise SystemExit("The bench runs on PostgreSQL: make bench starts one, or set DATABASE_URL.")
    setup_test_environment(debug=False)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        learner = build()
        with connection.cursor() as cursor:
            cursor.execute("analyze")
        measure_all(learner)
        measure_settlements()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def measure_all(learner: Any) -> None:
    """Every line of the report."""
    from wagtail.api import APIField

    from courses.models import CoursePage, LessonPage
    from tests.bench_shop import measure_shop
    from tests.bench_watch import measure_watching

    settings.ROOT_URLCONF = "tests.bench_urls"
    settings.WAGTAILAPI_LIMIT_MAX = None
    CoursePage.api_fields = [APIField("subtitle"), APIField("summary"), APIField("level")]
    LessonPage.api_fields = [APIField("estimated_minutes"), APIField("is_free_preview")]
    visitor, member = Client(), Client()
    member.force_login(learner)

    def aggregate() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(JSON_AGG)
            return cursor.fetchone()

    def graphql(client: Client) -> Callable[[], Any]:
        body = json.dumps({"query": GRAPHQL})

        def request() -> Any:
            response = client.post("/graphql/", body, content_type="application/json")
            assert b'"errors"' not in response.content, response.content[:300]
            return response

        return request

    def page(client: Client, path: str) -> Callable[[], Any]:
        def request() -> Any:
            response = client.get(path)
            assert response.status_code == 200, (path, response.status_code)
            return response

        return request

    print(f"{COURSES} courses of {MODULES * LESSONS} lessons, {ROUNDS} rounds\n")
    bare = measure("list of courses: one json_agg query", aggregate)
    measure("list of courses: GraphQL, visitor", graphql(visitor), bare)
    measure("list of courses: GraphQL, learner", graphql(member), bare)
    courses = page(visitor, "/bench/pages/?type=courses.CoursePage&fields=subtitle,summary,level&limit=50")
    lessons = page(visitor, "/bench/pages/?type=courses.LessonPage&fields=estimated_minutes,is_free_preview&limit=500")
    measure("list of courses: Wagtail REST v2, two calls", lambda: (courses(), lessons()), bare)
    course = CoursePage.objects.first()
    lesson = LessonPage.objects.descendant_of(course).first()
    print()
    measure("website: catalogue, visitor", page(visitor, "/en/courses/"))
    measure("website: catalogue, learner", page(member, "/en/courses/"))
    measure("website: course page, visitor", page(visitor, course.get_url()))
    measure("website: course page, learner", page(member, course.get_url()))
    measure("website: lesson page, learner", page(member, lesson.get_url()))
    print()
    measure_shop(measure)
    print()
    measure_watching(measure)
    print()
    for bomb, text in BOMBS.items():
        measure(f"refused: {bomb}", refused(visitor, text))
    print()


def profile() -> None:
    """Where the GraphQL list spends its time; for whoever wants it faster: python -m tests.bench profile."""
    import cProfile
    import pstats

    setup_test_environment(debug=False)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        build()
        client, body = Client(), json.dumps({"query": GRAPHQL})
        client.post("/graphql/", body, content_type="application/json")
        with cProfile.Profile() as profiler:
            for _round in range(10):
                client.post("/graphql/", body, content_type="application/json")
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    profile() if sys.argv[1:] == ["profile"] else run()
