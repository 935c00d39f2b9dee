"""SVG drawings without anything that runs, loads or links out."""

import re
from xml.etree import ElementTree

from defusedxml import ElementTree as SafeElementTree
from defusedxml.common import DefusedXmlException

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MAX_ELEMENTS = 50_000
MAX_DEPTH = 200

#: Elements that draw. Not among them: script, foreignObject (HTML), animation (can set href), a, image, handlers.
_ALLOWED = {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "switch", "path", "rect", "circle", "ellipse", "line",
    "polyline", "polygon", "text", "tspan", "textPath", "style", "linearGradient", "radialGradient", "stop", "pattern",
    "clipPath", "mask", "marker", "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
    "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood",
    "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset",
    "fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
}  # fmt: skip
#: Left out without a word: what drawing programs note for themselves.
_EDITORS = {"metadata", "namedview", "RDF", "grid", "page", "path-effect"}
_OUTSIDE_URL = re.compile(r"url\(\s*[\"']?(?!#)", re.IGNORECASE)
_BAD_STYLE = re.compile(r"@import|expression\s*\(|javascript:|behavior\s*:|-moz-binding|\\", re.IGNORECASE)


class UnreadableSvg(ValueError):
    """The file is no SVG that can be made safe."""


def clean_svg(content: bytes) -> tuple[bytes, list[str]]:
    """Return a safe copy of a drawing and what was removed from it, by name.

    Raises:
        UnreadableSvg: not XML, not SVG, uses entities, or is larger than any drawing.
    """
    try:
        root = SafeElementTree.fromstring(content, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise UnreadableSvg(str(error) or type(error).__name__) from None
    if root.tag != f"{{{SVG}}}svg":
        raise UnreadableSvg("it is not an SVG drawing")
    removed: list[str] = []
    todo = [(root, 0)]
    count = 0
    while todo:
        element, depth = todo.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise UnreadableSvg("it is larger or deeper than a drawing")
        _clean_attributes(element, removed)
        _clean_style(element, removed)
        for child in list(element):
            if _is_allowed(child, removed):
                todo.append((child, depth + 1))
            else:
                element.remove(child)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), removed


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _is_allowed(element: ElementTree.Element, removed: list[str]) -> bool:
    if not isinstance(element.tag, str):
        return False  # comments and processing instructions
    name = _local(element.tag)
    if element.tag == f"{{{SVG}}}{name}" and name in _ALLOWED:
        return True
    if element.tag.startswith(f"{{{SVG}}}") and name not in _EDITORS:
        removed.append(f"<{name}>")
    return False


def _clean_attributes(element: ElementTree.Element, removed: list[str]) -> None:
    for name, value in list(element.attrib.items()):
        local = _local(name)
        namespace = name[1:].partition("}")[0] if name.startswith("{") else ""
        if namespace and namespace not in (XLINK, "http://www.w3.org/XML/1998/namespace"):
            del element.attrib[name]
        elif local.lower().startswith("on"):
            del element.attrib[name]
            removed.append(local)
        elif local == "href" and not value.strip().startswith("#"):
            del element.attrib[name]
            removed.append(f"link to {value.strip()[:60]}")
        elif _OUTSIDE_URL.search(value) or (local == "style" and _BAD_STYLE.search(value)):
            del element.attrib[name]
            removed.append(f"{local}={value.strip()[:40]}")


def _clean_style(element: ElementTree.Element, removed: list[str]) -> None:
    if (
        _local(element.tag) == "style"
        and element.text
        and (_OUTSIDE_URL.search(element.text) or _BAD_STYLE.search(element.text))
    ):
        element.text = ""
        removed.append("style sheet that loads something")
