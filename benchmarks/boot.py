"""Seconds from RunInstances to a running ECS agent: the baked image beside a stock one with user data.

    python -m benchmarks.boot [TEMPLATE …]

The same launch template is registered for both; default: nextflow-al2023 and genomics-workflow-template. In the
offline AWS, which is started if need be; the image is built where there is none.
"""

import json
import logging
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.command import client, variables

ROOT = Path(__file__).parent.parent
TEMPLATES = ("nextflow-al2023", "genomics-workflow-template")
AMIS = {"baked": "latest", "stock": "ecs/al2023"}
DONE = re.compile(r"^kiln-boot: (.*): done in (\d+) s$", re.MULTILINE)


@dataclass(frozen=True)
class Boot:
    """`ready` in seconds; `steps` are the names of what was done at boot and their seconds."""

    ready: float
    user_data_bytes: int
    steps: tuple[tuple[str, int], ...]


def main(templates: Sequence[str]) -> int:
    variables.turn_process_to(client.start(report=print))
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # a machine that boots refuses connections
    invoke("build-ami", "--json")
    for template in templates:
        show(template, {name: boot(template, ami) for name, ami in AMIS.items()})
    return 0


def boot(template: str, ami: str) -> Boot:
    """One machine of the template on that AMI, seen from its launch until its ECS agent runs."""
    from cloud.session import Cloud
    from tests.support.from_template import started, until

    registered = invoke("register-launch-template", "--template", template, "--ami", ami, "--json")
    with started(Cloud(), registered) as machine:
        until(lambda: machine.remote.run("systemctl is-active ecs").exit_code == 0, "the start of the ECS agent")
        log = machine.bash("cat /var/log/kiln-boot.log 2>/dev/null || true")
        steps = tuple((name, int(seconds)) for name, seconds in DONE.findall(log))
        return Boot(machine.seconds_to("ecs"), registered["user_data_bytes"], steps)


def show(template: str, boots: dict[str, Boot]) -> None:
    """The table of one template."""
    print(f"\n{template}: RunInstances to a running ECS agent")
    for name, each in boots.items():
        print(f"{name:<8}{each.ready:8.1f} s{each.user_data_bytes:8d} bytes of user data", flush=True)
        if not each.steps:
            print("          nothing is done at boot")
        for step, seconds in each.steps:
            print(f"          {step:<60}{seconds:5d} s")
    print(f"ratio   {boots['stock'].ready / boots['baked'].ready:8.2f}", flush=True)


def invoke(*words: str) -> dict[str, Any]:
    """The document of one task as a user types it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "invoke", "-r", str(ROOT), *words]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or TEMPLATES))
