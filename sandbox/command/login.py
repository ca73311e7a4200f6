"""`invoke sandbox.ssh`: a login of the sandbox's own to each of its machines, without EC2's key pairs.

The key is made anew at every start and reaches the guests by the kernel's command line, where their sshd asks for it
(AuthorizedKeysCommand): nothing of it is written to a disk, so images made of them are free of it.
"""

import re
from pathlib import Path

from sandbox.command.state import State, write_private
from sandbox.world.folders import run_of

# cloud-init's module keys_to_console prints the host keys between these marks.
_MARKED = re.compile(r"BEGIN SSH HOST KEY KEYS-----(.*?)-----END SSH HOST KEY KEYS", re.DOTALL)
_KEY = re.compile(r"ssh-ed25519 [A-Za-z0-9+/=]+")


def new_login_key(home: Path) -> str:
    """Write a fresh private key (0600) below `home`; returns the public one, in OpenSSH's text form."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption())
    write_private(_key_of(home), private.decode())
    return key.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH).decode()


def _key_of(home: Path) -> Path:
    return run_of(home) / "login_key"


def host_key(console: str) -> str | None:
    """Find the ed25519 host key that cloud-init printed last on a console; None before it has."""
    prints = _MARKED.findall(console)
    found = _KEY.search(prints[-1]) if prints else None
    return found.group() if found else None


def command(found: State, address: str, key: str) -> list[str]:
    """Write ssh(1) to a machine whose host key is known, with nobody's own settings."""
    home = Path(found.home)
    known = run_of(home) / "known_hosts"
    name = address if found.ssh_port == 22 else f"[{address}]:{found.ssh_port}"
    write_private(known, f"{name} {key}\n")
    options = ("IdentitiesOnly=yes", "IdentityAgent=none", f"UserKnownHostsFile={known}", "GlobalKnownHostsFile=none",
               "StrictHostKeyChecking=yes")  # fmt: skip
    words = ["ssh", "-F", "none", "-i", str(_key_of(home)), "-p", str(found.ssh_port)]
    for option in options:
        words += ["-o", option]
    return [*words, f"ec2-user@{address}"]
