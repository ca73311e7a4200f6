"""Machines that go from under jobs: EC2 takes one back, register-env replaces them, destroy-env ends them all."""

from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from kiln.errors import Exit
from sandbox.command import state
from tests.support.arranged import advance
from tests.support.cli import Cli
from tests.support.job_runs import Runs, wait_for
from tests.support.job_shell import Caller, describe_machine, machine_of, open_shell

pytestmark = pytest.mark.e2e
BUCKET = "jobs-123456789012-us-east-1"
# As pipelines ask for Spot: what EC2 took is tried again, and nothing else.
RETRY: dict[str, Any] = {
    "attempts": 2,
    "evaluateOnExit": [{"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"}],
}


@pytest.fixture(scope="module")
def newer(built: dict[str, Any], ec2: Any) -> str:
    """An AMI like the one that was built, and newer."""
    source = built["manifest"]["ami"]["id"]
    copy = ec2.copy_image(SourceRegion="us-east-1", SourceImageId=source, Name="newer", CopyImageTags=True)["ImageId"]
    only: Any = [{"Name": "image-id", "Values": [copy]}, {"Name": "state", "Values": ["available"]}]
    wait_for(lambda: ec2.describe_images(Filters=only)["Images"], bool)
    return str(copy)


@pytest.fixture
def letting_go(environment: str, tmp_path: Path) -> str:
    """The definition of the environment, which holds no machine any more."""
    definition = yaml.safe_load(Path(environment).read_text())
    definition["launch_template"] = str(Path(environment).parent / definition["launch_template"])
    definition["compute_environments"]["jobs-held"] |= {"min_vcpus": 0, "desired_vcpus": 0}
    path = tmp_path / "jobs.yaml"
    path.write_text(yaml.safe_dump(definition))
    return str(path)


def list_images() -> dict[str, str]:
    """The AMI of each compute environment that is not on its way out."""
    described = boto3.client("batch").describe_compute_environments()["computeEnvironments"]
    return {
        environment["computeEnvironmentName"]: environment["computeResources"]["ec2Configuration"][0]["imageIdOverride"]
        for environment in described
        if environment["status"] not in ("DELETING", "DELETED")
    }


def list_order(queue: str) -> list[str]:
    """The compute environments of a queue in their order, by name."""
    (described,) = boto3.client("batch").describe_job_queues(jobQueues=[queue])["jobQueues"]
    return [entry["computeEnvironment"].rpartition("/")[2] for entry in described["computeEnvironmentOrder"]]


def test_ec2_takes_a_spot_machine_and_its_job_is_tried_again_on_demand(
    settled: Runs, cli: Cli, offline_aws: state.State
) -> None:
    with closing(Caller()) as caller:
        with open_shell(settled, "holds-the-other", vcpus=8):
            job = settled.submit("taken", caller.command, queue="jobs-spot-first", retryStrategy=RETRY)
            spot = caller.answer(settled, job)
        taken = machine_of(spot)
        cli("sandbox.interrupt", taken)
        wait_for(lambda: describe_machine(spot)["status"], lambda status: status == "DRAINING")  # its agent saw it
        assert spot.run("echo it has two minutes") == "it has two minutes"
        advance(offline_aws, 130)
        again = caller.answer(settled, job)
        assert "jobs-held" in again.job["container"]["containerInstanceArn"]
        again.exit()
        done = settled.wait(job)
    assert (done["status"], len(done["attempts"])) == ("SUCCEEDED", 2)
    assert done["attempts"][0]["statusReason"] == f"Host EC2 (instance {taken}) terminated."
    assert "exitCode" not in done["attempts"][0]["container"]
    shown = cli("sandbox", "show-job", job).stdout
    assert f"Host EC2 (instance {taken}) terminated." in shown


def test_a_new_ami_is_rolled_out_while_jobs_run_and_they_succeed(
    settled: Runs, letting_go: str, newer: str, cli: Cli
) -> None:
    """In place where the jobs are On-Demand, by a successor where the strategy of the Spot ones does not let Batch."""
    beside = Runs("jobs-spot-alone", settled.image)
    with open_shell(settled, "in-place") as in_place, open_shell(beside, "blue-green") as blue_green:
        before = list_order(beside.queue)
        plan = cli("sandbox", "register-env", "--env", letting_go, "--ami", newer, "--plan", code=Exit.SOMETHING_TO_DO)
        assert "jobs-spot" in plan.stdout
        rolling = cli.begin("sandbox", "register-env", "--env", letting_go, "--ami", newer, "--yes")
        wait_for(list_images, lambda images: images.get("jobs-held") == newer)
        order = wait_for(lambda: list_order(beside.queue), lambda order: order != before)
        assert [name[: len("jobs-spot-")] for name in order] == ["jobs-spot-"]
        for shell in (in_place, blue_green):
            assert shell.run("echo still here") == "still here"
    _, said = rolling.communicate(timeout=600)
    assert rolling.returncode == 0, said
    images = {name: ami for name, ami in list_images().items() if name.startswith("jobs-")}
    assert {order[0], "jobs-held"} == set(images), "the one that was replaced is gone"
    assert set(images.values()) == {newer}


def test_an_ami_that_is_gone_is_what_a_job_waits_for(
    settled: Runs, newer: str, cli: Cli, ec2: Any, offline_aws: state.State
) -> None:
    ec2.deregister_image(ImageId=newer)
    job = settled.submit("waits", ["true"], queue="jobs-spot-alone")
    settled.wait(job, "RUNNABLE")
    advance(offline_aws, 700)
    told = cli("sandbox", "doctor", "--env", "jobs", "--job", job, code=Exit.SOMETHING_TO_DO).stdout
    assert f"cannot start: {newer} is deregistered" in told
    assert "UNDETERMINED - Batch job is blocked, root cause is undetermined." in told
    settled.batch.terminate_job(jobId=job, reason="seen")


def test_the_environment_goes_and_leaves_no_machine(environment: str, cli: Cli, ec2: Any) -> None:
    cli("sandbox", "destroy-env", "--env", environment, "--yes", "--terminate-jobs", "--with-bucket", BUCKET)
    assert not [name for name in list_images() if name.startswith("jobs-")]
    alive: Any = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    groups = [
        tag["Value"]
        for reservation in ec2.describe_instances(Filters=alive)["Reservations"]
        for instance in reservation["Instances"]
        for tag in instance.get("Tags", [])
        if tag["Key"] == "aws:autoscaling:groupName"
    ]
    assert not [group for group in groups if group.startswith("AWSBatch-jobs-")]
