"""Paths of pages on the website, from what lists have loaded: no query for each."""

from wagtail.models import Site

__all__ = ["path_of"]


def path_of(url_path: str, language: str) -> str | None:
    """The path that a page answers at, from its ``url_path`` in the tree; None outside the school's site."""
    for root in Site.get_site_root_paths():
        if root.language_code == language and url_path.startswith(root.root_path):
            return f"/{language}/{url_path[len(root.root_path) :]}"
    return None
