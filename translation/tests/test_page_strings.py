"""What a translator sees of a page: labels, changes, memory, terms; in queries that don't grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale
from wagtail_localize.models import StringTranslation

from core.errors import NotFound
from courses.models import LessonPage, ModulePage, QuizPage
from courses.tests.factories import add_lesson, add_quiz, make_course, make_school
from courses.tests.questions import question, rich_text
from courses.tests.test_translation import block, body
from translation.errors import NotInThisLanguage, UnknownLanguage
from translation.models import Term
from translation.queries import Suggestion, TermHit, page_strings
from translation.queries.memory import suggestions_for
from translation.tests.factories import locale, note, publish_source, say, send_and_approve, submit

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def a_lesson(*paragraphs: str, title: str = "A lesson of its own") -> LessonPage:
    """A lesson under translation into French."""
    make_school("fr")
    course = make_course(modules=1)
    blocks = [rich_text(f"<p>{text}</p>") for text in paragraphs] or body()
    made = add_lesson(ModulePage.objects.child_of(course).get(), title, body=blocks)
    submit(course)
    return LessonPage.objects.get(pk=made.pk)


def rows(page: LessonPage | QuizPage) -> dict[str, object]:
    return {row.source_text: row for row in page_strings(page.translation_key, "fr").rows}


def test_labels_say_where_a_string_stands() -> None:
    lesson = a_lesson()
    labels = {text: row.field_label for text, row in rows(lesson).items()}
    assert labels["A lesson of its own"] == "Title"
    assert labels["The heading"] == "Content · Heading · Heading"
    assert labels["hello.py"] == "Content · Code · Caption"
    assert labels["Inside the tip."] == "Content · Callout · Text"
    assert labels["Country"] == "Content · Table · Table · heading of column 1"
    assert labels["Togo"] == "Content · Table · Table · row 2, column 1"
    orders = [row.order for row in page_strings(lesson.translation_key, "fr").rows]
    assert orders == sorted(orders)


def test_the_same_string_elsewhere_is_offered_and_near_ones_below_it() -> None:
    known = a_lesson("Water the seedlings every morning.", "Harvest the maize.")
    say(known, {"Water the seedlings every morning.": "Arrosez les plants chaque matin."})
    lesson = a_lesson(
        "Water the seedlings every morning.", "Water the seedlings every evening.", "Nothing of the kind at all?"
    )
    found = rows(lesson)
    said = "Arrosez les plants chaque matin."
    source = "Water the seedlings every morning."
    assert found["Water the seedlings every morning."].suggestions == (Suggestion(said, source, 100),)
    [near] = found["Water the seedlings every evening."].suggestions
    assert (near.text, near.source) == (said, source)
    assert 80 < near.score < 100
    assert found["Nothing of the kind at all?"].suggestions == ()
    say(lesson, {"Water the seedlings every morning.": said})
    assert rows(lesson)["Water the seedlings every morning."].suggestions == (), "what is translated needs none"


def test_links_of_another_string_become_words() -> None:
    known = a_lesson('Read <a href="https://example.com/">the long manual</a> before you begin.')
    say(known, {'Read <a id="a1">the long manual</a> before you begin.': 'Lisez <a id="a1">le manuel</a> avant.'})
    lesson = a_lesson("Read the long manual before you begin.")
    [near] = rows(lesson)["Read the long manual before you begin."].suggestions
    assert near.text == "Lisez le manuel avant."


def test_memory_of_one_language_and_one_direction() -> None:
    known = a_lesson("Harvest the maize.")
    say(known, {"Harvest the maize.": "Récoltez le maïs."})
    asked = [(1, "Harvest the maize.", True)]
    english = Locale.get_default()
    assert suggestions_for(asked, english, locale("fr"))[1][0].text == "Récoltez le maïs."
    make_school("ar")
    assert suggestions_for(asked, english, locale("ar")) == {}
    assert suggestions_for(asked, locale("fr"), english) == {}


def test_answers_of_questions_stay_out_of_the_memory() -> None:
    make_school("fr")
    course = make_course(modules=1)
    quiz = add_quiz(
        ModulePage.objects.child_of(course).get(), questions=[question("short_text", accepted="the secret answer")]
    )
    submit(course)
    say(quiz, {"the secret answer": "la réponse secrète"})
    lesson = a_lesson("the secret answer", "the secret answers")
    assert [row.suggestions for row in rows(lesson).values() if "secret" in row.source_text] == [(), ()]


def test_terms_are_found_as_whole_words_whatever_their_case() -> None:
    english = Locale.get_default()
    make_school("fr")
    for term, translation, note_ in (
        ("loop", "boucle", "feminine"),
        ("for loop", "boucle for", ""),
        ("C++", "C++", ""),
    ):
        Term.objects.create(
            source_locale=english, target_locale=locale("fr"), term=term, translation=translation, note=note_
        )
    lesson = a_lesson("Loops in C++: a For loop, and others.", "Looping is no word of it.", "A <b>loop</b>.")
    found = rows(lesson)
    assert found["Loops in C++: a For loop, and others."].terms == (
        TermHit("loop", "boucle", "feminine"),
        TermHit("C++", "C++", ""),
        TermHit("for loop", "boucle for", ""),
    )
    assert found["Looping is no word of it."].terms == ()
    assert found["A <b>loop</b>."].terms == (TermHit("loop", "boucle", "feminine"),)


def test_address_is_offered_from_the_translated_title() -> None:
    lesson = a_lesson("Hello.", title="First steps")
    assert rows(lesson)[lesson.slug].suggestions == ()
    say(lesson, {"First steps": "Premiers pas à l’école"})
    assert rows(lesson)[lesson.slug].suggestions == (Suggestion("premiers-pas-a-lecole", lesson.slug, 100),)


def test_what_changed_since_publication_with_what_stood_there() -> None:
    lesson = a_lesson("One.", "Two.", "Three.")
    say(lesson, {"One.": "Un.", "Two.": "Deux.", "Three.": "Trois."})
    course = lesson.get_parent().get_parent().specific
    send_and_approve(course)
    raw = lesson.body.get_prep_value()
    changed = [raw[0], {**raw[1], "value": "<p>Two and a half.</p>"}, block("heading", {"text": "New", "level": "2"})]
    publish_source(lesson, body=changed)
    found = {row.source_text: (row.is_changed, row.previous_source) for row in rows(lesson).values()}
    assert found == {
        lesson.title: (False, ""),
        lesson.slug: (False, ""),
        "One.": (False, ""),
        "Two and a half.": (True, "Two."),
        "New": (True, ""),
    }
    assert (note(lesson).changed, page_strings(lesson.translation_key, "fr").changed) == (2, 2)


def test_queries_do_not_grow_with_strings() -> None:
    """Of any kind: translated or not, with memory and terms."""
    Term.objects.create(
        source_locale=Locale.get_default(), target_locale=make_school("fr").locale, term="word", translation="mot"
    )
    known = a_lesson(*(f"Word number {number} of many." for number in range(60)))
    say(known, {f"Word number {number} of many.": f"Mot {number}." for number in range(60)})
    counts = []
    for size in (10, 50):
        lesson = a_lesson(*(f"Word number {number} of a few." for number in range(size)))
        with CaptureQueriesContext(connection) as captured:
            strings = page_strings(lesson.translation_key, "fr")
        counts.append(len(captured))
        assert len(strings.rows) == size + 2
        assert all(row.suggestions and row.terms for row in strings.rows if row.is_html)
    assert counts[0] == counts[1] <= 12, counts


def test_a_flawed_translation_is_shown_with_its_flaw() -> None:
    lesson = a_lesson("Hello.")
    say(lesson, {"Hello.": "Bonjour."})
    row = StringTranslation.objects.get()
    row.data = "<script>x</script>"
    row.save()
    shown = rows(lesson)["Hello."]
    assert "<script> tag is not allowed" in shown.error
    assert shown.translation == "<script>x</script>"
    assert note(lesson).translated == 0, "what can't be used counts as not translated"


def test_no_such_page_or_language() -> None:
    import uuid

    lesson = a_lesson("Hello.")
    make_school("ar")
    with pytest.raises(NotFound):
        page_strings(uuid.uuid4(), "fr")
    with pytest.raises(NotInThisLanguage):
        page_strings(lesson.translation_key, "ar")
    with pytest.raises(UnknownLanguage):
        page_strings(lesson.translation_key, "tlh")
