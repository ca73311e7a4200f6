"""The environment salmon on one machine: what c5.2xlarge registers, what fits it by a hair, and `make tour` on it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from kiln.errors import Exit
from sandbox.command import state
from tests.support.arranged import advance
from tests.support.cli import ROOT, Cli
from tests.support.job_runs import Runs

pytestmark = pytest.mark.e2e
QUEUE, IMAGE = "salmonWorkload", "public.ecr.aws/docker/library/debian:bookworm-slim"
TOO_LARGE = "The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to"


@pytest.fixture(scope="module")
def salmon(built: dict[str, Any], cli: Cli) -> Iterator[Runs]:
    cli("sandbox", "register-env", "--env", "salmon", "--yes")
    yield Runs(QUEUE, IMAGE)
    if boto3.client("batch").describe_job_queues(jobQueues=[QUEUE])["jobQueues"]:
        cli("sandbox", "destroy-env", "--env", "salmon", "--yes", "--terminate-jobs")


@pytest.fixture(scope="module")
def measured(salmon: Runs, cli: Cli) -> str:
    """What measure-memory says of its smaller type, for which it starts the machine of these tests."""
    return cli("sandbox", "measure-memory", "--env", "salmon", "--types", "c5.2xlarge").stdout


def test_memory_is_measured_on_a_machine(measured: str, built: dict[str, Any], ec2: Any) -> None:
    assert "15434 MiB" in measured
    assert "memory = '15400.MB'" in measured
    (image,) = ec2.describe_images(ImageIds=[built["manifest"]["ami"]["id"]])["Images"]
    assert {"Key": "kiln:memory:c5", "Value": "2xlarge=15434"} in image["Tags"]
    described = boto3.client("batch").describe_compute_environments(computeEnvironments=["salmonWorkload"])
    assert described["computeEnvironments"][0]["computeResources"]["minvCpus"] == 0


@pytest.mark.usefixtures("measured")
def test_what_fits_runs_and_what_does_not_waits_and_is_explained(
    salmon: Runs, cli: Cli, offline_aws: state.State
) -> None:
    fits = salmon.wait(salmon.submit("fits", ["nproc"], container={"vcpus": 8, "memory": 15400}))
    assert fits["status"] == "SUCCEEDED"
    job = salmon.submit("does-not", ["true"], container={"vcpus": 8, "memory": 16384})
    salmon.wait(job, "RUNNABLE")
    advance(offline_aws, 100)
    told = cli("sandbox", "doctor", "--env", "salmon", "--job", job, code=Exit.SOMETHING_TO_DO).stdout
    salmon.batch.terminate_job(jobId=job, reason="seen")
    assert f"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - {TOO_LARGE}" in told
    assert "15434 MiB" in told


@pytest.mark.usefixtures("measured")
def test_the_tour(cli: Cli) -> None:
    """From the AMI that is there, over the canary on the machine that is up, to a pipeline's result and the end."""
    tour = subprocess.run(
        [sys.executable, "-m", "scripts.tour", "--scratch-gib", "1"], cwd=cli.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(tour.stdout)
    assert tour.returncode == 0, f"{tour.stdout}\n{tour.stderr}"
    for line in ("salmon runs jobs: 11 checks, 1 queue", "COUNT (1): SUCCEEDED", "    ACGT 2\n    GGCC 1\n"):
        assert line in tour.stdout, tour.stdout
    assert boto3.client("batch").describe_job_queues(jobQueues=[QUEUE])["jobQueues"] == []
