"""A folder of Markdown and YAML → :class:`CourseSource`. Reads only; nothing here touches the database."""

import re
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from interop.course_source import CourseSource, ItemSource, ModuleSource, TermSource
from interop.errors import CourseRefused
from interop.folder.files import CourseFolder, inside
from interop.folder.front_matter import MarkdownFile, split_front_matter
from interop.folder.settings import Settings, shortened, slug_of
from interop.folder.yaml_source import YamlMapping, load_yaml
from interop.glossary import read_glossary
from interop.items import read_lesson, read_quiz
from interop.markdown import Block, read_markdown
from interop.markdown.inline import plain
from interop.markdown.tokens import escaped
from interop.report import FileReport, LossReport
from interop.surroundings import FolderSurroundings

CONFIG = ("config.yaml", "config.yml", "_config.yaml", "_quarto.yml")
LEVELS = ["beginner", "intermediate", "advanced"]
#: Keywords of the Workbench's template that say nothing of a course.
_EMPTY_TAGS = {"lesson", "software", "the carpentries"}
_EPISODE = (".md", ".qmd", ".markdown", ".quiz.yaml", ".quiz.yml")
_NOT_LESSONS = {"index.md", "readme.md", "license.md", "contributing.md", "code_of_conduct.md", "changelog.md"}


def read_course(root: Path, *, report: LossReport, language: str = "", slug: str = "") -> CourseSource:
    """Read a course with its translations.

    Args:
        root: the folder.
        report: takes what could not be carried over.
        language: overrides the folder's own.
        slug: overrides the folder's own, also as the course's identity.

    Raises:
        CourseRefused: the folder can't be read safely, or holds no course.
    """
    folder = CourseFolder(root)
    for link in folder.links:
        report_to = FileReport(report, link)
        report_to.lost(0, "Links between files are not followed.", "Put a copy of the file there.")
    course = _LanguageReader(folder, "", report, language).read(slug)
    for code in _translated_languages(folder):
        if code == course.language or code not in dict(settings.LANGUAGES):
            report.add(f"translations/{code}", 0, *_unknown_language(code))
            continue
        reader = _LanguageReader(folder, f"translations/{code}/", report, code)
        course.translations.append(reader.read(original=course))
    return course


def _translated_languages(folder: CourseFolder) -> list[str]:
    codes = {PurePosixPath(path).parts[1] for path in folder.files if re.match(r"translations/[^/]+/.", path)}
    return sorted(codes)


def _unknown_language(code: str) -> tuple[Any, str, str]:
    from interop.report import Kind

    return Kind.LOST, f"The school has no language “{code}” to put this translation in.", "Add the language first."


