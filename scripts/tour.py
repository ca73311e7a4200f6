"""A tour from nothing: an image, an environment, its canary, a pipeline of two tasks staged through S3, and the end.

    python -m scripts.tour                      # make tour
    python -m scripts.tour --scratch-gib 1      # with options of the canary's

All of it in the offline AWS, by the commands that a person types; the pipeline's jobs have the shape of Nextflow's.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from kiln.words import format_seconds
from sandbox.command import client
from scripts.nextflow_tasks import COMMAND_26, NextflowTask, register_definition, submit

INVOKE = (sys.executable, "-m", "invoke", "--search-root", str(Path(__file__).parents[1]), "sandbox")
ENVIRONMENT, QUEUE = "salmon", "salmonWorkload"
IMAGE = "public.ecr.aws/docker/library/debian:bookworm-slim"
REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/salmon-job-role"
BUCKET = f"salmon-123456789012-{REGION}"
READS = b">r1\nACGT\n>r2\nGGCC\n>r3\nACGT\n"
TASKS = (
    NextflowTask("SEQUENCES (1)", "awk 'NR % 2 == 0' reads.fa | sort > sequences.txt", "work/1a/sequences",
                 ("work/in/reads.fa",), ("sequences.txt",)),
    NextflowTask("COUNT (1)", "uniq -c sequences.txt | awk '{print $2, $1}' > counts.txt", "work/2b/count",
                 ("work/1a/sequences/sequences.txt",), ("counts.txt",)),
)  # fmt: skip
POLL, LIMIT = 1.0, 900.0  # seconds


def main(*canary: str) -> int:
    """Walk all of it, with these options of the canary's; 0, or the exit code of the command that failed."""
    begun = time.monotonic()
    try:
        _walk(*canary)
    except subprocess.CalledProcessError as error:
        typed = " ".join(error.cmd[len(INVOKE) - 1 :])
        print(f"✗ invoke {typed} ended with exit code {error.returncode}", file=sys.stderr)
        return int(error.returncode)
    print(f"✓ the tour took {format_seconds(time.monotonic() - begun)}")
    return 0


def _walk(*canary: str) -> None:
    _type("build-ami")
    _type("register-env", "--env", ENVIRONMENT, "--yes")
    try:
        _type("canary", "--env", ENVIRONMENT, "--queue", QUEUE, *canary)
        with _timed("a pipeline of two tasks"):
            _run_pipeline()
    finally:
        _type("destroy-env", "--env", ENVIRONMENT, "--yes")


def _type(*words: str) -> None:
    with _timed(f"invoke sandbox {' '.join(words)}"):
        subprocess.run([*INVOKE, *words], check=True)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    print(f"\n▸ {what}", flush=True)
    begun = time.monotonic()
    yield
    print(f"  {format_seconds(time.monotonic() - begun)}", flush=True)


def _run_pipeline() -> None:
    """Run the tasks one after the other, and print what the last one left in the bucket."""
    state = client.status()
    assert state is not None, "the offline AWS runs since the image was built"
    client.turn_process_to(state)
    batch, s3 = boto3.client("batch"), boto3.client("s3")
    s3.put_object(Bucket=BUCKET, Key="work/in/reads.fa", Body=READS)
    definition = register_definition(batch, IMAGE, jobRoleArn=ROLE)
    for task in TASKS:
        job = submit(
            batch, s3, task, bucket=BUCKET, queue=QUEUE, definition=definition, command=COMMAND_26, region=REGION
        )
        _wait(batch, task.name, job)
    last = TASKS[-1]
    result = s3.get_object(Bucket=BUCKET, Key=f"{last.folder}/{last.outputs[0]}")["Body"].read().decode()
    print(f"  s3://{BUCKET}/{last.folder}/{last.outputs[0]}")
    print("".join(f"    {line}\n" for line in result.splitlines()), end="")
    batch.deregister_job_definition(jobDefinition=definition)


def _wait(batch: Any, name: str, job_id: str) -> None:
    shown, end = "", time.monotonic() + LIMIT
    while shown not in ("SUCCEEDED", "FAILED"):
        (job,) = batch.describe_jobs(jobs=[job_id])["jobs"]
        if job["status"] != shown:
            shown = job["status"]
            print(f"  {name}: {shown}", flush=True)
        if time.monotonic() > end:
            raise SystemExit(f"{name} is {shown} after {format_seconds(LIMIT)}: invoke sandbox show-job {job_id}")
        time.sleep(POLL)
    if shown == "FAILED":
        raise SystemExit(f"{name} failed: {job.get('statusReason')}; invoke sandbox show-job {job_id}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
