"""``manage.py import_course PATH``: a folder of Markdown becomes a course, or brings one up to date."""

import json
import logging
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.errors import DomainError
from courses.models import CourseIndexPage
from interop.actions.import_course import ImportResult, import_course
from interop.course_folder import read_course
from interop.report import Kind, LossReport

_WORDS = {Kind.UNSAFE: "removed", Kind.LOST: "not carried over", Kind.CHANGED: "changed", Kind.NOTE: "note"}


class Command(BaseCommand):
    help = "Import a course from a folder of Markdown files; run again, it brings the course up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="folder of the course")
        parser.add_argument("--owner", metavar="E-MAIL", help="person who becomes an owner of the course")
        parser.add_argument("--publish", action="store_true", help="put it live; otherwise it is a draft")
        parser.add_argument("--slug", default="", help="name in addresses, also tells courses apart")
        parser.add_argument(
            "--language", default="", choices=[code for code, _name in settings.LANGUAGES], help="the folder's language"
        )
        parser.add_argument("--parent", metavar="SLUG", help="slug of the catalogue a new course goes to")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write the loss report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verbosity"] < 2:
            # Each page stored tells of itself; the report below says what matters.
            logging.getLogger("wagtail").setLevel(logging.WARNING)
            logging.getLogger("django_tasks").setLevel(logging.WARNING)
        report = LossReport()
        owner = self._owner(options["owner"])
        bar = tqdm(
            total=1,
            unit="page",
            file=sys.stderr,
            disable=options["verbosity"] < 1 or not sys.stderr.isatty(),
            leave=False,
        )

        def progress(label: str, done: int, total: int) -> None:
            bar.total = total
            bar.set_description_str(label[:40])
            bar.update(done + 1 - bar.n)

        try:
            source = read_course(options["path"], report=report, language=options["language"], slug=options["slug"])
            result = import_course(
                actor=owner,
                source=source,
                report=report,
                owner=owner,
                publish=options["publish"],
                parent=self._parent(options["parent"]),
                progress=progress,
            )
        except DomainError as refusal:
            raise CommandError(f"Nothing was imported. {refusal}") from None
        finally:
            bar.close()
        if options["report"]:
            data = {"course": str(result.course.translation_key), "findings": report.to_json()}
            options["report"].write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        if options["verbosity"] >= 1:
            self._say(result)

    def _owner(self, email: str | None) -> Any:
        if not email:
            return None
        owner = get_user_model().objects.filter(email=email.strip().lower()).first()
        if owner is None:
            raise CommandError(f"Nothing was imported. Nobody has the e-mail address {email}.")
        return owner

    def _parent(self, slug: str | None) -> CourseIndexPage | None:
        if not slug:
            return None
        parent = CourseIndexPage.objects.filter(slug=slug).first()
        if parent is None:
            raise CommandError(f"Nothing was imported. There is no catalogue “{slug}”.")
        return parent

    def _say(self, result: ImportResult) -> None:
        counts, report = result.counts, result.report
        for finding in report:
            advice = f" {finding.advice}" if finding.advice else ""
            self.stdout.write(f"{finding.place}: {_WORDS[finding.kind]}: {finding.message}{advice}")
        if len(report):
            self.stdout.write("")
        parts = [
            f"{counts.created} pages new",
            f"{counts.updated} changed",
            f"{counts.unchanged} as before",
            f"{counts.published} published",
        ]
        if counts.unpublished:
            parts.append(f"{counts.unpublished} taken down")
        if result.images or result.documents:
            parts.append(f"{result.images} pictures and {result.documents} files added")
        self.stdout.write(f"“{result.course.title}”: {', '.join(parts)}. {len(report)} findings.")
        if counts.drafts:
            self.stdout.write(f"Stayed drafts: {', '.join(counts.drafts)}.")
        self.stdout.write(f"{settings.SITE_URL}{result.course.url or ''}")
