"""Folders made to do harm: each is refused in one sentence or cleaned with a report, and nothing outside is read."""

import os
import time
from pathlib import Path

import pytest
from django.core.management import CommandError
from PIL import Image as PillowImage
from wagtail.images.models import Image

from courses.models import CoursePage, LessonPage
from interop.course_folder import read_course
from interop.errors import CourseRefused
from interop.folder import files
from interop.markdown import walk
from interop.report import Kind, LossReport
from interop.tests.folders import COURSE, load, run_command, write_course

SECRET = "the-secret-of-another-folder"


def refusal(folder: Path) -> str:
    with pytest.raises(CourseRefused) as caught:
        read_course(folder, report=LossReport())
    return str(caught.value)


def read_lesson(folder: Path, text: str | bytes) -> tuple[str, LossReport]:
    """Everything that a lesson of this text says, and the findings."""
    write_course(folder, {**COURSE, "episodes/01-shells.md": text})
    report = LossReport()
    source = read_course(folder, report=report)
    item = next(source.items)
    return " ".join(str(block.value) for block in walk(item.blocks)), report


# Outside the folder ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "target"),
    [("episodes/stolen.md", "secret.txt"), ("episodes/fig/stolen.png", "secret.txt"), ("stolen", ".")],
    ids=["file", "picture", "folder"],
)
def test_link_out_of_folder_is_refused(course_folder: Path, tmp_path: Path, name: str, target: str):
    (tmp_path / "secret.txt").write_text(SECRET)
    (course_folder / name).symlink_to(tmp_path / target)
    assert (
        refusal(course_folder)
        == f"{name}: This link leads out of the folder. Put the file itself there, or remove the link."
    )


def test_loops_of_links_are_not_followed(course_folder: Path):
    (course_folder / "loop").symlink_to(course_folder)
    (course_folder / "a").symlink_to(course_folder / "b")
    (course_folder / "b").symlink_to(course_folder / "a")
    report = LossReport()
    source = read_course(course_folder, report=report)
    assert len(list(source.items)) == 3
    assert [f.path for f in report if "not followed" in f.message] == ["a", "b", "loop"]


@pytest.mark.parametrize(
    "address", ["../../secret.txt", "/etc/passwd", "..%2f..%2fsecret.txt", "fig/../../../secret.txt", "\\\\host\\x"]
)
def test_address_out_of_folder_is_not_read(course_folder: Path, tmp_path: Path, address: str):
    (tmp_path / "secret.txt").write_text(SECRET)
    text, report = read_lesson(course_folder, f"[words]({address}) and ![picture]({address})\n")
    assert SECRET not in text
    assert "href" not in text
    assert [finding.kind for finding in report].count(Kind.UNSAFE) == 1  # of both, said once


@pytest.mark.parametrize("name", ["../../secret.md", "/etc/passwd", "../secret.md"])
def test_listed_lesson_out_of_folder_is_refused(course_folder: Path, name: str):
    (course_folder / "config.yaml").write_text(f"title: x\nlang: en\nepisodes: ['{name}']\n")
    assert "leads out of the folder" in refusal(course_folder)


def test_file_swapped_for_a_link_while_reading_is_refused(course_folder: Path, tmp_path: Path):
    (tmp_path / "secret.txt").write_text(SECRET)
    folder = files.CourseFolder(course_folder)
    (course_folder / "episodes" / "02-files.md").unlink()
    (course_folder / "episodes" / "02-files.md").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(CourseRefused, match="can't be read"):
        folder.read_bytes("episodes/02-files.md")


def test_pipe_is_no_file(course_folder: Path):
    os.mkfifo(course_folder / "episodes" / "04-pipe.md")
    assert len(list(read_course(course_folder, report=LossReport()).items)) == 3


# Sizes ----------------------------------------------------------------------------------------------------------


def test_file_of_50_mb_is_refused_before_it_is_read(course_folder: Path, monkeypatch: pytest.MonkeyPatch):
    with (course_folder / "episodes" / "fig" / "huge.png").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    monkeypatch.setattr(files.CourseFolder, "read_bytes", lambda *args: pytest.fail("it was read"))
    message = refusal(course_folder)
    assert message.startswith("episodes/fig/huge.png: The file is too large: 50.0 MiB, at most 20 MiB are read.")


