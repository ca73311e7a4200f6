"""Runs of pipelines in tests: a small environment that has what their heads need, and what a person types."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kiln.errors import UserError
from nextflow.runs.commands import run as command
from nextflow.runs.start.asked import Asked
from sandbox.inprocess import Sandbox

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


DOCUMENTS: dict[str, list[str]] = yaml.safe_load((Path(__file__).parents[1] / "cli" / "documents.yaml").read_text())


def define(folder: Path) -> str:
    """Write the definition down; its path."""
    path = folder / "lab.yaml"
    path.write_text(TEXT % IMAGE)
    return str(path)


def ask(pipeline: Path | str, env: str, **more: Any) -> Asked:
    """What a person types, with a name unless another is given."""
    return Asked(str(pipeline), env, **{"name": "" if "resume" in more else "first"} | more)


def refuse(sandbox: Sandbox, pipeline: Path | str, env: str, **more: Any) -> UserError:
    """Run what is refused; the message. No call has changed anything."""
    sandbox.calls.clear()
    with pytest.raises(UserError) as caught:
        command.run(ask(pipeline, env, **more), None, follows=False, yes=False, as_json=False)
    changing = ("SubmitJob", "RegisterJobDefinition", "PUT ", "POST ", "DELETE ")
    assert [call.action for call in sandbox.calls.all() if call.action.startswith(changing)] == []
    assert caught.value.why
    return caught.value


def start(sandbox: Sandbox, pipeline: Path | str, env: str, **more: Any) -> dict[str, Any]:
    """Start a run; its record."""
    asked = ask(pipeline, env, **more)
    assert command.run(asked, None, follows=False, yes=False, as_json=False) == 0
    return read_record(sandbox, asked.name or asked.resume)


def read_record(sandbox: Sandbox, name: str = "first") -> dict[str, Any]:
    answer = sandbox.client("s3").get_object(Bucket=BUCKET, Key=f"_nextflow/heads/{name}/run.json")
    record: dict[str, Any] = json.loads(answer["Body"].read())
    return record


def submit_task(sandbox: Sandbox, run_id: str, name: str = "salmon_1", **more: Any) -> str:
    """A task as a head submits it, with the label of its run; its id."""
    request = {"jobQueue": "default", "jobDefinition": "nextflow", "containerOverrides": {"command": ["task"]}} | more
    tags = {"kiln:run": run_id} if run_id else {}
    return str(sandbox.client("batch").submit_job(jobName=name, tags=tags, **request)["jobId"])
