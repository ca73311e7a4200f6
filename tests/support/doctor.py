"""An applied environment in the offline AWS, and the doctor's visit to it."""

import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cloud import tags, wait
from environments.commands import environment as environment_commands
from environments.doctor import command as commands
from environments.rollout.options import Options
from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.support import running_jobs

Document = dict[str, Any]


@dataclass(frozen=True)
class Patient:
    """The environment `genomics`, running `ami`, with the means to break it."""

    sandbox: Sandbox
    ami: str

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.sandbox.clock.now(), UTC)

    def visit(self, environment: str = "genomics", job: str = "") -> Document:
        """What `invoke doctor --json` says; its exit code agrees with it."""
        with redirect_stdout(io.StringIO()) as said:
            code = commands.doctor(environment, job, None, as_json=True, now=self.now)
        document: Document = json.loads(said.getvalue())
        sick = bool(document["findings"] or document["unseen"])
        assert code == (Exit.SOMETHING_TO_DO if sick else Exit.DONE)
        return document

    def complaints(self, environment: str = "genomics", job: str = "") -> list[str]:
        """What is found, one text each: severity, what, why and fix."""
        found = self.visit(environment, job)["findings"]
        return [f"{each['severity']}: {each['what']} | {each['why']} | {each['fix']}" for each in found]

    def one(self, environment: str = "genomics", job: str = "") -> str:
        """The only finding."""
        (found,) = self.complaints(environment, job)
        return found

    def client(self, service: str) -> Any:
        return self.sandbox.client(service)

    @property
    def ec2(self) -> Any:
        return self.client("ec2")

    @property
    def batch(self) -> Any:
        return self.client("batch")

    @property
    def iam(self) -> Any:
        return self.client("iam")

    def later(self, seconds: float = 60) -> None:
        self.sandbox.clock.advance(seconds)

    def environment(self, name: str = "ondemand") -> Document:
        """As AWS Batch describes the compute environment."""
        (found,) = self.batch.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
        return dict(found)

    def update(self, name: str = "ondemand", **changes: Any) -> None:
        """UpdateComputeEnvironment, awaited."""
        self.batch.update_compute_environment(computeEnvironment=name, **changes)
        self.later(15)

    def submit(self, vcpus: int = 1, memory: int = 1024, queue: str = "highpriority", name: str = "fastqc") -> str:
        """The id of a new job that has become RUNNABLE."""
        asked = [{"type": "VCPU", "value": str(vcpus)}, {"type": "MEMORY", "value": str(memory)}]
        self.batch.register_job_definition(
            jobDefinitionName=name, type="container", containerProperties={"image": "x", "resourceRequirements": asked}
        )
        job = self.batch.submit_job(jobName=name, jobQueue=queue, jobDefinition=name)["jobId"]
        self.later(5)
        self.batch.describe_jobs(jobs=[job])
        return str(job)


@contextmanager
def turned_to(sandbox: Sandbox, folder: Path) -> Iterator[None]:
    """This process speaks to an empty account of the sandbox, and waiting moves its clock instead of taking time."""
    with pytest.MonkeyPatch.context() as patch:
        running_jobs.dismiss(sandbox)
        sandbox.reset()
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in sandbox.env().items():
            patch.setenv(name, value)
        patch.chdir(folder)
        clock = sandbox.clock
        patch.setattr(wait, "time", SimpleNamespace(monotonic=clock.now, sleep=clock.advance))
        yield


def make_ami(sandbox: Sandbox, name: str, disks: Sequence[Mapping[str, Any]] = (), region: str | None = None) -> str:
    """The id of an AMI as build-ami leaves one, tested; `disks` are the builder's block device mappings."""
    ec2 = sandbox.client("ec2", region)
    parameter = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    stock = sandbox.client("ssm", region).get_parameter(Name=parameter)["Parameter"]["Value"]
    launched = ec2.run_instances(
        ImageId=stock, InstanceType="m6i.large", MinCount=1, MaxCount=1, BlockDeviceMappings=list(disks)
    )
    instance = launched["Instances"][0]["InstanceId"]
    sandbox.clock.advance(60)
    labels = {tags.IMAGE: "nextflow-al2023", tags.STATUS: "tested", tags.FAMILY: "al2023", tags.KEY: "3f9c1a77" * 8}
    made = ec2.create_image(InstanceId=instance, Name=name, TagSpecifications=tags.make_specifications(labels, "image"))
    sandbox.clock.advance(120)
    ec2.terminate_instances(InstanceIds=[instance])
    return str(made["ImageId"])


def register(environment: str, ami: str = "") -> None:
    """`invoke register-env --env … --yes`."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        environment_commands.register(
            environment, ami, None, Options(), plan=False, yes=True, verbose=False, as_json=False
        )
