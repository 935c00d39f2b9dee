"""Addresses for messages of providers that sign nothing: the end of the path names the operation and proves it.

A token is ``<kind>-<id>-<code>``, the code an HMAC of the rest. Nobody without the key can make one, each is for one
payment, payout or refund only, and no table has to be asked before a message is believed or thrown away. It is short,
because some providers (Orange) take addresses of 120 characters at most: id and code are in base 32, the code has 80
bits.
"""

import base64
import hmac
import uuid
from hashlib import sha256

from commerce.providers.base import InvalidSignature

__all__ = ["make_path_token", "read_path_token"]

#: Characters of an id (16 bytes) and of a code (10 bytes), in base 32.
_ID_LENGTH, _CODE_LENGTH = 26, 16


def make_path_token(key: str, provider: str, kind: str, operation_id: uuid.UUID) -> str:
    """Return the token for one operation: letters, digits, ``_`` and ``-`` only.

    Args:
        key: secret; an empty one is refused.
        kind: what a message to this address is about: ``payment``, ``payout``, ``refund`` or an adapter's own word.

    Raises:
        ValueError: no key, or a kind with a ``-``.
    """
    if not key:
        raise ValueError("Addresses for unsigned messages need a secret key.")
    if not kind or "-" in kind:
        raise ValueError(f"{kind!r} is no kind of message.")
    text = f"{kind}-{_base32(operation_id.bytes)}"
    code = _base32(hmac.digest(key.encode(), f"{provider}:{text}".encode(), sha256))
    return f"{text}-{code[:_CODE_LENGTH]}"


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def read_path_token(key: str, provider: str, token: str) -> tuple[str, uuid.UUID]:
    """Return kind and id of the operation that ``token`` was made for.

    Raises:
        InvalidSignature: it wasn't made with this key for this provider.
    """
    kind, _dash, rest = token.partition("-")
    try:
        padding = "=" * (-_ID_LENGTH % 8)
        operation_id = uuid.UUID(bytes=base64.b32decode(rest[:_ID_LENGTH].upper() + padding))
        expected = make_path_token(key, provider, kind, operation_id)
    except ValueError:
        raise InvalidSignature("forged", "not an address of ours") from None
    if not hmac.compare_digest(expected.encode(), token.encode(errors="replace")):
        raise InvalidSignature("forged", "not an address of ours")
    return kind, operation_id
