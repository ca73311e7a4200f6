"""A machine whose Docker storage grows, and the role it needs: for the tests of it and for its benchmark."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from images.builder import provisioning
from provision.docker.autoscale_policy import TAG, write_policy
from tests.support.one_machine import OneMachine, one_machine
from tests.support.profiles import make_profile

DEFINITION = Path(__file__).parents[1] / "e2e" / "storage.yaml"
ROLE = "kiln-storage-e2e"
AGENT_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"


def make_role() -> str:
    """Name of an instance profile whose role may do what the storage daemon and the ECS agent do; made unless there.

    An agent that may not register ends, and is started again every ten seconds, which costs other machines their time.
    """
    name = make_profile(ROLE, write_policy())
    boto3.client("iam").attach_role_policy(RoleName=ROLE, PolicyArn=AGENT_POLICY)
    return name


@contextmanager
def growing_machine(base: str, folder: Path) -> Iterator[OneMachine]:
    """Prepared with the whole recipe of storage.yaml on `base` (al2023 or al2), its daemon started."""
    definition = folder / "growing.yaml"
    definition.write_text(DEFINITION.read_text().replace("@BASE@", base))
    with one_machine(definition, folder) as started:
        recipe = started.plan.boot.recipe
        provisioning.perform(started.remote, recipe.files, recipe.steps + recipe.starting, started.report, "provision")
        yield started


def added_volumes(ec2: Any, machine: OneMachine) -> list[dict[str, Any]]:
    """Those that the daemon has added and that are attached."""
    tagged = [{"Name": f"tag:{TAG}", "Values": [machine.launched.instance_id]}]
    return [each for each in ec2.describe_volumes(Filters=tagged)["Volumes"] if each["State"] == "in-use"]
