"""``manage.py load_demo``: the demo school with its log-ins. Called by ``make run`` and ``make demo`` only."""

import logging
import os
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from commerce.actions.add_example_rates import add_example_rates
from core.errors import DomainError
from interop.demo_school.load import load_demo_school
from interop.demo_school.talks import TalkFile


def made_talks(say: Callable[[str], object]) -> list[TalkFile]:
    """The demo school's videos, made where they aren't there yet; none, and a sentence, without ffmpeg."""
    from demo.talks.make import can_make, make_all

    if not can_make():
        say("ffmpeg is missing: the demo school has no videos. Install ffmpeg (and espeak-ng for a voice) for them.")
        return []
    made = make_all(Path(settings.MEDIA_ROOT).parent / "talks", [code for code, _name in settings.LANGUAGES], say)
    return [
        TalkFile(
            talk.name,
            talk.language,
            talk.title,
            talk.file,
            talk.vtt,
            "\n".join(f"{start // 60_000}:{start // 1000 % 60:02} {title}" for start, title in talk.chapters),
        )
        for talk in made
    ]


class Command(BaseCommand):
    help = "Load the demo school: courses, a learning path, home pages and log-ins with a public password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=settings.BASE_DIR / "demo", help="where the demo school lies"
        )
        parser.add_argument("--with-videos", action="store_true", help="draw and speak its videos; needs ffmpeg")
        parser.add_argument(
            "--yes-in-production",
            action="store_true",
            help="make log-ins whose password everybody knows, also where BAOBAB_ENV is production",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if os.environ.get("BAOBAB_ENV") == "production" and not options["yes_in_production"]:
            raise CommandError(
                "This is production, and the demo's log-ins have a public password. "
                "Give --yes-in-production if this school is meant for trying out."
            )
        if options["verbosity"] < 2:
            logging.getLogger("wagtail").setLevel(logging.WARNING)
            logging.getLogger("django_tasks").setLevel(logging.WARNING)
        say = self.stdout.write if options["verbosity"] else lambda _words: None
        try:
            talks = made_talks(say) if options["with_videos"] else []
            results = load_demo_school(options["folder"], say=say, talks=talks)
        except DomainError as refusal:
            raise CommandError(f"The demo school could not be loaded. {refusal}") from None
        add_example_rates()
        for result in results:
            for finding in result.report:
                self.stderr.write(f"{finding.place}: {finding.message} {finding.advice}".rstrip())
