"""The sandbox's CA, made anew at every start, and the certificate by which its registry is known in the guests.

The CA signs for the names of `sandbox.machines.registry_names` alone, its key is not kept, and guests have its
certificate only while they run.
"""

import base64
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID = timedelta(days=400)


@dataclass(frozen=True)
class Identity:
    """PEM texts: the CA's certificate, and the server's with its key."""

    ca: str
    certificate: str
    key: str

    @property
    def ca_line(self) -> str:
        """The CA's certificate on one line, as a guest's kernel is told it: base64 of DER."""
        return base64.b64encode(ssl.PEM_cert_to_DER_cert(self.ca)).decode()

    def make_context(self) -> ssl.SSLContext:
        """Return what a server speaks TLS with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory(prefix="kiln-registry-tls-") as folder:  # the library reads files alone
            path = Path(folder) / "pem"
            path.touch(mode=0o600)
            path.write_text(self.certificate + self.key)
            context.load_cert_chain(path)
        return context


def make_identity(names: Sequence[str]) -> Identity:
    """Make a CA and a certificate for the names."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Kiln sandbox")
    ca = _builder(issuer, issuer, ca_key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    leaf = _builder(_name("registries"), issuer, key)
    leaf = leaf.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return Identity(
        ca.sign(ca_key, hashes.SHA256()).public_bytes(form.Encoding.PEM).decode(),
        leaf.sign(ca_key, hashes.SHA256()).public_bytes(form.Encoding.PEM).decode(),
        key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode(),
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + _VALID)
    )
