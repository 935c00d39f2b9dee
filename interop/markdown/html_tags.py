"""Which names in angle brackets are HTML, and which of them no lesson may hold."""

#: Elements that run code, load something, or imitate the page's own controls.
UNSAFE_ELEMENTS = {
    "script", "style", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "input", "button", "select",
    "textarea", "option", "meta", "link", "base", "svg", "math", "template", "noscript", "portal", "dialog",
}  # fmt: skip
#: Those whose content is not text for a reader either.
SILENT_ELEMENTS = {"script", "style", "template", "noscript", "object", "iframe", "svg", "math"}

HTML_ELEMENTS = UNSAFE_ELEMENTS | {
    "a", "abbr", "acronym", "address", "article", "aside", "audio", "b", "bdi", "bdo", "big", "blockquote", "body",
    "br", "canvas", "caption", "center", "cite", "code", "col", "colgroup", "data", "datalist", "dd", "del", "details",
    "dfn", "dir", "div", "dl", "dt", "em", "fieldset", "figcaption", "figure", "font", "footer", "h1", "h2", "h3",
    "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "img", "ins", "kbd", "label", "legend", "li",
    "main", "map", "mark", "marquee", "menu", "meter", "nav", "ol", "optgroup", "output", "p", "param", "picture",
    "pre", "progress", "q", "rp", "rt", "ruby", "s", "samp", "section", "slot", "small", "source", "span", "strike",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "title", "tr", "track",
    "tt", "u", "ul", "var", "video", "wbr",
}  # fmt: skip
