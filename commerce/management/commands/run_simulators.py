"""``manage.py run_simulators``: the imitated payment providers and the customer's phone, until Ctrl-C."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Serve the imitated payment providers at PAYMENT_SIMULATOR_URL, and the customer's phone at /phone/ there."
    # Nothing of the school is needed but its settings, and this starts beside the web process.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="", help="address to listen on (default: that of PAYMENT_SIMULATOR_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        # Production refuses that setting, so this never runs there.
        if not settings.PAYMENT_SIMULATOR_URL:
            raise CommandError("Set PAYMENT_SIMULATOR_URL, e.g. http://127.0.0.1:8001; in production there is none.")
        address = urlsplit(settings.PAYMENT_SIMULATOR_URL)
        try:
            host, port = address.hostname, address.port
        except ValueError:
            host = port = None
        if address.scheme != "http" or not host or not port:
            raise CommandError(
                f"PAYMENT_SIMULATOR_URL is '{settings.PAYMENT_SIMULATOR_URL}'; use http://<host>:<port>."
            )

        from commerce.simulators import keys
        from commerce.simulators.core import SimulatorServer
        from commerce.simulators.memory import recall, remember
        from commerce.simulators.school import all_simulators, point_to

        folder = Path(settings.VAR_DIR)
        keys.keep_in(folder)
        simulators = all_simulators()
        recall(simulators, folder / "simulators.books")
        point_to(simulators, settings.SITE_URL)
        try:
            server = SimulatorServer(simulators, host=options["host"] or host, port=port).start()
        except (OSError, SystemExit) as error:
            raise CommandError(f"Can't listen on {options['host'] or host}:{port}: {error}.") from None
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: stopped.set())
        self.stdout.write(f"Imitated payment providers: {settings.PAYMENT_SIMULATOR_URL}/phone/")
        stopped.wait()
        server.stop()
        remember(simulators, folder / "simulators.books")
