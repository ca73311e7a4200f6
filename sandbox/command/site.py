"""The site file of the sandbox: what every image needs in a network without internet, as an air-gapped user has it.

Guests reach the host's loopback at 169.254.169.1 (QEMU's user network); `builder.connect` stands there only when port
22 of the machines' addresses can't be bound.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.command.state import State, write_private
from sandbox.world.folders import cache_of, run_of

HOST_SEEN_BY_GUESTS = "169.254.169.1"
NAME = "site.yaml"
CALLER = "127.0.0.1/32"
INSTALLERS = ("Miniforge3-*-Linux-x86_64.sh", "Miniconda3-*-Linux-x86_64.sh")


def content(state: State, installer: tuple[str, str] | None = None) -> dict[str, Any]:
    """Write the site's settings.
    `installer` is name and SHA-256 of the download that stands for every conda installer.
    """
    builder: dict[str, Any] = {"ssh_from": CALLER}
    if state.ssh_port != 22:
        builder["connect"] = {"proxy_command": f"nc %h {state.ssh_port}"}
    if installer is None:
        return {"builder": builder}
    name, sha256 = installer
    url = f"http://{HOST_SEEN_BY_GUESTS}:{state.port}/kiln-sandbox/downloads/{name}"
    return {"builder": builder, "downloads": {pattern: {"url": url, "sha256": sha256} for pattern in INSTALLERS}}


def file_of(state: State) -> Path:
    return run_of(Path(state.home)) / NAME


def publish(state: State, installer: tuple[Path, str] | None = None) -> None:
    """Offer the installer (its path and SHA-256) as a download and write the site file."""
    if installer is None:
        write_private(file_of(state), _yaml(content(state)))
        return
    path, sha256 = installer
    offered = cache_of(Path(state.home)) / "downloads" / path.name
    offered.parent.mkdir(parents=True, exist_ok=True)
    if offered.resolve() != path.resolve():
        offered.unlink(missing_ok=True)
        offered.symlink_to(path)
    write_private(file_of(state), _yaml(content(state, (path.name, sha256))))


def _yaml(settings: Mapping[str, Any]) -> str:
    return json.dumps(settings, indent=2) + "\n"  # every JSON document is a YAML one
