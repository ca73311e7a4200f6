"""`invoke register-launch-template` against the offline AWS."""

import base64
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloud import tags
from cloud.errors import translate
from cloud.session import Cloud
from images.amis import choose
from kiln.errors import Exit, UserError
from launch_templates import definitions, plan
from launch_templates.register import register as carry_out
from sandbox.inprocess import Sandbox
from tests.support.aws_state import work
from tests.support.fake_remote import FakeRemote
from tests.support.images import Build, MakeAmi
from tests.support.launch_templates import BATCH, GENOMICS, Define, Register, Registered, versions
from userdata.decode import decode


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


def test_a_name_taken_meanwhile_is_told(
    sandbox: Sandbox, cloud: Cloud, make_ami: MakeAmi, registered: Registered, definition: Define
) -> None:
    make_ami("one")
    spec = definitions.load(definition())
    planned = plan.prepare(cloud, spec, choose.choose(cloud, "latest", spec.image), set_default=False)
    assert planned.template is None
    registered(definition())
    with pytest.raises(ClientError) as caught:
        carry_out(cloud, planned)
    told = translate(caught.value)
    assert told is not None
    assert "plan again" in told.hint


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
