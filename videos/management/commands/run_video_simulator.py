"""``manage.py run_video_simulator``: the imitated Cloudinary, until Ctrl-C."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.imitations import address_of, wait_for_the_end


class Command(BaseCommand):
    help = "Serve the imitated Cloudinary at CLOUDINARY_SIMULATOR_URL; it codes videos with this machine's ffmpeg."
    # Nothing of the school is needed but its settings, and this starts beside the web process.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="", help="address to listen on (default: that of the setting)")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = address_of("CLOUDINARY_SIMULATOR_URL", "http://127.0.0.1:8030")

        from videos.cloudinary.account import Account
        from videos.simulators.cloudinary import CloudinarySimulator

        account = Account.from_settings()
        # Emptied at the end: what was on its way is sent again.
        folder = Path(settings.VAR_DIR) / "cloudinary-simulator"
        simulator = CloudinarySimulator(
            folder, cloud=account.cloud, key=account.key, secret=account.secret, host=options["host"] or host, port=port
        )
        try:
            with simulator:
                self.stdout.write(f"Imitated Cloudinary: {settings.CLOUDINARY_SIMULATOR_URL}")
                wait_for_the_end()
        except (OSError, SystemExit) as error:
            raise CommandError(f"Can't listen on {options['host'] or host}:{port}: {error}.") from None
