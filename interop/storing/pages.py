"""Pages of an imported course: found again by their source file, changed only when the source has changed."""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.blocks import StreamValue
from wagtail.models import Locale, Page
from wagtail.signal_handlers import disable_reference_index_auto_update

from interop.models import ImportedCourse, ImportedPage
from interop.report import FileReport
from interop.storing.block_ids import keep_ids, without_ids
from translation.actions.adopt_translation import adopt_translation, is_adopted

#: Part of every content hash: raise it when the importer makes something else of the same source.
FORMAT = 1


@dataclass
class Counts:
    """What an import did to pages."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    published: int = 0
    unpublished: int = 0
    drafts: list[str] = field(default_factory=list)  #: titles of pages that could not be published


@dataclass
class PageContent:
    """What a page is to say."""

    fields: dict[str, Any]
    streams: dict[str, list[dict[str, Any]]]
    relations: dict[str, list[Any]] = field(default_factory=dict)  #: categories and tags

    def digest(self) -> str:
        """A fingerprint of it all, ids of blocks left out (names of questions count)."""
        relations = {
            name: sorted(str(getattr(item, "pk", item)) for item in items) for name, items in self.relations.items()
        }
        data = [FORMAT, self.fields, {name: without_ids(rows) for name, rows in self.streams.items()}, relations]
        named = [row.get("id") for rows in self.streams.values() for row in rows if row.get("id")]
        text = json.dumps([data, named], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


class PageWriter:
    """Writes the pages of one course in one language."""

    def __init__(
        self, imported: ImportedCourse, locale: Locale, *, actor: Any, owner: Any, publish: bool, counts: Counts
    ) -> None:
        self.imported = imported
        self.locale = locale
        self.actor = actor
        self.owner = owner
        self.publish = publish
        self.counts = counts
        self.records = {record.source_path: record for record in imported.pages.filter(language=locale.language_code)}
        self.seen: set[str] = set()
        self.pages: dict[str, Page] = {}

    def find(self, path: str) -> Page | None:
        """The page that a source file became in an earlier import, if it is still there."""
        record = self.records.get(path)
        if record is None:
            return None
        page = Page.objects.filter(translation_key=record.page_key, locale=self.locale).first()
        return page.specific if page else None

    def ensure(self, model: type[Page], path: str, parent: Page, *, title: str, slug: str, key: uuid.UUID) -> Page:
        """The page of a source file below ``parent``, made as an empty draft when it is new."""
        self.seen.add(path)
        page = self.find(path)
        if page is not None and not isinstance(page, model):
            page = None  # the file was a lesson and is a quiz now: another page
            key = uuid.uuid4()
            self.records.pop(path).delete()
        if page is None:
            # A translation may be there already, made by translators or for them.
            page = model.objects.filter(translation_key=key, locale=self.locale).first()
        if page is None:
            page = self._create(model, parent, title, slug, key)
            self.counts.created += 1
        elif page.get_parent().pk != parent.pk:
            self._move(page, parent.pk, "last-child")
            page = model.objects.get(pk=page.pk)
        record = self.records.get(path)
        if record is None:
            record = ImportedPage.objects.create(
                course=self.imported,
                language=self.locale.language_code,
                source_path=path,
                page_key=page.translation_key,
            )
            self.records[path] = record
        self.pages[path] = page
        return page

    def _create(self, model: type[Page], parent: Page, title: str, slug: str, key: uuid.UUID) -> Page:
        page = model(title=title, slug=_free_slug(parent, slug), locale=self.locale, translation_key=key)
        page.live = False
        page.has_unpublished_changes = True
        page.owner = self.owner or self.actor
        with disable_reference_index_auto_update():  # it names nothing yet
            Page.objects.get(pk=parent.pk).add_child(instance=page)
        return page

    def order(self, parent: Page, paths: list[str]) -> None:
        """Put pages below ``parent`` into the order of the source; pages made by hand keep the end."""
        wanted = [self.pages[path].pk for path in paths]
        present = list(Page.objects.get(pk=parent.pk).get_children().order_by("path").values_list("pk", flat=True))
        others = [pk for pk in present if pk not in wanted]
        if present == [*wanted, *others]:
            return
        previous: int | None = None
        for pk in wanted:
            siblings = list(Page.objects.get(pk=parent.pk).get_children().order_by("path").values_list("pk", flat=True))
            index = siblings.index(pk)
            before = siblings[index - 1] if index else None
            if before != previous:
                page = Page.objects.get(pk=pk)
                if previous is None:
                    self._move(page, siblings[0], "left")
                else:
                    self._move(page, previous, "right")
            previous = pk

    def _move(self, page: Page, target: int, position: str) -> None:
        """Move a page in the actor's name: whoever may import may order, whatever the editor allows them."""
        MovePageAction(page, Page.objects.get(pk=target), pos=position, user=self.actor).execute(
            skip_permission_checks=True
        )

    def write(self, path: str, content: PageContent, report: FileReport, *, original: Page | None = None) -> None:
        """Give a page its content, when the source has changed since the last import; publish it when asked to.

        Args:
            original: the same page in the course's first language; ``page`` becomes its translation, block by block.
        """
        record = self.records[path]
        page = type(self.pages[path]).objects.get(pk=self.pages[path].pk)
        digest = content.digest()
        draft = None
        is_ours = page.latest_revision_id is not None and page.latest_revision_id == record.revision_id
        if record.content_hash != digest or page.latest_revision_id is None:
            if page.latest_revision_id is not None and record.content_hash and not is_ours:
                report.note(0, "The page was edited here since the last import; its earlier version is in its history.")
            draft = page.get_latest_revision_as_object() if page.latest_revision_id else page
            _fill(draft, content, original)
            revision = draft.save_revision(user=self.actor, log_action=True, clean=False)
            if not page.live and not self.publish:
                self._store_draft(page, content, draft)
            if record.content_hash:
                self.counts.updated += 1
            record.content_hash, record.revision = digest, revision
            is_ours = True
        else:
            self.counts.unchanged += 1
        record.page_key, record.is_removed = page.translation_key, False
        record.save()
        if original is not None and is_ours:
            self._adopt(original, draft or page.get_latest_revision_as_object(), report)
        if self.publish:
            self._publish(page, content, report, is_ours=is_ours)
        self.pages[path] = type(page).objects.get(pk=page.pk)

    def _adopt(self, original: Page, latest: Page, report: FileReport) -> None:
        """Let translators find what the file says as translations of the original's strings."""
        if (original.live and original.has_unpublished_changes) or is_adopted(latest):
            return  # the original's new words are not to be seen yet: the next import with --publish comes back to it
        adoption = adopt_translation(original, latest)
        if adoption.unmatched:
            report.note(
                0,
                f"{len(adoption.unmatched)} texts differ in structure from the original's, so that translators find "
                "them untranslated.",
                "Give the translation the same blocks, paragraphs and items.",
            )
        if adoption.replaced:
            report.note(0, f"{adoption.replaced} translations that were made here gave way to those of the file.")

    def _store_draft(self, page: Page, content: PageContent, draft: Page) -> None:
        """A page that was never live shows its draft in lists, so its own row is kept up as well."""
        row = type(page).objects.get(pk=page.pk)
        for name, value in content.fields.items():
            setattr(row, name, value)
        for name in content.streams:
            setattr(row, name, getattr(draft, name))
        row.draft_title = row.title
        row.save(clean=False)

    def _publish(self, page: Page, content: PageContent, report: FileReport, *, is_ours: bool) -> None:
        fresh = type(page).objects.get(pk=page.pk)
        if fresh.live and not fresh.has_unpublished_changes:
            return
        if not is_ours and fresh.live:
            report.note(0, "The page has changes made here that wait for publishing; they were left alone.")
            return
        revision = fresh.get_latest_revision()
        try:
            revision.publish(user=self.actor, skip_permission_checks=True)
        except ValidationError as error:
            self.counts.drafts.append(fresh.title)
            if not fresh.live and is_ours:
                self._store_draft(fresh, content, revision.as_object())
            report.lost(0, f"The page stays a draft: {' '.join(error.messages)}", "Correct it and import again.")
        else:
            self.counts.published += 1

    def retire(self, report_of: Any) -> None:
        """Take pages off the website whose source file is gone; they are kept as drafts.

        Args:
            report_of: gives the report of a source path.
        """
        for path, record in self.records.items():
            if path in self.seen:
                continue
            page = self.find(path)
            if page is None:
                record.delete()
                continue
            if page.live and not self.publish:
                report_of(path).note(0, f"The page “{page.title}” has no source any more.", "--publish takes it down.")
                continue
            if page.live:
                UnpublishPageAction(page, user=self.actor).execute(skip_permission_checks=True)
                self.counts.unpublished += 1
            if not record.is_removed:
                message = f"The source of the page “{page.title}” is gone; the page is a draft now."
                report_of(path).note(0, message, "Delete it in the editor if nobody needs it.")
            record.is_removed = True
            record.content_hash = ""
            record.save(update_fields=["is_removed", "content_hash"])


def _fill(page: Page, content: PageContent, original: Page | None) -> None:
    for name, value in content.fields.items():
        setattr(page, name, value)
    for name, rows in content.streams.items():
        block = page._meta.get_field(name).stream_block
        before = stored_rows(page, name)
        if original is not None:
            keep_ids(rows, stored_rows(original, name), is_translation=True, earlier=before)
        else:
            keep_ids(rows, before)
        setattr(page, name, StreamValue(block, rows, is_lazy=True))
    for name, items in content.relations.items():
        getattr(page, name).set(items)


def stored_rows(page: Page | None, name: str) -> list[dict[str, Any]]:
    """The blocks of a page's field as they are stored, to be changed at will."""
    if page is None:
        return []
    # Through JSON: the raw data of a loaded page is a lazy view that must not be changed in place.
    return list(json.loads(json.dumps(list(getattr(page, name).raw_data))))


def _free_slug(parent: Page, slug: str) -> str:
    taken = set(Page.objects.get(pk=parent.pk).get_children().values_list("slug", flat=True))
    candidate, number = slug, 1
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
