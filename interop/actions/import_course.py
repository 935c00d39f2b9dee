"""Bring a course from a folder into the school, or bring it up to date."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from wagtail.models import Page

from core import audit, clock
from courses.models import CourseIndexPage, CourseMember, CoursePage, LessonPage, ModulePage, QuizPage
from interop.course_source import CourseSource, ModuleSource
from interop.errors import CourseRefused
from interop.files.store import FileStore
from interop.models import ImportedCourse
from interop.report import LossReport
from interop.storing.contents import ContentBuilder
from interop.storing.pages import Counts, PageWriter
from interop.storing.school_tree import ensure_school_tree, locale_of
from interop.storing.snippets import store_terms

#: Told what is being done, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass
class ImportResult:
    """What an import did."""

    course: CoursePage
    report: LossReport
    counts: Counts = field(default_factory=Counts)
    images: int = 0  #: added to the library
    documents: int = 0


def import_course(
    *,
    actor: Any,
    source: CourseSource,
    report: LossReport,
    owner: Any = None,
    publish: bool = False,
    parent: CourseIndexPage | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Write a course that was read from a folder: pages, pictures, words, translations.

    Runs again without duplicates: pages are found by their source file, pictures by their content, blocks keep their
    ids, and what has not changed in the source is not touched, so that corrections made in the editor stay until the
    source changes. All or nothing: a failure leaves neither rows nor files.

    Args:
        actor: who does it; None for the platform.
        owner: becomes an owner of the course, if given.
        publish: put live what passes the checks; otherwise pages are drafts and live ones stay as they are.
        parent: catalogue for a new course; the one of its language when left out.

    Raises:
        CourseRefused: another course holds its place.
    """
    store: FileStore | None = None
    try:
        with transaction.atomic():
            store = FileStore(source.folder, owner or actor)
            return _Import(actor, source, report, owner, publish, parent, store, progress).run()
    except BaseException:
        if store is not None:
            store.take_back()
        raise