class _LanguageReader:
    """Reads a course in one language."""

    def __init__(self, folder: CourseFolder, prefix: str, report: LossReport, language: str) -> None:
        self.folder = folder
        self.prefix = prefix
        self.report = report
        self.config_path, self.config = self._read_config()
        self.language = language or self._language()

    def read(self, slug: str = "", original: CourseSource | None = None) -> CourseSource:
        with translation.override(self.language):
            return self._read(slug, original)

    # Settings ---------------------------------------------------------------------------------------------------

    def _read_config(self) -> tuple[str, Settings]:
        path = next((self.prefix + name for name in CONFIG if self.folder.has(self.prefix + name)), "")
        data: Any = load_yaml(self.folder.read_text(path), path=path) if path else None
        if data is None:
            data = YamlMapping()
        if not isinstance(data, YamlMapping):
            raise CourseRefused("The settings must be lines of “name: value”.", path=path, line=1)
        return path, Settings(data, FileReport(self.report, path or self.prefix or "."))

    def _language(self) -> str:
        code = self.config.text("lang", settings.LANGUAGE_CODE).lower().replace("_", "-")
        known = dict(settings.LANGUAGES)
        if code not in known:
            code = code.partition("-")[0]
        if code not in known:
            raise CourseRefused(
                f"The school has no language “{code}”; give one of {', '.join(known)} with --language.",
                path=self.config_path,
            )
        return code

    def _text_of(self, path: str) -> MarkdownFile | None:
        full = self.prefix + path
        return split_front_matter(self.folder.read_text(full), path=full) if self.folder.has(full) else None

    # The course -------------------------------------------------------------------------------------------------

    def _read(self, slug: str, original: CourseSource | None) -> CourseSource:
        index = self._text_of("index.md")
        plan = self._plan()
        paths = {path for _title, _slug, _summary, names in plan for path in names}
        if not paths:
            raise CourseRefused(
                "There are no lessons: put Markdown files into a folder “episodes”, or list them in config.yaml.",
                path=self.prefix.rstrip("/"),
            )
        glossary_path = next((p for p in ("learners/reference.md", "reference.md", "glossary.md") if self._has(p)), "")
        terms: list[TermSource] = []
        if glossary_path:
            source = self._text_of(glossary_path)
            terms = read_glossary(source, FileReport(self.report, self.prefix + glossary_path)) if source else []
        self.pages, self.terms, self.glossary = paths, {term.name for term in terms}, glossary_path
        modules = [self._module(*part) for part in plan]
        return self._course(index, modules, terms, slug, original)

    def _course(
        self,
        index: MarkdownFile | None,
        modules: list[ModuleSource],
        terms: list[TermSource],
        slug: str,
        original: CourseSource | None,
    ) -> CourseSource:
        body, heading = self._body(index)
        config = self.config
        title = config.text("title", limit=255) or heading or _humane(self.folder.name)
        own_slug = slug if not self.prefix else ""
        certificate = config.mapping("certificate")
        # What holds for the course in every language comes from the original, unless the translation says otherwise.
        shared = original.fields if original else {}
        fields = {
            "subtitle": config.text("subtitle", limit=200),
            "summary": config.text("summary", limit=400) or self._summary(body, title),
            "level": config.choice("level", LEVELS, shared.get("level", "beginner")),
            "estimated_minutes": config.number("estimated_minutes", least=1) or shared.get("estimated_minutes"),
            "lesson_order": config.choice("order", ["free", "sequential"], shared.get("lesson_order", "free")),
            "attribution": self._attribution() or shared.get("attribution", ""),
            "has_certificate": certificate.flag("enabled", shared.get("has_certificate", True)),
            "certificate_signatory": certificate.text("signatory", limit=120),
            "certificate_text": certificate.text("text", limit=300),
        }
        self._report_rest()
        cover = inside(self.prefix + "config.yaml", config.text("cover")) if config.has("cover") else ""
        if cover and not self.folder.has(cover):
            config.report.lost(config.data.line, f"The cover “{cover}” is not in the folder.", "Add the picture.")
            cover = ""
        keywords = config.texts("tags", 100) or [
            tag.strip() for tag in config.text("keywords").split(",") if tag.strip().lower() not in {"", *_EMPTY_TAGS}
        ]
        return CourseSource(
            folder=self.folder,
            prefix=self.prefix,
            language=self.language,
            origin=original.origin if original else self._origin(slug),
            title=title[:255],
            slug=slugify(own_slug or config.text("slug"))[:80] or slug_of(title, "course"),
            fields=fields,
            lists={name: config.texts(name) for name in ("outcomes", "requirements", "audience")},
            categories=config.texts("categories", 100),
            tags=keywords[:12],
            cover=cover or (original.cover if original else ""),
            body=body,
            modules=modules,
            glossary=terms,
        )

    def _origin(self, slug: str) -> str:
        if slug or self.config.has("slug"):
            return f"slug:{slugify(slug or self.config.text('slug'))}"
        if self.config.has("source"):
            return f"source:{self.config.text('source')}"[:500]
        return f"folder:{self.folder.name}"[:500]

    def _body(self, index: MarkdownFile | None) -> tuple[list[Block], str]:
        body: list[Block] = []
        heading = ""
        if index:
            read = read_markdown(
                index.text,
                first_line=index.first_line,
                report=FileReport(self.report, index.path),
                surroundings=self._around(index.path),
                with_questions=False,
                takes_title=True,
            )
            body, heading = read.blocks, Settings(index.settings, FileReport(self.report, index.path)).text("title")
            heading = heading or read.title
        for path in self._setup_files():
            source = self._text_of(path)
            if source is None:
                continue
            report = FileReport(self.report, source.path)
            read = read_markdown(
                source.text,
                first_line=source.first_line,
                report=report,
                surroundings=self._around(source.path),
                with_questions=False,
                takes_title=True,
            )
            title = Settings(source.settings, report).text("title") or read.title or _("Setup")
            if read.blocks:
                body += [
                    Block("heading", {"text": title[:200], "level": "2"}, source.first_line),
                    *_deeper(read.blocks),
                ]
                report.note(0, "What learners set up before they begin stands on the course's own page.")
        return body, heading

    def _setup_files(self) -> list[str]:
        return [path for path in ("learners/setup.md", "setup.md") if self._has(path)][:1]

    def _around(self, file: str) -> FolderSurroundings:
        on_course = {"index.md", "README.md", *self._setup_files()}
        return FolderSurroundings(self.folder, file, self.prefix, self.pages, on_course, self.glossary, self.terms)

    def _has(self, path: str) -> bool:
        return self.folder.has(self.prefix + path)

    def _summary(self, body: list[Block], title: str) -> str:
        text = next((block for block in body if block.type == "rich_text"), None)
        first = plain(text.value.partition("</p>")[0]) if text else ""
        if not first:
            self.config.report.note(
                0, "The course has no summary; its title stands there.", "Add summary: to config.yaml."
            )
        summary = shortened(first or title, 400)
        said = f"<p>{escaped(summary)}"
        if text and text.value.startswith(said) and (len(body) > 1 or text.value != f"{said}</p>"):
            # It stands above the text now: don't say it twice.
            text.value = f"<p>{text.value.removeprefix(said).lstrip()}".removeprefix("<p></p>")
            if not text.value:
                body.remove(text)
        return summary

    def _attribution(self) -> str:
        config = self.config
        parts = []
        if config.has("source"):
            parts.append(_("Source: %(address)s") % {"address": config.text("source")})
        if config.has("license"):
            parts.append(_("Licence: %(name)s") % {"name": config.text("license")})
        if config.has("contact"):
            parts.append(_("Contact: %(address)s") % {"address": config.text("contact")})
        citation = next((name for name in ("CITATION", "CITATION.txt") if self._has(name)), "")
        if citation:
            parts.append(" ".join(self.folder.read_text(self.prefix + citation).split()))
        return shortened("\n".join(parts), 1000)

    # Modules and lessons ----------------------------------------------------------------------------------------

    def _plan(self) -> list[tuple[str, str, str, list[str]]]:
        """Title, slug, summary and files of each module, from the settings or the names of the files."""
        modules = self.config.data.get("modules")
        if isinstance(modules, list):
            parts = []
            for number, entry in enumerate(modules, start=1):
                if not isinstance(entry, YamlMapping):
                    raise CourseRefused(f"Module {number} must have a title and episodes.", path=self.config_path)
                module = Settings(entry, self.config.report)
                title = module.text("title", limit=255) or _("Module %(number)d") % {"number": number}
                slug = slugify(module.text("slug")) or slug_of(title, f"module-{number}")
                parts.append(
                    (title, slug, module.text("summary", limit=400), self._episodes(entry.get("episodes"), entry.line))
                )
            plan = parts
        else:
            names = self._episodes(self.config.data.get("episodes"), 0) or self._found_episodes()
            plan = [(_("Lessons"), "lessons", "", names)]
        self._check_plan(plan)
        return plan

    def _check_plan(self, plan: list[tuple[str, str, str, list[str]]]) -> None:
        named = [path for part in plan for path in part[3]]
        twice = sorted({path for path in named if named.count(path) > 1})
        if twice:
            raise CourseRefused(f"“{twice[0]}” is listed twice; a lesson has one place.", path=self.config_path)
        slugs = [part[1] for part in plan]
        if len(set(slugs)) < len(slugs):
            raise CourseRefused("Two modules have the same title; tell them apart.", path=self.config_path)
        for path in self._found_episodes():
            if path not in named:
                self.report_for(path).lost(0, "This file is not listed in config.yaml, so it is no lesson.", "List it.")

    def report_for(self, path: str) -> FileReport:
        """The report seen from a file of this language."""
        return FileReport(self.report, self.prefix + path)

    def _found_episodes(self) -> list[str]:
        """Lessons by name: those in ``episodes``, or those beside ``index.md`` when there is no such folder."""
        below = [path.removeprefix(self.prefix) for path in self.folder.files if path.startswith(self.prefix)]
        candidates = [path for path in below if re.fullmatch(r"episodes/[^/]+", path)] or [
            path for path in below if "/" not in path and path.lower() not in _NOT_LESSONS
        ]
        return sorted(path for path in candidates if path.lower().endswith(_EPISODE))

    def _episodes(self, names: Any, line: int) -> list[str]:
        if names is None:
            return []
        if not isinstance(names, list):
            raise CourseRefused("“episodes” must be a list of files.", path=self.config_path, line=line)
        found: list[str] = []
        for name in names:
            text = str(name)
            inner = inside("episodes/x", text)
            if inner is None or text.startswith("../"):
                raise CourseRefused(
                    f"“{text[:80]}” leads out of the folder of lessons.", path=self.config_path, line=line
                )
            options = [inner, text]
            path = next((option for option in options if self._has(option)), None)
            if path is None:
                self.config.report.lost(line, f"“{text[:80]}” is listed but not in the folder.", "Add the file.")
            elif not path.lower().endswith(_EPISODE):
                self.config.report.lost(line, f"“{text[:80]}” is no Markdown and no quiz.", "Take it off the list.")
            else:
                found.append(path)
        return found

    def _module(self, title: str, slug: str, summary: str, paths: list[str]) -> ModuleSource:
        items: list[ItemSource] = []
        for path in paths:
            report = self.report_for(path)
            around = self._around(self.prefix + path)
            if path.endswith((".yaml", ".yml")):
                data = load_yaml(self.folder.read_text(self.prefix + path), path=self.prefix + path)
                items.append(read_quiz(path, data, report, around))
            else:
                source = self._text_of(path)
                assert source is not None  # noqa: S101  (_episodes lists files that are there)
                items.append(read_lesson(path, source, report, around))
            if self.prefix and items[-1].slug == slug_of(PurePosixPath(path).name.split(".", 1)[0]):
                # Files are called as in the original; an address is better in the language, where it can be written.
                items[-1].slug = slug_of(items[-1].title, items[-1].slug)
        return ModuleSource(title, slug, summary, items)

    def _report_rest(self) -> None:
        """Say which texts of the folder no one will find in the course."""
        used = self.pages | {"index.md", self.glossary, *self._setup_files()}
        for path in sorted(self.folder.files):
            local = path.removeprefix(self.prefix)
            outside = not path.startswith(self.prefix) or (not self.prefix and path.startswith("translations/"))
            if (
                outside
                or local in used
                or re.fullmatch(r"episodes/[^/]+", local)
                or not local.endswith((".md", ".qmd"))
            ):
                continue
            if local.lower() not in _NOT_LESSONS:
                self.report_for(local).lost(
                    0, "This text was not carried over: it is no lesson.", "List it as an episode."
                )


def _deeper(blocks: list[Block]) -> list[Block]:
    """The same blocks with headings one level lower, below a heading of their own."""
    for block in blocks:
        if block.type == "heading":
            block.value["level"] = str(min(4, int(block.value["level"]) + 1))
    return blocks


def _humane(name: str) -> str:
    words = re.sub(r"[-_]+", " ", name).strip()
    return words[:1].upper() + words[1:] or _("Course")
