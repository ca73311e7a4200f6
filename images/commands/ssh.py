"""`invoke ssh`: into a builder that a failed build kept."""

import json
import os
from pathlib import Path
from typing import Any

from images.commands.recording import BUILDS
from kiln import typed
from kiln.errors import UserError


def ssh(instance: str) -> int:
    """Become ssh(1), which knows the kept builder's host key and nothing of the user's own.

    Raises UserError for an instance that no failed build kept.
    """
    for path in sorted(BUILDS.glob("*/*/kept.json")):
        kept = json.loads(path.read_text())
        if kept["instance"] == instance:
            become(make_command(path.parent, kept))
    raise UserError(
        f"{instance} is not a kept builder",
        f"no {BUILDS}/*/*/kept.json names it",
        f"{typed.command('build-ami --on-error keep')} keeps the builder of a failed build.",
    )


def become(command: list[str]) -> None:
    """Become a program; raises UserError where this computer has it not."""
    try:
        os.execvp(command[0], command)
    except OSError as error:
        packages = {"ssh": "OpenSSH's client", "aws": "the AWS CLI, and its Session Manager plug-in"}
        raise UserError(
            f"{command[0]} cannot be started", error.strerror or str(error),
            f"Install {packages.get(command[0], command[0])} on this computer.",
        ) from None  # fmt: skip


def make_command(folder: Path, kept: dict[str, Any]) -> list[str]:
    """Arguments of ssh(1) with the kept key, the pinned host key, and nobody else's settings."""
    known = folder / "known_hosts"
    known.write_text(f"{kept['host']} {kept['host_key']}\n")
    options = (
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        f"UserKnownHostsFile={known}",
        "GlobalKnownHostsFile=none",
        "StrictHostKeyChecking=yes",
    )
    arguments = ["ssh", "-F", "none", "-i", str(folder / "key")]
    for option in options:
        arguments += ["-o", option]
    if kept.get("proxy_command"):
        arguments += ["-o", "ProxyCommand=" + kept["proxy_command"].replace("%i", kept["instance"])]
    return [*arguments, f"{kept['user']}@{kept['host']}"]
