"""The key pair that imitated providers decrypt with: one for all processes of a school that share a folder."""

import os
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

__all__ = ["certificate", "keep_in", "private_key"]

_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """From now on, use the key of ``folder``, made when it is missing. Without a folder, each process has its own."""
    global _folder
    if _folder != folder:
        _folder = folder
        private_key.cache_clear()
        certificate.cache_clear()


@cache
def private_key() -> rsa.RSAPrivateKey:
    """RSA, 2048 bits. Made once: making them is slow."""
    if _folder is None:
        return _new()
    path = _folder / "simulators.pem"
    if not path.exists():
        _folder.mkdir(parents=True, exist_ok=True)
        text = _new().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with tempfile.NamedTemporaryFile(dir=_folder, delete=False) as file:
            file.write(text)
        try:
            os.link(file.name, path)  # whole or not at all; who comes second takes the first one's
        except FileExistsError:
            pass
        finally:
            os.unlink(file.name)
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds no RSA key.")
    return key


def _new() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate() -> str:
    """PEM of the public half, as M-Pesa hands it out."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "simulator.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key().public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(private_key(), hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()
