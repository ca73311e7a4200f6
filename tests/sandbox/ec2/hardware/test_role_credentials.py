import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.ec2.hardware import metadata
from sandbox.ec2.model.records import list_instances
from sandbox.inprocess import Sandbox
from tests.support import trust

ROLE = "meta-data/iam/security-credentials/ecsInstanceRole"


@pytest.fixture
def machine(sandbox: Sandbox, ec2: Any, clients: dict[str, Any], running: Callable[..., str]) -> str:
    """An instance with a profile; it lives in the same account for all tests of this file."""
    iam = clients["iam"]
    iam.create_role(RoleName="ecsInstanceRole", AssumeRolePolicyDocument=trust.EC2, Path="/")
    iam.create_instance_profile(InstanceProfileName="ecsInstanceRole")
    iam.add_role_to_instance_profile(InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole")
    sandbox.clock.advance(10)
    return running(IamInstanceProfile={"Name": "ecsInstanceRole"})


def tree(instance_id: str) -> dict[str, bytes]:
    return metadata.make_tree(next(each for each in list_instances() if each.id == instance_id))


def session(sandbox: Sandbox, given: dict[str, str]) -> Any:
    return sandbox.client(
        "sts",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["Token"],
    )


def test_a_profile_brings_its_roles_credentials(sandbox: Sandbox, machine: str) -> None:
    found = tree(machine)
    info, given = json.loads(found["meta-data/iam/info"]), json.loads(found[ROLE])
    assert info["InstanceProfileArn"].endswith(":instance-profile/ecsInstanceRole")
    assert given["Code"] == info["Code"] == "Success"
    assert session(sandbox, given).get_caller_identity()["Arn"].endswith(f"assumed-role/ecsInstanceRole/{machine}")


def test_they_are_renewed_in_time_and_the_old_ones_end(sandbox: Sandbox, machine: str) -> None:
    first = json.loads(tree(machine)[ROLE])
    assert json.loads(tree(machine)[ROLE]) == first
    sandbox.clock.advance(6 * 3600 - 600)
    second = json.loads(tree(machine)[ROLE])
    assert second["AccessKeyId"] != first["AccessKeyId"]
    assert session(sandbox, first).get_caller_identity()
    sandbox.clock.advance(601)
    with pytest.raises(ClientError, match="expired"):
        session(sandbox, first).get_caller_identity()
    assert session(sandbox, second).get_caller_identity()


def test_without_a_profile_there_is_nothing(sandbox: Sandbox, running: Callable[..., str]) -> None:
    assert not [name for name in tree(running()) if name.startswith("meta-data/iam")]
