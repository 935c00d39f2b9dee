"""Importing a folder: what it makes, and that it makes it once."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page, Revision

from accounts.models import User
from courses.models import Category, CourseMember, CoursePage, LessonPage, ModulePage, QuizPage
from interop.errors import CourseRefused
from interop.models import ImportedPage
from interop.tests.folders import COURSE, load, run_command, write_course

pytestmark = pytest.mark.django_db


def tree() -> list[tuple[Any, ...]]:
    """Everything about pages that an unchanged import must leave alone."""
    return [
        (page.pk, page.path, page.title, page.slug, page.live, page.latest_revision_id, page.has_unpublished_changes)
        for page in Page.objects.order_by("path")
    ]


def block_ids(page: Page, field: str = "body") -> list[str]:
    """Ids of all blocks of a page, inner ones too, in order."""

    def walk(rows: Any) -> list[str]:
        found: list[str] = []
        for row in rows:
            found.append(row["id"])
            value = row["value"]
            for inner in value.values() if isinstance(value, dict) else []:
                if isinstance(inner, list) and inner and isinstance(inner[0], dict) and "id" in inner[0]:
                    found += walk(inner)
        return found

    return walk(list(getattr(page, field).raw_data))


def lesson(slug: str, language: str = "en") -> LessonPage:
    return LessonPage.objects.get(slug=slug, locale__language_code=language)


def test_makes_course_with_all_its_parts(course_folder: Path):
    result = load(course_folder)
    course = CoursePage.objects.get(slug="the-shell")
    assert course.pk == result.course.pk
    assert (course.live, course.summary, course.level, course.attribution) == (
        True,
        "Commands.",
        "beginner",
        "Licence: CC BY 4.0",
    )
    assert [category.slug for category in course.categories.all()] == ["programming"]
    assert [tag.name for tag in course.tags.all()] == ["shell"]
    assert [str(block.value) for block in course.outcomes] == ["Type a command"]
    module = ModulePage.objects.get()
    assert (module.title, module.get_parent().pk) == ("Lessons", course.pk)
    assert [page.slug for page in module.get_children().order_by("path")] == ["shells", "files", "check"]
    first = lesson("shells")
    assert first.estimated_minutes == 15
    assert [block.block_type for block in first.body] == [
        "callout",
        "rich_text",
        "code",
        "image",
        "heading",
        "single_choice",
    ]
    text = first.body.raw_data[1]["value"]
    assert f'<a linktype="page" id="{lesson("files").pk}">the next lesson</a>' in text
    assert f'<a linktype="document" id="{Document.objects.get().pk}">the data</a>' in text
    assert '<a href="https://example.com/">a page</a>' in text
    picture = first.body[3].value
    assert picture["alt"] == "A prompt with a cursor"
    assert str(picture["caption"]) == "<p>What one sees.</p>"
    assert (picture["image"].width, picture["image"].collection.name) == (40, "Courses")
    quiz = QuizPage.objects.get()
    assert (quiz.pass_mark, quiz.attempts_allowed, quiz.time_limit_minutes) == (60, 3, 20)
    assert [block.block_type for block in quiz.questions] == ["numeric", "ordering"]


def test_second_import_changes_nothing(bilingual_folder: Path):
    load(bilingual_folder)
    before, ids = tree(), [block_ids(page) for page in LessonPage.objects.order_by("pk")]
    revisions, pictures, files = Revision.objects.count(), Image.objects.count(), Document.objects.count()
    result = load(bilingual_folder)
    assert tree() == before
    assert [block_ids(page) for page in LessonPage.objects.order_by("pk")] == ids
    assert (Revision.objects.count(), Image.objects.count(), Document.objects.count()) == (revisions, pictures, files)
    assert (result.counts.created, result.counts.updated, result.counts.unchanged) == (0, 0, 10)


def test_edited_source_keeps_ids_of_the_rest(course_folder: Path):
    load(course_folder)
    before = block_ids(lesson("shells"))
    file = course_folder / "episodes" / "01-shells.md"
    text = file.read_text()
    text = text.replace("A *shell* reads", "Every *shell* reads").replace("```bash", "## Try it\n\n```bash", 1)
    file.write_text(text)
    result = load(course_folder)
    after = block_ids(lesson("shells"))
    assert (result.counts.updated, result.counts.unchanged) == (1, 4)
    assert [identifier for identifier in after if identifier in before] == before
    assert len(after) == len(before) + 1


def test_renamed_title_and_module_keep_pages(tmp_path: Path):
    config = COURSE["config.yaml"].partition("episodes:")[0]
    modules = (
        "modules:\n  - title: Start\n    episodes: [01-shells.md, 02-files.md]\n"
        "  - title: End\n    episodes: [03-check.quiz.yaml]\n"
    )
    folder = write_course(tmp_path / "shell", {**COURSE, "config.yaml": config + modules})
    load(folder)
    pages = {page.slug: page.pk for page in Page.objects.filter(depth__gte=4)}
    renamed = (config + modules).replace("The Shell", "A Shell").replace("title: Start", "title: Beginning")
    (folder / "config.yaml").write_text(renamed)
    (folder / "episodes" / "02-files.md").write_text(
        COURSE["episodes/02-files.md"].replace("title: Files", "title: On files")
    )
    load(folder)
    assert {page.slug: page.pk for page in Page.objects.filter(depth__gte=4)} == pages
    assert CoursePage.objects.get().title == "A Shell"
    assert [module.title for module in ModulePage.objects.order_by("path")] == ["Beginning", "End"]
    assert lesson("files").title == "On files"


def test_new_order_is_followed(course_folder: Path):
    load(course_folder)
    config = course_folder / "config.yaml"
    config.write_text(
        COURSE["config.yaml"]
        .replace("01-shells.md, 02-files.md, ", "")
        .replace("quiz.yaml]", "quiz.yaml, 02-files.md, 01-shells.md]")
    )
    load(course_folder)
    children = ModulePage.objects.get().get_children().order_by("path")
    assert [page.slug for page in children] == ["check", "files", "shells"]
    assert Page.find_problems() == ([], [], [], [], [])


def test_removed_source_takes_page_down_and_keeps_it(course_folder: Path):
    load(course_folder)
    (course_folder / "episodes" / "02-files.md").unlink()
    (course_folder / "config.yaml").write_text(COURSE["config.yaml"].replace("02-files.md, ", ""))
    result = load(course_folder)
    assert (result.counts.unpublished, lesson("files").live) == (1, False)
    assert any("gone" in finding.message for finding in result.report)
    write_course(course_folder)
    pk = lesson("files").pk
    load(course_folder)
    assert (lesson("files").pk, lesson("files").live) == (pk, True)


def test_edit_made_here_stays_until_the_source_changes(course_folder: Path):
    load(course_folder)
    page = lesson("files")
    page.title = "Files and folders"
    page.save_revision().publish()
    load(course_folder)
    assert lesson("files").title == "Files and folders"
    file = course_folder / "episodes" / "02-files.md"
    file.write_text(file.read_text() + "\nMore.\n")
    result = load(course_folder)
    assert lesson("files").title == "Files"
    assert any("edited here" in finding.message for finding in result.report)


def test_without_publish_live_pages_stay_as_they_are(course_folder: Path):
    load(course_folder, publish=False)
    assert not CoursePage.objects.get().live
    assert lesson("files").title == "Files"
    load(course_folder)
    assert Page.objects.filter(depth__gte=4, live=False).count() == 0
    file = course_folder / "episodes" / "02-files.md"
    file.write_text(file.read_text().replace("title: Files", "title: Other"))
    load(course_folder, publish=False)
    page = lesson("files")
    assert (page.title, page.draft_title, page.has_unpublished_changes) == ("Files", "Other", True)
    load(course_folder)
    assert lesson("files").title == "Other"


def test_translation_shares_keys_and_ids(bilingual_folder: Path):
    load(bilingual_folder)
    french = CoursePage.objects.get(slug="le-shell")
    english = CoursePage.objects.get(slug="the-shell")
    assert (french.translation_key, french.locale.language_code) == (english.translation_key, "fr")
    assert french.live
    for slug, own in (("shells", "les-shells"), ("files", "fichiers")):
        assert lesson(own, "fr").translation_key == lesson(slug).translation_key
        assert block_ids(lesson(own, "fr")) == block_ids(lesson(slug))
    quizzes = list(QuizPage.objects.order_by("locale__language_code"))
    assert block_ids(quizzes[0], "questions") == block_ids(quizzes[1], "questions")
    assert {category.slug for category in french.categories.all()} == {"programming"}
    assert Category.objects.values("translation_key").distinct().count() == 1
    text = lesson("les-shells", "fr").body.raw_data[1]["value"]
    assert f'linktype="page" id="{lesson("fichiers", "fr").pk}"' in text


def test_owner_is_made(course_folder: Path):
    owner = User.objects.create_user("instructor@example.com")
    result = load(course_folder, owner=owner)
    member = CourseMember.objects.get()
    assert (member.user, member.role, member.course_key) == (owner, "owner", result.course.translation_key)
    assert result.course.owner == owner


def test_place_of_another_course_is_refused(course_folder: Path, tmp_path: Path):
    load(course_folder)
    before = tree()
    other = write_course(tmp_path / "other", {**COURSE, "config.yaml": "title: The Shell\nlang: en\nsummary: x\n"})
    with pytest.raises(CourseRefused, match="belongs to another course"):
        load(other)
    assert tree() == before


def test_failure_leaves_neither_rows_nor_files(course_folder: Path, media_root: Path, monkeypatch: pytest.MonkeyPatch):
    from interop.storing.pages import PageWriter

    def fail(*args: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(PageWriter, "retire", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        load(course_folder)
    assert not CoursePage.objects.exists()
    assert not ImportedPage.objects.exists()
    assert not Image.objects.exists()
    assert [path for path in media_root.rglob("*") if path.is_file()] == []


def test_missing_config_orders_by_name_and_takes_title_from_heading(tmp_path: Path):
    files = {name: text for name, text in COURSE.items() if name != "config.yaml"}
    load(write_course(tmp_path / "my-course", {**files, "index.md": "# All about shells\n\nText. More text.\n"}))
    course = CoursePage.objects.get()
    assert (course.title, course.slug, course.summary) == ("All about shells", "all-about-shells", "Text. More text.")
    assert [page.slug for page in ModulePage.objects.get().get_children()] == ["shells", "files", "check"]


def test_command_with_owner_reorders_and_takes_down(course_folder: Path, tmp_path: Path):
    """Who may not publish in the editor may still own what an operator imports and publishes for them."""
    owner = User.objects.create_user("instructor@example.com")
    owner.groups.add(Group.objects.get(name="instructor"))
    run_command(course_folder, "--owner", "Instructor@example.com", "--publish")
    (course_folder / "config.yaml").write_text(
        COURSE["config.yaml"].replace(
            "01-shells.md, 02-files.md, 03-check.quiz.yaml", "03-check.quiz.yaml, 01-shells.md"
        )
    )
    report = tmp_path / "report.json"
    run_command(course_folder, "--owner", "instructor@example.com", "--publish", "--report", str(report))
    children = ModulePage.objects.get().get_children().order_by("path")
    assert [(page.slug, page.live) for page in children] == [("check", True), ("shells", True), ("files", False)]
    assert CourseMember.objects.get().user == owner
    findings = json.loads(report.read_text())["findings"]
    assert {finding["path"] for finding in findings} >= {"episodes/02-files.md"}


def test_summary_from_first_paragraph_is_not_said_twice(tmp_path: Path):
    words = "Shells read commands.  " + "They are old. " * 30
    files = {**COURSE, "config.yaml": "title: The Shell\n", "index.md": f"{words}\n\nMore.\n"}
    load(write_course(tmp_path / "shell", files))
    course = CoursePage.objects.get()
    assert course.summary == ("Shells read commands. " + "They are old. " * 27).strip()
    assert course.body.raw_data[0]["value"] == f"<p>{('They are old. ' * 3).strip()}</p><p>More.</p>"
