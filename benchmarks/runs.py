"""What `invoke run` takes until its head is sent, as a user types it, in an offline AWS: `python -m benchmarks.runs`.

What it adds behind the head's end is seen where heads run: tests/e2e/test_runs.py prints it. Allowed for both: 5 s.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path
from unittest import mock

from benchmarks.uploads import measure
from sandbox.command import client, variables

TURNS, SECONDS = 5, 5.0
ENVIRONMENT = """\
name: bench
image: nextflow-al2023
ami: ecs-optimized
launch_template: nextflow-al2023
buckets: {work: {}}
compute_environments: {bench: {instance_types: [c5.2xlarge]}}
queues:
  default: {compute_environments: [bench]}
  head: {priority: 100, compute_environments: [bench]}
job_definitions:
  nextflow: {image: "public.ecr.aws/docker/library/busybox:1", vcpus: 2, memory: 1024 MiB, command: ["true"]}
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        return start_runs(Path(folder))


def start_runs(folder: Path) -> int:
    """Start runs of one pipeline, a folder; 1 where the median is over what is allowed."""
    env, project = folder / "bench.yaml", folder / "pipeline"
    env.write_text(ENVIRONMENT)
    project.mkdir()
    (project / "main.nf").write_text("workflow { }\n")
    invoke = [sys.executable, "-m", "invoke"]
    running = client.start(folder / "home", machines=False, report=print)
    try:
        with mock.patch.dict(os.environ):
            variables.turn_process_to(running)
            measure([*invoke, "register-env", "--env", str(env), "--yes"])
            run = [*invoke, "run", str(project), "--env", str(env), "--yes"]
            seconds = [measure([*run, "--name", f"run-{turn}"]) for turn in range(TURNS)]
            bare = statistics.median(measure([*invoke, "--version"]) for _ in range(TURNS))
    finally:
        client.stop(folder / "home")
    middle = statistics.median(seconds)
    print(
        f"\nseconds from `invoke run` to its head job, of {TURNS} runs (goal: {SECONDS:g}, with what comes at the end)"
    )
    print(f"{'median':>12} {middle:>8.2f}\n{'most':>12} {max(seconds):>8.2f}\n{'of it Python':>12} {bare:>8.2f}")
    return int(middle > SECONDS)


if __name__ == "__main__":
    sys.exit(main())
