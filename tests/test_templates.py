"""Every template compiles, and does what the content security policy and a screen reader need."""

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix()
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in (".html", ".txt", ".svg", ".xml")
)
#: Shown where the policy does not reach: mails, PDFs, the page editor.
WITHOUT_POLICY = re.compile(r"(^|/)(email|mail|pdf|wagtailadmin|admin|back_office)(/|_)|^commerce/certificate\.html$")
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
