"""Ephemeral keys: one pair to log in with, one host key to know the machine by."""

from dataclasses import dataclass
from io import StringIO
from typing import Any

from userdata.builder import HostKey


@dataclass(frozen=True)
class Keys:
    """OpenSSH texts. `private` exists in memory alone unless the builder is kept."""

    private: str
    public: str
    host: HostKey

    @property
    def login_key(self) -> Any:
        """The private key as paramiko wants it."""
        import paramiko

        return paramiko.Ed25519Key.from_private_key(StringIO(self.private))

    @property
    def host_key(self) -> Any:
        """The public host key that the machine must show."""
        import paramiko

        return paramiko.Ed25519Key.from_private_key(StringIO(self.host.private))


def generate_keys(comment: str) -> Keys:
    """A fresh login key and a fresh host key, both ed25519."""
    login, host = _pair(comment), _pair(comment)
    return Keys(*login, HostKey(*host))


def _pair(comment: str) -> tuple[str, str]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return private.decode(), f"{public.decode()} {comment}"
