#!/usr/bin/env python3
"""A stand-in for Nextflow: the calls of Nextflow 26.04 to S3 and AWS Batch, for tasks that a JSON file lists.

It reads no Groovy. A project's stand-in.json has `stages`, a list of lists of tasks: name, script, outputs (names of
files), and at choice container, cpus, memory (MiB), queue, retry_queue. Of the configuration it reads cliPath and
jobRole alone.
"""

import hashlib
import json
import os
import re
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any

OTHER = "/home/ec2-user/miniconda/bin/python"
try:
    import boto3
    from botocore.exceptions import ClientError
except ImportError:  # on a machine, whose own Python has none: that of the AWS CLI has it
    if sys.executable == OTHER or not os.access(OTHER, os.X_OK):
        sys.exit(f"the stand-in for Nextflow needs boto3, which neither {sys.executable} nor {OTHER} has")
    os.execv(OTHER, [OTHER, *sys.argv])

VALUED = {"-name", "-resume", "-w", "-work-dir", "-c", "-params-file", "-with-trace", "-with-report", "-profile", "-r"}
HEADER = "task_id\thash\tnative_id\tname\tstatus\texit\tsubmit\tcontainer"
ENVIRONMENT = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "5", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "5"}
RUN = """#!/bin/bash
cd "$(mktemp -d)"
{cli} s3 cp --only-show-errors {folder}/.command.sh .command.sh
bash -euo pipefail .command.sh
code=$?
{unstage}
printf '%s' $code >.exitcode
{cli} s3 cp --only-show-errors .exitcode {folder}/.exitcode
exit $code
"""
COMMAND = (
    'trap "[[ -n \\$pid ]] && kill -TERM \\$pid" TERM; '
    'trap "{{ ret=$?; {cli} s3 cp --only-show-errors .command.log {folder}/.command.log||true; exit $ret; }}" EXIT; '
    "{cli} s3 cp --only-show-errors {folder}/.command.run - | bash > >(tee .command.log) 2>&1 & pid=$!; wait $pid"
)


@dataclass
class Task:
    """A task of the file; `hash` is 32 hex digits, `folder` its work folder in S3."""

    name: str
    script: str
    outputs: list[str] = field(default_factory=list)
    container: str = "debian:stable-slim"
    cpus: int = 1
    memory: int = 512
    queue: str = ""
    retry_queue: str = ""
    retries: int = 1
    attempt: int = 1
    hash: str = ""
    folder: str = ""
    job: str = ""


