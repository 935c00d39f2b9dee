"""A folder from which nothing outside can be read, whatever links, names and sizes it holds."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from interop.errors import CourseRefused

MIB = 1024 * 1024
#: Bytes of one picture or download. Wagtail's own limit for pictures is lower and is checked with the picture.
MAX_FILE_SIZE = 20 * MIB
#: Bytes of one Markdown or YAML file: a long book chapter has 100 kB.
MAX_TEXT_SIZE = 1 * MIB
MAX_TOTAL_SIZE = 300 * MIB
MAX_FILES = 3_000
MAX_DEPTH = 10
#: Characters of one line. Parsing time grows with the square of a hostile line's length.
MAX_LINE = 20_000

TEXT_SUFFIXES = {".md", ".qmd", ".rmd", ".markdown", ".yaml", ".yml"}
#: Folders that hold a repository's machinery or what a build made, never a course.
IGNORED_FOLDERS = {"node_modules", "__pycache__", "_site", "site", "renv"}


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A regular file of the folder."""

    path: str  #: POSIX path from the folder's root
    size: int  #: bytes

    @property
    def suffix(self) -> str:
        """Lower-case suffix with its dot."""
        return PurePosixPath(self.path).suffix.lower()


class CourseFolder:
    """A folder opened for reading.

    Files are found once, by walking without following links. Each is opened one path component at a time with
    ``O_NOFOLLOW``, so that a link put there in between is not followed either.

    Raises:
        CourseRefused: no folder, a link that leads out of it, or more or larger files than a course has.
    """

    def __init__(self, root: Path) -> None:
        try:
            self.root = root.resolve(strict=True)
        except (OSError, RuntimeError):
            raise CourseRefused(f"There is no folder {root}.") from None
        if not self.root.is_dir():
            raise CourseRefused(f"{root} is not a folder.")
        self.name = self.root.name
        #: Links inside the folder, which are not followed.
        self.links: list[str] = []
        self.files: dict[str, FolderFile] = {}
        self._measure()

    def _measure(self) -> None:
        total = 0
        for file in self._walk(self.root, PurePosixPath(), 0):
            self.files[file.path] = file
            total += file.size
            if len(self.files) > MAX_FILES:
                raise CourseRefused(f"The folder has more than {MAX_FILES} files; take out what is not the course.")
            limit = MAX_TEXT_SIZE if file.suffix in TEXT_SUFFIXES else MAX_FILE_SIZE
            if file.size > limit:
                raise CourseRefused(
                    f"The file is too large: {file.size / MIB:.1f} MiB, at most {limit // MIB} MiB are read. "
                    "Make it smaller or take it out of the folder.",
                    path=file.path,
                )
            if total > MAX_TOTAL_SIZE:
                raise CourseRefused(f"The folder holds more than {MAX_TOTAL_SIZE // MIB} MiB; split the course.")

    def _walk(self, folder: Path, path: PurePosixPath, depth: int) -> Iterator[FolderFile]:
        if depth > MAX_DEPTH:
            raise CourseRefused(f"Folders are nested more than {MAX_DEPTH} deep.", path=str(path))
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            here = path / entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                self._check_link(Path(entry.path), str(here))
            elif entry.is_dir(follow_symlinks=False):
                if entry.name.lower() not in IGNORED_FOLDERS:
                    yield from self._walk(Path(entry.path), here, depth + 1)
            elif entry.is_file(follow_symlinks=False):
                yield FolderFile(_readable(str(here)), entry.stat(follow_symlinks=False).st_size)

    def _check_link(self, link: Path, path: str) -> None:
        try:
            target = link.resolve(strict=False)
        except (OSError, RuntimeError):
            target = link.parent  # a loop of links leads nowhere, so not outside either
        if not target.is_relative_to(self.root):
            raise CourseRefused(
                "This link leads out of the folder. Put the file itself there, or remove the link.", path=path
            )
        self.links.append(path)

    def has(self, path: str) -> bool:
        """Whether there is a file of that path, seen from the folder's root."""
        return path in self.files

    def read_bytes(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            CourseRefused: no such file, or it has changed into something else since the folder was opened.
        """
        if path not in self.files:
            raise CourseRefused("There is no such file in the folder.", path=path)
        file = self.files[path]
        handle = self._open(path)
        try:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode) or facts.st_size != file.size:
                raise CourseRefused("The file changed while it was read; start the import again.", path=path)
            with os.fdopen(handle, "rb", closefd=False) as stream:
                return stream.read(file.size)
        finally:
            os.close(handle)

    def _open(self, path: str) -> int:
        parts = PurePosixPath(path).parts
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for part in parts[:-1]:
                below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                os.close(folder)
                folder = below
            return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        except OSError as error:
            raise CourseRefused(f"The file can't be read: {error.strerror}.", path=path) from None
        finally:
            os.close(folder)

    def read_text(self, path: str) -> str:
        """The content of a text file, with line ends as ``\\n``.

        Raises:
            CourseRefused: it is not text in UTF-8 (or UTF-16 with its mark), or a line is too long.
        """
        text = decode(self.read_bytes(path), path)
        for number, line in enumerate(text.split("\n"), start=1):
            if len(line) > MAX_LINE:
                raise CourseRefused(
                    f"The line has {len(line):,} characters; at most {MAX_LINE:,} are read. Break it into several, "
                    "and put pictures into files of their own.",
                    path=path,
                    line=number,
                )
        return text


def decode(content: bytes, path: str) -> str:
    """Text of a file: UTF-8 with or without mark, or UTF-16 with its mark.

    Raises:
        CourseRefused: any other encoding, or bytes that no text has.
    """
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CourseRefused("This is not text in UTF-8. Save the file as UTF-8.", path=path, line=line) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise CourseRefused("The file holds NUL bytes, so it is not text.", path=path, line=line)
    return text


def _readable(path: str) -> str:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise CourseRefused("A file's name is not UTF-8; rename it.", path=ascii(path)) from None
    return path


def inside(base: str, target: str) -> str | None:
    """The path that ``target`` names when it stands in the file ``base``; None when it leads out of the folder.

    >>> inside("episodes/01.md", "../learners/reference.md")
    'learners/reference.md'
    """
    if target.startswith(("/", "\\")) or "\\" in target or "\0" in target:
        return None
    parts = list(PurePosixPath(base).parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
