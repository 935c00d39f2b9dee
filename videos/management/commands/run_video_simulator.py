"""``manage.py run_video_simulator``: the imitated Cloudinary, until Ctrl-C."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Serve the imitated Cloudinary at CLOUDINARY_SIMULATOR_URL; it codes videos with this machine's ffmpeg."
    # Nothing of the school is needed but its settings, and this starts beside the web process.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="", help="address to listen on (default: that of the setting)")

    def handle(self, *args: Any, **options: Any) -> None:
        # Production refuses that setting, so this never runs there.
        if not settings.CLOUDINARY_SIMULATOR_URL:
            raise CommandError("Set CLOUDINARY_SIMULATOR_URL, e.g. http://127.0.0.1:8030; in production there is none.")
        address = urlsplit(settings.CLOUDINARY_SIMULATOR_URL)
        try:
            host, port = address.hostname, address.port
        except ValueError:
            host = port = None
        if address.scheme != "http" or not host or not port:
            raise CommandError(
                f"CLOUDINARY_SIMULATOR_URL is '{settings.CLOUDINARY_SIMULATOR_URL}'; use http://<host>:<port>."
            )

        from videos.cloudinary.account import Account
        from videos.simulators.cloudinary import CloudinarySimulator

        account = Account.from_settings()
        # Emptied at the end: what was on its way is sent again.
        folder = Path(settings.VAR_DIR) / "cloudinary-simulator"
        simulator = CloudinarySimulator(
            folder, cloud=account.cloud, key=account.key, secret=account.secret, host=options["host"] or host, port=port
        )
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: stopped.set())
        try:
            with simulator:
                self.stdout.write(f"Imitated Cloudinary: {settings.CLOUDINARY_SIMULATOR_URL}")
                stopped.wait()
        except (OSError, SystemExit) as error:
            raise CommandError(f"Can't listen on {options['host'] or host}:{port}: {error}.") from None
