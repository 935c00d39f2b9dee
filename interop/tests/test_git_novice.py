"""A real course that none of us wrote: git-novice of the Carpentries, counted in its source and in the result."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker
from wagtail.images.models import Image
from wagtail.models import Page, Revision

from courses.models import CoursePage, GlossaryTerm, LessonPage, ModulePage
from interop.actions.import_course import ImportResult
from interop.report import Kind
from interop.tests.folders import load

COURSE = Path(settings.BASE_DIR).parent / "shared" / "courses" / "git-novice"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not COURSE.is_dir() and not os.environ.get("BAOBAB_NO_SKIP"), reason="the course git-novice is not here"
    ),
]
EPISODES = sorted((COURSE / "episodes").glob("*.md")) if COURSE.is_dir() else []


def source_counts() -> Counter[str]:
    """Code blocks, pictures and boxes as a person would count them in the files."""
    counts: Counter[str] = Counter()
    for path in EPISODES:
        in_code = False
        for line in path.read_text(encoding="utf-8").splitlines():
            if re.match(r"\s*(?:\d\. )?```", line) and not line.startswith("| "):
                in_code = not in_code
                counts["code"] += in_code
            elif not in_code:
                counts["image"] += len(re.findall(r"!\[", line))
                if box := re.match(r":{3,}\s+(\w+)", line):
                    counts[box[1]] += 1
    return counts


def blocks(rows: Any) -> list[dict[str, Any]]:
    """Stored blocks with those inside callouts, solutions and prompts."""
    found: list[dict[str, Any]] = []
    for row in rows:
        found.append(row)
        if isinstance(row["value"], dict):
            for name in ("body", "prompt"):
                found += blocks(row["value"].get(name) or [])
    return found


def tree() -> list[tuple[Any, ...]]:
    """What about pages must not change."""
    return list(Page.objects.order_by("path").values_list("pk", "path", "title", "live", "latest_revision_id"))


@pytest.fixture(autouse=True)
def _own_media() -> None:
    """In place of a folder for each test: all see the files that were imported once."""


@pytest.fixture(scope="module")
def imported(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ImportResult]:
    """The course, imported once; each test's own transaction lies inside this one."""
    media = override_settings(MEDIA_ROOT=str(tmp_path_factory.mktemp("media")))
    with media, django_db_blocker.unblock(), transaction.atomic():
        yield load(COURSE)
        transaction.set_rollback(True)


def test_every_part_of_the_source_is_in_the_course(imported: ImportResult):
    course = CoursePage.objects.get()
    assert (course.title, course.live) == ("Version Control with Git", True)
    module = ModulePage.objects.get()
    lessons = list(LessonPage.objects.order_by("path"))
    assert len(lessons) == len(EPISODES) == 14
    assert all(lesson.live and lesson.get_parent().pk == module.pk for lesson in lessons)
    assert [lesson.slug for lesson in lessons][:3] == ["basics", "setup", "create"]
    stored = [block for lesson in lessons for block in blocks(lesson.body.raw_data)]
    kinds = Counter(block["type"] for block in stored)
    callouts = Counter(block["value"]["kind"] for block in stored if block["type"] == "callout")
    source = source_counts()
    assert source["image"] == kinds["image"] == 31
    # The four exercises that became questions: their solutions are explanations, code in their options is in lines.
    assert kinds["single_choice"] == 4
    assert source["challenge"] == callouts["exercise"] + kinds["single_choice"] == 38
    assert source["solution"] + source["spoiler"] + source["hint"] == kinds["solution"] + kinds["single_choice"]
    assert source["callout"] == callouts["note"] == 27
    for kind in ("objectives", "questions", "keypoints"):
        assert source[kind] == callouts[kind] == 14
    code_in_questions = 4 + 4 + 1
    assert source["code"] == kinds["code"] + code_in_questions == 244


def test_right_options_are_those_the_authors_name(imported: ImportResult):
    stored = [block for lesson in LessonPage.objects.order_by("path") for block in lesson.body.raw_data]
    right = [
        [number for number, option in enumerate(block["value"]["options"], start=1) if option["value"]["correct"]]
        for block in stored
        if block["type"] == "single_choice"
    ]
    assert right == [[3], [3], [5], [2]]


def test_pictures_words_and_sizes(imported: ImportResult):
    assert Image.objects.count() == imported.images == 30  # one drawing is shown twice
    assert Image.objects.filter(file__endswith=".svg").count() == 11
    assert GlossaryTerm.objects.count() == 14
    minutes = dict(LessonPage.objects.values_list("slug", "estimated_minutes"))
    assert (minutes["changes"], minutes["github"], minutes["citation"]) == (20, 45, 2)


def test_links_lead_to_lessons_and_nowhere_broken(imported: ImportResult):
    pks = set(Page.objects.values_list("pk", flat=True))
    html = " ".join(str(dict(b)) for lesson in LessonPage.objects.all() for b in lesson.body.raw_data)
    assert {int(pk) for pk in re.findall(r'linktype="page" id="(\d+)"', html)} <= pks
    assert "course-page:" not in html
    assert "course-file:" not in html


def test_loss_report_is_complete_and_short(imported: ImportResult):
    report = imported.report
    assert report.of_kind(Kind.UNSAFE) == []
    assert [finding.path for finding in report.of_kind(Kind.LOST)] == [
        "instructors/instructor-notes.md",
        "learners/discuss.md",
        "learners/reference.md",
    ]
    assert [finding.place for finding in report.of_kind(Kind.CHANGED)] == ["episodes/04-changes.md:57"]


def test_twice_gives_the_same_tree(imported: ImportResult):
    before = tree()
    bodies = [list(lesson.body.raw_data) for lesson in LessonPage.objects.order_by("pk")]
    revisions, images = Revision.objects.count(), Image.objects.count()
    again = load(COURSE)
    assert tree() == before
    assert [list(lesson.body.raw_data) for lesson in LessonPage.objects.order_by("pk")] == bodies
    assert (Revision.objects.count(), Image.objects.count()) == (revisions, images)
    assert (again.counts.unchanged, again.counts.updated, again.counts.created) == (16, 0, 0)
