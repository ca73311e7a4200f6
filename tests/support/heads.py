"""Heads as tests start them: the container's entrypoint, a real AWS CLI, and a script in Nextflow's place."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.inprocess import Sandbox
from tests.support import processes

ENTRYPOINT = Path(__file__).parents[2] / "nextflow" / "entrypoint" / "entrypoint.sh"
ARN = "arn:aws:batch:us-east-1:123456789012"
BUCKET = "genomics"
FOLDER = f"s3://{BUCKET}/_nextflow"
RUN_ID = "5f0b1c1e-0e2d-4a57-9d1b-6a1c3a0f7c11"
RUN: dict[str, Any] = {
    "NF_RUN": "salmon",
    "NF_RUN_ID": RUN_ID,
    "NF_RUNDIR": f"{FOLDER}/heads/salmon",
    "NF_WORK": f"{FOLDER}/runs/salmon-5f0b1c1e",
}
JOB = "0a1b2c3d-1111-4222-8333-444455556666"
# What it was given, first of all.
_NOTES = """#!/bin/bash
printf '%s\\0' "$@" >"$NOTES/arguments.$1"
env -0 >"$NOTES/environment.$1"
echo "a log" >.nextflow.log
"""


@dataclass
class Heads:
    """Starts heads; `tools` is a folder for PATH. Each head has a folder of its own, as in a container."""

    sandbox: Sandbox
    folder: Path
    tools: Path
    started: list["Head"] = field(default_factory=list)

    def start(self, *arguments: str, script: str = "", drop: tuple[str, ...] = (), **variables: Any) -> "Head":
        """Start one with Nextflow being the script; `drop` names variables that it lacks."""
        folder = self.folder / f"head-{len(self.started)}"
        (folder / "bin").mkdir(parents=True)
        nextflow = folder / "bin" / "nextflow"
        nextflow.write_text(_NOTES + script)
        nextflow.chmod(0o755)
        given = self._environment(folder) | variables
        process = subprocess.Popen(
            ["bash", str(ENTRYPOINT), *arguments],
            env={name: value for name, value in given.items() if name not in drop},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=(folder / "out").open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.started.append(Head(process, folder))
        return self.started[-1]

    def run(self, *arguments: str, script: str = "", code: int = 0, **variables: Any) -> "Head":
        """Start one, and wait for its end; fails the test where its exit code is another."""
        head = self.start(*arguments, script=script, **variables)
        assert head.end() == code, head.text
        return head

    def _environment(self, folder: Path) -> dict[str, str]:
        return self.sandbox.env() | {
            "PATH": f"{folder / 'bin'}:{self.tools}:{os.environ['PATH']}",
            "HOME": str(folder),
            "NOTES": str(folder),
            "NF_LAUNCHDIR": str(folder / "work"),
            "NF_WORKDIR": f"{FOLDER}/runs",
            "NF_LOGSDIR": f"{FOLDER}/logs",
            "NF_JOB_QUEUE": f"{ARN}:job-queue/small-low",
        }


@dataclass(frozen=True)
class Head:
    """One that was started; `folder` is its home."""

    process: "subprocess.Popen[bytes]"
    folder: Path

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return (self.folder / "out").read_text()

    def end(self, timeout: float = 240) -> int:
        return self.process.wait(timeout)

    def await_text(self, text: str, timeout: float = 240) -> None:
        """Wait until it has printed it; fails the test where it ends before."""
        last = time.monotonic() + timeout
        while text not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < last, self.text
            time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL to all of it, as where its machine is lost."""
        self.signal_all(signal.SIGKILL)
        self.process.wait(10)

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to all of it, Nextflow and what it has started included."""
        for group in (self.folder / "work").glob("**/.head/group"):
            processes.signal_session(int(group.read_text()), number)
        processes.signal_session(self.process.pid, number)

    def arguments(self, command: str = "run") -> list[str]:
        """What Nextflow was started with."""
        return (self.folder / f"arguments.{command}").read_text().split("\0")[:-1]

    def environment(self) -> dict[str, str]:
        """What Nextflow saw."""
        pairs = (self.folder / "environment.run").read_text().split("\0")[:-1]
        return dict(pair.split("=", 1) for pair in pairs)

    def option(self, name: str) -> str:
        """The value of an option of Nextflow's."""
        given = self.arguments()
        return given[given.index(name) + 1]


def read_lock(sandbox: Sandbox, folder: str = "heads/salmon") -> dict[str, str]:
    """The run's lock object."""
    body = sandbox.client("s3").get_object(Bucket=BUCKET, Key=f"_nextflow/{folder}/lock.json")["Body"].read()
    return dict(json.loads(body))


def list_keys(sandbox: Sandbox, prefix: str) -> Iterator[str]:
    """The keys below a folder of the work bucket, without it."""
    answer = sandbox.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"_nextflow/{prefix}/")
    for entry in answer.get("Contents", []):
        yield entry["Key"].removeprefix(f"_nextflow/{prefix}/")
