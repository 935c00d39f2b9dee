"""Home pages of the demo school: sections out of ``school.yaml``."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from wagtail.blocks import StreamValue
from wagtail.models import Page, Site

from courses.models import CourseIndexPage, LearningPathIndexPage
from interop.markdown import read_markdown
from interop.storing.block_ids import keep_ids, without_ids
from interop.storing.school_tree import home_model, locale_of

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

    def load(self, language: str, entry: dict[str, Any], site_name: str) -> None:
        """Give the home page of a language its sections, unless an editor has changed them since."""
        home = home_model().objects.get(locale=locale_of(language))
        rows = [row for section in entry.get("sections", []) if (row := self._section(section, language))]
        before = [dict(row) for row in home.sections.raw_data]
        if without_ids(before) == without_ids(rows) and home.title == entry["name"]:
            return
        if before and home.latest_revision and home.latest_revision.user_id is not None:
            return  # an editor's work
        home.title = entry["name"]
        home.search_description = entry.get("tagline", "")
        keep_ids(rows, before)
        home.sections = StreamValue(home._meta.get_field("sections").stream_block, rows, is_lazy=True)
        home.save_revision(clean=True).publish()
        if language == settings.LANGUAGE_CODE:
            Site.objects.filter(is_default_site=True).update(site_name=site_name)

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
