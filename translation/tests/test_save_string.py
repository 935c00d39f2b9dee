"""One string: what may be stored, what is refused and why."""

import pytest
from wagtail_localize.models import StringTranslation

from commerce.tests.factories import make_user
from courses.models import CourseMember, CoursePage, LessonPage, ModulePage, QuizPage
from courses.tests.factories import add_lesson, add_quiz, make_course, make_school
from courses.tests.questions import question, rich_text
from translation.actions import save_string
from translation.errors import InvalidTranslation, NotATranslator, NotInThisLanguage, StringGone
from translation.queries import StringRow, page_strings
from translation.tests.factories import note, publish_source, submit, target, translator

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson() -> LessonPage:
    """A lesson with a link, in French."""
    make_school("fr")
    course = make_course(modules=1)
    module = ModulePage.objects.child_of(course).get()
    made = add_lesson(
        module,
        "Loops & knots",
        summary="One.\nTwo.",
        body=[rich_text('<p>See <a href="https://example.com/">this <b>page</b></a>.</p>')],
    )
    submit(course)
    return LessonPage.objects.get(pk=made.pk)


def row_of(page: LessonPage | QuizPage | CoursePage, text: str) -> StringRow:
    [found] = [row for row in page_strings(page.translation_key, "fr").rows if row.source_text == text]
    return found


def save(page: LessonPage | QuizPage | CoursePage, source: str, text: str) -> StringRow:
    return save_string(
        actor=translator(),
        page_key=page.translation_key,
        language="fr",
        segment_id=row_of(page, source).segment_id,
        text=text,
    )


def test_plain_text_is_typed_as_it_reads(lesson: LessonPage) -> None:
    row = save(lesson, "Loops & knots", "Boucles & <nœuds>")
    assert (row.is_html, row.translation, row.source_html) == (False, "Boucles & <nœuds>", "Loops &amp; knots")
    assert StringTranslation.objects.get().data == "Boucles &amp; &lt;nœuds&gt;"
    assert target(lesson).draft_title == "Boucles & <nœuds>", "explorers show the draft title"
    assert (note(lesson).translated, note(lesson).total) == (1, 3)


def test_lines_stay_lines(lesson: LessonPage) -> None:
    row = save(lesson, "One.\nTwo.", "Un.\r\nDeux.")
    assert row.translation == "Un.\nDeux."
    assert StringTranslation.objects.get().data == "Un.<br/>Deux."


def test_running_text_keeps_its_links(lesson: LessonPage) -> None:
    source = 'See <a id="a1">this <b>page</b></a>.'
    row = save(lesson, source, ' Voyez <a id="a1">cette\n<b>page</b></a>. ')
    assert (row.is_html, row.translation) == (True, 'Voyez <a id="a1">cette <b>page</b></a>.')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Voyez.", 'Keep the links of the original: <a id="a1">.'),
        ('<a id="a1">x</a> <a id="a2">y</a>', "Unrecognised id found in an <a> tag: a2"),
        ('<a id="a1" href="javascript:alert(1)">x</a>', "Strings cannot have any HTML tags with attributes"),
        ('<a id="a1">x</a><script>alert(1)</script>', "<script> tag is not allowed."),
        ('<a id="a1">x</a><p>y</p>', "<p> tag is not allowed."),
    ],
)
def test_markup_that_would_break_the_page_is_refused(lesson: LessonPage, text: str, message: str) -> None:
    with pytest.raises(InvalidTranslation) as refusal:
        save(lesson, 'See <a id="a1">this <b>page</b></a>.', text)
    assert message in str(refusal.value)
    assert refusal.value.text == text, "what was typed is kept"
    assert not StringTranslation.objects.exists()


@pytest.mark.parametrize("text", ["Une leçon", "دروس", "Boucles", "a b"])
def test_an_address_has_latin_letters_only(lesson: LessonPage, text: str) -> None:
    """wagtail-localize turns an Arabic address into an empty one, and the page can't be found any more."""
    with pytest.raises(InvalidTranslation, match="small Latin letters"):
        save(lesson, lesson.slug, text)
    assert save(lesson, lesson.slug, "les-boucles").translation == "les-boucles"
    assert note(lesson).translated == 0, "an address counts in no percentage"


