"""Pages kept open while many tests look: a visitor's and a learner's, light and dark, wide and narrow."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from accounts.tests.factories import PASSWORD
from tests.accessibility.gallery import Gallery
from tests.journeys.steps import log_in

__all__ = ["Rooms"]


class Rooms:
    """Opens each kind of page once and lets tests use it in turn."""

    def __init__(self, gallery: Gallery, browser: Browser) -> None:
        self.gallery = gallery
        self.browser = browser
        self.pages: dict[tuple[Any, ...], Page] = {}
        self.learners_state: Any = None

    def page(self, who: str, scheme: str = "light", width: int = 1280, locale: str = "en-GB") -> Page:
        """The page of ``visitor`` or ``learner`` in one colour scheme and width, and the browser's language."""
        key = (who, scheme, width, locale)
        if key not in self.pages:
            self.pages[key] = self._context(who, scheme, width, locale).new_page()
        return self.pages[key]

    def open(self, name: str, who: str, scheme: str = "light", width: int = 1280) -> Page:
        """Go to a page of the gallery by its name."""
        page = self.page(who, scheme, width, "ar" if name.startswith("arabic-") else "en-GB")
        paths = self.gallery.visitor if who == "visitor" else self.gallery.learner
        answered = page.goto(self.gallery.school + paths[name])
        # Not another page: the log-in, or one that says no.
        expected = (self.gallery.school + paths[name], self.gallery.statuses.get(name, 200))
        found = (answered.url, answered.status) if answered else None
        assert found == expected, f"{found}, not {expected}"
        return page

    def _context(self, who: str, scheme: str, width: int, locale: str) -> BrowserContext:
        if who == "learner" and self.learners_state is None:
            first = self.browser.new_context(locale="en-GB")
            page = first.new_page()
            log_in(page, self.gallery.school, "learner")
            # The second factor is set up by those who have just given their password again.
            page.goto(self.gallery.school + self.gallery.learner["password-again"])
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Confirm").click()
            page.wait_for_url("**/dashboard/")
            self.learners_state = first.storage_state()
            first.close()
        return self.browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale=locale,
            storage_state=self.learners_state if who == "learner" else None,
        )

    def close(self) -> None:
        """Close every page."""
        for page in self.pages.values():
            page.context.close()
