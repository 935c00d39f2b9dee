"""The interface is translated as a whole: catalogues complete, templates marked, no text written in a script."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from home import catalogues
from home.catalogues import completeness, marked_texts, translated_languages

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix()
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in (".html", ".txt", ".svg")
)
SCRIPTS = sorted(path for name in ("islands", "admin", "player") for path in (ROOT / "frontend" / name).rglob("*.js"))

#: Attributes that people read or hear.
READ_ALOUD = {"alt", "title", "aria-label", "aria-description", "placeholder", "label", "summary"}
#: What stands in templates unmarked, because it is the same in every language.
SAME_EVERYWHERE = {
    "templates/commerce/back_office/list.html": {"modeladmin money-list"},  # class names of the body
    "templates/commerce/back_office/report.html": {"CSV", "XLSX"},
    "templates/courses/samples/question.html": {"Python", "Rust", "HTTP"},
    "templates/home/parts/video_downloads.html": {"SHA-256"},
    "templates/videos/admin/video.html": {"WebVTT", "SRT"},
}
#: Elements whose text is code or no text.
NO_PROSE = {"script", "style", "code", "kbd", "pre", "svg", "samp"}


class TestCatalogues:
    @pytest.fixture(scope="class")
    def marked(self) -> set[catalogues.Key]:
        return marked_texts()

    def test_the_schools_languages_have_one(self) -> None:
        assert [code for code, _name in settings.LANGUAGES if code != "en"] == ["fr", "ar"]
        assert translated_languages() == ["ar", "fr"]

    @pytest.mark.parametrize("language", ["fr", "ar"])
    def test_is_complete(self, language: str, marked: set[catalogues.Key]) -> None:
        found = completeness(language, marked)
        print(found)
        assert found.problems == []
        assert (found.translated, found.percent) == (found.total, 100)
        assert found.total > 900

    def test_every_way_of_marking_is_found(self, marked: set[catalogues.Key]) -> None:
        assert (None, "Log in first.", None) in marked  # _lazy in Python
        assert (None, "%(count)d page was sent to review.", "%(count)d pages were sent to review.") in marked
        assert (None, "Skip to the content", None) in marked  # {% translate %}
        assert ("category", "Any", None) in marked  # with a context
        assert (None, "Try again in %(count)s minute.", "Try again in %(count)s minutes.") in marked  # a plural
        assert (None, "Solution", None) in marked  # an argument of a template tag

    @pytest.mark.parametrize(
        ("original", "translated", "problem"),
        [
            ("Log in", "", "not translated"),
            ("%(count)d pages", "%(nombre)d pages", "unknown named placeholder 'nombre'"),
            ("See <b>this</b>", "Voyez ceci", "tags or placeholders differ"),
            ("{minutes} left", "{reste} reste", "tags or placeholders differ"),
            ("Not saved: ", "Non enregistré :", "blanks at the end differ"),
            (("%(n)d page", "%(n)d pages"), ("%(n)d page", ""), "not translated"),
            ("Log in", "Se connecter", ""),
        ],
    )
    def test_what_counts_as_a_problem(
        self, original: str | tuple[str, str], translated: str | tuple[str, str], problem: str
    ) -> None:
        catalogue = Catalog(locale="fr")
        message = catalogue.add(original, translated, flags=["python-format"] if "%" in str(original) else [])
        assert catalogues._problem(message, catalogue) == problem

    def test_a_guess_and_a_missing_text_are_problems(self) -> None:
        catalogue = Catalog(locale="fr")
        message = catalogue.add("Log in", "Se connecter", flags=["fuzzy"])
        assert catalogues._problem(message, catalogue) == "a guess (fuzzy)"
        assert catalogues._problem(None, catalogue) == "not collected, run `make messages`"

    @pytest.mark.parametrize(
        ("language", "texts"),
        [
            ("fr", ["0 leçon", "1 leçon", "2 leçons", "3 leçons", "11 leçons", "100 leçons"]),
            ("ar", ["لا دروس", "درس واحد", "درسان", "3 دروس", "11 درسًا", "100 درس"]),
        ],
    )
    def test_plural_forms(self, language: str, texts: list[str]) -> None:
        with translation.override(language):
            counts = (0, 1, 2, 3, 11, 100)
            found = [ngettext("%(count)d lesson", "%(count)d lessons", n) % {"count": n} for n in counts]
        assert found == texts


class Prose(HTMLParser):
    """Gathers what a template shows to people by itself: texts, and attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in NO_PROSE:
            self.inside.append(tag)
        values = dict(attributes)
        is_button = tag == "input" and values.get("type") in ("submit", "button", "reset")
        for name, value in attributes:
            if name in READ_ALOUD or (name == "value" and is_button) or (name == "content" and "description" in values):
                self.keep(value or "")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.keep(data)

    def keep(self, text: str) -> None:
        """Remember a text that has a word in it."""
        if re.search(r"[^\W\d_]{2,}", text):
            self.found.append(" ".join(text.split()))


