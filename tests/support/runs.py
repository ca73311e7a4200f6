"""Runs of pipelines in tests: a small environment that has what their heads need, and what a person types."""

from pathlib import Path
from typing import Any

from nextflow.runs.start.asked import Asked

BUCKET = "lab-123456789012-us-east-1"
IMAGE = "public.ecr.aws/docker/library/busybox:1"
TEXT = """
name: lab
image: nextflow-al2023
ami: ecs-optimized
launch_template: nextflow-al2023
buckets: {work: {}}
compute_environments:
  workers: {instance_types: [c5.2xlarge]}
queues:
  default: {compute_environments: [workers]}
  head: {priority: 100, compute_environments: [workers]}
job_definitions:
  nextflow: {image: "%s", vcpus: 2, memory: 1024 MiB, command: ["true"]}
"""


def define(folder: Path) -> str:
    """Write the definition down; its path."""
    path = folder / "lab.yaml"
    path.write_text(TEXT % IMAGE)
    return str(path)


def ask(pipeline: Path | str, env: str, **more: Any) -> Asked:
    """What a person types, with a name unless another is given."""
    return Asked(str(pipeline), env, **{"name": "" if "resume" in more else "first"} | more)
