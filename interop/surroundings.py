"""The folder round a text: where its links and pictures lead."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.conf import settings

from interop.folder.files import TEXT_SUFFIXES, CourseFolder, inside
from interop.markdown.surroundings import Target, TargetKind, file_part, outside_address

_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}


@dataclass
class FolderSurroundings:
    """What one file of a course may point to."""

    folder: CourseFolder
    file: str  #: path of the text from the folder's root
    prefix: str  #: root of the course in this language
    pages: set[str]  #: paths (from ``prefix``) that become pages
    course_pages: set[str] = field(default_factory=set)  #: paths whose content stands on the course's own page
    glossary: str = ""  #: path of the glossary, from ``prefix``
    terms: set[str] = field(default_factory=set)

    def link(self, address: str) -> Target:
        """Where a link leads."""
        if outside := outside_address(address):
            return outside
        if address.startswith("#"):
            return Target(
                TargetKind.NONE, reason=f"The link to a place in this text ({address[:60]}) is plain text now."
            )
        path = inside(self.file, file_part(address))
        if path is None:
            return _outside(address)
        for candidate in self._spellings(path):
            if target := self._known(candidate, address):
                return target
        found = self._existing(path)
        if found is None:
            return Target(
                TargetKind.NONE,
                reason=f"The link to “{address[:80]}” leads to nothing in the folder.",
                advice="Correct it.",
            )
        suffix = PurePosixPath(found).suffix.lower()
        if suffix not in TEXT_SUFFIXES and suffix.lstrip(".") in settings.WAGTAILDOCS_EXTENSIONS:
            return Target(TargetKind.FILE, found)
        return Target(
            TargetKind.NONE, reason=f"“{found}” is no part of the course; the link to it is plain text now.",
            advice="Link to a lesson, or offer the file in a format such as PDF or CSV.",
        )  # fmt: skip

    def _spellings(self, path: str) -> list[str]:
        """The path as it is, and as sites call it: ``x.html`` or ``x/`` for ``x.md``."""
        path = path.removeprefix(self.prefix)
        stem = path.removesuffix(".html")
        names = [path]
        if stem != path or not PurePosixPath(path).suffix:
            names += [f"{stem}.md", f"episodes/{stem}.md", f"learners/{stem}.md", f"{stem}/index.md".lstrip("/")]
        return names

    def _known(self, path: str, address: str) -> Target | None:
        if path in self.pages:
            return Target(TargetKind.PAGE, path)
        if path in self.course_pages:
            return Target(TargetKind.PAGE, "index.md")
        if path == self.glossary:
            name = address.partition("#")[2]
            if name in self.terms:
                return Target(TargetKind.TERM, name)
            return Target(TargetKind.PAGE, "index.md")
        return None

    def image(self, address: str) -> Target:
        """Which file a picture is; one from elsewhere is not fetched."""
        if outside := outside_address(address):
            if outside.kind is TargetKind.URL:
                return Target(
                    TargetKind.URL,
                    address,
                    f"The picture at {address[:80]} is a link now: pictures of other sites are not fetched.",
                    "Put the file into the folder.",
                )
            return outside
        path = inside(self.file, file_part(address))
        if path is None:
            return _outside(address)
        found = self._existing(path)
        if found is None:
            return Target(
                TargetKind.NONE, reason=f"The picture “{address[:80]}” is not in the folder.", advice="Add it."
            )
        if PurePosixPath(found).suffix.lower() not in _PICTURES:
            return Target(
                TargetKind.NONE,
                reason=f"“{found}” is no picture that browsers show.",
                advice="Use PNG, JPEG, WebP or SVG.",
            )
        return Target(TargetKind.FILE, found)

    def _existing(self, path: str) -> str | None:
        """A file as named, or the original language's file where a translation has none of its own."""
        candidates = [path, path.removeprefix(self.prefix)]
        return next((candidate for candidate in candidates if self.folder.has(candidate)), None)


def _outside(address: str) -> Target:
    return Target(
        TargetKind.NONE,
        reason=f"“{address[:80]}” leads out of the folder; it was not read.",
        advice="Put the file into the folder.",
        is_unsafe=True,
    )
