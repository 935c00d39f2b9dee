"""Markdown as course authors write it → neutral blocks with the names of ``courses.blocks``."""

from interop.markdown.blocks import Block, walk
from interop.markdown.reader import MarkdownText, read_markdown

__all__ = ["Block", "MarkdownText", "read_markdown", "walk"]
