"""Codes are guessed by trying: so many unknown ones an hour, for a person, a cart and a client, and no more.

Counted in the cache. Where each process has one of its own, each counts for itself; with Redis all count together.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache

from commerce.errors import CouponUnknown, TooManyTries
from commerce.models import Cart
from core.policies import is_person

__all__ = ["CLIENT_LIMIT", "LIMIT", "counted_try"]

#: Unknown codes in an hour, of one person or one cart; of one client address, which many may share.
LIMIT, CLIENT_LIMIT = 10, 60
_SECONDS = 3600


@contextmanager
def counted_try(actor: Any, cart: Cart, client: str) -> Iterator[None]:
    """Count the block as a try that failed if it raises :class:`~commerce.errors.CouponUnknown`.

    It is counted before, and taken back after a success, so that many tries at once don't slip through together. Who
    has used up their tries is not told whether a code is right.

    Args:
        client: the caller's network address, where the face knows it.

    Raises:
        TooManyTries: there are none left for this hour.
    """
    counters = [(_key("cart", str(cart.pk)), LIMIT)]
    if is_person(actor):
        counters.append((_key("person", str(actor.pk)), LIMIT))
    if client:
        counters.append((_key("client", client), CLIENT_LIMIT))
    try:
        if any(_add(key) > limit for key, limit in counters):
            raise TooManyTries
        yield
    except (CouponUnknown, TooManyTries):
        raise
    except BaseException:
        _take_back(counters)
        raise
    _take_back(counters)


def _key(kind: str, name: str) -> str:
    return f"commerce:coupon-tries:{kind}:{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _add(key: str) -> int:
    cache.add(key, 0, _SECONDS)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        cache.set(key, 1, _SECONDS)
        return 1


def _take_back(counters: list[tuple[str, int]]) -> None:
    for key, _limit in counters:
        try:
            cache.decr(key)
        except ValueError:
            continue
