"""``manage.py dispatch_outbox``: deliver events without a task queue, or by hand after a trouble."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import dispatch
from core.models import OutboxDelivery


class Command(BaseCommand):
    help = "Deliver due outbox events, again and again until stopped, or once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Stop when nothing is due any more.")
        parser.add_argument("--interval", type=float, default=5.0, help="Seconds between two looks (default 5).")
        parser.add_argument("--retry", action="store_true", help="First put back what was set aside.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry"]:
            set_aside = OutboxDelivery.objects.filter(state=OutboxDelivery.State.SET_ASIDE)
            count = sum(dispatch.retry(delivery) for delivery in set_aside.order_by("id"))
            self.stdout.write(f"{count} put back")
        while True:
            report = dispatch.dispatch()
            if options["once"]:
                self.stdout.write(str(report))
                return
            time.sleep(options["interval"])
