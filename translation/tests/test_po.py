"""PO files out and in: what is right is saved, what is wrong is named by its line."""

from typing import Any

import polib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail_localize.models import StringTranslation

from commerce.tests.factories import make_user
from courses.models import CoursePage, LessonPage, QuizPage
from courses.tests.factories import make_school
from translation.actions import PoReport, export_po, import_po
from translation.actions.import_po import MAX_BYTES
from translation.errors import BrokenFile, FileTooLarge, NotATranslator, NotInThisLanguage, WrongLanguage
from translation.tests.factories import note, say, submitted_course, translator

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def course_made(module_db: None) -> int:
    """Key of the row of a course in French with lessons and a quiz, made once."""
    return submitted_course(modules=2, lessons=2, quiz=True).pk


@pytest.fixture
def course(course_made: int) -> CoursePage:
    """That course, read anew."""
    return CoursePage.objects.get(pk=course_made)


def lesson() -> LessonPage:
    return LessonPage.objects.filter(locale__language_code="en").order_by("path").first()


def take(data: str | bytes, page: Any = None, course: Any = None, language: str = "fr") -> PoReport:
    return import_po(
        actor=translator(),
        data=data if isinstance(data, bytes) else data.encode(),
        language=language,
        page_key=page.translation_key if page else None,
        course_key=course.translation_key if course else None,
    )


def filled(file: polib.POFile) -> str:
    """Every string translated by itself, which keeps links and gaps; addresses are left out."""
    for entry in file:
        if not entry.msgctxt.endswith(":slug"):
            entry.msgstr = f"{entry.msgid} (fr)"
    return str(file)


def test_a_page_goes_out_and_comes_back(course: CoursePage) -> None:
    page = lesson()
    say(page, {"Hello.": "Bonjour."})
    file = export_po(actor=translator(), language="fr", page_key=page.translation_key)
    assert (file.metadata["Language"], file.metadata["X-Source-Language"]) == ("fr", "en")
    assert [(entry.msgctxt.partition(":")[0], entry.msgid, entry.msgstr) for entry in file] == [
        (page.translation_key.hex, page.title, ""),
        (page.translation_key.hex, page.slug, ""),
        (page.translation_key.hex, "Hello.", "Bonjour."),
    ]
    assert file[2].comment == f"{page.title} – Content · Text"
    file[0].msgstr, file[2].msgstr = "Leçon", "Salut."
    report = take(str(file), page)
    assert (report.saved, report.unchanged, report.problems) == (2, 0, [])
    assert set(StringTranslation.objects.values_list("data", "tool_name")) == {("Leçon", "PO"), ("Salut.", "PO")}
    assert note(page).translated == 2
    again = take(str(file), page)
    assert (again.saved, again.unchanged, again.problems) == (0, 2, [])


def test_a_whole_course_goes_out_and_comes_back_in_few_queries(course: CoursePage) -> None:
    file = export_po(actor=translator(), language="fr", course_key=course.translation_key)
    pages = {entry.msgctxt.partition(":")[0] for entry in file}
    assert len(pages) == 9
    text = filled(file)
    actor = translator()
    with CaptureQueriesContext(connection) as captured:
        report = import_po(actor=actor, data=text.encode(), language="fr", course_key=course.translation_key)
    assert (report.problems, report.unchanged) == ([], 0)
    assert report.saved == len([entry for entry in file if entry.msgstr])
    assert report.saved > 100
    assert len(captured) < 40
    assert {note(page).percent for page in QuizPage.objects.filter(locale__language_code="en")} == {100}


def test_words_that_occur_twice_in_a_text_are_one_entry(course: CoursePage) -> None:
    from courses.tests.questions import rich_text
    from translation.tests.factories import publish_source

    page = publish_source(lesson(), body=[rich_text("<p>Again.</p><p>Again.</p>")])
    file = export_po(actor=translator(), language="fr", page_key=page.translation_key)
    assert [entry.msgid for entry in file].count("Again.") == 1
    take(filled(file), page)
    assert note(page).percent == 100


