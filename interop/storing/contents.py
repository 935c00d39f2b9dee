"""What each page of a course is to say, built from its source."""

import uuid
from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page

from courses.blocks import LessonBodyBlock, PageBodyBlock, QuestionPoolBlock, SimpleBodyBlock
from interop.course_source import CourseSource, ItemSource, ModuleSource
from interop.files.store import FileStore
from interop.markdown import Block
from interop.report import FileReport, LossReport
from interop.storing.pages import PageContent
from interop.storing.resolve import Resolver
from interop.storing.snippets import categories_of


class ContentBuilder:
    """Builds contents for one course in one language; pages must exist, so that links find their numbers."""

    def __init__(
        self,
        course: CourseSource,
        locale: Locale,
        *,
        report: LossReport,
        store: FileStore,
        terms: dict[str, int],
        page_pk: Callable[[str], int | None],
        original: CourseSource | None,
    ) -> None:
        self.course = course
        self.locale = locale
        self.report = report
        self.store = store
        self.terms = terms
        self.page_pk = page_pk
        self.original = original

    def file_report(self, path: str) -> FileReport:
        """The report seen from a file of this language."""
        return FileReport(self.report, f"{self.course.prefix}{path}")

    def _resolver(self, path: str, key: uuid.UUID) -> Resolver:
        return Resolver(
            report=self.file_report(path),
            page_key=key,
            page_pk=self.page_pk,
            document_pk=self.store.document_pk,
            image_pk=self.store.image_pk,
            term_pk=self.terms.get,
        )

    def of_course(self, page: Page) -> PageContent:
        """The course's own page."""
        course = self.course
        report = self.file_report("config.yaml")
        cover = self.store.image_pk(course.cover, report, 0) if course.cover else None
        rows = self._resolver("index.md", page.translation_key).rows(course.body, PageBodyBlock())
        lists = {name: [{"type": "item", "value": text} for text in texts] for name, texts in course.lists.items()}
        return PageContent(
            fields={"title": course.title, **course.fields, "cover_id": cover},
            streams={"body": rows, **lists},
            relations={
                "categories": list(categories_of(course, self.locale, self.original)),
                "tags": list(course.tags),
            },
        )

    def of_module(self, module: ModuleSource) -> PageContent:
        """A module."""
        return PageContent({"title": module.title, "summary": module.summary}, {})

    def of_item(self, item: ItemSource, page: Page) -> PageContent:
        """A lesson or a quiz."""
        resolver = self._resolver(item.path, page.translation_key)
        fields: dict[str, Any] = {"title": item.title, **item.fields}
        if item.kind == "quiz":
            streams = {
                "introduction": resolver.rows(item.blocks, SimpleBodyBlock()),
                "questions": resolver.rows(item.questions, QuestionPoolBlock()),
            }
        else:
            streams = {"body": resolver.rows([*item.blocks, *self._words(item)], LessonBodyBlock())}
        return PageContent(fields, streams)

    def _words(self, item: ItemSource) -> list[Block]:
        """The glossary words that a lesson links to, explained at its end."""
        names = [name for name in item.terms if name in self.terms]
        if not names:
            return []
        with translation.override(self.course.language):
            heading = Block("heading", {"text": _("Words used here"), "level": "2"}, 0)
        return [heading, *(Block("glossary_term", {"term": name}, 0) for name in names)]
