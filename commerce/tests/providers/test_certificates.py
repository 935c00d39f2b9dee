"""Certificates are always checked: by the usual authorities, or by the bundle of one provider and nobody else's."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from commerce.providers.base import Retryable
from commerce.providers.http import HttpClient, certificates


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that only itself vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider.example.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    bundle, secret = folder / "bundle.pem", folder / "key.pem"
    bundle.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return bundle, secret


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A provider behind TLS: its address, and the bundle that vouches for it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    bundle, secret = self_signed(tmp_path_factory.mktemp("provider"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle, secret)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}", str(bundle)
    server.shutdown()
    server.server_close()


def test_a_bundle_counts_for_the_provider_it_was_given_for_alone(provider: tuple[str, str]) -> None:
    url, bundle = provider
    with pytest.raises(Retryable):
        HttpClient(url).call("GET", "/", is_safe=True)
    assert HttpClient(url, ca_bundle=bundle).call("GET", "/", is_safe=True).status == 200
    with pytest.raises(Retryable):
        HttpClient(url).call("GET", "/", is_safe=True)


def test_the_usual_authorities_are_read_once(provider: tuple[str, str]) -> None:
    usual, own = certificates(), certificates(provider[1])
    assert certificates() is usual is not own is certificates(provider[1])
    for context in (usual, own):
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
