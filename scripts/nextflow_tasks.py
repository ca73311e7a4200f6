"""Tasks submitted as Nextflow does: files staged through S3 by the AWS CLI that the machine mounts into the container.

The shapes are those that Nextflow 25.06 and 26.04 were recorded with: the job definition, the overrides, the command.
"""

import re
from dataclasses import dataclass
from typing import Any

PREFIX = "/home/ec2-user/miniconda"
CLI = f"{PREFIX}/bin/aws"
ENVIRONMENT = [
    {"name": "AWS_RETRY_MODE", "value": "standard"},
    {"name": "AWS_MAX_ATTEMPTS", "value": "5"},
    {"name": "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "value": "5"},
]
# What Nextflow writes beside a task's script, cut down to its effects.
RUN = """#!/bin/bash
set -e -u
cd "$(mktemp -d)"
{stage}
{cli} s3 cp --only-show-errors {folder}/.command.sh .command.sh
set +e
bash -e -u -o pipefail .command.sh > >(tee .command.out) 2> >(tee .command.err >&2)
code=$?
{unstage}
printf '%s' $code > .exitcode
{cli} s3 cp --only-show-errors .exitcode {folder}/.exitcode
exit $code
"""
# The command of 25.06, and the one of 26.04 with its traps, which sends TERM on.
COMMAND_25 = (
    'trap "{{ ret=$?; {cli} --region {region} s3 cp --only-show-errors .command.log {folder}/.command.log||true; '
    'exit $ret; }}" EXIT; {cli} --region {region} s3 cp --only-show-errors {folder}/.command.run - | bash 2>&1 '
    "| tee .command.log"
)
COMMAND_26 = (
    'trap "[[ -n \\$pid ]] && kill -TERM \\$pid" TERM; '
    'trap "{{ ret=$?; {cli} --region {region} s3 cp --only-show-errors .command.log {folder}/.command.log||true; '
    'exit $ret; }}" EXIT; {cli} --region {region} s3 cp --only-show-errors {folder}/.command.run - '
    "| bash > >(tee .command.log) 2>&1 & pid=$!; wait $pid"
)


@dataclass(frozen=True)
class NextflowTask:
    """A task with its work folder; `inputs` are keys of the bucket, `outputs` names of files that the script writes."""

    name: str
    script: str
    folder: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    vcpus: int = 1
    memory: int = 1024  # MiB


def register_definition(batch: Any, image: str, **container: Any) -> str:
    """Register the job definition of an image as Nextflow does; the name and revision of it."""
    made = batch.register_job_definition(
        jobDefinitionName="nf-" + image.translate(str.maketrans("./:@", "----")),
        type="container",
        parameters={"nf-token": "0d5c2f1e"},
        containerProperties={
            "image": image,
            "command": ["true"],
            "volumes": [{"name": "aws-cli", "host": {"sourcePath": PREFIX}}],
            "mountPoints": [{"sourceVolume": "aws-cli", "containerPath": PREFIX, "readOnly": True}],
            "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "1024"}],
            **container,
        },
        tags={"nextflow.io/createdAt": "2026-11-28T10:00:00Z", "nextflow.io/version": "26.04.6"},
    )
    return f"{made['jobDefinitionName']}:{made['revision']}"


def make_job_name(task: str) -> str:
    """Make the job's name of a task's, as Nextflow does: ALIGN (2) is ALIGN_2. Batch takes no other characters."""
    return re.sub(r"[^A-Za-z0-9_]", "", task.replace(" ", "_"))[:128]


def submit(
    batch: Any, s3: Any, task: NextflowTask, *, bucket: str, queue: str, definition: str, command: str, region: str
) -> str:
    """Write the task's files into its work folder and submit it; the job's id."""
    folder = f"s3://{bucket}/{task.folder}"
    copy = f"{CLI} s3 cp --only-show-errors"
    stage = "\n".join(f"{copy} s3://{bucket}/{key} {key.rpartition('/')[2]}" for key in task.inputs)
    unstage = "\n".join(f"{copy} {name} {folder}/{name}" for name in task.outputs)
    run = RUN.format(stage=stage, unstage=unstage, cli=CLI, folder=folder)
    s3.put_object(Bucket=bucket, Key=f"{task.folder}/", Body=b"")
    s3.put_object(Bucket=bucket, Key=f"{task.folder}/.command.run", Body=run.encode())
    s3.put_object(Bucket=bucket, Key=f"{task.folder}/.command.sh", Body=task.script.encode())
    asked = [{"type": "MEMORY", "value": str(task.memory)}]
    if task.vcpus > 1:
        asked.append({"type": "VCPU", "value": str(task.vcpus)})
    line = command.format(cli=CLI, region=region, folder=folder)
    made = batch.submit_job(
        jobName=make_job_name(task.name),
        jobQueue=queue,
        jobDefinition=definition,
        containerOverrides={
            "command": ["bash", "-o", "pipefail", "-c", line],
            "environment": ENVIRONMENT,
            "resourceRequirements": asked,
        },
        timeout={"attemptDurationSeconds": 3600},
    )
    return str(made["jobId"])
