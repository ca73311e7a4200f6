"""What a run needs and its environment lacks: a single message, and nothing is made or sent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from environments.spec import definitions
from nextflow.runs.commands import run as command
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.runs import BUCKET, ask, refuse

Files = Callable[..., str]
FIRST = [{"name": "JOB_NAME", "values": ["nextflow-first"]}]


def register_image(sandbox: Sandbox, account: str) -> None:
    """Register a revision of the heads' definition with an image that nobody has pushed to the account's ECR."""
    asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    image = f"{account}.dkr.ecr.us-east-1.amazonaws.com/nextflow@sha256:{'0' * 64}"
    sandbox.client("batch").register_job_definition(
        jobDefinitionName="nextflow", type="container",
        containerProperties={"image": image, "resourceRequirements": asked},
    )  # fmt: skip


def test_a_bucket_that_is_missing(sandbox: Sandbox, lab: str, project: Path) -> None:
    there = "s3://nosuch-b/x"
    for more in ({"output": there}, {"work": there}, {"words": ("--outputDir", there)}):
        assert refuse(sandbox, project, lab, **more).what == "there is no bucket nosuch-b"
    sandbox.client("s3").delete_bucket(Bucket=BUCKET)
    assert refuse(sandbox, project, lab).what == f"the bucket {BUCKET} is missing"


def test_a_job_definition_that_is_missing(sandbox: Sandbox, lab: str, project: Path) -> None:
    sandbox.client("batch").deregister_job_definition(jobDefinition="nextflow:1")
    refused = refuse(sandbox, project, lab)
    assert refused.what == "there is no job definition nextflow in us-east-1"
    assert "nextflow-image --push" in refused.hint


def test_an_image_that_ecr_has_no_more(sandbox: Sandbox, lab: str, project: Path) -> None:
    register_image(sandbox, "123456789012")
    assert "the image of Nextflow is missing" in refuse(sandbox, project, lab).what


def test_an_image_of_another_account_is_the_agents_to_find(sandbox: Sandbox, lab: str, project: Path) -> None:
    register_image(sandbox, "999999999999")
    denied = {"registryId": "999999999999"}
    sandbox.faults.add("DescribeImages", "AccessDeniedException", times=None, where=denied)
    assert command.run(ask(project, lab), None, follows=False, yes=False, as_json=False) == 0


def test_a_definition_that_takes_no_command(sandbox: Sandbox, lab: str, project: Path) -> None:
    asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    task = {"containers": [{"image": "busybox", "resourceRequirements": asked}]}
    sandbox.client("batch").register_job_definition(
        jobDefinitionName="nextflow", type="container", ecsProperties={"taskProperties": [task]}
    )
    refused = refuse(sandbox, project, lab)
    assert refused.what == "the job definition nextflow:2 is not of a single container"
    assert "deregister-job-definition --job-definition nextflow:2" in refused.hint


def test_queues_that_take_no_jobs(
    sandbox: Sandbox, lab: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = sandbox.client("batch")
    batch.update_job_queue(jobQueue="default", state="DISABLED")
    sandbox.clock.advance(60)
    assert command.run(ask(project, lab), None, follows=False, yes=False, as_json=False) == 0
    assert "! the queue default: it is DISABLED: tasks that are sent there fail" in capsys.readouterr().err
    batch.update_job_queue(jobQueue="head", state="DISABLED")
    sandbox.clock.advance(60)
    refused = refuse(sandbox, project, lab, name="second")
    assert (refused.what, refused.why) == ("the queue head takes no jobs", "it is DISABLED")


def test_an_environment_without_a_queue_for_heads(sandbox: Sandbox, tmp_path: Path, project: Path) -> None:
    env = tools.define(tmp_path)
    tools.register(env)
    assert refuse(sandbox, project, env).what == "small has no queue for head jobs"


def test_an_environment_that_is_not_registered(sandbox: Sandbox, tmp_path: Path, project: Path) -> None:
    env = tools.define(tmp_path)
    spec = definitions.load(env)
    sandbox.client("s3").create_bucket(Bucket=spec.bucket_name("work", "123456789012", "us-east-1"))
    assert refuse(sandbox, project, env).what == "there is no environment small in us-east-1"
