"""How often something is asked for in a stretch of time, counted in the cache: for limits that need not be exact."""

from django.core.cache import cache

from core import clock

__all__ = ["count_in"]


def count_in(name: str, seconds: int) -> int:
    """Count one more of ``name`` in the present stretch of so many ``seconds``, and say how many it is now.

    1 at the least: a cache that is short of room forgets, and so limits nothing.
    """
    key = f"{name}:{int(clock.now().timestamp()) // seconds}"
    cache.add(key, 0, 2 * seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # forgotten between the two
        return 1
