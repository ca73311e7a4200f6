"""A machine whose Docker storage grows, and the role it needs: for the tests of it and for its benchmark."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cloud import errors, wait
from cloud.session import Cloud
from images.amis.base import read_parameter
from images.builder import provisioning
from provision.docker.autoscale_policy import TAG, write_policy
from tests.support.one_machine import OneMachine, one_machine

DEFINITION = Path(__file__).parents[1] / "e2e" / "storage.yaml"
ROLE = "kiln-storage-e2e"
PARAMETER = "ecs/al2023"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def make_role() -> str:
    """Name of an instance profile whose role may do what the storage daemon does; made unless it exists."""
    iam = boto3.client("iam")
    try:
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
    except iam.exceptions.EntityAlreadyExistsException:
        return ROLE
    iam.put_role_policy(RoleName=ROLE, PolicyName="storage", PolicyDocument=json.dumps(write_policy()))
    iam.create_instance_profile(InstanceProfileName=ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE)
    return str(wait.until(_seen_by_ec2, what=f"news of {ROLE}", timeout=60))


def _seen_by_ec2() -> str | None:
    """The profile's name once EC2 knows it, some seconds after IAM."""
    cloud = Cloud()
    request = {"ImageId": read_parameter(cloud, PARAMETER), "InstanceType": "m6i.large", "MinCount": 1, "MaxCount": 1}
    try:
        cloud.ec2.run_instances(**request, IamInstanceProfile={"Name": ROLE}, DryRun=True)
    except ClientError as error:
        if errors.code(error) == "DryRunOperation":
            return ROLE
        assert "iamInstanceProfile" in str(error), error
    return None


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
