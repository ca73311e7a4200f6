"""Section 1: whatever right to look is taken away, the plan refuses or says what is not checked."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Registered
from tests.support.foreign_roles import ECS, make_role

HAS_ANOTHER_WAY = {"SimulatePrincipalPolicy"}  # policies are read instead


def test_section_1_each_look_denied_in_turn(sandbox: Sandbox, registered: Registered, define: Define) -> None:
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,))
    env = define()
    sandbox.calls.clear()
    whole = registered(env, STOCK, plan=True)
    assert (whole["notes"], whole["not_checked"]) == ([], [])
    actions = {call.action for call in sandbox.calls.all() if not call.action.startswith(("GET ", "HEAD "))}
    assert len(actions) > 12
    for action in sorted(actions):
        sandbox.faults.add(action, "AccessDenied", status=403, times=None)
        try:
            told = registered(env, STOCK, plan=True)
        except (UserError, ClientError) as refused:
            assert action in str(refused), action
        else:
            assert bool(told["not_checked"]) != (action in HAS_ANOTHER_WAY), action
        sandbox.faults.clear()


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ("DescribeKeyPairs", "whether the region has key pairs of these names"),
        ("DescribePlacementGroups", "whether the region has placement groups of these names"),
        ("DescribeInstanceTypeOfferings", "whether the subnets' zones offer the instance types"),
    ],
)
def test_section_1_what_the_definition_names_and_nobody_may_look_at_is_not_checked(
    sandbox: Sandbox, registered: Registered, define: Define, action: str, what: str
) -> None:
    ec2 = sandbox.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ec2.create_key_pair(KeyName="lab-key")
    ec2.create_placement_group(GroupName="near", Strategy="cluster")
    env = define()
    text = Path(env).read_text().replace("max_vcpus: 100,", "max_vcpus: 100, key_pair: lab-key, placement_group: near,")
    assert "lab-key" in text
    Path(env).write_text(f"{text}network: {{subnets: [{subnet}]}}\n")
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,))
    assert registered(env, STOCK, plan=True)["not_checked"] == []
    sandbox.faults.add(action, "AccessDenied", status=403, times=None)
    (told,) = registered(env, STOCK, plan=True)["not_checked"]
    assert what in str(told)