def test_what_is_wrong_is_named_by_line_and_the_rest_is_saved(course: CoursePage) -> None:
    page = lesson()
    key = page.translation_key.hex
    text = f'''msgid ""
msgstr ""
"Language: fr\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

msgctxt "{key}:title"
msgid "{page.title}"
msgstr "Leçon"

msgctxt "{key}:title"
msgid "An older title"
msgstr "Un vieux titre"

msgctxt "{key}:body.nowhere"
msgid "Gone."
msgstr "Parti."

msgctxt "{key}:title"
mesgid "No keyword"
msgstr "Sans"

msgctxt "{key}:slug"
msgid "{page.slug}"
msgstr "Pas une adresse"

#, fuzzy
msgctxt "{body_context(page)}"
msgid "Hello."
msgstr "Bonjour?"
'''
    report = take(text, page)
    assert report.saved == 1
    assert [(problem.line, problem.message) for problem in report.problems] == [
        (10, "The original says something else now: “An older title”. Export it again."),
        (14, "There is no such text here: “Gone.”."),
        (19, "This can't be read: a quote or keyword is missing."),
        (22, "An address has small Latin letters, digits and hyphens only, for example “first-steps”."),
        (26, "It is marked as “fuzzy”. Check it and take the mark away."),
    ]
    assert StringTranslation.objects.get().data == "Leçon"


def body_context(page: LessonPage) -> str:
    return f"{page.translation_key.hex}:body.{page.body.get_prep_value()[0]['id']}"


def test_line_ends_and_marks_of_other_systems(course: CoursePage) -> None:
    page = lesson()
    file = filled(export_po(actor=translator(), language="fr", page_key=page.translation_key))
    assert take(b"\xef\xbb\xbf" + file.replace("\n", "\r\n").encode(), page).saved == 2


def test_an_export_of_wagtail_localize_comes_in_for_its_page(course: CoursePage) -> None:
    from wagtail_localize.models import Translation

    page = lesson()
    file = Translation.objects.get(source__object_id=page.translation_key).export_po()
    for entry in file:
        entry.msgstr = "Salut." if entry.msgid == "Hello." else ""
    assert take(str(file), page).saved == 1


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02", b"\xff\xfe\x00m", b"%PDF-1.7", b"/etc/passwd", b"name,words\na,b\n"]
)
def test_no_po_at_all(course: CoursePage, data: bytes) -> None:
    with pytest.raises(BrokenFile):
        take(data, lesson())


def test_wrong_language_and_too_much(course: CoursePage) -> None:
    page = lesson()
    file = export_po(actor=translator(), language="fr", page_key=page.translation_key)
    file[0].msgstr = "Leçon"
    file.metadata["Language"] = "ar"
    with pytest.raises(WrongLanguage, match="“ar”"):
        take(str(file), page)
    with pytest.raises(FileTooLarge):
        take(b"#" * (MAX_BYTES + 1), page)
    file.metadata["Language"] = "fr_CM"
    assert take(str(file), page).saved == 1


def test_strings_of_another_page_are_unknown_here(course: CoursePage) -> None:
    one, two = LessonPage.objects.filter(locale__language_code="en").order_by("path")[:2]
    text = filled(export_po(actor=translator(), language="fr", page_key=one.translation_key))
    report = take(text, two)
    assert (report.saved, len(report.problems)) == (0, 2)
    assert not StringTranslation.objects.exists()


def test_who_may(course: CoursePage) -> None:
    page = lesson()
    make_school("ar")
    for actor in (None, make_user()):
        with pytest.raises(NotATranslator):
            export_po(actor=actor, language="fr", page_key=page.translation_key)
        with pytest.raises(NotATranslator):
            import_po(actor=actor, data=b"x", language="fr", course_key=course.translation_key)
    with pytest.raises(NotInThisLanguage):
        export_po(actor=translator(), language="ar", course_key=course.translation_key)
    with pytest.raises(NotInThisLanguage):
        export_po(actor=translator(), language="ar", page_key=page.translation_key)
