"""What commands that serve an imitated outside service have in common."""

import signal
import threading
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError

__all__ = ["address_of", "wait_for_the_end"]


def address_of(setting: str, example: str) -> tuple[str, int]:
    """Host and port of the address in a setting, which production refuses.

    Raises:
        CommandError: it is not set, or is no such address.
    """
    url = getattr(settings, setting)
    if not url:
        raise CommandError(f"Set {setting}, e.g. {example}; in production there is none.")
    address = urlsplit(url)
    try:
        host, port = address.hostname, address.port
    except ValueError:
        host = port = None
    if address.scheme != "http" or not host or not port:
        raise CommandError(f"{setting} is '{url}'; use http://<host>:<port>.")
    return host, port


def wait_for_the_end() -> None:
    """Return on Ctrl-C, or when the process is asked to end."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    stopped.wait()
