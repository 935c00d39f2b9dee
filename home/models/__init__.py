"""Pages of the website itself."""

from home.models.home_page import HomePage

__all__ = ["HomePage"]
