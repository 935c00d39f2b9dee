"""Home pages of the demo school: sections out of ``school.yaml``."""

from collections.abc import Callable
from typing import Any

from wagtail.blocks import StreamValue
from wagtail.models import Page

from courses.models import CourseIndexPage, LearningPathIndexPage
from interop.markdown import read_markdown
from interop.storing.block_ids import keep_ids
from interop.storing.pages import stored_rows
from interop.storing.school_tree import home_model, locale_of
from translation.actions.adopt_translation import adopt_translation, is_adopted

FindPage = Callable[[str, str], Page | None]


class HomePages:
    """Writes home pages.

    Args:
        image_pk: number of the opening picture; None without one.
        find_page: a course's or path's page by its slug in the default language, in the language asked for.
    """

    def __init__(self, image_pk: int | None, find_page: FindPage) -> None:
        self.image_pk = image_pk
        self.find_page = find_page

    def load(self, language: str, entry: dict[str, Any], *, original: Any = None) -> Any:
        """Give the home page of a language its sections; returns it, or None where an editor has changed it since.

        Args:
            original: the home page that this one is the translation of.
        """
        home = home_model().objects.get(locale=locale_of(language))
        rows = [row for section in entry.get("sections", []) if (row := self._section(section, language))]
        before = stored_rows(home, "sections")
        if original is not None:
            keep_ids(rows, stored_rows(original, "sections"), is_translation=True, earlier=before)
        else:
            keep_ids(rows, before)
        tagline = entry.get("tagline", "")
        if (before, home.title, home.search_description) != (rows, entry["name"], tagline):
            if before and home.latest_revision and home.latest_revision.user_id is not None:
                return None
            home.title, home.search_description = entry["name"], tagline
            home.sections = StreamValue(home._meta.get_field("sections").stream_block, rows, is_lazy=True)
            home.save_revision(clean=True).publish()
        if original is not None and not is_adopted(home):
            adopt_translation(original, home)
        return home

    def _section(self, section: dict[str, Any], language: str) -> dict[str, Any] | None:
        kind = str(section.get("kind"))
        build = getattr(self, f"_{kind}", None)
        if build is None:
            raise ValueError(f"school.yaml: there is no section “{kind}”")
        return {"type": kind, "value": {"title": section["title"], **build(section, language)}}

    def _hero(self, section: dict[str, Any], language: str) -> dict[str, Any]:
        links = [
            link
            for name in ("primary", "secondary")
            if section.get(name) and (link := self._link(section[name], language))
        ]
        return {
            "text": _line(section.get("text")),
            "image": self.image_pk,
            "alt": section.get("image_alt", ""),
            "links": _items(links),
        }

    def _link(self, link: dict[str, Any], language: str) -> dict[str, Any] | None:
        target = str(link["target"])
        indexes: dict[str, Any] = {"courses": CourseIndexPage, "paths": LearningPathIndexPage}
        if target in indexes:
            page = indexes[target].objects.filter(locale=locale_of(language)).first()
        else:
            page = self.find_page(target, language)
        return {"text": link["text"], "page": page.pk, "url": ""} if page else None

    def _featured_courses(self, section: dict[str, Any], language: str) -> dict[str, Any]:
        pages = [self.find_page(slug, language) for slug in section.get("courses", [])]
        return {"text": _line(section.get("text")), "courses": _items([page.pk for page in pages if page])}

    def _learning_paths(self, section: dict[str, Any], language: str) -> dict[str, Any]:
        return {"text": _line(section.get("text"))}

    def _text(self, section: dict[str, Any], language: str) -> dict[str, Any]:
        return {"body": _rich(section.get("text")), "image": None, "alt": ""}

    def _steps(self, section: dict[str, Any], language: str) -> dict[str, Any]:
        return {"steps": _items([{"title": s["title"], "text": _line(s["text"])} for s in section["steps"]])}

    def _quotes(self, section: dict[str, Any], language: str) -> dict[str, Any]:
        return {"quotes": _items([{"text": _line(q["text"]), "who": q["who"]} for q in section["items"]])}

    def _faq(self, section: dict[str, Any], language: str) -> dict[str, Any]:
        rows = [{"question": i["question"], "answer": _rich(i["answer"])} for i in section["items"]]
        return {"questions": _items(rows)}


def _items(values: list[Any]) -> list[dict[str, Any]]:
    return [{"type": "item", "value": value} for value in values]


def _line(text: Any) -> str:
    return " ".join(str(text or "").split())


def _rich(text: Any) -> str:
    return "".join(block.value for block in read_markdown(str(text or "")).blocks if block.type == "rich_text")
