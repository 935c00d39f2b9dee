"""The same request twice does its work once.

The key's row commits with the action's own rows, so there is no state in between: either both are there or neither.
A rival with the same key waits for the first to finish. An action that raises leaves no key behind: it may be tried
again. Effects outside the database are not covered; hand the key on to a provider that knows idempotency itself.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar, cast

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.errors import Conflict, InvalidInput
from core.models.idempotency import IdempotencyKey

__all__ = ["KeyInUse", "KeyReused", "run_once"]

T = TypeVar("T")

#: How long a rival waits for the first request with its key, in milliseconds (PostgreSQL; SQLite has its own timeout).
_WAIT_MILLISECONDS = 10_000
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's SQLSTATE


class KeyReused(Conflict):
    """The key came with another request before."""

    code = "idempotency_key_reused"
    message = _lazy("This idempotency key was used for another request.")


class KeyInUse(Conflict):
    """The first request with the key still runs."""

    code = "idempotency_key_in_use"
    message = _lazy("The same request is still being worked on. Try again in a moment.")


class InvalidKey(InvalidInput):
    """No key, or one too long to store."""

    code = "invalid_idempotency_key"
    message = _lazy("An idempotency key has 1 to 255 characters.")
    field = "idempotency_key"


def run_once(
    *, scope: str, key: str, fingerprint: Any, action: Callable[[], T], lifetime: timedelta = timedelta(days=1)
) -> T:
    """Run ``action`` unless it ran before under this key; return its result, stored or fresh.

    Args:
        scope: who and what, e.g. ``f"enroll:{user.public_id}"``: keys of different people never meet.
        key: the caller's key, 1 to 255 characters.
        fingerprint: JSON-able description of the request (its input); compared with the first one's.
        action: does the work and returns JSON-able data. Runs inside a transaction.
        lifetime: how long the result is remembered.

    Raises:
        KeyReused: same key, other fingerprint; nothing ran.
        KeyInUse: the first request did not finish in ten seconds; nothing ran.
        InvalidKey: the key is empty or too long.
        TypeError: the result or the fingerprint is not JSON-able; the action's writes are rolled back.
    """
    if not 1 <= len(key) <= 255:
        raise InvalidKey
    digest = _digest(fingerprint)
    with transaction.atomic():
        record, is_first = _claim(scope, key, digest, lifetime)
        if not is_first:
            if record.fingerprint != digest:
                raise KeyReused
            return cast(T, record.result)
        # What the caller gets is what a repeat would get: tuples as lists, keys as strings.
        record.result = json.loads(json.dumps(action(), allow_nan=False))
        record.save(update_fields=["result"])
        return cast(T, record.result)


def _claim(scope: str, key: str, digest: str, lifetime: timedelta) -> tuple[IdempotencyKey, bool]:
    """Return the key's row, locked, and whether this request is the one to do the work."""
    now = clock.now()
    fresh = IdempotencyKey(scope=scope, key=key, fingerprint=digest, created_at=now, expires_at=now + lifetime)
    try:
        with transaction.atomic(), _bounded_wait():
            # On PostgreSQL this blocks on the unique index until a rival commits or rolls back.
            fresh.save(force_insert=True)
        return fresh, True
    except IntegrityError:
        record = IdempotencyKey.objects.select_for_update().get(scope=scope, key=key)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise KeyInUse from error
        raise
    if record.expires_at > now:
        return record, False
    record.fingerprint, record.created_at, record.expires_at, record.result = digest, now, now + lifetime, None
    record.save()
    return record, True


@contextmanager
def _bounded_wait() -> Iterator[None]:
    """Limit waiting for locks inside the block; PostgreSQL only, the former limit returns with the block's end."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{_WAIT_MILLISECONDS}ms"])
        yield  # after an error the savepoint's rollback restores the setting
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])


def _digest(fingerprint: Any) -> str:
    text = json.dumps(fingerprint, sort_keys=True, separators=(",", ":"), allow_nan=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
