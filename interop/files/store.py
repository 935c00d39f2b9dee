"""Puts pictures and downloads of a folder into Wagtail's libraries, each content once."""

import hashlib
import re
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from courses.roles import authors_collection
from interop.files.pictures import UnusablePicture, verified_picture
from interop.folder.files import CourseFolder
from interop.report import FileReport

_PREFIX = re.compile(r"^\d+[-_. ]*")


class FileStore:
    """Stores files inside the import's transaction and takes them back when that fails."""

    def __init__(self, folder: CourseFolder, uploader: Any = None) -> None:
        self.folder = folder
        self.uploader = uploader
        self.collection = authors_collection()
        self.images: dict[str, int | None] = {}
        self.documents: dict[str, int | None] = {}
        self.added_images = 0
        self.added_documents = 0
        self._written: list[tuple[Storage, str]] = []

    def image_pk(self, path: str, report: FileReport, line: int) -> int | None:
        """The library's number of a picture; None, reported, when the file is not usable as one."""
        if path not in self.images:
            self.images[path] = self._add_image(path, report, line)
        elif self.images[path] is None:
            report.lost(line, f"The picture “{path}” could not be used.", "Replace the file.")
        return self.images[path]

    def _add_image(self, path: str, report: FileReport, line: int) -> int | None:
        content = self.folder.read_bytes(path)
        try:
            picture = verified_picture(content, PurePosixPath(path).suffix.lower())
        except UnusablePicture as problem:
            report.lost(line, f"The picture “{path}” could not be used: {problem}.", "Replace the file.")
            return None
        if picture.removed:
            report.unsafe(line, f"Removed from the drawing “{path}”: {', '.join(sorted(set(picture.removed)))}.")
        model = get_image_model()
        digest = hashlib.sha1(picture.content, usedforsecurity=False).hexdigest()
        known = model.objects.filter(file_hash=digest, collection=self.collection).order_by("pk").first()
        if known and known.file.storage.exists(known.file.name):
            return int(known.pk)
        image = model(title=_title(path), uploaded_by_user=self.uploader, collection=self.collection)
        image.file = ContentFile(picture.content, name=f"{_stem(path)}{picture.suffix}")
        image._set_image_file_metadata()
        image.save()
        self._written.append((image.file.storage, image.file.name))
        self.added_images += 1
        return int(image.pk)

    def document_pk(self, path: str) -> int | None:
        """The library's number of a download."""
        if path not in self.documents:
            self.documents[path] = self._add_document(path)
        return self.documents[path]

    def _add_document(self, path: str) -> int:
        content = self.folder.read_bytes(path)
        model = get_document_model()
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        known = (
            model.objects.filter(file_hash=digest, title=_title(path), collection=self.collection)
            .order_by("pk")
            .first()
        )
        if known and known.file.storage.exists(known.file.name):
            return int(known.pk)
        document = model(title=_title(path), uploaded_by_user=self.uploader, collection=self.collection)
        document.file = ContentFile(content, name=f"{_stem(path)}{PurePosixPath(path).suffix.lower()}")
        document._set_document_file_metadata()
        document.save()
        self._written.append((document.file.storage, document.file.name))
        self.added_documents += 1
        return int(document.pk)

    def take_back(self) -> None:
        """Delete what was written, after the transaction that knew of it was rolled back."""
        for storage, name in self._written:
            storage.delete(name)
        self._written.clear()


def _stem(path: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", PurePosixPath(path).stem)[:60] or "file"


def _title(path: str) -> str:
    words = re.sub(r"[-_]+", " ", _PREFIX.sub("", PurePosixPath(path).stem)).strip()
    return (words[:1].upper() + words[1:] or PurePosixPath(path).name)[:255]
