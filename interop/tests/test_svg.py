"""Drawings: what draws stays, what runs or loads goes."""

import pytest

from interop.files.svg import UnreadableSvg, clean_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10">'


@pytest.mark.parametrize(
    ("inner", "removed"),
    [
        ("<script>alert(1)</script>", ["<script>"]),
        ('<rect onclick="alert(1)" width="1"/>', ["onclick"]),
        ("<foreignObject><p>x</p></foreignObject>", ["<foreignObject>"]),
        ('<a xlink:href="javascript:alert(1)"><rect/></a>', ["<a>"]),
        ('<use href="https://example.com/x.svg#a"/>', ["link to https://example.com/x.svg#a"]),
        ('<image href="https://example.com/x.png"/>', ["<image>"]),
        ('<rect fill="url(https://example.com/x)"/>', ["fill=url(https://example.com/x)"]),
        ("<style>@import 'https://example.com/x.css';</style>", ["style sheet that loads something"]),
        ('<set attributeName="href" to="javascript:alert(1)"/>', ["<set>"]),
    ],
)
def test_removes_what_runs_or_loads(inner: str, removed: list[str]):
    clean, found = clean_svg(f"{HEAD}{inner}<circle r='2'/></svg>".encode())
    assert found == removed
    text = clean.decode()
    for word in ("alert", "example.com", "script"):
        assert word not in text
    assert '<circle r="2"' in text


def test_keeps_a_drawing_as_it_is():
    drawing = (
        f'{HEAD}<defs><linearGradient id="g"><stop offset="1"/></linearGradient></defs><rect fill="url(#g)"/></svg>'
    )
    clean, found = clean_svg(drawing.encode())
    assert found == []
    assert 'fill="url(#g)"' in clean.decode()
    assert 'viewBox="0 0 10 10"' in clean.decode()


@pytest.mark.parametrize(
    "content",
    [
        b"<svg",
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
        (HEAD + "<g>" * 500 + "</g>" * 500 + "</svg>").encode(),
    ],
)
def test_refuses_what_is_no_drawing(content: bytes):
    with pytest.raises(UnreadableSvg):
        clean_svg(content)
