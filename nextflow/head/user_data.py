"""User data of a head node: its keys, the session in which runs go on, Nextflow, and its own end (pure).

Source: "Cloud config examples" and the module reference of cloud-init's documentation; KillUserProcesses of
logind.conf(5). User data has at most 16 KiB ("Run commands when you launch an EC2 instance", Amazon EC2 User Guide).
"""

import base64
import gzip
import json
import shlex
from typing import Any

from images.builder.keys import Keys
from kiln.errors import UserError
from nextflow.container.pins import Pin
from nextflow.head import ending
from nextflow.head.local import SESSION
from nextflow.head.program import Given

NEXTFLOW = "/usr/local/bin/nextflow"
LIMIT = 16 * 1024  # bytes
SESSION_SCRIPT = """#!/bin/bash
# Kiln: the session in which a run goes on when the connection is lost.
if command -v tmux >/dev/null; then exec tmux new-session -A -s nextflow; fi
echo "Kiln: there is no tmux here, and a run ends with the connection; nextflow -bg run goes on." >&2
exec bash -l
"""
# Whatever the distribution's default, who loses a connection loses no process.
_STAY = """mkdir -p /etc/systemd/logind.conf.d
printf '[Login]\\nKillUserProcesses=no\\n' >/etc/systemd/logind.conf.d/kiln-head.conf
systemctl --no-block try-restart systemd-logind
"""


def make_cloud_config(keys: Keys, region: str, *, time_limit: int, nextflow: Pin | Given | None) -> str:
    """Make the #cloud-config; `time_limit` in seconds. Raises UserError where the program is too large for it."""
    document = {
        "ssh_deletekeys": True,
        "ssh_keys": {"ed25519_private": keys.host.private, "ed25519_public": keys.host.public},
        "ssh_pwauth": False,
        "ssh_authorized_keys": [keys.public],
        # Boot commands run at every boot, and before all that can fail.
        "bootcmd": [["cloud-init-per", "instance", "kiln-head", "sh", "-c", ending.write_switch(time_limit) + _STAY]],
        "write_files": [
            _file("/etc/profile.d/kiln-head.sh", write_profile(region, nextflow), "0644"),
            _file(SESSION, SESSION_SCRIPT),
            *([_pack(nextflow)] if isinstance(nextflow, Given) else []),
        ],
        "runcmd": [["sh", "-c", write_install(nextflow)]] if isinstance(nextflow, Pin) else [],
    }
    text = "#cloud-config\n" + json.dumps(document, indent=1, sort_keys=True) + "\n"
    if len(text) > LIMIT:
        raise UserError(
            "the program in Nextflow's place is too large",
            f"a machine's user data has at most {LIMIT} bytes, and would have {len(text)}",
            "Try --nextflow none, and copy it there yourself.",
        )
    return text


def write_profile(region: str, nextflow: Pin | Given | None) -> str:
    """Write what a login reads: the region, and, for people, which Nextflow there is or is not."""
    if isinstance(nextflow, Given):
        words = f"Kiln: nextflow is REPLACED by {nextflow.name}: not Nextflow {nextflow.version}"
    elif nextflow is None:
        words = "Kiln: head-up was asked for no Nextflow"
    else:
        words = "Kiln: nextflow is not here (yet): cloud-init status --long, /var/log/cloud-init-output.log"
    test = f"[ -x {NEXTFLOW} ] || " if isinstance(nextflow, Pin) else ""
    say = f"case $- in *i*) {test}echo {shlex.quote(words)} ;; esac\n"
    return f"export AWS_DEFAULT_REGION={region}\nexport AWS_REGION={region}\n{say}"


def write_install(nextflow: Pin, place: str = NEXTFLOW) -> str:
    """Write the shell that downloads Nextflow, and puts it there only if its SHA-256 is the published one."""
    return (
        f"set -eu\nfile=$(mktemp)\ncurl --fail --silent --show-error --location --retry 3 --output \"$file\" "
        f"{shlex.quote(nextflow.url)}\necho {shlex.quote(nextflow.sha256)}\"  $file\" | sha256sum --check --quiet\n"
        f"chmod 755 \"$file\"\nmv \"$file\" {shlex.quote(place)}\n"
    )  # fmt: skip


def _file(path: str, content: str, mode: str = "0755") -> dict[str, Any]:
    return {"path": path, "permissions": mode, "content": content}


def _pack(given: Given) -> dict[str, Any]:
    content = base64.b64encode(gzip.compress(given.content, mtime=0)).decode()
    return _file(NEXTFLOW, content) | {"encoding": "gz+b64"}
