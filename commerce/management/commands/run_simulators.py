"""``manage.py run_simulators``: the imitated payment providers and the customer's phone, until Ctrl-C."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.imitations import address_of, wait_for_the_end


class Command(BaseCommand):
    help = "Serve the imitated payment providers at PAYMENT_SIMULATOR_URL, and the customer's phone at /phone/ there."
    # Nothing of the school is needed but its settings, and this starts beside the web process.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="", help="address to listen on (default: that of PAYMENT_SIMULATOR_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = address_of("PAYMENT_SIMULATOR_URL", "http://127.0.0.1:8001")

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
        self.stdout.write(f"Imitated payment providers: {settings.PAYMENT_SIMULATOR_URL}/phone/")
        wait_for_the_end()
        server.stop()
        remember(simulators, folder / "simulators.books")
