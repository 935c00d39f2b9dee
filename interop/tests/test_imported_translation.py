"""An imported translation is one to translators as well: strings, percentages, staleness, and nothing lost."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from wagtail.models import Locale, Page
from wagtail_localize.models import SegmentOverride, StringTranslation, Translation, TranslationSource

from courses.models import CoursePage, LessonPage, ModulePage
from interop.tests.folders import COURSE, FRENCH, LESSON_ONE, LESSON_TWO, load, write_course
from translation.models import PageTranslation
from translation.writing import build, original_of, strings_of

pytestmark = pytest.mark.django_db
OWN_CODE = "$ echo bonjour"
CONFIG = (
    "title: Le shell\nlang: fr\nslug: le-shell\nsummary: Les commandes.\noutcomes: [Taper une commande]\n"
    "license: CC BY 4.0\n"
)


def french(**files: str) -> dict[str, str]:
    """The whole course in French too, with code of its own."""
    lesson = FRENCH["translations/fr/episodes/01-shells.md"].replace("$ echo hello", OWN_CODE)
    own = {
        "translations/fr/config.yaml": CONFIG,
        "translations/fr/index.md": "À quoi sert un shell.\n",
        "translations/fr/episodes/01-shells.md": lesson,
    }
    return {**COURSE, **FRENCH, **own, **files}


def lesson(title: str) -> Any:
    return LessonPage.objects.get(title=title)


def state(title: str) -> PageTranslation:
    return PageTranslation.objects.get(page_key=lesson(title).translation_key)


def rebuilt(page: Any) -> Any:
    """The page as translators' desk would write it from the strings."""
    source = TranslationSource.objects.get(object_id=page.translation_key)
    target = type(page).objects.get(pk=page.pk)
    return build(source, original_of(source, source.get_source_instance()), target, page.locale, strings(page))


def said(page: Any) -> Any:
    """The body with links to pages without their number: the website leads to the page in the reader's language."""
    text = json.dumps(page.body.get_prep_value(), sort_keys=True)
    text = re.sub(r'<a (?=[^>]*linktype=\\"page)[^>]*>', "<a page>", text)
    return re.sub(r'<a (?=[^>]*linktype=\\"document)[^>]*id=\\"(\d+)[^>]*>', r"<a document \1>", text)


def strings(page: Any) -> Any:
    return strings_of(TranslationSource.objects.get(object_id=page.translation_key), page.locale)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "shell", french())


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_page_is_translated_in_full(folder: Path):
    load(folder)
    rows = list(PageTranslation.objects.filter(locale__language_code="fr"))
    assert {row.page_key for row in rows} == set(
        Page.objects.type(CoursePage, ModulePage, LessonPage).values_list("translation_key", flat=True)
    ) | {row.page_key for row in rows if row.target.specific_class.__name__ == "QuizPage"}
    assert len(rows) == 5
    course = CoursePage.objects.get(slug="le-shell")
    for row in rows:
        assert (row.percent, row.published_percent, row.stale_since, row.changed) == (100, 100, None, 0)
        assert row.course_key == course.translation_key
        assert row.source_locale.language_code == "en"
    assert Translation.objects.filter(enabled=True, target_locale=course.locale).count() == 5


def test_the_desk_would_write_the_same_page(folder: Path):
    load(folder)
    for page in LessonPage.objects.filter(locale__language_code="fr"):
        again = rebuilt(page)
        assert again.title == page.title
        assert said(again) == said(page)
    assert OWN_CODE in str(lesson("Les shells").body.get_prep_value())


def test_code_of_its_own_is_an_override_and_no_string(folder: Path):
    load(folder)
    assert OWN_CODE in [row.data for row in SegmentOverride.objects.filter(locale__language_code="fr")]
    assert not [row for row in strings(lesson("Les shells")) if "echo bonjour" in row.segment.string.data]


def test_words_that_are_the_same_count_as_translated(folder: Path):
    load(folder)
    said = {row.translation_of.data: row.data for row in StringTranslation.objects.select_related("translation_of")}
    assert said["Shells"] == "Les shells"
    assert said["<code>echo hello</code>" if "<code>echo hello</code>" in said else "echo hello"] in (
        "<code>echo hello</code>",
        "echo hello",
    )


def test_changed_original_alone_makes_the_translation_stale(folder: Path, django_capture_on_commit_callbacks: Any):
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    edit(folder, "episodes/02-files.md", "Files have names.", "Files have names and sizes.")
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    row = state("Files")
    assert row.stale_since is not None
    assert (row.changed, row.total - row.translated) == (1, 1)
    assert state("Shells").stale_since is None
    assert "Fichiers have names." in str(lesson("Fichiers").body.get_prep_value())


def test_changed_translation_with_it_does_not(folder: Path, django_capture_on_commit_callbacks: Any):
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    edit(folder, "episodes/02-files.md", "Files have names.", "Files have names and sizes.")
    edit(folder, "translations/fr/episodes/02-files.md", "Fichiers have names.", "Un fichier a un nom et une taille.")
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    row = state("Files")
    assert (row.stale_since, row.changed, row.percent, row.published_percent) == (None, 0, 100, 100)
    assert "Un fichier a un nom et une taille." in str(lesson("Fichiers").body.get_prep_value())


def test_catching_up_later_takes_the_staleness_away(folder: Path, django_capture_on_commit_callbacks: Any):
    for file, old, new in (
        ("episodes/02-files.md", "Files have names.", "Files have names and sizes."),
        ("translations/fr/episodes/02-files.md", "Fichiers have names.", "Un fichier a un nom et une taille."),
    ):
        with django_capture_on_commit_callbacks(execute=True):
            load(folder)
        edit(folder, file, old, new)
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    row = state("Files")
    assert (row.stale_since, row.changed, row.percent) == (None, 0, 100)