class Session:
    """One run: its options, its cache, its jobs in AWS Batch."""

    def __init__(self, options: dict[str, str], params: dict[str, str]) -> None:
        self.options, self.params = options, params
        self.id = options.get("-resume") or os.environ.get("NXF_UUID", "")
        self.work = options.get("-w") or options.get("-work-dir") or os.environ["NF_WORKDIR"]
        self.cache = os.environ.get("NXF_CLOUDCACHE_PATH", "")
        config = Path(options["-c"]).read_text() if "-c" in options else ""
        path, role = (re.search(rf"{key}\s*=\s*'([^']+)'", config) for key in ("cliPath", "jobRole"))
        self.cli = path[1] if path else os.environ.get("NF_CLI_PATH", "/home/ec2-user/miniconda/bin/aws")
        self.role = role[1] if role else ""
        self.s3, self.batch = boto3.client("s3"), boto3.client("batch")
        self.rows, self.live, self.stopping = [HEADER], dict[str, Task](), False

    def work_until_done(self, stages: list[list[dict[str, Any]]], ended: SimpleQueue[int | None]) -> None:
        """Run it, and tell its exit code however it ends."""
        code = 1
        try:
            code = self.run(stages)
        finally:
            ended.put(code)

    def run(self, stages: list[list[dict[str, Any]]]) -> int:
        for stage in stages:
            for described in stage:
                self.begin(Task(**described))
            if not self.await_all():
                return 1
        self.put(f"{self.cache}/{self.id}/index.{self.options.get('-name', 'x')}", b"") if self.cache else None
        return 0

    def begin(self, task: Task) -> None:
        """Take a task from the cache, or submit it in a folder of its own."""
        salt = 0
        while True:
            text = json.dumps([self.id, task.name, task.script, salt])
            task.hash = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
            task.folder = f"{self.work}/{task.hash[:2]}/{task.hash[2:]}"
            kept = self.get(f"{self.cache}/{self.id}/{task.hash}") if self.cache and "-resume" in self.options else None
            if kept is not None:
                task.folder = json.loads(kept)["folder"]
                self.note(task, "CACHED", "0", f"[{task.hash[:2]}/{task.hash[2:8]}] Cached process > {task.name}")
                self.finish(task)
                return
            if self.get(f"{task.folder}/.command.run") is None:
                break
            salt += 1  # somebody was here, and did not end
        self.submit(task, task.queue or os.environ["NF_JOB_QUEUE"])

    def submit(self, task: Task, queue: str) -> None:
        if self.stopping:
            return
        unstage = "\n".join(f"{self.cli} s3 cp --only-show-errors {name} {task.folder}/{name}" for name in task.outputs)
        self.put(f"{task.folder}/", b"")
        self.put(f"{task.folder}/.command.run", RUN.format(cli=self.cli, folder=task.folder, unstage=unstage).encode())
        self.put(f"{task.folder}/.command.sh", task.script.encode())
        asked = [{"type": "MEMORY", "value": str(task.memory)}]
        asked += [{"type": "VCPU", "value": str(task.cpus)}] if task.cpus > 1 else []
        line = COMMAND.format(cli=self.cli, folder=task.folder)
        name, definition = re.sub(r"\W+", "_", task.name).strip("_"), self.define(task.container)
        task.job = self.batch.submit_job(
            jobName=name, jobQueue=queue, jobDefinition=definition,
            containerOverrides={
                "command": ["bash", "-o", "pipefail", "-c", line], "resourceRequirements": asked,
                "environment": [{"name": name, "value": value} for name, value in ENVIRONMENT.items()],
            },
            tags={"kiln:run": os.environ.get("NF_RUN_ID") or "by-hand"}, propagateTags=True,
        )["jobId"]  # fmt: skip
        self.live[task.job] = task
        say(f"[{task.hash[:2]}/{task.hash[2:8]}] Submitted process > {task.name}")

    def define(self, image: str) -> str:
        """The job definition of an image; one of the same token is used again."""
        name, prefix = "nf-" + re.sub(r"[./:@]", "-", image), self.cli.removesuffix("/bin/aws")
        token = hashlib.md5(f"{image} {prefix} {self.role}".encode(), usedforsecurity=False).hexdigest()
        known = self.batch.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")["jobDefinitions"]
        for found in known:
            if found.get("parameters", {}).get("nf-token") == token:
                return f"{name}:{found['revision']}"
        made = self.batch.register_job_definition(
            jobDefinitionName=name, type="container", parameters={"nf-token": token},
            containerProperties={
                "image": image, "command": ["true"], **({"jobRoleArn": self.role} if self.role else {}),
                "volumes": [{"name": "aws-cli", "host": {"sourcePath": prefix}}],
                "mountPoints": [{"sourceVolume": "aws-cli", "containerPath": prefix, "readOnly": True}],
                "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "1024"}],
            },
            tags={"nextflow.io/createdAt": time.strftime("%FT%TZ", time.gmtime()), "nextflow.io/version": "stand-in"},
        )  # fmt: skip
        return f"{name}:{made['revision']}"

    def await_all(self) -> bool:
        """Poll until no job is left; False where a task failed for good."""
        while self.live:
            time.sleep(float(os.environ.get("NXF_STAND_IN_POLL", "10")))
            ids = list(self.live)
            for first in range(0, len(ids), 100):
                for job in self.batch.describe_jobs(jobs=ids[first : first + 100])["jobs"]:
                    if job["status"] in ("SUCCEEDED", "FAILED") and not self.end(self.live.pop(job["jobId"]), job):
                        self.stop()
                        return False
        return True

    def end(self, task: Task, job: dict[str, Any]) -> bool:
        """Judge a job that ended; False where its task failed for good."""
        code = job.get("container", {}).get("exitCode")
        if code is None:
            kept = self.get(f"{task.folder}/.exitcode")
            code = int(kept) if kept else 2147483647
        if code == 0 and job["status"] == "SUCCEEDED":
            self.note(task, "COMPLETED", "0", "")
            self.finish(task)
            return True
        shown = "-" if code == 2147483647 else str(code)
        self.note(task, "FAILED", shown, f"NOTE: Process '{task.name}' failed ({shown})")
        if task.attempt > task.retries:
            say(f"ERROR ~ Process '{task.name}' terminated with {code}: {job.get('statusReason')}")
            return False
        task.attempt += 1
        task.folder += f"-{task.attempt}"
        self.submit(task, task.retry_queue or task.queue or os.environ["NF_JOB_QUEUE"])
        return True

    def finish(self, task: Task) -> None:
        """Keep a task in the cache and publish its outputs."""
        if self.cache:
            self.put(f"{self.cache}/{self.id}/{task.hash}", json.dumps({"folder": task.folder}).encode())
        target = self.params.get("outdir") or self.params.get("output")
        for name in task.outputs if target else []:
            bucket, key = split(f"{task.folder}/{name}")
            place, copy = split(f"{str(target).rstrip('/')}/{name}")
            self.s3.copy_object(Bucket=place, Key=copy, CopySource={"Bucket": bucket, "Key": key})

    def stop(self) -> None:
        """End every job that is known, as Nextflow does: no look before, TerminateJob each."""
        self.stopping = True
        say(f"WARN: Killing running tasks ({len(self.live)})") if self.live else None
        for job in reversed(list(self.live)):
            self.batch.terminate_job(jobId=job, reason="Job killed by NF")

    def note(self, task: Task, status: str, code: str, words: str) -> None:
        say(words) if words else None
        number, short = len(self.rows), f"{task.hash[:2]}/{task.hash[2:8]}"
        row = (str(number), short, task.job or "-", task.name, status, code, time.strftime("%F %T"), task.container)
        self.rows.append("\t".join(row))
        if "-with-trace" in self.options:
            Path(self.options["-with-trace"]).write_text("\n".join(self.rows) + "\n")

    def put(self, address: str, body: bytes) -> None:
        bucket, key = split(address)
        self.s3.put_object(Bucket=bucket, Key=key, Body=body)

    def get(self, address: str) -> bytes | None:
        bucket, key = split(address)
        try:
            return bytes(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise


def split(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key


def say(words: str) -> None:
    print(words, flush=True)
    with Path(".nextflow.log").open("a") as log:
        log.write(f"{time.strftime('%b-%d %H:%M:%S')} [main] {words}\n")


def read_arguments(words: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Read Nextflow's own options, and the pipeline's parameters (--name value), those of -params-file beneath."""
    options, params, rest = dict[str, str](), dict[str, str](), iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if name.startswith("--"):
            params[name.removeprefix("--")] = value if equals else next(rest, "true")
        elif name.startswith("-"):
            options[name] = value if equals else next(rest, "") if name in VALUED else "true"
    if "-params-file" in options:
        text = Path(options["-params-file"]).read_text()
        lines = dict(re.findall(r"^['\"]?([\w-]+)['\"]?\s*:\s*['\"]?([^'\"\n,]*)", text, re.MULTILINE))
        params = (json.loads(text) if text.lstrip().startswith("{") else lines) | params
    return options, params


def main(words: list[str]) -> int:
    if words[:1] in (["-v"], ["-version"]):
        print("nextflow: a stand-in of Kiln's sandbox, not Nextflow")
        return 0
    if words[:1] == ["pull"]:
        return 0
    say("N E X T F L O W  ~  a stand-in of Kiln's sandbox: it makes Nextflow's calls, and reads no main.nf")
    options, params = read_arguments(words[2:])
    file = Path(words[1]) / "stand-in.json"
    if words[:1] != ["run"] or not file.is_file():
        say(f"Cannot find script file: the stand-in runs the tasks of {file}")
        return 1
    session, ended = Session(options, params), SimpleQueue[int | None]()
    # As in a JVM, the signal is another thread's: an exception raised in the midst of a call would be taken for a
    # failure of that call, and tried again.
    signal.signal(signal.SIGTERM, lambda *_: ended.put(None))
    threading.Thread(
        target=session.work_until_done, args=(json.loads(file.read_text())["stages"], ended), daemon=True
    ).start()
    code = ended.get()
    if code is None:
        session.stop()
    return 1 if code is None else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
