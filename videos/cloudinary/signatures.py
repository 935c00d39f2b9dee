"""What Cloudinary and we sign: requests, addresses of files, notices. Always a hash with the account's secret behind.

Sources: Cloudinary's documentation, "Generating authentication signatures", "Generating delivery URL signatures",
"Verifying notification signatures". Either hash is taken for a request; accounts can be limited to SHA-256.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

__all__ = ["is_notice_signature", "notice_signature", "path_signature", "request_signature"]

#: Letters of the signature in an address.
_IN_PATH = 8
#: Which hash a signature in hex is, by its length.
_BY_LENGTH = {40: "sha1", 64: "sha256"}
#: Not among what is signed.
_UNSIGNED = frozenset(("file", "resource_type", "api_key", "signature"))


def request_signature(parameters: Mapping[str, str], secret: str, algorithm: str = "sha1") -> str:
    """Signature in hex of a request: ``name=value`` sorted, joined by ``&``. What is empty isn't signed."""
    # An ampersand in a value could be read as another parameter; they have it escaped since 2025.
    pairs = sorted(
        f"{name}={value.replace('&', '%26')}" for name, value in parameters.items() if value and name not in _UNSIGNED
    )
    return _hash(algorithm, ("&".join(pairs) + secret).encode()).hexdigest()


def path_signature(signed: str, secret: str, algorithm: str = "sha1") -> str:
    """``s--…--`` of the address of a file; ``signed`` is what follows it, without the version."""
    digest = _hash(algorithm, (signed + secret).encode()).digest()
    return f"s--{base64.urlsafe_b64encode(digest).decode()[:_IN_PATH]}--"


def notice_signature(body: bytes, timestamp: str, secret: str, algorithm: str = "sha1") -> str:
    """``X-Cld-Signature`` of a notice."""
    return _hash(algorithm, body + timestamp.encode() + secret.encode()).hexdigest()


def is_notice_signature(given: str, body: bytes, timestamp: str, secret: str) -> bool:
    """Whether a notice was signed with our secret, by either hash: which one is a choice of their account's."""
    algorithm = _BY_LENGTH.get(len(given), "sha1")
    right = notice_signature(body, timestamp, secret, algorithm)
    return hmac.compare_digest(right.encode(), given.lower().encode("utf-8", "replace"))


def _hash(algorithm: str, data: bytes) -> "hashlib._Hash":
    # Theirs, not ours: SHA-1 with the secret behind is what the service speaks.
    return hashlib.new(algorithm, data, usedforsecurity=False)