def test_new_blocks_in_both_languages_stay_pairs(folder: Path, django_capture_on_commit_callbacks: Any):
    load(folder)
    edit(folder, "episodes/01-shells.md", "```bash", "## Try it\n\n```bash")
    edit(folder, "translations/fr/episodes/01-shells.md", "```bash", "## Essayez\n\n```bash")
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    english, other = lesson("Shells"), lesson("Les shells")
    assert [row["id"] for row in english.body.raw_data] == [row["id"] for row in other.body.raw_data]
    assert state("Shells").percent == 100
    assert said(rebuilt(other)) == said(other)


def test_other_structure_is_kept_and_reported(tmp_path: Path):
    more = FRENCH["translations/fr/episodes/01-shells.md"].replace("```bash", "Un paragraphe de plus.\n\n```bash", 1)
    result = load(write_course(tmp_path / "shell", french(**{"translations/fr/episodes/01-shells.md": more})))
    assert "Un paragraphe de plus." in str(lesson("Les shells").body.get_prep_value())
    notes = [finding for finding in result.report if "differ in structure" in finding.message]
    assert [finding.place for finding in notes] == ["translations/fr/episodes/01-shells.md"]
    row = state("Shells")
    assert row.translated < row.total
    assert row.published_percent == row.translated * 100 // row.total


def test_lesson_that_translators_made_first_is_taken_over(tmp_path: Path, django_capture_on_commit_callbacks: Any):
    """The original's new lesson comes into French by itself; its French file arrives with a later import."""
    both = dict(french())
    second = both.pop("translations/fr/episodes/02-files.md")
    names = "episodes: [01-shells.md, 03-check.quiz.yaml]\n"
    both["translations/fr/config.yaml"] += names
    english = {name: text for name, text in both.items() if name != "episodes/02-files.md"}
    english["config.yaml"] = english["config.yaml"].replace("02-files.md, ", "")
    folder = write_course(tmp_path / "shell", english)
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    (folder / "episodes" / "02-files.md").write_text(LESSON_TWO)
    edit(folder, "config.yaml", "01-shells.md, ", "01-shells.md, 02-files.md, ")
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    made = LessonPage.objects.get(locale__language_code="fr", title="Files")
    (folder / "translations" / "fr" / "episodes" / "02-files.md").write_text(second)
    edit(folder, "translations/fr/config.yaml", "01-shells.md, ", "01-shells.md, 02-files.md, ")
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    page = LessonPage.objects.get(pk=made.pk)
    assert (page.title, page.live) == ("Fichiers", True)
    assert PageTranslation.objects.get(page_key=page.translation_key).percent == 100


def test_translations_made_here_give_way_with_a_word(folder: Path, django_user_model: Any):
    load(folder)
    translator = django_user_model.objects.create_user("translator@example.com")
    mine = StringTranslation.objects.get(data="Fichiers", context__path="title")
    mine.data, mine.last_translated_by = "Des fichiers", translator
    mine.save()
    edit(folder, "translations/fr/episodes/02-files.md", "title: Fichiers", "title: Les fichiers")
    result = load(folder)
    mine.refresh_from_db()
    assert (mine.data, mine.last_translated_by) == ("Les fichiers", None)
    assert [finding.place for finding in result.report if "gave way" in finding.message] == [
        "translations/fr/episodes/02-files.md"
    ]


def test_drafts_of_a_live_course_wait_for_publishing(folder: Path, django_capture_on_commit_callbacks: Any):
    load(folder)
    before = state("Files")
    edit(folder, "episodes/02-files.md", "Files have names.", "Files have names and sizes.")
    edit(folder, "translations/fr/episodes/02-files.md", "Fichiers have names.", "Un fichier a un nom et une taille.")
    with django_capture_on_commit_callbacks(execute=True):
        load(folder, publish=False)
    row = state("Files")
    assert (row.published_strings, row.stale_since) == (before.published_strings, None)
    assert "Un fichier" not in {row.data for row in StringTranslation.objects.all()}
    with django_capture_on_commit_callbacks(execute=True):
        load(folder)
    row = state("Files")
    assert (row.percent, row.published_percent, row.stale_since, row.changed) == (100, 100, None, 0)
    assert "Un fichier a un nom et une taille." in {row.data for row in StringTranslation.objects.all()}


def test_queries_of_adoption_do_not_grow_with_the_page(tmp_path: Path, django_assert_max_num_queries: Any):
    from translation.actions.adopt_translation import adopt_translation

    counts = []
    for number in (10, 50):
        text = LESSON_ONE + "".join(f"\n## Part {n}\n\nText {n}.\n\n```bash\n$ echo {n}\n```\n" for n in range(number))
        other = text.replace("Text", "Texte").replace("Part", "Partie").replace("$ echo", "$ printf")
        files = {
            **COURSE,
            "config.yaml": COURSE["config.yaml"].replace("the-shell", f"shell-{number}"),
            "episodes/01-shells.md": text,
            "translations/fr/config.yaml": f"title: Le shell\nlang: fr\nslug: le-shell-{number}\n"
            "episodes: [01-shells.md]\n",
            "translations/fr/episodes/01-shells.md": other,
        }
        load(write_course(tmp_path / f"shell-{number}", files))
        original = LessonPage.objects.filter(locale__language_code="en", slug="shells").order_by("-pk")[0]
        target = original.get_translation(Locale.objects.get(language_code="fr"))
        StringTranslation.objects.filter(context__object_id=original.translation_key).delete()
        SegmentOverride.objects.filter(context__object_id=original.translation_key).delete()
        with django_assert_max_num_queries(60) as queries:
            adopt_translation(original, target)
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 2, "rows are written in batches of some hundred values"
