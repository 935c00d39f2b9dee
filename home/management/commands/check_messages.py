"""``manage.py check_messages``: how complete each catalogue is; fails when something is missing or wrong."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from home.catalogues import completeness, marked_texts, translated_languages


class Command(BaseCommand):
    """Compare the catalogues with the code."""

    help = "Tell how much of the interface is translated; fail on what is missing, guessed or broken."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a language, then what is wrong."""
        marked = marked_texts()
        found = [completeness(language, marked) for language in translated_languages()]
        for entry in found:
            self.stdout.write(str(entry))
            for problem in entry.problems:
                self.stdout.write(f"  {problem}")
        if any(entry.problems for entry in found):
            raise CommandError("The catalogues are not complete.")
