"""What imitated providers remember from one start of the school to the next, as real ones would."""

import logging
import pickle
from collections.abc import Iterable
from pathlib import Path

from commerce.simulators.core import Simulator

__all__ = ["recall", "remember"]

logger = logging.getLogger(__name__)

#: What belongs to a process, not to the provider's books.
_PASSING = {
    "lock",
    "faults",
    "calls",
    "sent",
    "_held",
    "shift",
    "replies",
    "webhook_url",
    "callback_url",
    "callback_host",
}


def remember(simulators: Iterable[Simulator], path: Path) -> None:
    """Write down what all have in their books; whole or not at all."""
    books = {}
    for simulator in simulators:
        with simulator.lock:
            kept = {name: value for name, value in vars(simulator).items() if name not in _PASSING}
            books[simulator.code] = pickle.dumps(kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.write_bytes(pickle.dumps(books))
    unfinished.replace(path)


def recall(simulators: Iterable[Simulator], path: Path) -> None:
    """Read what was written down; a provider whose books can't be read starts with empty ones.

    Only ever for a file that :func:`remember` wrote into the school's own folder: unpickling runs what it finds.
    """
    try:
        books = pickle.loads(path.read_bytes())  # noqa: S301 (our own file)
    except FileNotFoundError:
        return
    except Exception:
        logger.warning("What the imitated providers remembered can't be read; they start anew.")
        return
    for simulator in simulators:
        try:
            kept = pickle.loads(books[simulator.code])  # noqa: S301 (as above)
        except Exception:
            logger.warning("What %s remembered can't be read; it starts anew.", simulator.code)
            continue
        with simulator.lock:
            # Books of an older version may lack what is new, and what it had and we don't is no harm.
            vars(simulator).update(kept)
