"""What this computer keeps of a head node: its key, its host key and address, in a folder of its own."""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass

from images.builder.keys import Keys
from kiln import typed
from kiln.errors import UserError
from nextflow.head.names import Head

USER = "ec2-user"
SESSION = "/usr/local/bin/kiln-head-session"
"""On the machine: enters tmux, in which a run goes on when the connection is lost, or comes back into it."""


@dataclass(frozen=True)
class Kept:
    """`host` is "" where SSM is the way, and before it runs; `host_key` is the public one; `ends` (UTC) for people."""

    region: str
    host_key: str
    ends: str
    host: str = ""

    @property
    def key(self) -> str:
        """The fingerprint that the machine carries as a tag: SHA-256 (hex) of its host key."""
        return hashlib.sha256(self.host_key.encode()).hexdigest()


def keep(head: Head, keys: Keys, kept: Kept) -> None:
    """Write it, the private key for its owner alone."""
    head.folder.mkdir(parents=True, exist_ok=True)
    key = head.folder / "key"
    key.unlink(missing_ok=True)
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(keys.private)
    note(head, kept)


def note(head: Head, kept: Kept) -> None:
    """Write what is known now; the key stays."""
    (head.folder / "head.json").write_text(json.dumps(asdict(kept), indent=1) + "\n")


def read(head: Head) -> Kept:
    """Read it; raises UserError where this computer has started no head node of the environment."""
    path = head.folder / "head.json"
    try:
        return Kept(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        raise UserError(
            f"this folder knows no head node of {head.environment}",
            f"{path} is not there: head-up writes it, below the folder in which it is typed",
            f"Type it in that folder; or start one: {typed.command(f'head-up --env {head.environment}')}",
        ) from None


def find(head: Head) -> Kept | None:
    """Find what this computer knows; None where it has started no head node of the environment."""
    try:
        return read(head)
    except UserError:
        return None


def forget(head: Head) -> None:
    """Remove the folder."""
    shutil.rmtree(head.folder, ignore_errors=True)


def make_command(head: Head, kept: Kept, instance: str, proxy: str = "") -> list[str]:
    """Make the command that enters the machine: ssh(1) with this key and this host key alone, or a session of SSM.

    `proxy` is a command whose stdin and stdout are the connection, as a site's `proxy_command`.
    """
    if not kept.host:
        return [
            "aws", "ssm", "start-session", "--region", kept.region, "--target", instance,
            "--document-name", "AWS-StartInteractiveCommand",
            "--parameters", json.dumps({"command": [f"sudo -iu {USER} {SESSION}"]}),
        ]  # fmt: skip
    known = head.folder / "known_hosts"
    known.write_text(f"{kept.host} {kept.host_key}\n")
    through = ["-o", "ProxyCommand=" + proxy.replace("%i", instance)] if proxy else []
    return [
        "ssh", "-F", "none", *through, "-t", "-i", str(head.folder / "key"), "-o", "IdentitiesOnly=yes",
        "-o", "IdentityAgent=none", "-o", f"UserKnownHostsFile={known}", "-o", "GlobalKnownHostsFile=none",
        "-o", "StrictHostKeyChecking=yes", "-o", "ServerAliveInterval=30", "-o", "ConnectTimeout=60",
        f"{USER}@{kept.host}", SESSION,
    ]  # fmt: skip
