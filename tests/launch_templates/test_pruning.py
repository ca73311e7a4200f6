"""Old versions go, and those that something needs stay, against the offline AWS."""

from typing import Any

import pytest

from cloud.session import Cloud
from images.amis import choose
from kiln.errors import Exit, UserError
from launch_templates import definitions, plan
from launch_templates.register import register as carry_out
from sandbox.inprocess import Sandbox
from tests.support import trust
from tests.support.images import MakeAmi
from tests.support.launch_templates import BATCH, Define, Register, Registered, versions


def register_many(registered: Registered, definition: Define, count: int, keep: int) -> dict[str, Any]:
    done: dict[str, Any] = {}
    for n in range(count):
        done = registered(definition(f"instance_tags: {{n: '{n}'}}\nkeep_versions: {keep}\n"), set_default=True)
    return done


def test_old_versions_are_pruned(
    sandbox: Sandbox, make_ami: MakeAmi, registered: Registered, definition: Define
) -> None:
    make_ami("one")
    done = register_many(registered, definition, 4, keep=2)
    assert (done["version"], done["deleted"]) == (4, [2])
    assert sorted(versions(sandbox)) == [3, 4]
    sandbox.client("ec2").create_launch_template_version(
        LaunchTemplateName="small", LaunchTemplateData={"KeyName": "by-hand"}, VersionDescription="mine"
    )
    assert register_many(registered, definition, 9, keep=1)["version"] == 14
    assert sorted(versions(sandbox)) == [5, 14]


@pytest.mark.parametrize(
    ("version", "left"), [("1", [1, 3, 4, 5]), ("$Latest", [1, 2, 3, 4, 5]), ("$Default", [1, 2, 3, 4, 5])]
)
def test_what_a_compute_environment_uses_stays(
    sandbox: Sandbox, make_ami: MakeAmi, registered: Registered, definition: Define, version: str, left: list[int]
) -> None:
    make_ami("one")
    template = register_many(registered, definition, 1, keep=3)["id"]
    compute_environment(sandbox, {"launchTemplateId": template, "version": version})
    register_many(registered, lambda more: definition(more.replace("n:", "m:")), 4, keep=3)
    assert sorted(versions(sandbox)) == left


def compute_environment(sandbox: Sandbox, launch_template: dict[str, str]) -> None:
    iam, ec2 = sandbox.client("iam"), sandbox.client("ec2")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust.EC2)["Role"]["Arn"]
    profile = iam.create_instance_profile(InstanceProfileName="p")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="p", RoleName="r")
    sandbox.client("batch").create_compute_environment(
        computeEnvironmentName="spot",
        type="MANAGED",
        state="DISABLED",
        serviceRole=role,
        computeResources={
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": 4,
            "instanceTypes": ["m5.large"],
            "instanceRole": profile,
            "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
            "securityGroupIds": [ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]],
            "launchTemplate": launch_template,
        },
    )


def test_where_batch_may_not_be_asked_nothing_is_deleted(
    sandbox: Sandbox, make_ami: MakeAmi, register: Register, definition: Define, capsys: Any
) -> None:
    make_ami("one")
    sandbox.faults.add(action=BATCH, code="AccessDeniedException", status=403, times=99)
    for n in range(3):
        assert register(definition(f"instance_tags: {{n: '{n}'}}\nkeep_versions: 1\n"), set_default=True) == Exit.DONE
    assert sorted(versions(sandbox)) == [1, 2, 3]
    assert "no old version is deleted: the credentials may not call" in capsys.readouterr().out


def test_what_changes_meanwhile_is_told(
    sandbox: Sandbox, cloud: Cloud, make_ami: MakeAmi, registered: Registered, definition: Define
) -> None:
    make_ami("one")
    register_many(registered, definition, 2, keep=2)
    spec = definitions.load(definition("keep_versions: 1\n"))
    planned = plan.prepare(cloud, spec, choose.choose(cloud, "latest", spec.image), set_default=False)
    assert (planned.number, planned.prune) == (3, (1,))
    ec2 = sandbox.client("ec2")
    ec2.modify_launch_template(LaunchTemplateName="small", DefaultVersion="1")
    with pytest.raises(UserError, match=r"version 1 of lt-\w+ could not be deleted") as caught:
        carry_out(cloud, planned)
    assert "default version" in caught.value.why
    assert sorted(versions(sandbox)) == [1, 2, 3]
