"""Running the same thing in many threads at one moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

__all__ = ["race"]


def race(count: int, run: Callable[[int], Any]) -> list[Any]:
    """Call ``run(number)`` in ``count`` threads released together; return results, exceptions in their place."""
    gate = threading.Barrier(count)
    results: list[Any] = [None] * count

    def work(number: int) -> None:
        try:
            gate.wait(timeout=30)
            results[number] = run(number)
        except Exception as error:  # the test looks at it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return results