def test_too_long_is_said_with_both_numbers(lesson: LessonPage) -> None:
    with pytest.raises(InvalidTranslation, match="This is 401 characters long; 400 fit here"):
        save(lesson, "One.\nTwo.", "x" * 401)
    assert row_of(lesson, "One.\nTwo.").max_length == 400


def test_limits_of_blocks_hold_too() -> None:
    make_school("fr")
    course = make_course(modules=1)
    module = ModulePage.objects.child_of(course).get()
    quiz = QuizPage.objects.get(pk=add_quiz(module, questions=[question("ordering"), question("fill_blanks")]).pk)
    submit(course)
    assert row_of(quiz, "sow").max_length == 300
    with pytest.raises(InvalidTranslation, match="300 fit here"):
        save(quiz, "sow", "x" * 301)
    text = "for day [[1]] range(3):\n    [[2]](day)"
    for wrong in ("rien", "[[1]] [[1]] [[2]]", "[[1]]"):
        with pytest.raises(InvalidTranslation, match=r"Keep the gaps of the original, each once: \[\[1\]\], \[\[2\]\]"):
            save(quiz, text, wrong)
    assert save(quiz, text, "[[2]] puis [[1]]").translation == "[[2]] puis [[1]]"


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m"])
def test_signs_that_no_database_takes(lesson: LessonPage, text: str) -> None:
    with pytest.raises(InvalidTranslation, match="can't be shown"):
        save(lesson, "Loops & knots", text)


def test_empty_text_takes_the_translation_away(lesson: LessonPage) -> None:
    save(lesson, "Loops & knots", "Boucles")
    assert note(lesson).translated == 1
    assert save(lesson, "Loops & knots", "  ").translation == ""
    assert (note(lesson).translated, StringTranslation.objects.count()) == (0, 0)


def test_saving_again_changes_the_one_row(lesson: LessonPage) -> None:
    save(lesson, "Loops & knots", "Boucles")
    save(lesson, "Loops & knots", "Les boucles")
    assert StringTranslation.objects.get().data == "Les boucles"


def test_string_that_left_the_source_says_so(lesson: LessonPage) -> None:
    row = row_of(lesson, "One.\nTwo.")
    publish_source(lesson, summary="")
    with pytest.raises(StringGone):
        save_string(
            actor=translator(),
            page_key=lesson.translation_key,
            language="fr",
            segment_id=row.segment_id,
            text="Un.",
        )


def test_string_of_another_page_is_not_this_pages(lesson: LessonPage) -> None:
    make_school("fr")
    other = make_course()
    submit(other)
    row = row_of(other, other.title)
    with pytest.raises(StringGone):
        save_string(
            actor=translator(), page_key=lesson.translation_key, language="fr", segment_id=row.segment_id, text="x"
        )


def test_who_may(lesson: LessonPage) -> None:
    course = CoursePage.objects.get(locale__language_code="en")
    row = row_of(lesson, "Loops & knots")
    asked = {"page_key": lesson.translation_key, "language": "fr", "segment_id": row.segment_id, "text": "Boucles"}
    author, other = make_user(), make_user()
    CourseMember.objects.create(course_key=course.translation_key, user=author, role="co_author")
    CourseMember.objects.create(course_key=make_course().translation_key, user=other, role="owner")
    for stranger in (None, make_user(), other):
        with pytest.raises(NotATranslator):
            save_string(actor=stranger, **asked)
    assert not StringTranslation.objects.exists()
    assert save_string(actor=author, **asked).translation == "Boucles"
    assert StringTranslation.objects.get().last_translated_by == author


def test_language_that_was_not_submitted(lesson: LessonPage) -> None:
    make_school("ar")
    with pytest.raises(NotInThisLanguage):
        save_string(actor=translator(), page_key=lesson.translation_key, language="ar", segment_id=1, text="x")
