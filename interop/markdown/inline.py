"""Running text as Wagtail's rich text stores it: bold, italic, code, links, superscript, subscript, strikethrough."""

import re
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import quote

import nh3
from markdown_it.tree import SyntaxTreeNode

from interop.markdown.attributes import Attributes
from interop.markdown.blocks import Block
from interop.markdown.html_tags import HTML_ELEMENTS, SILENT_ELEMENTS, UNSAFE_ELEMENTS
from interop.markdown.inline_math import inline_math
from interop.markdown.surroundings import FILE_SCHEME, PAGE_SCHEME, SAFE_SCHEMES, Surroundings, TargetKind
from interop.report import FileReport

_WRAPPED = {"strong": "b", "em": "i", "s": "s"}
#: HTML that authors write in Markdown → what rich text has for it.
_HTML_TAGS = {
    "b": "b", "strong": "b", "i": "i", "em": "i", "cite": "i", "var": "i", "dfn": "i", "code": "code", "kbd": "code",
    "samp": "code", "tt": "code", "sup": "sup", "sub": "sub", "s": "s", "del": "s", "strike": "s",
}  # fmt: skip
_TAG = re.compile(r"^<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<rest>(?:[\s/][^>]*)?)>$", re.DOTALL)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_EVENT = re.compile(r"""[\s/"']on[a-z]+\s*=""", re.IGNORECASE)
_DEAD_REFERENCE = re.compile(r"(?<![\w\]\[])\[([^\[\]]{2,})\]\[([^\[\]]{2,})\]")
_SPACES = re.compile(r" {2,}")
_RUNS_OF_SPACES = re.compile(r" {2,}|^ ")

RICH_TAGS = {"p", "b", "i", "s", "code", "a", "sup", "sub", "br", "ul", "ol", "li", "h3", "h4", "blockquote", "hr"}


def tidy(html: str) -> str:
    """Balance and whitelist HTML, in the spelling that Wagtail stores (``<br/>``, ``<hr/>``)."""
    clean = nh3.clean(
        html,
        tags=RICH_TAGS,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes={*SAFE_SCHEMES, PAGE_SCHEME, FILE_SCHEME},
        link_rel=None,
    )
    return clean.replace("<br>", "<br/>").replace("<hr>", "<hr/>")


@dataclass
class FoundImage:
    """A picture met in running text; it becomes a block of its own."""

    path: str
    alt: str
    caption: str  #: rich text
    line: int


def image_block(found: FoundImage) -> Block:
    """The block of a picture; one from elsewhere is a paragraph with its address."""
    if not found.path:
        return Block("rich_text", f"<p>{found.caption}</p>", found.line)
    caption = f"<p>{found.caption}</p>" if found.caption else ""
    value = {"image": found.path, "alt": found.alt, "decorative": False, "caption": caption}
    return Block("image", value, found.line)