class _Import:
    def __init__(
        self,
        actor: Any,
        source: CourseSource,
        report: LossReport,
        owner: Any,
        publish: bool,
        parent: CourseIndexPage | None,
        store: FileStore,
        progress: Progress | None,
    ) -> None:
        self.actor = actor
        self.source = source
        self.report = report
        self.owner = owner
        self.publish = publish
        self.parent = parent
        self.store = store
        self.counts = Counts()
        self.progress = progress or (lambda _label, _done, _total: None)
        languages = [source, *source.translations]
        self.total = sum(1 + len(course.modules) + len(list(course.items)) for course in languages)
        self.done = 0

    def run(self) -> ImportResult:
        source = self.source
        languages = [source.language, *(course.language for course in source.translations)]
        catalogues = ensure_school_tree(languages)
        imported, is_new = self._imported()
        parent = self.parent or catalogues[source.language]
        if parent.locale.language_code != source.language:
            raise CourseRefused(f"The catalogue “{parent.title}” is not in the course's language, {source.language}.")
        first = self._language(source, imported, parent, None)
        for course in source.translations:
            self._language(course, imported, catalogues[course.language], first)
        course_page = CoursePage.objects.get(pk=first["index.md"].pk)
        self._set_owner(course_page)
        imported.imported_at = clock.now()
        imported.save()
        if is_new or self.counts.created or self.counts.updated or self.counts.published or self.counts.unpublished:
            audit.record(
                actor=self.actor,
                verb="interop.course_imported",
                target=course_page,
                facts={"origin": source.origin, "created": self.counts.created, "updated": self.counts.updated},
            )
        return ImportResult(course_page, self.report, self.counts, self.store.added_images, self.store.added_documents)

    def _imported(self) -> tuple[ImportedCourse, bool]:
        source = self.source
        imported = ImportedCourse.objects.filter(origin=source.origin).first()
        if imported is None:
            taken = CoursePage.objects.filter(slug=source.slug, locale__language_code=source.language).first()
            if taken is not None:
                raise CourseRefused(
                    f"The address “{source.slug}” belongs to another course, “{taken.title}”. "
                    "Give --slug to choose another."
                )
            return (
                ImportedCourse.objects.create(origin=source.origin, course_key=uuid.uuid4(), imported_at=clock.now()),
                True,
            )
        known = set(imported.pages.filter(language=source.language).values_list("source_path", flat=True))
        if source.origin.startswith("folder:") and known and not known & {item.path for item in source.items}:
            raise CourseRefused(
                f"Another course was imported from a folder called “{source.folder.name}”. "
                "Give --slug to tell them apart."
            )
        return imported, False

    def _language(
        self, course: CourseSource, imported: ImportedCourse, parent: Page, originals: dict[str, Page] | None
    ) -> dict[str, Page]:
        """Write one language; returns its pages by source path."""
        locale = locale_of(course.language)
        writer = PageWriter(
            imported, locale, actor=self.actor, owner=self.owner, publish=self.publish, counts=self.counts
        )
        counterpart = _Counterparts(originals)
        page = writer.ensure(
            CoursePage, "index.md", parent, title=course.title, slug=course.slug, key=imported.course_key
        )
        module_paths = self._modules(course, writer, page, counterpart)
        for module, path in zip(course.modules, module_paths, strict=True):
            below = writer.pages[path]
            for item in module.items:
                model = QuizPage if item.kind == "quiz" else LessonPage
                writer.ensure(model, item.path, below, title=item.title, slug=item.slug, key=counterpart.key(item.path))
            writer.order(below, [item.path for item in module.items])
        writer.order(page, module_paths)
        self._contents(course, writer, module_paths, originals)
        return writer.pages

    def _modules(self, course: CourseSource, writer: PageWriter, page: Page, counterpart: "_Counterparts") -> list[str]:
        """Ensure the modules; a renamed one is found by the lessons that stand in it."""
        paths: list[str] = []
        for module in course.modules:
            path = module.path
            if path not in writer.records and (renamed := self._renamed(course, module, writer)):
                record = writer.records.pop(renamed)
                record.source_path = path
                record.save(update_fields=["source_path"])
                writer.records[path] = record
            key = counterpart.module_key([item.path for item in module.items])
            writer.ensure(ModulePage, path, page, title=module.title, slug=module.slug, key=key)
            paths.append(path)
        return paths

    def _renamed(self, course: CourseSource, module: ModuleSource, writer: PageWriter) -> str:
        still_named = {other.path for other in course.modules}
        parents: dict[int, int] = {}
        for item in module.items:
            if found := writer.find(item.path):
                above = found.get_parent().pk
                parents[above] = parents.get(above, 0) + 1
        for path in writer.records:
            if not path.startswith("module:") or path in still_named:
                continue
            old = writer.find(path)
            if old is not None and parents.get(old.pk, 0) * 2 > len(module.items):
                return path
        return ""

    def _contents(
        self, course: CourseSource, writer: PageWriter, module_paths: list[str], originals: dict[str, Page] | None
    ) -> None:
        terms = store_terms(
            course.glossary, course_key=writer.imported.course_key, course_slug=self.source.slug, locale=writer.locale
        )
        builder = ContentBuilder(
            course,
            writer.locale,
            report=self.report,
            store=self.store,
            terms=terms,
            page_pk=lambda path: writer.pages[path].pk if path in writer.pages else None,
            original=self.source if originals else None,
        )
        before = originals or {}
        by_key = {page.translation_key: page for page in before.values()}
        self._step(course.title)
        content = builder.of_course(writer.pages["index.md"])
        writer.write("index.md", content, builder.file_report("config.yaml"), original=before.get("index.md"))
        for module, path in zip(course.modules, module_paths, strict=True):
            self._step(module.title)
            original = by_key.get(writer.pages[path].translation_key)
            writer.write(path, builder.of_module(module), builder.file_report("config.yaml"), original=original)
            for item in module.items:
                self._step(item.title)
                content = builder.of_item(item, writer.pages[item.path])
                writer.write(item.path, content, builder.file_report(item.path), original=before.get(item.path))
        writer.retire(builder.file_report)

    def _step(self, label: str) -> None:
        self.progress(label, self.done, self.total)
        self.done += 1

    def _set_owner(self, course: CoursePage) -> None:
        if self.owner is None:
            return
        member, _created = CourseMember.objects.get_or_create(
            course_key=course.translation_key, user=self.owner, defaults={"role": CourseMember.Role.OWNER}
        )
        if member.role != CourseMember.Role.OWNER:
            member.role = CourseMember.Role.OWNER
            member.save(update_fields=["role"])


class _Counterparts:
    """Keys for the pages of a translation: those of the original."""

    def __init__(self, originals: dict[str, Page] | None) -> None:
        self.originals = originals or {}

    def key(self, path: str) -> uuid.UUID:
        page = self.originals.get(path)
        return page.translation_key if page else uuid.uuid4()

    def module_key(self, paths: list[str]) -> uuid.UUID:
        """The key of the original module that the first of these files stands in."""
        for path in paths:
            if page := self.originals.get(path):
                parent = page.get_parent()
                return parent.translation_key
        return uuid.uuid4()
