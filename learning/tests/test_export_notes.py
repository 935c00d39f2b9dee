"""What somebody kept, as Markdown that shows exactly what they wrote."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from commerce.models import Enrollment
from commerce.tests.factories import make_enrollment, make_user
from courses.models import CoursePage
from courses.tests.factories import add_lesson, make_course
from learning.actions import add_bookmark, export_notes, save_note
from learning.errors import AuthenticationRequired
from learning.markdown import escaped, link, paragraphs
from learning.models import Bookmark, Note
from learning.tests.factories import enrolled_learner, lesson_with_video
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]

READERS = [MarkdownIt("commonmark"), MarkdownIt("gfm-like", {"linkify": False})]
HOSTILE = [
    "# not a heading",
    "1. not a list\n2) nor this",
    "- no list\n+ no\n* no",
    "> no quotation",
    "```\nno code\n```",
    "~~~\nno code",
    "    no code either",
    "a line\n===\nanother\n---",
    "| a | b |\n|---|---|\n| c | d |",
    "[click](javascript:alert(1))",
    "![picture](https://example.com/x.png)",
    "[reference]: https://example.com",
    "<script>alert(1)</script>",
    "<https://example.com> <b onclick=x>bold</b> <!-- gone -->",
    "&lt;b&gt; &amp; &#35; &nbsp;",
    "*stars* __lines__ `ticks` ~~gone~~ $x$ {{ tag }}",
    "a\\b \\* \\\\",
    "[^1]: a footnote [^1]",
    "- [ ] a task",
    "***",
    "__init__.py and snake_case_name",
    "for x in y:\n    print(x)\n\nend",
]


def shown(html: str) -> str:
    """The words of some HTML, as a reader sees them."""
    text = re.sub(r"<br\s*/?>\n?", "\n", html)
    return unescape(re.sub(r"<[^>]+>", "", text)).replace("\xa0", " ")


@pytest.fixture
def course() -> CoursePage:
    return make_course("Soil & *stars*")


@pytest.fixture
def lesson(course):
    return lesson_with_video(ready_video(duration_ms=3_600_000), course, title="Rows [1]")


@pytest.fixture
def learner(course, lesson):
    return enrolled_learner(course).learner


def keep(actor, lesson, at: int, label: str = "") -> Bookmark:
    video = lesson.body[0].value["video"]
    return add_bookmark(
        actor=actor, lesson_key=lesson.translation_key, video_key=video.public_id, at_ms=at * 1000, label=label
    )


def write(actor, lesson, text: str, at: int | None = None) -> Note:
    video_key = lesson.body[0].value["video"].public_id if at is not None else None
    at_ms = at * 1000 if at is not None else None
    return save_note(actor=actor, lesson_key=lesson.translation_key, text=text, video_key=video_key, at_ms=at_ms)


def test_the_whole_of_it(course, lesson, learner) -> None:
    keep(learner, lesson, 754, "The second row")
    keep(learner, lesson, 3)
    write(learner, lesson, "Two\nlines\n\nand a *third*", 754)
    write(learner, lesson, "About all of it.")
    url = f"{settings.SITE_URL}{lesson.get_url()}"
    assert export_notes(actor=learner) == (
        "# Soil \\& \\*stars\\*\n\n"
        f"## [Rows \\[1\\]]({url})\n\n"
        "- About all of it.\n"
        f"- [0:03]({url}?t=3) Bookmark\n"
        f"- [12:34]({url}?t=754) The second row\n"
        f"- [12:34]({url}?t=754) Two\\\n  lines\n\n  and a \\*third\\*\n"
    )


def test_one_course_of_two(course, lesson, learner) -> None:
    other = make_course("Another")
    elsewhere = lesson_with_video(ready_video(), other)
    make_enrollment(learner, other.translation_key)
    write(learner, lesson, "Here.")
    write(learner, elsewhere, "There.")
    found = export_notes(actor=learner, course_key=other.translation_key)
    assert ("There." in found, "Here." in found) == (True, False)
    assert export_notes(actor=learner).index("There.") < export_notes(actor=learner).index("Here.")


def test_nothing_kept_is_nothing(learner) -> None:
    assert export_notes(actor=learner) == ""


def test_other_peoples_are_not_in_it(lesson, learner, course) -> None:
    write(learner, lesson, "Mine.")
    assert export_notes(actor=enrolled_learner(course).learner) == ""
    assert export_notes(actor=make_user(is_superuser=True)) == ""
    with pytest.raises(AuthenticationRequired):
        export_notes(actor=AnonymousUser())


def test_after_the_enrolment_and_after_the_course(course, lesson, learner) -> None:
    write(learner, lesson, "Kept.", 5)
    Enrollment.objects.update(state=Enrollment.State.CANCELLED, course_title="Soil, as I knew it")
    assert "Kept." in export_notes(actor=learner)
    course.unpublish()
    assert export_notes(actor=learner) == (
        "# Soil, as I knew it\n\n## A lesson that is not here any more\n\n- 0:05 Kept.\n"
    )


@pytest.mark.parametrize("reader", READERS, ids=["commonmark", "github"])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_written_is_what_is_read(reader, text: str, lesson, learner) -> None:
    write(learner, lesson, f"begin\n\n{text}", 5)
    html = reader.render(export_notes(actor=learner))
    assert set(re.findall(r"<([a-z]\w*)", html)) <= {"h1", "h2", "ul", "li", "p", "a", "br"}
    assert re.findall(r'href="([^"]*)"', html) == [
        f"{settings.SITE_URL}{lesson.get_url()}",
        f"{settings.SITE_URL}{lesson.get_url()}?t=5",
    ]
    body = shown(html.partition("</a></h2>")[2])
    wanted = [line.rstrip() for line in text.splitlines() if line.strip()]
    assert [line.rstrip() for line in body.splitlines() if line.strip()] == ["0:05 begin", *wanted]


@pytest.mark.parametrize("text", [*HOSTILE, "### end ###", "end #"])
def test_a_title_or_label_stays_one_line_of_words(text: str, lesson, learner) -> None:
    label = " ".join(text.split())
    keep(learner, lesson, 9, label)
    html = READERS[0].render(export_notes(actor=learner))
    assert set(re.findall(r"<([a-z]\w*)", html)) <= {"h1", "h2", "ul", "li", "a"}
    assert shown(html).strip().endswith(f"0:09 {label}")


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=80))
def test_any_line_comes_back(text: str) -> None:
    line = " ".join(text.split())
    html = READERS[1].render(f"- {escaped(line)}\n")
    assert " ".join(shown(html).split()) == line
    assert " ".join(shown(READERS[0].render(paragraphs(line))).split()) == line


def test_an_address_cannot_end_early() -> None:
    assert link("x", "https://example.com/a b)(<\n") == "[x](https://example.com/a%20b%29%28%3C%0A)"


def test_queries_stay_the_same(course, lesson, learner) -> None:
    counts = []
    for more in (10, 40):
        for _number in range(more):
            other = add_lesson(lesson.get_parent())
            write(learner, lesson, "Again.", 5)
            save_note(actor=learner, lesson_key=other.translation_key, text="There.")
        export_notes(actor=learner)
        with CaptureQueriesContext(connection) as queries:
            export_notes(actor=learner)
        counts.append(len(queries))
    assert counts[0] == counts[1]