@dataclass
class InlineWriter:
    """Turns inline tokens into HTML and collects what can't stay inline."""

    surroundings: Surroundings
    report: FileReport
    images: list[FoundImage] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)  #: paths with ``#term`` of glossary words that were linked
    notes: list[str] = field(default_factory=list)  #: labels of footnotes, in order of their numbers

    def html(self, nodes: list[SyntaxTreeNode], line: int) -> str:
        """HTML of inline nodes; unclosed tags of the author's are closed at the end."""
        pieces: list[str] = []
        open_tags: list[str] = []
        dropping = ""
        for node in nodes:
            if node.type == "html_inline":
                dropping = self._html_tag(node.content, line, pieces, open_tags, dropping)
            elif not dropping:
                pieces.append(self._node(node, line))
            if node.type in ("softbreak", "hardbreak"):
                line += 1
        pieces.extend(f"</{tag}>" for tag in reversed(open_tags) if tag)
        return "".join(pieces).strip()

    def _node(self, node: SyntaxTreeNode, line: int) -> str:
        match node.type:
            case "text" | "text_special":
                # Two spaces after a full stop are typewriter's habit; on a page they are one.
                return escape(self._without_dead_references(_SPACES.sub(" ", node.content), line), quote=False)
            case "softbreak":
                return " "
            case "hardbreak":
                return "<br/>"
            case "code_inline":
                return code_html(node.content)
            case "strong" | "em" | "s":
                tag = _WRAPPED[node.type]
                inner = self.html(node.children, line)
                return f"<{tag}>{inner}</{tag}>" if inner else ""
            case "link":
                return self.link_html(str(node.attrs.get("href", "")), self.html(node.children, line), line)
            case "span":
                return self.html(node.children, line)
            case "image":
                self._image(node, line)
                return ""
            case "math_inline" | "math_inline_double":
                return self._math(node.content, line)
            case "footnote_ref":
                return self._footnote(node)
        return escape(node.content, quote=False) if node.content else self.html(node.children, line)

    def _without_dead_references(self, text: str, line: int) -> str:
        """The words of ``[words][label]`` whose label nobody defined; they were left as text by the parser."""

        def words(match: re.Match[str]) -> str:
            self.report.lost(line, f"The link [{match[2]}] is defined nowhere.", f"Add [{match[2]}]: and its address.")
            return match[1]

        return _DEAD_REFERENCE.sub(words, text) if "][" in text else text

    def link_html(self, address: str, inner: str, line: int) -> str:
        """A link round ``inner``, or ``inner`` alone, reported, when it leads nowhere."""
        target = self.surroundings.link(address)
        inner = inner or escape(address, quote=False)
        match target.kind:
            case TargetKind.URL:
                return f'<a href="{escape(target.value)}">{inner}</a>'
            case TargetKind.PAGE:
                return f'<a href="{PAGE_SCHEME}:{quote(target.value)}">{inner}</a>'
            case TargetKind.FILE:
                return f'<a href="{FILE_SCHEME}:{quote(target.value)}">{inner}</a>'
            case TargetKind.TERM:
                if target.value not in self.terms:
                    self.terms.append(target.value)
                return inner
        add = self.report.unsafe if target.is_unsafe else self.report.lost
        add(line, target.reason, target.advice)
        return inner

    def _image(self, node: SyntaxTreeNode, line: int) -> None:
        attributes: Attributes | None = node.meta.get("attributes")
        words = self.html(node.children or [], line)
        title = escape(str(node.attrs.get("title", "") or ""), quote=False)
        values = attributes.values if attributes else {}
        alt = next((values[name] for name in ("alt", "fig-alt", "fig.alt") if name in values), None)
        if alt is None:
            alt, caption = plain(words), title
        else:
            caption = words or title
        source = str(node.attrs.get("src", ""))
        target = self.surroundings.image(source)
        if target.kind is not TargetKind.FILE:
            add = self.report.unsafe if target.is_unsafe else self.report.lost
            add(line, target.reason or f"The picture “{source}” was not carried over.", target.advice)
            if target.kind is TargetKind.URL:
                words = f'<a href="{escape(target.value)}">{escape(alt or target.value, quote=False)}</a>'
                self.images.append(FoundImage("", "", words, line))
            return
        if not alt.strip():
            self.report.note(
                line, f"The picture “{source}” has no description.", "Describe it: ![description](file.png)."
            )
        caption = re.sub(r"</?[^>]*>", "", caption) if "<" not in caption else caption
        self.images.append(FoundImage(target.value, " ".join(alt.split()), caption, line))

    def _math(self, latex: str, line: int) -> str:
        html = inline_math(latex.strip())
        if html is not None:
            return html
        self.report.changed(
            line,
            f"The formula ${latex.strip()[:60]}$ inside a sentence is shown as its source.",
            "Set it apart with $$.",
        )
        return code_html(latex.strip())

    def _footnote(self, node: SyntaxTreeNode) -> str:
        label = str(node.meta.get("label", ""))
        if label not in self.notes:
            self.notes.append(label)
        return f"<sup>[{self.notes.index(label) + 1}]</sup>"

    def _html_tag(self, tag: str, line: int, pieces: list[str], open_tags: list[str], dropping: str) -> str:
        """Handle a tag the author wrote; returns the name of the element whose content is being left out."""
        if tag.startswith("<!--"):
            return dropping
        match = _TAG.match(tag)
        name = match["name"].lower() if match else ""
        if dropping:
            return "" if match and match["close"] and name == dropping else dropping
        if not match or name not in HTML_ELEMENTS:
            # Not HTML at all: <file name> in a sentence about commands.
            pieces.append(escape(tag, quote=False))
            return ""
        if name in UNSAFE_ELEMENTS:
            if not match["close"]:
                self.report.unsafe(line, f"<{name}> was removed.", "Lessons hold no scripts, frames or forms.")
            return name if name in SILENT_ELEMENTS and not match["close"] else ""
        if _EVENT.search(match["rest"]):
            self.report.unsafe(line, f"A script in an attribute of <{name}> was removed.")
        self._safe_tag(name, match, line, pieces, open_tags)
        return ""

    def _safe_tag(self, name: str, match: re.Match[str], line: int, pieces: list[str], open_tags: list[str]) -> None:
        if name == "br":
            pieces.append("<br/>")
        elif name == "a" and not match["close"]:
            href = _HREF.search(match["rest"])
            address = next((part for part in href.groups() if part), "") if href else ""
            opening = self.link_html(address, "\0", line).partition("\0")[0] if address else ""
            pieces.append(opening)
            open_tags.append("a" if opening else "")
        elif name == "a" and open_tags:
            tag = open_tags.pop()
            pieces.append(f"</{tag}>" if tag else "")
        elif name in _HTML_TAGS:
            tag = _HTML_TAGS[name]
            if match["close"]:
                if tag in open_tags:
                    while open_tags and (last := open_tags.pop()) != tag:
                        pieces.append(f"</{last}>" if last else "")
                    pieces.append(f"</{tag}>")
            else:
                open_tags.append(tag)
                pieces.append(f"<{tag}>")
        elif name == "img":
            self.report.lost(line, "A picture written as HTML inside a sentence was left out.", "Write ![…](file.png).")


def code_html(code: str) -> str:
    """Inline code that keeps its spaces."""
    spaced = _RUNS_OF_SPACES.sub(lambda match: "\u00a0" * len(match[0]), code)
    return f"<code>{escape(spaced, quote=False)}</code>" if code.strip() else ""


def plain(html: str) -> str:
    """The words of rich text."""
    text = re.sub(r"<br/>|</p>|</li>", " ", html)
    text = re.sub(r"<[^>]*>", "", text)
    return " ".join(unescape(text).split())
