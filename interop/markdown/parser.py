"""The Markdown dialect that courses are written in."""

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from interop.markdown.attributes import attributes_plugin


def markdown_parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough, definition lists, footnotes, formulas and attributes.

    Links are not judged here (``validateLink``): what is refused must also be reported, which the writer does.
    """
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(deflist_plugin)
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    # Like Pandoc: no blank inside the dollars, no digit after them, so that prices stay prices.
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, allow_labels=True, double_inline=True)
    parser.use(attributes_plugin)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser
