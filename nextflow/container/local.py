"""The build by Docker of this computer."""

import os
import shutil
import subprocess

from kiln.errors import UserError
from kiln.screen import Screen
from nextflow.container.parts import Parts
from nextflow.container.repository import Login


def has_docker() -> bool:
    """Return whether Docker answers here, and can push: where AWS has an address of its own, it finds no registry."""
    if os.environ.get("AWS_ENDPOINT_URL") or shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def check_docker() -> None:
    """Raise UserError where this computer has no Docker."""
    if shutil.which("docker") is None:
        raise UserError(
            "this computer has no Docker", "there is no program docker",
            "Install it, or let Kiln start a machine for the build: --on machine.",
        )  # fmt: skip


def build(parts: Parts, image: str, login: Login | None, screen: Screen) -> None:
    """Build the image under its name (REGISTRY/REPOSITORY:TAG), and push it where there is a login."""
    screen.say("  building with Docker of this computer")
    arguments = [word for name, value in parts.arguments.items() for word in ("--build-arg", f"{name}={value}")]
    _run(["docker", "build", "--platform", "linux/amd64", *arguments, "--tag", image, "-"], stdin=parts.pack())
    if login is None:
        return
    words = ["docker", "login", "--username", login.user, "--password-stdin", login.registry]
    _run(words, stdin=login.password.encode())
    try:
        _run(["docker", "push", image])
    finally:
        subprocess.run(["docker", "logout", login.registry], capture_output=True, check=False)


def _run(command: list[str], stdin: bytes = b"") -> None:
    """Run it, its output on stderr as it comes; UserError where it fails."""
    done = subprocess.run(command, input=stdin, stdout=2, check=False)
    if done.returncode:
        named = " ".join(command[:2])
        raise UserError(f"{named} ended with {done.returncode}", "Docker says why above", "Mend it, and start again.")