def unmarked(source: str) -> list[str]:
    """Texts of a template that are not marked for translation."""
    source = re.sub(r"{% comment .*?{% endcomment %}|{#.*?#}|<!--.*?-->", "", source, flags=re.S)
    source = re.sub(r"{% blocktranslate\b.*?{% endblocktranslate %}", "", source, flags=re.S)
    source = re.sub(r"{% verbatim %}.*?{% endverbatim %}", "", source, flags=re.S)
    source = re.sub(r"{% block \w+_class %}.*?{% endblock %}", "", source)  # for an attribute
    source = re.sub(r"{%.*?%}", "", source, flags=re.S)
    source = re.sub(r"(?<=[</]){{.*?}}", "x", source)  # the name of an element
    source = re.sub(r"{{.*?}}", "·", source, flags=re.S)
    reader = Prose()
    reader.feed(source)
    reader.close()
    return reader.found


class TestTemplates:
    @pytest.mark.parametrize("name", TEMPLATES)
    def test_every_text_is_marked(self, name: str) -> None:
        found = unmarked((ROOT / "templates" / name).read_text(encoding="utf-8"))
        allowed = SAME_EVERYWHERE.get(f"templates/{name}", set())
        assert [text for text in found if text not in allowed] == []

    @pytest.mark.parametrize(
        ("source", "found"),
        [
            ("<p>Hello {{ name }}</p>", ["Hello ·"]),
            ('<img alt="A tree">', ["A tree"]),
            ('<button aria-label="Close">×</button>', ["Close"]),
            ('<input type="submit" value="Send">', ["Send"]),
            ("{% if a %}Yes{% endif %}", ["Yes"]),
            ("<title>School</title>", ["School"]),
            ('<p>{% translate "Hello" %} · 12 {{ unit }}</p>', []),
            ("{% blocktranslate trimmed %}Hello <b>you</b>{% endblocktranslate %}", []),
            ("<code>print</code> {# a note #}<!-- another -->", []),
            ('<{{ heading|default:"h3" }} class="wide"></{{ heading|default:"h3" }}>', []),
        ],
    )
    def test_what_counts_as_unmarked(self, source: str, found: list[str]) -> None:
        assert unmarked(source) == found

    def test_pages_say_their_language_and_direction(self) -> None:
        for name in TEMPLATES:
            for tag in re.findall(r"<html[^>]*>", (ROOT / "templates" / name).read_text(encoding="utf-8")):
                assert re.search(r'lang="{{ \w+ }}" dir="', tag), name

    def test_exceptions_are_few_and_stand_somewhere(self) -> None:
        assert sum(len(texts) for texts in SAME_EVERYWHERE.values()) <= 12
        for name, texts in SAME_EVERYWHERE.items():
            found = unmarked((ROOT / name).read_text(encoding="utf-8"))
            assert texts <= set(found), name


#: Where a script writes a text of its own instead of one that the template gave it.
WRITTEN = re.compile(
    r"""(?:textContent|innerText|innerHTML|ariaLabel|title|placeholder|alt)\s*=\s*(["'`])(?=[^"'`]*[A-Za-z]{2})(?!\$\{)"""
    r"""|\b(?:alert|confirm|prompt)\(\s*["'`]"""
    r"""|setAttribute\(\s*["'](?:aria-label|title|alt|placeholder)["']\s*,\s*(?:["']|`(?:\$\{[^}]*\}|[^$`A-Za-z])*[A-Za-z])"""
    r"""|\.append\(\s*["'`][A-Za-z]{2}"""
)


class TestScripts:
    @pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
    def test_texts_come_from_the_template(self, path: Path) -> None:
        found = [match[0] for match in WRITTEN.finditer(path.read_text(encoding="utf-8"))]
        assert found == []

    @pytest.mark.parametrize(
        ("source", "is_written"),
        [
            ('button.textContent = "Saved";', True),
            ("confirm('Sure?')", True),
            ('field.setAttribute("aria-label", "Search")', True),
            ("row.ariaLabel = `Move ${name}`", True),
            ('row.setAttribute("aria-label", `${index}: move ${name}`)', True),
            ('row.setAttribute("aria-label", `${words.move}: ${name}`)', False),
            ("button.textContent = button.dataset.done;", False),
            ('status.textContent = "";', False),
            ("confirm(this.dataset.unsaved)", False),
        ],
    )
    def test_what_counts_as_written(self, source: str, is_written: bool) -> None:
        assert bool(WRITTEN.search(source)) is is_written
