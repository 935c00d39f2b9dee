"""``manage.py fetch_exchange_rates``: take over the rates of a feed or file now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from commerce.actions.fetch_exchange_rates import fetch_exchange_rates
from commerce.rate_sources import RateSourceFailed, configured_source


class Command(BaseCommand):
    help = "Take over exchange rates from a feed in the form of the European Central Bank's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="", help="https:// or file:// address (default: EXCHANGE_RATES_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        source = configured_source(options["url"])
        if source is None:
            raise CommandError("No rate source is configured. Set EXCHANGE_RATES_URL, or give --url.")
        try:
            done = fetch_exchange_rates(source)
        except RateSourceFailed as failure:
            raise CommandError(str(failure)) from None
        if done is None:
            return
        self.stdout.write(f"Added: {' '.join(done.added) or 'none'}. Known: {' '.join(done.known) or 'none'}.")
        if done.refused:
            self.stderr.write(
                f"Not taken, since they jump: {' '.join(done.refused)}. Enter them in the admin if right."
            )