def test_long_text_is_refused(course_folder: Path):
    (course_folder / "episodes" / "01-shells.md").write_text("word\n" * 300_000)
    assert "too large: 1.4 MiB" in refusal(course_folder)


def test_line_of_a_megabyte_is_refused(course_folder: Path):
    (course_folder / "episodes" / "01-shells.md").write_text("# x\n\n" + "[" * 1_000_000)
    assert refusal(course_folder).startswith("episodes/01-shells.md, line 3: The line has 1,000,000 characters")


def test_too_many_files_are_refused(course_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "MAX_FILES", 5)
    assert refusal(course_folder) == "The folder has more than 5 files; take out what is not the course."


def test_too_much_in_all_is_refused(course_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "MAX_TOTAL_SIZE", 500)
    assert "holds more than" in refusal(course_folder)


def test_deep_folders_are_refused(course_folder: Path):
    (course_folder / "/".join("x" * 12)).mkdir(parents=True)
    assert "nested more than 10 deep" in refusal(course_folder)


@pytest.mark.parametrize("text", ["*" * 19_000, "[" * 19_000, "![" * 9_000, "`" * 19_000, "<" * 19_000, "> " * 9_000])
def test_hostile_lines_are_read_in_seconds(course_folder: Path, text: str):
    started = time.process_time()
    read_lesson(course_folder, text)
    assert time.process_time() - started < 10


# Text that is no text, YAML that is no YAML ---------------------------------------------------------------------


def test_nul_bytes_are_refused(course_folder: Path):
    (course_folder / "episodes" / "01-shells.md").write_bytes(b"one\ntw\0o\n")
    assert refusal(course_folder) == "episodes/01-shells.md, line 2: The file holds NUL bytes, so it is not text."


def test_invalid_utf8_is_refused(course_folder: Path):
    (course_folder / "episodes" / "01-shells.md").write_bytes(b"caf\xe9\n")
    assert refusal(course_folder) == (
        "episodes/01-shells.md, line 1: This is not text in UTF-8. Save the file as UTF-8."
    )


def test_utf16_with_its_mark_is_read(course_folder: Path):
    text, _report = read_lesson(course_folder, "---\ntitle: Café\n---\n\nDéjà vu.\n".encode("utf-16"))
    assert text == "<p>Déjà vu.</p>"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("title: [", "config.yaml, line 1: broken YAML"),
        ("title: x\n  bad: y\n", "config.yaml, line 2: broken YAML"),
        ("title: x\ntitle: y\n", "config.yaml, line 2: broken YAML: “title” is given twice."),
        ("a: &a [x]\nb: *a\n", "config.yaml, line 2: broken YAML: aliases (*name) are not read; write the value out."),
        ("x: " + "[" * 1_000 + "]" * 1_000, "config.yaml, line 1: broken YAML: too deep or too large"),
        ("x: !!python/object/apply:os.system ['true']\n", "config.yaml, line 1: broken YAML"),
        ("- one\n- two\n", "config.yaml, line 1: The settings must be lines of “name: value”."),
        ("lang: tlh\n", "config.yaml: The school has no language “tlh”"),
    ],
)
def test_broken_settings_are_refused(course_folder: Path, config: str, message: str):
    (course_folder / "config.yaml").write_text(config)
    assert refusal(course_folder).startswith(message)


def test_yaml_bomb_is_refused(course_folder: Path):
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    (course_folder / "config.yaml").write_text("\n".join(lines))
    assert "aliases" in refusal(course_folder)


def test_front_matter_without_end_is_refused(course_folder: Path):
    (course_folder / "episodes" / "01-shells.md").write_text("---\ntitle: x\n\nText.\n")
    assert refusal(course_folder) == (
        "episodes/01-shells.md, line 1: The settings at the head of the file have no end: close them with ---."
    )


