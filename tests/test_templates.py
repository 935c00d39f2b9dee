"""Every template compiles, and does what the content security policy and a screen reader need."""

import re
from pathlib import Path

import pytest
from django.template import engines

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix()
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in (".html", ".txt", ".svg", ".xml")
)
#: Shown where the policy does not reach: mails, PDFs, the page editor.
WITHOUT_POLICY = re.compile(
    r"(^|/)(email|mail|pdf|wagtailadmin|admin|back_office)(/|_)|^commerce/(?:certificate|invoice)\.html$|^translation/"
)
PAGES = [name for name in TEMPLATES if name.endswith(".html") and not WITHOUT_POLICY.search(name)]


def source_of(name: str) -> str:
    """A template's text without its comments."""
    text = (ROOT / "templates" / name).read_text(encoding="utf-8")
    text = re.sub(r"{% comment .*?{% endcomment %}", "", text, flags=re.S)
    return re.sub(r"{#.*?#}|<!--.*?-->", "", text, flags=re.S)


def tags(name: str, element: str) -> list[str]:
    """Opening tags of an element, template tags inside them included."""
    return re.findall(rf"<{element}\b(?:{{%.*?%}}|{{{{.*?}}}}|[^>])*>", source_of(name), flags=re.S)


@pytest.mark.parametrize("name", TEMPLATES)
def test_compiles(name: str) -> None:
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_needs_nothing_that_the_policy_forbids(name: str) -> None:
    inline = [tag for tag in tags(name, "script") if "src=" not in tag and "application/json" not in tag]
    attributes = re.findall(r"<[a-z][^<>]*?\s(style|on[a-z]+)=", source_of(name))
    assert (inline, attributes, tags(name, "style")) == ([], [], [])


@pytest.mark.parametrize("name", PAGES)
def test_each_picture_says_what_it_shows(name: str) -> None:
    assert [tag for tag in tags(name, "img") if "alt=" not in tag] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_marks_texts_the_modern_way(name: str) -> None:
    assert re.findall(r"{%-?\s*(trans|blocktrans)\s", source_of(name)) == []
    untrimmed = re.findall(r"{%\s*blocktranslate(?![^%]*\btrimmed\b)[^%]*%}(?=[^{]*\n)", source_of(name))
    assert untrimmed == []


#: Filters of Django's that write amounts, days and the like in a way of their own; ours are in ``core.templatetags``.
OWN_WAYS = re.compile(
    r"\|\s*(date|time|timesince|timeuntil|naturaltime|naturalday|intcomma|intword|floatformat|filesizeformat|localize"
    r"|stringformat|localtime|utc|timezone|join:\s*[\"']\s*,\s*[\"'])(?![\w])"
)
#: What is printed as it comes out of a model: an instant, a day, an amount. A filter of ours says how.
PRINTED_RAW = re.compile(
    r"{{\s*[\w.]*(?:_at|_on|_since|_until|deadline|timestamp|expires|_minor|price|amount|charged|about|duration|_minutes"
    r"|minutes|file_size)\s*}}"
)
#: ``50%`` is ``50 %`` elsewhere. In attributes and style sheets the sign is a unit, not a word.
PER_CENT = re.compile(r"}}\s*%(?!})")


def without_named(text: str) -> str:
    """``text`` without its translated passages' names: what ``with`` names there went through a filter or is a word."""
    return re.sub(r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}", _opening_tag, text, flags=re.S)


def _opening_tag(match: re.Match[str]) -> str:
    return match[0].partition("%}")[0] + "%}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_prints_amounts_days_and_times_by_the_languages_rules(name: str) -> None:
    text = source_of(name)
    assert [match[0] for match in OWN_WAYS.finditer(text)] == []
    assert PRINTED_RAW.findall(without_named(text)) == []
    outside_tags = re.sub(r"<[a-z][^<>]*>", "", text)
    assert PER_CENT.findall(outside_tags) == []


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ('{{ x|date:"Y" }}', True),
        ("{{ x.y | floatformat:2 }}", True),
        ('{{ names|join:", " }}', True),
        ('{{ names|join:" · " }}', False),
        ("{{ x|day }}{{ x|timestamped }}", False),
        ("{{ attempt.submitted_at }}", True),
        ("{{ course.price }}", True),
        ("{{ card.minutes|duration }}", False),
        ("{{ count }}%", True),
        ('<p style="--part: {{ count }}%">', False),
        ("{% blocktranslate with minutes=x|duration %}{{ minutes }}{% endblocktranslate %}", False),
    ],
)
def test_the_rule_finds_what_it_is_for(text: str, finds: bool) -> None:
    outside_tags = re.sub(r"<[a-z][^<>]*>", "", text)
    found = OWN_WAYS.search(text) or PRINTED_RAW.search(without_named(text)) or PER_CENT.search(outside_tags)
    assert bool(found) is finds
