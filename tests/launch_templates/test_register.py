"""`invoke register-launch-template` and `show-user-data` against the offline AWS."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import tags
from cloud.errors import translate
from cloud.session import Cloud
from images import choose
from kiln.errors import Exit, UserError
from launch_templates import commands, definitions, plan
from launch_templates.register import register as carry_out
from sandbox.inprocess import Sandbox
from tests.images.conftest import Build
from tests.launch_templates.conftest import MakeAmi, Register
from tests.support import trust
from tests.support.aws_state import work
from tests.support.fake_remote import FakeRemote
from userdata.decode import decode

Registered = Callable[..., dict[str, Any]]
Define = Callable[..., str]
BATCH = "DescribeComputeEnvironments"
GENOMICS = "genomics-workflow-template"


def versions(sandbox: Sandbox, name: str = "small") -> dict[int, dict[str, Any]]:
    ec2 = sandbox.client("ec2")
    found = ec2.describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]
    return {each["VersionNumber"]: each for each in found}


def default(sandbox: Sandbox, name: str = "small") -> int:
    [found] = sandbox.client("ec2").describe_launch_templates(LaunchTemplateNames=[name])["LaunchTemplates"]
    return int(found["DefaultVersionNumber"])


def changing(sandbox: Sandbox) -> list[str]:
    return [action for action in work(sandbox) if action != BATCH]


def test_the_seeds_template_on_the_stock_ami(sandbox: Sandbox, stock: str, register: Register, capsys: Any) -> None:
    assert register(GENOMICS, plan=True) == Exit.SOMETHING_TO_DO
    assert work(sandbox) == []
    assert register(GENOMICS) == Exit.DONE
    assert f"launchTemplateName={GENOMICS},version=1" in capsys.readouterr().out
    [version] = versions(sandbox, GENOMICS).values()
    data = version["LaunchTemplateData"]
    assert data["ImageId"] == stock
    assert [part.name for part in decode(base64.b64decode(data["UserData"]))] == ["00-kiln-boot"]
    assert version["VersionDescription"] == f"Kiln: nextflow-al2023, {stock}, not built by Kiln"
    [found] = sandbox.client("ec2").describe_launch_templates()["LaunchTemplates"]
    assert tags.as_dict(found["Tags"]) == {tags.TEMPLATE: GENOMICS}
    assert register(GENOMICS) == Exit.DONE
    assert register(GENOMICS, plan=True) == Exit.DONE
    assert changing(sandbox) == ["CreateLaunchTemplate"]


def test_machines_come_up_as_it_says(sandbox: Sandbox, stock: str, register: Register) -> None:
    register(GENOMICS)
    ec2 = sandbox.client("ec2")
    named = {"LaunchTemplateName": GENOMICS, "Version": "1"}
    launched = ec2.run_instances(LaunchTemplate=named, InstanceType="m6i.large", MinCount=1, MaxCount=1)
    sandbox.clock.advance(10)
    [instance] = ec2.describe_instances(InstanceIds=[launched["Instances"][0]["InstanceId"]])["Reservations"][0][
        "Instances"
    ]
    options = instance["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 2)
    assert tags.as_dict(instance["Tags"])[tags.TEMPLATE] == GENOMICS
    volumes = {each["Attachments"][0]["Device"]: each for each in ec2.describe_volumes()["Volumes"]}
    data = volumes["/dev/sdc"]
    assert (data["Size"], data["VolumeType"], data["Encrypted"]) == (100, "gp3", True)
    assert data["Attachments"][0]["DeleteOnTermination"]
    assert tags.as_dict(data["Tags"]) == {tags.TEMPLATE: GENOMICS}


def test_a_version_only_where_the_data_differs(
    sandbox: Sandbox, make_ami: MakeAmi, registered: Registered, definition: Define
) -> None:
    first = make_ami("one")
    small = definition()
    assert registered(small)["version"] == 1
    second = make_ami("two")
    done = registered(small)
    assert (done["version"], done["registered"], done["changes"], done["default"]) == (2, True, ["ImageId"], 1)
    again = registered(small)
    assert (again["code"], again["version"], again["registered"]) == (Exit.DONE, 2, False)
    assert registered(small, first)["version"] == 1
    assert {n: each["LaunchTemplateData"]["ImageId"] for n, each in versions(sandbox).items()} == {1: first, 2: second}
    assert versions(sandbox)[2]["VersionDescription"] == f"Kiln: nextflow-al2023, {second}, key 3f9c1a77"


def test_the_default_moves_when_asked(
    sandbox: Sandbox, make_ami: MakeAmi, registered: Registered, definition: Define
) -> None:
    make_ami("one")
    registered(definition())
    assert registered(definition("detailed_monitoring: true\n"))["default"] == 1
    planned = registered(definition(), plan=True, set_default=True)
    assert (planned["code"], planned["something_to_do"]) == (Exit.DONE, False)
    monitored = definition("detailed_monitoring: true\n")
    planned = registered(monitored, plan=True, set_default=True)
    assert (planned["code"], planned["something_to_do"], default(sandbox)) == (Exit.SOMETHING_TO_DO, True, 1)
    assert registered(monitored, set_default=True)["registered"] is False
    assert default(sandbox) == 2
    assert registered(definition("keep_versions: 3\n"), set_default=True)["version"] == 1
    assert (default(sandbox), sorted(versions(sandbox))) == (1, [1, 2])


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


def test_a_name_taken_meanwhile_is_told(
    sandbox: Sandbox, cloud: Cloud, make_ami: MakeAmi, registered: Registered, definition: Define
) -> None:
    make_ami("one")
    spec = definitions.load(definition())
    planned = plan.prepare(cloud, spec, choose.choose(cloud, "latest", spec.image), set_default=False)
    assert planned.found is None
    registered(definition())
    with pytest.raises(ClientError) as caught:
        carry_out(cloud, planned)
    told = translate(caught.value)
    assert told is not None
    assert "plan again" in told.hint


def test_latest_is_the_newest_tested_or_live(make_ami: MakeAmi, registered: Registered, definition: Define) -> None:
    small = definition()
    with pytest.raises(UserError, match="has no tested AMI") as caught:
        registered(small)
    assert "build-ami --image nextflow-al2023" in caught.value.hint
    candidate = make_ami("candidate", **{tags.STATUS: "candidate"})
    with pytest.raises(UserError) as caught:
        registered(small)
    assert f"{candidate} (candidate, available)" in caught.value.why
    live = make_ami("live", **{tags.STATUS: "live"})
    make_ami("retired", **{tags.STATUS: "retired"})
    make_ami("other", **{tags.IMAGE: "other"})
    found = registered(small, plan=True)
    assert found["ami"] == live
    assert found["why"].startswith("the only usable AMI of nextflow-al2023: live")
    tested = make_ami("tested")
    found = registered(small, plan=True)
    assert (found["ami"], found["key"]) == (tested, "3f9c1a77" * 8)
    assert found["why"].startswith("the newest of 2 usable AMIs of nextflow-al2023: tested")


def test_an_ami_can_be_named(stock: str, registered: Registered, definition: Define) -> None:
    with pytest.raises(UserError, match="what is") as caught:
        registered(definition(), stock)
    assert "family: al2023" in caught.value.hint
    assert registered(definition("family: al2023\n"), stock, plan=True)["ami"] == stock
    assert registered(definition(), "ecs/al2023", plan=True)["ami"] == stock
    with pytest.raises(UserError, match="is al2023"):
        registered(definition("family: al2\n"), "ecs/al2023")
    with pytest.raises(UserError, match="there is no ami-0123456789abcdef0"):
        registered(definition(), "ami-0123456789abcdef0")
    with pytest.raises(UserError, match="newest is no AMI"):
        registered(definition(), "newest")


def test_a_volume_smaller_than_the_snapshot_is_refused_when_planning(
    sandbox: Sandbox, make_ami: MakeAmi, registered: Registered, definition: Define
) -> None:
    make_ami("one")
    with pytest.raises(UserError, match="too small"):
        registered(definition("volumes: {root: {size: 29 GiB}}\n"), plan=True)
    assert registered(definition("volumes: {root: {size: 30 GiB}}\n"), plan=True)["code"] == Exit.SOMETHING_TO_DO


def test_a_key_that_cannot_encrypt_is_refused_when_planning(
    sandbox: Sandbox, make_ami: MakeAmi, registered: Registered, definition: Define
) -> None:
    make_ami("one")
    kms = sandbox.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    volume = f"volumes: {{data: {{device: /dev/sdc, size: 10 GiB, kms_key: {key}}}}}\n"
    assert registered(definition(volume), plan=True)["code"] == Exit.SOMETHING_TO_DO
    kms.disable_key(KeyId=key)
    with pytest.raises(UserError, match="cannot be used"):
        registered(definition(volume), plan=True)


def test_what_a_built_ami_carries_is_left_out(
    sandbox: Sandbox, remote: type[FakeRemote], build: Build, registered: Registered
) -> None:
    assert build("nextflow-al2023") == Exit.DONE
    done = registered("nextflow-al2023")
    assert (done["user_data_bytes"], done["delivered"]) == (0, [])
    assert done["carried"] == ["docker_storage", "aws_cli", "ecs_agent"]
    assert "UserData" not in versions(sandbox, "nextflow-al2023")[1]["LaunchTemplateData"]
    mixed = registered(GENOMICS, "latest")
    assert mixed["carried"] == ["aws_cli"]
    assert mixed["user_data_bytes"] > 0


def test_user_data_is_shown_without_aws(monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert commands.show_user_data(GENOMICS, "", None, choose, as_json=False) == Exit.DONE
    shown = capsys.readouterr()
    assert "for a stock al2023 AMI" in shown.err
    assert "── 00-kiln-boot   shell-script" in shown.out
    assert "docker storage on /dev/sdc that grows (lvm)" in shown.out
    assert commands.show_user_data("reference", "", None, choose, as_json=True) == Exit.DONE
    document = json.loads(capsys.readouterr().out)
    assert [part["kind"] for part in document["parts"]] == ["cloud-config", "shell-script"]


def test_user_data_is_shown_for_an_ami(sandbox: Sandbox, remote: type[FakeRemote], build: Build, capsys: Any) -> None:
    build("nextflow-al2023")
    capsys.readouterr()
    assert commands.show_user_data("nextflow-al2023", "latest", None, choose, as_json=False) == Exit.DONE
    assert capsys.readouterr().out == "no user data: the AMI carries docker storage, aws cli, ecs agent\n"


def test_screens(sandbox: Sandbox, make_ami: MakeAmi, register: Register, definition: Define, capsys: Any) -> None:
    first = make_ami("one")
    small = definition("packages: [jq]\nkeep_versions: 1\n")
    register(small)
    out = capsys.readouterr()
    assert f"  ami    {first}  one, x86_64" in out.err
    assert "of 16.0 KiB of user data: kiln-boot (packages)" in out.err
    assert "✓ small   v1   registered   lt-" in out.out
    make_ami("two")
    assert register(small, plan=True, set_default=True) == Exit.SOMETHING_TO_DO
    out = capsys.readouterr()
    assert "  ~  launch template  small   v1 → v2   ImageId" in out.out
    assert "  ~  default          v1 → v2" in out.out
    assert "  -  version          v1   old, and no compute environment uses it" in out.out
    assert "1 to register, 1 to update, 1 to delete. Apply with: invoke register-launch-template" in out.out
    assert out.out.rstrip().endswith(f"--template {small} --set-default")
    register(small)
    assert "default  v1; make it v2: invoke register-launch-template --template" in capsys.readouterr().out
    register(small)
    assert "v2, not the default (v1), says the same" in capsys.readouterr().out