def test_broken_question_is_left_out_with_its_answer(course_folder: Path):
    text, report = read_lesson(course_folder, "Text.\n\n:::: self-check\ntype: single_choice\nanswer: [\n::::\n")
    assert text == "<p>Text.</p>"
    assert [(f.kind, f.line) for f in report.of_kind(Kind.LOST)] == [(Kind.LOST, 5)]


# What a text may hold -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "Hello <script>alert(1)</script> you",
        '<img src=x onerror="alert(1)">',
        'a <b onclick="alert(1)">bold</b> word',
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "![x](javascript:alert(1))",
        '<a href="javascript:alert(1)">x</a>',
        '<iframe src="https://example.com/"></iframe>',
        '<p style="background:url(javascript:alert(1))" onload="alert(1)">x</p>',
        "<svg><script>alert(1)</script></svg>",
        "<div><div onmouseover=alert(1)>x</div></div>",
        "<form action=//example.com><input name=password></form>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
    ],
)
def test_unsafe_html_is_removed_and_reported(course_folder: Path, text: str):
    said, report = read_lesson(course_folder, f"Before.\n\n{text}\n\nAfter.\n")
    lowered = said.lower()
    for word in ("<script", "javascript:", "onerror", "onclick", "onload", "onmouseover", "<iframe", "<form", "data:"):
        assert word not in lowered
    assert "Before." in said
    assert "After." in said
    assert [finding.line for finding in report.of_kind(Kind.UNSAFE)][:1] == [3]


def test_a_thousand_boxes_in_each_other_are_opened(course_folder: Path):
    opening = "\n".join(f"{':' * 3} note" for _ in range(1_000))
    said, report = read_lesson(course_folder, f"{opening}\n\nInnermost.\n\n" + ":::\n" * 1_000 + "\nAfter.\n")
    assert "Innermost." in said
    assert "After." in said
    assert any("nested more than 12 deep" in finding.message for finding in report)


def test_deep_html_is_read_as_text(course_folder: Path):
    said, _report = read_lesson(course_folder, "<div>" * 1_800 + "Words" + "</div>" * 1_800 + "\n")
    assert "Words" in said


@pytest.mark.django_db
def test_decompression_bomb_is_left_out(course_folder: Path):
    PillowImage.new("1", (30_000, 30_000)).save(course_folder / "episodes" / "fig" / "prompt.png", optimize=True)
    result = load(course_folder)
    assert not Image.objects.exists()
    assert any("30000 × 30000" in f.message or "unpack" in f.message for f in result.report.of_kind(Kind.LOST))
    blocks = [block.block_type for block in LessonPage.objects.get(slug="shells").body]
    assert "image" not in blocks


@pytest.mark.django_db
def test_file_that_only_claims_to_be_a_picture_is_left_out(course_folder: Path):
    (course_folder / "episodes" / "fig" / "prompt.png").write_text("<script>alert(1)</script>")
    result = load(course_folder)
    assert not Image.objects.exists()
    assert any("neither PNG" in finding.message for finding in result.report.of_kind(Kind.LOST))


@pytest.mark.django_db
def test_refusal_writes_nothing_and_says_so_in_one_sentence(course_folder: Path, media_root: Path):
    (course_folder / "episodes" / "02-files.md").write_bytes(b"\xff\xff\xff")
    with pytest.raises(CommandError) as caught:
        run_command(course_folder, "--publish")
    assert caught.value.returncode == 1
    assert str(caught.value).startswith("Nothing was imported. episodes/02-files.md, line 1: This is not text")
    assert not CoursePage.objects.exists()
    assert list(media_root.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["nowhere", "shell/config.yaml"])
def test_no_folder(course_folder: Path, path: str):
    with pytest.raises(CommandError, match=r"^Nothing was imported\. "):
        run_command(course_folder.parent / path)


@pytest.mark.django_db
def test_unknown_owner(course_folder: Path):
    with pytest.raises(CommandError, match=r"Nobody has the e-mail address nobody@example\.com"):
        run_command(course_folder, "--owner", "nobody@example.com")
    assert not CoursePage.objects.exists()
